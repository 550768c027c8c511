import json
from typing import Any

import pytest
from gomag_doubles import ODD, fixture, raw
from hypothesis import given
from hypothesis import strategies as st

from magazie.gomag.wire_products import decode_product
from magazie.model.item_problems import ItemProblem
from magazie.ports import ShopProduct

PRODUCTS: dict[str, dict[str, Any]] = json.loads(fixture("product_page_map.json"))["products"]


def product(changes: dict[str, Any] | None = None, *, without: str = "") -> ShopProduct:
    wire = {**PRODUCTS["311"], **(changes or {})}
    wire.pop(without, None)
    decoded = decode_product(raw(wire), "311")
    assert isinstance(decoded, ShopProduct), decoded
    return decoded


def test_a_whole_product() -> None:
    wire = raw(PRODUCTS["311"])
    assert decode_product(wire, "311") == ShopProduct(
        external_id="311",
        sku="CAN-330",
        ean="2000000001012",
        name="Cană emailată 330 ml",
        description="<p>O can&#259; <b>roșie</b> &amp; bun&#259;.</p>\r\n<ul><li>330 ml</li></ul>",
        short_description="",
        brand="Argeș",
        unit="buc",
        url="https://www.exemplu.example/cana-311.html",
        weight_milli=350,
        enabled=True,
        parent_id="311",
        group_key="CANA",
        stock_managed=True,
        backorders=False,
        stock_milli=7000,
        base_price_e4=599_000,
        price_e4=499_000,
        vat_included=True,
        vat_rate_e2=2100,
        currency="RON",
        categories=((("10", "Bucătărie"), ("12", "Căni")), (("40", "Cadouri"),)),
        attributes=(("4", "Culoare", ("roșu",)), ("37", "Material", ("Email", "Oțel"))),
        images=(
            "https://www.exemplu.example/img/cana-1.jpg?s=abcde",
            "https://www.exemplu.example/img/cana-2.jpg?s=abcde",
        ),
        bundle=(),
        problems=(),
        raw=wire,
    )


def test_nulls_flags_of_both_types_and_fractions() -> None:
    wool = decode_product(raw(PRODUCTS["312"]), "312")
    assert isinstance(wool, ShopProduct)
    assert (wool.stock_milli, wool.base_price_e4, wool.vat_rate_e2) == (1900, 253_407, 1900)
    assert (wool.enabled, wool.stock_managed, wool.backorders) == (True, True, True)
    assert (wool.vat_included, wool.parent_id, wool.brand, wool.description) == (True, "", "", "")
    assert (wool.categories, wool.attributes, wool.images, wool.problems) == ((), (), (), ())


def test_lists_for_maps_and_maps_for_lists() -> None:
    gift = decode_product(raw(PRODUCTS["313"]), "313")
    assert isinstance(gift, ShopProduct)
    assert gift.categories == ((("10", "Bucătărie"),),)
    assert gift.attributes == (("12", "Marime", ("L",)),)
    assert gift.images == ("https://www.exemplu.example/img/set.jpg",)
    assert gift.bundle == (("CAN-330", 2000), ("CEAI-20", 1000))
    assert (gift.enabled, gift.stock_managed, gift.vat_included) == (False, False, False)
    assert (gift.currency, gift.parent_id, gift.stock_milli) == ("EUR", "311", 0)
    assert gift.problems == ()


def coded(found: ShopProduct) -> list[ItemProblem]:
    """What could not be read of it, which is never but a text."""
    problems = [each for each in found.problems if isinstance(each, ItemProblem)]
    assert len(problems) == len(found.problems)
    return problems


@pytest.mark.parametrize("stock", ["3", "3.00", "3.000", 3, 3.0, " 3 "])
def test_stock_in_every_form(stock: object) -> None:
    assert product({"stock": stock}).stock_milli == 3000


def test_a_shop_may_have_sold_more_than_it_had() -> None:
    assert product({"stock": "-2.000"}).stock_milli == -2000


@pytest.mark.parametrize("nothing", [None, "", []])
def test_no_stock_and_no_price_are_none(nothing: object) -> None:
    found = product({"stock": nothing, "base_price": nothing if nothing != [] else None})
    assert found.stock_milli is None
    assert found.base_price_e4 is None
    named = [problem.values["field"] for problem in coded(found)]
    assert named == (["stock"] if nothing == [] else [])
    assert product(without="stock").stock_milli is None


