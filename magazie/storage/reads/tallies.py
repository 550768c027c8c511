"""Receptions and counts: lists of them, and one with its lines."""

import sqlite3
from collections.abc import Sequence

import msgspec

from magazie.model.tally import Tally, TallyKind, TallyState
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker
from magazie.storage.reads.operations import LoggedRow, OperationSource
from magazie.storage.tallies import load


class TallyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A tally without its lines."""

    id: int
    kind: TallyKind
    state: TallyState
    reference: str
    supplier: str
    warehouse: str
    location: str
    terminal: str | None
    who: str
    is_announced: int
    created_by: str
    created_ms: int
    ended_ms: int | None
    movement_id: int | None
    revision: int
    lines: int
    touched: int


class TallyOperationRow(LoggedRow, frozen=True):
    """An operation of a tally's log."""

    line: int | None
    counted_milli: int | None


class TallyFilter(msgspec.Struct, frozen=True):
    """Which tallies; None filters nothing."""

    kind: TallyKind
    states: Sequence[str] | None = None
    warehouse: str | None = None


TALLY_FIELDS = {"id": "t.id", "created_at": "t.created_ms"}
_TALLIES = Source(
    "t.id, t.kind, t.state, t.reference, t.supplier, t.warehouse, t.location, t.terminal, t.who,"
    " t.is_announced, t.created_by, t.created_ms, t.ended_ms, t.movement_id, t.revision,"
    " (SELECT count(*) FROM tally_lines AS l WHERE l.tally_id = t.id),"
    " (SELECT count(l.counted_milli) FROM tally_lines AS l WHERE l.tally_id = t.id)",
    "tallies AS t",
    TALLY_FIELDS,
    unique=("id",),
)
_MAKE = maker(TallyRow)
find_tally_operations = OperationSource("tally_operations", "tally_id", TallyOperationRow).find


def find_tallies(
    connection: sqlite3.Connection, wanted: TallyFilter, page: PageRequest
) -> Page[TallyRow]:
    """One page of receptions, or of counts."""
    conditions = Conditions()
    conditions.add("t.kind = ?", wanted.kind.value)
    if wanted.states is not None:
        marks = ", ".join("?" * len(wanted.states))
        conditions.add(f"t.state IN ({marks})", *wanted.states)
    conditions.equal("t.warehouse", wanted.warehouse)
    return fetch(connection, _TALLIES, conditions, page, _MAKE)


def read_tally(
    connection: sqlite3.Connection, tally_id: int, kind: TallyKind
) -> tuple[TallyRow, Tally] | None:
    """The reception or the count with this id, in the list and whole."""
    row = connection.execute(
        f"SELECT {_TALLIES.columns} FROM tallies AS t WHERE t.id = ? AND t.kind = ?",
        (tally_id, kind.value),
    ).fetchone()
    stored = load(connection, tally_id)
    return (_MAKE(*row), stored.tally) if row is not None and stored is not None else None


def is_tally(connection: sqlite3.Connection, tally_id: int, kind: TallyKind) -> bool:
    """Whether there is a reception, or a count, with this id."""
    row = connection.execute(
        "SELECT 1 FROM tallies WHERE id = ? AND kind = ?", (tally_id, kind.value)
    ).fetchone()
    return row is not None
