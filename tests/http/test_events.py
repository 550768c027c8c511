import asyncio
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from magazie.actors.news import LinkNews, OrderNews, RecordNews, StockNews
from magazie.actors.settings_book import Role
from magazie.http import events
from magazie.http.events import Ear, Event, event_of
from magazie.model.ids import encode_id
from tests.http.edges import Edge, order_body, until
from tests.http.test_login import log_in


async def hello(edge: Edge, token: str | None = None) -> ClientWebSocketResponse:
    socket = await edge.client.ws_connect("/ws/events")
    await socket.send_json({"token": token or edge.tokens[Role.PICKER]})
    await until(lambda: edge.parts.traffic.sockets == 1)
    return socket


async def next_event(socket: ClientWebSocketResponse) -> Any:
    return await asyncio.wait_for(socket.receive_json(), 2)


async def closed_with(socket: ClientWebSocketResponse) -> int | None:
    message = await asyncio.wait_for(socket.receive(), 10)
    assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED}, message
    return socket.close_code


async def test_what_changes_is_heard(edge: Edge) -> None:
    listening = list(edge.parts.news._listeners)
    socket = await hello(edge)
    order = await edge.post("/api/v1/orders", order_body())

    assert await next_event(socket) == {"type": "order", "id": order["id"], "version": 1}
    product = await edge.product("P1")
    heard = [await next_event(socket), await next_event(socket)]
    assert {"type": "product", "id": product["id"], "version": 1} in heard
    assert {"type": "stock", "id": product["id"], "version": None} in heard
    await socket.close()
    await until(lambda: edge.parts.traffic.sockets == 0)
    assert edge.parts.news._listeners == listening


async def test_a_session_hears_without_a_token(edge: Edge) -> None:
    await log_in(edge)
    socket = await edge.client.ws_connect("/ws/events")
    await until(lambda: edge.parts.traffic.sockets == 1)

    edge.parts.news.tell(RecordNews("alert", "x", 0))

    assert await next_event(socket) == {"type": "alert", "id": "x", "version": None}
    await socket.close()


@pytest.mark.parametrize("first", ['{"token":"gresit"}', '{"token":""}', "nu e JSON", "[1]", "{}"])
async def test_a_bad_token_closes(edge: Edge, first: str) -> None:
    socket = await edge.client.ws_connect("/ws/events")
    await socket.send_str(first)

    assert await closed_with(socket) == 4401


async def test_who_says_nothing_is_closed(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_HELLO_WITHIN_S", 0.05)
    socket = await edge.client.ws_connect("/ws/events")

    assert await closed_with(socket) == 4408


async def test_other_sites_may_not_listen(edge: Edge) -> None:
    headers = {"Origin": "https://rau.test", "Upgrade": "websocket", "Connection": "Upgrade"}
    foreign = await edge.ask("GET", "/ws/events", headers=headers)
    plain = await edge.ask("GET", "/ws/events")

    assert foreign.status == 403
    assert plain.status == 400


@pytest.mark.parametrize("path", ["/ws/events", "/ws/scan"])
async def test_head_opens_no_socket(edge: Edge, path: str) -> None:
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert (await edge.ask("HEAD", path, headers=upgrade)).status == 400


async def test_a_revoked_token_is_closed(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_HEARTBEAT_S", 0.05)
    made = await edge.post("/api/v1/tokens", {"name": "terminal", "role": "picker"})
    socket = await hello(edge, made["token"])

    await edge.ask("DELETE", "/api/v1/tokens/terminal")

    while (message := await asyncio.wait_for(socket.receive(), 5)).type is WSMsgType.TEXT:
        pass
    assert message.type is WSMsgType.CLOSE
    assert socket.close_code == 4401


async def test_a_revoked_token_is_closed_however_much_its_holder_says(edge: Edge) -> None:
    made = await edge.post("/api/v1/tokens", {"name": "terminal", "role": "picker"})
    socket = await hello(edge, made["token"])

    await edge.ask("DELETE", "/api/v1/tokens/terminal")
    await socket.send_str("inca aici")

    while (message := await asyncio.wait_for(socket.receive(), 5)).type is WSMsgType.TEXT:
        pass
    assert message.type is WSMsgType.CLOSE
    assert socket.close_code == 4401


async def test_who_does_not_keep_up_is_dropped(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_WAITING", 3)
    socket = await hello(edge)

    for number in range(10):
        edge.parts.news.tell(RecordNews("alert", str(number), 0))

    while (await asyncio.wait_for(socket.receive(), 5)).type is WSMsgType.TEXT:
        pass
    assert socket.close_code == 1013
    assert edge.parts.traffic.sockets_dropped == 1


async def test_of_each_record_only_the_newest_waits() -> None:
    ear = Ear(socket=None)  # type: ignore[arg-type]  # nothing is sent
    for version in range(5):
        ear.tell(Event("order", "a", version))
    ear.tell(Event("order", "b", 1))

    assert list(ear._waiting.values()) == [Event("order", "a", 4), Event("order", "b", 1)]
    assert ear.ending is None


def test_every_kind_of_news_has_its_event() -> None:
    assert event_of(OrderNews(7, 2, "magazin")) == Event("order", encode_id(7), 2)
    assert event_of(StockNews(7)) == Event("stock", encode_id(7), None)
    assert event_of(LinkNews("magazin", "77", "S", 7)) == Event("link", "magazin/77", None)
    assert event_of(RecordNews("shop", "magazin", 3)) == Event("shop", "magazin", 3)
    assert event_of(RecordNews("order", "7", 0)) == Event("order", encode_id(7), None)


async def test_stopping_ends_the_sockets(edge: Edge) -> None:
    socket = await hello(edge)

    closing = asyncio.create_task(edge.client.server.close())

    assert await closed_with(socket) == 1001
    await closing
