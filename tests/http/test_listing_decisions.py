import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from magazie.actors.listing_messages import MarkItem, StoreListing, StorePlan
from magazie.actors.settings_book import Role
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.model.item_problems import ItemProblem, ItemProblemCode
from magazie.model.matching import MatchAction, MatchReason
from magazie.storage.shop_matching import PlannedRow
from tests.http.edges import Edge, edge_over
from tests.http.shop_data import shop_product
from tests.storage.fresh_books import open_fresh

LISTING = "/api/v1/shops/magazin/listing"
PREVIEW = "/api/v1/shops/magazin/import/preview"
EAN = "5941234567899"


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    storage = await open_fresh(tmp_path / "magazie.db")
    try:
        async with edge_over(storage, tmp_path) as built:
            yield built
    finally:
        await storage.close()


async def tell(edge: Edge, message: object) -> None:
    await edge.parts.directory.ask(ShopCatalogue, "magazin", message)


@pytest.fixture
async def two(edge: Edge) -> tuple[Any, Any]:
    """Two products that item 7 could be; the shop's listing leaves it to a person."""
    first = await edge.product("X", ean=EAN)
    second = await edge.product("Y", additional_codes=[{"code": EAN}])
    item = msgspec.structs.replace(shop_product("7", "P7", "Cană"), ean=EAN, group_key="CANI")
    await tell(edge, StoreListing((item, shop_product("8", "P8", "Farfurie"))))
    ids = tuple(edge.parts.nomenclature.named_by(f"g:0{EAN}"))
    rows = (
        PlannedRow("7", MatchAction.ASK, MatchReason.SEVERAL_PRODUCTS, None, ids),
        PlannedRow("8", MatchAction.CREATE, MatchReason.NOTHING_ALIKE, None),
    )
    await tell(edge, StorePlan(rows))
    reason = ItemProblem(ItemProblemCode.SEVERAL_PRODUCTS, {"sku": "P7", "ean": EAN})
    await tell(edge, MarkItem("7", "conflict", reason))
    return first, second


async def conflicts(edge: Edge) -> list[str]:
    found = (await edge.get("/api/v1/alerts?kind=import_conflict"))["items"]
    return [alert["subject"] for alert in found]


async def test_an_import_is_foreseen_row_by_row(edge: Edge, two: tuple[Any, Any]) -> None:
    page = await edge.get(f"{PREVIEW}?limit=1&lang=ro", role=Role.OFFICE)
    (row,) = page["items"]
    assert (row["id"], row["action"], row["reason"]) == ("7", "ask", "several_products")
    assert row["why"] == f"Mai multe produse răspund la SKU-ul P7 sau EAN-ul {EAN}."
    assert row["products"] == sorted(it["id"] for it in two)
    rest = await edge.get(f"{PREVIEW}?limit=1&lang=ro&cursor={page['next']}", role=Role.OFFICE)
    assert [it["id"] for it in rest["items"]] == ["8"]
    for query in ("action=ask", "reason=several_products"):
        found = (await edge.get(f"{PREVIEW}?{query}&lang=en", role=Role.OFFICE))["items"]
        assert [it["why"] for it in found] == [
            f"Several products answer to the SKU P7 or the EAN {EAN}."
        ]
    assert (await edge.ask("GET", PREVIEW, role=Role.PICKER)).status == 403


async def test_the_candidates_of_a_conflict(edge: Edge, two: tuple[Any, Any]) -> None:
    found = await edge.get(f"{LISTING}/7/candidates?lang=en")
    assert {it["product"] for it in found["candidates"]} == {it["id"] for it in two}
    assert {tuple(it["matched_by"]) for it in found["candidates"]} == {("ean",)}
    assert all(it["linked_items"] == [] for it in found["candidates"])
    assert found["reason"] == "several_products"
    plain = await edge.get(f"{LISTING}/8/candidates?lang=en")
    assert plain["candidates"] == []
    assert (await edge.ask("GET", f"{LISTING}/99/candidates")).status == 404


async def test_a_person_links(edge: Edge, two: tuple[Any, Any]) -> None:
    assert await conflicts(edge) == ["magazin/7"]
    body = {"action": "link", "product": two[1]["id"]}
    row = await edge.post(f"{LISTING}/7/decide", body, status=200)
    assert (row["state"], row["product"], row["decision"]) == ("linked", two[1]["id"], "link")
    assert row["decided_by"] == "client-admin"
    assert row["decided_at"] is not None
    assert row["problem"] is None
    assert await conflicts(edge) == []
    assert await edge.post(f"{LISTING}/7/decide", body, status=200)
    product = await edge.get(f"/api/v1/products/{two[1]['id']}")
    assert [(it["external_id"], it["sku"]) for it in product["links"]] == [("7", "P7")]
    assert product["version"] == two[1]["version"], "the record itself is as it was"
    other = {"action": "link", "product": two[0]["id"]}
    assert (await edge.post(f"{LISTING}/7/decide", other, status=409))["type"].endswith("conflict")
    row = await edge.post(f"{LISTING}/7/decide", {"action": "undo"}, status=200)
    assert (row["state"], row["product"], row["decision"]) == ("new", None, None)


