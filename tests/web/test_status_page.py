"""The status page in a browser as narrow as a phone."""

from pathlib import Path

from playwright.async_api import Playwright, expect

from magazie.storage import Storage
from tests.http.edges import PASSWORD, edge_over, order_body
from tests.web.phone import phone

TEXT_HEIGHT = """
(cell) => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  return text.getBoundingClientRect().height;
}
"""
BUYER = "Societatea Comercială Agroindustrială Țițeica-Rădulescu-Motru SRL"


async def test_long_numbers_and_names_stay_on_the_page(
    playwright: Playwright, tmp_path: Path
) -> None:
    storage = await Storage.open(tmp_path / "magazie.db")
    try:
        async with edge_over(storage, tmp_path) as edge:
            lines = [{"sku": "P1", "quantity": "90000", "price": "1234.50"}]
            body = order_body("W-1001-FOARTE-LUNG-9", customer={"name": BUYER}, lines=lines)
            await edge.post("/api/v1/orders", body)
            await edge.post("/api/v1/orders", order_body("4040602868"))
            address = str(edge.client.make_url("/")).rstrip("/")
            async with phone(playwright, tmp_path / "profile", address, opens=False) as held:
                await held.page.goto(f"{address}/login?lang=ro&next=%2F%3Flang%3Dro")
                await held.page.get_by_label("Nume").fill("ana")
                await held.page.get_by_label("Parolă").fill(PASSWORD)
                await held.page.get_by_role("button", name="Intră").click()
                await expect(held.page.locator("#orders tr")).to_have_count(3)
                await expect(held.page.locator("#system tr").nth(1)).to_be_visible()

                wide = await held.page.evaluate("document.documentElement.scrollWidth")
                number = held.page.get_by_text("4040602868", exact=True)
                height = await number.evaluate(TEXT_HEIGHT)
                assert wide == 360
                assert height < 25, "a number of the usual length stands on one line"
                assert held.complaints == []
    finally:
        await storage.close()
