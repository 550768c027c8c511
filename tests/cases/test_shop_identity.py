"""Which item of a shop is which: renamed, deleted, back, made anew, two of one SKU."""

from magazie.model.matching import MatchReason
from magazie.storage.products import LinkState
from tests.cases.catalogue_room import (
    imported,
    product,
    sell,
)
from tests.rules.storeroom import Storeroom, in_storeroom


@in_storeroom({"P1": 5, "P2": 5})
async def test_a_renamed_sku_keeps_its_link(room: Storeroom) -> None:
    catalogue = room.shop.engine.state.catalogue
    item = room.shop.item_id("P1")
    catalogue.rename(catalogue.by_sku("P1")[0], "P1-NOU")
    result = await imported(room)
    assert (result.kept, result.left) == (2, 0)
    linked = await product(room, room.product_ids["P1"])
    assert [(it.external_id, it.sku, it.state) for it in linked.links] == [
        (item, "P1-NOU", LinkState.LINKED)
    ]
    await room.receive("P1", 2)
    await room.flush()
    assert room.shop.stock("P1-NOU") == 7


@in_storeroom({"P1": 5, "P2": 5})
async def test_an_item_restored_under_its_id_gets_its_link_back(room: Storeroom) -> None:
    catalogue = room.shop.engine.state.catalogue
    shown = catalogue.by_sku("P1")[0]
    catalogue.remove(shown)
    await imported(room)
    assert (await product(room, room.product_ids["P1"])).links[0].state is LinkState.GONE
    catalogue.add(shown)
    result = await imported(room)
    assert (result.kept, result.created, result.left) == (2, 0, 0)
    assert (await product(room, room.product_ids["P1"])).links[0].state is LinkState.LINKED


@in_storeroom({"P1": 5, "P2": 5})
async def test_an_item_made_anew_is_linked_once_the_old_one_is_gone(room: Storeroom) -> None:
    catalogue = room.shop.engine.state.catalogue
    old = catalogue.by_sku("P1")[0]
    new = sell(room, "P1")
    result = await imported(room)
    assert [(it.external_id, it.reason) for it in result.rows] == [(new, MatchReason.PRODUCT_TAKEN)]
    assert await room.alerts("sku_reused") == [f"magazin/{old.id}"]
    await room.receive("P1", 1)
    room.shop.forget_requests()
    await room.flush()
    assert room.shop.stocks_sent("P1") == [], "stock is told by SKU: whose it would be is not sure"
    catalogue.remove(old)
    result = await imported(room)
    assert (result.linked, result.left) == (1, 0)
    assert await room.alerts("sku_reused") == []
    links = {it.external_id: it.state for it in (await product(room, room.product_ids["P1"])).links}
    assert links == {str(old.id): LinkState.GONE, new: LinkState.LINKED}
    catalogue.add(old)
    result = await imported(room)
    assert [(it.external_id, it.reason) for it in result.rows] == [
        (str(old.id), MatchReason.PRODUCT_TAKEN)
    ]


@in_storeroom({"P1": 5, "P2": 5})
async def test_two_linked_items_that_come_to_one_sku_are_told(room: Storeroom) -> None:
    catalogue = room.shop.engine.state.catalogue
    catalogue.rename(catalogue.by_sku("P1")[0], "P2")
    await imported(room)
    assert await room.alerts("sku_twice") == ["magazin/P2"]
    catalogue.rename(catalogue.by_sku("P2")[0], "P3")
    await imported(room)
    assert await room.alerts("sku_twice") == []
