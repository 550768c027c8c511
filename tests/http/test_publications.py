"""Publishing as other programs ask for it and follow it."""

import sqlite3

import msgspec

from magazie.actors.publishing_messages import Ended as PublishEnded
from magazie.actors.publishing_messages import NotPublished, PlanBatch
from magazie.actors.settings_book import Role
from magazie.actors.shop_publisher import ShopPublisher
from magazie.http.publish_words import publish_words
from magazie.model.publish_details import shop_said
from magazie.model.publishing import PublishProblem
from magazie.ports import ShopAttribute, ShopCategory
from magazie.storage import shop_tree
from magazie.storage.jobs import find
from tests.http.edges import Edge

SHOP = "/api/v1/shops/magazin"
HOME = (("1", "Casă"),)
CUPS = (*HOME, ("2", "Căni"))


async def furnish(edge: Edge) -> dict[str, str]:
    """The shop's tree; ours by name."""

    def unit(connection: sqlite3.Connection) -> None:
        tree = [ShopCategory("1", "Casă", HOME, 0), ShopCategory("2", "Căni", CUPS, 0)]
        shop_tree.store_categories(connection, "magazin", tree)
        known = [ShopAttribute("5", "culoare", "Culoare", "dropdown", is_version=False)]
        shop_tree.store_attributes(connection, "magazin", known)

    await edge.parts.storage.write(unit)
    home = await edge.post("/api/v1/categories", {"name": "Casă"})
    cups = await edge.post("/api/v1/categories", {"name": "Căni", "parent_id": home["id"]})
    other = await edge.post("/api/v1/categories", {"name": "Altele"})
    return {"Casă": home["id"], "Căni": cups["id"], "Altele": other["id"]}


async def put(edge: Edge, path: str, items: list[dict[str, object]], status: int = 200) -> object:
    answer = await edge.ask("PUT", f"{SHOP}{path}", {"items": items})
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_publishing_is_a_job_and_another_waits_for_it(edge: Edge) -> None:
    one, two = await edge.product("P1"), await edge.product("P2")
    started = await edge.post(f"{SHOP}/publish", {"products": [one["id"]]}, status=202)
    assert await edge.post(f"{SHOP}/publish", {"products": [one["id"]]}, status=202) == started
    await edge.post(f"{SHOP}/publish", {"products": [two["id"]]}, status=409)
    job = await edge.parts.storage.read(lambda c: find(c, 1))
    assert job is not None
    assert (job.kind, len(msgspec.json.decode(job.arguments)["products"])) == ("publish", 1)


async def test_what_cannot_be_published_is_refused_before_it_begins(edge: Edge) -> None:
    for body in ({"products": []}, {"products": ["0000000000001"]}, {"products": ["x"]}, {}):
        await edge.post(f"{SHOP}/publish", body, status=422)
    await edge.post("/api/v1/shops/altul/publish", {"products": ["0000000000001"]}, status=404)
    one = await edge.product("P1")
    refused = await edge.ask("POST", f"{SHOP}/publish", {"products": [one["id"]]}, role=Role.PICKER)
    assert refused.status == 403
    assert (await edge.get("/api/v1/jobs", role=Role.OFFICE))["items"] == []


async def test_a_merchant_sees_what_each_lacks_before_pressing(edge: Edge) -> None:
    ours = await furnish(edge)
    await edge.product("BUN", category_id=ours["Căni"], prices={"principal": "10"})
    await edge.product("CANA-X", category_id=ours["Căni"], vat_rate=None)
    await edge.product("ALT", category_id=ours["Altele"], prices={"principal": "10"})
    found = (await edge.get(f"{SHOP}/publications?category={ours['Căni']}"))["items"]
    assert [(it["code"], it["state"], [p["code"] for p in it["problems"]]) for it in found] == [
        ("BUN", "absent", []),
        ("CANA-X", "absent", ["no_price", "no_vat"]),
    ]
    assert found[1]["problems"][1]["ro"] == "Nu are cotă de TVA."
    found = (await edge.get(f"{SHOP}/publications?q=alt"))["items"]
    assert [p["code"] for p in found[0]["problems"]] == ["category_unmapped"]


