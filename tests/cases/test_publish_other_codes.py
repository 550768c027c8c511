"""What the shop sells under another SKU, told by its EAN or a further code, is not made again."""

import pytest

from magazie.actors.listing_messages import DecideItem, DecisionAction
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import AddCode
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.model.publish_details import items_with_it, read
from magazie.model.publishing import PublicationState, PublishProblem
from magazie.simulators.gomag import FaultKind
from magazie.storage.products import AdditionalCode, CodeKind, load
from tests.cases.publish_room import item, lay_out, make, publication, publish, skus
from tests.rules.storeroom import MINUTE, SHOP, Storeroom, in_storeroom

EAN = "5940000000011"
WRITE, PATCH, PRODUCTS = "product/write", "product/patch", "product/read"
IN_USE = (PublishProblem.CODE_IN_USE,)
REFUSED, READY, PUBLISHED = (
    PublicationState.REFUSED,
    PublicationState.READY,
    PublicationState.PUBLISHED,
)


def put_on_sale(room: Storeroom, sku: str, ean: str = "") -> str:
    """A person makes an item in the shop; its id."""
    office = room.shop.engine.office
    item_id = office.add_product(sku, f"Produsul {sku}", price_e4=100_000, stock_milli=1000)
    office.set_ean(sku, ean)
    return str(item_id)


async def read_listing(room: Storeroom) -> None:
    """The catalogue is read whole, and nothing of it imported."""

    async def untold(*_told: object) -> None:
        pass

    await room.syncs[SHOP].catalogue.reader.read(untold, is_whole=True)


async def decide(
    room: Storeroom, item_id: str, action: DecisionAction, product_id: int | None = None
) -> None:
    """The office decides on an item of the listing."""
    decided = DecideItem(external_id=item_id, action=action, product_id=product_id, by="ana")
    await room.ask(ShopCatalogue, SHOP, decided)


@pytest.mark.parametrize("known", [True, False])
@in_storeroom({"P1": 5})
async def test_an_item_of_the_same_ean_is_not_doubled(room: Storeroom, *, known: bool) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], ean=EAN)
    there = put_on_sale(room, "ALT-COD", EAN)
    if known:
        await read_listing(room)
    room.shop.forget_requests()

    result = await publish(room, cup)

    assert (result.published, result.refused) == (0, 1)
    told = await publication(room, cup)
    assert (told.state, told.problems) == (REFUSED, IN_USE)
    assert read(told.detail) == items_with_it((there,))
    assert skus(room) == ["ALT-COD", "P1"]
    assert room.shop.requests(WRITE) == []
    assert len(await room.alerts("publish_refused")) == 1


@pytest.mark.parametrize(
    ("sku", "ean", "ours_ean", "further"),
    [
        ("ALT", "0012345678905", "012345678905", ""),
        ("ALT", " 5940000000011", EAN, ""),
        (EAN, "", EAN, ""),
        ("vechi 1", "", "", "VECHI1"),
        ("ＣＡＮＡ", "", "", ""),
        ("ALT", "5940000000028", EAN, "5940000000028"),
    ],
)
@in_storeroom({"P1": 5})
async def test_any_code_of_ours_may_be_the_sku_or_the_ean_there(
    room: Storeroom, sku: str, ean: str, ours_ean: str, further: str
) -> None:
    ours = await lay_out(room)
    codes = (AdditionalCode(further),) if further else ()
    cup = await make(room, "CANA", ours["Căni"], ean=ours_ean, codes=codes)
    put_on_sale(room, sku, ean)
    assert (await publish(room, cup)).refused == 1
    assert (await publication(room, cup)).problems == IN_USE
    assert skus(room) == sorted([sku, "P1"])


@pytest.mark.parametrize("ean", ["", "0", "-", "0000000000000", "n/a"])
@in_storeroom({"P1": 5})
async def test_what_stands_for_no_code_is_in_nobody_s_way(room: Storeroom, ean: str) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], ean=ean)
    put_on_sale(room, "ALT", ean)
    put_on_sale(room, "0", ean)
    assert (await publish(room, cup)).published == 1
    assert skus(room) == ["0", "ALT", "CANA", "P1"]


@in_storeroom({"P1": 5})
async def test_a_packaging_s_code_names_no_single_piece(room: Storeroom) -> None:
    ours = await lay_out(room)
    box = AdditionalCode("5940000000028", CodeKind.PACKAGING, 6000)
    cup = await make(room, "CANA", ours["Căni"], ean=EAN, codes=(box,))
    put_on_sale(room, "BAX-6", "5940000000028")
    assert (await publish(room, cup)).published == 1


