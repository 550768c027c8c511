import sqlite3

from magazie.actors.settings_book import Role
from magazie.ports import Throttled, Unauthorized, UndecodableOrder
from magazie.storage import feeds
from magazie.storage import listing as listing_rows
from magazie.storage.alerts import raise_alert
from tests.http.edges import NOW_MS, Edge
from tests.http.shop_data import shop_order, shop_product


async def test_a_shop_shows_where_its_secrets_stand_and_never_them(edge: Edge) -> None:
    response = await edge.ask("GET", "/api/v1/shops/magazin", role=Role.PICKER)
    shop = await response.json()

    assert shop["api_key"] == "env:NOT_READ_HERE"
    assert shop["webhook_secret"].startswith("kept:")
    assert "secretul" not in await response.text()
    assert shop["is_served"] is True
    assert response.headers["ETag"] == f'"{shop["version"]}"'
    assert (await edge.get("/api/v1/shops"))["items"] == [shop]


async def test_a_shop_is_changed_as_it_was_read(edge: Edge) -> None:
    path = "/api/v1/shops/magazin"
    version = (await edge.get(path))["version"]
    changes = {
        "stock_warehouse": "raft",
        "poll_seconds": 30,
        "orders_from": "2026-01-01",
        "status_map": {"shipped": "Expediata"},
        "webhook_secret": "alt secret",
    }

    response = await edge.ask("PATCH", path, changes, headers={"If-Match": f'"{version}"'})
    late = await edge.ask("PATCH", path, changes, headers={"If-Match": f'"{version}"'})

    shop = await response.json()
    assert response.status == 200, shop
    assert (shop["stock_warehouse"], shop["poll_seconds"]) == ("raft", 30)
    assert shop["orders_from"] == "2026-01-01T00:00:00+02:00"
    assert shop["status_map"]["shipped"] == "Expediata"
    assert shop["status_map"]["cancelled"] == "Anulata"
    assert "alt secret" not in await response.text()
    assert late.status == 412
    wrong = await edge.ask("PATCH", path, {"stock_warehouse": "altul", "base_url": "ftp://x"})
    fields = [error["field"] for error in (await wrong.json())["errors"]]
    assert (wrong.status, sorted(fields)) == (422, ["base_url", "stock_warehouse"])
    assert (await edge.ask("PATCH", path, {"flush_seconds": 0})).status == 422
    assert (await edge.ask("PATCH", path, {"api_key": "env:"})).status == 422


async def test_another_shop_is_set_up_by_an_admin_alone(edge: Edge) -> None:
    body = {
        "name": "al-doilea",
        "base_url": "https://api.doi.test/",
        "shop_url": "https://doi.test",
        "api_key": "env:CHEIE",
    }

    refused = await edge.ask("POST", "/api/v1/shops", body, role=Role.OFFICE)
    shop = await edge.post("/api/v1/shops", body)

    assert refused.status == 403
    assert shop["base_url"] == "https://api.doi.test"
    assert shop["is_served"] is False
    await edge.post("/api/v1/shops", body, status=409)
    problem = await edge.post("/api/v1/shops/al-doilea/sync", status=503)
    assert problem["type"] == "urn:magazie:problem:not_ready"


async def test_a_shop_is_tested_and_its_own_words_come_back(edge: Edge) -> None:
    path = "/api/v1/shops/magazin/test"

    assert await edge.post(path, status=200) == {"text": "the shop answers"}
    edge.desk.failure = Unauthorized("key refused")
    problem = await edge.post(path, status=502)
    assert problem["detail"] == "key refused"
    edge.desk.failure = Throttled("slow down", retry_after_s=3.2)
    response = await edge.ask("POST", path)
    assert (response.status, response.headers["Retry-After"]) == (502, "4")


async def test_catalogue_work_is_a_job_that_is_followed(edge: Edge) -> None:
    started = await edge.post("/api/v1/shops/magazin/sync", status=202)
    again = await edge.post("/api/v1/shops/magazin/sync", status=202)

    job = await edge.get(f"/api/v1/jobs/{started['job']}", role=Role.OFFICE)
    assert again == started
    assert (job["kind"], job["subject"], job["state"]) == ("sync", "magazin", "waiting")
    assert (job["done"], job["total"], job["problems"], job["result"]) == (0, None, [], None)
    listed = await edge.get("/api/v1/jobs?kind=sync&state=waiting", role=Role.OFFICE)
    assert listed["items"] == [job]
    cancelled = await edge.post(f"/api/v1/jobs/{started['job']}/cancel", status=200)
    assert cancelled["state"] == "cancelled"
    assert (await edge.get("/api/v1/jobs?state=waiting", role=Role.OFFICE))["items"] == []
    assert (await edge.ask("GET", "/api/v1/jobs/0000000000009")).status == 404


