"""The catalogue half of the adapter against the stand-in, under every reading of the API."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from gomag_doubles import run_virtual

from magazie.gomag.shop import GomagShop
from magazie.ports import (
    AttributeValue,
    HttpRequest,
    HttpResponse,
    ItemAnswer,
    NewAttribute,
    NewCategory,
    OutcomeUnknown,
    PublishedProduct,
    PublishedVersion,
    Refused,
    ShopProduct,
    TransportError,
)
from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    FaultKind,
    MemoryTransport,
    PlantKind,
    SimRequest,
    build_shop,
)
from magazie.simulators.gomag import GomagShop as SimulatedShop

MONDAY_MS = 1_772_438_400_000
PATH = ("Bucătărie", "Ceainice ţărăneşti")
COLOUR = AttributeValue("culoare", "Culoare", "dropdown", ("Roșu",))


class InMemory:
    def __init__(self, shop: SimulatedShop) -> None:
        self._wire = MemoryTransport(shop, lambda: 20)

    async def send(self, request: HttpRequest) -> HttpResponse:
        asked = SimRequest.to(
            request.method,
            request.url,
            query=request.query,
            headers=request.headers,
            form=request.form or None,
        )
        try:
            answer = await self._wire.call(asked, int(request.timeout_s * 1000))
        except ConnectionRefusedError as error:
            raise TransportError(str(error), sent=False) from error
        except (ConnectionResetError, TimeoutError) as error:
            raise TransportError(type(error).__name__, sent=True) from error
        headers = {name.lower(): value for name, value in answer.headers}
        return HttpResponse(answer.status, headers, answer.body)


Scenario = Callable[[GomagShop, SimulatedShop], Awaitable[None]]


def play(
    scenario: Scenario, *, products: int = 30, planted: bool = False, **switches: object
) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()

        def now_ms() -> int:
            return MONDAY_MS + round(loop.time() * 1000)

        simulated = build_shop(5, products, now_ms=now_ms, orders=0, planted=planted)
        simulated.switches = msgspec.structs.replace(simulated.switches, **switches)
        shop = GomagShop(
            name="magazin",
            base_url="https://api.gomag.example",
            shop_url=DEMO_SHOP_URL,
            api_key=lambda: DEMO_API_KEY,
            transport=InMemory(simulated),
            random=random.Random(1),
        )
        await scenario(shop, simulated)

    run_virtual(run())


def version(sku: str, **changes: Any) -> PublishedVersion:
    plain = PublishedVersion(
        sku=sku, ean="", price_e4=499_000, stock_milli=12_500, weight_milli=350
    )
    return msgspec.structs.replace(plain, **changes)


def product(*versions: PublishedVersion, **changes: Any) -> PublishedProduct:
    plain = PublishedProduct(
        name="Ceainic emailat",
        description="<p>Fierbe <b>repede</b>.</p>",
        brand="Argeș",
        vat_rate_e2=2100,
        group_key="CEAINIC",
        categories=(PATH,),
        attributes=(AttributeValue("material", "Material", "multipleselect", ("Inox", "Email")),),
        images=(("https://erp.example/img/c.png", ()),),
        versions=versions,
    )
    return msgspec.structs.replace(plain, **changes)


async def only(shop: GomagShop, sku: str) -> ShopProduct:
    (found,) = await shop.product_by_sku(sku)
    return found


ANY_SWITCHES: list[dict[str, object]] = [
    {},
    {"price_without_flag": "without_vat"},
    {"category_answer_key": "id", "repeated_category": "reused"},
    {"category_answer_key": "name", "attribute_write_answer": "echo"},
    {"existing_sku_write": "reject", "patch_missing_fields": "lenient"},
    {"write_refusal": "envelope", "echo_options_as_list": False},
    {"image_import_ms": 0, "escape_unicode": True, "stock_text": "shortest"},
]


@pytest.mark.parametrize("switches", ANY_SWITCHES)
def test_a_family_is_published_into_a_new_category_and_reads_back(
    switches: dict[str, object],
) -> None:
    async def scenario(shop: GomagShop, _simulated: SimulatedShop) -> None:
        top = next(c for c in await shop.categories() if c.path == ((c.id, PATH[0]),))
        await shop.create_category(NewCategory(PATH[1], parent_id=top.id))
        (leaf,) = [c for c in await shop.categories() if c.name == PATH[1]]
        assert leaf.path == ((top.id, PATH[0]), (leaf.id, PATH[1]))
        await shop.create_attribute(NewAttribute("Capacitate", "capacitate", "dropdown"))
        made = {a.key: a for a in await shop.attributes()}["capacitate"]
        size = AttributeValue(made.key, made.name, made.type, ("1 l",))
        family = product(
            version("CEAINIC-R", ean="5940000000017", options=(COLOUR, size)),
            version("CEAINIC-A", price_e4=253_407, stock_milli=0),
        )
        told = await shop.create_products([family])
        await asyncio.sleep(31)
        for sku in ("CEAINIC-R", "CEAINIC-A"):
            read = await only(shop, sku)
            assert (told[sku].answer, told[sku].external_id) == (ItemAnswer.DONE, read.external_id)
            assert (read.group_key, read.vat_included, read.currency) == ("CEAINIC", True, "RON")
            assert [[step[0] for step in path] for path in read.categories] == [[top.id, leaf.id]]
            assert len(read.images) == 1
        red = await only(shop, "CEAINIC-R")
        assert (red.base_price_e4, red.stock_milli, red.weight_milli) == (499_000, 12_500, 350)
        assert {(name, values) for _, name, values in red.attributes} == {
            ("Material", ("Inox", "Email")),
            ("Culoare", ("Roșu",)),
            ("Capacitate", ("1 l",)),
        }
        assert (await only(shop, "CEAINIC-A")).base_price_e4 == 253_407

    play(scenario, **switches)


@pytest.mark.parametrize("switches", ANY_SWITCHES)
def test_a_change_leaves_stock_and_pictures_alone(switches: dict[str, object]) -> None:
    async def scenario(shop: GomagShop, simulated: SimulatedShop) -> None:
        await shop.create_products([product(version("C-1"))])
        await asyncio.sleep(31)
        simulated.office.set_stock("C-1", 3_000)
        before = await only(shop, "C-1")
        change = product(
            version("C-1", stock_milli=None, price_e4=before.base_price_e4),
            name="Alt nume",
            description="",
            images=(),
            categories=(("Casă",),),
        )
        told = await shop.change_products([change])
        after = await only(shop, "C-1")
        assert told["C-1"].answer is ItemAnswer.DONE
        assert (after.name, after.description) == ("Alt nume", before.description)
        assert (after.stock_milli, after.base_price_e4, after.images) == (
            3_000,
            before.base_price_e4,
            before.images,
        )
        assert [path[-1][1] for path in after.categories] == ["Casă"]

    play(scenario, **switches)


def test_a_write_repeated_after_a_lost_answer_leaves_one_of_everything() -> None:
    async def scenario(shop: GomagShop, simulated: SimulatedShop) -> None:
        simulated.inject(FaultKind.LOST_AFTER, path="product/write")
        with pytest.raises(OutcomeUnknown):
            await shop.create_products([product(version("C-1"))])
        await asyncio.sleep(31)
        await shop.create_products([product(version("C-1"))])
        await asyncio.sleep(31)
        read = await only(shop, "C-1")
        assert (len(read.categories), len(read.images)) == (1, 1)

    play(scenario)


@pytest.mark.parametrize(
    ("switches", "others"),
    [({}, ItemAnswer.DONE), ({"write_refusal": "envelope"}, ItemAnswer.MISSING)],
)
def test_one_bad_product_among_good_ones(switches: dict[str, object], others: ItemAnswer) -> None:
    async def scenario(shop: GomagShop, simulated: SimulatedShop) -> None:
        simulated.inject(FaultKind.ITEM_REFUSED, sku="B")
        told = await shop.create_products(
            [product(version(sku), group_key=sku) for sku in ("A", "B", "C")]
        )
        assert [told[sku].answer for sku in "ABC"] == [others, ItemAnswer.REFUSED, others]
        assert told["B"].reason == "REFUSED"
        assert [len(await shop.product_by_sku(sku)) for sku in "ABC"] == [1, 0, 1]

    play(scenario, **switches)


def test_a_change_of_what_the_shop_does_not_have() -> None:
    async def scenario(shop: GomagShop, _simulated: SimulatedShop) -> None:
        told = await shop.change_products([product(version("NU-E", stock_milli=None))])
        assert told["NU-E"].answer is ItemAnswer.UNKNOWN_ITEM

    play(scenario)


def test_a_category_under_nothing_is_refused() -> None:
    async def scenario(shop: GomagShop, _simulated: SimulatedShop) -> None:
        with pytest.raises(Refused, match="MISSING_PARENT"):
            await shop.create_category(NewCategory("X", parent_id="9999"))

    play(scenario)


@pytest.mark.parametrize("pages", ["honoured", "ignored"])
def test_more_than_a_hundred_attributes(pages: str) -> None:
    async def scenario(shop: GomagShop, simulated: SimulatedShop) -> None:
        for number in range(150):
            simulated.state.catalogue.attribute(key=f"k{number}", name=f"A {number}")
        total = len(simulated.state.catalogue.attributes)
        expected = total if pages == "honoured" else 100
        assert len(await shop.attributes()) == expected

    play(scenario, attribute_pages=pages)


def test_planted_codes_arrive_letter_for_letter() -> None:
    async def scenario(shop: GomagShop, simulated: SimulatedShop) -> None:
        pages = [await shop.products(page) for page in (1, 2, 3)]
        read = {int(one.external_id): one for page in pages for one in page.products}
        goods = simulated.state.catalogue.products
        assert {i: (p.sku, p.ean) for i, p in read.items()} == {
            i: (p.sku, p.ean) for i, p in goods.items()
        }
        plants = simulated.truth.planted().plants
        bundles = [plant for plant in plants if plant.kind is PlantKind.BUNDLE]
        for plant in bundles:
            (bundle,) = plant.products
            assert read[bundle].bundle == tuple(goods[bundle].bundle)
        twins = next(plant for plant in plants if plant.kind is PlantKind.SKU_REPEATED)
        found = await shop.product_by_sku(twins.detail)
        assert [int(one.external_id) for one in found] == list(twins.products)
        spaced = next(plant for plant in plants if plant.kind is PlantKind.SKU_NO_BREAK_SPACE)
        assert int((await only(shop, spaced.detail)).external_id) == spaced.products[1]

    play(scenario, products=300, planted=True)
