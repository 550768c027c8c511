"""What is lost on the way inside the house, and what never works, stops nothing else."""

import functools
import sqlite3
from typing import Any

import pytest

from magazie.storage import orders as order_rows
from magazie.storage import outbox_statuses
from magazie.storage.errors import TransactionLostError
from magazie.storage.orders import NewOrder
from magazie.storage.storage import Storage
from tests.rules.shop_side import TAKEN
from tests.rules.storeroom import MINUTE, SHOP, Storeroom, in_storeroom


@in_storeroom({"P1": 10})
async def test_a_lost_note_of_claims_is_written_by_the_sweep(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, lost = Storage.write, []

    async def write(self: Storage, unit: Any) -> Any:
        is_note = isinstance(unit, functools.partial) and unit.func is order_rows.mark_claims
        if is_note and not lost:
            lost.append(unit)
            raise TransactionLostError("the disk was full")
        return await original(self, unit)

    monkeypatch.setattr(Storage, "write", write)
    room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(1)
    assert lost
    await room.pass_time(3 * MINUTE)
    assert room.peek("SELECT count(*) FROM orders WHERE claims_set < claims_wanted") == 0
    assert room.shop.stocks_sent("P1")[-1:] == [6]


@in_storeroom({"P1": 10, "P2": 10})
async def test_an_order_that_can_never_be_stored_holds_up_no_other(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = NewOrder.run_together.__func__  # type: ignore[attr-defined]

    def run_together(cls: type, connection: sqlite3.Connection, units: Any) -> Any:
        if any(unit.order.number == "rea" for unit in units):
            raise ValueError("there is a fault in the program")
        return run(cls, connection, units)

    monkeypatch.setattr(NewOrder, "run_together", classmethod(run_together))
    bad = room.shop.order(("P1", 4), number="rea")
    await room.read()
    assert await room.alerts("undecodable_order") == [f"{SHOP}/{bad}"]
    for _ in range(24):
        room.syncs[SHOP].hint()
        await room.pass_time(5)
        assert not room.syncs[SHOP].reader.is_retrying
    good = room.shop.order(("P2", 3))
    await room.read()
    assert await room.reserved("P2") == 3
    await room.flush()
    assert room.shop.stock("P2") == 7
    assert room.shop.stocks_sent("P1") == []
    monkeypatch.undo()
    await room.pass_time(3 * MINUTE)
    assert await room.alerts("undecodable_order") == []
    assert await room.reserved("P1") == 4
    assert await room.find(good) is not None


@in_storeroom({"P1": 10})
async def test_an_order_that_can_never_be_stored_is_known_to_reads_of_the_newest(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = NewOrder.run_together.__func__  # type: ignore[attr-defined]

    def run_together(cls: type, connection: sqlite3.Connection, units: Any) -> Any:
        if any(unit.order.number == "rea" for unit in units):
            raise ValueError("there is a fault in the program")
        return run(cls, connection, units)

    for _ in range(250):
        room.shop.order(("P1", 0.001))
    await room.read()
    monkeypatch.setattr(NewOrder, "run_together", classmethod(run_together))
    room.shop.order(("P1", 4), number="rea")
    await room.syncs[SHOP].reader.read_newest()
    room.shop.forget_requests()
    await room.syncs[SHOP].reader.read_newest()
    assert len(room.shop.requests("order/read")) == 1


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_a_milestone_whose_news_failed_is_told_all_the_same(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, failed = outbox_statuses.note_due, []

    def note_due(*arguments: Any) -> int:
        if not failed:
            failed.append(True)
            raise TransactionLostError("the disk was full")
        return original(*arguments)

    monkeypatch.setattr(outbox_statuses, "note_due", note_due)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5 * MINUTE)
    assert failed
    assert room.shop.truth(order).status_id == TAKEN
