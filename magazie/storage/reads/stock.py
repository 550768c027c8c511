"""What is on hand, reserved and available, and the ledger it follows from."""

import enum
import sqlite3

import msgspec

from magazie.storage.movements import MovementKind
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker


class StockRow(msgspec.Struct, frozen=True):
    """One product in one warehouse, in thousandths."""

    product_id: int
    warehouse: str
    on_hand_milli: int
    reserved_milli: int


class StockFilter(msgspec.Struct, frozen=True):
    """Which rows; None filters nothing. ``is_short`` wants orders waiting for goods, or none."""

    product_id: int | None = None
    warehouse: str | None = None
    is_short: bool | None = None


class LedgerLeg(enum.StrEnum):
    """Whether goods came or went."""

    IN = "in"
    OUT = "out"
    SET = "set"


class LedgerRow(msgspec.Struct, frozen=True):
    """One leg of a movement, with the balance it left."""

    seq: int
    movement: str
    line: int
    warehouse: str
    leg: LedgerLeg
    kind: MovementKind
    delta_milli: int
    on_hand_milli: int
    reference: str
    at_ms: int


STOCK_FIELDS = {"product": "b.product_id", "warehouse": "b.warehouse", "on_hand": "b.on_hand_milli"}
LEDGER_FIELDS = {"seq": "e.seq"}

_LIVE_CLAIMS = (
    "claims AS c INDEXED BY claims_live WHERE c.product_id = b.product_id"
    " AND c.warehouse = b.warehouse AND c.ordered_milli > c.shipped_milli"
)
_IS_SHORT = (
    f"EXISTS (SELECT 1 FROM {_LIVE_CLAIMS}"
    " AND c.ordered_milli - c.shipped_milli > c.reserved_milli)"
)
_BALANCES = Source(
    "b.product_id, b.warehouse, b.on_hand_milli,"
    f" (SELECT ifnull(sum(c.reserved_milli), 0) FROM {_LIVE_CLAIMS})",
    "balances AS b",
    STOCK_FIELDS,
    unique=("product", "warehouse"),
)
_LEDGER = Source(
    "e.seq, e.movement, e.line, e.warehouse, e.leg, e.kind, e.delta_milli, e.on_hand_milli,"
    " e.reference, e.at_ms",
    "ledger AS e",
    LEDGER_FIELDS,
    unique=("seq",),
)
_MAKE = maker(LedgerRow)


def find_stock(
    connection: sqlite3.Connection, wanted: StockFilter, page: PageRequest
) -> Page[StockRow]:
    """One page of stock rows; warehouses that never knew a product have none of it."""
    conditions = Conditions()
    conditions.equal("b.product_id", wanted.product_id)
    conditions.equal("b.warehouse", wanted.warehouse)
    if wanted.is_short is not None:
        conditions.add(_IS_SHORT if wanted.is_short else f"NOT {_IS_SHORT}")
    return fetch(connection, _BALANCES, conditions, page, make=StockRow)


def find_ledger(
    connection: sqlite3.Connection, product_id: int, warehouse: str | None, page: PageRequest
) -> Page[LedgerRow]:
    """One page of a product's ledger."""
    conditions = Conditions()
    conditions.add("e.product_id = ?", product_id)
    conditions.equal("e.warehouse", warehouse)
    return fetch(connection, _LEDGER, conditions, page, make=_MAKE)


def without_stock(connection: sqlite3.Connection, warehouse: str, limit: int) -> list[int]:
    """Products whose own stock in the warehouse was never told to us, by id; bundles have none."""
    rows = connection.execute(
        "SELECT id FROM products WHERE is_bundle = 0 AND NOT EXISTS (SELECT 1 FROM balances"
        " WHERE product_id = products.id AND warehouse = ?) ORDER BY id LIMIT ?",
        (warehouse, limit),
    ).fetchall()
    return [row[0] for row in rows]