async def test_an_import_says_what_to_import(edge: Edge) -> None:
    path = "/api/v1/shops/magazin/import"

    everything = {"all": True, "dry_run": True, "opening_stock": False}
    started = await edge.post(path, everything, status=202)
    assert await edge.post(path, everything, status=202) == started
    chosen = {"rows": ["78", "77"]}
    problem = await edge.post(path, chosen, status=409)
    assert problem["type"] == "urn:magazie:problem:conflict", "it would not be done"
    await edge.post(f"/api/v1/jobs/{started['job']}/cancel", {}, status=200)
    await edge.post(path, chosen, status=202)

    assert edge.desk.imports[0] == {"rows": None, "dry_run": True, "opening_stock": False}
    assert edge.desk.imports[-1] == {"rows": ["77", "78"], "dry_run": False, "opening_stock": True}
    for body in ({}, {"all": True, "rows": ["77"]}, {"rows": []}, {"all": False}):
        await edge.post(path, body, status=422)


async def test_the_listing_shows_what_is_linked(edge: Edge) -> None:
    product = await edge.product("P1", links=[{"shop": "magazin", "external_id": "1", "sku": "S1"}])

    def unit(connection: sqlite3.Connection) -> None:
        page = (shop_product("1", "S1", "Ciocan"), shop_product("2", "S2", "Ferăstrău"))
        listing_rows.store_page(connection, "magazin", page, NOW_MS)
        listing_rows.mark(connection, "magazin", "2", "conflict", "doi candidați")

    await edge.parts.storage.write(unit)

    first, second = (await edge.get("/api/v1/shops/magazin/listing"))["items"]
    assert (first["id"], first["product"], first["problem"]) == ("1", product["id"], None)
    assert (first["stock"], first["price"]) == ("3", "10.00")
    assert (second["state"], second["problem"]) == ("conflict", "doi candidați")
    for query in ("state=conflict", "sku=S2", "q=ferastrau"):
        found = (await edge.get(f"/api/v1/shops/magazin/listing?{query}"))["items"]
        assert [row["id"] for row in found] == ["2"]
    assert (await edge.ask("GET", "/api/v1/shops/altul/listing")).status == 404


async def test_orders_that_were_not_taken_are_taken_by_a_person(edge: Edge) -> None:
    def unit(connection: sqlite3.Connection) -> None:
        feeds.list_untaken(connection, "magazin", shop_order("900", "A900"), NOW_MS)
        feeds.list_untaken(connection, "magazin", shop_order("901", "A901"), NOW_MS)

    await edge.parts.storage.write(unit)

    path = "/api/v1/shops/magazin/orders/untaken"
    listed = await edge.get(path, role=Role.OFFICE)
    assert [row["external_id"] for row in listed["items"]] == ["901", "900"]
    assert listed["items"][0]["reason"] == "before_start"
    assert listed["items"][0]["total"] == "10.00"
    taken = await edge.post(f"{path}/take", {"orders": ["900", "900"]}, status=200)
    assert (taken, edge.desk.taken) == ({"taken": 1}, ("A900",))
    problem = await edge.post(f"{path}/take", {"orders": ["900", "1"]}, status=422)
    assert [error["field"] for error in problem["errors"]] == ["orders[1]"]


async def test_an_order_that_cannot_be_read_is_dismissed_by_a_person(edge: Edge) -> None:
    odd = UndecodableOrder(None, b"{}", "no id", ("1",))

    def unit(connection: sqlite3.Connection) -> None:
        feeds.list_undecodable(connection, "magazin", "?ab12", odd, b"x" * 16, NOW_MS)
        raise_alert(connection, "undecodable_order", "magazin/?ab12", {"problem": "no id"}, NOW_MS)

    await edge.parts.storage.write(unit)
    path = "/api/v1/shops/magazin/orders/untaken"

    done = await edge.post(f"{path}/dismiss", {"orders": ["?ab12", "77"]}, status=200)

    assert (done, edge.desk.flushes) == ({"dismissed": 1}, 1)
    assert (await edge.get("/api/v1/alerts?state=open", role=Role.OFFICE))["items"] == []
    (listed,) = (await edge.get(f"{path}?dismissed=true", role=Role.OFFICE))["items"]
    assert listed["dismissed_by"] != ""
    assert (await edge.get(f"{path}?dismissed=false", role=Role.OFFICE))["items"] == []
    again = await edge.post(f"{path}/dismiss", {"orders": ["?ab12"]}, status=200)
    assert again == {"dismissed": 0}