@in_storeroom({"P1": 5})
async def test_a_person_links_what_is_there_and_nothing_is_made(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], ean=EAN)
    there = put_on_sale(room, "ALT-COD", EAN)
    assert (await publish(room, cup)).refused == 1
    await decide(room, there, DecisionAction.LINK, cup)
    await room.pass_time(3)
    told = await publication(room, cup)
    assert (told.state, told.problems, told.detail) == (READY, (), "")
    assert await room.alerts("publish_refused") == []
    assert (await publish(room, cup)).published == 1
    assert skus(room) == ["ALT-COD", "P1"]
    assert item(room, "ALT-COD").name == "Cană CANA"


@in_storeroom({"P1": 5})
async def test_what_a_person_leaves_out_is_in_nobody_s_way(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], ean=EAN)
    there = put_on_sale(room, "ALT-COD", EAN)
    assert (await publish(room, cup)).refused == 1
    await decide(room, there, DecisionAction.IGNORE)
    await room.pass_time(3)
    assert (await publication(room, cup)).state is READY
    assert (await publish(room, cup)).published == 1


@in_storeroom({"P1": 5})
async def test_a_code_that_is_mended_there_clears_the_problem(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], ean=EAN)
    put_on_sale(room, "ALT-COD", EAN)
    assert (await publish(room, cup)).refused == 1
    room.shop.engine.office.set_ean("ALT-COD", "5940000000028")
    await read_listing(room)
    await room.pass_time(3)
    assert (await publication(room, cup)).state is READY
    assert await room.alerts("publish_refused") == []


@in_storeroom({"P1": 5})
async def test_what_is_there_already_may_share_its_ean(room: Storeroom) -> None:
    ours = await lay_out(room)
    linked = room.product_ids["P1"]
    put_on_sale(room, "ALT-COD", EAN)
    await room.ask(ProductActor, linked, AddCode(code=AdditionalCode(EAN, CodeKind.ADDITIONAL)))
    await read_listing(room)
    assert (await publish(room, linked)).published == 1
    assert ours


# --- two of ours ------------------------------------------------------------------------------


@in_storeroom({"P1": 5})
async def test_of_two_of_ours_with_one_ean_one_is_made(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{n}", ours["Căni"], ean=EAN) for n in range(2)]
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (1, 1)
    assert skus(room) == ["CANA-0", "P1"]
    told = await publication(room, cups[1])
    assert (told.state, told.problems) == (REFUSED, IN_USE)


@pytest.mark.parametrize("kind", [FaultKind.LOST_AFTER, FaultKind.LOST_BEFORE, FaultKind.HANG])
@in_storeroom({"P1": 5})
async def test_nor_is_the_other_where_the_first_may_be_there(
    room: Storeroom, kind: FaultKind
) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{n}", ours["Căni"], ean=EAN) for n in range(3)]
    room.shop.fail(kind, WRITE)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (1, 2)
    await room.pass_time(5 * MINUTE)
    assert skus(room) == ["CANA-0", "P1"]


@in_storeroom({"P1": 5})
async def test_nor_where_it_lands_late(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{n}", ours["Căni"], ean=EAN) for n in range(2)]
    room.shop.fail(FaultKind.LATE_LANDING, WRITE, delay_s=55.0)
    result = await publish(room, *cups)
    assert (result.published, result.refused) == (1, 1)
    await room.pass_time(5 * MINUTE)
    assert skus(room) == ["CANA-0", "P1"]
    product = await room.look(lambda c: load(c, cups[0]))
    assert product is not None
    assert [it.sku for it in product.links] == ["CANA-0"]


# --- the look around --------------------------------------------------------------------------


@in_storeroom({"P1": 5})
async def test_the_shop_is_looked_around_in_once_for_many(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{n:02}", ours["Căni"]) for n in range(30)]
    room.shop.forget_requests()
    assert (await publish(room, *cups)).published == 30
    pages = [it for it in room.shop.requests(PRODUCTS) if "sku" not in dict(it.query)]
    assert 0 < len(pages) <= 3


@in_storeroom({"P1": 5})
async def test_a_change_needs_no_look_around(room: Storeroom) -> None:
    ours = await lay_out(room)
    linked = room.product_ids["P1"]
    assert (await publish(room, linked)).published == 1
    room.shop.forget_requests()
    assert (await publish(room, linked)).published == 1
    assert all({"id", "sku"} & set(dict(it.query)) for it in room.shop.requests(PRODUCTS))
    assert ours


@in_storeroom({"P1": 5})
async def test_it_waits_for_a_shop_whose_catalogue_is_not_shown(room: Storeroom) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA", ours["Căni"], ean=EAN)
    put_on_sale(room, "ALT-COD", EAN)
    room.shop.fail(FaultKind.SERVER_ERROR, PRODUCTS, times=12)
    assert (await publish(room, cup)).refused == 1
    assert skus(room) == ["ALT-COD", "P1"]
