"""Cases from the field, D: import of a catalogue without duplicates."""

import asyncio
import json
from typing import Any

import pytest

from magazie.actors.listing_messages import DecisionAction
from magazie.gomag.wire_products import decode_product
from magazie.model.bundles import BundlePart
from magazie.model.item_problems import ItemProblem
from magazie.model.matching import MatchReason
from magazie.ports import ShopProduct
from tests.cases.catalogue_room import (
    decide,
    imported,
    make,
    nomenclature,
    product,
    product_of,
    row,
    sell,
    would_be,
)
from tests.rules.storeroom import Storeroom, in_storeroom

EAN = "5941234567899"
SPELLINGS = ["CAN-330 ", "can-330", "CAN\u00a0-330", "ＣＡＮ-330"]


@pytest.mark.parametrize("sku", SPELLINGS)
@in_storeroom({}, linked=False)
async def test_d1_spaces_and_case_tell_no_codes_apart(room: Storeroom, sku: str) -> None:
    ours = await make(room, "CAN-330")
    item = sell(room, sku)
    result = await imported(room)
    assert (result.linked, result.created, result.left) == (1, 0, 0)
    linked = await product(room, ours)
    assert (linked.code, linked.links[0].sku) == ("CAN-330", sku), "each text is kept as it is"
    assert (await row(room, item)).product_id == ours


@in_storeroom({}, linked=False)
async def test_d1_several_items_for_one_product_are_a_persons(room: Storeroom) -> None:
    ours = await make(room, "CAN-330")
    items = [sell(room, sku) for sku in SPELLINGS]
    result = await imported(room)
    assert (result.linked, result.created, result.left) == (0, 0, 4)
    assert {line.reason for line in result.rows} == {MatchReason.SEVERAL_ITEMS}
    assert await room.alerts("import_conflict") == sorted(f"magazin/{item}" for item in items)
    await decide(room, items[0], DecisionAction.LINK, ours)
    result = await imported(room)
    assert (result.kept, result.linked, result.left) == (1, 0, 3)
    assert {line.reason for line in result.rows} == {MatchReason.PRODUCT_TAKEN}
    await decide(room, items[1], DecisionAction.LINK, ours)
    await decide(room, items[2], DecisionAction.CREATE)
    await decide(room, items[3], DecisionAction.IGNORE)
    result = await imported(room)
    assert (result.kept, result.created, result.ignored, result.left) == (2, 1, 1, 0)
    assert await room.alerts("import_conflict") == []
    third = await product_of(room, items[2])
    assert third.id != ours
    assert (third.code, third.links[0].sku) == (f"MAGAZIN-{items[2]}", SPELLINGS[2])


@in_storeroom({}, linked=False)
async def test_signs_that_no_label_prints_stay_in_the_shop(room: Storeroom) -> None:
    item = sell(room, "P\x1d1", "", 5, name="Cană\x00 roșie\x0b")
    await imported(room)
    made = await product_of(room, item)
    assert (made.code, made.name) == ("P1", "Cană roșie")
    assert made.links[0].sku == "P\x1d1", "the shop is told of it as it calls it"
    assert (await imported(room)).kept == 1


@in_storeroom({}, linked=False)
async def test_d2_an_empty_code_matches_nothing(room: Storeroom) -> None:
    pairs = [("", ""), ("0", "-"), ("-", "0000000000000")]
    items = [sell(room, sku, ean, 5, name=f"Produs {sku}|{ean}") for sku, ean in pairs]
    result = await imported(room)
    assert (result.created, result.left) == (3, 0)
    made = [await product_of(room, item) for item in items]
    assert len({each.id for each in made}) == 3
    assert [each.code for each in made] == [f"MAGAZIN-{item}" for item in items]
    assert [each.links[0].sku for each in made] == [sku for sku, _ in pairs]
    assert await room.alerts("sku_twice") == []
    assert await imported(room) == type(result)(kept=3)
    nameless = sell(room, "-", "", name=" ")
    result = await imported(room)
    assert [line.reason for line in result.rows] == [MatchReason.NAMELESS]
    assert (await row(room, nameless)).state == "conflict"


