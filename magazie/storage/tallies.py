"""Statements of the TallySession: the tally, its lines, and the log of operations."""

import sqlite3
from typing import Any

import msgspec
from msgspec.structs import astuple

from magazie.model.tally import (
    Noted,
    Tally,
    TallyKind,
    TallyLine,
    TallyOutcome,
    TallyState,
    Witness,
)
from magazie.model.tally_rules import LoggedCount, remembered
from magazie.model.tracking import Note
from magazie.model.walking import place_key
from magazie.storage.stock import StaleRevisionError
from magazie.storage.terminal_operations import (
    OperationLog,
    TerminalOperation,
    refuse_picking,
    refuse_second,
)


class PlaceTakenError(Exception):
    """The place is being counted already."""


class TallyOperation(TerminalOperation, frozen=True, kw_only=True):
    """One operation on a tally as it is logged."""

    tally_id: int | None = None
    line: int | None = None
    counted_milli: int | None = None


class StoredTally(msgspec.Struct, frozen=True):
    """A tally as it stands in the books."""

    tally: Tally
    revision: int
    movement_id: int | None


_LOG = OperationLog("tally_operations", "tally_id", TallyOperation)
log = _LOG.append
known_operations = _LOG.known
_HEAD = (
    "kind, state, reference, supplier, warehouse, location, terminal, who, is_announced, operations"
)
_LINE = (
    "line, product_id, expected_milli, counted_milli, unit_cost_e4, is_astray, is_refused,"
    " first_on_hand_milli, first_picked_milli, first_seq,"
    " last_on_hand_milli, last_picked_milli, last_seq"
)
_CHANGING = [name.strip() for name in _LINE.split(",")][3:]
_PUT_LINE = (
    f"INSERT INTO tally_lines (tally_id, {_LINE}) VALUES ({', '.join('?' * 14)})"
    " ON CONFLICT (tally_id, line) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _CHANGING)
)
_ENDED = frozenset({TallyState.DONE, TallyState.LEFT})


def insert(connection: sqlite3.Connection, tally: Tally, created_by: str, now_ms: int) -> None:
    """Store a new tally, at revision 1.

    Raises:
        TerminalBusyError: its terminal has something else open.
        PlaceTakenError: its place is being counted.

    """
    _refuse_busy(connection, None, tally)
    cursor = connection.execute(
        f"INSERT INTO tallies (id, {_HEAD}, place, created_by, created_ms, revision)"
        f" VALUES ({', '.join('?' * 15)}) ON CONFLICT DO NOTHING",
        (
            tally.id,
            tally.kind,
            tally.state,
            tally.reference,
            tally.supplier,
            tally.warehouse,
            tally.location,
            tally.terminal,
            tally.who,
            tally.is_announced,
            tally.operations,
            place_key(tally.location),
            created_by,
            now_ms,
            1,
        ),
    )
    if cursor.rowcount != 1:
        raise PlaceTakenError(f"{tally.location} in {tally.warehouse}")
    connection.executemany(_PUT_LINE, [_line_values(tally.id, line) for line in tally.lines])


def update(
    connection: sqlite3.Connection,
    before: Tally,
    after: Tally,
    revision: int,
    now_ms: int,
    *,
    movement_id: int | None = None,
) -> None:
    """Store a changed tally; ``revision`` is the one it is to have.

    Raises:
        TerminalBusyError: the terminal that takes it has something else open.
        StaleRevisionError: another activation wrote since.

    """
    _refuse_busy(connection, before, after)
    cursor = connection.execute(
        "UPDATE tallies SET state = ?, terminal = ?, who = ?, operations = ?, ended_ms = ?,"
        " movement_id = ?, revision = ? WHERE id = ? AND revision = ?",
        (
            after.state,
            after.terminal,
            after.who,
            after.operations,
            now_ms if after.state in _ENDED else None,
            movement_id,
            revision,
            after.id,
            revision - 1,
        ),
    )
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"tally {after.id} at revision {revision - 1}")
    if after.lines is not before.lines:
        known = {line.number: line for line in before.lines}
        connection.executemany(
            _PUT_LINE,
            [
                _line_values(after.id, line)
                for line in after.lines
                if known.get(line.number) is not line
            ],
        )


def _refuse_busy(connection: sqlite3.Connection, before: Tally | None, after: Tally) -> None:
    terminal = after.terminal
    if terminal is None or not after.is_open:
        return
    if before is None or before.terminal != terminal or not before.is_open:
        refuse_picking(connection, terminal)
        refuse_second(connection, terminal, but_tally=after.id)


