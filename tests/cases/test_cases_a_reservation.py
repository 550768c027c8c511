"""Cases from the field, A: reservation and overselling."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from tests.rules.shop_side import CANCELLED, NEW, PAID
from tests.rules.storeroom import MINUTE, OTHER, SHOP, Storeroom, in_storeroom

LAST_UNITS = {f"P{number}": 1.0 for number in range(1, 101)}


@in_storeroom(LAST_UNITS)
async def test_a1_last_unit_two_buyers(room: Storeroom) -> None:
    """A hundred rounds at once: for each last unit one order is whole, the other waits."""
    calls = [(sku, buyer) for sku in LAST_UNITS for buyer in ("501", "502")]
    random.Random(1).shuffle(calls)
    await asyncio.gather(*(room.place(f"{buyer}-{sku}", (sku, 1)) for sku, buyer in calls))
    for sku in LAST_UNITS:
        held = [await room.held(("api", "api", f"{buyer}-{sku}")) for buyer in ("501", "502")]
        assert sorted(held, key=repr) == [{1: (0, 1)}, {1: (1, 0)}]
        assert await room.available(sku) == 0
    assert len(await room.alerts("shortage")) == len(LAST_UNITS)
    await room.flush()
    await room.pass_time(3 * MINUTE)
    assert all(room.shop.stocks_sent(sku) == [0] for sku in LAST_UNITS)


@pytest.mark.parametrize("sources", [("shop", "api"), ("shop", "shop"), ("api", "shop")])
@in_storeroom({"P1": 1}, poll_seconds=3600)
async def test_a1_last_unit_from_different_sides(room: Storeroom, sources: Sequence[str]) -> None:
    async def buy(number: int, source: str) -> None:
        if source == "api":
            await room.place(f"{number}", ("P1", 1))
        else:
            room.shop.order(("P1", 1))
            await room.read()

    await asyncio.gather(*(buy(number, source) for number, source in enumerate(sources)))
    held = [await room.held(key) for key in await room.orders()]
    assert sorted(held, key=repr) == [{1: (0, 1)}, {1: (1, 0)}]
    assert len(await room.alerts("shortage")) == 1
    await room.flush()
    assert room.shop.stocks_sent("P1") == [0]


@pytest.mark.parametrize(
    ("stock", "first", "second"),
    [(3, (2, 0), (1, 1)), (1, (1, 1), (0, 2)), (4, (2, 0), (2, 0)), (0, (0, 2), (0, 2))],
)
@in_storeroom({"P1": 0})
async def test_a3_same_product_on_two_lines(
    room: Storeroom, stock: int, first: tuple[int, int], second: tuple[int, int]
) -> None:
    if stock:
        await room.receive("P1", stock)
    order = room.shop.order(("P1", 2), ("P1", 2))
    await room.read()
    assert await room.held(order) == {1: first, 2: second}
    assert await room.reserved("P1") == stock
    assert len(await room.alerts("shortage")) == (0 if stock == 4 else 1)


@pytest.mark.parametrize(
    ("statuses", "available"),
    [
        ((CANCELLED, CANCELLED, PAID, CANCELLED), 10),
        ((CANCELLED, CANCELLED, PAID), 6),
        ((CANCELLED, NEW, CANCELLED, NEW), 6),
        ((CANCELLED, CANCELLED, CANCELLED), 10),
    ],
)
@pytest.mark.parametrize("crashes", [False, True])
@in_storeroom({"P1": 10})
async def test_a4_cancelled_and_reopened_again_and_again(
    room: Storeroom, statuses: Sequence[int], available: int, *, crashes: bool
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    assert await room.reserved("P1") == 4
    for status in statuses:
        room.shop.move(order, status)
        await room.read()
        assert await room.on_hand("P1") == 10
        if crashes:
            await room.crash_and_restart()
    assert await room.available("P1") == available
    await room.flush()
    assert room.shop.stock("P1") == available


@in_storeroom({"P1": 10}, shops=(SHOP, OTHER))
async def test_a6_a_cancel_gives_back_and_every_shop_hears_of_it(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2))
    await room.pass_time(2 * MINUTE)
    assert [side.stock("P1") for side in room.sides.values()] == [8, 8]
    room.shop.cancel(order)
    await room.pass_time(2 * MINUTE)
    assert await room.available("P1") == 10
    assert [side.stocks_sent("P1") for side in room.sides.values()] == [[8, 10], [8, 10]]


@pytest.mark.parametrize("restores", [True, False])
@in_storeroom({"P1": 2})
async def test_a7_a_full_push_tells_what_is_left_not_what_is_there(
    room: Storeroom, *, restores: bool
) -> None:
    order = room.shop.order(("P1", 2))
    await room.read()
    await room.switch("P1", stock=False)
    await room.switch("P1", stock=True)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [0]
    if restores:
        await room.cancel(order)
        await room.flush()
        assert room.shop.stocks_sent("P1") == [0, 2]
