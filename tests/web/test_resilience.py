"""Whatever breaks: no operation is lost, none is applied twice, and the order stays."""

from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from tests.web.chromium import chromium
from tests.web.fake_scan import PASSWORD, Books, FakeScan
from tests.web.phone import Phone, crash, phone
from tests.web.test_picking import MUG, PLATE, SPOON, TEAPOT, until


def once_in_order(books: Books) -> bool:
    seqs = [message["seq"] for message in books.applied]
    return seqs == sorted(set(seqs))


async def test_the_socket_is_cut_before_the_answer(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.open_order()
    fake.loses_answers = True
    await terminal.scan(TEAPOT, TEAPOT)
    await terminal.waits_for(2)
    assert books.codes() == [TEAPOT, TEAPOT]
    fake.loses_answers = False
    await fake.cut()
    await terminal.waits_for(0)
    await terminal.sees("sent", "2")

    assert books.codes() == [TEAPOT, TEAPOT]
    assert books.orders["560"].lines[2].picked == 2
    await expect(terminal.page.locator(".step .counts b")).to_have_text("2")


async def test_the_server_is_restarted_between_scans(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.open_order()
    await terminal.scans(TEAPOT, "counted")
    for code in (TEAPOT, PLATE):
        await fake.stop()
        await terminal.scan(code)
        await terminal.waits_for(1)
        await fake.start()
        await terminal.waits_for(0)
    await terminal.scans(SPOON, "counted")

    assert books.codes() == [TEAPOT, TEAPOT, PLATE, SPOON]
    assert once_in_order(books)


async def test_the_page_is_killed_and_opened_again_without_the_service(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    profile = tmp_path / "profile"
    async with phone(playwright, profile, fake.address) as before:
        await before.open_order()
        await before.scans(TEAPOT, "counted")
        await before.page.wait_for_function("navigator.serviceWorker.controller !== null")
        await fake.stop()
        await before.scan(TEAPOT, "CE-I-ASTA", MUG)
        await before.waits_for(3)
        await crash(before, profile)

    async with phone(playwright, profile, fake.address, opens=False) as after:
        # the page comes out of the browser's store
        await after.page.goto(f"{fake.address}/terminal")
        await after.waits_for(3)
        await expect(after.page.locator(".step .location")).to_have_text("A-2")
        await after.scan(MUG)
        await after.waits_for(4)
        assert books.codes() == [TEAPOT]
        await fake.start()
        await after.waits_for(0)
        await expect(after.page.locator(".late")).to_contain_text("CE-I-ASTA")

        assert books.codes() == [TEAPOT, TEAPOT, "CE-I-ASTA", MUG, MUG]
        assert [line.picked for line in books.orders["560"].lines] == [2, 0, 2, 0]
        assert once_in_order(books)


async def test_a_device_has_its_name_from_the_first_moment_on(
    playwright: Playwright, tmp_path: Path, fake: FakeScan
) -> None:
    profile = tmp_path / "profile"
    async with phone(playwright, profile, fake.address) as before:
        await crash(before, profile)
    async with phone(playwright, profile, fake.address):
        pass

    assert len({hello["terminal"] for hello in fake.hellos}) == 1


async def test_the_page_is_closed_before_the_answer(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    async with phone(playwright, tmp_path / "profile", fake.address) as before:
        await before.open_order()
        fake.loses_answers = True
        await before.scan(TEAPOT)
        await before.waits_for(1)
    fake.loses_answers = False
    async with phone(playwright, tmp_path / "profile", fake.address) as after:
        await after.waits_for(0)
        await after.scans(TEAPOT, "counted")

    assert books.codes() == [TEAPOT, TEAPOT]
    assert books.orders["560"].lines[2].picked == 2


async def test_the_order_is_cancelled_meanwhile(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.open_order()
    await fake.stop()
    await terminal.scan(TEAPOT, TEAPOT)
    await terminal.waits_for(2)
    books.orders["560"].status = "cancelled"
    await fake.start()
    await terminal.waits_for(0)
    await terminal.sees("order_cancelled")

    await expect(terminal.page.locator(".late li")).to_have_count(2)
    assert books.orders["560"].lines[2].picked == 0


async def test_the_picking_is_gone_meanwhile(terminal: Phone, fake: FakeScan, books: Books) -> None:
    await terminal.open_order()
    await fake.stop()
    await terminal.scan(TEAPOT)
    await terminal.waits_for(1)
    books.cluster.clear()
    await fake.start()
    await terminal.sees("no_session")

    await expect(terminal.page.locator(".late")).to_contain_text(TEAPOT)
    await expect(terminal.page.get_by_role("button", name="Next order")).to_be_visible()


async def test_what_needs_the_service_says_so_without_it(terminal: Phone, fake: FakeScan) -> None:
    await fake.stop()
    await expect(terminal.page.get_by_role("button", name="Next order")).to_be_disabled()
    await terminal.scan("560")
    await terminal.sees("needs_link")
    await terminal.waits_for(0)
    # the office's code may be good: nobody can tell now
    await terminal.scan(f"{fake.address}/terminal#pair=Pair-1_x")
    await expect(terminal.page.locator(".notice")).to_contain_text("could not be checked")


async def test_who_signs_out_without_the_service_is_out_when_it_is_back(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.open_order()
    await fake.stop()
    await expect(terminal.page.locator(".offline")).to_be_visible()
    await terminal.press("Settings")
    await terminal.press("Sign out")
    await terminal.scan(TEAPOT)
    await terminal.waits_for(1)
    await fake.start()
    await expect(terminal.page.get_by_text("Who is working?")).to_be_visible()
    assert books.codes() == []


# a browser whose owner blocks what sites keep, or whose store is damaged
NO_LOCAL_STORAGE = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});
"""
NO_READING = """
IDBObjectStore.prototype.get = () => { throw new DOMException("damaged", "UnknownError"); };
"""


async def test_a_browser_that_keeps_too_little_is_used_or_told(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    async with phone(playwright, tmp_path / "one", fake.address, opens=False) as held:
        await held.page.add_init_script(NO_LOCAL_STORAGE)
        await held.page.goto(f"{fake.address}/terminal")
        await held.open_order()
        await held.scans(TEAPOT, "counted")
        first = fake.hellos[-1]["terminal"]
        await held.page.reload()
        await until(lambda: len(fake.hellos) > 1)
        assert fake.hellos[-1]["terminal"] == first

        await held.page.add_init_script(NO_READING)
        await held.page.reload()
        alert = held.page.get_by_role("alert")
        await expect(alert).to_contain_text("The terminal cannot start")


async def test_scans_wait_for_the_one_who_did_them(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    async def sign_in(name: str) -> None:
        await terminal.page.get_by_label("Name").fill(name)
        await terminal.page.get_by_label("PIN or password").fill(PASSWORD)
        await terminal.press("Sign in")

    fake.is_signed_in = False
    await fake.close_with(4401)
    await sign_in("ana")
    await terminal.open_order()
    await fake.stop()
    await terminal.scan(TEAPOT)
    await terminal.waits_for(1)
    fake.is_signed_in = False
    await fake.start()
    await sign_in("ion")
    notice = terminal.page.locator(".notice")
    await expect(notice).to_contain_text("Scans by ana waiting: 1")
    assert books.codes() == []

    fake.is_signed_in = False
    await fake.close_with(4401)
    await sign_in("ana")
    await terminal.waits_for(0)
    assert books.codes() == [TEAPOT]
    await expect(notice).to_have_count(0)


async def test_only_one_window_is_the_terminal(terminal: Phone, fake: FakeScan) -> None:
    second = await terminal.context.new_page()
    await second.goto(f"{fake.address}/terminal")
    await expect(second.get_by_role("alert")).to_contain_text("open in another window")
    assert len(fake.hellos) == 1

    await terminal.page.close()
    await expect(second.get_by_role("button", name="Next order")).to_be_visible()


async def test_the_page_can_be_installed(terminal: Phone) -> None:
    session = await terminal.context.new_cdp_session(terminal.page)
    manifest = await session.send("Page.getAppManifest")
    faults = await session.send("Page.getInstallabilityErrors")

    assert manifest["errors"] == []
    assert '"start_url": "/terminal"' in manifest["data"]
    # the driver opens its windows in a private mode of its own
    assert [each["errorId"] for each in faults["installabilityErrors"]] in ([], ["in-incognito"])


def test_without_a_browser_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGAZIE_CHROMIUM", "no-such-browser")

    with pytest.raises(RuntimeError, match="apt-get install chromium"):
        chromium()