@pytest.mark.parametrize(
    ("price", "price_e4"),
    [
        ("12,50", 125_000),
        ("1.234,56", 12_345_600),
        ("1,234.56", 12_345_600),
        ("12.5", 125_000),
        ("1.2340", 12_340),
        (1.234, 12_340),
        (12, 120_000),
    ],
)
def test_prices_of_products(price: object, price_e4: int) -> None:
    found = product({"base_price": price})
    assert (found.base_price_e4, found.problems) == (price_e4, ())


@pytest.mark.parametrize(
    ("field", "value", "attribute", "code"),
    [
        ("base_price", "1.234", "base_price_e4", "doubtful_number"),
        ("base_price", "1,234", "base_price_e4", "doubtful_number"),
        ("price", True, "price_e4", "not_a_number"),
        ("price", "NaN", "price_e4", "not_a_number"),
        ("base_price", "-1", "base_price_e4", "number_negative"),
        ("base_price", "99000000", "base_price_e4", "number_too_large"),
        ("stock", True, "stock_milli", "not_a_number"),
        ("stock", "multe", "stock_milli", "not_a_number"),
        ("stock", "1.2345", "stock_milli", "too_many_decimals"),
        ("vat", "x", "vat_rate_e2", "not_a_number"),
        ("weight", "x", "weight_milli", "not_a_number"),
    ],
)
def test_a_doubtful_number_is_left_empty_and_named(
    field: str, value: object, attribute: str, code: str
) -> None:
    found = product({field: value})
    assert getattr(found, attribute) is None
    (problem,) = coded(found)
    assert (problem.code, problem.values["field"]) == (code, field)
    assert problem.values["value"] == str(value)


@pytest.mark.parametrize(
    ("field", "value", "attribute", "read", "code"),
    [
        ("brand", {"id": 1}, "brand", "", "not_a_text"),
        ("enabled", "poate", "enabled", True, "not_a_flag"),
        ("stockManagement", "poate", "stock_managed", True, "not_a_flag"),
        ("categories", "Căni", "categories", (), "not_a_list"),
        (
            "categories",
            [5, [{"id": "1", "name": "A"}]],
            "categories",
            ((("1", "A"),),),
            "unreadable",
        ),
        (
            "attributes",
            [{"id": 1, "name": "M", "value": {"a": [1]}}],
            "attributes",
            (),
            "not_a_text",
        ),
        ("images", 5.5, "images", ("5.5",), None),
        ("images", [["x"]], "images", (), "not_a_text"),
        ("bundleItems", [{"sku": "", "quantity": 1}], "bundle", (), "part_incomplete"),
        ("bundleItems", [{"sku": "A", "quantity": "x"}], "bundle", (), "not_a_number"),
        ("parent", [1], "parent_id", "", "not_a_text"),
    ],
)
def test_a_field_of_another_shape_spoils_only_itself(
    field: str, value: object, attribute: str, read: object, code: str | None
) -> None:
    found = product({field: value})
    assert getattr(found, attribute) == read
    told = [(problem.code, problem.values["field"]) for problem in coded(found)]
    assert told == ([(code, field)] if code else [])
    assert found.sku == "CAN-330"


@pytest.mark.parametrize(
    ("row", "key", "read"),
    [
        (b"null", "5", "5"),
        (b"3", "", "?"),
        (b'{"id":[1]}', "", "?"),
        (b'{"id":"","sku":"A"}', "", "?"),
        (b'{"id":"8","sku":1e999}', "9", "9"),
    ],
)
def test_rows_that_are_no_products(row: bytes, key: str, read: str) -> None:
    assert decode_product(row, key) == read


@given(st.sampled_from(sorted(PRODUCTS["311"])), ODD)
def test_any_field_of_a_product_may_be_anything(field: str, value: object) -> None:
    wire = {**PRODUCTS["311"], field: value}
    decoded = decode_product(raw(wire), "311")
    if isinstance(decoded, str):
        assert decoded == "311"  # only a number no double can hold
    elif field not in {"sku", "id"}:
        assert (decoded.external_id, decoded.sku) == ("311", "CAN-330")
