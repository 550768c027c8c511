"""Sessions that change together are stored as if each had changed alone."""

import sqlite3
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from magazie.model.picking import Pick, PickedOrder, PickingMode, PickingState, SessionState
from magazie.storage import picking as rows
from magazie.storage.picking import Operation, SessionChange
from magazie.storage.stock import StaleRevisionError
from magazie.storage.terminal_operations import OperationKnownError
from tests.storage.schema import with_schema

SESSIONS = range(1, 21)


def begun(number: int) -> PickingState:
    picks = (Pick(1, number, 1, 7, 3000), Pick(2, number, 2, 8, 2000))
    orders = (PickedOrder(number, 1),)
    return PickingState(number, PickingMode.PICK, f"T{number}", "ana", orders, picks, operations=1)


def scanned(session: PickingState, op: str, revision: int) -> SessionChange:
    first, *others = session.picks
    first = replace(first, picked_milli=first.picked_milli + 1000)
    number = session.operations + 1
    after = replace(session, picks=(first, *others), operations=number)
    done = Operation(
        terminal=session.terminal,
        op=op,
        terminal_seq=number,
        digest=b"d",
        kind="scan",
        outcome="counted",
        who="ana",
        session_id=session.id,
        number=number,
        pick=1,
        delta_milli=1000,
        received_ms=5,
        answer=b"{}",
    )
    return SessionChange(session, after, revision, [done], 5, is_told=False)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")  # orders are another owner's
        for number in SESSIONS:
            rows.insert(connection, begun(number), 1)
        yield connection


def test_what_is_stored_together_is_what_each_would_store(
    connection: sqlite3.Connection,
) -> None:
    changes = [scanned(begun(number), f"op-{number}", 2) for number in SESSIONS]
    assert SessionChange.run_together(connection, changes) == [None] * len(changes)
    for number in SESSIONS:
        stored = rows.load(connection, number)
        assert stored is not None
        assert [pick.picked_milli for pick in stored.session.picks] == [1000, 0]
        assert (stored.session.operations, stored.revision, stored.told_revision) == (2, 2, 0)
        assert rows.known_operations(connection, number) == {
            (f"T{number}", f"op-{number}"): (b"d", b"{}")
        }


def test_an_ended_session_frees_its_orders(connection: sqlite3.Connection) -> None:
    before = begun(1)
    after = replace(before, state=SessionState.LEFT)
    SessionChange.run_together(
        connection,
        [SessionChange(before, after, 2, [], 9, is_told=True), scanned(begun(2), "op", 2)],
    )
    assert [session for session, _, _ in rows.open_sessions(connection)] == list(SESSIONS)[1:]


def test_one_stale_session_refuses_them_all(connection: sqlite3.Connection) -> None:
    with pytest.raises(StaleRevisionError):
        SessionChange.run_together(
            connection, [scanned(begun(1), "a", 2), scanned(begun(2), "b", 3)]
        )


def test_one_known_operation_refuses_them_all(connection: sqlite3.Connection) -> None:
    one = scanned(begun(1), "a", 2)
    SessionChange.run_together(connection, [one])
    again = scanned(one.after, "a", 3)
    with pytest.raises(OperationKnownError):
        SessionChange.run_together(connection, [scanned(begun(2), "b", 2), again])