@in_storeroom({}, linked=False)
async def test_d3_two_candidates_are_a_persons_and_the_choice_sticks(room: Storeroom) -> None:
    first = await make(room, "X", EAN)
    second = await make(room, "Y", "", EAN)
    item = sell(room, "P1", EAN)
    before = await nomenclature(room)
    result = await imported(room)
    assert (result.linked, result.created, result.left) == (0, 0, 1)
    assert result.rows[0].reason is MatchReason.SEVERAL_PRODUCTS
    assert await room.alerts("import_conflict") == [f"magazin/{item}"]
    assert await nomenclature(room) == before
    await decide(room, item, DecisionAction.LINK, second)
    assert await room.alerts("import_conflict") == []
    for _ in range(2):
        await room.crash_and_restart()
        result = await imported(room)
        assert (result.kept, result.left) == (1, 0)
    found = await row(room, item)
    assert (found.product_id, found.decision, found.decided_by) == (second, "link", "ana")
    assert (await product(room, first)).links == ()


@in_storeroom({}, linked=False)
async def test_d3_an_sku_of_one_and_an_ean_of_another_is_a_persons(room: Storeroom) -> None:
    await make(room, "P1")
    await make(room, "Y", EAN)
    sell(room, "p1", EAN)
    result = await imported(room)
    assert [line.reason for line in result.rows] == [MatchReason.CODES_DISAGREE]


@in_storeroom({}, linked=False)
async def test_d5_a_link_overwrites_nothing(room: Storeroom) -> None:
    ours = await make(room, "P1", EAN)
    item = sell(room, "P1", EAN, 9, name="Alt nume în magazin")
    before = await nomenclature(room)
    for _ in range(2):
        await imported(room)
    assert await nomenclature(room) == before
    assert (await row(room, item)).product_id == ours
    assert room.peek("SELECT count(*) FROM links") == 1
    assert room.peek("SELECT count(*) FROM ledger") == 0, "no stock is opened for what is linked"


@pytest.mark.parametrize("told", ["012345678905", "12345678905", "0012345678905", "00012345678905"])
@in_storeroom({}, linked=False)
async def test_d6_leading_zeros_tell_no_numbers_apart(room: Storeroom, told: str) -> None:
    ours = await make(room, "0012345678905")
    item = sell(room, "ALTFEL", told)
    await imported(room)
    assert (await row(room, item)).product_id == ours
    assert (await product(room, ours)).code == "0012345678905", "the shown code is unchanged"


@in_storeroom({}, linked=False)
async def test_d6_a_wrong_check_digit_is_another_number(room: Storeroom) -> None:
    await make(room, "0012345678905")
    sell(room, "ALTFEL", "12345678906")
    assert (await imported(room)).created == 1


# --- D8: the same item however its numbers and empties are typed ------------------------------


def told(**changes: Any) -> ShopProduct:
    """The item as read off the wire; its raw bytes do not count."""
    plain = {
        "id": "7",
        "sku": "P7",
        "ean": "12345678905",
        "name": "Cană",
        "stock": "3",
        "base_price": "12.5",
        "price": "12.5",
        "vat": "21",
        "vat_included": "1",
        "currency": "RON",
        "attributes": [],
        "stockManagement": "1",
    }
    decoded = decode_product(json.dumps({**plain, **changes}).encode(), "7")
    assert isinstance(decoded, ShopProduct)
    return decoded


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("stock", ["3", "3.00", 3, 3.0], 3000),
        ("stock", [None, ""], None),
        ("base_price", ["12,50", "12.5", 12.5, "12.5000"], 125_000),
        ("base_price", ["1.234,56", "1,234.56", 1234.56], 12_345_600),
    ],
)
def test_d8_odd_types_read_to_the_same_item(
    field: str, values: list[object], expected: int | None
) -> None:
    shown = [told(**{field: value}) for value in values]
    attribute = {"stock": "stock_milli", "base_price": "base_price_e4"}[field]
    assert {getattr(each, attribute) for each in shown} == {expected}
    assert all(each.problems == () for each in shown)


