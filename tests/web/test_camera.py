"""The camera reads a label, by the WebAssembly that comes with the page."""

from pathlib import Path

from playwright.async_api import Playwright, expect

from tests.web.camera_film import film
from tests.web.fake_scan import Books, FakeScan
from tests.web.phone import Phone, phone
from tests.web.test_picking import PLATE, TEAPOT, until

# Chrome on Android has a reader of its own, which Debian's Chromium has not.
OWN_READER = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["ean_13", "qr_code"]; }
  constructor({ formats }) { window.askedFor = formats; }
  async detect() { return [{ rawValue: "2000000001036" }]; }
};
"""


async def test_a_label_before_the_camera_counts_once(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    seen = film(TEAPOT, tmp_path / "label.y4m")
    async with phone(playwright, tmp_path / "profile", fake.address, film=seen) as held:
        await held.open_order()
        await held.press("Camera")
        await held.sees("counted", "1 of 3")
        # it stays in the picture, and stays one
        await held.page.wait_for_timeout(2500)
        await held.press("Camera")
        await expect(held.page.locator("video")).to_have_count(0)
        assert held.complaints == []

    assert books.codes() == [TEAPOT]


async def test_the_browsers_own_reader_is_taken_where_there_is_one(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    seen = film("2000000001043", tmp_path / "label.y4m")
    async with phone(
        playwright, tmp_path / "profile", fake.address, film=seen, opens=False
    ) as held:
        await held.page.add_init_script(OWN_READER)
        await held.page.goto(f"{fake.address}/terminal")
        await held.open_order()
        await held.press("Camera")
        await held.sees("counted")
        assert await held.page.evaluate("window.askedFor") == ["ean_13", "qr_code"]
        loaded = await held.page.evaluate(
            "performance.getEntriesByType('resource').map(e => e.name)"
        )
        assert not any(".wasm" in name for name in loaded)

    assert books.codes() == [TEAPOT]


async def test_two_labels_before_the_camera_count_once_each(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    seen = film(TEAPOT, tmp_path / "label.y4m")
    both = f'[{{ rawValue: "{TEAPOT}" }}, {{ rawValue: "{PLATE}" }}]'
    async with phone(
        playwright, tmp_path / "profile", fake.address, film=seen, opens=False
    ) as held:
        await held.page.add_init_script(OWN_READER.replace('[{ rawValue: "2000000001036" }]', both))
        await held.page.goto(f"{fake.address}/terminal")
        await held.open_order()
        await held.press("Camera")
        await until(lambda: len(books.codes()) >= 2)
        # they stay in the picture
        await held.page.wait_for_timeout(1500)
        await held.press("Camera")
        await expect(held.page.locator("video")).to_have_count(0)

    assert books.codes() == [TEAPOT, PLATE]


async def test_without_a_camera_it_says_so(terminal: Phone) -> None:
    await terminal.press("Camera")
    await expect(terminal.page.get_by_role("alert")).to_contain_text("camera is not allowed")
