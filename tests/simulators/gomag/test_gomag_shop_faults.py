import json

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import (
    FateKind,
    FaultKind,
    FaultRule,
    GomagShop,
    SimRequest,
    SimResponse,
)
from tests.simulators.gomag.gomag_caller import Caller, Clock

UNANSWERED = {
    FaultKind.REFUSE: FateKind.REFUSE,
    FaultKind.LOST_BEFORE: FateKind.DROP_BEFORE,
    FaultKind.HANG: FateKind.HANG,
}
NOT_APPLIED = (
    *UNANSWERED,
    FaultKind.THROTTLE,
    FaultKind.WRONG_KEY,
    FaultKind.SERVER_ERROR,
    FaultKind.HTML_PAGE,
    FaultKind.IGNORED,
    FaultKind.ENVELOPE_REFUSED,
    FaultKind.ITEM_REFUSED,
    FaultKind.ITEM_SKIPPED,
)
APPLIED = (
    FaultKind.LOST_AFTER,
    FaultKind.SERVER_ERROR_AFTER,
    FaultKind.HTML_PAGE_AFTER,
    FaultKind.SLOW,
    FaultKind.JSON_AS_HTML,
    FaultKind.PHP_WARNING,
    FaultKind.BOM,
    FaultKind.CUT_JSON,
    FaultKind.EMPTY_BODY,
    FaultKind.BROKEN_UTF8,
    FaultKind.ITEM_MISSING,
    FaultKind.OTHER_PROGRAM,
)
LATER = (FaultKind.LATE_LANDING,)
READS_ONLY = (FaultKind.PAGE_REPEATS, FaultKind.PAGE_DRIFTS)


def send(caller: Caller, sku: str, stock: int) -> SimResponse:
    return caller.write("product/inventory", {"products": [{"sku": sku, "stock": stock}]})


def test_every_kind_is_tested_here() -> None:
    assert {*NOT_APPLIED, *APPLIED, *LATER, *READS_ONLY} == set(FaultKind)


@pytest.mark.parametrize("kind", NOT_APPLIED)
def test_faults_that_keep_a_write_from_being_applied(
    caller: Caller, shop: GomagShop, skus: list[str], kind: FaultKind
) -> None:
    before = shop.truth.stock()
    shop.inject(kind)
    send(caller, skus[0], 321)
    assert shop.truth.stock() == before
    assert shop.faults == []
    assert send(caller, skus[0], 321).status == 200  # struck once
    assert shop.truth.stock()[skus[0]] == 321_000


@pytest.mark.parametrize("kind", APPLIED)
def test_faults_that_strike_after_a_write_was_applied(
    caller: Caller, shop: GomagShop, skus: list[str], kind: FaultKind
) -> None:
    shop.inject(kind)
    send(caller, skus[0], 321)
    assert shop.truth.stock()[skus[0]] == 321_000
    entry = shop.journal.entries[-1]
    assert (entry.applied, entry.applied_at_ms) == (True, caller.clock.ms)
    assert shop.faults == []


@pytest.mark.parametrize(("kind", "fate"), [*UNANSWERED.items()])
def test_requests_without_an_answer(
    caller: Caller, shop: GomagShop, kind: FaultKind, fate: FateKind
) -> None:
    shop.inject(kind, path="order")
    response = caller.read("order/read")
    assert (response.status, response.body, response.fate.kind) == (0, b"", fate)
    entry = shop.journal.entries[-1]
    assert (entry.fate, entry.faults, entry.applied) == (fate, [kind], False)


