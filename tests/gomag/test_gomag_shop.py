import asyncio
import json
from datetime import date
from typing import Any

import pytest
from gomag_doubles import (
    NOW_MS,
    ScriptedTransport,
    fixture,
    html,
    make_shop,
    ok,
    run_virtual,
)

from magazie.gomag.shop import GomagShop
from magazie.ports import (
    HttpRequest,
    HttpResponse,
    OrderPage,
    OrderWindow,
    Refused,
    ShopPort,
    Throttled,
    Unreadable,
    Urgency,
)

DAYS = OrderWindow(by="placed", first_day=date(2026, 11, 23), last_day=date(2026, 11, 24))
ORDER: dict[str, Any] = json.loads(fixture("order_page_map.json"))["orders"]["5120"]
PRODUCT: dict[str, Any] = json.loads(fixture("product_page_map.json"))["products"]["311"]
NO_DATA = ok({"error": "404", "message": ["NO DATA"]})


def order_page(*orders: object, page: int = 1, pages: int = 1, total: int | None = None) -> bytes:
    count = len(orders) if total is None else total
    body = {"total": str(count), "page": page, "pages": pages, "orders": list(orders)}
    return json.dumps(body).encode()


def product_page(*products: object, page: int = 1, pages: int = 1) -> bytes:
    body = {"total": len(products), "page": page, "pages": pages, "products": list(products)}
    return json.dumps(body).encode()


def read_orders(body: bytes, window: OrderWindow = DAYS, page: int = 1) -> OrderPage:
    shop = make_shop(ScriptedTransport(ok(body)))
    return run_virtual(shop.orders(window, page, observed_ms=NOW_MS))


def test_the_shop_is_a_shop_port() -> None:
    shop: ShopPort = make_shop(ScriptedTransport(NO_DATA))
    assert (shop.inventory_limit, shop.publish_limit) == (1000, 25)


# --- orders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "days"),
    [
        (DAYS, (("startDate", "2026-11-23"), ("endDate", "2026-11-24"))),
        (
            OrderWindow(by="updated", first_day=date(2026, 11, 24), last_day=date(2026, 11, 24)),
            (("updated", "2026-11-24"),),
        ),
    ],
)
def test_what_is_asked_for_a_window(window: OrderWindow, days: tuple[tuple[str, str], ...]) -> None:
    transport = ScriptedTransport(ok(order_page(page=2, pages=3)))
    run_virtual(make_shop(transport).orders(window, 2, observed_ms=NOW_MS))
    (request,) = transport.requests
    assert request.url.endswith("/api/v1/order/read/json")
    assert request.query == (*days, ("page", "2"), ("limit", "100"))


def test_a_page_of_orders_in_the_shops_order() -> None:
    page = read_orders(fixture("order_page_map.json"))
    assert (page.page, page.pages, page.total, page.undecodable) == (1, 1, 3, ())
    assert [order.external_id for order in page.orders] == ["5120", "5119", "5118"]


def test_one_order_of_another_shape_does_not_spoil_its_page() -> None:
    bad = {"id": "77", "items": [{"id": "311"}, {"id": "900"}], "total": "x"}
    page = read_orders(order_page(ORDER, bad, "nonsense"))
    assert [order.external_id for order in page.orders] == ["5120"]
    first, second = page.undecodable
    assert (first.external_id, first.item_ids) == ("77", ("311", "900"))
    assert json.loads(first.raw) == bad
    assert (second.external_id, second.raw) == (None, b'"nonsense"')


def test_orders_outside_the_window_are_left_out_and_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    early = {**ORDER, "id": "1", "date": "2026-11-22 23:59:59"}
    first = {**ORDER, "id": "2", "date": "2026-11-23 00:00:00"}
    last = {**ORDER, "id": "3", "date": "2026-11-24 23:59:59"}
    late = {**ORDER, "id": "4", "date": "2026-11-25 00:00:00"}
    page = read_orders(order_page(late, last, first, early))
    assert [order.external_id for order in page.orders] == ["3", "2"]
    assert [record.__dict__["count"] for record in caplog.records] == [2]


def test_by_update_every_order_sent_is_taken() -> None:
    window = OrderWindow(by="updated", first_day=date(2026, 11, 24), last_day=date(2026, 11, 24))
    old = {**ORDER, "date": "2025-01-01 10:00:00"}
    assert len(read_orders(order_page(old), window).orders) == 1


