"""Cases from the field, B: webhooks and the intake of orders."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from magazie.simulators.gomag import OrderedItem, Switches
from tests.rules.door import Door, call_from, carry_webhooks, secret_of
from tests.rules.shop_side import CANCELLED, ORDERS
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Setting, Storeroom, in_storeroom, live

HOOK = f"/webhooks/gomag/{SHOP}?secret={secret_of(SHOP).replace(' ', '%20')}"


@in_storeroom({"P1": 10}, poll_seconds=600)
async def test_b1_the_same_webhook_again_and_again(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2))
    door = Door(room)
    loop = asyncio.get_running_loop()
    began = loop.time()
    hooks = [door.post(HOOK, b'{"order": 520}', {}) for _ in range(5)]
    assert await asyncio.gather(*hooks) == [202] * 5
    assert loop.time() - began < 1
    await room.pass_time(HOUR)
    assert await door.post(HOOK, b'{"order": 520}', {}) == 202
    await room.crash_and_restart()
    assert await Door(room).post(HOOK, b'{"order": 520}', {}) == 202
    await room.pass_time(MINUTE)
    assert await room.orders() == [("shop", SHOP, str(order))]
    assert await room.reserved("P1") == 2


@in_storeroom({"P1": 10}, poll_seconds=600)
async def test_b1_a_storm_of_hints_is_one_read_each_five_seconds(room: Storeroom) -> None:
    door = Door(room)
    await room.pass_time(30)
    room.shop.forget_requests()
    for _ in range(100):
        await door.post(HOOK, b"{}", {})
        await room.pass_time(0.2)
    first_pages = [
        entry for entry in room.shop.requests(ORDERS) if "startDate" in dict(entry.query)
    ]
    assert 4 <= len(first_pages) <= 6


@in_storeroom({"P1": 10}, poll_seconds=600)
async def test_b2_a_crash_between_the_hint_and_the_order(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2))
    assert await Door(room).post(HOOK, b"{}", {}) == 202
    await room.crash_and_restart()
    assert await Door(room).post(HOOK, b"{}", {}) == 202
    await room.pass_time(MINUTE)
    assert await room.orders() == [("shop", SHOP, str(order))]
    assert await room.held(order) == {1: (2, 0)}


@in_storeroom({"P1": 100}, poll_seconds=60)
async def test_b5_webhooks_lost_doubled_and_switched_off(room: Storeroom) -> None:
    door = Door(room)
    call_from(room.shop, lost=0.3, doubled=0.3)
    carrying = asyncio.ensure_future(carry_webhooks(door, room.shop))
    for _ in range(10):
        order = room.shop.order(("P1", 1))
        await room.pass_time(62)
        assert await room.held(order) == {1: (1, 0)}
    assert await room.alerts("webhook_silent") == []
    await room.set_shop(webhook_secret=None)
    for _ in range(10):
        order = room.shop.order(("P1", 1))
        await room.pass_time(62)
        assert await room.held(order) == {1: (1, 0)}
    assert room.shop.engine.webhooks.disabled
    assert await room.alerts("webhook_silent") == [SHOP]
    carrying.cancel()
    assert await room.reserved("P1") == 20


@pytest.mark.parametrize("position", [0, 1, 2])
@in_storeroom({"P1": 10, "P2": 10})
async def test_b7_one_bad_line_does_not_throw_the_order_away(
    room: Storeroom, position: int
) -> None:
    deleted = OrderedItem(sku="STERS", product=999_999, price_e4=120_000)
    lines: list[tuple[str, float] | OrderedItem] = [("P1", 1), ("P2", 1)]
    lines.insert(position, deleted)
    order = room.shop.order(*lines)
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    assert stored.total_bani == room.shop.truth(order).total_bani == 3200
    parked = [line.line for line in stored.lines if line.is_parked]
    assert parked == [position + 1]
    assert (await room.reserved("P1"), await room.reserved("P2")) == (1, 1)
    assert await room.alerts("unlinked_line") == [f"order:{stored.id}"]
    await room.take_up("STERS", shops=())
    await room.receive("STERS", 5)
    await room.link_line(order, position + 1, "STERS")
    assert await room.reserved("STERS") == 1
    assert await room.alerts("unlinked_line") == []
    await room.read()
    room.shop.edit(order, *(lines[:position] + lines[position + 1 :]))
    await room.read()
    assert await room.reserved("STERS") == 0


@in_storeroom({"P1": 10})
async def test_b7_a_parked_line_of_a_cancelled_order_needs_nobody(room: Storeroom) -> None:
    order = room.shop.order(("P1", 1), ("STERS", 1))
    await room.read()
    assert len(await room.alerts("unlinked_line")) == 1
    room.shop.cancel(order)
    await room.read()
    assert await room.alerts("unlinked_line") == []


@pytest.mark.parametrize("crashes", [False, True])
@in_storeroom({"P1": 10, "P2": 10})
async def test_b8_an_order_edited_after_import(room: Storeroom, *, crashes: bool) -> None:
    order = room.shop.order(("P1", 3))
    await room.read()
    assert await room.reserved("P1") == 3
    room.shop.edit(order, ("P1", 1), ("P2", 1))
    if crashes:
        await room.crash_and_restart()
    else:
        await room.read()
    assert (await room.reserved("P1"), await room.reserved("P2")) == (1, 1)
    await room.flush()
    assert (room.shop.stock("P1"), room.shop.stock("P2")) == (9, 9)


@in_storeroom({"P1": 10}, poll_seconds=60)
async def test_b8_an_old_order_edited_is_seen_without_any_webhook(room: Storeroom) -> None:
    order = room.shop.order(("P1", 3))
    await room.read()
    room.clock.skip(10 * 24 * HOUR)
    room.shop.edit(order, ("P1", 1))
    await room.pass_time(2 * MINUTE)
    assert await room.held(order) == {1: (1, 0)}


# --- B11: the nights on which the clock changes ---------------------------------------------


def _at(month: int, day: int, hour: int, minute: int = 0) -> int:
    """A moment of 2026 in UTC."""
    return round(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


NIGHTS = {
    "the hour comes twice": (_at(10, 24, 22), "2026-10-25"),
    "the hour does not come": (_at(3, 28, 22), "2026-03-29"),
}


async def _order_through_the_night(room: Storeroom, day: str) -> None:
    placed = []
    for _ in range(16):
        placed.append(room.shop.order(("P1", 1)))
        await room.pass_time(15 * MINUTE)
    typed = [room.shop.order(("P1", 1), placed=f"{day} 03:30:00") for _ in range(3)]
    await room.pass_time(HOUR)
    taken = [key[2] for key in await room.orders()]
    assert sorted(taken) == sorted(str(order) for order in (*placed, *typed))
    assert await room.reserved("P1") == 19
    await room.crash_and_restart()
    assert len(await room.orders()) == 19


@pytest.mark.parametrize("poll_seconds", [120, 1800])
@pytest.mark.parametrize("night", NIGHTS)
def test_b11_no_order_is_missed_when_the_clock_changes(
    tmp_path: Path, night: str, poll_seconds: int
) -> None:
    starts_ms, day = NIGHTS[night]
    setting = Setting({"P1": 500}, starts_ms=starts_ms, poll_seconds=poll_seconds)
    live(tmp_path, _order_through_the_night, setting, day=day)


@in_storeroom({"P1": 500}, starts_ms=_at(10, 25, 0, 10), poll_seconds=3600)
async def test_b11_the_hour_that_comes_twice_keeps_the_order_of_claims(room: Storeroom) -> None:
    """03:30 in summer time is before 03:10 in winter time: who came first is served first."""
    await room.adjust("P1", -499)
    await room.pass_time(20 * MINUTE)
    first = room.shop.order(("P1", 1))
    await room.read()
    await room.pass_time(40 * MINUTE)
    second = room.shop.order(("P1", 1))
    await room.read()
    shown = [room.shop.truth(order).placed for order in (first, second)]
    assert shown == ["2026-10-25 03:30:15", "2026-10-25 03:10:15"]
    stored = [await room.find(order) for order in (first, second)]
    moments = [order.placed_at_ms for order in stored if order is not None]
    assert moments[1] - moments[0] == timedelta(minutes=40).total_seconds() * 1000
    assert await room.held(first) == {1: (1, 0)}
    assert await room.held(second) == {1: (0, 1)}


async def _order_in_one_second(room: Storeroom) -> None:
    orders = [room.shop.order(("P1", 1), placed="2026-09-15 12:00:30") for _ in range(103)]
    await room.pass_time(3 * MINUTE)
    assert sorted(key[2] for key in await room.orders()) == sorted(map(str, orders))
    assert await room.reserved("P1") == 103


@pytest.mark.parametrize("sort", ["newest_first", "ascending_id"])
def test_b11_orders_of_one_second_across_the_border_of_a_page(
    tmp_path: Path, sort: Literal["newest_first", "ascending_id"]
) -> None:
    setting = Setting({"P1": 500}, switches=Switches(order_sort=sort))
    live(tmp_path, _order_in_one_second, setting)


@in_storeroom({"P1": 10})
async def test_b_an_order_that_comes_cancelled_is_kept_and_claims_nothing(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4), status=CANCELLED)
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    assert stored.is_cancelled
    assert await room.reserved("P1") == 0