async def test_refusals_stand_on_the_product_and_are_found_there(edge: Edge) -> None:
    ours = await furnish(edge)
    good = await edge.product("BUN", category_id=ours["Căni"], prices={"principal": "10"})
    bad = await edge.product("CANA-X", category_id=ours["Căni"])
    ids = [product["id"] for product in (good, bad)]
    numbers = [row[0] for row in await numbers_of(edge)]
    await edge.parts.directory.ask(ShopPublisher, "magazin", PlanBatch(7, tuple(numbers)))
    end = NotPublished(numbers[0], PublishProblem.REFUSED, shop_said("Numele este rezervat"))
    await edge.parts.directory.ask(ShopPublisher, "magazin", PublishEnded((end,)))

    shown = await edge.get(f"/api/v1/products/{ids[0]}")
    assert shown["problems"] == ["magazin: refused"]
    assert shown["publications"] == [
        {
            "shop": "magazin",
            "state": "refused",
            "problems": [msgspec.to_builtins(publish_words(PublishProblem.REFUSED))],
            "detail": "Numele este rezervat",
            "explanation": {
                "code": "shop_said",
                "ro": "Numele este rezervat",
                "en": "Numele este rezervat",
            },
        }
    ]

    async def codes(query: str) -> list[str]:
        rows = (await edge.get(f"/api/v1/products?{query}"))["items"]
        return [row["code"] for row in rows]

    assert await codes("problem=no_price&shop=magazin") == ["CANA-X"]
    assert await codes("problem=refused") == ["BUN"]
    assert await codes("problem=no_vat") == []
    assert await codes("has_problems=true") == ["BUN", "CANA-X"]
    assert await codes("has_problems=false") == []
    found = (await edge.get(f"{SHOP}/publications?problem=refused&state=refused"))["items"]
    assert [row["code"] for row in found] == ["BUN"]
    changed = await edge.ask("PATCH", f"/api/v1/products/{ids[1]}", {"brand": "Argeș"})
    assert (await changed.json())["problems"] == ["magazin: no_price"]
    (alert,) = (await edge.get("/api/v1/alerts?kind=publish_refused"))["items"]
    assert alert["text"] == "2 din 2 produse nu sunt publicate în magazin: BUN; CANA-X"


async def numbers_of(edge: Edge) -> list[tuple[int]]:
    return await edge.parts.storage.read(
        lambda c: c.execute("SELECT id FROM products ORDER BY code_key").fetchall()
    )


async def test_categories_go_by_name_until_somebody_chooses(edge: Edge) -> None:
    ours = await furnish(edge)
    found = (await edge.get(f"{SHOP}/categories/map"))["items"]
    assert [(it["path"], it["state"], it["shop_category"]) for it in found] == [
        (["Altele"], "unmapped", None),
        (["Casă"], "by_name", "1"),
        (["Casă", "Căni"], "by_name", "2"),
    ]
    chosen = {"category": ours["Altele"], "shop_category": "2"}
    wanted = {"category": ours["Casă"], "create": {"name": "Acasă", "parent": "1"}}
    answer = await put(edge, "/categories/map", [chosen, wanted])
    assert isinstance(answer, dict)
    assert [(it["state"], it["shop_category"]) for it in answer["items"]] == [
        ("chosen", "2"),
        ("pending", None),
        ("by_name", "2"),
    ]
    assert answer["job"] is not None
    answer = await put(edge, "/categories/map", [])
    assert isinstance(answer, dict)
    assert (answer["items"][0]["state"], answer["job"]) == ("unmapped", None)


async def test_a_map_that_cannot_be_changes_nothing(edge: Edge) -> None:
    ours = await furnish(edge)
    cups = ours["Căni"]
    before = await edge.get(f"{SHOP}/categories/map")
    for items in (
        [{"category": cups, "shop_category": "99"}],
        [{"category": "0000000000009", "shop_category": "1"}],
        [{"category": cups, "shop_category": "1"}, {"category": cups, "shop_category": "2"}],
        [{"category": cups}],
        [{"category": cups, "shop_category": "1", "create": {"name": "X"}}],
        [{"category": cups, "create": {"name": "  "}}],
        [{"category": cups, "create": {"name": "X", "parent": "99"}}],
    ):
        await put(edge, "/categories/map", items, 422)
    for items in (
        [{"attribute": "Culoare", "shop_attribute": "99"}],
        [{"attribute": "Culoare"}],
        [{"attribute": "Culoare", "create": {"name": "X", "type": "colour"}}],
        [{"attribute": "A", "shop_attribute": "5"}, {"attribute": "A", "shop_attribute": "5"}],
    ):
        await put(edge, "/attributes/map", items, 422)
    listed = await edge.ask("PUT", f"{SHOP}/attributes/map", ["Culoare"])
    assert listed.status == 422
    assert await edge.get(f"{SHOP}/categories/map") == before


async def test_attributes_go_by_name_until_somebody_chooses(edge: Edge) -> None:
    await furnish(edge)
    values = [{"name": name, "values": ["x"]} for name in ("culoare", "Nuanță", "Lemn")]
    await edge.product("P1", attributes=values)
    answer = await put(
        edge,
        "/attributes/map",
        [
            {"attribute": "Nuanță", "shop_attribute": "5"},
            {"attribute": "Lemn", "create": {"name": "Esență", "type": "dropdown"}},
        ],
    )
    assert isinstance(answer, dict)
    assert [(it["attribute"], it["state"], it["shop_name"]) for it in answer["items"]] == [
        ("Lemn", "pending", ""),
        ("Nuanță", "chosen", "Culoare"),
        ("culoare", "by_name", "Culoare"),
    ]
    assert answer["job"] is not None
