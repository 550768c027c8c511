"""Rows of an outbox and what surrounds them."""

from collections.abc import Iterable

import msgspec

from magazie.actors.outbox_plan import Plan, Surroundings, plan_send
from magazie.storage.outbox_items import ItemRow

NOW = 1_000_000

ROW = ItemRow(
    external_id="1",
    field="stock",
    sku="sku-1",
    product_id=1,
    generation=1,
    touch=0,
    value=5000,
    missing="",
    is_pending=True,
    listed_value=None,
    same_sku=0,
    last_kind="reception",
    on_hand_milli=5000,
    acked_value=4000,
    acked_ms=None,
    sent_value=None,
    sent_ms=None,
    doubt=False,
    suspect_ms=None,
    pending_since_ms=NOW - 1,
    attempts=0,
    due_ms=None,
    reason="",
    parked_value=None,
    parked_generation=None,
    alone=False,
    held=False,
    consent_value=None,
    drift=0,
)
AROUND = Surroundings(
    now_ms=NOW,
    began_ms=NOW,
    limit=1000,
    may_send_stock=True,
    owed_products=frozenset(),
    unclear_items=frozenset(),
    linked_items=100,
)


def stock(item: int, **fields: object) -> ItemRow:
    named = {"external_id": str(item), "sku": f"sku-{item}", "product_id": item, **fields}
    return msgspec.structs.replace(ROW, **named)


def price(item: int, **fields: object) -> ItemRow:
    return stock(item, **{"field": "price", "on_hand_milli": None, "last_kind": "", **fields})


def parked(row: ItemRow, **fields: object) -> ItemRow:
    rest = {"parked_value": row.value, "parked_generation": row.generation, "due_ms": NOW + 1}
    return msgspec.structs.replace(row, attempts=1, **{**rest, **fields})


def keys(rows: Iterable[ItemRow]) -> list[tuple[str, str]]:
    return [row.key for row in rows]


def items(rows: Iterable[ItemRow]) -> list[int]:
    return list(dict.fromkeys(int(row.external_id) for row in rows))


def plan(rows: Iterable[ItemRow], **around: object) -> Plan:
    return plan_send(rows, msgspec.structs.replace(AROUND, **around))
