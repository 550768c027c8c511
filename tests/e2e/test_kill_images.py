"""The process dies while it fetches images, and they come all the same, each asked for sparely."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.e2e.client import Client, client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.storeroom import faults_of
from tests.images.pictures import picture

SEED = 4_411
KILLS = 6
COLOURS = ["red", "green", "blue", "navy", "olive", "teal", "maroon", "purple"]


class Site:
    """Stands for the simulated shop: pictures that take a moment, and nothing else."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    async def answer(self, request: web.Request) -> web.Response:
        name = request.path.rpartition("/")[2]
        if not request.path.startswith("/img/"):
            raise web.HTTPNotFound
        self.asked[name] += 1
        await asyncio.sleep(0.05)
        number = int(name.removesuffix(".png"))
        if number % 10 == 9:
            return web.Response(body=b"<html>", content_type="image/png")
        return web.Response(body=picture(colour=COLOURS[number % 8], size=(300, 200 + number)))


@asynccontextmanager
async def site() -> AsyncIterator[tuple[Site, str]]:
    made = Site()
    app = web.Application()
    app.router.add_get("/{rest:.*}", made.answer)
    async with TestServer(app) as server:
        yield made, str(server.make_url("")).rstrip("/")


async def test_killed_while_images_are_fetched_all_of_them_come(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    chance = random.Random(SEED)
    async with site() as (shop, url):
        service = serve(
            f'images_from = "{url}"\n[[warehouses]]\ncode = "principal"\nname = "Depozit"\n'
            f'[[shops]]\nname = "magazin"\nbase_url = "{url}"\nshop_url = "{url}"\n'
            'api_key = "cheie"\npoll_seconds = 3600\n'
        )
        token = await service.make_token()
        await service.start()
        async with client_of(service.url, token) as client:
            for number in range(30):
                images = [{"url": f"{url}/img/{n}.png"} for n in (number, number + 30, number + 31)]
                body = {"code": f"P{number}", "name": "Produs", "images": images}
                assert (await client.ask("POST", "/api/v1/products", body)).status == 201
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.05, 0.4))
                await service.kill()
                await service.start()
            await _all_tried(client)
            shown = (await client.ask("GET", "/api/v1/products?limit=200")).body["items"]
            _check(shown)
            media = shown[0]["images"][0]["media"]
            async with client.session.get(f"{service.url}/media/{media}?size=160") as answer:
                assert answer.status == 200
        await service.stop()
        assert await faults_of(service.database, settled=False) == []
    notes["asked"] = dict(shop.asked)
    assert set(shop.asked) == {f"{n}.png" for n in range(61)}
    assert sum(shop.asked.values()) <= 61 + KILLS * 4, "only what was under way is asked again"
    kept = [it for it in (service.data_dir / "media").glob("??/*") if "." not in it.name]
    assert len(kept) == len([n for n in range(61) if n % 10 != 9])
    assert list((service.data_dir / "media" / "incoming").iterdir()) == []


async def _all_tried(client: Client) -> None:
    async with asyncio.timeout(30):
        while True:
            counts = (await client.ask("GET", "/api/v1/images")).body
            if counts == {"fetched": 55, "failed": 6, "waiting": 0}:
                return
            await asyncio.sleep(0.1)


def _check(products: list[dict[str, list[dict[str, str]]]]) -> None:
    for image in (image for product in products for image in product["images"]):
        number = int(image["url"].rpartition("/")[2].removesuffix(".png"))
        is_good = number % 10 != 9
        assert bool(image["media"]) is is_good, image
        assert image["problem"] == (None if is_good else "not_an_image")
