"""Picking sessions, their log, and what pickers did day by day."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import msgspec

from magazie.model.picking import Outcome, PickingMode, SessionState
from magazie.model.romanian_time import local_date
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker

CAUGHT = (
    Outcome.OVER,
    Outcome.NOT_IN_ORDER,
    Outcome.UNKNOWN_CODE,
    Outcome.AMBIGUOUS_CODE,
    Outcome.ORDER_CANCELLED,
    Outcome.SERIAL_USED,
    Outcome.SERIAL_ELSEWHERE,
)
"""Scans that would have sent something wrong."""


class SessionRow(msgspec.Struct, frozen=True):
    """A session in a list, with the ids of its orders as JSON."""

    id: int
    mode: PickingMode
    state: SessionState
    terminal: str
    who: str
    opened_ms: int
    ended_ms: int | None
    revision: int
    orders: str


class SessionFilter(msgspec.Struct, frozen=True):
    """Which sessions; None filters nothing."""

    state: SessionState | None = None
    terminal: str | None = None
    who: str | None = None
    order_id: int | None = None


class OperationRow(msgspec.Struct, frozen=True):
    """An operation of a session's log."""

    number: int
    kind: str
    outcome: str
    terminal: str
    who: str
    code: str
    serial: str
    lot: str
    pick: int | None
    order_id: int | None
    product_id: int | None
    delta_milli: int
    picked_milli: int | None
    at_ms: int | None
    received_ms: int


class DayOfPicker(msgspec.Struct, frozen=True):
    """What one person did on one Romanian day. ``busy_ms`` is the time their orders took."""

    day: date
    who: str
    picks: int
    pieces_milli: int
    errors_caught: int
    undone: int
    orders: int
    busy_ms: int


SESSION_FIELDS = {"id": "s.id", "opened_at": "s.opened_ms"}
_SESSIONS = Source(
    "s.id, s.mode, s.state, s.terminal, s.who, s.opened_ms, s.ended_ms, s.revision,"
    " (SELECT json_group_array(o.order_id) FROM picking_orders AS o WHERE o.session_id = s.id)",
    "picking_sessions AS s",
    SESSION_FIELDS,
    unique=("id",),
)
OPERATION_FIELDS = {"number": "p.number"}
_OPERATIONS = Source(
    "p.number, p.kind, p.outcome, p.terminal, p.who, p.code, p.serial, p.lot, p.pick, p.order_id,"
    " p.product_id, p.delta_milli, p.picked_milli, p.at_ms, p.received_ms",
    "picking_operations AS p",
    OPERATION_FIELDS,
    unique=("number",),
)


def find_sessions(
    connection: sqlite3.Connection, wanted: SessionFilter, page: PageRequest
) -> Page[SessionRow]:
    """One page of sessions."""
    conditions = Conditions()
    conditions.equal("s.state", wanted.state)
    conditions.equal("s.terminal", wanted.terminal)
    conditions.equal("s.who", wanted.who)
    if wanted.order_id is not None:
        conditions.add(
            "s.id IN (SELECT session_id FROM picking_orders WHERE order_id = ?)", wanted.order_id
        )
    return fetch(connection, _SESSIONS, conditions, page, maker(SessionRow))


def find_operations(
    connection: sqlite3.Connection, session_id: int, page: PageRequest
) -> Page[OperationRow]:
    """One page of a session's log."""
    conditions = Conditions()
    conditions.add("p.session_id = ?", session_id)
    return fetch(connection, _OPERATIONS, conditions, page, maker(OperationRow))


def figures(connection: sqlite3.Connection, from_ms: int, to_ms: int) -> list[DayOfPicker]:
    """What each person did on each day, first day first."""
    found: defaultdict[tuple[date, str], list[int]] = defaultdict(lambda: [0] * 6)
    for who, outcome, delta_milli, received_ms in connection.execute(
        "SELECT who, outcome, delta_milli, received_ms FROM picking_operations"
        " INDEXED BY picking_operations_received WHERE received_ms >= ? AND received_ms < ?",
        (from_ms, to_ms),
    ):
        row = found[local_date(received_ms), who]
        if outcome == Outcome.COUNTED:
            row[0] += 1
            row[1] += delta_milli
        row[2] += outcome in CAUGHT
        row[3] += outcome == Outcome.UNDONE
    for who, opened_ms, ended_ms, orders in _completed(connection, from_ms, to_ms):
        row = found[local_date(ended_ms), who]
        row[4] += orders
        row[5] += ended_ms - opened_ms
    return [DayOfPicker(day, who, *row) for (day, who), row in sorted(found.items())]


def _completed(
    connection: sqlite3.Connection, from_ms: int, to_ms: int
) -> Iterable[tuple[str, int, int, int]]:
    return connection.execute(
        "SELECT s.who, s.opened_ms, s.ended_ms, (SELECT count(*) FROM picking_orders AS o"
        " WHERE o.session_id = s.id AND o.is_cancelled = 0) FROM picking_sessions AS s"
        " INDEXED BY picking_sessions_ended"
        " WHERE s.ended_ms >= ? AND s.ended_ms < ? AND s.state = 'completed'",
        (from_ms, to_ms),
    ).fetchall()
