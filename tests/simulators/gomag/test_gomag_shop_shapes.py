"""Every answer has the keys and JSON types of what real shops were seen to answer.

The samples are invented; only their shapes are real.
"""

import json
import re

import pytest

from magazie.simulators.gomag import GomagShop
from tests.simulators.gomag.gomag_caller import Caller

KINDS = {dict: "map", list: "list", str: "str", int: "int", float: "float", type(None): "null"}

ADDRESS = {
    "firstname": "Ioana",
    "lastname": "Manea",
    "phone": "0799",
    "email": "i@posta.example",
    "address": "Str. Lungă 3",
    "city": "Brașov",
    "region": "Brasov",
    "country": "Romania",
}
PRODUCT = {
    "id": "31",
    "sku": "CANA-31",
    "name": "Cană",
    "description": "<p>x</p>",
    "short_description": "",
    "url": "https://m.example/cana.html",
    "canonical_url": "https://m.example/cani/cana.html",
    "brand": "Argeș",
    "categories": {"1": [{"id": "4", "name": "Bucătărie"}, {"id": "9", "name": "Căni"}]},
    "weight": "0.35",
    "enabled": "1",
    "parent": "31",
    "parent_sku": "CANA-31",
    "stockManagement": "1",
    "stock": "7.000",
    "stock_status": "instock",
    "base_price": "49.9000",
    "price": "49.9000",
    "vat_included": 1,
    "vat": "21",
    "currency": "RON",
    "ecotax": "0.0000",
    "um": "buc",
    "html_title": "",
    "html_description": "",
    "customSearchKeys": "",
    "feedDescription": "",
    "allowOrdersWhenOutOfStock": "0",
    "attributes": [
        {"id": "4", "type": "dropdown", "name": "Culoare", "value": "alb"},
        {"id": "5", "type": "multipleselect", "name": "Material", "value": ["Lut", "Lemn"]},
    ],
    "images": ["https://m.example/images/cana.png?s=ab"],
    "ean": "",
    "group_key": "CANA",
    "videos": None,
    "files": None,
    "updated": "2026-01-05 10:11:12",
    "created": "2024-01-05 10:11:12",
    "delivery_time": "2 zile",
    "delivery_time_type": "text",
    "bundleItems": [],
}
ORDER = {
    "id": "2801",
    "number": "4040602801",
    "date": "2026-02-01 14:00:00",
    "invoice": {"series": "", "number": "0", "date": "0000-00-00 00:00:00"},
    "total": "64.89",
    "status": "Comanda noua",
    "statusId": "1",
    "sales_channel": "Website",
    "sales_agent": "",
    "currency": "RON",
    "observation": "",
    "payment": {"name": "Ramburs", "online": "0", "completed": "0"},
    "delivery": {"name": "Curier", "total": 14.99, "date": "0000-00-00 00:00:00", "lockerId": 0},
    "shipping": {"company": "", **ADDRESS},
    "items": [
        {
            "id": "31",
            "type": "product",
            "sku": "CANA-31",
            "ean": "",
            "name": "Cană",
            "price": "49.9",
            "baseprice": "55",
            "vat": "21",
            "quantity": "1.00",
        }
    ],
    "billing": {**ADDRESS, "customerId": 14003},
    "discounts": [{"value": "5", "name": "voucher", "voucher": "ZECE"}],
}
VERSION = {"sku": "NOU-1", "price": "10.00", "stock": "3", "stockStatus": "instock", "id": 812}

