import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from gomag_doubles import ODD, ScriptedTransport, fixture, html, make_shop, ok, run_virtual
from hypothesis import given
from hypothesis import strategies as st

from magazie.gomag.publish_answers import product_answers
from magazie.ports import (
    AttributeValue,
    HttpResponse,
    ItemAnswer,
    OutcomeUnknown,
    PublishAnswer,
    PublishedProduct,
    PublishedVersion,
    Refused,
    TransportError,
    Unauthorized,
    Unreadable,
)

RED = AttributeValue("culoare", "Culoare", "dropdown", ("Roșu",))
MATERIAL = AttributeValue("", "Material", "multipleselect", ("Email", "Oțel"))
MISSING = PublishAnswer(ItemAnswer.MISSING)
DONE = PublishAnswer(ItemAnswer.DONE)


def version(sku: str, **changes: Any) -> PublishedVersion:
    plain = PublishedVersion(
        sku=sku, ean="", price_e4=499_000, stock_milli=12_000, weight_milli=None
    )
    return msgspec.structs.replace(plain, **changes)


def product(*versions: PublishedVersion, **changes: Any) -> PublishedProduct:
    plain = PublishedProduct(
        name="Cană emailată",
        description="<p>Roșie</p>",
        brand="Argeș",
        vat_rate_e2=2100,
        group_key="CANA-EM",
        categories=(("Bucătărie", "Căni ţărăneşti"),),
        attributes=(),
        images=(),
        versions=versions,
    )
    return msgspec.structs.replace(plain, **changes)


def answers(
    answer: HttpResponse, *products: PublishedProduct, path: str = "write"
) -> tuple[Mapping[str, PublishAnswer], list[dict[str, Any]]]:
    transport = ScriptedTransport(answer)
    shop = make_shop(transport)
    send = shop.create_products if path == "write" else shop.change_products
    told = run_virtual(send(products))
    (request,) = transport.requests
    assert request.url.endswith(f"/product/{path}/json")
    ((field, text),) = request.form
    assert field == "data"
    return told, json.loads(text)


def accepted(*data: object) -> HttpResponse:
    return ok({"error": "200", "status": "200", "message": [], "data": list(data)})


# --- what is sent ----------------------------------------------------------------------------


def test_what_is_sent_for_a_new_product() -> None:
    wanted = product(
        version(
            "CANA-EM-R", ean="2000000001012", price_e4=253_407, weight_milli=350, options=(RED,)
        ),
        version("CANA-EM-A", stock_milli=0),
        attributes=(MATERIAL,),
        images=(("https://erp.example/1.jpg", ("CANA-EM-R",)), ("https://erp.example/2.jpg", ())),
    )
    _, (sent,) = answers(ok(fixture("products_written.json")), wanted)
    assert sent == {
        "name": "Cană emailată",
        "description": "<p>Roșie</p>",
        "brand": "Argeș",
        "group_key": "CANA-EM",
        "currency": "RON",
        "vat": "21",
        "vat_included": 1,
        "enabled": 1,
        "categories": [["Bucătărie", "Căni ţărăneşti"]],
        "attributes": [
            {
                "name": {"ro": "Material"},
                "type": "multipleselect",
                "value": {"ro": ["Email", "Oțel"]},
            }
        ],
        "images": [
            {"url": "https://erp.example/1.jpg", "skus": ["CANA-EM-R"]},
            {"url": "https://erp.example/2.jpg", "skus": ["CANA-EM-R", "CANA-EM-A"]},
        ],
        "versions": [
            {
                "sku": "CANA-EM-R",
                "ean": "2000000001012",
                "price": "25.3407",
                "priceWithVat": 1,
                "stock": "12",
                "stockStatus": "instock",
                "stockManagement": 1,
                "weight": "0.35",
                "options": [{"key": "culoare", "name": {"ro": "Culoare"}, "value": {"ro": "Roșu"}}],
            },
            {
                "sku": "CANA-EM-A",
                "price": "49.90",
                "priceWithVat": 1,
                "stock": "0",
                "stockStatus": "notinstock",
                "stockManagement": 1,
            },
        ],
        "options": {"replaceCategories": 1, "ignoreImagesIfExists": 1},
    }


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    wanted = product(
        version("A", stock_milli=None), name="", description="", brand="", group_key=""
    )
    _, (sent,) = answers(accepted({"versions": [{"sku": "A"}]}), wanted, path="patch")
    assert sent == {
        "currency": "RON",
        "vat": "21",
        "vat_included": 1,
        "enabled": 1,
        "categories": [["Bucătărie", "Căni ţărăneşti"]],
        "versions": [{"sku": "A", "price": "49.90", "priceWithVat": 1}],
        "options": {"replaceCategories": 1, "replaceMedia": 0, "ignoreImagesIfExists": 1},
    }


