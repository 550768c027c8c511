from typing import Any

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import GomagShop
from tests.simulators.gomag.gomag_caller import Caller, Clock


def new_product(*skus: str, **changes: object) -> Any:
    versions = [
        {"sku": sku, "price": "20.00", "stock": 4, "stockStatus": "instock"} for sku in skus
    ]
    return {
        "name": {"ro": "Fluier de soc", "en": "Elder flute"},
        "currency": "RON",
        "vat": 21,
        "vat_included": 1,
        "enabled": 1,
        "brand": "Fluierar",
        "categories": [["Muzică", {"ro": "Fluiere"}]],
        "versions": versions,
        **changes,
    }


def found(caller: Caller, **query: object) -> list[str]:
    return list(caller.get("product/read", **query)["products"] or {})


def test_filters(caller: Caller, shop: GomagShop) -> None:
    everything = found(caller)
    row = caller.product(next(p.sku for p in shop.truth.products()))
    assert found(caller, id=row["id"]) == [row["id"]]
    assert found(caller, id="999999") == []
    assert found(caller, sku=row["sku"], id="999999") == []
    brands = {b["name"]: b["id"] for b in caller.get("brand/read")["brands"]}
    of_brand = found(caller, brand=brands[row["brand"]])
    assert row["id"] in of_brand
    assert len(of_brand) < len(everything)
    paths = row["categories"]
    root = (list(paths.values()) if isinstance(paths, dict) else paths)[0][0]["id"]
    of_root = found(caller, category=root)
    assert row["id"] in of_root  # found by the root of its path
    assert len(of_root) < len(everything)
    assert found(caller, nonsense="1") == everything


def test_updated_means_that_day_and_later(
    caller: Caller, shop: GomagShop, skus: list[str], clock: Clock
) -> None:
    shop.office.set_stock(skus[0], 1_000)
    assert found(caller, updated="2026-03-03") == []
    assert caller.product(skus[0])["id"] in found(caller, updated="2026-03-02")
    clock.pass_ms(86_400_000)
    shop.office.set_stock(skus[1], 1_000)
    days = [found(caller, updated=day) for day in ("2026-03-02", "2026-03-03")]
    assert days[1] == [caller.product(skus[1])["id"]]
    assert set(days[1]) < set(days[0])
    shop.switches = replace(shop.switches, updated_filter="on_day")
    assert not set(found(caller, updated="2026-03-02")) & set(days[1])
    assert found(caller, updated="2024-00-00") == []
    assert found(caller, updated="ieri") == found(caller)


def test_pages_by_ascending_id(caller: Caller) -> None:
    everything = [int(i) for i in found(caller)]
    assert everything == sorted(everything)
    pages = [caller.get("product/read", page=page, limit=25) for page in (1, 2, 3)]
    assert [p["page"] for p in pages] == [1, 2, 3]
    assert {p["pages"] for p in pages} == {3}
    assert {p["total"] for p in pages} == {60}
    assert [int(i) for p in pages for i in p["products"]] == everything


@pytest.mark.parametrize(
    ("limit", "rows"), [("7", 7), ("100", 60), ("1000", 60), ("0", 60), ("x", 60)]
)
def test_limit_is_held_between_1_and_100(caller: Caller, limit: str, rows: int) -> None:
    assert len(found(caller, limit=limit)) == rows


def test_default_page_size_by_switch(caller: Caller, shop: GomagShop) -> None:
    shop.switches = replace(shop.switches, default_page_size=20)
    assert len(found(caller)) == 20


def test_beyond_the_last_page(caller: Caller, shop: GomagShop) -> None:
    past = caller.get("product/read", page=9, limit=50)
    assert (past["products"], past["total"], past["page"], past["pages"]) == ([], 60, 9, 2)
    shop.switches = replace(shop.switches, beyond_last_page="repeat_last")
    assert found(caller, page=9, limit=50) == found(caller, page=2, limit=50)
    assert found(caller, page=0, limit=50) == found(caller, page=1, limit=50)


