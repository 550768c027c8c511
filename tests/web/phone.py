"""A phone with the terminal open, driven from a test."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, Error, Page, Playwright, expect

from tests.web.chromium import chromium

SOON_MS = 15_000
expect.set_options(timeout=SOON_MS)

# A scanner types within milliseconds. A driver that presses key by key may be slower, and so may a
# page on a busy machine: the keys bring the times at which a scanner would have typed them.
# The page keeps the promise: nobody else does while it waits, and garbage is collected.
TYPE_LIKE_A_SCANNER = """
([codes, pauseMs]) => {
  const type = async () => {
    let time = performance.now();
    for (const code of codes) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      time += pauseMs;
      for (const key of [...code, "Enter"]) {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        Object.defineProperty(event, "timeStamp", { value: (time += 1) });
        (document.activeElement ?? document.body).dispatchEvent(event);
      }
    }
  };
  window.typedLast = type();
  return window.typedLast;
}
"""


# as root Chromium starts only without its sandbox; it opens nothing but our own page
_AS_ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []


@dataclass
class Phone:
    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    async def scan(self, *codes: str, pause_ms: int = 150) -> None:
        await self.page.evaluate(TYPE_LIKE_A_SCANNER, [list(codes), pause_ms])

    async def type_like_a_scanner(self, code: str) -> None:
        """Press real keys, a millisecond apart by their own time, however slow the machine is."""
        driver = await self.context.new_cdp_session(self.page)
        began_s = time.time()
        for index, key in enumerate([*code, "Enter"]):
            event = {
                "key": key,
                "text": "\r" if key == "Enter" else key,
                "windowsVirtualKeyCode": 13 if key == "Enter" else ord(key.upper()),
                "timestamp": began_s + index / 1000,
            }
            await driver.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
            await driver.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        await driver.detach()

    async def sees(self, kind: str, words: str = "") -> None:
        """Wait for the feedback of an outcome."""
        await expect(self.page.locator(f".feedback[data-kind={kind}]")).to_contain_text(words)

    async def scans(self, code: str, kind: str) -> None:
        await self.scan(code)
        await self.sees(kind)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def choose(self, label: str) -> None:
        """Choose one of several that stand side by side, such as what to do."""
        await self.page.get_by_text(label, exact=True).click()

    async def waits_for(self, count: int) -> None:
        """Wait until so many scans are kept for the service."""
        waiting = self.page.locator(".waiting")
        if count:
            await expect(waiting).to_have_text(f"{count} waiting")
        else:
            await expect(waiting).to_have_count(0)

    async def open_order(self) -> None:
        await self.press("Next order")
        await expect(self.page.locator(".step")).to_be_visible()


@asynccontextmanager
async def phone(
    playwright: Playwright,
    profile: Path,
    address: str,
    *,
    opens: bool = True,
    film: Path | None = None,
    dark: bool = False,
    still: bool = False,
) -> AsyncIterator[Phone]:
    """A phone whose browser keeps what it stores in ``profile``; its camera sees the film.

    ``still``: its owner wants nothing to move.
    """
    seen = (
        ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
        if film is not None
        else []
    )
    context = await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=["--disable-dev-shm-usage", *_AS_ROOT, *seen],
        permissions=["camera"] if film is not None else [],
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if still else "no-preference",
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
        locale="en-GB",
    )
    try:
        page = context.pages[0]
        held = Phone(page, context)
        page.on("pageerror", lambda error: held.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                held.complaints.append(said.text)
                if said.type == "error" and "WebSocket" not in said.text
                else None
            ),
        )
        if opens:
            await page.goto(f"{address}/terminal")
            await expect(page.get_by_role("img", name="Connected")).to_be_visible()
        yield held
    finally:
        await context.close()


async def crash(held: Phone, profile: Path) -> None:
    """End the browser as a phone that loses its power ends it: nothing is put in order."""
    session = await held.context.new_cdp_session(held.page)
    ended = asyncio.Event()
    held.context.on("close", lambda _: ended.set())
    with contextlib.suppress(Error):
        await session.send("Browser.crash")
    await asyncio.wait_for(ended.wait(), timeout=10)
    for left in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
        (profile / left).unlink(missing_ok=True)
