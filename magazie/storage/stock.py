"""Statements of the StockActor: balances, claims and the ledger of one product.

``expected`` is the revision the caller decided on; every unit moves it by one, so a unit
decided on an outdated state fails as a whole.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import msgspec

from magazie.model.claims import Claim, ClaimLine, Shelf
from magazie.storage.joint import JointUnit
from magazie.storage.many_rows import ManyRows

_BUMP = "UPDATE stocks SET revision = revision + 1 WHERE product_id = ? AND revision = ?"
_INSERT_CLAIMS = ManyRows("INSERT INTO claims", 10)
_UPSERT_CLAIMS = ManyRows(
    "INSERT INTO claims",
    10,
    "ON CONFLICT DO UPDATE SET revision = excluded.revision,"
    " ordered_milli = excluded.ordered_milli, picked_milli = excluded.picked_milli,"
    " shipped_milli = excluded.shipped_milli, reserved_milli = excluded.reserved_milli"
    " WHERE excluded.revision >= revision",
)


class StaleRevisionError(Exception):
    """The row was changed by somebody else since it was read; its owner must reload."""


class StaleClaimError(Exception):
    """A claim with the same or a higher revision is stored and was not known here."""


class StockRows(msgspec.Struct):
    """Everything a StockActor needs to start."""

    revision: int
    shelves: dict[str, Shelf]
    touches: dict[str, int]
    graves: set[tuple[str, int]]
    """(warehouse, order) of claims cancelled before they were ever made."""


class LedgerEntry(msgspec.Struct, frozen=True):
    """One leg of one movement line, with the balance it leaves."""

    movement: str
    line: int
    warehouse: str
    leg: str
    kind: str
    delta_milli: int
    on_hand_milli: int
    reference: str


def load(connection: sqlite3.Connection, product_id: int) -> StockRows:
    """Balances and live claims. A product without a row has revision 0."""
    row = connection.execute(
        "SELECT revision FROM stocks WHERE product_id = ?", (product_id,)
    ).fetchone()
    if row is None:
        return StockRows(0, {}, {}, set())
    balances = connection.execute(
        "SELECT warehouse, on_hand_milli FROM balances WHERE product_id = ?", (product_id,)
    ).fetchall()
    live = connection.execute(
        "SELECT DISTINCT warehouse, order_id FROM claims INDEXED BY claims_live"
        " WHERE product_id = ? AND ordered_milli > shipped_milli",
        (product_id,),
    ).fetchall()
    claims: dict[str, list[Claim]] = {warehouse: [] for warehouse, _ in balances}
    for warehouse, order_id in live:
        claim = load_claim(connection, product_id, warehouse, order_id)
        if claim is not None:
            claims.setdefault(warehouse, []).append(claim)
    on_hand = dict(balances)
    shelves = {
        warehouse: Shelf(on_hand.get(warehouse, 0), mine) for warehouse, mine in claims.items()
    }
    touches = dict(
        connection.execute(
            "SELECT shop, read_no FROM stock_touches WHERE product_id = ?", (product_id,)
        ).fetchall()
    )
    graves = connection.execute(
        "SELECT warehouse, order_id FROM claims INDEXED BY claims_graves"
        " WHERE product_id = ? AND line = 0",
        (product_id,),
    ).fetchall()
    return StockRows(row[0], shelves, touches, set(graves))


def load_claim(
    connection: sqlite3.Connection, product_id: int, warehouse: str, order_id: int
) -> Claim | None:
    """One order's claim, live or not."""
    rows = connection.execute(
        "SELECT line, placed_at_ms, revision, ordered_milli, picked_milli, shipped_milli,"
        " reserved_milli FROM claims WHERE product_id = ? AND warehouse = ? AND order_id = ?"
        " ORDER BY line",
        (product_id, warehouse, order_id),
    ).fetchall()
    if not rows:
        return None
    lines = {row[0]: ClaimLine(*row[3:]) for row in rows}
    return Claim(order_id, rows[0][1], max(row[2] for row in rows), lines)


def bump_revision(connection: sqlite3.Connection, product_id: int, expected: int) -> None:
    """Guard the owner: the first statement of each of its units.

    Raises:
        StaleRevisionError: another activation wrote since.

    """
    if expected == 0:
        cursor = connection.execute(
            "INSERT INTO stocks (product_id, revision) VALUES (?, 1) ON CONFLICT DO NOTHING",
            (product_id,),
        )
    else:
        cursor = connection.execute(_BUMP, (product_id, expected))
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"stock of product {product_id} at revision {expected}")


