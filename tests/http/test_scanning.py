"""The scanning protocol, over a socket."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import ObserveOrder
from magazie.actors.pick_queue import PickQueue
from magazie.actors.picking_messages import OpenOrders
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import AddToken, RevokeToken
from magazie.http.scanning import endpoint
from magazie.http.scanning.outbox import Outbox
from magazie.model.orders import Carrier
from tests.http.edges import Edge, until
from tests.http.shop_data import shop_order
from tests.http.terminals import E1, E2, TestTerminal, furnish, place
from tests.http.test_login import log_in


@pytest.fixture
async def stocked(edge: Edge) -> Edge:
    await furnish(edge)
    return edge


async def test_an_order_is_picked_over_the_socket(stocked: Edge) -> None:
    order = await place(stocked, "560", ("CAN-330", "2"), ("CEAI-20", "1"))
    terminal = await TestTerminal.connect(stocked)
    assert terminal.welcomed == {
        "type": "welcome",
        "terminal": "T1",
        "session": None,
        "name": "client-picker",
        "tally": None,
    }
    state = await terminal.say("next")
    assert (state["mode"], state["owner"], state["state"]) == ("pick", "T1", "open")
    (shown,) = state["orders"]
    assert (shown["order"], shown["number"], shown["bin"], shown["status"]) == (
        order["id"],
        "560",
        1,
        "picking",
    )
    assert [line["code"] for line in shown["lines"]] == ["CEAI-20", "CAN-330"]
    answer = await terminal.say("scan", code=E1)
    assert {key: answer[key] for key in ("outcome", "line", "picked", "ordered")} == {
        "outcome": "counted",
        "line": 1,
        "picked": "1",
        "ordered": "2",
    }
    assert [await terminal.scan(code) for code in (E2, "XXXX", E2, E1)] == [
        "counted",
        "unknown_code",
        "over",
        "counted",
    ]
    assert (await terminal.say("complete"))["outcome"] == "completed"
    assert (await stocked.get(f"/api/v1/orders/{order['id']}"))["fulfilment"] == "picked"
    assert await terminal.scan(E1) == "no_session"


async def test_g11_both_screens_show_the_same_and_take_over_is_told(stocked: Edge) -> None:
    order = await place(stocked, "560", ("CAN-330", "2"))
    first = await TestTerminal.connect(stocked, "T1")
    second = await TestTerminal.connect(stocked, "T2")
    await first.open("560")
    await second.open("560")
    assert second.state["owner"] == "T1"
    outcomes = sorted(await asyncio.gather(first.scan(E1), second.scan(E1)))
    assert outcomes == ["counted", "owned_by_other"]
    async with asyncio.timeout(1):
        await first.until_state(l1="1")
        await second.until_state(l1="1")
    state = await second.say("take_over", order=order["id"])
    assert state["owner"] == "T2"
    while first.lost is None:
        await first.hear()
    assert first.lost == {"type": "lost", "to": "T2", "session": state["session"]}
    refused = await first.say("scan", code=E1)
    assert (refused["outcome"], refused["owner"]) == ("owned_by_other", "T2")
    assert await second.scan(E1) == "counted"
    assert await second.scan(E1) == "over"


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_g12_what_was_scanned_offline_is_replayed(
    stocked: Edge, *, is_cancelled: bool
) -> None:
    order = await place(stocked, "560", ("CAN-330", "3"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    session = terminal.session
    assert await terminal.scan(E1, op="a") == "counted"
    await terminal.drop()
    if is_cancelled:
        await stocked.post(f"/api/v1/orders/{order['id']}/cancel", status=200)
    for _ in range(2):
        terminal = await TestTerminal.connect(stocked)
        assert terminal.session == session
        outcomes = [await terminal.scan(code, op) for op, code in (("a", E1), ("b", E1), ("c", E2))]
        late = ["order_cancelled"] * 2 if is_cancelled else ["counted", "not_in_order"]
        assert outcomes == ["counted", *late]
        await terminal.drop()
    terminal = await TestTerminal.connect(stocked)
    await terminal.until_state(l1="1" if is_cancelled else "2")
    assert terminal.state["orders"][0]["status"] == ("cancelled" if is_cancelled else "picking")


async def test_an_order_cancelled_meanwhile_is_shown_at_once(stocked: Edge) -> None:
    order = await place(stocked, "526", ("CAN-330", "2"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("526")
    await terminal.scan(E1)
    await stocked.post(f"/api/v1/orders/{order['id']}/cancel", status=200)
    async with asyncio.timeout(1):
        while terminal.state["orders"][0]["status"] != "cancelled":
            await terminal.hear()
    assert terminal.state["orders"][0]["lines"][0]["to_put_back"] == "1"
    assert await terminal.scan(E1) == "order_cancelled"
    answer = await terminal.say("complete")
    assert (answer["outcome"], answer["lines"][0]["why"]) == ("incomplete", "to_put_back")
    assert (await terminal.say("put_back", line=1, quantity="1"))["outcome"] == "put_back"
    assert (await terminal.say("complete"))["outcome"] == "completed"


async def test_every_command_has_its_answer(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "5"), ("CEAI-20", "1"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    await terminal.scan(E1)
    assert (await terminal.say("undo"))["outcome"] == "undone"
    assert (await terminal.say("undo"))["outcome"] == "nothing_to_undo"
    assert (await terminal.say("skip", line=1))["outcome"] == "skipped"
    assert await terminal.scan(E1, quantity="3") == "counted"
    short = {"line": 1, "quantity": "2", "reason": "negasit", "rest": "release"}
    assert (await terminal.say("short", **short))["outcome"] == "short_picked"
    answer = await terminal.say("complete")
    assert [line["why"] for line in answer["lines"]] == ["missing"]
    assert await terminal.scan(E2) == "counted"
    assert (await terminal.say("complete"))["outcome"] == "completed"
    await terminal.socket.send_json({"type": "ping"})
    while (await terminal.hear())["type"] != "pong":
        pass


# --- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("nu e JSON", "not_json"),
        ("", "not_json"),
        ("[1, 2]", "unknown_type"),
        ("7", "unknown_type"),
        ('{"type": "dance", "op": "x", "seq": 1}', "unknown_type"),
        ('{"op": "x", "seq": 1}', "unknown_type"),
        ('{"type": "scan", "seq": 1, "code": "1"}', "no_op"),
        ('{"type": "scan", "op": "", "seq": 1, "code": "1"}', "no_op"),
        ('{"type": "scan", "op": "x", "code": "1"}', "invalid"),
        ('{"type": "scan", "op": "x", "seq": 1}', "invalid"),
        ('{"type": "scan", "op": "x", "seq": 1, "code": "1", "quantity": "0"}', "invalid"),
        ('{"type": "scan", "op": "x", "seq": 1, "code": "1", "quantity": 1}', "invalid"),
        ('{"type": "scan", "op": "x", "seq": -1, "code": "1"}', "invalid"),
        ('{"type": "scan", "op": "x", "seq": 1, "code": "\\ud800"}', "not_json"),
        ("[" * 60_000, "unknown_type"),
        ('{"type": "scan", "x": ' + "[" * 60_000, "not_json"),
        ('{"type": [], "op": "x"}', "unknown_type"),
        ('{"type": {"scan": 1}, "op": "x"}', "unknown_type"),
        ('{"type": "dance", ', "not_json"),
        ('{"type": "scan", "op": 5, "seq": ', "not_json"),
        ('{"type": "dance", "x": ' + "[" * 60_000, "not_json"),
        ('{"type": "scan", "op": 5, "x": ' + "[" * 60_000, "not_json"),
        ('{"type": "scan", "op": "x", "seq": 1, "code": "' + "9" * 65_536 + '"}', "too_long"),
        ('{"type": "scan", "op": "x", "seq": 1, "code": "' + "ț" * 40_000 + '"}', "too_long"),
    ],
)
async def test_what_is_no_message_is_told_and_the_socket_stays(
    stocked: Edge, sent: str, reason: str
) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    await terminal.socket.send_str(sent)
    answer = await terminal.hear()
    while answer["type"] == "state":
        answer = await terminal.hear()
    assert (answer["type"], answer["reason"]) == ("error", reason)
    assert await terminal.scan(E1) == "counted"


async def test_bytes_are_no_message(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    await terminal.socket.send_bytes(b"\x00\xff")
    assert (await terminal.hear())["reason"] == "not_text"


async def test_a_code_just_short_of_the_limit_is_an_unknown_one(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    assert await terminal.scan("9" * 65_000) == "unknown_code"


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-24T10:00:00+02:00",
        "1971-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "ieri",
    ],
)
async def test_a_terminals_wrong_clock_counts_all_the_same(stocked: Edge, at: str) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    assert await terminal.scan(E1, at=at) == "counted"
    rows = await stocked.parts.storage.read(
        lambda c: c.execute(
            "SELECT received_ms FROM picking_operations WHERE kind = 'scan'"
        ).fetchall()
    )
    assert rows == [(stocked.clock.ms,)]
    log = await stocked.ask("GET", f"/api/v1/picking/sessions/{terminal.session}/operations")
    assert log.status == 200


@pytest.mark.parametrize("session", ["", "alta", "0000000000009", None])
async def test_another_session_than_the_open_one_is_none(
    stocked: Edge, session: str | None
) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    assert await terminal.scan(E1, session=session) == "no_session"
    assert await terminal.scan(E1) == "counted"


async def test_a_state_that_waits_is_not_sent_after_another_session_was_opened(
    stocked: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place(stocked, "560", ("CAN-330", "1"))
    await place(stocked, "561", ("CAN-330", "1"))
    outboxes: list[Outbox] = []

    def noted(socket: web.WebSocketResponse) -> Outbox:
        outboxes.append(Outbox(socket))
        return outboxes[-1]

    monkeypatch.setattr(endpoint, "Outbox", noted)
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    ask = stocked.parts.directory.ask

    async def pushed_meanwhile(kind: Any, key: Any, message: Any, **how: Any) -> Any:
        answer = await ask(kind, key, message, **how)
        if kind is PickQueue and isinstance(message, OpenOrders):
            outboxes[0].put_state(b'{"type": "state", "session": "of 560"}')
        return answer

    monkeypatch.setattr(stocked.parts.directory, "ask", pushed_meanwhile)
    assert (await terminal.open("561"))["session"] == terminal.session
    await terminal.socket.send_json({"type": "ping"})
    while (heard := await terminal.hear())["type"] != "pong":
        assert heard["session"] == terminal.session


async def test_an_operation_sent_twice_is_answered_alike(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    first = await terminal.say("scan", "x", code=E1)
    assert await terminal.say("scan", "x", code=E1) == first
    again = await terminal.say("scan", "x", code=E2)
    assert again == {"type": "error", "reason": "op_reused", "op": "x"}


# --- who may --------------------------------------------------------------------------------


async def test_a_bad_token_is_closed_with_4401(edge: Edge) -> None:
    socket = await edge.client.ws_connect("/ws/scan")
    hello = {"type": "hello", "protocol": 1, "terminal": "T1", "token": "gresit"}
    await socket.send_json(hello)
    assert await TestTerminal("T1", socket, {"session": None}).closed_with() == 4401


async def test_no_token_and_no_session_is_closed_with_4401(edge: Edge) -> None:
    socket = await edge.client.ws_connect("/ws/scan")
    await socket.send_json({"type": "hello", "protocol": 1, "terminal": "T1"})
    assert await TestTerminal("T1", socket, {"session": None}).closed_with() == 4401


async def test_no_hello_is_closed_with_4408(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "HELLO_WITHIN_S", 0.1)
    socket = await edge.client.ws_connect("/ws/scan")
    await socket.send_json({"type": "scan", "op": "x", "seq": 1, "code": E1})
    assert (await socket.receive_json()) == {"type": "error", "reason": "hello_first", "op": "x"}
    await socket.send_json({"type": "hello", "protocol": 2, "terminal": "T1"})
    assert (await socket.receive_json())["reason"] == "unknown_protocol"
    assert await TestTerminal("T1", socket, {"session": None}).closed_with() == 4408


async def test_a_persons_session_is_enough(stocked: Edge) -> None:
    await log_in(stocked)
    socket = await stocked.client.ws_connect("/ws/scan")
    await socket.send_json({"type": "hello", "protocol": 1, "terminal": "T1"})
    assert (await socket.receive_json())["name"] == "ana"


async def test_a_token_revoked_while_scanning_closes_with_4401(stocked: Edge) -> None:
    await place(stocked, "560", ("CAN-330", "5"))
    made = await stocked.parts.directory.ask(
        SettingsActor, SETTINGS_KEY, AddToken("mobil", Role.PICKER)
    )
    terminal = await TestTerminal.connect(stocked, token=made.token)
    await terminal.open("560")
    assert await terminal.scan(E1) == "counted"
    await stocked.parts.directory.ask(SettingsActor, SETTINGS_KEY, RevokeToken("mobil"))
    assert await terminal.closed_with() == 4401
    other = await TestTerminal.connect(stocked)
    await other.until_state(l1="1")


async def test_other_sites_may_not_scan(edge: Edge) -> None:
    headers = {"Origin": "https://rau.test", "Upgrade": "websocket", "Connection": "Upgrade"}
    assert (await edge.ask("GET", "/ws/scan", headers=headers)).status == 403
    assert (await edge.ask("GET", "/ws/scan")).status == 400


async def test_a_half_open_socket_is_given_up_and_its_counts_stay(
    stocked: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "PING_AFTER_S", 0.05)
    await place(stocked, "560", ("CAN-330", "5"))
    socket = await stocked.client.ws_connect("/ws/scan", autoping=False)
    token = stocked.tokens[Role.PICKER]
    await socket.send_json({"type": "hello", "protocol": 1, "terminal": "T1", "token": token})
    terminal = TestTerminal("T1", socket, await socket.receive_json())
    heard: list[Any] = []
    await socket.send_json({"type": "open", "op": "o", "seq": 1, "orders": ["560"]})
    await until(lambda: stocked.parts.traffic.scanning.terminals == 1)
    async with asyncio.timeout(3):
        while stocked.parts.traffic.scanning.terminals:
            await asyncio.sleep(0.02)
    assert heard == []
    assert terminal.session is None
    back = await TestTerminal.connect(stocked)
    assert back.session is not None


async def test_a_silent_terminal_that_answers_pings_stays(
    stocked: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "PING_AFTER_S", 0.05)
    terminal = await TestTerminal.connect(stocked)
    listening = asyncio.ensure_future(terminal.socket.receive())
    await asyncio.sleep(0.5)
    assert stocked.parts.traffic.scanning.terminals == 1
    assert not listening.done()
    listening.cancel()


async def test_a_terminal_that_reads_nothing_is_given_up(
    stocked: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "PING_AFTER_S", 1.5)  # silence alone would end it after 4.5 s
    monkeypatch.setattr(endpoint, "SEND_WITHIN_S", 0.05)
    terminal = await TestTerminal.connect(stocked)
    assert stocked.parts.traffic.scanning.terminals == 1

    async def hang(*_sent: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(web.WebSocketResponse, "send_frame", hang)
    await terminal.socket.send_json({"type": "undo", "op": "u", "seq": 1})
    await until(lambda: stocked.parts.traffic.scanning.terminals == 0)


async def test_the_service_stops_with_terminals_connected(stocked: Edge) -> None:
    terminal = await TestTerminal.connect(stocked)
    await stocked.app.shutdown()
    assert await terminal.closed_with() == 1001


async def test_a_parcel_scanned_for_goods_is_told_as_such(stocked: Edge) -> None:
    seen = replace(shop_order("900", "N900"), carrier=Carrier("Curier", "AWB-900"))
    observed = ObserveOrder("magazin", seen, 1, "principal", wants_nothing=False)
    await stocked.parts.directory.ask(OrderActor, ("shop", "magazin", "900"), observed)
    (order,) = (await stocked.get("/api/v1/orders?awb=AWB-900"))["items"]
    assert order["carrier"] == {"name": "Curier", "awb": "AWB-900"}
    other = await place(stocked, "560", ("CAN-330", "2"))
    assert other["carrier"] is None
    terminal = await TestTerminal.connect(stocked)
    await terminal.open("560")
    told = await terminal.say("scan", code="AWB-900")
    assert (told["outcome"], told["found"]) == ("not_in_order", "parcel")
    assert (await terminal.say("scan", code="560"))["found"] == "order"
