"""Products made here reach the shop: once, whole, and what is wrong with one stops no other."""

import asyncio
import random

import pytest

from magazie.actors.publishing_messages import MapCategories
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.publish_details import PublishDetail, read, shop_said
from magazie.model.publishing import PublicationState, PublishProblem
from magazie.model.work_troubles import WorkTrouble
from magazie.simulators.gomag import FaultKind, Switches
from magazie.storage.jobs import JobState
from magazie.storage.products import Attribute, LinkState, ProductImage, load
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

WRITE, PATCH, PRODUCTS = "product/write", "product/patch", "product/read"
READY, REFUSED, PUBLISHED = (
    PublicationState.READY,
    PublicationState.REFUSED,
    PublicationState.PUBLISHED,
)


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


# --- a shop that misbehaves -------------------------------------------------------------------

LOST = [
    FaultKind.REFUSE,
    FaultKind.LOST_BEFORE,
    FaultKind.LOST_AFTER,
    FaultKind.HANG,
    FaultKind.THROTTLE,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_AFTER,
    FaultKind.HTML_PAGE,
    FaultKind.HTML_PAGE_AFTER,
    FaultKind.CUT_JSON,
    FaultKind.EMPTY_BODY,
    FaultKind.IGNORED,
    FaultKind.ITEM_MISSING,
    FaultKind.ITEM_SKIPPED,
]


@pytest.mark.parametrize("kind", LOST)
@in_storeroom({"P1": 5})
async def test_whatever_becomes_of_an_answer_there_is_one_item(
    room: Storeroom, kind: FaultKind
) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(3)]
    room.shop.fail(kind, WRITE, times=2)

    result = await publish(room, *cups)

    assert (result.published, result.refused) == (3, 0)
    assert skus(room) == ["CANA-0", "CANA-1", "CANA-2", "P1"]


@pytest.mark.parametrize("delay_s", [32.0, 45.0, 55.0, 75.0, 100.0])
@in_storeroom({"P1": 5})
async def test_what_lands_late_is_still_ours(room: Storeroom, delay_s: float) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(3)]
    room.shop.fail(FaultKind.LATE_LANDING, WRITE, delay_s=delay_s)

    result = await publish(room, *cups)

    assert (result.published, result.refused) == (3, 0)
    await room.pass_time(5 * MINUTE)
    assert skus(room) == ["CANA-0", "CANA-1", "CANA-2", "P1"]


@in_storeroom({"P1": 5})
async def test_it_is_ours_too_where_it_lands_between_the_look_and_the_next_try(
    room: Storeroom,
) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.fail(FaultKind.LOST_BEFORE, WRITE)
    reads = 0

    def lands() -> None:
        nonlocal reads
        reads += 1
        if reads == 2:  # the first found the SKU free, the second nothing of the lost write
            room.shop.add("CANA")

    room.shop.after(PRODUCTS, lands, times=2)

    assert (await publish(room, cup)).published == 1

    assert skus(room) == ["CANA", "P1"]
    product = await room.look(lambda c: load(c, cup))
    assert product is not None
    assert [it.external_id for it in product.links] == [str(item(room, "CANA").id)]


@in_storeroom({"P1": 5})
async def test_what_the_shop_refuses_is_told_in_its_words(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(3)]
    room.shop.fail(FaultKind.ITEM_REFUSED, WRITE, sku="CANA-1", times=9)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (2, 1)
    told = await publication(room, cups[1])
    assert (told.problems, read(told.detail)) == ((PublishProblem.REFUSED,), shop_said("REFUSED"))
    await room.pass_time(2)
    assert (await publication(room, cups[1])).state is REFUSED, "the same would be refused again"
    await change(room, cups[1], name="Altă cană")
    await room.pass_time(2)
    assert (await publication(room, cups[1])).state is READY
    room.shop.heal()
    assert (await publish(room, *cups)).published == 3
    assert await room.alerts("publish_refused") == []


@in_storeroom({"P1": 5}, switches=Switches(write_refusal="envelope"))
async def test_one_refused_product_does_not_take_others_with_it(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(4)]
    room.shop.fail(FaultKind.ITEM_REFUSED, WRITE, sku="CANA-1", times=9)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (3, 1)
    assert (await publication(room, cups[1])).state is REFUSED


@in_storeroom({"P1": 5})
async def test_nor_where_the_shop_refuses_the_whole_list(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number}", ours["Căni"]) for number in range(4)]
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, WRITE, sku="CANA-1", times=9)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (3, 1)
    told = await publication(room, cups[1])
    assert told.problems == (PublishProblem.REFUSED,)


@in_storeroom({"P1": 5})
async def test_what_never_shows_is_left_to_a_person(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.forget_requests()
    room.shop.keep_failing(FaultKind.IGNORED, WRITE)
    assert (await publish(room, cup)).refused == 1
    assert (await publication(room, cup)).problems == (PublishProblem.NOT_CONFIRMED,)
    assert len(room.shop.requests(WRITE)) == 3


@in_storeroom({"P1": 5})
async def test_a_job_waits_for_its_shop_and_then_says_so(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.cut()
    job_id = await begin(room, [cup])
    await room.pass_time(5 * MINUTE)
    room.shop.mend()
    assert (await ended(room, job_id)).state is JobState.DONE
    other = await make(room, "CANA-2", ours["Căni"])
    room.shop.cut()
    job = await ended(room, await begin(room, [other]))
    assert job.state is JobState.FAILED
    assert (await publication(room, other)).problems == (PublishProblem.NOT_SENT,)
    room.shop.mend()
    await room.pass_time(HOUR)
    assert "CANA-2" not in skus(room)
    assert (await publish(room, other)).published == 1


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


@in_storeroom({"P1": 5})
async def test_a_refused_key_ends_the_job_and_says_so(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.keep_failing(FaultKind.WRONG_KEY, WRITE)
    job = await ended(room, await begin(room, [cup]))
    assert job.state is JobState.FAILED
    told = await publication(room, cup)
    assert told.problems == (PublishProblem.NOT_SENT,)
    detail = read(told.detail)
    assert isinstance(detail, PublishDetail)
    assert detail.values["trouble"] == WorkTrouble.SHOP_REFUSES_KEY
    assert detail.values["reason"], "the shop's own words"
    assert [problem.trouble for problem in job.problems] == [WorkTrouble.SHOP_REFUSES_KEY]
    room.shop.heal()
    assert (await publish(room, cup)).published == 1


@in_storeroom({"P1": 5})
async def test_two_items_of_its_code_are_for_a_person(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"])
    room.shop.after(WRITE, lambda: room.shop.add("CANA"))
    assert (await publish(room, cup)).refused == 1
    assert (await publication(room, cup)).problems == (PublishProblem.SKU_TWICE,)
    product = await room.look(lambda c: load(c, cup))
    assert product is not None
    assert product.links == ()


# --- kills ------------------------------------------------------------------------------------


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


# --- what is there already --------------------------------------------------------------------


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


@in_storeroom({"P1": 5})
async def test_products_may_change_while_they_wait(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number:02}", ours["Căni"]) for number in range(40)]
    job_id = await begin(room, cups)
    await room.until(lambda: "CANA-00" in skus(room), within_s=HOUR)
    await change(room, cups[39], name="Nume nou", category_id=None)
    assert (await ended(room, job_id)).result == '{"published":39,"refused":1}'
    assert (await publication(room, cups[39])).problems == (PublishProblem.NO_CATEGORY,)
