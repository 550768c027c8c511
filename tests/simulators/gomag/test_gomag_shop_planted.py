import asyncio
import json
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from magazie.simulators.gomag import (
    FateKind,
    GomagShop,
    Plant,
    PlantKind,
    SimRequest,
    SimResponse,
    build_shop,
)
from magazie.simulators.gomag.odd_pictures import LARGE_BYTES, OddPicture
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.seed.barcodes import check_digit
from magazie.simulators.gomag.server import RunningSimulator, start_gomag_simulator
from tests.simulators.gomag.gomag_caller import Caller, Clock

SKU_TWINS = {
    PlantKind.SKU_CASE: 3,
    PlantKind.SKU_SPACES: 3,
    PlantKind.SKU_NO_BREAK_SPACE: 2,
    PlantKind.SKU_FULL_WIDTH: 2,
    PlantKind.SKU_REPEATED: 2,
}
COUNTS = SKU_TWINS | {
    PlantKind.EAN_SHARED: 3,
    PlantKind.KNOWN_BY_SKU: 3,
    PlantKind.KNOWN_BY_EAN: 3,
    PlantKind.KNOWN_BY_BOTH: 2,
    PlantKind.UPC: 2,
    PlantKind.UPC_LOST_ZERO: 2,
    PlantKind.CONFLICT: 4,
    PlantKind.SKU_PLACEHOLDER: 4,
    PlantKind.EAN_PLACEHOLDER: 6,
    PlantKind.EAN_JUNK: 5,
    PlantKind.BUNDLE: 3,
    PlantKind.BUNDLE_UNKNOWN_PART: 1,
    PlantKind.DESCRIPTION_SCRIPT: 4,
    PlantKind.PICTURE_MISSING: 3,
    PlantKind.PICTURE_EMPTY: 2,
    PlantKind.PICTURE_WEB_PAGE: 2,
    PlantKind.PICTURE_CUT: 1,
    PlantKind.PICTURE_TOO_LARGE: 1,
    PlantKind.PICTURE_STALLS: 1,
    PlantKind.PICTURE_TO_LOOPBACK: 1,
    PlantKind.PICTURE_TO_PRIVATE: 1,
    PlantKind.PICTURE_TO_ITSELF: 1,
    PlantKind.PICTURE_PRIVATE: 1,
    PlantKind.PICTURE_FILE: 1,
    PlantKind.PICTURE_REPEATED: 2,
}


@pytest.fixture(scope="module")
def planted() -> GomagShop:
    return build_shop(1, 500, now_ms=lambda: 1_772_438_400_000, orders=5, planted=True)


def plants(shop: GomagShop, *kinds: PlantKind) -> list[Plant]:
    return [plant for plant in shop.truth.planted().plants if plant.kind in kinds]


def products(shop: GomagShop) -> list[Product]:
    return list(shop.state.catalogue.products.values())


def bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def groups(shop: GomagShop, key: Callable[[Product], str]) -> set[tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for product in products(shop):
        found[key(product)].append(product.id)
    return {tuple(ids) for text, ids in found.items() if text.strip("0-") and len(ids) > 1}


@pytest.mark.parametrize("seed", range(5))
def test_every_oddity_is_there_so_many_times_and_each_on_its_own_products(seed: int) -> None:
    shop = build_shop(seed, 300, now_ms=lambda: 1_772_438_400_000, orders=0, planted=True)
    every = shop.truth.planted().plants
    assert Counter(p.kind for p in every if p.kind is not PlantKind.FAMILY) == COUNTS
    assert len(plants(shop, PlantKind.FAMILY)) > 20
    ids = [i for plant in every for i in plant.products]
    assert len(set(ids)) == len(ids)
    assert len(products(shop)) == 300


def test_no_other_products_are_twins(planted: GomagShop) -> None:
    assert groups(planted, lambda p: bare(p.sku)) == {
        plant.products for plant in plants(planted, *SKU_TWINS)
    }
    assert groups(planted, lambda p: bare(p.ean)) == {
        plant.products for plant in plants(planted, PlantKind.EAN_SHARED)
    }


def test_what_is_no_barcode_is_planted(planted: GomagShop) -> None:
    def is_good(ean: str) -> bool:
        zeros = ean.isdigit() and ean.strip("0") == ""
        return ean.isdigit() and not zeros and check_digit(ean[:-1]) == ean[-1]

    odd = {p.id for p in products(planted) if p.ean and not is_good(p.ean)}
    kinds = (PlantKind.EAN_PLACEHOLDER, PlantKind.EAN_JUNK)
    assert odd == {plant.products[0] for plant in plants(planted, *kinds)}
    placeholders = plants(planted, PlantKind.SKU_PLACEHOLDER)
    assert [plant.detail for plant in placeholders] == ["0", "-", "", "0000000000000"]


def test_the_known_goods_answer_to_the_codes_they_were_planted_for(planted: GomagShop) -> None:
    known = planted.truth.planted().known
    assert len({goods.code for goods in known}) == len(known) == 20
    shop = planted.state.catalogue.products

    def owners(plant: Plant) -> tuple[set[str], set[str]]:
        product = shop[plant.products[0]]
        ean = product.ean.rjust(13, "0") if product.ean else "none"
        by_sku = {goods.name for goods in known if goods.code == product.sku}
        return by_sku, {goods.name for goods in known if goods.ean == ean}

    for plant in plants(planted, PlantKind.CONFLICT):
        by_sku, by_ean = owners(plant)
        assert (len(by_sku), len(by_ean), by_sku & by_ean) == (1, 1, set())
    for plant in plants(planted, PlantKind.KNOWN_BY_BOTH):
        by_sku, by_ean = owners(plant)
        assert by_sku == by_ean != set()
    for plant in plants(planted, PlantKind.KNOWN_BY_SKU):
        assert [len(found) for found in owners(plant)] == [1, 0]
    by_ean_alone = (PlantKind.KNOWN_BY_EAN, PlantKind.UPC, PlantKind.UPC_LOST_ZERO)
    for plant in plants(planted, *by_ean_alone):
        assert [len(found) for found in owners(plant)] == [0, 1]
    lengths = {
        kind: {len(plant.detail) for plant in plants(planted, kind)} for kind in by_ean_alone
    }
    assert lengths == dict(zip(by_ean_alone, ({13}, {12}, {11}), strict=True))


def test_only_the_planted_bundles_are_bundles(planted: GomagShop) -> None:
    kinds = (PlantKind.BUNDLE, PlantKind.BUNDLE_UNKNOWN_PART)
    noted = {plant.products[0] for plant in plants(planted, *kinds)}
    assert {p.id for p in products(planted) if p.bundle} == noted
    skus = {p.sku for p in products(planted)}
    lacking = {p.id for p in products(planted) if {sku for sku, _ in p.bundle} - skus}
    assert lacking == {plant.products[0] for plant in plants(planted, kinds[1])}


def test_reads_show_the_odd_pictures(planted: GomagShop) -> None:
    caller = Caller(planted, Clock(1_772_438_400_000))
    for kind in (k for k in PlantKind if k.value.startswith("picture_")):
        for plant in plants(planted, kind):
            (row,) = caller.get("product/read", id=plant.products[0])["products"].values()
            named = [url for url in row["images"] if plant.detail in url]
            assert len(named) == (2 if kind is PlantKind.PICTURE_REPEATED else 1)
            is_foreign = kind in (PlantKind.PICTURE_PRIVATE, PlantKind.PICTURE_FILE)
            assert (named[0] == plant.detail) is is_foreign


def test_a_small_shop_has_no_room_for_it(clock: Clock) -> None:
    planted = build_shop(1, 299, now_ms=clock, orders=0, planted=True).truth.planted()
    assert (planted.plants, planted.known) == ((), ())


# --- what the odd pictures answer ------------------------------------------------------------


def answered(shop: GomagShop, odd: OddPicture) -> SimResponse:
    return shop.handle(SimRequest("GET", f"/images/product/original/{odd}-12.png"))


@pytest.mark.parametrize(
    ("odd", "status", "kind", "size", "location"),
    [
        (OddPicture.MISSING, 404, "text/html", None, None),
        (OddPicture.EMPTY, 200, "image/png", 0, None),
        (OddPicture.WEB_PAGE, 200, "image/jpeg", None, None),
        (OddPicture.CUT, 200, "image/png", None, None),
        (OddPicture.TOO_LARGE, 200, "image/png", LARGE_BYTES, None),
        (OddPicture.TO_LOOPBACK, 302, "text/html", None, "http://127.0.0.1:9/secret.png"),
        (OddPicture.TO_PRIVATE, 302, "text/html", None, "http://169.254.169.254/"),
        (OddPicture.TO_ITSELF, 302, "text/html", None, "/images/product/original/spre-sine-12.png"),
    ],
)
def test_odd_pictures(
    shop: GomagShop, odd: OddPicture, status: int, kind: str, size: int | None, location: str | None
) -> None:
    response = answered(shop, odd)
    headers = dict(response.headers)
    assert (response.status, headers["Content-Type"].split(";")[0]) == (status, kind)
    assert size is None or len(response.body) == size
    assert headers.get("Location", "").startswith(location or "")
    assert ("Location" in headers) is (location is not None)
    looks_like_a_picture = odd in (OddPicture.CUT, OddPicture.TOO_LARGE)
    assert response.body.startswith(b"\x89PNG") is looks_like_a_picture


def test_a_stalled_picture_gets_no_answer(shop: GomagShop) -> None:
    assert answered(shop, OddPicture.STALLS).fate.kind is FateKind.HANG


@pytest.fixture
async def running() -> AsyncIterator[RunningSimulator]:
    simulator = await start_gomag_simulator(
        now_ms=lambda: time.time_ns() // 1_000_000, products=300, orders=0, planted=True
    )
    yield simulator
    await simulator.stop()


async def test_odd_pictures_over_a_socket(running: RunningSimulator) -> None:
    def address(odd: OddPicture) -> str:
        return f"{running.url}/images/product/original/{odd}-1.png"

    async with aiohttp.ClientSession() as http:
        async with http.get(address(OddPicture.TOO_LARGE)) as answer:
            assert answer.content_length == LARGE_BYTES
            assert "Content-Encoding" not in answer.headers
        with pytest.raises(aiohttp.TooManyRedirects):
            await http.get(address(OddPicture.TO_ITSELF))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await http.get(address(OddPicture.STALLS))


async def test_the_control_address_tells_what_was_planted(running: RunningSimulator) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{running.url}/control/planted") as answer:
            told = json.loads(await answer.read())
        async with http.get(f"{running.url}/control/truth") as answer:
            truth = json.loads(await answer.read())
    assert truth["planted"] == told
    planted = running.engine.truth.planted()
    assert len(told["plants"]) == len(planted.plants)
    assert told["known"][0] == {"code": planted.known[0].code, "ean": "", "name": "Din depozit 1"}
