"""Alerts that speak of an item or a status go with it."""

from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Unlink
from magazie.simulators.gomag import FaultKind
from tests.rules.shop_side import INVENTORY, STATUS
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom


@in_storeroom({"P1": 10, "P2": 10})
async def test_the_alert_of_a_parked_item_goes_when_it_is_untied(room: Storeroom) -> None:
    room.shop.engine.set_rate(FaultKind.ITEM_REFUSED, 1.0, path=INVENTORY)
    await room.receive("P1", 1)
    await room.flush()
    await room.pass_time(2 * MINUTE)
    item = room.shop.item_id("P1")
    assert await room.alerts("item_parked") == [f"{SHOP}/{item}"]
    await room.ask(ProductActor, room.product_ids["P1"], Unlink(shop=SHOP, external_id=item))
    await room.pass_time(2 * MINUTE)
    assert await room.alerts("item_parked") == []


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_the_alert_of_a_refused_status_goes_when_it_is_not_to_be_told(
    room: Storeroom,
) -> None:
    room.shop.keep_failing(FaultKind.ENVELOPE_REFUSED, STATUS)
    room.shop.order(("P1", 1))
    await room.read()
    await room.pass_time(MINUTE)
    assert len(await room.alerts("status_refused")) == 1
    await room.set_shop(status_map={"taken": ""})
    await room.pass_time(2 * MINUTE)
    assert await room.alerts("status_refused") == []


@in_storeroom({"P1": 10})
async def test_stock_that_the_shop_does_not_count_alerts_only_for_what_is_told(
    room: Storeroom,
) -> None:
    room.shop.add("NELEGAT", 5)
    for item in room.shop.engine.state.catalogue.products.values():
        item.stock_managed = False
    await room.pass_time(4 * HOUR)
    assert await room.alerts("stock_not_managed") == [f"{SHOP}/{room.shop.item_id('P1')}"]
