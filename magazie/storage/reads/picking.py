"""Picking sessions and their log."""

import sqlite3

import msgspec

from magazie.model.picking import PickingMode, SessionState
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker
from magazie.storage.reads.operations import LoggedRow, OperationSource


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


class OperationRow(LoggedRow, frozen=True):
    """An operation of a session's log."""

    pick: int | None
    order_id: int | None
    picked_milli: int | None


SESSION_FIELDS = {"id": "s.id", "opened_at": "s.opened_ms"}
_SESSIONS = Source(
    "s.id, s.mode, s.state, s.terminal, s.who, s.opened_ms, s.ended_ms, s.revision,"
    " (SELECT json_group_array(o.order_id) FROM picking_orders AS o WHERE o.session_id = s.id)",
    "picking_sessions AS s",
    SESSION_FIELDS,
    unique=("id",),
)
find_operations = OperationSource("picking_operations", "session_id", OperationRow).find


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
