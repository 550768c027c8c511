"""A phone in the storeroom: goods are picked, received and counted, at the service itself."""

from pathlib import Path

from playwright.async_api import Playwright, async_playwright, expect

from tests.e2e.client import Client, client_of
from tests.e2e.conftest import Serve
from tests.e2e.served import Served
from tests.e2e.shops import WAREHOUSES
from tests.e2e.storeroom import faults_of
from tests.web.phone import Phone, phone

GOODS = {
    "CANA-12": ("2000000001012", "A-1", "2"),
    "FARF-7": ("2000000001029", "A-2", "1"),
    "CEAINIC": ("2000000001036", "B-1", "3"),
    "LINGURA": ("2000000001043", "B-2", "1"),
}
"""Code → (EAN, location, how many the order wants)."""
MUG, PLATE, TEAPOT, SPOON = (ean for ean, _, _ in GOODS.values())
OTHER = "2000000001050"
PASSWORD = "o parola destul de lunga"


async def test_four_lines_with_mistakes_offline_and_a_killed_service(
    serve: Serve, tmp_path: Path
) -> None:
    service = serve(WAREHOUSES)
    token = await service.make_token()
    await service.start()
    async with client_of(service.url, token) as client, async_playwright() as driver:
        person = {"name": "ana", "role": "picker", "password": PASSWORD}
        await client.post("/api/v1/users", person)
        await _furnish(client)
        await _pick(driver, tmp_path / "profile", service)
        (order,) = (await client.get("/api/v1/orders"))["items"]
        assert (order["fulfilment"], order["status"]) == ("picked", "picked")
        assert [line["picked"] for line in order["lines"]] == ["2", "1", "3", "1"]
    await service.stop()
    assert await faults_of(service.database, settled=False) == []


async def test_an_announced_delivery_and_a_shelf_with_mistakes_and_offline(
    serve: Serve, tmp_path: Path
) -> None:
    service = serve(WAREHOUSES)
    token = await service.make_token()
    await service.start()
    async with client_of(service.url, token) as client, async_playwright() as driver:
        person = {"name": "ana", "role": "picker", "password": PASSWORD}
        await client.post("/api/v1/users", person)
        await _announce(client)
        await _receive_and_count(driver, tmp_path / "profile", service)
        assert await _on_hand(client) == {"CANA-12": "3", "FARF-7": "7", "CEAINIC": "2"}
        (reception,) = (await client.get("/api/v1/receptions"))["items"]
        (shelf,) = (await client.get("/api/v1/counts"))["items"]
        assert (reception["state"], shelf["state"]) == ("done", "done")
        received = await client.get(f"/api/v1/receptions/{reception['id']}")
        counted = {line["code"]: line["counted"] for line in received["lines"]}
        assert counted == {"CANA-12": "3", "FARF-7": "2", "CEAINIC": "2"}
        kinds = ("reception_differs", "count_differs")
        alerts = {one["kind"] for one in (await client.get("/api/v1/alerts"))["items"]}
        assert set(kinds) <= alerts
    await service.stop()
    assert await faults_of(service.database, settled=False) == []


async def _furnish(client: Client) -> None:
    lines, wanted = [], []
    goods = {**GOODS, "ALTUL": (OTHER, "C-1", "0")}
    for sku, (ean, location, quantity) in goods.items():
        body = {"code": sku, "name": sku.title(), "ean": ean, "location": location}
        made = await client.post("/api/v1/products", body)
        lines.append({"product": made["id"], "quantity": "10"})
        if quantity != "0":
            wanted.append({"sku": sku, "quantity": quantity, "price": "10"})
    reception = {"kind": "reception", "warehouse": "principal", "reference": "NIR 1"}
    await client.post("/api/v1/stock/movements", {**reception, "lines": lines})
    order = {
        "number": "560",
        "source": "caiet",
        "warehouse": "principal",
        "currency": "RON",
        "customer": {"name": "Ion"},
        "delivery": {"name": "Ion", "county": "Cluj", "city": "Cluj", "address": "Str. 1"},
        "lines": wanted,
    }
    await client.post("/api/v1/orders", order)


