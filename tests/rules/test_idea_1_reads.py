"""What reads of orders make of them: lines that keep their numbers, and reads in their order."""

import asyncio
import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import TakePage
from magazie.actors.order_messages import OrderDiffersError
from magazie.model.orders import LineKind, follow_lines
from tests.model.order_lines import A, B, linked, told
from tests.rules.shop_side import ORDERS
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom

# --- order_is_taken_once ------------------------------------------------------------------


@in_storeroom({"P1": 10, "P2": 10})
async def test_order_is_taken_once_and_another_content_under_its_number_is_refused(
    room: Storeroom,
) -> None:
    await room.place("520", ("P1", 2))
    for _ in range(2):
        with pytest.raises(OrderDiffersError):
            await room.place("520", ("P2", 3))
        await room.crash_and_restart()
    assert [await room.reserved(sku) for sku in ("P1", "P2")] == [2, 0]


# --- lines_keep_their_numbers -------------------------------------------------------------


def test_lines_keep_their_numbers_by_item_before_sku() -> None:
    """A line that only shares the SKU does not take the place, and the claim, of the item's."""
    known = linked(follow_lines((), [A, B]))
    twin = replace(A, item_id="twin")
    for seen in itertools.permutations([A, twin, replace(B, sku="renamed")]):
        lines = follow_lines(known, seen)
        assert [each[:2] for each in told(lines)] == [(1, "a"), (2, "b"), (3, "twin")]
        assert [line.product_id for line in lines] == [101, 102, None]


def test_lines_keep_their_numbers_so_goods_are_never_taken_for_a_service() -> None:
    known = linked(follow_lines((), [A]))
    for service in (replace(A, kind=LineKind.SERVICE), replace(A, kind=LineKind.SERVICE, sku="")):
        assert [line.product_id for line in follow_lines(known, [service])] == [101, None]


@in_storeroom({"P1": 10, "P2": 10, "P3": 10})
async def test_lines_keep_their_numbers_and_none_is_given_again(room: Storeroom) -> None:
    order = room.shop.order(("P1", 1), ("P2", 2))
    await room.read()
    room.shop.edit(order, ("P1", 1))
    await room.read()
    room.shop.edit(order, ("P1", 1), ("P3", 3))
    await room.read()
    assert await room.held(order) == {1: (1, 0), 3: (3, 0)}
    room.shop.edit(order, ("P3", 3), ("P2", 2), ("P1", 1))
    await room.read()
    assert await room.held(order) == {1: (1, 0), 2: (2, 0), 3: (3, 0)}


# --- older_reads_are_ignored --------------------------------------------------------------


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_older_reads_are_ignored_as_they_are_numbered_when_they_begin(
    room: Storeroom,
) -> None:
    began: list[float] = []
    taken: list[int] = []
    take = OrderFeed._take

    def note() -> None:
        began.append(room.peek("SELECT read_no FROM order_feeds"))

    async def taking(feed: OrderFeed, message: TakePage) -> Any:
        taken.append(message.read_no)
        return await take(feed, message)

    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(OrderFeed, "_take", taking)
        room.shop.before(ORDERS, note, times=4)
        room.shop.order(("P1", 1))
        await room.read()
        await room.read()
    assert len(began) == 4
    assert taken[:4] == began
    assert began == sorted(began)
    assert began[0] < began[-1]


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_older_reads_are_ignored_and_reads_never_overlap(room: Storeroom) -> None:
    reader = room.syncs[SHOP].reader
    reading: list[int] = []
    most: list[int] = []
    orders = reader._port.orders

    async def watched(*arguments: Any, **options: Any) -> Any:
        reading.append(1)
        most.append(len(reading))
        try:
            return await orders(*arguments, **options)
        finally:
            reading.pop()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reader._port, "orders", watched)
        reader.hint()
        await room.receive("P1", 1)
        await asyncio.gather(room.read(), room.flush(wait_s=10), reader.read_newest())
    assert len(most) > 5
    assert set(most) == {1}
