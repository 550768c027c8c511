"""The guard of the network: over real sockets, with names that resolve to what a test says."""

import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from magazie.model.image_fetches import ImageProblem, ImageRefusedError
from magazie.web.image_source import ImageLimits, WebImageSource
from tests.images.pictures import picture

LIMITS = ImageLimits(seconds=2)


class Names(AbstractResolver):
    """Resolves every name to the next of these addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers: Iterator[list[str]] = iter(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in next(self._answers)
        ]

    async def close(self) -> None:
        pass


class Inside:
    """A server on loopback that must hear nothing."""

    heard = 0

    async def answer(self, _request: web.Request) -> web.Response:
        self.heard += 1
        return web.Response(body=picture())


@pytest.fixture
async def inside() -> AsyncIterator[tuple[Inside, int]]:
    inside = Inside()
    app = web.Application()
    app.router.add_get("/{rest:.*}", inside.answer)
    async with TestServer(app) as server:
        assert server.port is not None
        yield inside, server.port


async def problem_of(url: str, **arguments: object) -> ImageProblem:
    source = WebImageSource(limits=LIMITS, **arguments)  # type: ignore[arg-type]
    try:
        with pytest.raises(ImageRefusedError) as caught:
            await source.fetch(url)
    finally:
        await source.close()
    return caught.value.problem


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"),
        *("127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0"),
        *("１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "0x7f.1", "[::127.0.0.1]", "a@127.0.0.1"),
    ],
)
async def test_nothing_on_this_machine_is_asked(host: str, inside: tuple[Inside, int]) -> None:
    server, port = inside
    assert await problem_of(f"http://{host}:{port}/x") is ImageProblem.ADDRESS_REFUSED
    assert server.heard == 0


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["169.254.169.254"], ["fe80::1"]],
)
async def test_a_name_is_refused_for_any_address_inside(
    addresses: list[str], inside: tuple[Inside, int]
) -> None:
    server, port = inside
    names = Names(addresses)
    url = f"http://poze.exemplu.ro:{port}/x"
    assert await problem_of(url, resolver=names) is ImageProblem.ADDRESS_REFUSED
    assert names.asked == ["poze.exemplu.ro"]
    assert server.heard == 0


async def test_a_name_that_changes_its_mind_reaches_only_what_was_checked(
    inside: tuple[Inside, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once: it is the address answered then that is connected to."""
    server, port = inside
    names = Names(["192.0.1.1"], ["127.0.0.1"])
    connected: list[object] = []

    async def start_connection(addr_infos: list[tuple[object, ...]], **_: object) -> socket.socket:
        connected.extend(info[4] for info in addr_infos)
        raise OSError("nobody there")

    monkeypatch.setattr("aiohappyeyeballs.start_connection", start_connection)
    url = f"http://poze.exemplu.ro:{port}/x"
    assert await problem_of(url, resolver=names) is ImageProblem.UNREACHABLE
    assert connected == [("192.0.1.1", port)]
    assert names.asked == ["poze.exemplu.ro"]
    assert server.heard == 0


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_only_the_simulators_own_address_is_let_through(
    scheme: str, inside: tuple[Inside, int]
) -> None:
    server, port = inside
    simulator = f"http://127.0.0.1:{port}"
    other = f"{scheme}://127.0.0.2:{port}/x"
    assert await problem_of(other, simulator=simulator) is ImageProblem.ADDRESS_REFUSED
    assert server.heard == 0
    source = WebImageSource(simulator=simulator, limits=LIMITS)
    assert await source.fetch(f"{simulator}/x") == picture()
    await source.close()


async def test_an_address_with_a_password_is_refused(inside: tuple[Inside, int]) -> None:
    _, port = inside
    simulator = f"http://127.0.0.1:{port}"
    url = f"http://ana:parola@127.0.0.1:{port}/x"
    assert await problem_of(url, simulator=simulator) is ImageProblem.ADDRESS_REFUSED


async def test_an_endless_address_is_refused() -> None:
    url = f"https://www.exemplu.ro/{'x' * 5000}"
    assert await problem_of(url) is ImageProblem.ADDRESS_REFUSED
