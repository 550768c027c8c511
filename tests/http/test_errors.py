import asyncio
import io
import json
from collections.abc import AsyncIterator

import pytest
import structlog
from pykka import Timeout

from magazie.actors.runtime import ActorQuarantinedError, DeadlineExceededError, MailboxFullError
from magazie.http.dispatch import MOST_IN_FLIGHT
from magazie.storage.errors import DiskFullError, StorageClosedError
from magazie.storage.stock import StaleRevisionError
from tests.http.edges import Edge, order_body


async def test_unknown_addresses_and_methods(edge: Edge) -> None:
    missing = await edge.ask("GET", "/api/v1/nimic")
    wrong = await edge.ask("DELETE", "/api/v1/orders")

    assert missing.status == 404
    assert missing.content_type == "application/problem+json"
    assert (await missing.json())["type"] == "urn:magazie:problem:not_found"
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert (await wrong.json())["type"] == "urn:magazie:problem:method_not_allowed"


async def test_head_is_get_without_the_body(edge: Edge) -> None:
    response = await edge.ask("HEAD", "/api/v1/orders")

    assert response.status == 200
    assert int(response.headers["Content-Length"]) > 0
    assert await response.read() == b""


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"name":"\xff","code":"a"}', 400),
        (b"[]", 422),
        (b"null", 422),
        (b"[" * 200_000, 422),
        (b'{"code":' + b"[" * 200_000, 422),
    ],
)
async def test_bodies_that_are_no_product(edge: Edge, raw: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}

    response = await edge.ask("POST", "/api/v1/products", raw=raw, headers=headers)

    assert response.status == status
    problem = await response.json()
    assert problem["status"] == status
    assert set(problem) <= {"type", "title", "status", "detail", "errors"}


async def test_other_media_types_are_refused(edge: Edge) -> None:
    raw = json.dumps({"code": "P1", "name": "P"}).encode()

    for stated, status in (
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=utf-8", 201),
        ("Application/JSON", 409),
    ):
        headers = {"Content-Type": stated}
        response = await edge.ask("POST", "/api/v1/products", raw=raw, headers=headers)
        assert response.status == status, stated


async def test_a_body_where_none_is_taken_is_looked_at_too(edge: Edge) -> None:
    path = "/api/v1/shops/magazin/outbox/flush"
    json_type = {"Content-Type": "application/json"}

    unknown = await edge.ask("POST", path, {"force": True})
    broken = await edge.ask("POST", path, raw=b"{", headers=json_type)
    other = await edge.ask("POST", path, raw=b"a=1", headers={"Content-Type": "text/plain"})

    assert (unknown.status, broken.status, other.status) == (422, 400, 415)
    assert (await unknown.json())["errors"] == [
        {"field": "force", "message": "there is no such field"}
    ]
    assert edge.desk.flushes == 0
    assert (await edge.ask("POST", path, {})).status == 202
    assert (await edge.ask("POST", path)).status == 202


async def test_a_query_field_stands_once(edge: Edge) -> None:
    twice = await edge.ask("GET", "/api/v1/orders?number=1&limit=2&number=2")

    assert twice.status == 422
    assert (await twice.json())["errors"] == [
        {"field": "number", "message": "the field stands there twice"}
    ]


async def test_a_body_stated_too_large_is_refused_unread(edge: Edge) -> None:
    host, port = edge.client.host, edge.client.port
    reader, writer = await asyncio.open_connection(host, port)
    head = (
        f"POST /api/v1/products HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {next(iter(edge.tokens.values()))}\r\n"
        "Content-Length: 104857600\r\n\r\n{"
    )
    writer.write(head.encode())
    await writer.drain()

    answer = await asyncio.wait_for(reader.read(2000), 1)

    assert b"413 " in answer.splitlines()[0]
    assert b"application/problem+json" in answer
    assert await asyncio.wait_for(reader.read(), 3) == b""
    writer.close()


async def test_a_body_that_turns_out_too_large_is_cut_off(edge: Edge) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * 1024 * 1024:
            sent += 65536
            yield b"[" * 65536

    token = next(iter(edge.tokens.values()))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    response = await edge.client.post("/api/v1/products", data=endless(), headers=headers)

    assert response.status == 413
    assert sent < 20 * 1024 * 1024


async def test_just_a_mebibyte_is_read(edge: Edge) -> None:
    body = {"code": "P1", "name": "P", "description": "x" * 190_000}
    headers = {"Content-Type": "application/json"}
    raw = json.dumps(body).encode()
    padded = raw + b" " * (1024 * 1024 - len(raw))

    response = await edge.ask("POST", "/api/v1/products", raw=padded, headers=headers)
    token = next(iter(edge.tokens.values()))
    over = await edge.client.post(
        "/api/v1/products",
        data=io.BytesIO(padded + b" "),
        headers={**headers, "Authorization": f"Bearer {token}"},
    )

    assert (response.status, over.status) == (201, 413)


async def test_a_fault_tells_nothing_of_the_inside(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.parts.storage, "read", None)
    with structlog.testing.capture_logs() as logs:
        response = await edge.ask("GET", "/api/v1/orders", headers={"X-Request-Id": "cerere-7"})

    problem = await response.json()
    assert (response.status, response.headers["X-Request-Id"]) == (500, "cerere-7")
    assert problem["type"] == "urn:magazie:problem:internal"
    assert "NoneType" not in json.dumps(problem)
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["request_failed"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MailboxFullError("plin"), "overloaded"),
        (DeadlineExceededError("tarziu"), "overloaded"),
        (ActorQuarantinedError("OrderActor", 2.5), "overloaded"),
        (StaleRevisionError("order 1"), "overloaded"),
        (DiskFullError(), "overloaded"),
        (StorageClosedError("inchis"), "overloaded"),
        (Timeout("5 s"), "outcome_unknown"),
    ],
)
async def test_trouble_inside_asks_to_come_again(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str
) -> None:
    async def fail(*_arguments: object, **_options: object) -> object:
        raise error

    monkeypatch.setattr(edge.parts.directory, "ask", fail)

    response = await edge.ask("POST", "/api/v1/orders", order_body())

    assert response.status == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert (await response.json())["type"] == f"urn:magazie:problem:{kind}"


async def test_too_many_at_once_are_told_to_come_again(edge: Edge) -> None:
    edge.parts.traffic.in_flight = MOST_IN_FLIGHT

    shed = await edge.ask("GET", "/api/v1/orders")
    alive = await edge.ask("GET", "/healthz", role=None)
    edge.parts.traffic.in_flight = 0

    assert (shed.status, shed.headers["Retry-After"]) == (503, "1")
    assert alive.status == 200
    assert edge.parts.traffic.shed == 1
    assert (await edge.ask("GET", "/api/v1/orders")).status == 200


@pytest.mark.parametrize("stated", ["", "a b", "x" * 65, "ț", "a\tb"])
async def test_a_strange_request_id_is_replaced(edge: Edge, stated: str) -> None:
    response = await edge.ask("GET", "/healthz", role=None, headers={"X-Request-Id": stated})

    assert len(response.headers["X-Request-Id"]) == 13


async def test_the_access_log_holds_no_query(edge: Edge) -> None:
    with structlog.testing.capture_logs() as logs:
        await edge.ask("POST", "/webhooks/gomag/magazin?secret=nu-se-scrie", role=None)
        await edge.ask("GET", "/api/v1/nimic?secret=nu-se-scrie", role=None)

    paths = [log["path"] for log in logs if log["event"] == "request"]
    assert paths == ["/webhooks/gomag/magazin", "/api/v1/nimic"]
    assert "nu-se-scrie" not in repr(logs)