def test_pages_when_empty_by_switch(caller: Caller, shop: GomagShop) -> None:
    shop.switches = replace(shop.switches, pages_when_empty=1)
    assert caller.get("product/read", sku="NIMIC")["pages"] == 1


def test_versions_are_rows_and_by_request_variations_too(caller: Caller, shop: GomagShop) -> None:
    option = {"name": {"ro": "Ton"}, "key": "ton"}
    item = new_product("FL-DO", "FL-SOL", group_key="FL")
    for version, tone in zip(item["versions"], ("do", "sol"), strict=True):
        version["options"] = [{**option, "value": {"ro": tone}}]
    ids = [v["id"] for v in caller.post("product/write", [item])["data"][0]["versions"]]
    rows = [caller.product(sku) for sku in ("FL-DO", "FL-SOL")]
    assert {row["parent"] for row in rows} == {str(ids[0])}
    assert {row["group_key"] for row in rows} == {"FL"}
    assert {row["parent_sku"] for row in rows} == {"FL-DO"}
    assert "variations" not in rows[0]
    page = caller.get("product/read", addVersions=1)["products"]
    assert [v["sku"] for v in page[str(ids[0])]["variations"]] == ["FL-DO", "FL-SOL"]
    (tone,) = page[str(ids[0])]["variations"][1]["versionAttributes"].values()
    assert (tone["name"], tone["value"]) == ("Ton", "sol")
    assert "variations" not in page[str(ids[1])]
    shop.switches = replace(shop.switches, version_rows="hidden")
    hidden = caller.get("product/read", addVersions=1)["products"]
    assert str(ids[0]) in hidden
    assert str(ids[1]) not in hidden
    assert str(ids[1]) in found(caller)


def test_write_creates_what_it_names(caller: Caller, shop: GomagShop, clock: Clock) -> None:
    item = new_product(
        "FL-1",
        attributes=[
            {"name": {"ro": "Lemn"}, "key": "lemn", "type": "multipleselect", "value": "Soc"}
        ],
        description="<p>Cânt&#259;</p>\r\n",
    )
    item["versions"][0] |= {
        "ean": "5940000000017",
        "weight": "0.3",
        "specialPrice": "15",
        "EAV": {"delivery_time": "2 zile", "deliveryTimeType": "text", "product_um": "buc"},
    }
    caller.write("product/write", [item])
    row = caller.product("FL-1")
    assert row["name"] == "Fluier de soc"
    assert row["description"] == "<p>Cânt&#259;</p>\r\n"
    assert (row["brand"], row["ean"], row["weight"]) == ("Fluierar", "5940000000017", "0.3")
    assert (row["base_price"], row["price"], row["vat"]) == ("20.0000", "15.0000", "21")
    assert row["attributes"][0]["value"] == ["Soc"]
    assert [node["name"] for node in row["categories"][0]] == ["Muzică", "Fluiere"]
    assert "Fluierar" in [b["name"] for b in caller.get("brand/read")["brands"]]
    assert row["created"] == "2026-03-02 10:01:00"
    assert row["delivery_time"] == "2 zile"


def test_category_paths_are_reused_or_made_again(caller: Caller, shop: GomagShop) -> None:
    for sku in ("A-1", "A-2"):
        caller.write("product/write", [new_product(sku)])
    leaves = {caller.product(sku)["categories"][0][-1]["id"] for sku in ("A-1", "A-2")}
    assert len(leaves) == 1
    shop.switches = replace(shop.switches, category_reuse="always_new")
    caller.write("product/write", [new_product("A-3")])
    assert caller.product("A-3")["categories"][0][-1]["id"] not in leaves


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"name": ""}, "MISSING_NAME"),
        ({"categories": []}, "MISSING_CATEGORIES"),
        ({"currency": ""}, "MISSING_CURRENCY"),
        ({"currency": "XYZ"}, "INVALID_CURRENCY"),
        ({"versions": []}, "MISSING_VERSIONS"),
        ({"versions": [{"sku": "B", "price": 1, "stock": 1}]}, "MISSING_STOCKSTATUS"),
        ({"versions": [{"price": 1, "stock": 1, "stockStatus": "instock"}]}, "MISSING_SKU"),
        (
            {"versions": [{"sku": "B", "price": "x", "stock": 1, "stockStatus": "instock"}]},
            "INVALID_PRICE",
        ),
    ],
)
def test_a_broken_product_is_refused_alone(
    caller: Caller, shop: GomagShop, broken: dict[str, object], code: str
) -> None:
    answer = caller.post("product/write", [{**new_product("B"), **broken}, new_product("C")])
    assert answer["error"] == "200"
    refused, good = answer["data"]
    assert (refused["error"], code in refused["message"]) == ("600", True)
    assert "error" not in good
    assert ("B" in shop.truth.stock(), "C" in shop.truth.stock()) == (False, True)


