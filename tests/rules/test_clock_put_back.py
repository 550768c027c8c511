"""The machine's clock is put back by an hour: nothing waits for that hour to come again."""

from magazie.simulators.gomag import FaultKind
from tests.rules.shop_side import INVENTORY
from tests.rules.storeroom import DAY, HOUR, MINUTE, SHOP, Storeroom, in_storeroom


@in_storeroom({"P1": 10})
async def test_what_was_in_doubt_is_sent_again_at_the_next_minute(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    assert (await room.item("P1")).doubt
    room.clock.skip(-HOUR)
    await room.pass_time(3 * MINUTE)
    assert not (await room.item("P1")).doubt


@in_storeroom({"P1": 10})
async def test_orders_that_cannot_be_read_alert_as_soon(room: Storeroom) -> None:
    room.shop.cut()
    await room.pass_time(2 * MINUTE)
    room.clock.skip(-HOUR)
    await room.pass_time(10 * MINUTE)
    assert await room.alerts("orders_unreadable") == [SHOP]


@in_storeroom({"P1": 10})
async def test_orders_placed_after_a_clock_was_days_ahead_are_read(room: Storeroom) -> None:
    room.clock.skip(5 * DAY)
    await room.pass_time(2 * HOUR)
    await room.crash()
    room.clock.skip(-5 * DAY)
    order = room.shop.order(("P1", 2))
    room.clock.skip(2 * DAY)
    await room.start()
    await room.until(lambda: all(sync.is_complete for sync in room.syncs.values()))
    assert await room.held(order) == {1: (2, 0)}
