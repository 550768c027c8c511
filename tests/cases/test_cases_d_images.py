"""Cases from the field, D13: addresses under which there is no image to be had."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from magazie.model.image_fetches import ImageProblem
from magazie.web.image_source import ImageLimits, WebImageSource
from tests.images.image_room import ImageRoom, image_room
from tests.images.pictures import bomb, picture

MB = 1024 * 1024
LIMITS = ImageLimits(most_bytes=200_000, seconds=2)


class Site:
    """A site of images on loopback: allowed as a simulated shop is."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, str] = {}
        self.sent = 0
        self.is_mended = False
        self.other = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path] += 1
        self.headers = dict(request.headers)
        image = {"Content-Type": "image/jpeg"}
        match request.path.rpartition("/")[2]:
            case "good.jpg" | "same-bytes.jpg":
                return web.Response(body=picture("JPEG"), headers=image)
            case "page-type.jpg":
                return web.Response(body=picture("PNG"), headers={"Content-Type": "text/html"})
            case "mended.jpg" if self.is_mended:
                return web.Response(body=picture("GIF"), headers=image)
            case "stall.jpg":
                await asyncio.sleep(30)
            case "trickle.jpg":
                return await self._trickle(request)
            case "empty.jpg":
                return web.Response(body=b"", headers=image)
            case "html.jpg":
                return web.Response(body=b"<html>Nu exista</html>", headers=image)
            case "huge.jpg":
                return await self._huge(request)
            case "said-huge.jpg":
                return await self._huge(request, says_so=True)
            case "bomb.png":
                return web.Response(body=bomb(60_000, 60_000), headers=image)
            case "cut.jpg":
                return web.Response(body=picture("JPEG", size=(300, 300))[:-300], headers=image)
            case "broken.jpg":
                return web.Response(status=503)
            case "to-good.jpg":
                raise web.HTTPFound("good.jpg")
            case "to-loopback.jpg":
                raise web.HTTPFound(f"{self.other}/good.jpg")
            case "to-metadata.jpg":
                raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
            case "to-file.jpg":
                return web.Response(status=302, headers={"Location": "file:///etc/passwd"})
            case "around.jpg":
                raise web.HTTPFound("around.jpg")
        raise web.HTTPNotFound

    async def _trickle(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"\xff")
            await asyncio.sleep(0.05)

    async def _huge(self, request: web.Request, *, says_so: bool = False) -> web.StreamResponse:
        """60 MB."""
        response = web.StreamResponse()
        first = picture("JPEG")
        if says_so:
            response.content_length = len(first) + 60 * MB
        await response.prepare(request)
        await response.write(first)
        for _ in range(60):
            await response.write(bytes(MB))
            self.sent += 1
        return response


@pytest.fixture
async def site() -> AsyncIterator[tuple[Site, str]]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{rest:.*}", site.answer)
    async with TestServer(app) as server, TestServer(app) as other:
        site.other = str(other.make_url("")).rstrip("/")
        yield site, str(server.make_url("")).rstrip("/")


@pytest.fixture
async def room(tmp_path: Path, site: tuple[Site, str]) -> AsyncIterator[ImageRoom]:
    source = WebImageSource(simulator=site[1], limits=LIMITS)
    async with image_room(tmp_path, source) as room:
        await room.start()
        yield room
    await source.close()


