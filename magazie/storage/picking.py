"""Statements of the PickingSession: the session, its counts, and the log of operations."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from magazie.model.picking import (
    Counted,
    Pick,
    PickedOrder,
    PickingMode,
    PickingState,
    Rest,
    SessionState,
)
from magazie.model.picking_rules import without_last
from magazie.model.tracking import Note
from magazie.storage import picked_serials
from magazie.storage.joint import JointUnit
from magazie.storage.many_rows import ManyRows
from magazie.storage.picked_serials import PickedSerial
from magazie.storage.stock import StaleRevisionError
from magazie.storage.terminal_operations import OperationLog, TerminalOperation, refuse_second


class OrderInSessionError(Exception):
    """One of the orders is in another open session, or the terminal has one."""


class Operation(TerminalOperation, frozen=True, kw_only=True):
    """One operation of picking as it is logged."""

    session_id: int | None = None
    order_id: int | None = None
    pick: int | None = None
    picked_milli: int | None = None
    wanted_milli: int | None = None


class StoredSession(msgspec.Struct, frozen=True):
    """A session as it stands in the books."""

    session: PickingState
    revision: int
    told_revision: int


_LOG = OperationLog("picking_operations", "session_id", Operation)
log = _LOG.append
known_operations = _LOG.known
_PICK = (
    "pick, order_id, line, product_id, wanted_milli, base_milli, picked_milli, short_milli,"
    " reason, rest, skipped, part_milli"
)
_PUT_PICKS = ManyRows(
    f"INSERT INTO picking_lines (session_id, {_PICK})",
    13,
    "ON CONFLICT (session_id, pick) DO UPDATE SET wanted_milli = excluded.wanted_milli,"
    " picked_milli = excluded.picked_milli, short_milli = excluded.short_milli,"
    " reason = excluded.reason, rest = excluded.rest, skipped = excluded.skipped",
)
_UPDATE_SESSION = (
    "UPDATE picking_sessions SET state = ?, terminal = ?, who = ?, operations = ?, skips = ?,"
    " ended_ms = ?, revision = ?, told_revision = CASE WHEN ? THEN ? ELSE told_revision END"
    " WHERE id = ? AND revision = ?"
)


def insert(connection: sqlite3.Connection, session: PickingState, now_ms: int) -> None:
    """Store a new session, at revision 1, that its orders do not know of yet.

    Raises:
        OrderInSessionError: an order is in another open session, or the terminal has one.
        TerminalBusyError: a tally is open at the terminal.

    """
    refuse_second(connection, session.terminal)
    cursor = connection.execute(
        "INSERT INTO picking_sessions (id, mode, state, terminal, who, operations, skips,"
        " opened_ms, ended_ms, revision, told_revision)"
        " VALUES (?, ?, 'open', ?, ?, ?, ?, ?, NULL, 1, 0) ON CONFLICT DO NOTHING",
        (
            session.id,
            session.mode,
            session.terminal,
            session.who,
            session.operations,
            session.skips,
            now_ms,
        ),
    )
    if cursor.rowcount != 1:
        raise OrderInSessionError(f"terminal {session.terminal} is in a session")
    for order in session.orders:
        cursor = connection.execute(
            "INSERT INTO picking_orders (session_id, order_id, bin, is_cancelled, is_verified,"
            " is_open) VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING",
            (session.id, order.order_id, order.bin, order.is_cancelled, order.is_verified),
        )
        if cursor.rowcount != 1:
            raise OrderInSessionError(f"order {order.order_id} is in a session")
    _PUT_PICKS.insert(connection, [_pick_values(session.id, it) for it in session.picks])
    picked_serials.begin(connection, session)


class SessionChange(JointUnit[None]):
    """Stores a changed session and what was done in it.

    Raises:
        StaleRevisionError: another activation wrote since.
        OperationKnownError: one of the operations is in the log, or in that of tallies.
        TerminalBusyError: the terminal that takes it over has a tally open.
        SerialsHeldError: serial numbers that were scanned are in hand already.

    """

    __slots__ = ("after", "before", "is_told", "log", "now_ms", "revision", "serials")

    def __init__(
        self,
        before: PickingState,
        after: PickingState,
        revision: int,
        log: Sequence[Operation],
        now_ms: int,
        *,
        is_told: bool,
        serials: Sequence[PickedSerial] = (),
    ) -> None:
        """``revision`` is the one it is to have; ``is_told``: its orders know of it as it is.

        ``serials`` are those of the scans that counted.
        """
        self.before = before
        self.after = after
        self.revision = revision
        self.log = log
        self.now_ms = now_ms
        self.is_told = is_told
        self.serials = serials

    @classmethod
    def run_together(cls, connection: sqlite3.Connection, units: Sequence[Self]) -> list[None]:
        """Guard each owner, then store lines and operations of all."""
        for unit in units:
            if unit.after.terminal != unit.before.terminal:
                refuse_second(connection, unit.after.terminal)
        rows = [unit.session_values() for unit in units]
        if connection.executemany(_UPDATE_SESSION, rows).rowcount != len(rows):
            sessions = ", ".join(str(unit.after.id) for unit in units)
            raise StaleRevisionError(f"one of the picking sessions {sessions}")
        _PUT_PICKS.insert(connection, [row for unit in units for row in unit.changed_picks()])
        for unit in units:
            if unit.orders_changed:
                _update_orders(connection, unit.after)
        operations = [operation for unit in units for operation in unit.log]
        log(connection, operations)
        picked_serials.change(
            connection,
            [serial for unit in units for serial in unit.serials],
            [it.order_id for it in operations if it.order_id is not None and it.delta_milli < 0],
        )
        return [None] * len(units)

    def session_values(self) -> tuple[object, ...]:
        """What the session's update is run with."""
        after = self.after
        # str(): what is more than a plain string sqlite3 takes through its adapters, at a price
        return (
            str(after.state),
            after.terminal,
            after.who,
            after.operations,
            after.skips,
            None if after.is_open else self.now_ms,
            self.revision,
            self.is_told,
            self.revision,
            after.id,
            self.revision - 1,
        )

    def changed_picks(self) -> list[tuple[object, ...]]:
        """The rows of the lines that changed."""
        before, after = self.before, self.after
        if after.picks is before.picks:
            return []
        # a pick that did not change is the same object still
        known = {id(pick) for pick in before.picks}
        return [_pick_values(after.id, pick) for pick in after.picks if id(pick) not in known]

    @property
    def orders_changed(self) -> bool:
        """Whether its rows of orders are to be written."""
        before, after = self.before, self.after
        return after.orders != before.orders or after.is_open != before.is_open


