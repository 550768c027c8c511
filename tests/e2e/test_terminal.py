"""A phone in the storeroom: an order is picked in the browser, at the service itself."""

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


async def _sign_in(held: Phone) -> None:
    form = held.page.locator("form")
    await form.get_by_label("Name").fill("ana")
    await form.get_by_label("PIN or password").fill(PASSWORD)
    await held.press("Sign in")
    await expect(held.page.get_by_role("img", name="Connected")).to_be_visible()
