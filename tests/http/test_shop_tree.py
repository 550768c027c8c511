"""The listing, its tree and its attributes, as other programs read them."""

import sqlite3

from msgspec.structs import replace

from magazie.ports import ShopAttribute, ShopCategory
from magazie.storage import listing, shop_tree
from tests.http.edges import NOW_MS, Edge
from tests.http.shop_data import shop_product

HOME = (("1", "Casă"),)
CUPS = (*HOME, ("2", "Căni"))


async def furnish(edge: Edge) -> None:
    cup = replace(
        shop_product("10", "CANA-1", "Cană emailată"),
        brand="Argeș",
        categories=(CUPS,),
        attributes=(("5", "Culoare", ("Roșu", "Alb")),),
        bundle=(("CANA-2", 2000),),
    )
    other = replace(
        shop_product("11", "MASA-1", "Masă"),
        categories=(HOME,),
        attributes=(("5", "Culoare", ("Alb",)), ("9", "Lemn", ("Fag",))),
    )

    def unit(connection: sqlite3.Connection) -> None:
        tree = [ShopCategory("1", "Casă", HOME, 0), ShopCategory("2", "Căni", CUPS, 0)]
        shop_tree.store_categories(connection, "magazin", tree)
        known = [ShopAttribute("5", "culoare", "Culoare", "dropdown", is_version=True)]
        shop_tree.store_attributes(connection, "magazin", known)
        listing.store_page(connection, "magazin", [cup, other], NOW_MS)
        shop_tree.store_uses(connection, "magazin", [cup, other])

    await edge.parts.storage.write(unit)


async def test_the_tree_counts_what_stands_below(edge: Edge) -> None:
    await furnish(edge)
    found = (await edge.get("/api/v1/shops/magazin/categories"))["items"]
    assert [(it["name"], it["parent_id"], it["path"], it["items"]) for it in found] == [
        ("Casă", None, ["Casă"], 2),
        ("Căni", "1", ["Casă", "Căni"], 1),
    ]
    await edge.parts.storage.write(
        lambda c: shop_tree.store_categories(c, "magazin", [ShopCategory("1", "Casă", HOME, 0)])
    )
    found = (await edge.get("/api/v1/shops/magazin/categories"))["items"]
    assert [it["is_gone"] for it in found] == [False, True]


async def test_options_are_what_items_have(edge: Edge) -> None:
    await furnish(edge)
    found = (await edge.get("/api/v1/shops/magazin/attributes"))["items"]
    assert [(it["id"], it["key"], it["is_version"], it["items"]) for it in found] == [
        ("5", "culoare", True, 2),
        ("9", "", False, 1),
    ]
    assert found[0]["options"] == [{"value": "Alb", "items": 2}, {"value": "Roșu", "items": 1}]


async def test_the_listing_is_filtered(edge: Edge) -> None:
    await furnish(edge)

    async def found(query: str) -> list[str]:
        rows = (await edge.get(f"/api/v1/shops/magazin/listing?{query}"))["items"]
        return [row["sku"] for row in rows]

    assert await found("category=1") == ["CANA-1", "MASA-1"]
    assert await found("category=2") == ["CANA-1"]
    assert await found("category=77") == []
    assert await found("brand=Argeș") == ["CANA-1"]
    assert await found("has_problem=true") == []
    assert await found("has_product=false&q=masa") == ["MASA-1"]


async def test_one_item_is_shown_whole(edge: Edge) -> None:
    await furnish(edge)
    item = await edge.get("/api/v1/shops/magazin/listing/10")
    assert item["row"]["sku"] == "CANA-1"
    assert item["categories"] == [["Casă", "Căni"]]
    assert item["attributes"] == [{"id": "5", "name": "Culoare", "values": ["Roșu", "Alb"]}]
    assert item["bundle"] == [{"sku": "CANA-2", "quantity": "2"}]
    assert (await edge.ask("GET", "/api/v1/shops/magazin/listing/99")).status == 404