def test_a_lost_answer_is_worked_out_and_dropped(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    shop.inject(FaultKind.LOST_AFTER)
    assert send(caller, skus[0], 9).fate.kind is FateKind.DROP_AFTER


def test_a_slow_answer_tells_its_delay(caller: Caller, shop: GomagShop) -> None:
    shop.inject(FaultKind.SLOW, delay_ms=7_000)
    shop.inject(FaultKind.LOST_AFTER)
    fate = caller.read("category/read").fate
    assert (fate.kind, fate.delay_ms) == (FateKind.DROP_AFTER, 7_000)


def test_a_late_write_lands_when_it_is_due(
    caller: Caller, shop: GomagShop, skus: list[str], clock: Clock
) -> None:
    shop.inject(FaultKind.LATE_LANDING, delay_ms=90_000)
    assert send(caller, skus[0], 5).fate.kind is FateKind.HANG
    entry = shop.journal.entries[-1]
    send(caller, skus[0], 8)  # a minute later, sent again with another number
    assert shop.truth.stock()[skus[0]] == 8_000
    assert not entry.applied
    clock.pass_ms(29_999)
    assert shop.truth.stock()[skus[0]] == 8_000
    clock.pass_ms(1)
    assert shop.truth.stock()[skus[0]] == 5_000
    assert (entry.applied, entry.applied_at_ms) == (True, entry.at_ms + 90_000)


def body_of(caller: Caller, shop: GomagShop, kind: FaultKind) -> tuple[bytes, SimResponse]:
    good = caller.read("category/read")
    shop.inject(kind)
    return good.body, caller.read("category/read")


def test_damaged_bodies(caller: Caller, shop: GomagShop) -> None:
    good, warned = body_of(caller, shop, FaultKind.PHP_WARNING)
    assert warned.body.startswith(b"<br />\n<b>Warning</b>")
    assert warned.body.endswith(good)
    _, marked = body_of(caller, shop, FaultKind.BOM)
    assert marked.body == b"\xef\xbb\xbf" + good
    _, cut = body_of(caller, shop, FaultKind.CUT_JSON)
    assert good.startswith(cut.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.body)
    _, empty = body_of(caller, shop, FaultKind.EMPTY_BODY)
    assert (empty.status, empty.body) == (200, b"")
    _, broken = body_of(caller, shop, FaultKind.BROKEN_UTF8)
    with pytest.raises(UnicodeDecodeError):
        broken.body.decode()
    _, mislabelled = body_of(caller, shop, FaultKind.JSON_AS_HTML)
    assert mislabelled.header("content-type") == "text/html; charset=UTF-8"
    assert mislabelled.body == good


def test_a_letter_breaks_even_in_a_plain_answer(caller: Caller, shop: GomagShop) -> None:
    _, __ = body_of(caller, shop, FaultKind.BROKEN_UTF8)
    shop.inject(FaultKind.BROKEN_UTF8)
    with pytest.raises(UnicodeDecodeError):
        caller.read("currency/read").body.decode()


@pytest.mark.parametrize("kind", [FaultKind.HTML_PAGE, FaultKind.HTML_PAGE_AFTER])
def test_a_page_with_200(caller: Caller, shop: GomagShop, skus: list[str], kind: FaultKind) -> None:
    shop.inject(kind)
    response = send(caller, skus[0], 3)
    assert response.status == 200
    assert response.header("Content-Type") == "text/html; charset=UTF-8"
    assert "Mentenanță".encode() in response.body


def test_server_errors_have_the_switched_status(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    shop.inject(FaultKind.SERVER_ERROR)
    assert send(caller, skus[0], 3).status == 502
    shop.switches = replace(shop.switches, server_error_status=504)
    shop.inject(FaultKind.SERVER_ERROR_AFTER)
    assert send(caller, skus[0], 3).status == 504


def test_throttle_and_wrong_key_answer_as_the_real_ones(caller: Caller, shop: GomagShop) -> None:
    shop.inject(FaultKind.THROTTLE, times=2)
    assert [caller.read("order/read").status for _ in range(3)] == [428, 428, 200]
    shop.inject(FaultKind.WRONG_KEY)
    assert caller.get("order/read") == {"error": 100, "message": "Missing Api User"}


def test_maintenance_has_a_beginning_and_an_end(
    caller: Caller, shop: GomagShop, clock: Clock
) -> None:
    caller.pause_ms = 0
    now = clock.ms
    shop.close_for_maintenance(now + 1_000, now + 2_000)
    statuses = []
    for _ in range(3):
        statuses.append(caller.read("order/read").status)
        clock.pass_ms(1_000)
    assert statuses == [200, 503, 200]
    shop.close_for_maintenance(now, now + 60_000)
    shop.switches = replace(shop.switches, maintenance_status=200)
    response = caller.read("order/read")
    assert (response.status, response.body[:9]) == (200, b"<!DOCTYPE")


def test_an_ignored_write_looks_like_a_good_one(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    good = send(caller, skus[0], 4).body
    shop.inject(FaultKind.IGNORED, path="inventory")
    assert send(caller, skus[0], 5).body == good
    assert shop.truth.stock()[skus[0]] == 4_000
    assert not shop.journal.entries[-1].applied


def test_other_writes_can_be_ignored_too(caller: Caller, shop: GomagShop) -> None:
    order = shop.truth.orders()[0]
    product = {
        "name": "X",
        "currency": "RON",
        "categories": [["X"]],
        "versions": [{"sku": "X", "price": 1, "stock": 1, "stockStatus": "instock"}],
    }
    added = {
        "number": "E",
        "payment": "cod",
        "shipping": dict.fromkeys(
            ("lastname", "firstname", "address", "city", "region", "country"), "x"
        ),
        "products": [{"sku": "X", "price": 1, "quantity": 1}],
    }
    truth = (shop.truth.orders(), shop.truth.products())
    for name, data in (
        ("order/status", {"orders": [{"order": order.id, "status": 8}]}),
        ("order/note/add", {"order": order.id, "note": "x"}),
        ("order/add", added),
        ("product/write", [product]),
        ("product/delete", {"skus": [shop.truth.products()[0].sku]}),
    ):
        shop.inject(FaultKind.IGNORED)
        answer = caller.post(name, data)
        assert answer.get("error", "200") == "200"
        assert not shop.journal.entries[-1].applied
    assert (shop.truth.orders(), shop.truth.products()) == truth


def test_a_whole_list_is_refused_for_one_sku(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    shop.add_fault(FaultRule(kind=FaultKind.ENVELOPE_REFUSED, sku=skus[2]))
    before = shop.truth.stock()
    items = [{"sku": sku, "stock": 55} for sku in skus[:4]]
    answer = caller.inventory(*items)
    assert (answer["error"], answer["message"], answer["data"]) == ("600", ["NOT_ADJUSTABLE"], [])
    assert shop.truth.stock() == before
    answer = caller.inventory(items[0], items[1], items[3])
    assert answer["error"] == "200"
    assert caller.inventory(items[2])["error"] == "600"


def test_one_item_is_refused_missing_or_skipped(
    caller: Caller, shop: GomagShop, skus: list[str]
) -> None:
    items = [{"sku": sku, "stock": 55} for sku in skus[:3]]
    for kind, rows in (
        (FaultKind.ITEM_REFUSED, ["200", "600", "200"]),
        (FaultKind.ITEM_MISSING, ["200", "200"]),
        (FaultKind.ITEM_SKIPPED, ["200", "200"]),
    ):
        for sku in skus[:3]:
            shop.office.set_stock(sku, 1_000)
        shop.inject(kind, sku=skus[1])
        answer = caller.inventory(*items)
        assert answer["error"] == "200"
        assert [row["status"] for row in answer["data"][""]] == rows
        applied = shop.truth.stock()[skus[1]] == 55_000
        assert applied == (kind is FaultKind.ITEM_MISSING)
        assert [shop.truth.stock()[sku] for sku in (skus[0], skus[2])] == [55_000, 55_000]


def test_items_of_product_writes(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    shop.inject(FaultKind.ITEM_REFUSED, sku=skus[0], path="patch")
    sent = [{"versions": [{"sku": sku, "price": "33"}], "categories": [["X"]]} for sku in skus[:2]]
    answer = caller.post("product/patch", sent)
    assert [row.get("error") for row in answer["data"]] == ["600", None]
    assert [shop.truth.prices()[sku] == 330_000 for sku in skus[:2]] == [False, True]
    shop.inject(FaultKind.ITEM_MISSING, sku=skus[0], path="patch")
    assert len(caller.post("product/patch", sent)["data"]) == 1
    assert shop.truth.prices()[skus[0]] == 330_000


def test_a_page_repeats(caller: Caller, shop: GomagShop) -> None:
    first = list(caller.get("product/read", limit=20, page=1)["products"])
    shop.inject(FaultKind.PAGE_REPEATS, path="product/read")
    caller.get("product/read", limit=20, page=1)  # the first page cannot repeat
    repeated = caller.get("product/read", limit=20, page=2)
    assert (list(repeated["products"]), repeated["page"]) == (first, 2)
    assert list(caller.get("product/read", limit=20, page=2)["products"]) != first


def test_a_page_drifts_a_little(caller: Caller, shop: GomagShop) -> None:
    everything = list(caller.get("product/read")["products"])
    starts = set()
    for _ in range(30):
        shop.inject(FaultKind.PAGE_DRIFTS)
        page = list(caller.get("product/read", limit=20, page=2)["products"])
        assert page == everything[everything.index(page[0]) :][: len(page)]
        starts.add(everything.index(page[0]) - 20)
    assert starts == {-3, -2, -1, 1, 2, 3}


def test_rates(caller: Caller, shop: GomagShop) -> None:
    shop.set_rate(FaultKind.SERVER_ERROR, 0.3, path="category")
    statuses = [caller.read("category/read").status for _ in range(300)]
    assert 60 < statuses.count(502) < 120
    assert {caller.read("brand/read").status for _ in range(50)} == {200}
    shop.clear_faults()
    assert {caller.read("category/read").status for _ in range(50)} == {200}


def test_a_new_rate_replaces_the_old_one_and_leaves_one_shots(shop: GomagShop) -> None:
    shop.inject(FaultKind.BOM, path="order")
    shop.set_rate(FaultKind.BOM, 0.4, path="order")
    shop.set_rate(FaultKind.BOM, 0.2, path="order")
    shop.set_rate(FaultKind.BOM, 0.1)
    assert [(f.times, f.rate, f.path) for f in shop.faults] == [
        (1, 1.0, "order"),
        (None, 0.2, "order"),
        (None, 0.1, ""),
    ]
    shop.set_rate(FaultKind.BOM, 0, path="order")
    assert [f.path for f in shop.faults] == ["order", ""]


def test_item_rates(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    shop.set_rate(FaultKind.ITEM_REFUSED, 0.5)
    items = [{"sku": sku, "stock": 1} for sku in skus[:20]]
    rows = [r["status"] for _ in range(10) for r in caller.inventory(*items)["data"][""]]
    assert 60 < rows.count("600") < 140


def test_a_write_fault_waits_for_a_write(caller: Caller, shop: GomagShop, skus: list[str]) -> None:
    shop.inject(FaultKind.IGNORED)
    caller.read("order/read")
    assert len(shop.faults) == 1
    send(caller, skus[0], 1)
    assert shop.faults == []


def test_faults_are_a_queue_and_cleared_by_kind(caller: Caller, shop: GomagShop) -> None:
    shop.inject(FaultKind.EMPTY_BODY)
    shop.inject(FaultKind.THROTTLE)
    shop.inject(FaultKind.BOM)
    shop.clear_faults(FaultKind.BOM)
    answers = [caller.read("order/read") for _ in range(3)]
    assert [(a.status, a.body == b"") for a in answers] == [
        (200, True),
        (428, False),
        (200, False),
    ]


def picture_of(shop: GomagShop) -> SimRequest:
    name = next(i for p in shop.state.catalogue.products.values() for i in p.images)
    return SimRequest("GET", f"/images/product/original/{name}")


def test_pictures_are_served_and_can_be_spoiled(shop: GomagShop) -> None:
    request = picture_of(shop)
    picture = shop.handle(request)
    assert picture.header("Content-Type") == "image/png"
    assert picture.body.startswith(b"\x89PNG\r\n\x1a\n")
    shop.inject(FaultKind.EMPTY_BODY)  # meant for the API
    assert shop.handle(request).body == picture.body
    shop.clear_faults()
    shop.inject(FaultKind.HTML_PAGE, path="/images/")
    page = shop.handle(request)
    assert (page.header("Content-Type"), page.body[:9]) == ("image/png", b"<!DOCTYPE")
    shop.inject(FaultKind.EMPTY_BODY, path="/images/")
    assert shop.handle(request).body == b""
    assert shop.handle(SimRequest("GET", "/images/product/original/lipsa-1.png")).status == 404


def test_one_page_answers_html_once(caller: Caller, shop: GomagShop) -> None:
    shop.inject(FaultKind.HTML_PAGE, path="product/read", page=2)
    assert caller.read("category/read", page=2).body.startswith(b"{")
    assert caller.read("product/read", limit=20, page=1).body.startswith(b"{")
    assert caller.read("product/read", limit=20, page=2).body.startswith(b"<!DOCTYPE")
    assert caller.read("product/read", limit=20, page=2).body.startswith(b"{")


def test_pages_move_when_goods_come_and_go_between_two_of_them(
    caller: Caller, shop: GomagShop
) -> None:
    def page(number: int) -> list[str]:
        return list(caller.get("product/read", limit=20, page=number)["products"])

    before = [page(number) for number in (1, 2, 3)]
    shop.office.delete_product(shop.state.catalogue.products[int(before[0][0])].sku)
    assert page(2) == [*before[1][1:], before[2][0]]  # the first of page 2 is on page 1 now
    added = shop.office.add_product("NOU-1", "Nou", price_e4=100_000, stock_milli=0)
    assert page(3) == [*before[2][1:], str(added)]
    assert caller.product("NOU-1")["stock_status"] == "notinstock"
