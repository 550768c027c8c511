"""An order is picked on a phone, against a stand-in for the service."""

from playwright.async_api import expect

from tests.http.edges import until
from tests.web.fake_scan import PASSWORD, PIN, TOKEN, Books, FakeScan
from tests.web.phone import Phone

MUG, PLATE, TEAPOT, SPOON = "2000000001012", "2000000001029", "2000000001036", "2000000001043"
IN_NO_ORDER = "2000000009999"


async def test_an_order_is_picked_with_mistakes_and_without_a_network_for_a_while(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.open_order()
    await expect(terminal.page.locator(".step .location")).to_have_text("A-2")
    await terminal.scans(TEAPOT, "counted")
    await terminal.scans(IN_NO_ORDER, "not_in_order")
    await terminal.scans("CE-I-ASTA", "unknown_code")
    await terminal.scans(PLATE, "counted")
    await terminal.scans(PLATE, "over")

    await terminal.context.set_offline(True)
    await fake.stop()
    await expect(terminal.page.locator(".offline")).to_be_visible()
    await terminal.scan(TEAPOT, TEAPOT, "CE-I-ASTA")
    await terminal.waits_for(3)
    await terminal.sees("kept", "CE-I-ASTA")
    assert books.codes() == [TEAPOT, IN_NO_ORDER, "CE-I-ASTA", PLATE, PLATE]

    await fake.start()
    await terminal.context.set_offline(False)
    await terminal.waits_for(0)
    await terminal.sees("unknown_code")
    late = terminal.page.locator(".late")
    await expect(late).to_contain_text("CE-I-ASTA")
    await terminal.press("Understood")
    await expect(late).to_have_count(0)

    await terminal.scans(SPOON, "counted")
    await terminal.scan(MUG, MUG)
    await expect(terminal.page.get_by_text("Everything is picked")).to_be_visible()
    await terminal.press("Complete")
    await terminal.sees("completed")

    await expect(terminal.page.get_by_role("button", name="Next order")).to_be_visible()
    assert books.codes()[5:] == [TEAPOT, TEAPOT, "CE-I-ASTA", SPOON, MUG, MUG]
    assert [line.picked for line in books.orders["560"].lines] == [2, 1, 3, 1]
    assert books.orders["560"].status == "picked"
    seqs = [message["seq"] for message in books.applied]
    assert seqs == sorted(set(seqs))


async def test_each_outcome_looks_different(terminal: Phone) -> None:
    await terminal.open_order()
    colours = set()
    for code, kind in ((PLATE, "counted"), (PLATE, "over"), ("??1", "unknown_code")):
        await terminal.scans(code, kind)
        area = terminal.page.locator(".feedback")
        colours.add(await area.evaluate("(one) => getComputedStyle(one).backgroundColor"))
    assert len(colours) == 3


async def test_a_scanner_that_types_is_read_key_by_key(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.type_like_a_scanner(TEAPOT)
    await terminal.sees("counted")

    assert books.codes() == [TEAPOT]


async def test_a_scan_presses_no_button_and_clears_what_covers_it(
    terminal: Phone, books: Books
) -> None:
    await terminal.open_order()
    await terminal.page.get_by_role("button", name="Undo").focus()
    await terminal.type_like_a_scanner(TEAPOT)
    await terminal.sees("counted")
    await terminal.press("More")
    await expect(terminal.page.get_by_role("dialog")).to_be_visible()
    await terminal.scans(TEAPOT, "counted")

    await expect(terminal.page.get_by_role("dialog")).to_have_count(0)
    # the first scan looked the same
    await until(lambda: [message["type"] for message in books.applied] == ["next", "scan", "scan"])


async def test_a_quantity_is_typed_on_the_keys_of_the_device(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.press("More")
    await terminal.press("Quantity")
    await expect(terminal.page.get_by_role("status", name="Quantity")).to_be_focused()
    await terminal.page.keyboard.type("34", delay=200)
    await terminal.page.keyboard.press("Backspace")
    await terminal.page.keyboard.press("Enter")
    await expect(terminal.page.locator(".next-quantity")).to_contain_text("Next scan: 3")
    await terminal.scans(TEAPOT, "counted")
    assert books.orders["560"].lines[2].picked == 3


# as Windows tells of a letter that the layout gives with AltGr
TYPE_WITH_ALTGR = """
(code) => {
  for (const key of [...code, "Enter"]) {
    const altGr = key === "@" ? { altKey: true, ctrlKey: true, modifierAltGraph: true } : {};
    const event = new KeyboardEvent("keydown", { key, bubbles: true, ...altGr });
    document.body.dispatchEvent(event);
  }
}
"""


async def test_a_letter_typed_with_altgr_is_part_of_the_code(terminal: Phone) -> None:
    await terminal.open_order()
    await terminal.page.evaluate(TYPE_WITH_ALTGR, "CUTIE@7")
    await terminal.sees("unknown_code", "CUTIE@7")


async def test_a_label_read_twice_at_once_counts_once(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.scan(MUG, MUG, pause_ms=40)
    await expect(terminal.page.locator(".feedback .repeat")).to_have_text("Repeat ignored")
    await terminal.sees("counted")
    assert books.codes() == [MUG]

    await terminal.scan(TEAPOT, TEAPOT, TEAPOT, TEAPOT, TEAPOT, pause_ms=150)
    await terminal.sees("over")
    await until(lambda: len(books.codes()) == 6)
    assert books.codes() == [MUG, *[TEAPOT] * 5]
    assert books.orders["560"].lines[2].picked == 3


async def test_what_scanners_add_is_taken_off(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.scan("*CEA-12*", f"]E0{TEAPOT}", f"{TEAPOT}\\n")
    await terminal.sees("counted", "3 of 3")

    assert books.codes() == ["CEA-12", TEAPOT, TEAPOT]


async def test_the_last_scan_is_undone(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.scan(TEAPOT, TEAPOT)
    await terminal.sees("counted", "2 of 3")
    for outcome in ("undone", "undone", "nothing_to_undo"):
        await terminal.press("Undo")
        await terminal.sees(outcome)

    assert books.orders["560"].lines[2].picked == 0
    assert len({message["op"] for message in books.applied}) == 6


async def test_a_line_is_left_for_later(terminal: Phone) -> None:
    await terminal.open_order()
    await terminal.press("Later")
    await terminal.sees("skipped")

    await expect(terminal.page.locator(".step .location")).to_have_text("A-10")
    await expect(terminal.page.locator(".steps li").last).to_contain_text("A-2")


async def test_what_is_not_there_is_noted_with_a_reason(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.scans(TEAPOT, "counted")
    await terminal.press("Short")
    save = terminal.page.get_by_role("button", name="Note the shortage")
    await expect(save).to_be_disabled()
    await terminal.page.get_by_role("radio", name="Damaged").click()
    await terminal.page.get_by_text("Is released").click()
    await save.click()
    await terminal.sees("short_picked")

    said = books.applied[-1]
    assert {name: said[name] for name in ("line", "quantity", "reason", "rest")} == {
        "line": 3,
        "quantity": "2",
        "reason": "damaged",
        "rest": "release",
    }
    await expect(terminal.page.locator(".step .location")).to_have_text("A-10")


async def test_a_quantity_holds_for_one_scan(terminal: Phone, books: Books) -> None:
    await terminal.open_order()
    await terminal.press("More")
    await terminal.press("Quantity")
    await terminal.press("2")
    await terminal.press("Apply")
    await terminal.scan(TEAPOT)
    await terminal.sees("counted", "2 of 3")
    await terminal.scan(TEAPOT)
    await terminal.sees("counted", "3 of 3")

    scans = [message for message in books.applied if message["type"] == "scan"]
    assert [message.get("quantity") for message in scans] == ["2", None]


async def test_quantities_are_offered_only_where_they_are_taken(
    terminal: Phone, books: Books
) -> None:
    books.takes_quantities = False
    await terminal.page.reload()
    await terminal.open_order()
    await terminal.press("More")
    await expect(terminal.page.get_by_role("button", name="Type a code")).to_be_visible()

    await expect(terminal.page.get_by_role("button", name="Quantity")).to_have_count(0)


async def test_goods_of_a_changed_order_are_put_back(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.open_order()
    await terminal.scans(TEAPOT, "counted")
    books.orders["560"].lines[2].to_put_back = 1
    await fake.push(books.state("S560"))
    await terminal.press("I put back 1")
    await terminal.sees("put_back")

    assert books.applied[-1]["quantity"] == "1"
    await expect(terminal.page.locator(".step.put_back")).to_have_count(0)


async def test_a_serial_number_is_asked_for_scanned_and_typed(
    terminal: Phone, books: Books
) -> None:
    teapot = books.orders["560"].lines[2]
    teapot.tracking = "serial"
    await terminal.open_order()
    sheet = terminal.page.get_by_role("dialog", name="Scan the serial number")
    await terminal.scans(TEAPOT, "serial_needed")
    await expect(sheet).to_contain_text("Ceainic din fontă")
    await terminal.scan(TEAPOT)  # the same label again is no number
    await terminal.scan("SN-1")
    await terminal.sees("counted", "1 of 3")
    await expect(sheet).to_have_count(0)

    await terminal.scan(TEAPOT)
    await terminal.scan("SN-1")
    await terminal.sees("serial_used")
    await terminal.scan(TEAPOT)
    await sheet.get_by_label("Serial number").fill("SN-2")
    await sheet.get_by_role("button", name="Send").click()
    await terminal.sees("counted", "2 of 3")
    books.held["SN-7"] = "611"
    await terminal.scan(TEAPOT, "SN-7")
    await terminal.sees("serial_elsewhere", "Order 611")
    await terminal.scan(TEAPOT)
    await sheet.get_by_role("button", name="Close").click()
    await expect(sheet).to_have_count(0)
    await terminal.scans(PLATE, "counted")

    assert teapot.serials == ["SN-1", "SN-2"]
    assert books.codes() == [TEAPOT, TEAPOT, TEAPOT, TEAPOT, PLATE]


async def test_serial_numbers_and_lots_are_asked_for_without_a_network(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    order = books.orders["560"]
    order.lines[2].tracking = "serial"
    order.lines[0].tracking = "lot"
    await terminal.open_order()
    await terminal.page.wait_for_function("navigator.serviceWorker.controller !== null")
    await terminal.context.set_offline(True)
    await fake.stop()
    await expect(terminal.page.locator(".offline")).to_be_visible()
    await terminal.scans(TEAPOT, "serial_needed")
    assert books.codes() == []
    await terminal.scan("SN-1")
    await terminal.waits_for(1)
    await terminal.scan(TEAPOT)
    await terminal.scans("SN-1", "serial_used")
    await expect(terminal.page.get_by_role("dialog")).to_contain_text("already in hand")
    await terminal.scan("SN-2", MUG)
    await terminal.sees("lot_needed")
    await terminal.scan("L-5")
    await terminal.waits_for(3)

    await fake.start()
    await terminal.context.set_offline(False)
    await terminal.waits_for(0)
    await terminal.sees("sent")
    assert order.lines[2].serials == ["SN-1", "SN-2"]
    assert [message.get("lot") for message in books.applied[1:]] == [None, None, "L-5"]
    await expect(terminal.page.locator(".late")).to_have_count(0)


async def test_what_only_the_service_knows_to_ask_for_is_asked_for(
    terminal: Phone, books: Books
) -> None:
    teapot = books.orders["560"].lines[2]
    teapot.tracking, teapot.tells_codes = "serial", False
    await terminal.open_order()
    await terminal.scans(TEAPOT, "serial_needed")
    await terminal.scans("SN-1", "counted")

    first, second = books.applied[1:]
    assert first["op"] != second["op"]
    assert (first["code"], second["serial"]) == (TEAPOT, "SN-1")


async def test_several_orders_are_one_walk_with_bins(terminal: Phone, books: Books) -> None:
    await terminal.page.get_by_text("Several").click()
    await terminal.scan("560", "562")
    await terminal.press("Start (2)")
    await expect(terminal.page.locator(".step .location")).to_have_text("A-1")
    await expect(terminal.page.locator(".step .bin")).to_have_text("Bin 2")
    await terminal.scan("2000000001050")
    await terminal.sees("counted", "Bin 2")

    assert books.applied[0]["orders"] == ["560", "562"]
    assert books.applied[0]["mode"] == "cluster"


async def test_an_order_is_only_checked(terminal: Phone, books: Books) -> None:
    await terminal.page.get_by_text("Check", exact=True).click()
    await terminal.scan("560")
    await terminal.scans(TEAPOT, "counted")

    assert books.applied[0]["mode"] == "check"


async def test_an_order_is_taken_over_and_lost(
    terminal: Phone, fake: FakeScan, books: Books
) -> None:
    await terminal.scan("561")
    await expect(terminal.page.get_by_role("dialog")).to_contain_text("ion has order 561")
    await terminal.press("Take it over")
    await expect(terminal.page.locator(".step")).to_be_visible()
    assert books.orders["561"].owner == "ana"

    books.cluster.clear()
    await fake.push({"type": "lost", "to": "T2"})
    await expect(terminal.page.get_by_role("dialog")).to_contain_text("T2 took the order over")
    await terminal.press("Understood")
    await expect(terminal.page.get_by_role("button", name="Next order")).to_be_visible()


async def test_an_order_that_is_not_there_and_no_more_to_pick(
    terminal: Phone, books: Books
) -> None:
    await terminal.scan("999")
    await terminal.sees("refused", "There is no such order")
    for order in books.orders.values():
        order.status = "picked"
    await terminal.press("Next order")
    await terminal.sees("nothing_to_do")


async def test_a_terminal_is_paired_and_people_sign_in_by_badge_and_pin(
    terminal: Phone, fake: FakeScan
) -> None:
    page, form = terminal.page, terminal.page.locator("form")
    fake.is_signed_in = False
    await page.goto(f"{fake.address}/terminal#pair=Pair-1_x")
    await expect(page.get_by_text("The terminal is paired: Masa 3")).to_be_visible()
    assert page.url == f"{fake.address}/terminal"
    await expect(form).to_be_visible()
    assert fake.hellos[-1]["terminal"] == "Masa 3"

    await terminal.scan("MB-WRONG")
    await expect(form).to_contain_text("That is not right.")
    await form.get_by_label("Name").focus()
    await terminal.page.keyboard.type("MB77QX")
    await terminal.page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="maria")).to_be_visible()

    await terminal.press("Settings")
    await terminal.press("Sign out")
    await terminal.scan("MB77QX")
    await expect(page.get_by_role("heading", name="maria")).to_be_visible()

    await terminal.press("Settings")
    await terminal.press("Sign out")
    await form.get_by_label("Name").fill("ion")
    await form.get_by_label("PIN or password").fill(PIN)
    await terminal.press("Sign in")
    await expect(page.get_by_role("heading", name="ion")).to_be_visible()

    await terminal.scan(f"{fake.address}/terminal#pair=Pair-1_x")
    await expect(page.get_by_text("The pairing code is no longer good.")).to_be_visible()
    assert all("401" in one for one in terminal.complaints)
    terminal.complaints.clear()


async def test_a_terminal_that_must_be_paired_says_so_until_it_is(
    terminal: Phone, fake: FakeScan
) -> None:
    fake.pairs_only = True
    await fake.cut()
    trouble = terminal.page.locator(".sign-in .trouble").first
    await expect(trouble).to_contain_text("is not paired")
    await terminal.scan(f"{fake.address}/terminal#pair=Pair-1_x")
    await expect(terminal.page.get_by_role("button", name="Next order")).to_be_visible()

    await until(lambda: fake.hellos[-1].get("pairing") == TOKEN)


async def test_a_name_is_scanned(terminal: Phone, fake: FakeScan) -> None:
    fake.is_signed_in = False
    await fake.close_with(4401)
    form = terminal.page.locator("form")
    await expect(form).to_be_visible()
    await terminal.scan("maria")
    await expect(form.get_by_label("Name")).to_have_value("maria")
    await expect(form.get_by_label("PIN or password")).to_be_focused()
    await terminal.page.keyboard.type(PASSWORD)
    await terminal.page.keyboard.press("Enter")

    await expect(terminal.page.get_by_role("heading", name="maria")).to_be_visible()


async def test_somebody_signs_in_and_out(terminal: Phone, fake: FakeScan) -> None:
    fake.is_signed_in = False
    await fake.close_with(4401)
    form = terminal.page.locator("form")
    await form.get_by_label("Name").fill("ana")
    await form.get_by_label("PIN or password").fill("wrong")
    await terminal.press("Sign in")
    await expect(form).to_contain_text("That is not right.")
    await form.get_by_label("PIN or password").fill(PASSWORD)
    await terminal.press("Sign in")
    await expect(terminal.page.get_by_role("heading", name="ana")).to_be_visible()
    await terminal.press("Settings")
    await terminal.press("Sign out")
    await expect(form).to_be_visible()

    # the browser says of the wrong password that it was refused
    assert [one for one in terminal.complaints if "401" in one] == terminal.complaints
    terminal.complaints.clear()


async def test_the_page_speaks_both_languages(terminal: Phone) -> None:
    await terminal.press("Settings")
    await terminal.page.get_by_text("Română").click()

    await expect(terminal.page.get_by_role("heading", name="Setări")).to_be_visible()
    await expect(terminal.page.locator("html")).to_have_attribute("lang", "ro")
    await terminal.page.reload()
    await expect(terminal.page.get_by_role("button", name="Comanda următoare")).to_be_visible()
