"""Reading a shop's catalogue: it starts by itself, goes on where it broke off, and is patient."""

import asyncio

import pytest

from magazie.simulators.gomag import FaultKind, Switches
from magazie.storage import catalogue_reads, jobs
from magazie.storage.catalogue_reads import Reading, ReadingRow
from magazie.storage.reads.shop_tree import find_attributes, find_categories
from magazie.sync.catalogue_watch import reading_due
from tests.rules.storeroom import DAY, HOUR, MINUTE, SHOP, STARTS_MS, Storeroom, in_storeroom

READ = "product/read"
MANY = {f"P{number}": 1.0 for number in range(250)}


async def read(room: Storeroom, *, is_whole: bool | None = None) -> jobs.Job:
    job_id = await room.syncs[SHOP].start_sync(is_whole=is_whole)
    return await over(room, job_id)


async def over(room: Storeroom, job_id: int) -> jobs.Job:
    while True:
        job = await room.look(lambda c: jobs.find(c, job_id))
        assert job is not None
        if job.is_over:
            assert job.state is jobs.JobState.DONE, job.problems
            return job
        await asyncio.sleep(0.2)


def listed(room: Storeroom, state: str = "new") -> set[str]:
    found = room.peek_all("SELECT sku FROM listing WHERE state = ?", state)
    return {str(row[0]) for row in found}


def pages_asked(room: Storeroom) -> list[str]:
    return [dict(entry.query)["page"] for entry in room.shop.requests(READ)]


async def turned(room: Storeroom, page: int) -> None:
    """Wait until this page is due."""
    while True:
        under_way = (await room.syncs[SHOP].catalogue.reader.state()).under_way
        if under_way is not None and under_way.next_page >= page:
            return
        await asyncio.sleep(0.01)


@in_storeroom({"P1": 1, "P2": 2}, linked=False, watches_catalogue=True)
async def test_the_first_reading_starts_by_itself_and_once(room: Storeroom) -> None:
    await room.pass_time(MINUTE)
    assert listed(room) == {"P1", "P2"}
    asked = len(room.shop.requests(READ))
    await room.crash_and_restart()
    await room.pass_time(20 * MINUTE)
    assert len(room.shop.requests(READ)) == asked
    room.shop.engine.office.add_product("P3", "Nou", price_e4=100_000, stock_milli=1000)
    await room.pass_time(HOUR)
    assert listed(room) == {"P1", "P2", "P3"}, "what changed comes by itself"


@in_storeroom(MANY, linked=False)
async def test_a_page_that_is_not_one_is_asked_again_and_the_reading_goes_on(
    room: Storeroom,
) -> None:
    room.shop.engine.inject(FaultKind.HTML_PAGE, path=READ, page=2, times=2)
    await read(room)
    assert pages_asked(room) == ["1", "2", "2", "2", "3"]
    assert listed(room) == set(MANY)


@in_storeroom(MANY, linked=False)
async def test_a_job_ends_with_all_its_pages_told(room: Storeroom) -> None:
    job = await read(room)
    assert (job.done, job.total) == (250, 250)
    assert job.progress == jobs.JobProgress(pages=3, pages_total=3, seconds_left=0)


@in_storeroom(MANY, linked=False)
async def test_a_reading_goes_on_after_a_crash_where_it_was(room: Storeroom) -> None:
    room.shop.keep_failing(FaultKind.SLOW, READ, delay_s=5)
    await room.syncs[SHOP].start_sync()
    await turned(room, 3)
    room.shop.heal()
    room.shop.forget_requests()
    await room.crash_and_restart()
    await room.pass_time(MINUTE)
    assert pages_asked(room) == ["3"]
    assert listed(room) == set(MANY)
    row = await room.syncs[SHOP].catalogue.reader.state()
    assert row.under_way is None
    assert row.whole_began_ms is not None


@in_storeroom(MANY, linked=False)
async def test_a_shop_that_does_not_answer_alerts_and_the_next_reading_goes_on(
    room: Storeroom,
) -> None:
    room.shop.after(READ, lambda: room.shop.keep_failing(FaultKind.HTML_PAGE, READ))
    job_id = await room.syncs[SHOP].start_sync()
    await room.pass_time(20 * MINUTE)
    job = await room.look(lambda c: jobs.find(c, job_id))
    assert job is not None
    assert job.state is jobs.JobState.FAILED
    assert await room.alerts("catalogue_unreadable") == [SHOP]
    room.shop.heal()
    room.shop.forget_requests()
    await read(room)
    assert pages_asked(room)[0] == "2"
    assert listed(room) == set(MANY)
    assert await room.alerts("catalogue_unreadable") == []


@pytest.mark.parametrize("down_for_s", [0, 30 * MINUTE])
@in_storeroom({"P1": 1}, linked=False)
async def test_a_person_is_told_at_once_that_the_shop_cannot_be_reached(
    room: Storeroom, down_for_s: float
) -> None:
    room.shop.cut()
    await room.pass_time(down_for_s)
    job_id = await room.syncs[SHOP].start_sync()
    await room.pass_time(2)
    job = await room.look(lambda c: jobs.find(c, job_id))
    assert job is not None
    assert job.state is jobs.JobState.FAILED
    assert "the shop is offline" in job.problems[0].message
    assert await room.alerts("catalogue_unreadable") == [SHOP]
    room.shop.mend()
    await room.pass_time(2 * MINUTE)
    await read(room)
    assert await room.alerts("catalogue_unreadable") == []