def test_an_order_sent_twice_is_one() -> None:
    page = read_orders(order_page(ORDER, {**ORDER, "status": "alta"}, {**ORDER, "id": "9"}))
    assert [(one.external_id, one.status) for one in page.orders] == [
        ("5120", "Comanda noua"),
        ("9", "Comanda noua"),
    ]


def test_orders_of_one_second_across_a_page_border_all_come() -> None:
    same = [{**ORDER, "id": str(number), "date": "2026-11-24 10:00:00"} for number in (1, 2, 3)]
    pages = [order_page(*same[:2], pages=2, total=3), order_page(same[2], page=2, pages=2, total=3)]

    async def scenario() -> list[str]:
        transport = ScriptedTransport(*(ok(page) for page in pages))
        shop = make_shop(transport)
        found = [await shop.orders(DAYS, page, observed_ms=NOW_MS) for page in (1, 2)]
        return [order.external_id for page in found for order in page.orders]

    assert run_virtual(scenario()) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "window",
    [
        OrderWindow(by="updated", first_day=date(2026, 11, 23), last_day=date(2026, 11, 24)),
        OrderWindow(by="number", first_day=date(2026, 11, 24), last_day=date(2026, 11, 24)),
    ],
)
def test_windows_there_are_none_of(window: OrderWindow) -> None:
    with pytest.raises(ValueError, match="no window by"):
        read_orders(order_page(), window)


@pytest.mark.parametrize("page", [1, 3])
def test_no_data_is_an_empty_page(page: int) -> None:
    async def scenario() -> OrderPage:
        shop = make_shop(ScriptedTransport(NO_DATA))
        return await shop.orders(DAYS, page, observed_ms=NOW_MS)

    assert run_virtual(scenario()) == OrderPage(
        page=page, pages=1, total=0, orders=(), undecodable=()
    )


def test_another_refusal_of_a_read_is_one() -> None:
    async def scenario() -> None:
        shop = make_shop(ScriptedTransport(ok({"error": "600", "message": ["BAD_DATE"]})))
        with pytest.raises(Refused, match="BAD_DATE"):
            await shop.orders(DAYS, 1, observed_ms=NOW_MS)

    run_virtual(scenario())


def test_a_page_of_noise_is_read_again_and_the_import_goes_on() -> None:
    """Page 7 of 12 answers HTML with 200, twice."""
    failures = {7: 2}

    def reply(request: HttpRequest) -> HttpResponse:
        page = int(dict(request.query)["page"])
        if failures.get(page):
            failures[page] -= 1
            return html()
        return ok(product_page({**PRODUCT, "id": str(page)}, page=page, pages=12))

    async def scenario() -> list[str]:
        shop = make_shop(ScriptedTransport(reply=reply))
        pages = [await shop.products(page) for page in range(1, 13)]
        return [product.external_id for page in pages for product in page.products]

    assert run_virtual(scenario()) == [str(page) for page in range(1, 13)]


def test_a_page_that_is_not_the_one_asked_for_is_read_again() -> None:
    wrong = ok(order_page(ORDER, page=1, pages=3, total=250))
    right = ok(order_page({**ORDER, "id": "9"}, page=2, pages=3, total=250))
    transport = ScriptedTransport(wrong, right)
    page = run_virtual(make_shop(transport).orders(DAYS, 2, observed_ms=NOW_MS))
    assert [order.external_id for order in page.orders] == ["9"]
    assert len(transport.requests) == 2


# --- one order -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (order_page(ORDER), "5120"),
        (order_page({**ORDER, "id": "1", "number": "700012345"}, ORDER), "5120"),
        (order_page({**ORDER, "number": "700012345"}), None),
        (order_page({"id": "3"}, ORDER), "5120"),
        (order_page(), None),
    ],
)
def test_an_order_by_its_number_only(body: bytes, found: str | None) -> None:
    transport = ScriptedTransport(ok(body))
    order = run_virtual(make_shop(transport).order_by_number("70001234", observed_ms=NOW_MS))
    assert (order.external_id if order else None) == found
    assert transport.requests[0].query == (("number", "70001234"),)


def test_an_order_by_number_that_does_not_decode_is_not_missing() -> None:
    async def scenario() -> None:
        shop = make_shop(ScriptedTransport(ok(order_page({**ORDER, "total": "x"}))))
        with pytest.raises(Unreadable, match="order 5120: total: 'x' is not a number"):
            await shop.order_by_number("70001234", observed_ms=NOW_MS)

    run_virtual(scenario())


