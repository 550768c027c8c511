"""Bundles: a line on one claims its parts; what is sent of it is what the parts allow."""

import asyncio

import pytest

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.movement_messages import NewLine
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.model.bundles import BundlePart
from magazie.storage.movements import MovementKind
from tests.rules.room_books import OTHER, SHOP
from tests.rules.storeroom import Storeroom, in_storeroom


async def bundle(room: Storeroom, sku: str, *parts: tuple[str, float]) -> None:
    its = tuple(
        sorted(
            (BundlePart(room.product_ids[part], round(pieces * 1000)) for part, pieces in parts),
            key=lambda part: part.product_id,
        )
    )
    await room.ask(ProductActor, room.product_ids[sku], UpdateProduct(bundle=its))


async def set_up(room: Storeroom) -> None:
    """P1: 10 on hand, P2: 3 on hand; P3 is two of P1 and one of P2."""
    for sku in ("P1", "P2", "P3"):
        await room.take_up(sku)
    await room.receive("P1", 10)
    await room.receive("P2", 3)
    await bundle(room, "P3", ("P1", 2), ("P2", 1))
    await room.read()
    await room.flush()


@in_storeroom({"P1": 10, "P2": 3, "P3": 99}, linked=False)
async def test_what_is_sent_of_a_bundle_is_what_its_parts_allow(room: Storeroom) -> None:
    await set_up(room)
    assert [room.shop.stock(sku) for sku in ("P1", "P2", "P3")] == [10, 3, 3]
    await room.adjust("P1", -5)
    await room.flush()
    assert room.shop.stock("P3") == 2
    await room.receive("P1", 20)
    await room.flush()
    assert room.shop.stock("P3") == 3


@in_storeroom({"P1": 10, "P2": 3, "P3": 3}, linked=False)
async def test_a_line_on_a_bundle_claims_its_parts(room: Storeroom) -> None:
    await set_up(room)
    order = room.shop.order(("P3", 2), ("P1", 1))
    await room.read()
    assert [await room.reserved(sku) for sku in ("P1", "P2", "P3")] == [5, 2, 0]
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P2", "P3")] == [5, 1, 1]
    await room.crash_and_restart()
    assert [await room.reserved(sku) for sku in ("P1", "P2", "P3")] == [5, 2, 0]
    room.shop.cancel(order)
    await room.read()
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P2", "P3")] == [10, 3, 3]


@in_storeroom({"P1": 10, "P2": 3, "P3": 3}, linked=False)
async def test_a_bundle_short_of_one_part_is_short(room: Storeroom) -> None:
    await set_up(room)
    held = await room.place("B-1", ("P3", 5))
    assert held.held == {1: (3000, 2000)}
    assert [await room.reserved(sku) for sku in ("P1", "P2")] == [10, 3]
    assert len(await room.alerts("shortage")) == 1
    await room.receive("P2", 2)
    await room.pass_time(1)
    assert await room.reserved("P2") == 5
    assert await room.alerts("shortage") == []


@in_storeroom({"P1": 10, "P2": 3, "P3": 3}, linked=False)
async def test_a_line_keeps_the_parts_it_was_linked_with(room: Storeroom) -> None:
    await set_up(room)
    order = room.shop.order(("P3", 1))
    await room.read()
    await bundle(room, "P3", ("P2", 1))
    room.shop.edit(order, ("P3", 2))
    await room.read()
    assert [await room.reserved(sku) for sku in ("P1", "P2")] == [4, 2]


@in_storeroom({"P1": 10, "P2": 3, "P3": 99}, linked=False)
async def test_a_bundle_of_unknown_parts_is_not_endless(room: Storeroom) -> None:
    for sku in ("P1", "P2", "P3"):
        await room.take_up(sku)
    await room.receive("P1", 10)
    await room.receive("P2", 3)
    await bundle(room, "P3")
    await room.flush()
    assert room.shop.stocks_sent("P3") == []
    assert (await room.item("P3")).missing == "bundle_unknown"
    room.shop.order(("P3", 1))
    await room.read()
    assert len(await room.alerts("unlinked_line")) == 1
    await bundle(room, "P3", ("P1", 2), ("P2", 1))
    await room.pass_time(2)
    assert await room.alerts("unlinked_line") == []
    assert [await room.reserved(sku) for sku in ("P1", "P2")] == [2, 1]
    await room.flush()
    assert room.shop.stocks_sent("P3")[-1] == 2


@in_storeroom({"P1": 10, "P2": 3, "P3": 3, "P4": 1}, linked=False)
async def test_what_cannot_be_a_bundle_is_refused(room: Storeroom) -> None:
    await set_up(room)
    await room.take_up("P4")
    await room.receive("P4", 1)
    with pytest.raises(FieldsRefusedError, match="stock of its own"):
        await bundle(room, "P4", ("P2", 1))
    with pytest.raises(FieldsRefusedError, match="part of another bundle"):
        await bundle(room, "P2", ("P1", 1))
    with pytest.raises(FieldsRefusedError, match="another product"):
        await bundle(room, "P3", ("P3", 1))
    line = NewLine(room.product_ids["P3"], 1000)
    with pytest.raises(FieldsRefusedError, match="is a bundle"):
        await room.move(MovementKind.RECEPTION, [line])


@in_storeroom({"P1": 10, "P2": 3}, shops=(SHOP, OTHER))
async def test_a_shop_is_told_less_by_its_buffer(room: Storeroom) -> None:
    await room.set_shop(SHOP, stock_buffer_milli=4000)
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P2")] == [6, 0]
    assert [room.sides[OTHER].stock(sku) for sku in ("P1", "P2")] == [10, 3]
    await room.set_shop(SHOP, stock_buffer_milli=0)
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P2")] == [10, 3]


@in_storeroom({"P1": 1, "P2": 1, "P3": 1, "P4": 1}, linked=False)
async def test_two_that_would_stand_in_each_other_at_once_are_not_both_bundles(
    room: Storeroom,
) -> None:
    for sku in ("P1", "P2", "P3", "P4"):
        await room.take_up(sku)
    answers = await asyncio.gather(
        bundle(room, "P1", ("P2", 1)), bundle(room, "P2", ("P3", 1)), return_exceptions=True
    )
    refused = [answer for answer in answers if answer is not None]
    assert [type(answer) for answer in refused] == [FieldsRefusedError]