READS = {
    "category/read": {
        "total": 2,
        "categories": {
            "1": {"id": "1", "name": "A", "depth": "0", "position": "0", "parents": []},
            "2": {
                "id": "2",
                "name": "B",
                "depth": "1",
                "position": "1",
                "parents": {"1": {"id": "1", "depth": 0, "name": "A"}},
            },
        },
    },
    "attribute/read": {
        "total": 1,
        "attributes": {
            "4": {
                "id": "4",
                "key": "culoare",
                "type": "dropdown",
                "name": "Culoare",
                "is_version": "1",
                "use_as_filter": "1",
                "use_in_rules": "0",
                "show_in_product_lists": "0",
                "show_in_product_details": "1",
                "product_details_display": "caracteristics",
                "display_type": "text",
                "display_in": "",
                "add_to_order_details": "0",
                "description": "",
                "default_value": "",
                "validation_required": "none",
                "position": "1",
                "options_count": "3",
                "order": "count_products",
            }
        },
    },
    "brand/read": {
        "total": "1",
        "page": 1,
        "pages": 1,
        "brands": [{"id": "1", "name": "Argeș", "image": "", "url": "https://m.example/arges"}],
    },
    "product/read": {"total": 1, "page": 1, "pages": 1, "products": {"31": PRODUCT}},
    "order/read": {
        "total": "1",
        "page": 1,
        "pages": 1,
        "orders": {"2801": ORDER},
        "shippingAsProduct": False,
    },
    "order/status/read": [{"id": 1, "name": "Comanda noua"}],
    "payment/read": [{"key": "", "name": "PayPal", "online": 1}],
    "currency/read": [{"name": "EUR", "currency": "EUR", "multiplier": "5.01"}],
    "awb/carrier/read": [{"key": "dpd", "name": "DPD", "canGenerateAwb": 1}],
    "customer/read": {
        "total": "1",
        "page": 1,
        "pages": 1,
        "customers": {
            "14000": {
                "type": "client",
                "firstname": "Ioana",
                "lastname": "Manea",
                "active": "1",
                "password": None,
                "phone": "07",
                "fax": None,
                "email": "i@posta.example",
                "registration": "2024-01-05 10:11:12",
                "countOrderAll": None,
                "totalOrderAll": None,
                "countOrdersAll": None,
                "totalOrdersAll": None,
                "tagsNames": None,
            }
        },
    },
}
# What documentation and clients tell of, and the samples do not happen to show.
ALSO_REAL = {
    "product/read": re.compile(
        r"\.products\.\*\.(bundleItems\[\].*|categories(\[\])+(\.id|\.name)?)"
    ),
    "order/read": re.compile(r"\.orders\.\*\.(billing\.company.*|shipping\.zipcode|carrier.*)"),
}
ALSO_KINDS = {
    (".products.*.brand", "null"),
    (".products.*.categories", "list"),
    (".products.*.categories", "null"),
    (".products.*.stockManagement", "int"),
    (".products.*.allowOrdersWhenOutOfStock", "int"),
    (".orders.*.delivery.total", "int"),
}


def outline(
    value: object, at: str = "", found: dict[str, set[str]] | None = None
) -> dict[str, set[str]]:
    """Map each place in a JSON value to the kinds seen there; ids count as one place."""
    found = {} if found is None else found
    found.setdefault(at, set()).add("bool" if isinstance(value, bool) else KINDS[type(value)])
    if isinstance(value, dict):
        for key, below in value.items():
            outline(below, f"{at}.{'*' if re.fullmatch(r'[0-9]*', key) else key}", found)
    if isinstance(value, list):
        for below in value:
            outline(below, f"{at}[]", found)
    return found


def assert_same_shape(sample: object, answer: object, also: re.Pattern[str] | None = None) -> None:
    wanted, got = outline(sample), outline(answer)
    assert wanted.keys() - got.keys() == set()
    extra = {place for place in got.keys() - wanted.keys() if not (also and also.fullmatch(place))}
    assert extra == set()
    for place in wanted:
        strange = {(place, kind) for kind in got[place] - wanted[place]}
        assert strange <= ALSO_KINDS


@pytest.mark.parametrize("name", READS)
def test_reads_answer_in_the_real_shape(caller: Caller, name: str) -> None:
    assert_same_shape(READS[name], caller.get(name), ALSO_REAL.get(name))


def test_types_flip_within_one_answer(caller: Caller) -> None:
    found = outline(caller.get("product/read"))
    for place in ("stockManagement", "allowOrdersWhenOutOfStock"):
        assert found[f".products.*.{place}"] == {"str", "int"}
    assert found[".products.*.categories"] >= {"map", "list"}