def test_a_change_of_pictures_replaces_them() -> None:
    wanted = product(version("A"), images=(("https://erp.example/1.jpg", ()),), enabled=False)
    _, (sent,) = answers(accepted({"versions": [{"sku": "A"}]}), wanted, path="patch")
    assert sent["options"] == {
        "replaceCategories": 1,
        "replaceMedia": 1,
        "ignoreImagesIfExists": 0,
    }
    assert (sent["enabled"], sent["versions"][0]["stock"]) == (0, "12")
    assert "stockManagement" not in sent["versions"][0]


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=0, max_value=10_000))
def test_prices_and_rates_arrive_as_they_were(price_e4: int, vat_rate_e2: int) -> None:
    _, (sent,) = answers(
        accepted(), product(version("A", price_e4=price_e4), vat_rate_e2=vat_rate_e2)
    )
    for text, scale, number in (
        (sent["versions"][0]["price"], 4, price_e4),
        (sent["vat"], 2, vat_rate_e2),
    ):
        whole, _, fraction = text.partition(".")
        assert int(whole + fraction.ljust(scale, "0")) == number


@pytest.mark.parametrize(
    "wrong",
    [
        [product(version(str(number))) for number in range(26)],
        [product(version("A")), product(version("A"))],
        [product(version("A"), version("A"))],
        [product()],
        [product(version(" "))],
        [product(version("A"), categories=())],
        [product(version("A"), categories=((),))],
        [product(version("A"), categories=(("Bucătărie", " "),))],
        [product(version("A", stock_milli=None))],
        [product(version("A"), name=" ")],
    ],
)
def test_requests_that_must_not_be_built(wrong: Sequence[PublishedProduct]) -> None:
    transport = ScriptedTransport(accepted())
    with pytest.raises(ValueError, match=r"product|version|stock"):
        run_virtual(make_shop(transport).create_products(wrong))
    assert not transport.requests


def test_nothing_to_send_sends_nothing() -> None:
    transport = ScriptedTransport(accepted())
    assert run_virtual(make_shop(transport).create_products([])) == {}
    assert not transport.requests
    assert make_shop(transport).publish_limit == 25


# --- what is read from the answer ------------------------------------------------------------


def test_success_is_product_by_product() -> None:
    told, _ = answers(
        ok(fixture("products_written.json")),
        product(version("CANA-EM-R"), version("CANA-EM-A")),
        product(version("CEAI-9")),
        product(version("NU-E-AICI")),
    )
    assert told == {
        "CANA-EM-R": PublishAnswer(ItemAnswer.DONE, external_id="1784"),
        "CANA-EM-A": PublishAnswer(ItemAnswer.DONE, external_id="1785"),
        "CEAI-9": PublishAnswer(ItemAnswer.REFUSED, reason="MISSING_NAME"),
        "NU-E-AICI": MISSING,
    }