class NewClaims(JointUnit[None]):
    """Stores claims on one product that are in the books in no revision.

    Raises:
        StaleRevisionError: another activation wrote since.
        StaleClaimError: one of them is stored already.

    """

    __slots__ = ("claims", "expected", "product_id")

    def __init__(self, product_id: int, expected: int, claims: Sequence[tuple[str, Claim]]) -> None:
        """``claims`` have their warehouses before them."""
        self.product_id = product_id
        self.expected = expected
        self.claims = claims

    @classmethod
    def run_together(cls, connection: sqlite3.Connection, units: Sequence[Self]) -> list[None]:
        """Guard each owner, then store all claims."""
        cursor = connection.executemany(
            _BUMP, [(unit.product_id, unit.expected) for unit in units if unit.expected]
        )
        moved = max(0, cursor.rowcount)
        for unit in units:
            if not unit.expected:
                bump_revision(connection, unit.product_id, 0)
                moved += 1
        if moved != len(units):
            products = ", ".join(str(unit.product_id) for unit in units)
            raise StaleRevisionError(f"stock of one of the products {products}")
        made = [row for unit in units for row in _claim_rows(unit.product_id, unit.claims)]
        try:
            _INSERT_CLAIMS.insert(connection, made)
        except sqlite3.IntegrityError as error:
            raise StaleClaimError(f"new claims: {error}") from error
        return [None] * len(units)


def write_claims(
    connection: sqlite3.Connection,
    product_id: int,
    known: Iterable[tuple[str, Claim]],
    fresh: Iterable[tuple[str, Claim]],
) -> None:
    """Store whole claims, each with its warehouse.

    ``known`` claims replace what is stored under a revision that is not higher; ``fresh``
    ones must not be stored yet in any revision.

    Raises:
        StaleClaimError: one of them is stored already, or with a higher revision.

    """
    made = _claim_rows(product_id, fresh)
    changed = _claim_rows(product_id, known)
    try:
        _INSERT_CLAIMS.insert(connection, made)
    except sqlite3.IntegrityError as error:
        raise StaleClaimError(f"claims on product {product_id}: {error}") from error
    if not changed:
        return
    if _UPSERT_CLAIMS.insert(connection, changed) != len(changed):
        raise StaleClaimError(f"claims on product {product_id}")


def _claim_rows(product_id: int, claims: Iterable[tuple[str, Claim]]) -> list[tuple[object, ...]]:
    return [
        (
            product_id,
            warehouse,
            claim.order_id,
            number,
            claim.placed_at_ms,
            claim.revision,
            line.ordered_milli,
            line.picked_milli,
            line.shipped_milli,
            line.reserved_milli,
        )
        for warehouse, claim in claims
        for number, line in claim.lines.items()
    ]


def write_balance(
    connection: sqlite3.Connection, product_id: int, warehouse: str, on_hand_milli: int
) -> None:
    """Store what is on hand."""
    connection.execute(
        "INSERT INTO balances VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET on_hand_milli = excluded.on_hand_milli",
        (product_id, warehouse, on_hand_milli),
    )


def write_touches(
    connection: sqlite3.Connection, product_id: int, touches: Mapping[str, int]
) -> None:
    """Store the newest order read in which each shop changed the product's stock itself."""
    connection.executemany(
        "INSERT INTO stock_touches VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET read_no = excluded.read_no"
        " WHERE excluded.read_no > read_no",
        [(product_id, shop, read_no) for shop, read_no in touches.items()],
    )


def find_posted(
    connection: sqlite3.Connection, product_id: int, movement: str, line: int
) -> dict[str, int] | None:
    """Warehouse → the balance the line left, when it is in the ledger already."""
    rows = connection.execute(
        "SELECT warehouse, on_hand_milli FROM ledger"
        " WHERE movement = ? AND line = ? AND product_id = ?",
        (movement, line, product_id),
    ).fetchall()
    return dict(rows) or None


def has_ledger(connection: sqlite3.Connection, product_id: int, warehouse: str) -> bool:
    """Whether the product's stock in the warehouse was ever told to us."""
    row = connection.execute(
        "SELECT 1 FROM ledger WHERE product_id = ? AND warehouse = ? LIMIT 1",
        (product_id, warehouse),
    ).fetchone()
    return row is not None


def append_ledger(
    connection: sqlite3.Connection, product_id: int, entry: LedgerEntry, now_ms: int
) -> None:
    """Append one leg; the ledger's own key refuses a second one."""
    connection.execute(
        "INSERT INTO ledger (movement, line, product_id, warehouse, leg, kind, delta_milli,"
        " on_hand_milli, reference, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.movement,
            entry.line,
            product_id,
            entry.warehouse,
            entry.leg,
            entry.kind,
            entry.delta_milli,
            entry.on_hand_milli,
            entry.reference,
            now_ms,
        ),
    )
