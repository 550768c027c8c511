"""What people did at terminals, day by day: picked, received, counted."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from magazie.model.picking import Outcome
from magazie.model.romanian_time import local_date
from magazie.model.tally import TallyKind

CAUGHT: Final = (
    Outcome.OVER,
    Outcome.NOT_IN_ORDER,
    Outcome.UNKNOWN_CODE,
    Outcome.AMBIGUOUS_CODE,
    Outcome.ORDER_CANCELLED,
    Outcome.SERIAL_USED,
    Outcome.SERIAL_ELSEWHERE,
)
"""Scans that would have sent something wrong."""


class DayOfPerson(msgspec.Struct, kw_only=True):
    """What one person did on one Romanian day.

    ``pieces_milli`` were picked; ``busy_ms`` is the time their orders took. What was received and
    counted is without what was taken back: below nothing where that was somebody else's.
    """

    day: date
    who: str
    picks: int = 0
    pieces_milli: int = 0
    errors_caught: int = 0
    undone: int = 0
    orders: int = 0
    busy_ms: int = 0
    received_milli: int = 0
    counted_milli: int = 0


class DayTotals(msgspec.Struct, frozen=True):
    """Pieces of all people since a moment, in thousandths."""

    picked_milli: int
    received_milli: int
    counted_milli: int


_TALLIED: Final = (
    " FROM tally_operations AS o INDEXED BY tally_operations_received"
    " JOIN tallies AS t ON t.id = o.tally_id WHERE o.received_ms >= ?1"
)


def figures(connection: sqlite3.Connection, from_ms: int, to_ms: int) -> list[DayOfPerson]:
    """What each person did on each day, first day first."""
    found: dict[tuple[date, str], DayOfPerson] = {}

    def of(day_ms: int, who: str) -> DayOfPerson:
        day = local_date(day_ms)
        return found.setdefault((day, who), DayOfPerson(day=day, who=who))

    for who, outcome, delta_milli, received_ms in connection.execute(
        "SELECT who, outcome, delta_milli, received_ms FROM picking_operations"
        " INDEXED BY picking_operations_received WHERE received_ms >= ? AND received_ms < ?",
        (from_ms, to_ms),
    ):
        row = of(received_ms, who)
        if outcome == Outcome.COUNTED:
            row.picks += 1
            row.pieces_milli += delta_milli
        row.errors_caught += outcome in CAUGHT
        row.undone += outcome == Outcome.UNDONE
    for who, opened_ms, ended_ms, orders in _completed(connection, from_ms, to_ms):
        row = of(ended_ms, who)
        row.orders += orders
        row.busy_ms += ended_ms - opened_ms
    for who, kind, delta_milli, received_ms in connection.execute(
        f"SELECT o.who, t.kind, o.delta_milli, o.received_ms{_TALLIED}"
        " AND o.received_ms < ?2 AND o.delta_milli <> 0",
        (from_ms, to_ms),
    ):
        row = of(received_ms, who)
        if kind == TallyKind.RECEPTION:
            row.received_milli += delta_milli
        else:
            row.counted_milli += delta_milli
    return [found[key] for key in sorted(found)]


def day_totals(connection: sqlite3.Connection, from_ms: int) -> DayTotals:
    """What all people together did since a moment."""
    row = connection.execute(
        "SELECT (SELECT ifnull(sum(delta_milli), 0) FROM picking_operations"
        " INDEXED BY picking_operations_received"
        " WHERE received_ms >= ?1 AND outcome = 'counted'),"
        f" (SELECT ifnull(sum(o.delta_milli), 0){_TALLIED} AND t.kind = 'reception'),"
        f" (SELECT ifnull(sum(o.delta_milli), 0){_TALLIED} AND t.kind = 'count')",
        (from_ms,),
    ).fetchone()
    return DayTotals(*row)


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