@pytest.mark.parametrize(("order", "status"), [("70-1", "6"), ("5120", "Anulata"), ("", "1")])
def test_a_status_is_set_by_ids_only(order: str, status: str) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(NO_DATA)
        with pytest.raises(Refused, match="ids"):
            await make_shop(transport).set_order_status(order, status)
        assert not transport.requests

    run_virtual(scenario())


def test_statuses_by_id_or_as_a_list_but_not_none() -> None:
    async def scenario() -> None:
        by_id = {str(entry["id"]): entry for entry in json.loads(fixture("order_statuses.json"))}
        both = ScriptedTransport(ok(fixture("order_statuses.json")), ok(by_id))
        shop = make_shop(both)
        assert await shop.statuses() == await shop.statuses()
        for nothing in ([], {"total": 0}, [5]):
            with pytest.raises(Unreadable, match="order statuses"):
                await make_shop(ScriptedTransport(ok(nothing))).statuses()

    run_virtual(scenario())


# --- products --------------------------------------------------------------------------------


def test_what_is_asked_for_products() -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(ok(product_page(PRODUCT, page=1, pages=1)))
        shop = make_shop(transport)
        await shop.products(1)
        await shop.products(1, updated_since=date(2026, 11, 1), urgency=Urgency.STOCK)
        await shop.product("311")
        queries = [request.query for request in transport.requests]
        paging = (("page", "1"), ("limit", "100"))
        assert queries == [paging, (*paging, ("updated", "2026-11-01")), (("id", "311"),)]

    run_virtual(scenario())


def test_a_page_of_products() -> None:
    async def scenario() -> None:
        body = json.loads(fixture("product_page_map.json"))
        body["products"]["400"] = None
        body["products"]["401"] = {"id": "311", "sku": "a second time"}
        shop = make_shop(ScriptedTransport(ok(body)))
        page = await shop.products(1)
        assert [product.external_id for product in page.products] == ["311", "312", "313"]
        assert page.products[0].sku == "CAN-330"
        assert page.undecodable == ("400",)
        assert (page.page, page.pages, page.total) == (1, 1, 3)

    run_virtual(scenario())


def test_one_product_by_id() -> None:
    async def scenario() -> None:
        other = {**PRODUCT, "id": "312"}
        shop = make_shop(ScriptedTransport(ok(product_page(other, PRODUCT))))
        product = await shop.product("311")
        assert product is not None
        assert product.external_id == "311"
        for gone in (ok(product_page()), NO_DATA, ok({"total": 0, "products": {}})):
            assert await make_shop(ScriptedTransport(gone)).product("311") is None

    run_virtual(scenario())


@pytest.mark.parametrize("row", [{**PRODUCT, "id": "312"}, None, {"sku": "CAN-330"}])
def test_other_products_than_asked_do_not_mean_it_is_gone(row: object) -> None:
    async def scenario() -> None:
        shop = make_shop(ScriptedTransport(ok(product_page(row))))
        with pytest.raises(Unreadable, match="311"):
            await shop.product("311")

    run_virtual(scenario())


# --- the test a person asks for --------------------------------------------------------------


def test_a_test_says_what_it_found_and_does_not_repeat() -> None:
    async def scenario() -> None:
        good = make_shop(ScriptedTransport(ok(fixture("order_statuses.json"))))
        assert await good.test() == ("The shop answers and takes the key; it has 5 order statuses.")
        transport = ScriptedTransport(html())
        shop = make_shop(transport)
        with pytest.raises(Unreadable, match="Mentenanță"):
            await shop.test()
        assert len(transport.requests) == 1
        with pytest.raises(Throttled, match="in peace"):
            await shop.test()
        assert len(transport.requests) == 1

    run_virtual(scenario())


def test_a_large_page_lets_others_run_in_between() -> None:
    async def scenario() -> int:
        text = "<p>descriere <b>lungă</b></p>" * 100
        rows = [{**PRODUCT, "id": str(number), "description": text} for number in range(1, 101)]
        shop: GomagShop = make_shop(ScriptedTransport(ok(product_page(*rows))))
        turns = 0
        reading = asyncio.create_task(shop.products(1))
        while not reading.done():
            turns += 1
            await asyncio.sleep(0)
        assert len(reading.result().products) == 100
        return turns

    assert run_virtual(scenario()) > 8
