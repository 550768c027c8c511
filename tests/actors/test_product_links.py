"""Links of a product: another life than its record's."""

import asyncio
from typing import Any

import pytest

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.news import LinkNews, RecordNews, StockNews
from magazie.actors.product_messages import (
    Link,
    LinkNotFoundError,
    LinkTakenError,
    MarkGone,
    NewLink,
    RenameLink,
    Unlink,
)
from magazie.model.ids import encode_id
from magazie.storage import products
from magazie.storage.products import (
    AdditionalCode,
    LinkState,
    Product,
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


async def test_linking_leaves_every_byte_of_the_record(house: House) -> None:
    made = await house.create(
        "CAN-330",
        ean="2000000001012",
        codes=(AdditionalCode("BAX"),),
        prices={"principal": 499_000},
        sync={"magazin": SyncSwitches(stock=False)},
    )
    before = await everything(house)
    house.clock.ms += 1000
    house.news.clear()
    for message in (
        Link(link=ITEM),
        Link(link=ITEM),
        RenameLink(shop="magazin", external_id="501", sku="CAN-330-N"),
        MarkGone(shop="magazin", external_id="501"),
        Link(link=NewLink("outlet", "9", "X")),
        Unlink(shop="outlet", external_id="9"),
    ):
        linked = await house.product(made.id, message)
        assert await everything(house) == before
        assert linked.version == made.version
        assert await stored(house, made.id) == linked
    assert set(house.heard(RecordNews)) == {RecordNews("product", encode_id(made.id), 1)}


async def test_a_link_is_told_once_and_found(house: House) -> None:
    made = await house.create("CAN-330")
    house.news.clear()
    linked = await house.product(made.id, Link(link=ITEM))
    assert house.news == [
        RecordNews("product", encode_id(made.id), 1),
        LinkNews("magazin", "501", "CAN-330", made.id),
        StockNews(made.id),
    ]
    house.news.clear()
    assert await house.product(made.id, Link(link=ITEM)) == linked
    assert house.news == []
    assert house.nomenclature.by_link("magazin", "501") == made.id
    assert house.nomenclature.by_link("outlet", "501") is None


async def test_a_generation_never_falls(house: House) -> None:
    one, two = await house.create("CAN-330", ITEM), await house.create("CEAI-20")
    renamed = await house.product(one.id, RenameLink(shop="magazin", external_id="501", sku="NOU"))
    assert renamed.links == (ProductLink("magazin", "501", "NOU", LinkState.LINKED, 2),)
    again = await house.product(one.id, Link(link=ITEM))
    assert again.links[0] == ProductLink("magazin", "501", "CAN-330", LinkState.LINKED, 3)

    gone = await house.product(one.id, MarkGone(shop="magazin", external_id="501"))
    assert gone.links[0].state is LinkState.GONE
    assert house.nomenclature.by_link("magazin", "501") == one.id
    back = await house.product(one.id, Link(link=ITEM))
    assert (back.links[0].state, back.links[0].generation) == (LinkState.LINKED, 4)

    with pytest.raises(LinkTakenError) as caught:
        await house.product(two.id, Link(link=ITEM))
    assert caught.value.product_id == one.id
    untied = await house.product(one.id, Unlink(shop="magazin", external_id="501"))
    assert untied.links == ()
    assert house.nomenclature.by_link("magazin", "501") is None
    assert house.nomenclature.links_of(one.id) == ()
    moved = await house.product(two.id, Link(link=ITEM))
    assert moved.links[0].generation == 6
    assert house.nomenclature.by_link("magazin", "501") == two.id
    for message in (
        Unlink(shop="magazin", external_id="501"),
        MarkGone(shop="magazin", external_id="501"),
        RenameLink(shop="magazin", external_id="501", sku="X"),
    ):
        with pytest.raises(LinkNotFoundError):
            await house.product(one.id, message)


async def test_one_item_is_tied_to_one_of_two_products_that_want_it_at_once(house: House) -> None:
    one, two = await house.create("CAN-330"), await house.create("CEAI-20")
    answers = await asyncio.gather(
        house.product(one.id, Link(link=ITEM)),
        house.product(two.id, Link(link=ITEM)),
        return_exceptions=True,
    )
    winners = [it.id for it in answers if isinstance(it, Product)]
    assert len(winners) == 1
    assert house.nomenclature.by_link("magazin", "501") == winners[0]


async def test_link_texts_are_checked(house: House) -> None:
    made = await house.create("CAN-330")
    for link in (
        NewLink("none", "1", "a"),
        NewLink("magazin", "", "a"),
        NewLink("magazin", "1", "a" * 101),
    ):
        with pytest.raises(FieldsRefusedError):
            await house.product(made.id, Link(link=link))
    linked = await house.product(made.id, Link(link=ITEM))
    long = "a" * 101
    with pytest.raises(FieldsRefusedError):
        await house.product(made.id, RenameLink(shop="magazin", external_id="501", sku=long))
    assert linked.links[0].sku == "CAN-330"