def test_empty_collections_are_lists(caller: Caller) -> None:
    assert caller.get("product/read", sku="NIMIC") == {
        "total": 0,
        "page": 1,
        "pages": 0,
        "products": [],
    }
    assert caller.get("order/read", number="NIMIC") == {
        "total": "0",
        "page": 1,
        "pages": 0,
        "orders": [],
        "shippingAsProduct": False,
    }
    assert caller.get("customer/read", email="nimeni@posta.example")["customers"] == []


def test_a_good_inventory_answers_under_an_empty_key(caller: Caller, skus: list[str]) -> None:
    answer = caller.inventory({"sku": skus[0], "ean": "", "stock": "4", "vat": "21"})
    assert answer == {
        "error": "200",
        "status": "200",
        "message": "REQUEST_SUCCESS",
        "data": {"": [{"sku": skus[0], "ean": "", "status": "200"}]},
    }


def test_an_unknown_item_fails_inside_a_good_envelope(caller: Caller) -> None:
    answer = caller.inventory({"sku": "NIMIC", "stock": 4})
    assert answer["error"] == "200"
    assert answer["data"] == {
        "": [{"sku": "NIMIC", "ean": "", "status": "404", "errorMessage": "MISSING_ITEMS"}]
    }


def test_product_write_echoes_with_new_ids_and_options_in_a_list(caller: Caller) -> None:
    sent = {
        "name": "Ceas",
        "currency": "RON",
        "categories": [["Casă", "Ceasuri"]],
        "options": {"replaceCategories": 0},
        "versions": [{key: value for key, value in VERSION.items() if key != "id"}],
    }
    answer = caller.post("product/write", [sent])
    echo = {**sent, "versions": [VERSION], "options": [{"replaceCategories": 0}]}
    assert_same_shape({"error": "200", "status": "200", "message": [], "data": [echo]}, answer)
    assert answer["error"] == "200"
    new_id = answer["data"][0]["versions"][0]["id"]
    assert caller.product("NOU-1")["id"] == str(new_id)


def test_product_patch_echoes_without_ids(caller: Caller, skus: list[str]) -> None:
    version = {"sku": skus[0], "price": "10.00"}
    sent = [{"categories": [["Casă"]], "versions": [version]}]
    assert caller.post("product/patch", sent)["data"] == sent


def test_delete_status_and_note_echo(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    assert caller.post("product/delete", {"skus": [skus[0]]}) == {
        "error": "200",
        "status": "200",
        "message": [],
        "data": {"skus": [skus[0]]},
    }
    order = shop.truth.orders()[0].id
    assert caller.post("order/status", {"orders": [{"order": order, "status": 6}]}) == {
        "error": "200",
        "status": "200",
        "message": [],
        "data": [{"order": order, "status": 6}],
    }
    note = {"order": order, "note": "Clientul revine"}
    assert caller.post("order/note/add", note)["data"] == note


def test_order_add_answers_without_an_envelope(caller: Caller) -> None:
    js_date = "Fri Jan 09 2026 10:00:00 GMT+0200 (Eastern European Standard Time)"
    answer = caller.post(
        "order/add",
        {
            "number": 77,
            "date": js_date,
            "payment": "cod",
            "shipping": {k: v for k, v in ADDRESS.items() if k not in ("phone", "email")},
            "products": [{"sku": "X", "name": "X", "price": "5", "quantity": "2", "tax": "21"}],
        },
    )
    assert answer == {"id": answer["id"], "number": "77", "date": js_date}
    assert isinstance(answer["id"], int)


def test_wrong_key_answer_is_an_int_code_with_http_200(caller: Caller) -> None:
    caller.headers = (("Apikey", "alta"), *caller.headers[1:])
    response = caller.read("order/read")
    assert response.status == 200
    assert json.loads(response.body) == {"error": 100, "message": "Missing Api User"}
