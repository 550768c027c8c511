"""When the shop's value counts as known: whatever may have moved it makes it unknown, for good."""

from typing import Any

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import DismissOrders
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Link, MarkGone, NewLink, SetPrice, UpdateProduct
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import TouchStock
from magazie.model.bundles import BundlePart
from magazie.simulators.gomag import Switches
from magazie.storage.errors import TransactionLostError
from tests.rules.shop_side import LEU, PIECE
from tests.rules.storeroom import MINUTE, SHOP, SIDE, STARTS_MS, Storeroom, in_storeroom

KEEPS_STOCK = Switches(restoring_types=())
"""A shop that does not take goods back when an order is cancelled."""

# --- rule 1: touches ----------------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_rule_1_a_dismissed_order_touches_its_goods(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    room.shop.engine.state.orders.by_id[order].currency = ""
    await room.read()
    await room.flush()
    assert room.shop.stock("P1") == 6
    assert await room.ask(OrderFeed, SHOP, DismissOrders((str(order),), "ana")) == 1
    await room.flush()
    assert room.shop.stock("P1") == 10, "what it took in the shop is told to be there"


@pytest.mark.parametrize("crashes", [False, True])
@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS + 3_600_000)
async def test_rule_1_an_order_is_listed_only_once_its_touch_is_stored(
    room: Storeroom, *, crashes: bool
) -> None:
    touch = StockActor._touch
    failed: list[TouchStock] = []

    async def fail(stock: StockActor, message: TouchStock) -> None:
        if not failed:
            failed.append(message)
            raise TransactionLostError("the disk was full for a moment")
        await touch(stock, message)

    room.shop.order(("P1", 4))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(StockActor, "_touch", fail)
        room.syncs[SHOP].hint()
        await room.until(lambda: bool(failed))
        if crashes:
            await room.crash_and_restart()
        await room.pass_time(2 * MINUTE)
    await room.flush()
    assert room.shop.stock("P1") == 10


async def _with_a_bundle(room: Storeroom) -> None:
    """P3 is two of P1, of which there are ten."""
    for sku in ("P1", "P3"):
        await room.take_up(sku)
    await room.receive("P1", 10)
    parts = (BundlePart(room.product_ids["P1"], 2 * PIECE),)
    await room.ask(ProductActor, room.product_ids["P3"], UpdateProduct(bundle=parts))
    await room.read()
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P3")] == [10, 5]


@in_storeroom({"P1": 10, "P3": 5}, linked=False, switches=KEEPS_STOCK)
async def test_rule_1_a_touch_of_its_parts_makes_a_bundle_unknown(room: Storeroom) -> None:
    await _with_a_bundle(room)
    first = room.shop.order(("P3", 2))
    await room.read()
    await room.flush()
    room.shop.cancel(first)
    room.shop.order(("P3", 2))
    assert room.shop.stock("P3") == 1
    await room.read()
    assert (await room.item("P3")).value == 3 * PIECE, "the test needs equal numbers"
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P3")] == [6, 3]


@in_storeroom({"P1": 10, "P3": 5}, linked=False, orders_from_ms=STARTS_MS + 3_600_000)
async def test_rule_1_an_order_too_old_to_be_taken_touches_the_parts_of_its_bundle(
    room: Storeroom,
) -> None:
    await _with_a_bundle(room)
    room.shop.order(("P3", 2))
    room.shop.engine.office.set_stock("P1", 6 * PIECE)  # some shops take the parts too
    await room.read()
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P3")] == [10, 5]


# --- rule 1: generations ------------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_rule_1_generation_rises_when_an_item_that_was_gone_is_linked_again(
    room: Storeroom,
) -> None:
    product, item = room.product_ids["P1"], room.shop.item_id("P1")
    await room.ask(ProductActor, product, MarkGone(shop=SHOP, external_id=item))
    room.shop.engine.office.set_stock("P1", 77_000)
    await room.ask(ProductActor, product, Link(link=NewLink(SHOP, item, "P1")))
    await room.flush()
    assert room.shop.stock("P1") == 10


@in_storeroom({"P1": 10})
async def test_rule_1_generation_rises_with_another_source_of_prices(room: Storeroom) -> None:
    same = SetPrice(warehouse=SIDE, price_e4=10 * LEU)
    await room.ask(ProductActor, room.product_ids["P1"], same)
    await room.set_shop(price_warehouse=SIDE)
    await room.flush()
    assert (room.shop.prices_sent("P1"), room.shop.stocks_sent("P1")) == ([10], [])


# --- rule 2: orders that could not be handed over -----------------------------------------


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_2_stock_waits_for_orders_that_could_not_be_handed_over(
    room: Storeroom,
) -> None:
    async def fail(_order: OrderActor, *_: Any) -> bool:
        raise TransactionLostError("the disk was full for a moment")

    await room.receive("P1", 5)
    room.shop.order(("P1", 4))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(OrderActor, "_store_new", fail)
        await room.flush(wait_s=10)
        assert room.shop.stocks_sent("P1") == []
    await room.pass_time(2 * MINUTE)
    assert room.shop.stocks_sent("P1") == [11]
