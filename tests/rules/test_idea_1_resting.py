"""Resting states: what is owed is found again, and a claim stays where it was made."""

import asyncio

import pytest

from magazie.actors.movement_messages import NewLine
from magazie.simulators.gomag import FaultKind, OrderedItem
from magazie.storage import jobs
from magazie.storage.movements import MovementKind
from tests.rules.shop_side import CANCELLED, NEW
from tests.rules.storeroom import MAIN, MINUTE, SHOP, SIDE, Storeroom, in_storeroom


@in_storeroom({"P1": 10})
async def test_owed_claims_are_found_by_the_sweep_after_a_crash(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    reading = asyncio.ensure_future(room.read())
    while not room.peek("SELECT count(*) FROM orders"):
        await asyncio.sleep(0.0005)
    assert not room.peek("SELECT count(*) FROM claims"), (
        "the crash came too late to leave a claim owed"
    )
    await room.crash()
    room.shop.cut()
    await room.start()
    await room.pass_time(2)
    assert reading.cancelled()
    assert await room.held(order) == {1: (4, 0)}
    room.shop.mend()


@pytest.mark.parametrize("posted", [0, 1, 40])
@in_storeroom({f"P{number}": 1.0 for number in range(1, 81)})
async def test_owed_postings_are_found_by_the_sweep_and_made_once(
    room: Storeroom, posted: int
) -> None:
    lines = [NewLine(product, 5000) for product in room.product_ids.values()]
    document = asyncio.ensure_future(room.move(MovementKind.RECEPTION, lines))
    count = "SELECT count(*) FROM ledger WHERE kind = 'reception'"
    stored = "SELECT count(*) FROM movements WHERE kind = 'reception'"
    while not room.peek(stored) or room.peek(count) < posted:
        await asyncio.sleep(0.0005)
    assert room.peek(count) < len(lines), "the crash came too late to leave a line owed"
    await room.crash_and_restart()
    await room.pass_time(MINUTE)
    assert document.cancelled()
    assert {await room.on_hand(sku) for sku in room.product_ids} == {6}
    assert room.peek(count) == len(lines)
    assert room.peek("SELECT count(*) FROM movements WHERE state = 'posting'") == 0


@in_storeroom({"P1": 10})
async def test_claims_stay_in_the_warehouse_of_the_intake_when_the_source_changes(
    room: Storeroom,
) -> None:
    await room.receive("P1", 20, SIDE)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.set_shop(stock_warehouse=SIDE)
    room.shop.edit(order, ("P1", 6))
    await room.read()
    assert await room.reserved("P1", MAIN) == 6
    assert await room.reserved("P1", SIDE) == 0
    room.shop.order(("P1", 1))
    await room.read()
    assert await room.reserved("P1", SIDE) == 1
    room.shop.move(order, CANCELLED)
    await room.read()
    assert await room.available("P1", MAIN) == 10
    room.shop.move(order, NEW)
    await room.read()
    assert await room.reserved("P1", MAIN) == 6


@in_storeroom({"P1": 10})
async def test_service_lines_claim_nothing(room: Storeroom) -> None:
    wrapping = OrderedItem(sku="P1", quantity_milli=2000, type="service")
    order = room.shop.order(("P1", 1), wrapping)
    await room.read()
    assert await room.held(order) == {1: (1, 0)}
    assert await room.alerts("unlinked_line") == []


@in_storeroom({"P1": 10})
async def test_an_order_without_a_warehouse_gets_one_when_its_shop_does(room: Storeroom) -> None:
    await room.set_shop(stock_warehouse=None)
    orders = [room.shop.order(("P1", 2)) for _ in range(3)]
    await room.read()
    gone = orders.pop()
    room.shop.cancel(gone)
    await room.read()
    assert await room.reserved("P1") == 0
    await room.crash_and_restart()
    await room.set_shop(stock_warehouse=MAIN)
    await room.pass_time(2)
    assert await room.reserved("P1") == 4
    found = await room.find(orders[0])
    assert found is not None
    assert (found.warehouse, found.owes_claims) == (MAIN, False)
    left = await room.find(gone)
    assert left is not None
    assert left.warehouse is None
    await room.flush()
    assert room.shop.stock("P1") == 6


@in_storeroom({f"P{number}": 1 for number in range(30)}, linked=False)
async def test_a_cancelled_job_stops_at_once_and_stays_cancelled(room: Storeroom) -> None:
    room.shop.keep_failing(FaultKind.SLOW, "product/read", delay_s=20)
    job_id = await room.syncs[SHOP].start_sync()
    await room.pass_time(1)
    assert await room.service.jobs.cancel(job_id)
    await room.pass_time(0.1)
    asked = len(room.shop.requests("product/read"))
    await room.crash_and_restart()
    await room.pass_time(MINUTE)
    assert len(room.shop.requests("product/read")) == asked
    job = await room.look(lambda c: jobs.find(c, job_id))
    assert job is not None
    assert job.state is jobs.JobState.CANCELLED
    assert not await room.service.jobs.cancel(job_id)
