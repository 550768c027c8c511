"""Exclusions in bulk: done once whatever happens, and what is taken back in is told again."""

import asyncio

from magazie.storage import jobs
from magazie.storage.jobs import JobState
from magazie.storage.reads.products import ProductFilter
from magazie.sync.switch_change import SwitchChange, SwitchOrder
from tests.rules.storeroom import MINUTE, SHOP, Storeroom, in_storeroom

GOODS = {f"P{number}": 10.0 for number in range(1, 9)}
STATED = "SELECT count(*) FROM sync_switches WHERE shop = 'magazin' AND stock = ?"
UNDER_WAY = "SELECT count(*) FROM jobs WHERE state = 'waiting' OR state = 'running'"


async def begin(
    room: Storeroom,
    *,
    stock: bool,
    wanted: ProductFilter | None = None,
    products: tuple[int, ...] | None = None,
) -> int:
    sync = room.syncs[SHOP]
    order = sync.switch_arguments(products=products, wanted=wanted, stock=stock, price=None)
    return await sync.start_switches(order)


async def result_of(room: Storeroom, job_id: int) -> str | None:
    await room.until(lambda: room.peek(UNDER_WAY) == 0)
    job = await room.look(lambda c: jobs.find(c, job_id))
    assert job is not None
    assert job.state is JobState.DONE, job.problems
    return job.result


async def in_state(room: Storeroom, state: str) -> None:
    await room.service.storage.write(
        lambda c: c.execute("UPDATE jobs SET state = ?", (state,)).rowcount
    )


@in_storeroom(GOODS)
async def test_those_of_a_filter_are_told_nothing_until_taken_back_in(room: Storeroom) -> None:
    words = ProductFilter(text="P3", shop=SHOP)
    assert await result_of(room, await begin(room, stock=False, wanted=words)) == (
        '{"done":1,"left":[]}'
    )
    await room.receive_all(list(GOODS))
    await room.flush()
    assert (room.shop.stock("P3"), room.shop.stock("P4")) == (10, 11)

    await result_of(room, await begin(room, stock=True, wanted=words))
    await room.pass_time(2 * MINUTE)

    assert room.shop.stocks_sent("P3") == [11]
    assert room.shop.stocks_sent("P4") == [11], "the others are not told again"


@in_storeroom(GOODS)
async def test_a_product_that_is_not_there_stops_no_other(room: Storeroom) -> None:
    chosen = (room.product_ids["P1"], 7, room.product_ids["P2"])

    result = await result_of(room, await begin(room, stock=False, products=chosen))

    assert result is not None
    assert result.startswith('{"done":2,"left":[{"product":"0000000000007","message":')
    assert room.peek(STATED, 0) == 2


@in_storeroom(GOODS)
async def test_killed_in_its_midst_it_ends_as_if_it_had_not_been(room: Storeroom) -> None:
    job_id = await begin(room, stock=False, wanted=ProductFilter())
    while room.peek(STATED, 0) < 3:
        await asyncio.sleep(0.0002)
    assert room.peek(STATED, 0) < len(GOODS)
    assert room.peek(UNDER_WAY) == 1

    await room.crash_and_restart()

    assert await result_of(room, job_id) == '{"done":8,"left":[]}'
    assert room.peek(STATED, 0) == len(GOODS)


@in_storeroom(GOODS)
async def test_going_on_writes_nothing_over_what_a_person_switched_since(room: Storeroom) -> None:
    job_id = await begin(room, stock=False, wanted=ProductFilter())
    await result_of(room, job_id)
    await room.switch("P3", stock=True)
    order = SwitchOrder(wanted=ProductFilter(), stock=False)

    async def unheard(*_: object) -> None:
        pass

    again = SwitchChange(storage=room.service.storage, directory=room.service.directory)
    await in_state(room, "running")  # as the stop had left it
    result = await again.run(job_id, SHOP, order, unheard)
    await in_state(room, "done")

    assert result.done == len(GOODS)
    assert room.peek(STATED, 1) == 1, "P3 stays as it was switched"
