import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.codes import check_digit, match_keys
from magazie.model.tracking import Tracking
from magazie.storage import categories, products
from magazie.storage.categories import Category
from magazie.storage.products import (
    AdditionalCode,
    Attribute,
    CodeKind,
    LinkState,
    Product,
    ProductDraft,
    ProductImage,
    ProductLink,
    SyncSwitches,
)
from magazie.storage.stock import StaleRevisionError
from magazie.storage.storage import Storage
from tests.storage.fresh_books import open_fresh

WHOLE = Product(
    id=5,
    code="CAN-330",
    ean="2000000001012",
    name="Cană",
    description="<p>albă</p>",
    brand="Lut",
    unit="buc",
    vat_rate_e2=2100,
    weight_milli=330,
    location="A-1",
    tracking=Tracking.LOT,
    category_id=7,
    attributes=(Attribute("Culoare", ("alb", "gri")),),
    images=(ProductImage(url="https://x/1.jpg"), ProductImage(media="ab", problem="404")),
    problems=("no price",),
    codes=(AdditionalCode("BAX", CodeKind.PACKAGING, 6000), AdditionalCode("can330")),
    prices={"magazin": 499_000, "principal": 0},
    sync={"magazin": SyncSwitches(stock=False), "outlet": SyncSwitches(price=False)},
    created_ms=1,
    changed_ms=2,
)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    storage = await open_fresh(tmp_path / "books.db")

    def fill(connection: sqlite3.Connection) -> None:
        for code in ("principal", "magazin"):
            connection.execute("INSERT INTO warehouses VALUES (?, ?)", (code, code))
        for shop in ("magazin", "outlet"):
            connection.execute(
                "INSERT INTO shops (name, kind, base_url, shop_url, api_key, orders_from_ms,"
                " flush_seconds, poll_seconds, status_map, created_ms)"
                " VALUES (?, 'gomag', '', '', 'env:K', 0, 60, 60, '{}', 0)",
                (shop,),
            )
        categories.add(connection, Category(7, None, "Căni"))

    await storage.write(fill)
    yield storage
    await storage.close()


async def test_a_product_comes_back_as_it_was_stored(storage: Storage) -> None:
    assert await storage.write(lambda c: products.insert(c, WHOLE))
    assert await storage.read(lambda c: products.load(c, 5)) == WHOLE
    assert await storage.read(lambda c: products.load(c, 6)) is None


async def test_every_changed_part_comes_back(storage: Storage) -> None:
    await storage.write(lambda c: products.insert(c, WHOLE))
    changed = replace(
        WHOLE,
        code="CAN-331",
        ean="",
        name="Cana",
        category_id=None,
        vat_rate_e2=None,
        codes=(AdditionalCode("BAX", CodeKind.PACKAGING, 12_000),),
        prices={"magazin": 1, "principal": 0},
        sync={"magazin": SyncSwitches(), "outlet": SyncSwitches(price=False)},
        version=2,
        revision=2,
        changed_ms=9,
    )
    await storage.write(lambda c: products.update(c, WHOLE, changed))

    assert await storage.read(lambda c: products.load(c, 5)) == changed
    keys = await storage.read(lambda c: c.execute("SELECT key FROM product_keys").fetchall())
    assert {key for (key,) in keys} == changed.keys == {"c:can-331", "c:bax"}
    stamps = dict(
        await storage.read(
            lambda c: c.execute("SELECT warehouse, changed_ms FROM prices").fetchall()
        )
    )
    assert stamps == {"magazin": 9, "principal": 2}


async def test_a_code_that_reads_the_same_is_taken(storage: Storage) -> None:
    await storage.write(lambda c: products.insert(c, WHOLE))
    twin = replace(WHOLE, id=6, code="can\u00a0-330")

    assert not await storage.write(lambda c: products.insert(c, twin))
    assert await storage.read(lambda c: products.code_holder(c, twin.code_key)) == 5
    assert await storage.read(lambda c: products.load(c, 6)) is None


async def test_only_the_present_revision_may_write(storage: Storage) -> None:
    await storage.write(lambda c: products.insert(c, WHOLE))
    with pytest.raises(StaleRevisionError):
        await storage.write(lambda c: products.update(c, WHOLE, replace(WHOLE, revision=3)))
    with pytest.raises(StaleRevisionError):
        await storage.write(lambda c: products.require_revision(c, replace(WHOLE, revision=2)))
    await storage.write(lambda c: products.require_revision(c, WHOLE))


async def test_a_generation_rises_through_every_tie(storage: Storage) -> None:
    await storage.write(lambda c: products.insert(c, WHOLE))
    await storage.write(lambda c: products.insert(c, replace(WHOLE, id=6, code="B", codes=())))

    first = await storage.write(lambda c: products.tie(c, 5, "outlet", "9", "A"))
    assert first == ProductLink("outlet", "9", "A", LinkState.LINKED, 1)
    assert await storage.write(lambda c: products.tie(c, 6, "outlet", "9", "B")) is None
    assert await storage.read(lambda c: products.link_holder(c, "outlet", "9")) == 5

    untied = replace(first, state=LinkState.UNTIED, generation=2)
    await storage.write(lambda c: products.update_link(c, 5, first, untied))
    assert await storage.read(lambda c: products.link_holder(c, "outlet", "9")) is None
    second = await storage.write(lambda c: products.tie(c, 6, "outlet", "9", "B"))
    assert second == ProductLink("outlet", "9", "B", LinkState.LINKED, 3)
    loaded = await storage.read(lambda c: (products.load(c, 5), products.load(c, 6)))
    assert [product.links for product in loaded if product] == [(), (second,)]
    with pytest.raises(StaleRevisionError):
        await storage.write(lambda c: products.update_link(c, 5, untied, first))


texts = st.one_of(
    st.text(max_size=6),
    st.integers(0, 10**12 - 1).map(lambda n: f"{n:012d}" + check_digit(f"{n:012d}")),
    st.integers(0, 10**11 - 1).map(lambda n: f"{n:011d}" + check_digit(f"{n:011d}")),
    st.sampled_from(["", "-", "0", "012345678905", "0012345678905", "12345678905"]),
)


@given(texts, texts, texts, texts)
def test_one_key_a_text_is_enough_to_meet(a: str, b: str, c: str, d: str) -> None:
    one = ProductDraft(code=a, ean=b, name="x", codes=())
    two = ProductDraft(code=c, ean=d, name="x")

    assert bool(one.keys & two.keys) == bool(match_keys(a, b) & match_keys(c, d))
    assert one.keys <= match_keys(a, b)


async def test_categories_are_unique_under_their_parent(storage: Storage) -> None:
    def unit(connection: sqlite3.Connection) -> list[bool]:
        return [
            categories.add(connection, Category(8, None, "Căni")),
            categories.add(connection, Category(9, 7, "Căni")),
            categories.add(connection, Category(10, 7, "Căni")),
        ]

    assert await storage.write(unit) == [False, True, False]
    found = await storage.read(
        lambda c: (
            categories.find(c, None, "Căni"),
            categories.find(c, 7, "Căni"),
            categories.find(c, 9, "Căni"),
        )
    )
    assert found == (Category(7, None, "Căni"), Category(9, 7, "Căni"), None)
    assert await storage.read(categories.load_all) == [found[0], found[1]]
    assert await storage.read(lambda c: categories.exists(c, 9))
    assert not await storage.read(lambda c: categories.exists(c, 10))
