"""What the shop has already is changed where it changed here, and nowhere else."""

import pytest

from magazie.model.publishing import PublishProblem
from magazie.simulators.gomag import FaultKind
from magazie.storage.products import Attribute, LinkState, load
from tests.cases.publish_room import (
    CUPS,
    begin,
    category_names,
    change,
    ended,
    item,
    lay_out,
    make,
    publication,
    publish,
    skus,
    values_of,
)
from tests.rules.storeroom import Storeroom, in_storeroom

PATCH = "product/patch"


@in_storeroom({"P1": 5})
async def test_only_what_changed_is_changed(room: Storeroom) -> None:
    ours = await lay_out(room)
    shown = item(room, "P1")
    shown.description, shown.brand, shown.enabled = "<p>A magazinului</p>", "Brandul lor", False
    shown.special_price_e4 = 80_000
    shown.attributes = []
    promo = room.shop.engine.state.catalogue.add_category("Promoții", 0, 3)
    shown.categories = {0: promo.id}
    await room.import_items()
    product = room.product_ids["P1"]
    await change(room, product, name="Numele nostru", category_id=ours["Căni"])
    room.shop.forget_requests()

    assert (await publish(room, product)).published == 1

    now = item(room, "P1")
    assert (now.name, now.description, now.brand) == (
        "Numele nostru",
        "<p>A magazinului</p>",
        "Brandul lor",
    )
    assert (now.enabled, now.base_price_e4, now.special_price_e4) == (False, 100_000, 80_000)
    assert now.stock_milli == 5000
    assert category_names(room, now) == [CUPS]
    room.shop.forget_requests()
    assert (await publish(room, product)).published == 1
    assert room.shop.requests(PATCH) == [], "nothing changed since"


@in_storeroom({"P1": 5})
async def test_what_people_changed_in_the_shop_stays_unless_it_changed_here_too(
    room: Storeroom,
) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    await publish(room, cup)
    item(room, "CANA").description = "<p>Scrisă de magazin</p>"
    await change(room, cup, brand="Alt brand", weight_milli=400)
    await publish(room, cup)
    assert item(room, "CANA").description == "<p>Scrisă de magazin</p>"
    assert (item(room, "CANA").brand, item(room, "CANA").weight_milli) == ("Alt brand", 400)
    await change(room, cup, description="<p>Scrisă aici</p>")
    await publish(room, cup)
    assert item(room, "CANA").description == "<p>Scrisă aici</p>"


@in_storeroom({"P1": 5})
async def test_attributes_of_the_shop_stand_beside_ours(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    await publish(room, cup)
    await change(room, cup, attributes=(Attribute("Material", ("Oțel",)), Attribute("X", ("1",))))
    await publish(room, cup)
    assert values_of(room, item(room, "CANA")) == {"Material": ("Oțel",)}, "X is not in the shop"


@in_storeroom({"P1": 5})
async def test_a_change_never_brings_back_a_price(room: Storeroom) -> None:
    ours = await lay_out(room)
    product = room.product_ids["P1"]
    await change(room, product, category_id=ours["Căni"])
    await publish(room, product)
    await change(room, product, name="Alt nume")
    await room.set_price("P1", 12)
    job_id = await begin(room, [product])
    await room.flush()
    await ended(room, job_id)
    await room.flush()
    assert (room.shop.price("P1"), item(room, "P1").name) == (12, "Alt nume")


@in_storeroom({"P1": 5})
async def test_a_late_change_is_followed_by_stock_and_price(room: Storeroom) -> None:
    ours = await lay_out(room)
    product = room.product_ids["P1"]
    await change(room, product, name="Alt nume", category_id=ours["Căni"])
    room.shop.fail(FaultKind.LOST_AFTER, PATCH)
    room.shop.forget_requests()
    await publish(room, product)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [5]
    assert room.shop.prices_sent("P1") == [10]


@in_storeroom({"P1": 5})
async def test_an_item_that_the_shop_deleted_is_not_made_again(room: Storeroom) -> None:
    ours = await lay_out(room)
    product = room.product_ids["P1"]
    await change(room, product, name="Alt nume", category_id=ours["Căni"])
    catalogue = room.shop.engine.state.catalogue
    catalogue.remove(item(room, "P1"))
    assert (await publish(room, product)).refused == 1
    assert (await publication(room, product)).problems == (PublishProblem.ITEM_GONE,)
    linked = await room.look(lambda c: load(c, product))
    assert linked is not None
    assert [it.state for it in linked.links] == [LinkState.GONE]
    assert skus(room) == []


@in_storeroom({"P1": 5, "P2": 5})
async def test_what_cannot_be_changed_says_why_and_is_not_written(room: Storeroom) -> None:
    ours = await lay_out(room)
    euro, nameless = room.product_ids["P1"], room.product_ids["P2"]
    for product in (euro, nameless):
        await change(room, product, name="Alt nume", category_id=ours["Căni"])
    item(room, "P1").currency = "EUR"
    room.shop.engine.state.catalogue.rename(item(room, "P2"), "")
    room.shop.forget_requests()
    assert (await publish(room, euro, nameless)).refused == 2
    assert (await publication(room, euro)).problems == (PublishProblem.PRICE_UNREADABLE,)
    assert (await publication(room, nameless)).problems == (PublishProblem.NO_SKU,)
    assert room.shop.requests(PATCH) == []


@pytest.mark.parametrize("is_known", [False, True])
@in_storeroom({"P1": 5, "P2": 5})
async def test_a_change_goes_to_its_own_item_alone(room: Storeroom, *, is_known: bool) -> None:
    ours = await lay_out(room)
    product = room.product_ids["P1"]
    mine, other = item(room, "P1"), item(room, "P2")
    if is_known:
        room.shop.engine.state.catalogue.rename(mine, "P2")  # told by no reading yet
    else:
        room.shop.engine.state.catalogue.rename(other, "P1")
    await change(room, product, name="Alt nume", category_id=ours["Căni"])

    assert (await publish(room, product)).refused == 1

    assert other.name == "Produsul P2"
    assert mine.name == "Produsul P1"
    told = await publication(room, product)
    assert told.problems == (PublishProblem.SKU_TWICE,)
