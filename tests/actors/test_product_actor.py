import asyncio
import sqlite3
from typing import Any

import msgspec
import pytest

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.marked import IdempotencyKeyReusedError
from magazie.actors.news import LinkNews, RecordNews, StockNews
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_messages import (
    AddCode,
    CodeNotFoundError,
    CodeTakenError,
    CreateProduct,
    Link,
    LinkTakenError,
    MarkGone,
    NewLink,
    ProductNotFoundError,
    RemoveCode,
    SetPrice,
    SetSync,
    Unlink,
    UpdateProduct,
    VersionConflictError,
)
from magazie.model.ids import encode_id
from magazie.storage import products
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer
from magazie.storage.products import (
    AdditionalCode,
    LinkState,
    Product,
    ProductDraft,
    ProductLink,
    SyncSwitches,
)
from tests.actors.house import House

ITEM = NewLink("magazin", "501", "CAN-330")


async def stored(house: House, product_id: int) -> Product | None:
    return await house.storage.read(lambda c: products.load(c, product_id))


async def everything(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every byte of the nomenclature beside the links."""
    tables = ("products", "product_codes", "product_keys", "prices", "sync_switches")
    return {table: await house.rows(f"SELECT * FROM {table}") for table in tables}


def shown(nomenclature: Nomenclature, product: Product) -> tuple[object, ...]:
    """All that the look-up says of a product."""
    texts = (product.code, product.ean, *(further.code for further in product.codes))
    links = [nomenclature.by_link(link.shop, link.external_id) for link in product.links]
    found = [nomenclature.by_code(text) for text in texts]
    return nomenclature.exists(product.id), found, links, nomenclature.links_of(product.id)


# --- making ----------------------------------------------------------------------------


async def test_a_product_is_made_whole_with_its_link_in_one_unit(house: House) -> None:
    made = await house.create(
        "CAN-330",
        ITEM,
        ean="2000000001012",
        codes=(AdditionalCode("BAX"),),
        prices={"principal": 499_000},
        sync={"outlet": SyncSwitches(stock=False)},
        vat_rate_e2=2100,
    )

    assert await stored(house, made.id) == made
    assert made.links == (ProductLink("magazin", "501", "CAN-330", LinkState.LINKED, 1),)
    assert made.version == 1
    assert shown(house.nomenclature, made) == (True, [(made.id,)] * 3, [made.id], ("magazin",))
    assert house.news == [
        RecordNews("product", encode_id(made.id), 1),
        LinkNews("magazin", "501", "CAN-330", made.id),
        StockNews(made.id),
    ]


@pytest.mark.parametrize("code", ["CAN-330 ", "can-330", "CAN\u00a0-330", "ＣＡＮ-330"])
async def test_a_code_that_reads_the_same_is_refused(house: House, code: str) -> None:
    first = await house.create("CAN-330")
    with pytest.raises(CodeTakenError) as caught:
        await house.create(code)
    assert caught.value.product_id == first.id
    assert len(house.nomenclature) == 1


async def test_two_who_make_one_code_at_once_make_one_product(house: House) -> None:
    made = await asyncio.gather(
        *(house.create("CAN-330") for _ in range(8)), return_exceptions=True
    )
    products_made = [it for it in made if isinstance(it, Product)]
    refusals = [it for it in made if isinstance(it, CodeTakenError)]

    assert (len(products_made), len(refusals)) == (1, 7)
    assert {it.product_id for it in refusals} == {products_made[0].id}


async def test_an_item_tied_elsewhere_leaves_no_product_behind(house: House) -> None:
    first = await house.create("CAN-330", ITEM)
    with pytest.raises(LinkTakenError) as caught:
        await house.create("CEAI-20", NewLink("magazin", "501", "CEAI-20"))
    assert caught.value.product_id == first.id
    assert await house.rows("SELECT code FROM products") == [("CAN-330",)]
    assert house.nomenclature.by_code("CEAI-20") == ()
    assert house.nomenclature.by_link("magazin", "501") == first.id


async def test_all_faults_of_a_draft_are_named(house: House) -> None:
    with pytest.raises(FieldsRefusedError) as caught:
        await house.create(
            "-",
            NewLink("none", "", "x"),
            name=" ",
            vat_rate_e2=10_001,
            weight_milli=-1,
            codes=(AdditionalCode("A", pieces_milli=0), AdditionalCode("a ")),
            prices={"none": 1, "principal": -1},
            sync={"none": SyncSwitches()},
        )
    assert [fault.field for fault in caught.value.faults] == [
        "code",
        "name",
        "vat_rate",
        "weight",
        "additional_codes[0].pieces",
        "additional_codes[0].code",
        "additional_codes[1].code",
        "prices.none",
        "prices.principal",
        "sync.none",
        "shop",
        "external_id",
    ]
    with pytest.raises(FieldsRefusedError, match="category_id"):
        await house.create("A", category_id=99)
    with pytest.raises(FieldsRefusedError, match="given twice"):
        await house.create("A", ITEM, ITEM)
    assert await house.rows("SELECT * FROM products") == []


# --- changing --------------------------------------------------------------------------


async def test_only_what_is_named_changes(house: House) -> None:
    made = await house.create("CAN-330", brand="Lut", vat_rate_e2=2100)
    house.clock.ms += 5
    house.news.clear()
    changed = await house.product(made.id, UpdateProduct(expected_version=1, name="Ceașcă"))
    cleared = await house.product(made.id, UpdateProduct(vat_rate_e2=None))

    assert (changed.name, changed.brand, changed.vat_rate_e2) == ("Ceașcă", "Lut", 2100)
    assert (changed.version, changed.changed_ms - made.changed_ms) == (2, 5)
    assert (cleared.vat_rate_e2, cleared.version) == (None, 3)
    assert await stored(house, made.id) == cleared
    assert house.news == [RecordNews("product", encode_id(made.id), v) for v in (2, 3)]
    assert await house.product(made.id, UpdateProduct(name="Ceașcă")) == cleared


async def test_a_version_read_before_a_change_is_refused(house: House) -> None:
    made = await house.create("CAN-330")
    await house.product(made.id, UpdateProduct(name="B"))
    for message in (
        UpdateProduct(expected_version=1, name="C"),
        SetPrice(warehouse="principal", price_e4=1, expected_version=1),
        SetSync(shop="magazin", stock=False, expected_version=1),
    ):
        with pytest.raises(VersionConflictError) as caught:
            await house.product(made.id, message)
        assert caught.value.version == 2


async def test_a_new_code_is_found_and_the_old_one_is_not(house: House) -> None:
    made = await house.create("CAN-330", ean="2000000001012")
    other = await house.create("CEAI-20", ean="2000000001012")
    assert house.nomenclature.by_code("2000000001012") == (made.id, other.id)

    await house.product(made.id, UpdateProduct(code="CAN-331", ean=""))
    assert house.nomenclature.by_code("can-330") == ()
    assert house.nomenclature.by_code("CAN 331".replace(" ", "-")) == (made.id,)
    assert house.nomenclature.by_code("2000000001012") == (other.id,)
    assert house.nomenclature.named_by("c:can-331") == (made.id,)
    assert house.nomenclature.named_by("g:02000000001012") == (other.id,)
    with pytest.raises(CodeTakenError) as caught:
        await house.product(made.id, UpdateProduct(code="ceai-20"))
    assert caught.value.product_id == other.id
    assert (await stored(house, made.id)).code == "CAN-331"  # type: ignore[union-attr] # it is there


@pytest.mark.parametrize(
    "scanned", ["0012345678905", "012345678905", "12345678905", "00012345678905"]
)
async def test_a_gtin_is_one_number_in_every_length(house: House, scanned: str) -> None:
    made = await house.create("CAN-330", ean="0012345678905")
    assert house.nomenclature.by_code(scanned) == (made.id,)


async def test_further_codes_come_and_go(house: House) -> None:
    made = await house.create("CAN-330")
    await house.product(made.id, AddCode(code=AdditionalCode("BAX-6", pieces_milli=6000)))
    added = await house.product(made.id, AddCode(code=AdditionalCode("ALT")))
    assert [it.code for it in added.codes] == ["ALT", "BAX-6"]
    assert house.nomenclature.by_code("bax-6") == (made.id,)
    assert await stored(house, made.id) == added
    with pytest.raises(FieldsRefusedError, match="given twice"):
        await house.product(made.id, AddCode(code=AdditionalCode("bax-6")))

    removed = await house.product(made.id, RemoveCode(code="Bax-6"))
    assert [it.code for it in removed.codes] == ["ALT"]
    assert house.nomenclature.by_code("BAX-6") == ()
    with pytest.raises(CodeNotFoundError):
        await house.product(made.id, RemoveCode(code="BAX-6"))


async def test_a_price_is_set_and_told(house: House) -> None:
    made = await house.create("CAN-330", ITEM)
    house.news.clear()
    priced = await house.product(made.id, SetPrice(warehouse="principal", price_e4=499_000))

    assert (dict(priced.prices), priced.version) == ({"principal": 499_000}, 2)
    assert priced.links == made.links
    assert house.heard(StockNews) == [StockNews(made.id)]
    same = await house.product(made.id, SetPrice(warehouse="principal", price_e4=499_000))
    assert same == priced
    assert house.news == []
    for warehouse, price in (("none", 1), ("principal", -1), ("principal", 10**11 + 1)):
        with pytest.raises(FieldsRefusedError, match=f"prices.{warehouse}"):
            await house.product(made.id, SetPrice(warehouse=warehouse, price_e4=price))


async def test_a_switch_raises_the_generation_in_its_shop_alone(house: House) -> None:
    made = await house.create("CAN-330", ITEM, NewLink("outlet", "9", "X"))
    off = await house.product(made.id, SetSync(shop="magazin", stock=False))
    assert off.sync == {"magazin": SyncSwitches(stock=False, price=True)}
    assert [(link.shop, link.generation) for link in off.links] == [("magazin", 2), ("outlet", 1)]
    assert await stored(house, made.id) == off

    house.news.clear()
    same = await house.product(made.id, SetSync(shop="magazin", stock=False, price=True))
    assert (same, house.news) == (off, [])
    on = await house.product(made.id, SetSync(shop="magazin", stock=True))
    assert [link.generation for link in on.links] == [3, 1]
    assert house.heard(StockNews) == [StockNews(made.id)]
    with pytest.raises(FieldsRefusedError, match=r"sync\.none"):
        await house.product(made.id, SetSync(shop="none", stock=True, price=False))


# --- restarts and faults ---------------------------------------------------------------


async def test_a_restart_finds_everything_again(house: House) -> None:
    one = await house.create("CAN-330", ITEM, NewLink("outlet", "9", "X"), ean="2000000001012")
    two = await house.create("CEAI-20", ean="2000000001012", codes=(AdditionalCode("CAN-330"),))
    three = await house.create("SET-02", NewLink("outlet", "10", "SET-02"))
    await house.product(three.id, MarkGone(shop="outlet", external_id="10"))
    before = [shown(house.nomenclature, product) for product in (one, two, three)]
    assert before[1] == (True, [(two.id,), (one.id, two.id), (one.id, two.id)], [], ())
    house.restart()
    await house.seed()

    assert [shown(house.nomenclature, product) for product in (one, two, three)] == before
    assert len(house.nomenclature) == 3
    changed = await house.product(one.id, UpdateProduct(expected_version=1, name="B"))
    assert changed.links == one.links


async def test_what_is_not_there_is_refused(house: House) -> None:
    for message in (
        UpdateProduct(name="B"),
        AddCode(code=AdditionalCode("A")),
        SetPrice(warehouse="principal", price_e4=1),
        Link(link=ITEM),
        Unlink(shop="magazin", external_id="501"),
    ):
        with pytest.raises(ProductNotFoundError):
            await house.product(77, message)


async def test_a_write_behind_its_back_is_noticed_and_the_actor_reloads(house: House) -> None:
    made = await house.create("CAN-330")

    def behind_its_back(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE products SET name = 'Z', brand = '', revision = 5, version = 5")

    for message in (UpdateProduct(name="B"), Link(link=ITEM)):
        await house.write(behind_its_back)
        with pytest.raises(Exception, match="at revision"):
            await house.product(made.id, message)
        reloaded = await house.product(made.id, UpdateProduct(brand="Lut"))
        assert (reloaded.name, reloaded.version) == ("Z", 6)
        assert reloaded.links == ()
    assert house.nomenclature.by_link("magazin", "501") is None


# --- repeated requests -----------------------------------------------------------------


def marked(key: str, body: bytes = b"1") -> IdempotencyMark:
    return IdempotencyMark("erp", "POST", "/api/v1/products", key, body)


def encode(product: Product) -> StoredAnswer:
    return StoredAnswer(201, msgspec.json.encode([product.id, product.version]))


def creation(mark: IdempotencyMark, code: str = "CAN-330") -> CreateProduct:
    return CreateProduct(draft=ProductDraft(code=code, name="Cană"), mark=mark, encode=encode)


async def test_a_repeated_request_gets_the_first_answer_and_makes_nothing(house: House) -> None:
    made = await house.product(house.ids.next_id(), creation(marked("k1")))
    again = await house.product(house.ids.next_id(), creation(marked("k1")))

    assert again == encode(made)
    assert await house.rows("SELECT count(*) FROM products") == [(1,)]
    with pytest.raises(IdempotencyKeyReusedError):
        await house.product(house.ids.next_id(), creation(marked("k1", b"2"), "B"))
    with pytest.raises(CodeTakenError):
        await house.product(house.ids.next_id(), creation(marked("k2")))
    assert await house.rows("SELECT key FROM idempotency") == [("k1",)]


async def test_a_request_repeated_at_once_makes_one_product(house: House) -> None:
    """Without a code in common, only the kept answer stands between the two."""
    first, second = house.ids.next_id(), house.ids.next_id()
    answers = await asyncio.gather(
        house.product(first, creation(marked("k1"), "A")),
        house.product(second, creation(marked("k1"), "B")),
    )
    (made,) = [it for it in answers if isinstance(it, Product)]
    (repeat,) = [it for it in answers if isinstance(it, StoredAnswer)]

    assert repeat == encode(made)
    assert await house.rows("SELECT id FROM products") == [(made.id,)]
    assert len(house.nomenclature) == 1


async def test_a_repeated_change_is_answered_even_when_the_version_moved(house: House) -> None:
    made = await house.create("CAN-330")
    change = UpdateProduct(expected_version=1, name="B", mark=marked("k1"), encode=encode)
    changed = await house.product(made.id, change)
    nothing = UpdateProduct(expected_version=2, name="B", mark=marked("k2"), encode=encode)
    same = await house.product(made.id, nothing)
    await house.product(made.id, UpdateProduct(name="C"))

    assert await house.product(made.id, change) == encode(changed)
    assert await house.product(made.id, nothing) == encode(same)
    link = Link(link=ITEM, mark=marked("k3"), encode=encode)
    linked = await house.product(made.id, link)
    assert await house.product(made.id, link) == encode(linked)


async def test_nothing_in_a_description_runs_whoever_wrote_it(house: House) -> None:
    typed = "<p onclick='x()'>Bun</p><script>x</script>"
    made = await house.create("X-1", description=typed)
    assert made.description == "<p>Bun</p>"
    changed = await house.product(made.id, UpdateProduct(description="<img src=x onerror=y>Nou"))
    assert changed.description == "Nou"
    again = await house.product(made.id, UpdateProduct(description="<script>y</script>Nou"))
    assert again == changed
