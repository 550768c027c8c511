"""Which pending values go into the next combined request, and why the others wait. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from magazie.model.brake import ChangedField, ProposedChange, held
from magazie.ports import InventoryItem
from magazie.storage.outbox_items import ItemRow

Key = tuple[str, str]
"""(external id, field)."""


class Surroundings(msgspec.Struct, frozen=True):
    """What the plan depends on beside the rows themselves."""

    now_ms: int
    began_ms: int
    """When this round of requests began."""
    limit: int
    """Most items in one request."""
    may_send_stock: bool
    owed_products: frozenset[int]
    unclear_items: frozenset[str]
    linked_items: int
    only: frozenset[str] | None = None
    """Items of a list that is being bisected; None = all."""


class Plan(msgspec.Struct):
    """The next request and what is to be noted of the rest."""

    chosen: list[ItemRow]
    waiting: list[ItemRow]
    held: list[ItemRow]
    settled: list[ItemRow]
    unsendable: list[tuple[ItemRow, str]]
    left_over: bool
    """Whether more could go at once, in another request."""


def why_unsendable(row: ItemRow) -> str:
    """A lasting reason why the shop cannot be told this item; empty when it can."""
    if not row.sku:
        return "the item has no SKU in the shop"
    if row.same_sku:
        return "the SKU is not unique in the shop"
    return ""


def why_waiting(row: ItemRow, around: Surroundings) -> str:
    """Why a pending row does not go now; empty when it may."""
    if row.held:
        return "held"
    if row.is_parked(around.now_ms):
        return "parked"
    # what was sent after now was sent before the clock was put back, so not in this round
    if row.doubt and row.sent_ms is not None and around.began_ms <= row.sent_ms <= around.now_ms:
        return "in_doubt"
    if row.field != "stock":
        return ""
    if not around.may_send_stock:
        return "orders_unread"
    if row.product_id in around.owed_products:
        return "claims_owed"
    if row.external_id in around.unclear_items:
        return "undecodable_order"
    return ""


def plan_send(rows: Iterable[ItemRow], around: Surroundings) -> Plan:
    """Choose the oldest sendable items up to the limit.

    Both fields of an item go together, unless it was refused so before: then stock goes
    alone, and price after it.
    """
    pending = [row for row in rows if row.is_pending]
    braked = _braked(pending, around)
    plan = Plan([], [], [], [row for row in rows if not row.is_pending], [], left_over=False)
    free: dict[str, list[ItemRow]] = {}
    for row in sorted(pending, key=lambda row: _age(row, around)):
        problem = why_unsendable(row)
        if row.key in braked:
            plan.held.append(row)
        elif problem and not row.is_parked(around.now_ms):
            plan.unsendable.append((row, problem))
        elif problem or why_waiting(msgspec.structs.replace(row, held=False), around):
            plan.waiting.append(row)
        else:
            free.setdefault(row.external_id, []).append(row)
    room = around.limit
    for external_id, fields in free.items():
        listed = around.only is None or external_id in around.only
        if not listed or room <= 0:
            plan.waiting += fields
            plan.left_over = True
            continue
        room -= 1
        first = _stock_before_price(fields) if any(row.alone for row in fields) else fields
        plan.chosen += first
        rest = [row for row in fields if row not in first]
        plan.waiting += rest
        plan.left_over = plan.left_over or bool(rest)
    return plan


def combined(chosen: Sequence[ItemRow]) -> tuple[InventoryItem, ...]:
    """The request's items, one for each SKU."""
    items: dict[str, InventoryItem] = {}
    for row in chosen:
        item = items.get(row.sku, InventoryItem(row.sku))
        if row.field == "stock":
            items[row.sku] = msgspec.structs.replace(item, stock_milli=row.value)
        else:
            items[row.sku] = msgspec.structs.replace(item, price_e4=row.value)
    return tuple(items.values())


def _age(row: ItemRow, around: Surroundings) -> tuple[int, str]:
    since = row.pending_since_ms
    return (since if since is not None else around.now_ms, row.external_id)


def _stock_before_price(fields: list[ItemRow]) -> list[ItemRow]:
    stock = [row for row in fields if row.field == "stock"]
    return stock or fields


def _braked(pending: list[ItemRow], around: Surroundings) -> frozenset[Key]:
    """Rows the brake holds now, and those it held before that nobody has released yet."""
    changes = [
        ProposedChange(
            key=row.key,
            field=ChangedField(row.field),
            before=row.acked_value if row.acked_value is not None else row.listed_value,
            after=row.value,
            by_claims=_is_by_claims(row),
            consented=row.by_person or row.consent_value == row.value,
            held_before=row.held,
        )
        for row in pending
        if row.value is not None
    ]
    return held(changes, around.linked_items)


def _is_by_claims(row: ItemRow) -> bool:
    """Whether orders explain a zero: goods are there but spoken for, or were shipped."""
    return (row.on_hand_milli or 0) > 0 or row.last_kind == "shipment"