NO = {"error": "600", "status": "600", "message": ["NO"]}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"0": {"versions": {"0": {"sku": "A", "id": "7"}}}}, PublishAnswer(ItemAnswer.DONE, "7")),
        ([{"versions": [{"sku": "A "}]}], DONE),
        ([{"versions": [{"sku": "A", "id": 0}]}], DONE),
        ([{"sku": "A", "status": "200", "message": ["OK"]}], DONE),
        ({"A": [{"sku": "A", "status": "200"}]}, DONE),
        (
            [{"versions": [{"sku": "A", "status": "404", "errorMessage": "MISSING_ITEMS"}]}],
            PublishAnswer(ItemAnswer.UNKNOWN_ITEM, reason="MISSING_ITEMS"),
        ),
        (
            [{"versions": [{"sku": "A"}], "error": "600", "message": ["MISSING_ITEMS"]}],
            PublishAnswer(ItemAnswer.UNKNOWN_ITEM, reason="MISSING_ITEMS"),
        ),
        (
            [{"versions": [{"sku": "A"}, {"sku": "B"}], "error": 1, "message": "MISSING_ITEMS"}],
            PublishAnswer(ItemAnswer.REFUSED, reason="MISSING_ITEMS"),
        ),
        (
            [{"versions": [{"sku": "A"}], "status": "failed"}],
            PublishAnswer(ItemAnswer.REFUSED, reason="status failed"),
        ),
        (
            [{"versions": [{"sku": "A", "id": 5}]}, {"versions": [{"sku": "A"}], **NO}],
            PublishAnswer(ItemAnswer.REFUSED, reason="NO"),
        ),
        ([{"sku": "A", "message": "NO"}], PublishAnswer(ItemAnswer.REFUSED, reason="NO")),
        ([{"versions": [{"sku": "a"}]}], MISSING),
        ([], MISSING),
        ({}, MISSING),
        (None, MISSING),
        ("x", MISSING),
    ],
)
def test_rows_of_every_shape(data: object, told: PublishAnswer) -> None:
    body = msgspec.json.encode({"error": "200", "data": data})
    assert product_answers(body, ["A"]) == {"A": told}


@given(ODD)
def test_any_answer_can_be_read(data: object) -> None:
    told = product_answers(msgspec.json.encode({"data": data}), ["A", "B"])
    assert set(told) == {"A", "B"}


def refused(*data: object) -> HttpResponse:
    return ok({"error": "600", "status": "600", "message": ["NO", "BAD"], "data": list(data)})


def test_a_single_product_refused_with_the_whole_request() -> None:
    told, _ = answers(refused(), product(version("A"), version("B")))
    assert set(told.values()) == {PublishAnswer(ItemAnswer.REFUSED, reason="600: NO, BAD")}
    told, _ = answers(refused({"versions": [{"sku": "A"}], **NO}), product(version("A")))
    assert told == {"A": PublishAnswer(ItemAnswer.REFUSED, reason="NO")}


def test_in_a_refused_request_of_several_the_others_may_be_stored() -> None:
    told, _ = answers(
        refused({"versions": [{"sku": "A", "id": 9}]}, {"versions": [{"sku": "B"}], **NO}),
        product(version("A")),
        product(version("B")),
        product(version("C")),
    )
    assert told == {
        "A": PublishAnswer(ItemAnswer.MISSING, reason="600: NO, BAD"),
        "B": PublishAnswer(ItemAnswer.REFUSED, reason="NO"),
        "C": PublishAnswer(ItemAnswer.MISSING, reason="600: NO, BAD"),
    }


@pytest.mark.parametrize(
    ("step", "raised"),
    [
        (html(), Unreadable),
        (html(502), OutcomeUnknown),
        (TransportError("reset", sent=True), OutcomeUnknown),
        (ok({"data": [{"versions": [{"sku": "A"}]}]}), Unreadable),
        (ok({"error": 100, "message": "Missing Api User"}), Unauthorized),
        (HttpResponse(413, {}, b"too large"), Refused),
    ],
)
def test_a_write_is_sent_once_whatever_comes(
    step: HttpResponse | Exception, raised: type[Exception]
) -> None:
    transport = ScriptedTransport(step)
    with pytest.raises(raised):
        run_virtual(make_shop(transport).create_products([product(version("A"))]))
    assert len(transport.requests) == 1