def _update_orders(connection: sqlite3.Connection, session: PickingState) -> None:
    connection.executemany(
        "UPDATE picking_orders SET is_cancelled = ?, is_open = ?"
        " WHERE session_id = ? AND order_id = ?",
        [
            (order.is_cancelled, session.is_open, session.id, order.order_id)
            for order in session.orders
        ],
    )


def mark_told(connection: sqlite3.Connection, session_id: int, revision: int) -> None:
    """The orders know of the session as of this revision. True later too: it needs no guard."""
    connection.execute(
        "UPDATE picking_sessions SET told_revision = ?2 WHERE id = ?1 AND told_revision < ?2",
        (session_id, revision),
    )


def load(connection: sqlite3.Connection, session_id: int) -> StoredSession | None:
    """The session with this id, with the scans of it that can still be undone."""
    row = connection.execute(
        "SELECT mode, state, terminal, who, operations, skips, revision, told_revision"
        " FROM picking_sessions WHERE id = ?",
        (session_id,),
    ).fetchone()
    if row is None:
        return None
    mode, state, terminal, who, operations, skips, revision, told_revision = row
    orders = connection.execute(
        "SELECT order_id, bin, is_cancelled, is_verified FROM picking_orders"
        " WHERE session_id = ? ORDER BY bin",
        (session_id,),
    ).fetchall()
    picks = connection.execute(
        f"SELECT {_PICK} FROM picking_lines WHERE session_id = ? ORDER BY pick", (session_id,)
    ).fetchall()
    session = PickingState(
        id=session_id,
        mode=PickingMode(mode),
        terminal=terminal,
        who=who,
        orders=tuple(
            PickedOrder(order_id, place, bool(is_cancelled), bool(is_verified))
            for order_id, place, is_cancelled, is_verified in orders
        ),
        picks=tuple(_pick(values) for values in picks),
        counted=_counted(connection, session_id),
        state=SessionState(state),
        operations=operations,
        skips=skips,
    )
    return StoredSession(session, revision, told_revision)


def open_sessions(connection: sqlite3.Connection) -> list[tuple[int, str, int]]:
    """(session, terminal, order) of every order in an open session."""
    return connection.execute(
        "SELECT s.id, s.terminal, o.order_id FROM picking_orders AS o"
        " INDEXED BY picking_orders_open JOIN picking_sessions AS s ON s.id = o.session_id"
        " WHERE o.is_open = 1 ORDER BY s.id, o.bin"
    ).fetchall()


def orders_taken_on(connection: sqlite3.Connection, session_id: int) -> frozenset[int]:
    """The orders of a session that were in a later one since."""
    rows = connection.execute(
        "SELECT o.order_id FROM picking_orders AS o WHERE o.session_id = ?1 AND EXISTS"
        " (SELECT 1 FROM picking_orders AS l INDEXED BY picking_orders_order"
        " WHERE l.order_id = o.order_id AND l.session_id > ?1)",
        (session_id,),
    ).fetchall()
    return frozenset(row[0] for row in rows)


def owing_sessions(connection: sqlite3.Connection, limit: int) -> list[int]:
    """Sessions whose orders are not known to know of them, oldest first."""
    rows = connection.execute(
        "SELECT id FROM picking_sessions INDEXED BY picking_sessions_owing"
        " WHERE told_revision < revision ORDER BY id LIMIT ?",
        (limit,),
    ).fetchall()
    return [row[0] for row in rows]


def _counted(connection: sqlite3.Connection, session_id: int) -> tuple[Counted, ...]:
    """Go through the log once more: what is left of each scan."""
    counted: tuple[Counted, ...] = ()
    rows = connection.execute(
        "SELECT number, outcome, pick, delta_milli, terminal, undoes, serial, lot"
        " FROM picking_operations"
        " WHERE session_id = ? AND delta_milli <> 0 ORDER BY number",
        (session_id,),
    ).fetchall()
    for number, outcome, pick, delta_milli, terminal, undoes, serial, lot in rows:
        if outcome == "counted":
            note = Note(serial, lot)
            counted = (*counted, Counted(number, pick, delta_milli, terminal, note))
        elif undoes is not None:
            counted = tuple(scan for scan in counted if scan.operation != undoes)
        else:
            counted = without_last(counted, pick, -delta_milli)
    return counted


def _pick(values: tuple[Any, ...]) -> Pick:
    return Pick(*(*values[:9], Rest(values[9]), *values[10:]))


def _pick_values(session_id: int, pick: Pick) -> tuple[object, ...]:
    values = msgspec.structs.astuple(pick)
    return (session_id, *values[:9], str(pick.rest), *values[10:])