@pytest.mark.parametrize(("action", "state"), [("ignore", "ignored"), ("create", "new")])
async def test_a_person_ignores_or_wants_a_new_product(
    edge: Edge, two: tuple[Any, Any], action: str, state: str
) -> None:
    row = await edge.post(f"{LISTING}/7/decide", {"action": action}, status=200)
    assert (row["state"], row["decision"]) == (state, action)
    assert await conflicts(edge) == []
    listed = (await edge.get(f"{LISTING}?state={state}"))["items"]
    assert "7" in [it["id"] for it in listed]
    row = await edge.post(f"{LISTING}/7/decide", {"action": "undo"}, status=200)
    assert (row["state"], row["decision"]) == ("new", None)


async def test_what_cannot_be_decided_is_told(edge: Edge, two: tuple[Any, Any]) -> None:
    path = f"{LISTING}/7/decide"
    await edge.post(path, {"action": "link"}, status=422)
    await edge.post(path, {"action": "ignore", "product": two[0]["id"]}, status=422)
    await edge.post(path, {"action": "link", "product": "0000000000099"}, status=422)
    await edge.post(path, {"action": "guess"}, status=422)
    await edge.post(f"{LISTING}/99/decide", {"action": "ignore"}, status=404)
    await edge.post("/api/v1/shops/altul/listing/7/decide", {"action": "ignore"}, status=404)
    refused = await edge.ask("POST", path, {"action": "ignore"}, role=Role.PICKER)
    assert refused.status == 403
    assert await conflicts(edge) == ["magazin/7"]


async def test_the_shown_state_follows_links_made_elsewhere(
    edge: Edge, two: tuple[Any, Any]
) -> None:
    links = f"/api/v1/products/{two[0]['id']}/links"
    body = {"shop": "magazin", "external_id": "7", "sku": "P7"}
    await edge.post(links, body, status=200)
    assert [it["state"] for it in (await edge.get(f"{LISTING}?state=linked"))["items"]] == [
        "linked"
    ]
    await tell(edge, MarkItem("7", "linked"))
    assert (await edge.ask("DELETE", f"{links}/magazin/7")).status == 200
    shown = (await edge.get(LISTING))["items"]
    assert {it["id"]: it["state"] for it in shown} == {"7": "new", "8": "new"}


async def test_an_import_under_way_does_not_talk_over_a_person(
    edge: Edge, two: tuple[Any, Any]
) -> None:
    await edge.post(f"{LISTING}/7/decide", {"action": "ignore"}, status=200)
    body = {"action": "link", "product": two[0]["id"]}
    await edge.post(f"{LISTING}/8/decide", body, status=200)
    for item in ("7", "8"):
        await tell(edge, MarkItem(item, "conflict", "judged before the person spoke"))
    assert await conflicts(edge) == []
    shown = (await edge.get(LISTING))["items"]
    assert {it["id"]: it["state"] for it in shown} == {"7": "ignored", "8": "linked"}


async def test_a_family_is_shown_and_filtered(edge: Edge, two: tuple[Any, Any]) -> None:
    assert [it["id"] for it in (await edge.get(f"{LISTING}?family=CANI"))["items"]] == ["7"]
    made = await edge.product("T-M", family="TRICOU")
    assert made["family"] == "TRICOU"
    found = (await edge.get("/api/v1/products?family=TRICOU"))["items"]
    assert [it["id"] for it in found] == [made["id"]]
    changed = await edge.ask("PATCH", f"/api/v1/products/{made['id']}", {"family": ""})
    assert (await changed.json())["family"] == ""


async def test_decisions_outlive_the_shop_s_next_word(edge: Edge, two: tuple[Any, Any]) -> None:
    await edge.post(f"{LISTING}/7/decide", {"action": "ignore"}, status=200)
    await tell(edge, StoreListing((shop_product("7", "P7-NOU", "Cană nouă"),)))
    (row,) = (await edge.get(f"{LISTING}?sku=P7-NOU"))["items"]
    assert (row["state"], row["decision"]) == ("ignored", "ignore")

    def query(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT count(*) FROM import_plan").fetchone()[0])

    assert await edge.parts.storage.read(query) == 2
