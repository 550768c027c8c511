from typing import Any

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import FaultKind, GomagShop, OrderedItem
from tests.simulators.gomag.gomag_caller import Caller


def tree(caller: Caller) -> dict[str, Any]:
    return dict(caller.get("category/read")["categories"])


def write(caller: Caller, *categories: object, action: str = "write") -> Any:
    answer = caller.post(f"category/{action}", {"categories": list(categories)})
    return answer["data"]["categories"]


def newest(caller: Caller) -> dict[str, Any]:
    return dict(tree(caller)[max(tree(caller), key=int)])


def test_a_category_is_made_and_its_id_told_only_for_a_name_by_language(caller: Caller) -> None:
    assert write(caller, {"name": "Ceainice", "position": "4"}) == {
        "Ceainice": [{"name": "Ceainice", "status": "200", "errorMessage": ""}]
    }
    root = newest(caller)
    assert (root["name"], root["depth"], root["position"], root["parents"]) == (
        "Ceainice",
        "0",
        "4",
        [],
    )
    answer = write(caller, {"name": {"ro": "Mici", "en": "Small"}, "parent_id": root["id"]})
    leaf = newest(caller)
    assert list(answer) == [leaf["id"]]
    assert (leaf["name"], list(leaf["parents"])) == ("Mici", [root["id"]])


@pytest.mark.parametrize(("rule", "is_id"), [("name", False), ("id", True)])
def test_the_key_of_the_answer_by_switch(
    caller: Caller, shop: GomagShop, rule: str, *, is_id: bool
) -> None:
    shop.switches = replace(shop.switches, category_answer_key=rule)
    for name in ("A", {"ro": "B"}):
        (key,) = write(caller, {"name": name})
        assert (key == newest(caller)["id"]) is is_id


def test_a_name_in_other_languages_only_is_neither_made_nor_told(caller: Caller) -> None:
    before = tree(caller)
    assert write(caller, {"name": {"en": "Teapots"}}) == []
    assert tree(caller) == before


def test_a_refused_category_stands_inside_a_yes(caller: Caller) -> None:
    before = tree(caller)
    answer = write(caller, {"name": "X", "parent_id": "9999"}, {"name": " "})
    assert [row["errorMessage"] for rows in answer.values() for row in rows] == [
        "MISSING_PARENT",
        "MISSING_NAME",
    ]
    assert tree(caller) == before


def test_names_repeat_unless_by_switch(caller: Caller, shop: GomagShop) -> None:
    for _ in range(2):
        write(caller, {"name": "Dublu"})
    assert [c["name"] for c in tree(caller).values()].count("Dublu") == 2
    shop.switches = replace(shop.switches, repeated_category="reused")
    write(caller, {"name": "Dublu"})
    assert [c["name"] for c in tree(caller).values()].count("Dublu") == 2


def test_at_most_25(caller: Caller) -> None:
    many = [{"name": f"C {i}"} for i in range(26)]
    assert caller.post("category/write", {"categories": many})["error"] == "600"
    assert caller.post("category/write", {"categories": []})["message"] == ["NO DATA"]


def test_a_patch_moves_what_is_below_too(caller: Caller) -> None:
    write(caller, {"name": "Sus"})
    top = newest(caller)["id"]
    write(caller, {"name": "Jos", "parent_id": top})
    leaf = newest(caller)["id"]
    write(caller, {"name": "Frunză", "parent_id": leaf})
    below = newest(caller)["id"]
    assert write(caller, {"id": leaf, "name": "Altfel", "parent_id": "1"}, action="patch") == {
        leaf: [{"id": leaf, "status": "200", "errorMessage": ""}]
    }
    after = tree(caller)
    assert (after[leaf]["name"], list(after[leaf]["parents"])) == ("Altfel", ["1"])
    assert (after[below]["depth"], list(after[below]["parents"])) == ("2", ["1", leaf])
    write(caller, {"id": leaf, "parent_id": ""}, action="patch")
    assert list(tree(caller)[leaf]["parents"]) == ["1"]


@pytest.mark.parametrize("change", [{"id": "9999"}, {"id": "1", "parent_id": "1"}])
def test_a_patch_that_cannot_be(caller: Caller, change: dict[str, str]) -> None:
    before = tree(caller)
    ((row,),) = write(caller, {"name": "X", **change}, action="patch").values()
    assert row["status"] == "404"
    assert tree(caller) == before


def test_a_renamed_category_is_another_path(caller: Caller, shop: GomagShop) -> None:
    write(caller, {"name": "Vechi"})
    known = newest(caller)["id"]
    write(caller, {"id": known, "name": "Nou"}, action="patch")
    catalogue = shop.state.catalogue
    assert catalogue.category_at(("Nou",), reuse=True) == int(known)
    assert catalogue.category_at(("Vechi",), reuse=True) != int(known)


def test_only_empty_categories_go(caller: Caller, shop: GomagShop) -> None:
    write(caller, {"name": "Gol"})
    empty = newest(caller)["id"]
    full = str(next(iter(shop.state.catalogue.products.values())).categories.popitem()[1])
    caller.post("category/delete", {"categories": [{"ids": [empty, "1", full, "x"]}]})
    assert empty not in tree(caller)
    assert {"1", full} <= set(tree(caller))


