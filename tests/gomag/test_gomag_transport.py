import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aioresponses import aioresponses
from gomag_doubles import KEY
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from magazie.gomag.aiohttp_transport import AiohttpTransport
from magazie.ports import HttpRequest, Transport, TransportError


class MockedResponse(aiohttp.ClientResponse):
    """The mock makes responses without the writer that newer aiohttp asks for."""

    def __init__(self, method: str, url: URL, **kwargs: Any) -> None:
        super().__init__(method, url, stream_writer=Mock(), **kwargs)


ADDRESS = "https://api.example/api/v1/order/read/json"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    made = AiohttpTransport()
    yield made
    await made.close()


def get(url: str = ADDRESS, timeout_s: float = 5.0) -> HttpRequest:
    return HttpRequest(
        method="GET",
        url=url,
        query=(("number", "ș 1&2"),),
        headers={"Apikey": KEY},
        timeout_s=timeout_s,
    )


def post(url: str = ADDRESS, timeout_s: float = 5.0) -> HttpRequest:
    return HttpRequest(
        method="POST",
        url=url,
        headers={"Apikey": KEY},
        form=(("data", '{"a":"ș&=+"}'),),
        timeout_s=timeout_s,
    )


async def failing(transport: Transport, request: HttpRequest) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await transport.send(request)
    assert caught.value.__context__ is None
    assert KEY not in str(caught.value)
    return caught.value


async def served(handler: Handler) -> TestServer:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    server = TestServer(app)
    await server.start_server()
    return server


def connection_key() -> aiohttp.client_reqrep.ConnectionKey:
    return aiohttp.client_reqrep.ConnectionKey(
        host="api.example",
        port=443,
        is_ssl=True,
        ssl=True,
        proxy=None,
        proxy_auth=None,
        proxy_headers_hash=None,
    )


def response_error() -> aiohttp.ClientResponseError:
    headers = CIMultiDictProxy(CIMultiDict({"Apikey": KEY}))
    info = aiohttp.RequestInfo(URL(ADDRESS), "GET", headers, URL(ADDRESS))
    return aiohttp.ClientResponseError(info, (), status=400, message="bad header")


async def test_an_answer_as_it_arrived(transport: AiohttpTransport) -> None:
    with aioresponses() as mocked:
        mocked.get(
            f"{ADDRESS}?number=%C8%99+1%262",
            status=428,
            body=b"\xef\xbb\xbf{}",
            headers={"Api-RateLimit-Read-Remaining": "39", "Retry-After": "2"},
            response_class=MockedResponse,
        )
        answer = await transport.send(get())
    assert (answer.status, answer.body) == (428, b"\xef\xbb\xbf{}")
    assert answer.headers["api-ratelimit-read-remaining"] == "39"
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (aiohttp.ClientConnectorError(connection_key(), OSError(111, "refused")), False),
        (aiohttp.ClientConnectorDNSError(connection_key(), OSError(-2, "no name")), False),
        (
            aiohttp.ClientConnectorCertificateError(
                connection_key(), ssl.SSLCertVerificationError("x")
            ),
            False,
        ),
        (aiohttp.ConnectionTimeoutError("connect"), False),
        (aiohttp.InvalidURL("http://["), False),
        (aiohttp.SocketTimeoutError("read"), True),
        (aiohttp.ServerTimeoutError("read"), True),
        (TimeoutError(), True),
        (aiohttp.ServerDisconnectedError(), True),
        (aiohttp.ClientOSError(104, "reset"), True),
        (aiohttp.ClientConnectionResetError("closing"), True),
        (aiohttp.ClientPayloadError("cut"), True),
        (ConnectionResetError(104, "reset"), True),
        (response_error(), True),
    ],
)
async def test_only_a_connection_never_opened_sent_nothing(
    error: Exception,
    sent: object,
    transport: AiohttpTransport,
) -> None:
    with aioresponses() as mocked:
        mocked.post(ADDRESS, exception=error)
        assert (await failing(transport, post())).sent is sent


async def test_cancelling_is_not_turned_into_an_error(transport: AiohttpTransport) -> None:
    with aioresponses() as mocked:
        mocked.get(f"{ADDRESS}?number=%C8%99+1%262", exception=asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            await transport.send(get())


async def test_forms_cookies_redirects_and_compression(transport: AiohttpTransport) -> None:
    seen: list[tuple[str, str, str | None]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.method, await request.text(), request.headers.get("Cookie")))
        assert request.headers["Apikey"] == KEY
        if request.method == "POST":
            assert request.content_type == "application/x-www-form-urlencoded"
            assert (await request.post())["data"] == '{"a":"ș&=+"}'
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        assert request.query["number"] == "ș 1&2"
        return web.Response(
            body=gzip.compress(b'{"ok":1}'),
            headers={"Content-Encoding": "gzip", "Set-Cookie": "_gs=1; Path=/"},
        )

    server = await served(handler)
    # By name: no client keeps cookies of a bare IP address.
    address = str(server.make_url("/api").with_host("localhost"))
    try:
        for _ in range(2):
            answer = await transport.send(get(address))
            assert (answer.status, answer.body) == (200, b'{"ok":1}')
        answer = await transport.send(post(address))
        assert answer.status == 302
    finally:
        await server.close()
    assert [method for method, _, _ in seen] == ["GET", "GET", "POST"]
    assert {cookie for _, _, cookie in seen} == {None}


async def test_a_body_is_read_up_to_a_cap() -> None:
    async def handler(request: web.Request) -> web.Response:
        size = int(request.path.strip("/"))
        return web.Response(body=gzip.compress(b"x" * size), headers={"Content-Encoding": "gzip"})

    server, small = await served(handler), AiohttpTransport(largest_body=1000)
    try:
        answer = await small.send(post(str(server.make_url("/1000"))))
        assert len(answer.body) == 1000
        error = await failing(small, post(str(server.make_url("/1001"))))
        assert error.sent
        assert "1000 bytes" in str(error)
        assert (await small.send(post(str(server.make_url("/10"))))).body == b"x" * 10
    finally:
        await small.close()
        await server.close()


async def test_a_slow_answer_and_a_cut_one_were_sent(transport: AiohttpTransport) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/slow":
            await asyncio.sleep(5)
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"a":')
        if request.transport is not None:
            request.transport.abort()
        return response

    server = await served(handler)
    try:
        slow = await failing(transport, post(str(server.make_url("/slow")), timeout_s=0.1))
        assert slow.sent
        assert str(slow) == "no complete answer within 0.1 s"
        assert (await failing(transport, post(str(server.make_url("/cut"))))).sent
    finally:
        await server.close()


async def test_a_refused_connection_sent_nothing(transport: AiohttpTransport) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = await failing(transport, post(f"http://127.0.0.1:{port}/"))
    assert not error.sent
    assert not (await failing(transport, post("not an address"))).sent


async def test_closing_twice_and_sending_after(transport: AiohttpTransport) -> None:
    with aioresponses() as mocked:
        mocked.post(ADDRESS, body=b"{}", repeat=True, response_class=MockedResponse)
        await transport.close()
        await transport.send(post())
        await transport.close()
        await transport.close()
        assert (await transport.send(post())).body == b"{}"
