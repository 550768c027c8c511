"""Every screen is readable and usable without eyes and without a mouse, by axe's rules."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Playwright, expect

from tests.source_tree import ROOT
from tests.web.fake_scan import Books, FakeScan
from tests.web.phone import Phone, phone
from tests.web.test_picking import MUG, TEAPOT
from tests.web.test_tally import BUNDLE, ORDER, SPOON, receive

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# in one go: what begins to move after it was seen at rest is waited for too
LOOK = """
async (rules) => {
  const moving = () => document.getAnimations().filter((one) => one.playState !== "finished");
  while (moving().length) await Promise.allSettled(moving().map((one) => one.finished));
  return axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
}
"""


async def faults(held: Phone) -> list[str]:
    """What axe finds on the page as it is now, once it has stopped moving."""
    page = held.page
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = await page.evaluate(LOOK, RULES)
    # a sheet has a header of its own, and nothing beside it can be reached while it is there
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        if each["id"] not in {"landmark-no-duplicate-banner", "landmark-unique"}
        for node in each["nodes"]
        # what lies under the bar at the lower edge is scrolled from under it
        if "partially obscured" not in node["failureSummary"]
    ]


async def is_too_wide(held: Phone) -> bool:
    return bool(
        await held.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    )


@pytest.mark.parametrize("dark", [False, True])
async def test_every_screen(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books, *, dark: bool
) -> None:
    async with phone(playwright, tmp_path / "profile", fake.address, dark=dark, still=True) as held:
        page, found = held.page, []

        async def look(name: str) -> None:
            problems = await faults(held)
            if await is_too_wide(held):
                problems.append("the page is wider than the phone")
            found.extend(f"{name}: {problem}" for problem in problems)

        await look("idle")
        await held.press("Settings")
        await expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
        await look("settings")
        await page.get_by_text("Română").click()
        await look("settings in Romanian")
        await page.get_by_text("English").click()
        await page.keyboard.press("Escape")
        await held.open_order()
        await look("order")
        await held.scans(TEAPOT, "counted")
        await look("counted")
        titles = {"Short": "What is missing?", "More": "More", "Quantity": "Quantity"}
        for opener, title in titles.items():
            await held.press(opener)
            await expect(page.get_by_role("dialog", name=title)).to_be_visible()
            await look(title)
            if opener != "More":
                await page.keyboard.press("Escape")
                await expect(page.get_by_role("dialog")).to_have_count(0)
        books.orders["560"].lines[0].tracking = "serial"
        await fake.push(books.state("S560"))
        await held.scans(MUG, "serial_needed")
        await expect(page.get_by_role("dialog", name="Scan the serial number")).to_be_visible()
        await look("serial number")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        books.orders["560"].lines[2].to_put_back = 1
        await fake.push(books.state("S560"))
        await expect(page.locator(".step.put_back")).to_be_visible()
        await look("put back")
        await fake.stop()
        await held.scan("CE-I-ASTA")
        await held.waits_for(1)
        await look("offline")
        await fake.start()
        await expect(page.locator(".late")).to_be_visible()
        await look("late")
        fake.is_signed_in = False
        await fake.close_with(4401)
        await expect(page.locator("form")).to_be_visible()
        await look("sign-in")

        assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True])
async def test_every_screen_of_receiving_and_counting(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books, *, dark: bool
) -> None:
    async with phone(playwright, tmp_path / "profile", fake.address, dark=dark, still=True) as held:
        page, found = held.page, list[str]()

        async def look(name: str) -> None:
            problems = await faults(held)
            if await is_too_wide(held):
                problems.append("the page is wider than the phone")
            found.extend(f"{name}: {problem}" for problem in problems)

        async def close() -> None:
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)

        await held.choose("Reception")
        await expect(page.locator(".choices li")).to_have_count(1)
        await look("deliveries")
        # a panel gets its name right after it is there
        panel = page.locator("[role=dialog][aria-labelledby]")
        await held.scans("NOTA 77", "no_delivery")
        await expect(panel).to_be_visible()
        await look("a delivery that nobody announced")
        await close()
        await receive(held)
        await look("reception")
        for code, kind in (
            (TEAPOT, "counted"),
            (TEAPOT, "surplus"),
            (SPOON, "unexpected"),
            (BUNDLE, "bundle"),
            (ORDER, "not_goods"),
        ):
            await held.scans(code, kind)
            await look(kind)
        for opener in ("More", "Quantity"):
            await held.press(opener)
            await expect(panel).to_be_visible()
            await look(opener)
            await close()
        await held.press("Complete")
        await expect(page.get_by_role("dialog", name="Not complete")).to_be_visible()
        await look("what is missing")
        await held.press("Complete without them")
        await held.sees("completed")
        await held.choose("Count")
        await look("which shelf")
        await held.scans("A-2", "counting")
        await held.scans(SPOON, "astray")
        await look("astray")
        await held.press("Complete")
        await expect(page.get_by_role("dialog", name="Not complete")).to_be_visible()
        await look("what was not counted")
        await close()
        books.tallies.tallies["Y2"].terminal = "T9"
        await fake.push({"type": "lost", "to": "T9", "tally": "Y2"})
        await expect(page.get_by_role("dialog")).to_contain_text("T9 took the count over")
        await look("lost")

        assert not found, "\n".join(found)


async def test_all_that_is_done_by_thumb_is_done_by_keyboard(terminal: Phone) -> None:
    page = terminal.page
    await terminal.open_order()
    await page.get_by_role("button", name="Short").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    assert await dialog.evaluate("(one) => one.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name=re.compile("^Short"))).to_be_focused()


async def test_what_comes_of_a_scan_is_read_out(terminal: Phone) -> None:
    await terminal.open_order()
    await terminal.scans(TEAPOT, "counted")
    area = terminal.page.locator(".feedback")

    await expect(area).to_have_attribute("role", "status")
    await expect(area).to_have_attribute("aria-live", "assertive")
