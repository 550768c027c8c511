"""A whole read of orders is whole, though the shop's pages move or repeat while it is made."""

from pathlib import Path
from typing import Literal

import pytest

from magazie.simulators.gomag import FaultKind, Switches
from tests.rules.shop_side import ORDERS
from tests.rules.storeroom import (
    DAY,
    HOUR,
    MINUTE,
    SHOP,
    STARTS_MS,
    Setting,
    Storeroom,
    in_storeroom,
    live,
)

MANY = 350
SINCE_MS = STARTS_MS - round(4 * DAY) * 1000


def _with_orders(room: Storeroom, then: str = "2026-09-12 10:00:00") -> None:
    """Days old, and nobody touched them since."""
    side = room.sides[SHOP]
    for _ in range(MANY):
        order = side.order(("P1", 1), placed=then)
        side.engine.state.orders.by_id[order].updated = then


def _repeating_once(room: Storeroom) -> None:
    _with_orders(room)
    room.sides[SHOP].engine.inject(FaultKind.PAGE_REPEATS, path=ORDERS)


def _drifting_once(room: Storeroom) -> None:
    _with_orders(room)
    room.sides[SHOP].engine.inject(FaultKind.PAGE_DRIFTS, path=ORDERS)


def _repeating_for_ever(room: Storeroom) -> None:
    _with_orders(room)
    room.sides[SHOP].engine.set_rate(FaultKind.PAGE_REPEATS, 1.0, path=ORDERS)


@in_storeroom({"P1": 1000}, linked=False, orders_from_ms=SINCE_MS, before_start=_repeating_once)
async def test_a_page_that_repeats_the_one_before_hides_no_order(room: Storeroom) -> None:
    assert len(await room.orders()) == MANY, "nothing is sent before every order is known"


@in_storeroom({"P1": 1000}, linked=False, orders_from_ms=SINCE_MS, before_start=_drifting_once)
async def test_a_page_that_begins_too_late_hides_no_order(room: Storeroom) -> None:
    assert len(await room.orders()) == MANY


@in_storeroom({"P1": 1000}, linked=False, orders_from_ms=SINCE_MS, before_start=_repeating_for_ever)
async def test_a_shop_that_never_shows_its_pages_is_not_read_again_and_again(
    room: Storeroom,
) -> None:
    assert len(await room.orders()) < MANY
    room.shop.forget_requests()
    await room.pass_time(HOUR / 2)
    assert len(room.shop.requests(ORDERS)) < 200


def _yesterday(room: Storeroom) -> None:
    _with_orders(room, "2026-09-14 10:00:00")


def _repeating_for_a_while(room: Storeroom) -> None:
    _with_orders(room)
    engine = room.sides[SHOP].engine
    engine.inject(FaultKind.PAGE_REPEATS, path=ORDERS, page=2, times=3)


@in_storeroom(
    {"P1": 1000}, linked=False, orders_from_ms=SINCE_MS, before_start=_repeating_for_a_while
)
async def test_what_a_whole_read_did_not_get_to_see_the_next_one_looks_for(
    room: Storeroom,
) -> None:
    assert len(await room.orders()) < MANY, "the test needs the first one to be in vain"
    await room.pass_time(HOUR + 5 * MINUTE)
    assert len(await room.orders()) == MANY
    room.shop.forget_requests()
    await room.pass_time(HOUR)
    starts = {dict(it.query).get("startDate") for it in room.shop.requests(ORDERS)}
    assert starts <= {None, "2026-09-14", "2026-09-15"}, "and then it is over"


@in_storeroom({"P1": 1000}, linked=False, orders_from_ms=SINCE_MS, before_start=_yesterday)
async def test_what_odd_pages_hide_is_not_missed(room: Storeroom) -> None:
    assert len(await room.orders()) == MANY
    room.shop.keep_failing(FaultKind.PAGE_REPEATS, ORDERS)
    await room.pass_time(3 * HOUR)
    assert await room.alerts("order_vanished") == []


# --- a shop that counts more orders than it has -----------------------------------------------

COUNTS_MORE = Switches(orders_not_shown=51)


@in_storeroom(
    {"P1": 1000},
    linked=False,
    orders_from_ms=SINCE_MS,
    before_start=_yesterday,
    switches=COUNTS_MORE,
)
async def test_two_readings_that_show_the_same_are_enough(room: Storeroom) -> None:
    assert len(await room.orders()) == MANY
    await room.pass_time(2 * MINUTE)
    room.shop.forget_requests()
    await room.pass_time(HOUR)
    third = [dict(it.query) for it in room.shop.requests(ORDERS) if "3" in dict(it.query)["page"]]
    assert len([query for query in third if "startDate" in query]) == 2, "the hour's whole read"
    polls = len([query for query in third if "updated" in query])
    assert polls <= 62, "once that is known a poll reads each page once"
    order = room.shop.order(("P1", 4))
    await room.pass_time(2 * MINUTE)
    assert await room.find(order) is not None


def _drifting_and_miscounted(room: Storeroom) -> None:
    _with_orders(room)
    room.sides[SHOP].engine.inject(FaultKind.PAGE_DRIFTS, path=ORDERS)


@in_storeroom(
    {"P1": 1000},
    linked=False,
    orders_from_ms=SINCE_MS,
    before_start=_drifting_and_miscounted,
    switches=COUNTS_MORE,
)
async def test_of_one_that_counts_wrong_and_drifts_no_order_is_lost(room: Storeroom) -> None:
    assert len(await room.orders()) == MANY


@in_storeroom({"P1": 10})
async def test_after_days_asleep_nothing_is_sent_before_those_days_are_read(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    room.clock.skip(3 * DAY)  # the machine slept: no time passed for the program
    await room.receive("P1", 1)
    await room.flush()
    assert 11 not in room.shop.stocks_sent("P1"), "four of them are sold"
    await room.pass_time(3 * MINUTE)
    assert await room.find(order) is not None
    assert room.shop.stock("P1") == 7


# --- a shop whose newest orders come last ------------------------------------------------------


@pytest.mark.parametrize("orders", [150, 200, 201])
@pytest.mark.parametrize("sort", ["newest_first", "ascending_id"])
def test_the_newest_orders_are_read_before_a_send_wherever_they_stand(
    tmp_path: Path, sort: Literal["newest_first", "ascending_id"], orders: int
) -> None:
    async def story(room: Storeroom) -> None:
        for _ in range(orders):
            room.shop.order(("P2", 1))
        await room.read()
        assert len(await room.orders()) == orders
        await room.pass_time(2 * MINUTE)
        sold = room.shop.order(("P1", 4))
        await room.receive("P1", 1)
        room.shop.forget_requests()
        await room.flush()
        assert room.shop.stocks_sent("P1") == [7], "ten, four of them sold, and one more"
        assert await room.find(sold) is not None
        pages = [dict(it.query)["page"] for it in room.shop.requests(ORDERS)]
        assert len(pages) <= 3

    live(
        tmp_path,
        story,
        Setting({"P1": 10, "P2": 1000}, switches=Switches(order_sort=sort), poll_seconds=3600),
    )