def test_refusals_by_switch(caller: Caller, shop: GomagShop) -> None:
    batch = [new_product("B", name=""), new_product("C")]
    shop.switches = replace(shop.switches, write_refusal="envelope")
    answer = caller.post("product/write", batch)
    assert (answer["error"], answer["message"]) == ("600", ["MISSING_NAME"])
    assert "C" in shop.truth.stock()  # applied in spite of what the envelope says
    shop.switches = replace(shop.switches, product_batch_atomic=True)
    batch[1] = new_product("D")
    assert caller.post("product/write", batch)["error"] == "600"
    assert "D" not in shop.truth.stock()


def test_existing_and_repeated_skus(caller: Caller, shop: GomagShop) -> None:
    caller.write("product/write", [new_product("B")])
    first = caller.product("B")
    answer = caller.post("product/write", [new_product("B", name="Nai"), new_product("B")])
    assert answer["data"][1]["message"] == ["DUPLICATE_SKU"]
    assert caller.product("B")["id"] == first["id"]
    assert caller.product("B")["name"] == "Nai"
    shop.switches = replace(shop.switches, existing_sku_write="reject")
    answer = caller.post("product/write", [new_product("B", name="Cobză")])
    assert (answer["error"], answer["message"]) == ("600", ["EXISTING_SKU"])
    assert caller.product("B")["name"] == "Nai"


def test_at_most_25_products(caller: Caller, shop: GomagShop) -> None:
    batch = [new_product(f"M-{i}") for i in range(26)]
    assert caller.post("product/write", batch)["message"] == ["TOO_MANY_ITEMS"]
    assert "M-0" not in shop.truth.stock()
    shop.switches = replace(shop.switches, over_cap="truncate")
    assert len(caller.post("product/write", batch)["data"]) == 25
    assert "M-24" in shop.truth.stock()
    assert "M-25" not in shop.truth.stock()


