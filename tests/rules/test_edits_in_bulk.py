"""Prices changed in bulk: added once whatever happens, and told to the shop without a brake."""

import asyncio

import msgspec

from magazie.storage import jobs
from magazie.storage.jobs import JobState
from magazie.storage.product_edits import EditOrder, PriceChange
from magazie.storage.reads.products import ProductFilter
from tests.rules.storeroom import MAIN, MINUTE, SHOP, Storeroom, in_storeroom

GOODS = {f"P{number}": 5.0 for number in range(1, 61)}
RAISED = "SELECT count(*) FROM prices WHERE price_e4 = 125000"
UNDER_WAY = "SELECT count(*) FROM jobs WHERE state = 'waiting' OR state = 'running'"


async def begin(room: Storeroom, percent_e2: int) -> int:
    price = PriceChange(warehouse=MAIN, percent_e2=percent_e2)
    order = EditOrder(wanted=ProductFilter(shop=SHOP), price=price)
    return await room.service.start_edits(msgspec.json.encode(order), lambda *_: None)


async def result_of(room: Storeroom, job_id: int) -> dict[str, object]:
    await room.until(lambda: room.peek(UNDER_WAY) == 0)
    job = await room.look(lambda c: jobs.find(c, job_id))
    assert job is not None
    assert job.state is JobState.DONE, job.problems
    result: dict[str, object] = msgspec.json.decode(job.result or "")
    return result


@in_storeroom(GOODS)
async def test_killed_in_its_midst_a_percentage_is_added_once(room: Storeroom) -> None:
    job_id = await begin(room, 25_00)
    while not room.peek(RAISED):
        await asyncio.sleep(0.0002)
    assert room.peek(RAISED) < len(GOODS)
    assert room.peek(UNDER_WAY) == 1

    await room.crash_and_restart()
    result = await result_of(room, job_id)

    assert (result["changed"], result["left"]) == (60, 0)
    assert room.peek(RAISED) == len(GOODS)
    await room.pass_time(3 * MINUTE)
    assert {room.shop.price(sku) for sku in GOODS} == {12.5}
    assert await room.alerts("held_sends") == []


@in_storeroom(GOODS)
async def test_the_same_prices_set_one_by_one_are_held(room: Storeroom) -> None:
    for sku in GOODS:
        await room.set_price(sku, 12.5)
    await room.pass_time(3 * MINUTE)

    assert {room.shop.price(sku) for sku in GOODS} == {10}
    assert await room.alerts("held_sends") == [SHOP]
