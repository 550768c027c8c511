import asyncio
import sqlite3
from collections.abc import Sequence
from typing import ClassVar, Self

import pytest

from magazie.actors.order_messages import OrderDraft
from magazie.actors.order_records import from_draft
from magazie.model.claims import Claim, ClaimLine
from magazie.model.orders import LineKind, OrderDetails, OrderLine
from magazie.storage import Storage, TransactionLostError
from magazie.storage.joint import JointUnit
from magazie.storage.orders import NewOrder, Order, OrderKnownError, load, load_by_id
from magazie.storage.stock import NewClaims, StaleClaimError, StaleRevisionError
from tests.storage.note_units import add_note, all_bodies
from tests.storage.schema import with_schema


class RefusedError(Exception):
    pass


class AddNotes(JointUnit[int]):
    """Stores a note; remembers how many went at one stroke."""

    strokes: ClassVar[list[int]] = []

    def __init__(self, body: str) -> None:
        self.body = body

    @classmethod
    def run_together(cls, connection: sqlite3.Connection, units: Sequence[Self]) -> list[int]:
        cls.strokes.append(len(units))
        ids = [add_note(unit.body)(connection) for unit in units]
        if any(unit.body == "bad" for unit in units):
            raise RefusedError("bad")
        if any(unit.body == "fatal" for unit in units):
            connection.execute("INSERT OR ROLLBACK INTO notes (id, body) VALUES (1, 'twice')")
        return ids


@pytest.fixture(autouse=True)
def no_strokes_yet() -> None:
    AddNotes.strokes.clear()


async def together(storage: Storage, *units: object) -> list[object]:
    writes = (storage.write(unit) for unit in units)  # type: ignore[arg-type] # units of any result
    return await asyncio.gather(*writes, return_exceptions=True)


async def test_neighbours_of_one_kind_run_at_one_stroke_in_their_order(storage: Storage) -> None:
    results = await together(
        storage,
        AddNotes("a"),
        AddNotes("b"),
        add_note("c"),
        AddNotes("d"),
        AddNotes("e"),
        AddNotes("f"),
    )
    assert results == [1, 2, 3, 4, 5, 6]
    assert AddNotes.strokes == [2, 3]
    assert await storage.read(all_bodies) == ["a", "b", "c", "d", "e", "f"]
    assert (storage.metrics.commits, storage.metrics.units) == (1, 6)


async def test_only_the_one_at_fault_fails(storage: Storage) -> None:
    results = await together(storage, *(AddNotes(body) for body in ("a", "bad", "c")))
    assert [type(result) for result in results] == [int, RefusedError, int]
    assert AddNotes.strokes == [3, 1, 1, 1]
    assert await storage.read(all_bodies) == ["a", "c"]
    assert (storage.metrics.units, storage.metrics.failures) == (2, 1)


async def test_alone_it_is_a_unit_like_any_other(storage: Storage) -> None:
    assert await storage.write(AddNotes("a")) == 1
    with pytest.raises(RefusedError):
        await storage.write(AddNotes("bad"))
    assert await storage.read(all_bodies) == ["a"]


async def test_a_group_that_takes_the_transaction_with_it_fails_whole(storage: Storage) -> None:
    await storage.write(add_note("first"))
    results = await together(
        storage, add_note("a"), AddNotes("b"), AddNotes("fatal"), add_note("d")
    )
    assert [type(result) for result in results] == [TransactionLostError] * 3 + [int]
    assert await storage.read(all_bodies) == ["first", "d"]


def claim(order_id: int) -> tuple[str, Claim]:
    return ("principal", Claim(order_id, 0, 1, {1: ClaimLine(1000, 0, 0, 1000)}))


def test_new_claims_together_guard_each_owner_and_refuse_what_is_stored() -> None:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        NewClaims.run_together(
            connection, [NewClaims(7, 0, [claim(1)]), NewClaims(8, 0, [claim(1), claim(2)])]
        )
        NewClaims.run_together(
            connection, [NewClaims(7, 1, [claim(2)]), NewClaims(9, 0, [claim(1)])]
        )
        stored = connection.execute(
            "SELECT product_id, order_id FROM claims ORDER BY product_id, order_id"
        ).fetchall()
        assert stored == [(7, 1), (7, 2), (8, 1), (8, 2), (9, 1)]
        revisions = connection.execute("SELECT * FROM stocks ORDER BY product_id").fetchall()
        assert revisions == [(7, 2), (8, 1), (9, 1)]
        for stale in (NewClaims(7, 1, [claim(5)]), NewClaims(8, 0, [claim(5)])):
            with pytest.raises(StaleRevisionError):
                NewClaims.run_together(connection, [stale, NewClaims(10, 0, [claim(5)])])
        with pytest.raises(StaleClaimError):
            NewClaims.run_together(connection, [NewClaims(7, 2, [claim(3), claim(2)])])


def order(number: str) -> Order:
    line = OrderLine(1, LineKind.PRODUCT, "", "S", "", "Produs", 7, 1000, 0, 10_000, None, 2100)
    draft = OrderDraft(
        source="till",
        number=number,
        warehouse="principal",
        placed_at_ms=1,
        currency="RON",
        total_bani=100,
        details=OrderDetails(),
        lines=(line,),
        payload=b"{}",
        digest=b"x",
    )
    return from_draft(draft, draft.lines, 2)


def test_new_orders_together_get_the_ids_they_would_get_one_by_one() -> None:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        assert NewOrder(order("a"), b"{}")(connection) == 1
        units = [NewOrder(order(number), b"{}") for number in ("b", "c")]
        assert NewOrder.run_together(connection, units) == [2, 3]
        for order_id, number in ((1, "a"), (2, "b"), (3, "c")):
            stored = load_by_id(connection, order_id)
            assert stored is not None
            assert stored == load(connection, ("api", "till", number))
            assert stored.lines == order(number).lines
        payloads = connection.execute("SELECT count(*) FROM order_payloads").fetchone()
        assert payloads == (3,)


def test_a_known_order_is_told_alone_and_does_not_go_with_others() -> None:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        NewOrder(order("a"), b"{}")(connection)
        assert NewOrder(order("a"), b"{}")(connection) is None
        with pytest.raises(OrderKnownError):
            NewOrder.run_together(
                connection, [NewOrder(order("b"), b"{}"), NewOrder(order("a"), b"{}")]
            )
        assert connection.execute("SELECT count(*) FROM order_lines").fetchone() == (1,)