async def _pick(driver: Playwright, profile: Path, service: Served) -> None:
    async with phone(driver, profile, service.url, opens=False) as held:
        await held.page.goto(f"{service.url}/terminal")
        await _sign_in(held)
        await held.open_order()
        await held.scans(TEAPOT, "counted")
        await held.scans(OTHER, "not_in_order")
        await held.scans("CE-I-ASTA", "unknown_code")
        await held.scans(PLATE, "counted")
        await held.scans(PLATE, "over")

        await held.context.set_offline(True)
        await service.kill()
        await expect(held.page.locator(".offline")).to_be_visible()
        await held.scan(TEAPOT, TEAPOT, "CE-I-ASTA")
        await held.waits_for(3)

        await service.start()
        await held.context.set_offline(False)
        await held.waits_for(0)
        late = held.page.locator(".late")
        await expect(late).to_contain_text("CE-I-ASTA")
        await held.press("Understood")

        await held.scans(SPOON, "counted")
        await held.scan(MUG, MUG)
        await expect(held.page.get_by_text("Everything is picked")).to_be_visible()
        await held.press("Complete")
        await held.sees("completed")


async def _announce(client: Client) -> None:
    lines = []
    for sku, quantity in (("CANA-12", "3"), ("FARF-7", "2"), ("CEAINIC", "1")):
        ean, location, _ = GOODS[sku]
        body = {"code": sku, "name": sku.title(), "ean": ean, "location": location}
        made = await client.post("/api/v1/products", body)
        lines.append({"product": made["id"], "quantity": quantity, "unit_cost": "4.50"})
    delivery = {"reference": "AVIZ 7", "supplier": "Olarul", "warehouse": "principal"}
    await client.post("/api/v1/receptions", {**delivery, "lines": lines})


async def _on_hand(client: Client) -> dict[str, str]:
    names = {each["id"]: each["code"] for each in (await client.get("/api/v1/products"))["items"]}
    rows = (await client.get("/api/v1/stock"))["items"]
    return {names[row["product"]]: row["on_hand"] for row in rows}


async def _receive_and_count(driver: Playwright, profile: Path, service: Served) -> None:
    async with phone(driver, profile, service.url, opens=False) as held:
        await held.page.goto(f"{service.url}/terminal")
        await _sign_in(held)
        await held.choose("Reception")
        await held.page.get_by_role("button", name="Olarul").click()
        await held.sees("receiving", "AVIZ 7")
        await held.scans(MUG, "counted")
        await held.scans("CE-I-ASTA", "unknown_code")
        await held.scans(TEAPOT, "counted")
        await held.scans(TEAPOT, "surplus")
        await held.press("Complete")
        await expect(held.page.get_by_role("dialog", name="Not complete")).to_contain_text("1/3")
        await held.press("Go on counting")

        await held.context.set_offline(True)
        await service.kill()
        await expect(held.page.locator(".offline")).to_be_visible()
        await held.scan(MUG, MUG)
        await held.waits_for(2)
        await service.start()
        await held.context.set_offline(False)
        await held.waits_for(0)
        await held.sees("sent", "2")

        await held.page.get_by_role("button", name="Farf-7").click()
        await held.press("Quantity")
        await held.press("2")
        await held.press("Apply")
        await held.sees("set", "2 of 2")
        await held.press("Complete")
        await held.sees("completed")

        await held.choose("Count")
        await held.scans("a-2", "counting")
        await held.press("More")
        await held.press("Quantity for a scan")
        await held.press("7")
        await held.press("Apply")
        await held.scan(PLATE)
        await held.sees("counted", "7 in all")
        await held.press("Complete")
        await held.sees("completed")


async def _sign_in(held: Phone) -> None:
    form = held.page.locator("form")
    await form.get_by_label("Name").fill("ana")
    await form.get_by_label("PIN or password").fill(PASSWORD)
    await held.press("Sign in")
    await expect(held.page.get_by_role("img", name="Connected")).to_be_visible()
