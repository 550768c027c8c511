"""A shop changes an order that lies picked, with nobody at a terminal."""

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import GoodsWantedError, NoteGoodsBack
from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_messages import NextOrder, OpenOrders, PutBack
from magazie.model.ids import encode_id
from magazie.model.orders import Fulfilment
from magazie.model.picking import PickingMode
from tests.rules.room_books import key_of
from tests.rules.shop_side import CANCELLED, PAID
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom
from tests.rules.test_picking_in_the_shop import Picker, picking


async def told(room: Storeroom) -> list[str]:
    rows = await room.look(
        lambda c: c.execute(
            "SELECT text FROM alerts WHERE kind = 'picked_order_changed' AND state <> 'cleared'"
        ).fetchall()
    )
    return [text for (text,) in rows]


async def picked(room: Storeroom, *lines: tuple[str, int]) -> tuple[int, Picker]:
    order = room.shop.order(*lines)
    picker = await picking(room, order)
    for sku, pieces in lines:
        assert await picker.scan(sku, pieces) == "counted"
    assert await picker.complete() == "completed"
    assert await told(room) == []
    return order, picker


async def opened(room: Storeroom, order: int, picker: Picker) -> None:
    stored = await room.find(order)
    assert stored is not None
    message = OpenOrders(picker.mark(), (encode_id(stored.id),), PickingMode.PICK)
    picker.session = (await room.ask(PickQueue, QUEUE_KEY, message)).session_id


async def goods_back(room: Storeroom, order: int) -> None:
    await room.ask(OrderActor, key_of(SHOP, order), NoteGoodsBack("ana"))


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=3600)
async def test_an_edit_is_told_until_the_order_was_picked_again(room: Storeroom) -> None:
    order, picker = await picked(room, ("P1", 3))
    room.shop.edit(order, ("P1", 1), ("P2", 2))
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    one, two = (line.name for line in stored.lines)
    changed = f"order {stored.number} was changed after it was picked"
    assert await told(room) == [f"{changed}: put back 2 x P1 {one}; fetch 2 x P2 {two}"]
    await room.crash_and_restart()
    assert len(await told(room)) == 1
    await opened(room, order, picker)
    assert len(await told(room)) == 1
    await picker.do(PutBack(1, 2000))
    assert await picker.scan("P2", 2) == "counted"
    assert await picker.complete() == "completed"
    assert await told(room) == []


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_an_edit_that_is_taken_back_is_told_no_more(room: Storeroom) -> None:
    order, _ = await picked(room, ("P1", 3))
    room.shop.edit(order, ("P1", 5))
    await room.read()
    assert len(await told(room)) == 1
    room.shop.move(order, PAID)
    await room.read()
    assert len(await told(room)) == 1
    room.shop.edit(order, ("P1", 3))
    await room.read()
    assert await told(room) == []


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_what_changes_while_it_is_picked_is_told_once_nobody_picks_it(
    room: Storeroom,
) -> None:
    order, picker = await picked(room, ("P1", 3))
    room.shop.edit(order, ("P1", 4))
    await room.read()
    await opened(room, order, picker)
    room.shop.edit(order, ("P1", 2))
    await room.read()
    (before,) = await told(room)
    assert "fetch 1 x P1" in before  # the terminal is shown what changed since
    other = room.shop.order(("P1", 1))
    await room.read()
    await opened(room, other, picker)  # which leaves the first as it was
    await room.pass_time(60)
    (after,) = await told(room)
    assert "put back 1 x P1" in after


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_a_cancel_is_told_until_the_goods_are_back(room: Storeroom) -> None:
    order, _ = await picked(room, ("P1", 3))
    with pytest.raises(GoodsWantedError):
        await goods_back(room, order)
    room.shop.move(order, CANCELLED)
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    (text,) = await told(room)
    assert text.startswith(f"order {stored.number} was cancelled after it was picked: put back 3 x")
    assert await room.available("P1") == 10
    await goods_back(room, order)
    assert await told(room) == []
    await goods_back(room, order)
    stored = await room.find(order)
    assert stored is not None
    assert [line.picked_milli for line in stored.lines] == [0]
    assert stored.fulfilment is Fulfilment.CANCELLED


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_a_cancelled_order_that_is_wanted_again_is_told_no_more(room: Storeroom) -> None:
    order, picker = await picked(room, ("P1", 3))
    room.shop.move(order, CANCELLED)
    await room.read()
    assert len(await told(room)) == 1
    room.shop.move(order, PAID)
    await room.read()
    assert await told(room) == []
    await room.pass_time(60)
    # all of it is in hand still, and somebody is to say so
    picker.session = (await room.ask(PickQueue, QUEUE_KEY, NextOrder(picker.mark()))).session_id
    assert await picker.complete() == "completed"
    stored = await room.find(order)
    assert stored is not None
    assert stored.fulfilment is Fulfilment.PICKED


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_an_order_that_nobody_picked_is_edited_and_cancelled_in_silence(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 3))
    await room.read()
    room.shop.edit(order, ("P1", 5))
    await room.read()
    room.shop.move(order, CANCELLED)
    await room.read()
    assert await told(room) == []
