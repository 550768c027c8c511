"""A category of the shop may have no name, and none can be written by it: that is told, no more."""

from magazie.actors.publishing_messages import MapCategories
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.publishing import PublicationState, PublishProblem
from magazie.storage.publish_maps import MappedCategory
from tests.cases.publish_room import change, item, lay_out, make, publication, publish, skus
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom


@in_storeroom({"P1": 5})
async def test_a_product_mapped_to_a_nameless_category_stops_no_other(room: Storeroom) -> None:
    nameless = room.shop.engine.state.catalogue.add_category("", 0, 9)
    ours = await lay_out(room)
    mapped = MappedCategory(ours["Altele"], str(nameless.id))
    await room.ask(ShopPublisher, SHOP, MapCategories((mapped,)))
    bad = await make(room, "FARA-NUME", ours["Altele"])
    good = await make(room, "CANA", ours["Căni"])

    result = await publish(room, bad, good)

    assert (result.published, result.refused) == (1, 1)
    assert skus(room) == ["CANA", "P1"]
    told = await publication(room, bad)
    assert (told.state, told.problems) == (
        PublicationState.REFUSED,
        (PublishProblem.CATEGORY_NAMELESS,),
    )


@in_storeroom({"P1": 5})
async def test_an_item_that_stands_in_a_nameless_category_stops_no_other(room: Storeroom) -> None:
    ours = await lay_out(room)
    one, two = [await make(room, sku, ours["Căni"]) for sku in ("CANA-1", "CANA-2")]
    await publish(room, one, two)
    nameless = room.shop.engine.state.catalogue.add_category("", 0, 9)
    item(room, "CANA-1").categories[9] = nameless.id
    for product_id in (one, two):
        await change(room, product_id, name="Alt nume")

    result = await publish(room, one, two)

    assert (result.published, result.refused) == (1, 1)
    assert [item(room, sku).name for sku in ("CANA-1", "CANA-2")] == ["Cană CANA-1", "Alt nume"]
    assert (await publication(room, one)).problems == (PublishProblem.CATEGORY_NAMELESS,)
    assert nameless.id in item(room, "CANA-1").categories.values()