@pytest.mark.parametrize(
    ("field", "value"), [("stock", True), ("base_price", "1.234"), ("base_price", "NaN")]
)
def test_d8_what_is_doubtful_is_refused_and_told(field: str, value: object) -> None:
    shown = told(**{field: value})
    attribute = {"stock": "stock_milli", "base_price": "base_price_e4"}[field]
    assert getattr(shown, attribute) is None
    (problem,) = shown.problems
    assert isinstance(problem, ItemProblem)
    assert problem.values["field"] == field


def test_d8_empty_lists_and_maps_are_the_same_nothing() -> None:
    assert told(attributes=[]).attributes == told(attributes={}).attributes == ()
    one = {"id": "12", "name": "Culoare", "value": ["roșu"]}
    assert told(attributes={"12": one}).attributes == told(attributes=[one]).attributes
    assert told(ean=12345678905).ean == "12345678905"


@in_storeroom({}, linked=False)
async def test_d14_versions_are_products_of_one_family(room: Storeroom) -> None:
    catalogue = room.shop.engine.state.catalogue
    versions = [sell(room, f"TRICOU-{size}", pieces=4) for size in ("M", "L")]
    for item in versions:
        catalogue.products[int(item)].group_key = "TRICOU"
        catalogue.products[int(item)].parent = int(versions[0])
    stray = sell(room, "tricou")
    result = await imported(room)
    assert (result.created, result.left) == (2, 1)
    assert [line.reason for line in result.rows if line.external_id == stray] == [
        MatchReason.FAMILY_CODE
    ]
    assert await room.alerts("import_conflict") == [f"magazin/{stray}"]
    made = [await product_of(room, item) for item in versions]
    assert [(each.code, each.family) for each in made] == [
        ("TRICOU-M", "TRICOU"),
        ("TRICOU-L", "TRICOU"),
    ]
    assert room.peek("SELECT count(*) FROM products") == 2


@in_storeroom({}, linked=False)
async def test_d14_without_a_code_of_the_family_the_main_version_names_it(
    room: Storeroom,
) -> None:
    catalogue = room.shop.engine.state.catalogue
    main, other = sell(room, "ROCHIE"), sell(room, "ROCHIE-L")
    catalogue.products[int(other)].parent = int(main)
    alone = sell(room, "SAPCA")
    await imported(room)
    assert (await product_of(room, other)).family == "ROCHIE"
    assert (await product_of(room, main)).family == "ROCHIE"
    assert (await product_of(room, alone)).family == ""


# --- the whole of it ---------------------------------------------------------------------


@in_storeroom({}, linked=False)
async def test_a_product_is_created_whole(room: Storeroom) -> None:
    item = sell(room, "CAN-1", EAN, 6, name="Cană albă")
    catalogue = room.shop.engine.state.catalogue
    shown = catalogue.products[int(item)]
    shown.description = "<p onclick='x()'>Bun<script>alert(1)</script> <b>tare</b></p>"
    shown.brand, shown.weight_milli, shown.vat_e2 = "Argeș", 350, 1100
    shown.images = ["cana-1.png", "cana-1.png", "cana-2.png"]
    leaf = catalogue.category_at(("Bucătărie", "Căni"), reuse=True)
    shown.categories = {1: leaf}
    twin = sell(room, "CAN-2", pieces=1)
    catalogue.products[int(twin)].categories = {0: leaf}
    result = await imported(room)
    assert result.created == 2
    made = await product_of(room, item)
    assert (made.code, made.ean, made.name, made.brand) == ("CAN-1", EAN, "Cană albă", "Argeș")
    assert made.description == "<p>Bun <b>tare</b></p>"
    assert (made.weight_milli, made.vat_rate_e2, made.prices) == (350, 1100, {"principal": 100_000})
    assert len(made.images) == 2
    assert all(".png" in image.url for image in made.images)
    names = await room.look(
        lambda c: c.execute(
            "SELECT p.name, c.name, c.id FROM categories AS c JOIN categories AS p"
            " ON p.id = c.parent_id"
        ).fetchall()
    )
    assert names == [("Bucătărie", "Căni", made.category_id)]
    assert (await product_of(room, twin)).category_id == made.category_id
    room.know_imported()
    assert await room.on_hand("CAN-1") == 6


