"""Products made here reach the shop: once, whole, and what is wrong with one stops no other."""

import asyncio
import random

import pytest

from magazie.actors.publishing_messages import MapCategories
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.publishing import PublicationState, PublishProblem
from magazie.simulators.gomag import FaultKind
from magazie.storage.jobs import JobState
from magazie.storage.products import ProductImage, load
from magazie.storage.publish_maps import MappedCategory
from tests.cases.publish_room import (
    CUPS,
    begin,
    category_names,
    change,
    ended,
    item,
    lay_out,
    make,
    price,
    publication,
    publish,
    skus,
    values_of,
)
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

WRITE, PATCH = "product/write", "product/patch"
READY, PUBLISHED = PublicationState.READY, PublicationState.PUBLISHED


@in_storeroom({"P1": 5})
async def test_a_product_is_made_whole_and_tied(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA-R", ours["Căni"], ean="5940000000011", weight_milli=350)

    result = await publish(room, cup)

    assert (result.published, result.refused) == (1, 0)
    made = item(room, "CANA-R")
    assert (made.name, made.description, made.brand) == ("Cană CANA-R", "<p>Roșie</p>", "Argeș")
    assert (made.ean, made.base_price_e4, made.weight_milli) == ("5940000000011", 253_407, 350)
    assert (made.vat_e2, made.enabled, made.stock_managed) == (2100, True, True)
    assert category_names(room, made) == [CUPS]
    assert values_of(room, made) == {"Material": ("Email",)}
    product = await room.look(lambda c: load(c, cup))
    assert product is not None
    assert [(it.shop, it.external_id, it.sku) for it in product.links] == [
        (SHOP, str(made.id), "CANA-R")
    ]
    told = await publication(room, cup)
    assert (told.state, told.problems) == (PublicationState.PUBLISHED, ())


@in_storeroom({"P1": 5})
async def test_its_stock_follows_the_way_all_stock_goes(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA-R", ours["Căni"])
    room.product_ids["CANA-R"] = cup
    await room.receive("CANA-R", 4)
    await publish(room, cup)
    assert room.shop.stock("CANA-R") == 0
    await room.flush()
    assert room.shop.stock("CANA-R") == 4
    room.shop.order(("CANA-R", 1))
    await room.read()
    await room.flush()
    assert room.shop.stock("CANA-R") == 3


@in_storeroom({"P1": 5, "LUAT": 2})
async def test_sixty_of_which_five_are_wrong(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = ours["Căni"]
    good = [await make(room, f"CANA-{number:02}", cups) for number in range(55)]
    wrong = {
        await make(room, "FARA-PRET", cups, price_e4=None): PublishProblem.NO_PRICE,
        await make(room, "FARA-TVA", cups, vat_rate_e2=None): PublishProblem.NO_VAT,
        await make(room, "FARA-CAT", None): PublishProblem.NO_CATEGORY,
        await make(room, "NEMAPAT", ours["Altele"]): PublishProblem.CATEGORY_UNMAPPED,
        await make(room, "P9", cups): PublishProblem.SKU_IN_USE,
    }
    room.shop.add("P9", 1)  # put on sale in the shop after its listing was read

    result = await publish(room, *good, *wrong)

    assert (result.published, result.refused) == (55, 5)
    assert skus(room) == sorted(["P1", "LUAT", "P9", *(f"CANA-{it:02}" for it in range(55))])
    for product_id, problem in wrong.items():
        told = await publication(room, product_id)
        assert (told.state, told.problems) == (PublicationState.REFUSED, (problem,))
    assert len(await room.alerts("publish_refused")) == 1


# --- told before anything is sent, and cleared when mended ------------------------------------


@in_storeroom({"P1": 5})
async def test_what_is_mended_is_told_no_more(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], price_e4=None, vat_rate_e2=None)
    room.shop.forget_requests()
    assert (await publish(room, cup)).refused == 1
    assert room.shop.requests(WRITE) == []
    assert (await publication(room, cup)).problems == (
        PublishProblem.NO_PRICE,
        PublishProblem.NO_VAT,
    )
    await price(room, cup, 100_000)
    await room.pass_time(2)
    assert (await publication(room, cup)).problems == (PublishProblem.NO_VAT,)
    await change(room, cup, vat_rate_e2=1100)
    await room.pass_time(2)
    mended = await publication(room, cup)
    assert (mended.state, mended.problems) == (READY, ())
    assert await room.alerts("publish_refused") == []
    assert "CANA" not in skus(room), "nothing is sent without a person's word"
    assert (await publish(room, cup)).published == 1


@in_storeroom({"P1": 5})
async def test_a_map_mends_what_waited_for_it(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Altele"])
    await publish(room, cup)
    assert (await publication(room, cup)).problems == (PublishProblem.CATEGORY_UNMAPPED,)
    garden = next(
        str(it.id)
        for it in room.shop.engine.state.catalogue.categories.values()
        if it.name == "Grădină"
    )
    mapped = MappedCategory(ours["Altele"], garden)
    assert await room.ask(ShopPublisher, SHOP, MapCategories((mapped,))) is False
    assert (await publication(room, cup)).state is READY
    await publish(room, cup)
    assert category_names(room, item(room, "CANA")) == [("Grădină",)]


@in_storeroom({"P1": 5})
async def test_an_image_that_nobody_can_fetch_keeps_no_product_back(room: Storeroom) -> None:
    ours = await lay_out(room)
    images = (ProductImage(media="0" * 64), ProductImage(url="https://img.example/1.jpg"))
    cup = await make(room, "CANA", ours["Căni"], images=images)
    await publish(room, cup)
    told = await publication(room, cup)
    assert (told.state, told.problems) == (PUBLISHED, (PublishProblem.IMAGE_UNREACHABLE,))
    await room.pass_time(MINUTE)
    assert item(room, "CANA").image_sources == ["https://img.example/1.jpg"]
    assert await room.alerts("publish_refused") == []


@in_storeroom({"P1": 5})
async def test_a_category_that_the_shop_deletes_is_told_on_what_is_published(
    room: Storeroom,
) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    catalogue = room.shop.engine.state.catalogue
    cups = next(it for it in catalogue.categories.values() if it.name == "Căni")
    mapped = MappedCategory(ours["Căni"], str(cups.id))
    await room.ask(ShopPublisher, SHOP, MapCategories((mapped,)))
    await publish(room, cup)
    await room.pass_time(2)
    item(room, "CANA").categories = {}
    catalogue.remove_category(cups.id)
    await room.import_items()
    await room.pass_time(2)
    told = await publication(room, cup)
    assert (told.state, told.problems) == (PUBLISHED, (PublishProblem.CATEGORY_GONE,))


# --- a job that waits, is cancelled or is killed -----------------------------------------------


@in_storeroom({"P1": 5})
async def test_products_may_change_while_they_wait(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number:02}", ours["Căni"]) for number in range(40)]
    job_id = await begin(room, cups)
    await room.until(lambda: "CANA-00" in skus(room), within_s=HOUR)
    await change(room, cups[39], name="Nume nou", category_id=None)
    assert (await ended(room, job_id)).result == '{"published":39,"refused":1}'
    assert (await publication(room, cups[39])).problems == (PublishProblem.NO_CATEGORY,)


@in_storeroom({"P1": 5})
async def test_a_cancelled_job_leaves_nothing_half_known(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number:02}", ours["Căni"]) for number in range(40)]
    job_id = await begin(room, cups)
    room.shop.after(WRITE, lambda: None)
    await room.until(lambda: "CANA-00" in skus(room), within_s=HOUR)
    assert await room.service.jobs.cancel(job_id)
    await room.pass_time(5 * MINUTE)
    states = [(await publication(room, cup)).state for cup in cups]
    assert set(states) == {PUBLISHED, READY}
    there = [sku for sku in skus(room) if sku.startswith("CANA")]
    assert states.count(PUBLISHED) == len(there)


@pytest.mark.parametrize("seed", range(6))
@in_storeroom({"P1": 5})
async def test_killed_at_random_it_ends_as_if_it_had_not_been(room: Storeroom, seed: int) -> None:
    chance = random.Random(f"publishing {seed}")
    ours = await lay_out(room)
    good = [await make(room, f"CANA-{number:02}", ours["Căni"]) for number in range(30)]
    wrong = [await make(room, "FARA-PRET", ours["Căni"], price_e4=None)]
    linked = room.product_ids["P1"]
    await change(room, linked, name="Alt nume", category_id=ours["Căni"])
    job_id = await begin(room, [*good, *wrong, linked])
    for _ in range(6):
        await asyncio.sleep(chance.uniform(0.0, 20.0))
        kind = chance.choice([None, FaultKind.LOST_AFTER, FaultKind.LOST_BEFORE])
        if kind is not None:
            room.shop.fail(kind, chance.choice([WRITE, PATCH]))
        await room.crash_and_restart()
    job = await ended(room, job_id)
    assert (job.state, job.result) == (JobState.DONE, '{"published":31,"refused":1}')
    assert skus(room) == sorted(["P1", *(f"CANA-{number:02}" for number in range(30))])
    for product_id in good:
        product = await room.look(lambda c, it=product_id: load(c, it))
        assert product is not None
        assert [it.external_id for it in product.links] == [str(item(room, product.code).id)]
    assert item(room, "P1").name == "Alt nume"
    await room.flush()
    assert (room.shop.stock("P1"), room.shop.price("P1")) == (5, 10)
