from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Playwright, async_playwright

from tests.web.fake_scan import Books, FakeScan, four_lines
from tests.web.phone import Phone, phone


@pytest.fixture
def books() -> Books:
    return four_lines()


# what Chromium says of a service that is stopped or cut off, by the moment at which it was
AWAY = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_SOCKET_NOT_CONNECTED")


@pytest.fixture
async def fake(books: Books) -> AsyncIterator[FakeScan]:
    server = FakeScan(books)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as driver:
        yield driver


@pytest.fixture
async def terminal(playwright: Playwright, tmp_path: Path, fake: FakeScan) -> AsyncIterator[Phone]:
    async with phone(playwright, tmp_path / "profile", fake.address) as held:
        yield held
        # nothing on the way broke the page's policy or went unnoticed
        assert [one for one in held.complaints if not any(its in one for its in AWAY)] == []
