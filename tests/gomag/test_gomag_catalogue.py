import json
from typing import Any

import pytest
from gomag_doubles import ScriptedTransport, fixture, html, make_shop, ok, run_virtual
from hypothesis import given
from hypothesis import strategies as st

from magazie.gomag.wire_attributes import decode_attribute
from magazie.gomag.wire_categories import decode_category
from magazie.ports import (
    HttpRequest,
    HttpResponse,
    NewAttribute,
    NewCategory,
    Refused,
    ShopAttribute,
    ShopCategory,
    Unreadable,
    Urgency,
)

NO_DATA = ok({"error": "404", "message": ["NO DATA"]})
PRODUCT: dict[str, Any] = json.loads(fixture("product_page_map.json"))["products"]["311"]


def products(*rows: object, pages: int = 1) -> HttpResponse:
    return ok({"total": len(rows), "page": 1, "pages": pages, "products": list(rows)})


def test_the_tree_comes_parents_first_with_names_letter_for_letter() -> None:
    transport = ScriptedTransport(ok(fixture("category_tree.json")))
    tree = run_virtual(make_shop(transport).categories())
    kitchen, plates, gifts = ("1", "Bucătărie"), ("10", "Veselă"), ("40", "Cadouri ţărăneşti")
    assert tree == (
        ShopCategory("1", "Bucătărie", (kitchen,), 3),
        ShopCategory("40", "Cadouri ţărăneşti", (gifts,), 0),
        ShopCategory("10", "Veselă", (kitchen, plates), 0),
        ShopCategory("41", "+ altele @", (gifts, ("41", "+ altele @")), -1),
        ShopCategory("12", "Căni & pahare", (kitchen, plates, ("12", "Căni & pahare")), 1),
    )
    (request,) = transport.requests
    assert (request.method, request.query) == ("GET", ())


@pytest.mark.parametrize(
    "answer",
    [ok({"total": 0, "categories": []}), ok({"total": "0", "categories": {}}), NO_DATA],
)
def test_an_empty_tree(answer: HttpResponse) -> None:
    assert run_virtual(make_shop(ScriptedTransport(answer)).categories()) == ()


def test_an_answer_without_a_tree_is_read_again() -> None:
    good = ok(fixture("category_tree.json"))
    transport = ScriptedTransport(ok({"error": "200"}), html(), good)
    assert len(run_virtual(make_shop(transport).categories())) == 5
    assert len(transport.requests) == 3


def test_one_odd_category_does_not_hide_the_tree(caplog: pytest.LogCaptureFixture) -> None:
    rows = {
        "5": {"id": "5", "name": "Bun"},
        "6": {"name": ["x"]},
        "7": 12,
        "8": {"id": "8"},
        "": {},
    }
    answer = ok({"total": 5, "categories": rows})
    tree = run_virtual(make_shop(ScriptedTransport(answer)).categories())
    assert [(one.id, one.name) for one in tree] == [("5", "Bun"), ("8", "")]
    assert [record.__dict__["count"] for record in caplog.records] == [3]


@given(st.binary(max_size=40), st.text(max_size=3))
def test_whatever_a_row_holds_it_is_read_or_named(raw: bytes, key: str) -> None:
    assert isinstance(decode_category(raw, key), ShopCategory | str)
    assert isinstance(decode_attribute(raw, key), ShopAttribute | str)


def test_attributes_and_one_without_a_key() -> None:
    transport = ScriptedTransport(ok(fixture("attribute_list.json")))
    assert run_virtual(make_shop(transport).attributes()) == (
        ShopAttribute("4", "marime", "Mărime", "dropdown", is_version=True),
        ShopAttribute("6", "", "Atribut #6", "dropdown", is_version=False),
        ShopAttribute("9", "material", "Material", "multipleselect", is_version=False),
    )
    assert len(transport.requests) == 1


def attribute_rows(first: int, count: int, total: int) -> HttpResponse:
    rows = [
        {"id": str(number), "key": f"k{number}", "name": f"A {number}", "type": "dropdown"}
        for number in range(first, first + count)
    ]
    return ok({"total": total, "attributes": rows or []})


