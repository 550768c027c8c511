"""What the outbox makes of answers, and how it says where things stand."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from magazie.actors.outbox_messages import Explanation, LostItem, SendEnded
from magazie.actors.outbox_plan import Surroundings, why_unsendable, why_waiting
from magazie.model.decimals import E4, Milli, format_e4, format_milli
from magazie.ports import ItemAnswer, ItemOutcome
from magazie.storage import outbox_marks as marks
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.outbox_items import ItemRow, linked_among


def sort_answers(
    sent: Sequence[ItemRow], items: Mapping[str, ItemOutcome]
) -> tuple[list[ItemRow], list[tuple[ItemRow, str]], list[tuple[ItemRow, str]], list[LostItem]]:
    """What the shop said, row by row: done, to park, to send alone, lost there.

    A row that the answer does not mention is in none of them: it stays in doubt.
    """
    acks: list[ItemRow] = []
    parked: list[tuple[ItemRow, str]] = []
    alone: list[tuple[ItemRow, str]] = []
    lost: list[LostItem] = []
    for row in sent:
        outcome = items.get(row.sku, ItemOutcome(ItemAnswer.MISSING))
        if outcome.answer is ItemAnswer.DONE:
            acks.append(row)
        elif outcome.answer is ItemAnswer.UNKNOWN_ITEM:
            parked.append((row, "the shop does not know this SKU"))
            lost.append(LostItem(row.external_id, row.product_id, row.sku))
        elif outcome.answer is ItemAnswer.REFUSED:
            reason = outcome.reason or "refused by the shop"
            together = sum(other.external_id == row.external_id for other in sent) > 1
            (alone if together else parked).append((row, reason))
    return acks, parked, alone, lost


def explained(row: ItemRow, around: Surroundings, *, in_flight: bool, stopped: str) -> Explanation:
    """Where one field of one item stands, and why."""
    if not row.is_pending:
        state, reason = ("nothing_to_tell", row.missing) if row.value is None else ("told", "")
    elif in_flight:
        state, reason = "in_flight", ""
    elif stopped:
        state, reason = "stopped", stopped
    else:
        why = "parked" if why_unsendable(row) else why_waiting(row, around)
        state = why or ("in_doubt" if row.doubt else "waiting")
        reason = row.reason or why_unsendable(row)
    return Explanation(
        external_id=row.external_id,
        sku=row.sku,
        field=row.field,
        shop_has=row.acked_value,
        should_have=row.value,
        acknowledged_ms=row.acked_ms,
        pending_since_ms=row.pending_since_ms,
        state=state,
        reason=reason,
        next_try_ms=row.due_ms,
    )


def alert_parked(
    connection: sqlite3.Connection, shop: str, row: ItemRow, reason: str, now_ms: int
) -> None:
    """Say that an item does not reach the shop, and why, unless it was untied meanwhile."""
    if not linked_among(connection, shop, (row.external_id,)):
        return
    item = row.sku or row.external_id
    facts = {"field": row.field, "item": item, "shop": shop, "reason": reason}
    raise_alert(connection, "item_parked", f"{shop}/{row.external_id}", facts, now_ms)


def alert_held(connection: sqlite3.Connection, shop: str, count: int, now_ms: int) -> None:
    """Say that the brake holds values."""
    raise_alert(connection, "held_sends", shop, {"count": str(count), "shop": shop}, now_ms)


def summary(sent: Iterable[ItemRow]) -> str:
    """The last combined request, as people see it on the status page: JSON, plain decimals."""
    return msgspec.json.encode(
        [{"sku": row.sku, "field": row.field, "value": _shown(row)} for row in sent][:200]
    ).decode()


def _shown(row: ItemRow) -> str | None:
    if row.value is None:
        return None
    return format_milli(Milli(row.value)) if row.field == "stock" else format_e4(E4(row.value))


def answer_summary(message: SendEnded) -> str:
    """The answer to it, for the same page (JSON)."""
    items = {
        sku: outcome.reason or outcome.answer for sku, outcome in list(message.items.items())[:200]
    }
    return msgspec.json.encode(
        {"outcome": message.outcome, "reason": message.reason, "items": items}
    ).decode()


def clear_parked(connection: sqlite3.Connection, shop: str, row: ItemRow, now_ms: int) -> None:
    """The field is at rest again: its alert goes, unless the item's other field needs it."""
    if row.reason and not marks.is_anything_parked(connection, shop, row.external_id):
        clear_alert(connection, "item_parked", f"{shop}/{row.external_id}", now_ms)
