import asyncio
import logging
import random
import traceback

import pytest
from gomag_doubles import (
    KEY,
    ScriptedTransport,
    Step,
    fixture,
    html,
    kind_of,
    make_shop,
    ok,
    run_virtual,
)

from magazie.gomag.shop import GomagShop
from magazie.ports import (
    HttpResponse,
    InventoryItem,
    NotApplied,
    OutcomeUnknown,
    Refused,
    ShopError,
    Throttled,
    TransportError,
    Unauthorized,
    Unreachable,
    Unreadable,
)

STATUSES = HttpResponse(200, {}, fixture("order_statuses.json"))
YES = ok({"error": "200", "status": "200", "message": [], "data": []})
ITEM = InventoryItem(sku="CAN-330", stock_milli=2000)


async def failing(call: object) -> ShopError:
    with pytest.raises(ShopError) as caught:
        await call  # type: ignore[misc]  # any of the shop's methods
    return caught.value


def test_what_every_request_carries() -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(STATUSES, YES)
        shop = make_shop(transport)
        await shop.statuses()
        await shop.set_order_status("5120", "6")
        read, write = transport.requests
        for request in (read, write):
            assert request.headers["Apikey"] == KEY
            assert request.headers["ApiShop"] == "https://www.exemplu.example"
            assert request.headers["User-Agent"].startswith("Magazie/")
            assert request.headers["Accept"] == "application/json"
            assert request.timeout_s == 30.0
            assert KEY not in request.url
        assert (read.method, read.form) == ("GET", ())
        assert read.url == "https://api.example/api/v1/order/status/read/json"
        assert (write.method, write.query) == ("POST", ())
        assert write.url == "https://api.example/api/v1/order/status/json"
        assert write.form == (("data", '{"orders":[{"order":5120,"status":6}]}'),)

    run_virtual(scenario())


def test_letters_are_sent_as_themselves() -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(YES)
        await make_shop(transport).send_inventory([InventoryItem(sku="Căni/ș", stock_milli=0)])
        ((field, text),) = transport.requests[0].form
        assert field == "data"
        assert "Căni/ș" in text

    run_virtual(scenario())


def test_the_key_is_read_at_each_request() -> None:
    async def scenario() -> None:
        keys = iter(["first-key", " second-key\n"])
        transport = ScriptedTransport(STATUSES)
        shop = make_shop(transport, api_key=lambda: next(keys))
        await shop.statuses()
        await shop.statuses()
        assert [request.headers["Apikey"] for request in transport.requests] == [
            "first-key",
            "second-key",
        ]

    run_virtual(scenario())


@pytest.mark.parametrize(
    "key", ["", "  ", "a\nb", "cheie-ș", "a\x00b", KeyError("GOMAG"), OSError()]
)
def test_a_key_that_cannot_be_used_sends_nothing(key: str | Exception) -> None:
    def read_key() -> str:
        if isinstance(key, Exception):
            raise key
        return key

    async def scenario() -> None:
        transport = ScriptedTransport(STATUSES)
        error = await failing(make_shop(transport, api_key=read_key).statuses())
        assert isinstance(error, Unauthorized)
        assert not transport.requests

    run_virtual(scenario())


NO_ANSWERS: list[Step] = [
    html(),
    ok(b""),
    ok(fixture("order_statuses.json")[:-3]),
    html(503),
    html(500),
    ok({"error": "500", "message": ["eroare"]}),
    TransportError("timed out", sent=True),
]


@pytest.mark.parametrize("step", NO_ANSWERS)
def test_a_read_is_repeated_with_growing_pauses(step: Step) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(step, step, step, STATUSES)
        assert len(await make_shop(transport).statuses()) == 5
        first, second, third, fourth = transport.times
        assert 0.5 <= second - first <= 1.0 <= third - second <= 2.0 <= fourth - third <= 4.0

    run_virtual(scenario())