def answer_anew(
    connection: sqlite3.Connection, tally_id: int, number: int, outcome: str, answer: bytes
) -> None:
    """The completion that was not answered yet came to something else."""
    connection.execute(
        "UPDATE tally_operations SET outcome = ?, answer = ? WHERE tally_id = ? AND number = ?",
        (outcome, answer, tally_id, number),
    )


def load(connection: sqlite3.Connection, tally_id: int) -> StoredTally | None:
    """The tally with this id, with the scans of it that can still be undone."""
    row = connection.execute(
        f"SELECT {_HEAD}, revision, movement_id FROM tallies WHERE id = ?", (tally_id,)
    ).fetchone()
    if row is None:
        return None
    kind, state, reference, supplier, warehouse, location, terminal, who, is_announced = row[:9]
    operations, revision, movement_id = row[9:]
    tally = Tally(
        id=tally_id,
        kind=TallyKind(kind),
        state=TallyState(state),
        reference=reference,
        supplier=supplier,
        warehouse=warehouse,
        location=location,
        terminal=terminal,
        who=who,
        is_announced=bool(is_announced),
        lines=load_lines(connection, tally_id),
        noted=_noted(connection, tally_id),
        operations=operations,
    )
    return StoredTally(tally, revision, movement_id)


def load_lines(connection: sqlite3.Connection, tally_id: int) -> tuple[TallyLine, ...]:
    """The lines of a tally, by number."""
    rows = connection.execute(
        f"SELECT {_LINE} FROM tally_lines WHERE tally_id = ? ORDER BY line", (tally_id,)
    ).fetchall()
    return tuple(_line(row) for row in rows)


def operation_numbered(
    connection: sqlite3.Connection, tally_id: int, number: int
) -> tuple[str, str]:
    """(terminal, op) of the tally's operation of this number.

    Raises:
        LookupError: there is none.

    """
    row: tuple[str, str] | None = connection.execute(
        "SELECT terminal, op FROM tally_operations WHERE tally_id = ? AND number = ?",
        (tally_id, number),
    ).fetchone()
    if row is None:
        raise LookupError(f"tally {tally_id} has no operation {number}")
    return row


def at_terminal(connection: sqlite3.Connection, terminal: str) -> int | None:
    """The tally that is open at a terminal."""
    row = connection.execute(
        "SELECT id FROM tallies INDEXED BY tallies_terminal"
        " WHERE state = 'open' AND terminal IS NOT NULL AND terminal = ?",
        (terminal,),
    ).fetchone()
    return row[0] if row is not None else None


def at_place(connection: sqlite3.Connection, warehouse: str, place: str) -> int | None:
    """The tally that counts a place, given as places are compared."""
    row = connection.execute(
        "SELECT id FROM tallies INDEXED BY tallies_place WHERE warehouse = ? AND place = ?"
        " AND kind = 'count' AND (state = 'open' OR state = 'posting')",
        (warehouse, place),
    ).fetchone()
    return row[0] if row is not None else None


def posting_tallies(connection: sqlite3.Connection, limit: int) -> list[int]:
    """Tallies whose document is not known to be there, oldest first."""
    rows = connection.execute(
        "SELECT id FROM tallies INDEXED BY tallies_posting WHERE state = 'posting'"
        " ORDER BY id LIMIT ?",
        (limit,),
    ).fetchall()
    return [row[0] for row in rows]


def _noted(connection: sqlite3.Connection, tally_id: int) -> tuple[Noted, ...]:
    rows = connection.execute(
        "SELECT number, line, delta_milli, terminal, undoes, outcome = ?2, serial, lot"
        " FROM tally_operations WHERE tally_id = ?1 AND (delta_milli <> 0 OR outcome = ?2)"
        " ORDER BY number",
        (tally_id, TallyOutcome.SET.value),
    ).fetchall()
    return remembered(
        LoggedCount(number, line, delta, terminal, undoes, bool(is_set), Note(serial, lot))
        for number, line, delta, terminal, undoes, is_set, serial, lot in rows
    )


def _line(row: tuple[Any, ...]) -> TallyLine:
    number, product_id, expected, counted, cost, is_astray, is_refused = row[:7]
    return TallyLine(
        number,
        product_id,
        expected,
        counted,
        cost,
        is_astray=bool(is_astray),
        is_refused=bool(is_refused),
        first=Witness(*row[7:10]) if row[7] is not None else None,
        last=Witness(*row[10:]) if row[10] is not None else None,
    )


def _line_values(tally_id: int, line: TallyLine) -> tuple[object, ...]:
    nothing = (None, None, None)
    return (
        tally_id,
        line.number,
        line.product_id,
        line.expected_milli,
        line.counted_milli,
        line.unit_cost_e4,
        line.is_astray,
        line.is_refused,
        *(astuple(line.first) if line.first is not None else nothing),
        *(astuple(line.last) if line.last is not None else nothing),
    )
