"""What an import is asked, and what it tells."""

import msgspec

from magazie.model.ids import encode_id
from magazie.model.match_words import why
from magazie.model.matching import MatchAction, MatchReason, ShopItem, Verdict
from magazie.storage.shop_matching import PlannedRow

ROWS_IN_RESULT = 100
"""Items that a job's result names; the shop's import preview has all of them."""


class ImportOrder(msgspec.Struct, frozen=True):
    """What to import: chosen items, or all (``rows`` None)."""

    rows: frozenset[str] | None = None
    dry_run: bool = False
    opening_stock: bool = True

    def has(self, external_id: str) -> bool:
        """Whether the item is among them."""
        return self.rows is None or external_id in self.rows


class RowResult(msgspec.Struct, frozen=True):
    """What was, or in a dry run would be, done with one item. Part of a job's public result."""

    external_id: str
    sku: str
    action: MatchAction
    product: str | None
    reason: MatchReason
    why: str


class ImportResult(msgspec.Struct):
    """What an import did. ``rows`` are some of those not simply kept, people's first of all."""

    linked: int = 0
    created: int = 0
    kept: int = 0
    left: int = 0
    ignored: int = 0
    dry_run: bool = False
    rows: list[RowResult] = []

    def add(self, item: ShopItem, verdict: Verdict) -> None:
        """Count what became of an item."""
        match verdict.action:
            case MatchAction.KEEP:
                self.kept += 1
            case MatchAction.LINK:
                self.linked += 1
            case MatchAction.CREATE:
                self.created += 1
            case MatchAction.ASK:
                self.left += 1
            case MatchAction.IGNORE:
                self.ignored += 1
        if verdict.action is not MatchAction.KEEP:
            self._name(_row(item, verdict))

    def _name(self, row: RowResult) -> None:
        """Note a row while there is room; what is left to a person takes another's."""
        if len(self.rows) < ROWS_IN_RESULT:
            self.rows.append(row)
        elif row.action is MatchAction.ASK:
            others = (at for at, it in enumerate(self.rows) if it.action is not MatchAction.ASK)
            taken = next(others, None)
            if taken is not None:
                del self.rows[taken]
                self.rows.append(row)


def planned(item: ShopItem, verdict: Verdict) -> PlannedRow:
    """The same for the books."""
    return PlannedRow(
        external_id=item.external_id,
        action=verdict.action,
        reason=verdict.reason,
        product_id=verdict.product_id,
        products=verdict.products,
        items=verdict.items,
        detail=verdict.detail,
    )


def _row(item: ShopItem, verdict: Verdict) -> RowResult:
    product_id = verdict.product_id
    return RowResult(
        external_id=item.external_id,
        sku=item.sku,
        action=verdict.action,
        product=encode_id(product_id) if product_id is not None else None,
        reason=verdict.reason,
        why=why(verdict, item.sku, item.ean),
    )
