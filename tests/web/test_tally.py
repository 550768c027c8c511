"""Deliveries are received and shelves counted on a phone, against a stand-in for the service."""

from decimal import Decimal
from pathlib import Path

from playwright.async_api import Playwright, expect

from tests.http.edges import until
from tests.web.fake_scan import Books, FakeScan
from tests.web.fake_tally import Tally
from tests.web.phone import Phone, crash, phone
from tests.web.test_resilience import once_in_order

MUG, PLATE, TEAPOT, SPOON = "2000000001012", "2000000001029", "2000000001036", "2000000001043"
BUNDLE, OF_TWO, ORDER = "2000000001067", "DUBLU", "560"


async def receive(held: Phone) -> None:
    await held.choose("Reception")
    await held.page.get_by_role("button", name="Olăria Horezu").click()
    await held.sees("receiving", "AVIZ 7")


async def count(held: Phone, location: str = "A-2") -> None:
    await held.choose("Count")
    await held.scans(location, "counting")


def counts(tally: Tally) -> dict[str, int | None]:
    """How many there are by the goods' codes."""
    return {
        line.good.code: None if line.counted is None else int(line.counted) for line in tally.lines
    }


async def test_a_delivery_is_received_with_mistakes_and_without_a_network_for_a_while(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await receive(terminal)
    card = terminal.page.locator(".step")
    await terminal.scans(MUG, "counted")
    await expect(card).to_contain_text("Cană emailată")
    await expect(card.locator(".counts")).to_have_text("1of 3")
    await terminal.scans("CE-I-ASTA", "unknown_code")
    await terminal.scan(TEAPOT, TEAPOT)
    await terminal.sees("surplus", "2 of 1")
    await terminal.scans(SPOON, "unexpected")
    await terminal.sees("unexpected", "Linguriță")
    await expect(card.locator(".mark")).to_have_text("not announced")
    for code, kind in ((BUNDLE, "bundle"), (ORDER, "not_goods"), (OF_TWO, "ambiguous_code")):
        await terminal.scans(code, kind)

    await terminal.context.set_offline(True)
    await fake.stop()
    await expect(terminal.page.locator(".offline")).to_be_visible()
    await terminal.scan(MUG, "CE-I-ALTA", MUG)
    await terminal.waits_for(3)
    await terminal.sees("kept", MUG)
    await fake.start()
    await terminal.context.set_offline(False)
    await terminal.waits_for(0)
    await expect(terminal.page.locator(".late")).to_contain_text("CE-I-ALTA")
    await terminal.press("Understood")

    await terminal.press("Complete")
    sheet = terminal.page.get_by_role("dialog", name="Not complete")
    await expect(sheet).to_contain_text("Farfurie")
    await expect(sheet).to_contain_text("0/2")
    await terminal.press("Go on counting")
    await terminal.scans(PLATE, "counted")
    await terminal.press("Complete")
    await expect(sheet).to_contain_text("1/2")
    await terminal.press("Complete without them")
    await terminal.sees("completed")

    tally = books.tallies.tallies["Y1"]
    assert tally.state == "done"
    assert counts(tally) == {"CAN-330": 3, "FAR-24": 1, "CEA-12": 2, "LIN-6": 1}
    completing = [one for one in books.applied if one["type"] == "complete"]
    assert [one.get("accept_missing") for one in completing] == [None, None, True]
    await expect(terminal.page.get_by_text("No delivery is announced")).to_be_visible()
    assert once_in_order(books)


async def test_each_outcome_looks_different(terminal: Phone) -> None:
    await receive(terminal)
    colours = set()
    seen = [
        (PLATE, "counted"),
        (TEAPOT, "counted"),
        (TEAPOT, "surplus"),
        (SPOON, "unexpected"),
        ("??1", "unknown_code"),
        (OF_TWO, "ambiguous_code"),
        (BUNDLE, "bundle"),
        (ORDER, "not_goods"),
    ]
    for code, kind in seen:
        await terminal.scans(code, kind)
        area = terminal.page.locator(".feedback")
        colours.add(await area.evaluate("(one) => getComputedStyle(one).backgroundColor"))
    assert len(colours) == len(seen) - 1


async def test_a_delivery_that_nobody_announced(terminal: Phone, books: Books) -> None:
    await terminal.choose("Reception")
    await terminal.scan("FACT 12")
    await terminal.sees("no_delivery", "FACT 12")
    sheet = terminal.page.get_by_role("dialog", name="Delivery not announced")
    await expect(sheet.get_by_label("Delivery note or invoice")).to_have_value("FACT 12")
    await sheet.get_by_label("Supplier").fill("Atelierul")
    await terminal.press("Start the reception")
    await terminal.sees("receiving", "FACT 12")
    await expect(terminal.page.get_by_text("Nothing is counted yet")).to_be_visible()
    await terminal.press("Complete")
    await terminal.sees("refused", "Nothing is counted")
    await terminal.scan(MUG, MUG)
    await terminal.sees("counted", "2 in all")
    await terminal.press("Complete")
    await terminal.sees("completed")

    tally = books.tallies.tallies["Y2"]
    assert (tally.reference, tally.supplier, counts(tally)) == (
        "FACT 12",
        "Atelierul",
        {"CAN-330": 2},
    )


async def test_the_note_of_an_announced_delivery_opens_it(terminal: Phone, books: Books) -> None:
    await terminal.choose("Reception")
    await expect(terminal.page.get_by_text("To be received (1)")).to_be_visible()
    await terminal.scan("aviz 7")
    await terminal.sees("receiving", "AVIZ 7")

    assert books.applied[0]["reception"] == "Y1"


async def test_a_shelf_is_counted(terminal: Phone, books: Books) -> None:
    await terminal.choose("Count")
    start = terminal.page.get_by_role("button", name="Start the count")
    await expect(start).to_be_disabled()
    await terminal.page.get_by_label("Location").fill("A-2")
    await start.click()
    await terminal.sees("counting", "A-2")
    await expect(terminal.page.get_by_text("To count (3)")).to_be_visible()
    await terminal.scan(MUG, MUG)
    await terminal.sees("counted", "2 in all")
    await terminal.scans(SPOON, "astray")
    await expect(terminal.page.locator(".step .belongs")).to_contain_text("B-2-9")

    await terminal.press("Complete")
    sheet = terminal.page.get_by_role("dialog", name="Not complete")
    await expect(sheet.get_by_role("listitem")).to_have_count(2)
    await sheet.get_by_role("listitem").first.get_by_role("button").click()
    await expect(sheet.get_by_role("listitem")).to_have_count(1)
    await expect(sheet.get_by_role("button", name="Complete without them")).to_have_count(0)
    await terminal.press("Go on counting")
    await terminal.scans(TEAPOT, "counted")
    books.tallies.tallies["Y2"].lines[0].flag = "moved"
    await terminal.press("Complete")
    await expect(sheet).to_contain_text("count again")
    await terminal.press("Count again")
    await terminal.press("5")
    await terminal.press("Apply")
    await terminal.sees("set", "5 in all")
    await terminal.press("Complete")
    await terminal.sees("completed")

    tally = books.tallies.tallies["Y2"]
    assert counts(tally) == {"CAN-330": 5, "FAR-24": 0, "CEA-12": 1, "LIN-6": 1}


async def test_all_that_is_not_there_is_said_at_once(terminal: Phone, books: Books) -> None:
    await count(terminal)
    await terminal.press("Complete")
    await terminal.press("There are none of these (3)")
    await expect(terminal.page.get_by_role("dialog")).to_have_count(0)

    await until(lambda: counts(books.tallies.tallies["Y2"])["CEA-12"] == 0)
    assert set(counts(books.tallies.tallies["Y2"]).values()) == {0}


async def test_quantities_are_set_scanned_and_undone(terminal: Phone, books: Books) -> None:
    books.takes_quantities = False
    await terminal.page.reload()
    await receive(terminal)
    await terminal.press("More")
    await terminal.press("Quantity for a scan")
    await terminal.press("4")
    await terminal.press("0")
    await terminal.press("Apply")
    await terminal.scan(MUG)
    await terminal.sees("surplus", "40 of 3")
    await terminal.press("Undo")
    await terminal.sees("undone", "0 of 3")
    await terminal.page.get_by_role("button", name="Ceainic").click()
    await terminal.press("Quantity")
    await terminal.press("1")
    await terminal.press("Apply")
    await terminal.sees("set", "1 of 1")

    assert counts(books.tallies.tallies["Y1"]) == {"CAN-330": 0, "FAR-24": None, "CEA-12": 1}
    assert books.tallies.tallies["Y1"].lines[2].counted == Decimal(1)


async def test_goods_with_a_number_come_in_with_it(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    mug, _, teapot = books.tallies.tallies["Y1"].lines
    teapot.tracking, mug.tracking = "serial", "lot"
    await receive(terminal)
    sheet = terminal.page.get_by_role("dialog", name="Scan the serial number")
    await terminal.scans(TEAPOT, "serial_needed")
    await expect(sheet).to_contain_text("Ceainic din fontă")
    await sheet.get_by_label("Serial number").fill("SN-1")
    await sheet.get_by_role("button", name="Send").click()
    await terminal.sees("counted", "1 of 1")
    await terminal.press("Quantity")
    await expect(terminal.page.get_by_role("dialog")).to_contain_text("only 0 is set here")
    await terminal.press("4")
    await expect(terminal.page.get_by_role("button", name="Apply")).to_be_disabled()
    await terminal.press("Close")

    await terminal.context.set_offline(True)
    await fake.stop()
    await expect(terminal.page.locator(".offline")).to_be_visible()
    await terminal.scans(TEAPOT, "serial_needed")
    await terminal.scan("SN-2")
    await terminal.waits_for(1)
    await terminal.scans(MUG, "lot_needed")
    await terminal.scan("L-5")
    await terminal.waits_for(2)
    await fake.start()
    await terminal.context.set_offline(False)
    await terminal.waits_for(0)

    assert teapot.numbers == [("SN-1", ""), ("SN-2", "")]
    assert (mug.numbers, mug.counted) == ([("", "L-5")], 1)


async def test_what_is_left_open_waits_for_anybody(terminal: Phone, books: Books) -> None:
    await receive(terminal)
    await terminal.scans(MUG, "counted")
    await terminal.press("More")
    await terminal.press("Leave it open")
    await terminal.sees("left")
    await expect(terminal.page.locator(".choices li")).to_contain_text("begun")
    await terminal.page.get_by_role("button", name="Olăria Horezu").click()
    await terminal.sees("receiving")
    await expect(terminal.page.get_by_text("Counted (1)")).to_have_count(0)

    assert counts(books.tallies.tallies["Y1"])["CAN-330"] == 1


async def test_a_count_that_was_left_is_gone_on_with(terminal: Phone, books: Books) -> None:
    await count(terminal)
    await terminal.scans(MUG, "counted")
    await terminal.press("More")
    await terminal.press("Leave it open")
    await terminal.sees("left")
    begun = terminal.page.locator(".choices li").get_by_role("button")
    await expect(begun).to_contain_text("begun")
    await begun.click()
    await terminal.sees("counting", "A-2")
    await terminal.scan(MUG)
    await terminal.sees("counted", "2 in all")

    assert counts(books.tallies.tallies["Y2"])["CAN-330"] == 2


async def test_tallies_are_taken_over_and_lost(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    busy = books.tallies.tallies["Y1"]
    busy.state, busy.terminal, busy.owner_name = "open", "T9", "ion"
    dialog = terminal.page.get_by_role("dialog")
    await terminal.choose("Reception")
    await terminal.page.get_by_role("button", name="Olăria Horezu").click()
    await expect(dialog).to_contain_text("ion has reception AVIZ 7")
    await terminal.press("Take it over")
    await terminal.sees("receiving")
    assert busy.owner_name == "ana"

    busy.terminal = "T9"
    await fake.push({"type": "lost", "to": "T9", "tally": "Y1"})
    await expect(dialog).to_contain_text("T9 took the reception over")
    await terminal.press("Understood")

    await count(terminal)
    shelf = books.tallies.tallies["Y2"]
    shelf.terminal, shelf.owner_name = "T9", "ion"
    await terminal.scans(MUG, "owned_by_other")
    await fake.push({"type": "lost", "to": "T9", "tally": "Y2"})
    await terminal.press("Understood")
    await terminal.scans("A-2", "owned_by_other")
    await expect(dialog).to_contain_text("ion counts shelf A-2")
    await terminal.press("Take it over")
    await terminal.sees("counting")


async def test_where_there_are_several_warehouses_one_is_chosen(
    terminal: Phone, books: Books
) -> None:
    books.tallies.warehouses.append({"code": "shop", "name": "The shop"})
    await terminal.page.reload()
    await terminal.choose("Count")
    await terminal.page.get_by_label("Location").fill("A-2")
    start = terminal.page.get_by_role("button", name="Start the count")
    await expect(start).to_be_disabled()
    await terminal.page.get_by_label("Warehouse").select_option("The shop")
    await start.click()
    await terminal.sees("counting")

    assert books.applied[0]["warehouse"] == "shop"


async def test_a_scanner_that_types_is_read_key_by_key(terminal: Phone, books: Books) -> None:
    await receive(terminal)
    await terminal.page.get_by_role("button", name="Complete").focus()
    await terminal.type_like_a_scanner(MUG)
    await terminal.sees("counted")
    await terminal.press("Quantity")
    await expect(terminal.page.get_by_role("dialog")).to_be_visible()
    await terminal.scans(TEAPOT, "counted")

    await expect(terminal.page.get_by_role("dialog")).to_have_count(0)
    # the first scan looked the same
    await until(lambda: [it["type"] for it in books.applied] == ["receive", "scan", "scan"])


async def test_the_socket_is_cut_before_the_answer(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await receive(terminal)
    fake.loses_answers = True
    await terminal.scan(MUG, MUG)
    await terminal.waits_for(2)
    fake.loses_answers = False
    await fake.cut()
    await terminal.waits_for(0)
    await terminal.sees("sent", "2")

    assert books.codes() == [MUG, MUG]
    assert counts(books.tallies.tallies["Y1"])["CAN-330"] == 2


async def test_the_page_is_killed_and_opened_again_without_the_service(
    playwright: Playwright, tmp_path: Path, fake: FakeScan, books: Books
) -> None:
    profile = tmp_path / "profile"
    async with phone(playwright, profile, fake.address) as before:
        await receive(before)
        await before.scans(MUG, "counted")
        await before.page.wait_for_function("navigator.serviceWorker.controller !== null")
        await fake.stop()
        await before.scan(MUG, "CE-I-ASTA")
        await before.waits_for(2)
        await crash(before, profile)

    async with phone(playwright, profile, fake.address, opens=False) as after:
        await after.page.goto(f"{fake.address}/terminal")
        await after.waits_for(2)
        await expect(after.page.get_by_role("heading", name="Reception AVIZ 7")).to_be_visible()
        await after.page.get_by_role("button", name="Ceainic").click()
        await after.press("Quantity")
        await after.press("1")
        await after.press("Apply")
        await after.waits_for(3)
        await fake.start()
        await after.waits_for(0)
        await expect(after.page.locator(".late")).to_contain_text("CE-I-ASTA")

        assert books.codes() == [MUG, MUG, "CE-I-ASTA"]
        assert counts(books.tallies.tallies["Y1"]) == {"CAN-330": 2, "FAR-24": None, "CEA-12": 1}
        assert once_in_order(books)


async def test_what_needs_the_service_says_so_without_it(terminal: Phone, fake: FakeScan) -> None:
    await terminal.choose("Count")
    await fake.stop()
    await expect(terminal.page.locator(".offline")).to_be_visible()
    await terminal.scans("A-2", "needs_link")
    await terminal.waits_for(0)
    await terminal.choose("Reception")
    await expect(terminal.page.get_by_role("button", name="Not announced")).to_be_disabled()