BAD = {
    "404.jpg": ImageProblem.NOT_FOUND,
    "stall.jpg": ImageProblem.TIMED_OUT,
    "trickle.jpg": ImageProblem.TIMED_OUT,
    "empty.jpg": ImageProblem.EMPTY,
    "html.jpg": ImageProblem.NOT_AN_IMAGE,
    "huge.jpg": ImageProblem.TOO_LARGE,
    "said-huge.jpg": ImageProblem.TOO_LARGE,
    "bomb.png": ImageProblem.TOO_MANY_PIXELS,
    "cut.jpg": ImageProblem.DAMAGED,
    "broken.jpg": ImageProblem.SERVER_FAILED,
    "to-loopback.jpg": ImageProblem.ADDRESS_REFUSED,
    "to-metadata.jpg": ImageProblem.ADDRESS_REFUSED,
    "to-file.jpg": ImageProblem.ADDRESS_REFUSED,
    "around.jpg": ImageProblem.TOO_MANY_REDIRECTS,
}
ELSEWHERE = {
    "file:///etc/passwd": ImageProblem.ADDRESS_REFUSED,
    "http://169.254.169.254/": ImageProblem.ADDRESS_REFUSED,
    "http://127.0.0.1:1/x.jpg": ImageProblem.ADDRESS_REFUSED,
    "http://localhost/x.jpg": ImageProblem.ADDRESS_REFUSED,
    "http://2130706433/x.jpg": ImageProblem.ADDRESS_REFUSED,
    "http://[::ffff:127.0.0.1]/x.jpg": ImageProblem.ADDRESS_REFUSED,
    "ftp://www.exemplu.ro/x.jpg": ImageProblem.ADDRESS_REFUSED,
    "javascript:alert(1)": ImageProblem.ADDRESS_REFUSED,
    "//fara-schema.ro/x.jpg": ImageProblem.ADDRESS_REFUSED,
    "http://[": ImageProblem.ADDRESS_REFUSED,
    "nu e o adresa": ImageProblem.ADDRESS_REFUSED,
    "http://nu-exista.invalid/x.jpg": ImageProblem.UNREACHABLE,
}


async def test_d13_every_bad_image_shows_its_reason_on_a_product_that_is_there(
    room: ImageRoom, site: tuple[Site, str]
) -> None:
    shop, url = site
    due = {f"{url}/{name}": problem for name, problem in BAD.items()} | ELSEWHERE
    good = [f"{url}/{name}" for name in ("good.jpg", "to-good.jpg", "page-type.jpg")]
    product = await room.product("P1", *due, *good, f"{url}/good.jpg")
    await room.settle()

    images = await room.images(product)
    assert {it.url: it.problem for it in images if not it.media} == due
    assert [it.url for it in images if it.media] == [*good, f"{url}/good.jpg"]
    assert shop.sent < 60, "the rest of 60 MB is not asked for"


async def test_d13_the_same_address_twice_is_asked_once_and_the_same_bytes_kept_once(
    room: ImageRoom, site: tuple[Site, str]
) -> None:
    shop, url = site
    good, same = f"{url}/img/good.jpg", f"{url}/img/same-bytes.jpg"
    first = await room.product("P1", good, good)
    second = await room.product("P2", good, same)
    await room.settle()

    assert shop.asked == {"/img/good.jpg": 1, "/img/same-bytes.jpg": 1}
    found = {image.media for it in (first, second) for image in await room.images(it)}
    assert len(found) == 1
    assert room.files() == 1


async def test_d13_an_image_is_tried_again_and_comes_when_it_is_mended(
    room: ImageRoom, site: tuple[Site, str]
) -> None:
    shop, url = site
    product = await room.product("P1", f"{url}/mended.jpg", "http://10.0.0.1/x.jpg")
    await room.settle()
    first, second = await room.images(product)
    assert (first.problem, second.problem) == ("not_found", "address_refused")
    shop.is_mended = True
    await room.pass_time(60_000)

    first, second = await room.images(product)
    assert (first.problem, bool(first.media)) == ("", True)
    assert second.problem == "address_refused"
    assert shop.asked["/mended.jpg"] == 2


async def test_nothing_of_ours_is_told_to_a_stranger(
    room: ImageRoom, site: tuple[Site, str]
) -> None:
    shop, url = site
    await room.product("P1", f"{url}/good.jpg")
    await room.settle()
    assert set(shop.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert shop.headers["User-Agent"].startswith("Magazie")