@pytest.mark.parametrize(
    ("kind", "is_made", "is_told"),
    [
        (FaultKind.ITEM_REFUSED, False, True),
        (FaultKind.ITEM_SKIPPED, False, False),
        (FaultKind.ITEM_MISSING, True, False),
        (FaultKind.IGNORED, False, True),
    ],
)
def test_faults_of_one_category(
    caller: Caller, shop: GomagShop, kind: FaultKind, *, is_made: bool, is_told: bool
) -> None:
    shop.inject(kind, path="category/write")
    answer = write(caller, {"name": "Ghinion"})
    assert ("Ghinion" in answer) is is_told
    assert ("Ghinion" in [c["name"] for c in tree(caller).values()]) is is_made


# --- attributes ------------------------------------------------------------------------------


def attributes(caller: Caller) -> dict[str, dict[str, str]]:
    found = caller.get("attribute/read")["attributes"]
    return {row["key"]: row for row in found.values()}


def send(caller: Caller, action: str, *items: object) -> Any:
    return caller.post(f"attribute/{action}", {"attributes": list(items)})["data"]["attributes"]


def test_an_attribute_is_made_without_a_word(caller: Caller, shop: GomagShop) -> None:
    wanted = {"name": "Lungime mâner", "type": "textinput"}
    assert send(caller, "write", wanted, {"name": "Ton", "key": "ton", "type": "versions"}) == []
    known = attributes(caller)
    assert (known["lungime_maner"]["name"], known["lungime_maner"]["type"]) == (
        "Lungime mâner",
        "textinput",
    )
    assert (known["ton"]["type"], known["ton"]["is_version"]) == ("dropdown", "1")
    shop.switches = replace(shop.switches, attribute_write_answer="echo")
    assert send(caller, "write", wanted) == [wanted]


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "Fără tip", "key": "fara"},
        {"name": "Ciudat", "key": "fara", "type": "colour"},
        {"name": " ", "key": "fara", "type": "textarea"},
    ],
)
def test_an_attribute_dropped_gets_the_same_answer(caller: Caller, wanted: object) -> None:
    assert send(caller, "write", wanted) == []
    assert "fara" not in attributes(caller)


def test_without_a_type_by_switch(caller: Caller, shop: GomagShop) -> None:
    shop.switches = replace(shop.switches, attribute_without_type="textinput")
    send(caller, "write", {"name": "Fără tip", "key": "fara"})
    assert attributes(caller)["fara"]["type"] == "textinput"


def test_a_known_key_is_changed_by_a_patch_alone(caller: Caller) -> None:
    send(caller, "write", {"name": "Altul", "key": "material", "type": "textarea"})
    assert attributes(caller)["material"]["name"] == "Material"
    items = [{"name": "Altul", "key": "material", "type": "textarea"}, {"key": "nu-e"}]
    assert send(caller, "patch", *items) == items
    row = attributes(caller)["material"]
    assert (row["name"], row["type"]) == ("Altul", "textarea")
    assert "nu-e" not in attributes(caller)


def test_faults_of_one_attribute(caller: Caller, shop: GomagShop) -> None:
    for kind in (FaultKind.ITEM_REFUSED, FaultKind.ITEM_SKIPPED, FaultKind.IGNORED):
        shop.inject(kind, path="attribute/write")
        send(caller, "write", {"name": "Ghinion", "key": "ghinion", "type": "textarea"})
        assert "ghinion" not in attributes(caller)


def test_more_than_a_hundred_attributes_by_switch(caller: Caller, shop: GomagShop) -> None:
    known = len(attributes(caller))
    for number in range(150):
        shop.state.catalogue.attribute(key=f"k{number}", name=f"A {number}")

    def page(number: int) -> list[str]:
        answer = caller.get("attribute/read", page=number)
        assert answer["total"] == known + 150
        return list(answer["attributes"])

    assert (len(page(1)), len(page(2))) == (100, known + 50)
    shop.switches = replace(shop.switches, attribute_pages="ignored")
    assert page(2) == page(1)


# --- bundles ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "taken"), [("parts", [0, 6, 3]), ("own", [3, 0, 0]), ("both", [3, 6, 3])]
)
def test_what_an_order_of_a_bundle_takes(
    shop: GomagShop, skus: list[str], rule: str, taken: list[int]
) -> None:
    shop.switches = replace(shop.switches, bundle_stock=rule)
    bundle, first, second = (shop.office.product(sku) for sku in skus[:3])
    bundle.bundle = [(first.sku, 2_000), (second.sku, 1_000), ("NU-E", 1_000)]
    stock = [bundle.stock_milli, first.stock_milli, second.stock_milli]

    def missing() -> list[int]:
        now = [bundle.stock_milli, first.stock_milli, second.stock_milli]
        return [(was - is_) // 1_000 for was, is_ in zip(stock, now, strict=True)]

    order = shop.place_order([OrderedItem(sku=bundle.sku, quantity_milli=3_000)])
    assert missing() == taken
    shop.office.cancel_order(order.id)
    assert missing() == [0, 0, 0]


def test_shoppers_buy_a_bundle_only_while_its_parts_last(shop: GomagShop, skus: list[str]) -> None:
    shop.switches = replace(shop.switches, bundle_stock="parts")
    bundle, part = (shop.office.product(sku) for sku in skus[:2])
    bundle.bundle, bundle.stock_milli, part.stock_milli = [(part.sku, 1_000)], 99_000, 0
    for product in shop.state.catalogue.products.values():
        product.enabled = product.id in (bundle.id, part.id)
    assert shop.shoppers.shopper_orders(20) == []
    part.stock_milli = 99_000
    assert shop.shoppers.shopper_orders(20) != []