@in_storeroom({"P1": 1}, watches_catalogue=True)
async def test_a_reading_that_nobody_waits_for_gets_over_a_moment_without_connection(
    room: Storeroom,
) -> None:
    room.clock.skip(2 * HOUR)  # what changed is due, and is looked for within five minutes
    await room.pass_time(4 * MINUTE)
    room.shop.fail(FaultKind.REFUSE, "category", times=2)
    await room.pass_time(10 * MINUTE)
    assert room.shop.requests("category"), "the test needs a reading"
    assert await room.alerts("catalogue_unreadable") == []


@in_storeroom(MANY, linked=False, switches=Switches(beyond_last_page="repeat_last"))
async def test_pages_may_move_and_repeat_and_nothing_is_lost_or_gone_for_it(
    room: Storeroom,
) -> None:
    def move() -> None:
        for sku in ("P0", "P1", "P2"):
            room.shop.engine.office.delete_product(sku)
        for sku in ("N1", "N2"):
            room.shop.add(sku)

    room.shop.after(READ, move)
    await read(room)
    there = (set(MANY) - {"P0", "P1", "P2"}) | {"N1", "N2"}
    assert there <= listed(room), "what moved to a page read before was looked for"
    assert listed(room, "gone") <= {"P0", "P1", "P2"}
    await read(room, is_whole=True)
    assert listed(room) == there
    assert listed(room, "gone") == {"P0", "P1", "P2"}


@in_storeroom(MANY, linked=False)
async def test_a_reading_that_shows_little_makes_nothing_gone_by_itself(room: Storeroom) -> None:
    await read(room)
    hidden = list(room.shop.engine.state.catalogue.products.items())[:220]
    for key, _ in hidden:
        del room.shop.engine.state.catalogue.products[key]
    await room.pass_time(MINUTE)
    await read(room, is_whole=True)
    assert listed(room, "gone") == set()
    for key, product in hidden:
        room.shop.engine.state.catalogue.products[key] = product
    await room.pass_time(MINUTE)
    await read(room, is_whole=True)
    assert listed(room) == set(MANY)
    for key, _ in hidden:
        del room.shop.engine.state.catalogue.products[key]
    for _ in range(2):
        await room.pass_time(MINUTE)
        await read(room, is_whole=True)
    assert len(listed(room, "gone")) == 220, "two whole readings missed them"


@in_storeroom({"P1": 1}, linked=False)
async def test_the_tree_and_the_attributes_are_read_and_options_gathered(
    room: Storeroom,
) -> None:
    await read(room)
    categories = await room.look(lambda c: find_categories(c, SHOP))
    attributes = await room.look(lambda c: find_attributes(c, SHOP))
    assert {row.id for row in categories} == {
        str(it.id) for it in room.shop.engine.state.catalogue.categories.values()
    }
    assert attributes == [] or all(row.name for row in attributes)


@in_storeroom({f"P{number}": 1.0 for number in range(10_000)}, linked=False)
async def test_ten_thousand_items_take_what_the_limit_allows(room: Storeroom) -> None:
    began = asyncio.get_running_loop().time()
    job = await read(room)
    took_s = asyncio.get_running_loop().time() - began
    # one request a second after a burst of 40, of which orders keep 10; they are read meanwhile
    asked = len(room.shop.requests())
    assert 102 <= asked <= 125
    assert took_s <= 1.1 * (asked - 30)
    assert job.done == 10_000
    assert len(listed(room)) == 10_000


HOUR_MS = 3_600_000
NIGHT_MS = STARTS_MS - 9 * HOUR_MS  # 03:00


@pytest.mark.parametrize(
    ("row", "now_ms", "due"),
    [
        (ReadingRow(), STARTS_MS, True),
        (ReadingRow(Reading(STARTS_MS - 1, is_whole=True, next_page=5)), STARTS_MS, None),
        (ReadingRow(Reading(STARTS_MS - 2 * HOUR_MS, is_whole=True, next_page=5)), STARTS_MS, True),
        (ReadingRow(None, STARTS_MS, STARTS_MS), STARTS_MS + HOUR_MS - 1, None),
        (ReadingRow(None, STARTS_MS, STARTS_MS), STARTS_MS + HOUR_MS, False),
        (ReadingRow(None, NIGHT_MS - 21 * HOUR_MS, NIGHT_MS), NIGHT_MS, True),
        (ReadingRow(None, NIGHT_MS - 19 * HOUR_MS, NIGHT_MS), NIGHT_MS, None),
        (ReadingRow(None, STARTS_MS - 47 * HOUR_MS, STARTS_MS), STARTS_MS, None),
        (ReadingRow(None, STARTS_MS - 48 * HOUR_MS, STARTS_MS), STARTS_MS, True),
        # the clock was ahead
        (ReadingRow(Reading(STARTS_MS + 1, is_whole=True, next_page=5)), STARTS_MS, None),
        (ReadingRow(None, STARTS_MS + HOUR_MS, STARTS_MS + HOUR_MS), STARTS_MS, None),
        (
            ReadingRow(Reading(STARTS_MS + 200 * HOUR_MS, is_whole=False, next_page=5)),
            STARTS_MS,
            True,
        ),
        (ReadingRow(None, STARTS_MS + 200 * HOUR_MS, STARTS_MS), STARTS_MS, True),
        (ReadingRow(None, STARTS_MS, STARTS_MS + 200 * HOUR_MS), STARTS_MS, False),
    ],
)
def test_what_is_due(row: ReadingRow, now_ms: int, due: object) -> None:
    assert reading_due(row, now_ms) is due


@in_storeroom({"P1": 1}, linked=False)
async def test_a_long_silence_makes_a_reading_whole(room: Storeroom) -> None:
    await read(room)
    room.clock.skip(10 * DAY)
    room.shop.forget_requests()
    await read(room, is_whole=False)
    row = await room.look(lambda c: catalogue_reads.load(c, SHOP))
    assert row.whole_began_ms == row.last_began_ms
