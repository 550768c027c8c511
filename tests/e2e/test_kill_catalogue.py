"""The process dies while a catalogue is read, imported and published: it ends as if it had not."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

from magazie.simulators.gomag import FaultKind
from tests.e2e.client import Client, client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.served import Served
from tests.e2e.shops import WAREHOUSES, Shop, shop_named
from tests.e2e.storeroom import differences, faults_of, job_done, links, until

SEED = 51_107
ITEMS = 350
"""Four pages of them."""
PUBLISHED = 60
WRONG = 5
KILLS = 4
PACE = {"flush_seconds": 1, "poll_seconds": 2}
HURRIED = (str(Path(__file__).with_name("hurried_serve.py")),)


async def test_reading_import_and_publishing_survive_kills(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    chance = random.Random(SEED)
    async with shop_named("magazin", seed=SEED, products=ITEMS, orders=0) as shop:
        service = serve(WAREHOUSES + shop.settings(**PACE), program=HURRIED)
        token = await service.make_token()
        await service.start()
        async with client_of(service.url, token) as client:
            before = len(shop.truth.products())
            await _killed(service, chance, 0.3)  # the first reading began by itself
            await _imported(service, client, shop, chance)
            assert await _listed(client) == before
            ours = await _furnish(client)
            await _published(service, client, shop, ours, chance)
            _once(shop, before)
            assert await _explained(client) == Counter(no_vat=2, no_price=2, sku_in_use=1)
            await _told(client, shop)
        await service.stop()
        assert await faults_of(service.database, settled=False) == []
    notes["starts"] = service.starts


async def _killed(service: Served, chance: random.Random, longest_s: float) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.0, longest_s))
        await service.kill()
        await service.start()


async def _imported(service: Served, client: Client, shop: Shop, chance: random.Random) -> None:
    started = await client.post("/api/v1/shops/magazin/import", {"all": True})
    await _killed(service, chance, 1.0)
    result = await job_done(client, started["job"])
    waiting = await client.all("/api/v1/shops/magazin/listing", state="conflict")
    assert result["left"] == len(waiting) < ITEMS // 20, "a few wait for a person"
    tied = await links(client, shop)
    assert len(tied) == len(set(tied.values())) == len(shop.truth.products()) - len(waiting)
    assert len(tied) == len(await client.all("/api/v1/products")), "one product of each"


async def _listed(client: Client) -> int:
    return len(await client.all("/api/v1/shops/magazin/listing"))


async def _furnish(client: Client) -> list[str]:
    """Products of ours in a category of the shop's name, five of them wrong."""
    found = await client.all("/api/v1/products")
    category = next(it["category_id"] for it in found if it["category_id"])
    taken = found[0]["links"][0]["sku"]
    ours = []
    for number in range(PUBLISHED):
        fields: dict[str, Any] = {"code": f"NOU-{number:02}", "vat_rate": "21"}
        prices = {"principal": "19.90"}
        if number in {3, 17}:
            fields["vat_rate"] = None
        if number in {20, 31}:
            prices = {}
        if number == 44:
            fields["code"] = f"{taken}-NOU"
        body = {**fields, "name": f"Produs nou {number}", "category_id": category, "prices": prices}
        made = await client.insist("POST", "/api/v1/products", body)
        ours.append(made.body["id"])
    return ours


async def _published(
    service: Served, client: Client, shop: Shop, ours: list[str], chance: random.Random
) -> None:
    # somebody in the shop takes a code that the listing does not know yet
    (holder, *_) = shop.engine.state.catalogue.products.values()
    sku = next(it for it in await _codes(client) if it.endswith("-NOU"))
    shop.engine.state.catalogue.rename(holder, sku)
    shop.engine.set_rate(FaultKind.LOST_AFTER, 0.1, path="product/write")
    shop.engine.set_rate(FaultKind.LOST_BEFORE, 0.1, path="product/write")
    started = await client.post("/api/v1/shops/magazin/publish", {"products": ours})
    await _killed(service, chance, 2.0)
    result = await job_done(client, started["job"], within_s=120)
    assert result == {"published": PUBLISHED - WRONG, "refused": WRONG}


async def _codes(client: Client) -> list[str]:
    return [it["code"] for it in await client.all("/api/v1/products")]


def _once(shop: Shop, before: int) -> None:
    sold = Counter(it.sku for it in shop.truth.products())
    assert [sku for sku, times in sold.items() if times > 1] == []
    assert len(sold) == before + PUBLISHED - WRONG


async def _explained(client: Client) -> Counter[str]:
    refused = await client.all("/api/v1/shops/magazin/publications", state="refused")
    return Counter(problem["code"] for it in refused for problem in it["problems"])


async def _told(client: Client, shop: Shop) -> None:
    """What is published is told its stock too."""

    async def is_told() -> bool:
        return not await differences(client, [shop])

    async def differing() -> object:
        return await differences(client, [shop])

    await until(is_told, 30, differing)
