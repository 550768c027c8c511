"""Receptions, adjustments and transfers as documents."""

import sqlite3

import msgspec

from magazie.storage.movements import Movement, MovementKind, MovementState, find_key, load
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch


class MovementFilter(msgspec.Struct, frozen=True):
    """Which movements; None filters nothing."""

    kind: MovementKind | None = None
    state: MovementState | None = None
    warehouse: str | None = None
    reference: str | None = None
    product_id: int | None = None


FIELDS = {"id": "m.id", "created_at": "m.created_ms"}
_SOURCE = Source("m.id", "movements AS m", FIELDS, unique=("id",))


def find_movements(
    connection: sqlite3.Connection, wanted: MovementFilter, page: PageRequest
) -> Page[Movement]:
    """One page of movements."""
    conditions = Conditions()
    conditions.equal("m.kind", wanted.kind)
    conditions.equal("m.state", wanted.state)
    conditions.equal("m.reference", wanted.reference)
    if wanted.warehouse is not None:
        conditions.add("? IN (m.warehouse, m.to_warehouse)", wanted.warehouse)
    if wanted.product_id is not None:
        conditions.add(
            "m.id IN (SELECT CAST(substr(movement, 3) AS INTEGER) FROM ledger"
            " WHERE product_id = ? AND movement LIKE 'm:%')",
            wanted.product_id,
        )
    found = fetch(connection, _SOURCE, conditions, page, make=int)
    movements = [read_movement(connection, movement_id) for movement_id in found.rows]
    return Page(tuple(it for it in movements if it is not None), found.after)


def read_movement(connection: sqlite3.Connection, movement_id: int) -> Movement | None:
    """The movement with this id."""
    key = find_key(connection, movement_id)
    return load(connection, key) if key is not None else None