@pytest.mark.parametrize("size", [100, 50])
def test_attributes_of_a_shop_that_knows_pages(size: int) -> None:
    def reply(request: HttpRequest) -> HttpResponse:
        page = int(dict(request.query).get("page", "1"))
        first = 1 + (page - 1) * size
        return attribute_rows(first, max(0, min(size, 231 - first)), 230)

    transport = ScriptedTransport(reply=reply)
    assert len(run_virtual(make_shop(transport).attributes())) == 230
    assert len(transport.requests) == -(-230 // size)


def test_attributes_of_a_shop_that_repeats_its_first_hundred(
    caplog: pytest.LogCaptureFixture,
) -> None:
    transport = ScriptedTransport(attribute_rows(1, 100, 230))
    assert len(run_virtual(make_shop(transport).attributes())) == 100
    assert len(transport.requests) == 2
    assert [record.__dict__["count"] for record in caplog.records] == [130]


# --- items by SKU ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (products(PRODUCT), ["311"]),
        (products(PRODUCT, {**PRODUCT, "id": "900"}, PRODUCT), ["311", "900"]),
        (products(PRODUCT, {**PRODUCT, "id": "5", "sku": "CAN-330 "}, "x", pages=3), ["311"]),
        (products({**PRODUCT, "sku": "can-330"}), []),
        (products(), []),
        (NO_DATA, []),
    ],
)
def test_items_of_a_sku(answer: HttpResponse, found: list[str]) -> None:
    transport = ScriptedTransport(answer)
    told = run_virtual(make_shop(transport).product_by_sku("CAN-330", urgency=Urgency.STOCK))
    assert [one.external_id for one in told] == found
    assert ("sku", "CAN-330") in transport.requests[0].query


@pytest.mark.parametrize(
    "answer", [products({**PRODUCT, "sku": "B"}, pages=2), products("nonsense")]
)
def test_a_shop_that_sends_its_other_items_has_not_said_that_there_is_none(
    answer: HttpResponse,
) -> None:
    with pytest.raises(Unreadable, match="CAN-330"):
        run_virtual(make_shop(ScriptedTransport(answer)).product_by_sku("CAN-330"))


# --- making categories and attributes --------------------------------------------------------


def sent(transport: ScriptedTransport) -> object:
    (request,) = transport.requests
    ((field, text),) = request.form
    assert (request.method, field) == ("POST", "data")
    return json.loads(text)


@pytest.mark.parametrize("name", ["category_written_by_name.json", "category_written_by_id.json"])
def test_a_category_is_made(name: str) -> None:
    transport = ScriptedTransport(ok(fixture(name)))
    run_virtual(make_shop(transport).create_category(NewCategory("Ceainice", parent_id="10")))
    assert sent(transport) == {
        "categories": [{"name": "Ceainice", "parent_id": "10", "active": "1", "use_in_menu": "1"}]
    }


def categories_told(rows: object) -> HttpResponse:
    return ok({"error": "200", "status": "200", "data": {"categories": rows}})


@pytest.mark.parametrize(
    "rows",
    [
        {"X": [{"name": "X", "status": "600", "errorMessage": "MISSING_PARENT"}]},
        [{"name": "X", "status": "600", "errorMessage": "MISSING_PARENT"}],
        {"X": {"status": 600, "message": ["MISSING_PARENT"]}},
    ],
)
def test_a_category_refused_inside_a_yes(rows: object) -> None:
    with pytest.raises(Refused, match="MISSING_PARENT"):
        run_virtual(
            make_shop(ScriptedTransport(categories_told(rows))).create_category(NewCategory("X"))
        )


@pytest.mark.parametrize("rows", [[], {}, None, "x"])
def test_a_yes_that_does_not_mention_the_category_is_none(rows: object) -> None:
    with pytest.raises(Unreadable):
        run_virtual(
            make_shop(ScriptedTransport(categories_told(rows))).create_category(NewCategory("X"))
        )


@pytest.mark.parametrize("rows", [[], [{"key": "material", "name": "Material"}]])
def test_an_attribute_is_made_and_the_answer_proves_nothing(rows: object) -> None:
    transport = ScriptedTransport(ok({"error": "200", "data": {"attributes": rows}}))
    run_virtual(make_shop(transport).create_attribute(NewAttribute("Material", "material")))
    assert sent(transport) == {
        "attributes": [{"name": "Material", "key": "material", "type": "textinput"}]
    }


def test_an_attribute_refused_inside_a_yes() -> None:
    rows = [{"key": "a", "status": "600", "errorMessage": "INVALID_TYPE"}]
    answer = ok({"error": "200", "data": {"attributes": rows}})
    with pytest.raises(Refused, match="INVALID_TYPE"):
        run_virtual(
            make_shop(ScriptedTransport(answer)).create_attribute(NewAttribute("A", "a", "x"))
        )