@in_storeroom({"P1": 10, "P2": 10}, linked=False)
async def test_a_bundle_is_created_of_its_parts(room: Storeroom) -> None:
    item = sell(room, "SET", pieces=4)
    room.shop.engine.state.catalogue.products[int(item)].bundle = [("P1", 2_000), ("P2", 1_000)]
    assert (await imported(room)).created == 3
    room.know_imported()
    ids = room.product_ids
    made = await product_of(room, item)
    assert made.bundle == tuple(
        sorted(
            (BundlePart(ids["P1"], 2_000), BundlePart(ids["P2"], 1_000)),
            key=lambda part: part.product_id,
        )
    )
    assert room.peek("SELECT count(*) FROM ledger") == 2, "a bundle has no stock of its own"
    assert (await imported(room)).kept == 3


@in_storeroom({}, linked=False)
async def test_a_dry_run_says_what_the_import_then_does(room: Storeroom) -> None:
    await make(room, "P1", EAN)
    await make(room, "P2")
    for sku, ean in (("p1", ""), ("P2", EAN), ("NOU", ""), ("DUBLU", ""), ("dublu ", "")):
        sell(room, sku, ean)
    before = await nomenclature(room)
    foreseen = await would_be(room)
    assert await nomenclature(room) == before
    assert room.peek("SELECT count(*) FROM links") == 0
    assert foreseen.dry_run
    done = await imported(room)
    assert [(it.external_id, it.action, it.reason) for it in foreseen.rows] == [
        (it.external_id, it.action, it.reason) for it in done.rows
    ]
    assert (foreseen.linked, foreseen.created, foreseen.left) == (1, 1, 3)
    assert room.peek("SELECT count(*) FROM import_plan WHERE action = 'ask'") == 3


@pytest.mark.parametrize(
    "point",
    [
        "SELECT count(*) = 0 FROM import_plan",
        "SELECT count(*) > 0 FROM listing WHERE state = 'creating'",
        "SELECT count(*) > 0 FROM listing WHERE state = 'linked'",
        "SELECT count(*) > 1 FROM listing WHERE state = 'conflict'",
        "SELECT count(*) > 5 FROM links",
        "SELECT count(*) > 2 FROM ledger",
        "SELECT count(*) > 0 FROM import_plan WHERE action = 'create' AND product_id > 0",
    ],
)
@in_storeroom({}, linked=False)
async def test_an_import_cut_off_ends_as_if_it_had_not_been(room: Storeroom, point: str) -> None:
    await make(room, "P1", EAN)
    await make(room, "P2", "2000000001012")
    for sku, ean in (
        *(("p1 ", ""), ("P1", EAN), ("ALT", "2000000001012"), ("", ""), ("0", "-")),
        *((f"NOU-{number}", "") for number in range(8)),
        *(("DUBLU", "5940000000011"), ("ALT DUBLU", "5940000000011")),
    ):
        sell(room, sku, ean, 3, name=f"Produs {sku}")
    foreseen = {it.external_id: it.action for it in (await would_be(room)).rows}
    importing = asyncio.ensure_future(room.import_items())
    while not room.peek(point):
        await asyncio.sleep(0.0005)
    await room.crash_and_restart()
    assert importing.cancelled()
    await room.until(lambda: room.peek("SELECT count(*) FROM jobs WHERE state = 'done'") == 2)
    stored = await room.look(
        lambda c: c.execute("SELECT external_id, state FROM listing").fetchall()
    )
    became = {"link": "linked", "create": "created", "ask": "conflict"}
    assert dict(stored) == {item: became[action] for item, action in foreseen.items()}
    assert room.peek("SELECT count(*) FROM products") == 2 + 10
    assert room.peek("SELECT count(*) FROM ledger") == 10
    assert len(await room.alerts("import_conflict")) == 4