@pytest.mark.parametrize("step", NO_ANSWERS)
def test_a_read_gives_up_after_three_repetitions(step: Step) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(step)
        assert isinstance(await failing(make_shop(transport).statuses()), OutcomeUnknown)
        assert len(transport.requests) == 4

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (html(428), Throttled),
        (html(404), NotApplied),
        (ok({"error": 100, "message": "Missing Api User"}), Unauthorized),
        (ok({"error": "600", "message": ["X"]}), Refused),
        (TransportError("refused", sent=False), Unreachable),
    ],
)
def test_a_read_that_got_its_answer_is_not_repeated(step: Step, kind: type[ShopError]) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(step)
        assert kind_of(await failing(make_shop(transport).statuses())) is kind
        assert len(transport.requests) == 1

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (TransportError("connection refused", sent=False), Unreachable),
        (TransportError("reset", sent=True), OutcomeUnknown),
        (html(500), OutcomeUnknown),
        (html(503), OutcomeUnknown),
        (html(), Unreadable),
        (ok(b""), Unreadable),
        (ok({"id": 1}), Unreadable),
        (ok([]), Unreadable),
        (html(428), Throttled),
        (html(404), NotApplied),
        (ok({"error": "404", "message": ["NO DATA"]}), Refused),
        (ok({"error": 100, "message": "Missing Api User"}), Unauthorized),
    ],
)
@pytest.mark.parametrize("method", ["status", "inventory"])
def test_a_write_is_sent_once_and_its_outcome_named(
    step: Step, kind: type[ShopError], method: str
) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(step)
        shop = make_shop(transport)
        call = (
            shop.set_order_status("5120", "6")
            if method == "status"
            else shop.send_inventory([ITEM])
        )
        assert kind_of(await failing(call)) is kind
        assert len(transport.requests) == 1

    run_virtual(scenario())


def leaks(text: str) -> bool:
    return KEY in text or KEY[:12] in text


@pytest.mark.parametrize(
    "step",
    [
        TransportError(f"cannot connect with {KEY}", sent=False),
        TransportError(f"reset, headers {{'Apikey': '{KEY}'}}", sent=True),
        html(200, f"<html>{KEY}</html>"),
        html(200, "z" * 188 + KEY),
        html(503, f"Apikey: {KEY}"),
        html(428, KEY),
        html(404, KEY),
        ok({"error": "100", "message": f"bad key {KEY}"}),
        ok({"error": "600", "message": [KEY]}),
        ok({"error": {KEY: KEY}}),
        ok(f"Warning: {KEY}\n".encode() + fixture("order_statuses.json")),
    ],
)
def test_the_key_reaches_neither_exceptions_nor_the_log(
    step: Step, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        shop = make_shop(ScriptedTransport(step))
        calls = (shop.statuses(), shop.set_order_status("1", "2"))
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, ShopError)
                assert not leaks("".join(traceback.format_exception(outcome)))
                assert outcome.__context__ is None or not leaks(repr(outcome.__context__))

    with caplog.at_level(logging.DEBUG):
        run_virtual(scenario())
    assert caplog.records
    for record in caplog.records:
        assert not leaks(repr(record.__dict__))


def test_what_the_log_says_of_a_request(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        headers = {"api-ratelimit-read-remaining": "12"}
        good = HttpResponse(200, headers, fixture("order_statuses.json"))
        transport = ScriptedTransport(html(503), good, latency_s=0.25)
        await make_shop(transport).statuses()

    with caplog.at_level(logging.DEBUG, logger="magazie.gomag.client"):
        run_virtual(scenario())
    bad, good = (record.__dict__ for record in caplog.records)
    assert (bad["shop"], bad["path"], bad["status"]) == ("magazin", "order/status/read", 503)
    assert (bad["duration_ms"], bad["read_left"], bad["write_left"]) == (250, 39, 10)
    assert bad["levelno"] == logging.WARNING
    assert bad["problem"].startswith("OutcomeUnknown: HTTP 503: <html><body>Mentenanță")
    assert (good["status"], good["read_left"], good["problem"]) == (200, 12, "")
    assert good["levelno"] == logging.DEBUG


def test_noise_before_a_good_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        step = ok(b"\nWarning: x in y on line 3\n" + fixture("order_statuses.json"))
        assert len(await make_shop(ScriptedTransport(step)).statuses()) == 5

    run_virtual(scenario())
    (record,) = caplog.records
    assert "Warning: x in y" in record.__dict__["noise"]


def test_a_cancelled_request_is_logged_and_leaves_the_way_free(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport(STATUSES, latency_s=60.0)
        shop = make_shop(transport)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await shop.statuses()
        transport.latency_s = 0.0
        await shop.statuses()
        assert shop.budget().blocked_until_s == 0.0

    run_virtual(scenario())
    assert [record.__dict__["problem"] for record in caplog.records] == ["cut short"]


def test_equal_seeds_give_equal_times() -> None:
    async def scenario() -> list[float]:
        transport = ScriptedTransport(html(503), html(), html(500), STATUSES)
        await make_shop(transport, seed=7).statuses()
        return transport.times

    assert run_virtual(scenario()) == run_virtual(scenario())


def test_a_shop_is_made_outside_the_loop() -> None:
    shop = GomagShop(
        name="magazin",
        base_url="https://api.example",
        shop_url="https://www.exemplu.example",
        api_key=lambda: KEY,
        transport=ScriptedTransport(STATUSES),
        random=random.Random(1),
        read_timeout_s=5.0,
    )
    assert len(run_virtual(shop.statuses())) == 5