def test_patch_needs_price_and_categories_even_for_a_name(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    name = caller.product(skus[0])["name"]
    sent = {"name": "Altfel", "versions": [{"sku": skus[0]}]}
    answer = caller.post("product/patch", [sent])
    assert answer["message"] == ["MISSING_PRICE", "MISSING_CATEGORIES"]
    assert caller.product(skus[0])["name"] == name
    shop.switches = replace(shop.switches, patch_missing_fields="lenient")
    assert caller.post("product/patch", [sent])["error"] == "200"
    assert caller.product(skus[0])["name"] == "Altfel"


def test_patch_gathers_or_replaces_categories(caller: Caller) -> None:
    caller.write("product/write", [new_product("P")])

    def patch(path: list[str], replace_: int) -> list[str]:
        sent = {
            "versions": [{"sku": "P", "price": "21"}],
            "categories": [path],
            "options": {"replaceCategories": replace_},
        }
        caller.write("product/patch", [sent])
        return [path[-1]["name"] for path in caller.product("P")["categories"]]

    assert patch(["Cadouri"], 0) == ["Fluiere", "Cadouri"]
    assert patch(["Cadouri"], 0) == ["Fluiere", "Cadouri"]
    assert patch(["Reduceri"], 1) == ["Reduceri"]
    assert caller.product("P")["base_price"] == "21.0000"


def test_patch_of_an_unknown_sku(caller: Caller) -> None:
    sent = [{"versions": [{"sku": "NIMIC", "price": "1"}], "categories": [["X"]]}]
    assert caller.post("product/patch", sent)["message"] == ["MISSING_ITEMS"]


def test_pictures_come_later_and_dead_ones_never(
    caller: Caller, shop: GomagShop, clock: Clock
) -> None:
    good, dead = "https://media.exemplu.example/1.jpg", "https://dead.invalid/2.jpg"
    pictures = [{"url": good, "skus": ["I-1"]}, {"url": dead}, {"url": "file:///etc/passwd"}]
    caller.write("product/write", [new_product("I-1", "I-2", images=pictures)])
    assert caller.shop.office.product("I-1").images == []
    clock.pass_ms(29_999)
    shop.tick()
    assert shop.office.product("I-1").images == []
    clock.pass_ms(1)
    assert shop.office.product("I-1").image_sources == [good]
    assert len(caller.product("I-1")["images"]) == 1
    assert caller.product("I-2")["images"] == []


def test_dead_picture_hosts_by_switch(caller: Caller, shop: GomagShop) -> None:
    shop.switches = replace(shop.switches, image_import_ms=0, dead_image_hosts=("mort.example",))
    pictures = [{"url": f"https://{host}/1.jpg"} for host in ("mort.example", "dead.invalid")]
    caller.write("product/write", [new_product("I", images=pictures)])
    assert shop.office.product("I").image_sources == ["https://dead.invalid/1.jpg"]


def test_pictures_at_once_by_switch_and_kept_if_asked(caller: Caller, shop: GomagShop) -> None:
    shop.switches = replace(shop.switches, image_import_ms=0)
    first = [{"url": "https://media.exemplu.example/1.jpg"}]
    second = [{"url": "https://media.exemplu.example/2.jpg"}]
    caller.write("product/write", [new_product("I", images=first)])
    caller.write(
        "product/write", [new_product("I", images=second, options={"ignoreImagesIfExists": 1})]
    )
    assert shop.office.product("I").image_sources == [first[0]["url"]]
    caller.write("product/patch", [new_product("I", images=second, options={"replaceMedia": 1})])
    assert shop.office.product("I").image_sources == [second[0]["url"]]


def test_deleted_products_are_gone_or_disabled(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    assert caller.post("product/delete", {"skus": [skus[0], "NIMIC"]})["error"] == "200"
    assert found(caller, sku=skus[0]) == []
    shop.switches = replace(shop.switches, deleted_products="disabled_row")
    caller.write("product/delete", {"skus": [skus[1]]})
    assert caller.product(skus[1])["enabled"] == "0"
    assert caller.post("product/delete", {"skus": []})["message"] == ["NO DATA"]


def test_brands_by_use(caller: Caller, shop: GomagShop) -> None:
    shop.state.catalogue.brand_named("Nefolosit")
    everyone = [b["name"] for b in caller.get("brand/read")["brands"]]
    used = [b["name"] for b in caller.get("brand/read", withProducts=1)["brands"]]
    assert "Nefolosit" in everyone
    assert "Nefolosit" not in used
    assert used


def test_letters_may_be_escaped(caller: Caller, shop: GomagShop) -> None:
    assert not caller.read("category/read").body.isascii()
    shop.switches = replace(shop.switches, escape_unicode=True)
    response = caller.read("category/read")
    assert response.body.isascii()
    assert "Bucătărie" in [c["name"] for c in caller.get("category/read")["categories"].values()]


def test_echo_of_options_by_switch(caller: Caller, shop: GomagShop) -> None:
    shop.switches = replace(shop.switches, echo_options_as_list=False)
    answer = caller.post("product/write", [new_product("O", options={"replaceCategories": 1})])
    assert answer["data"][0]["options"] == {"replaceCategories": 1}
