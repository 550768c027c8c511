"""The process dies while a file or a bulk edit is applied, and all ends as if it had not.

Versions are compared too: a row that was applied twice would show in them.
"""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from tests.e2e.client import Client, client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.served import Served
from tests.e2e.storeroom import faults_of, job_done

SEED = 5_117
KILLS = 6
KNOWN, ROWS = 900, 1_800
SETTINGS = '[[warehouses]]\ncode = "principal"\nname = "Depozit"\n'
MINE = "a Anei"
"""The brand that a person gives products between two kills."""

Products = Mapping[str, Mapping[str, Any]]


def known() -> bytes:
    rows = "".join(f"A{n};Produsul {n};Veche;{n % 90 + 10}\n" for n in range(KNOWN))
    return f"cod;denumire;brand;preț principal\n{rows}".encode()


def changing() -> bytes:
    """Half of it changes products that are there, half makes new ones; some rows are bad."""
    nameless = range(KNOWN + 99, ROWS, 100)
    rows = "".join(
        f"A{n};{'' if n in nameless else f'Numele {n}'};Nouă;A{n}-b;{n % 80 + 20},5\n"
        for n in range(ROWS)
    )
    return f"cod;denumire;brand;cod suplimentar;preț principal\n{rows}".encode()


async def take(client: Client, file: bytes) -> str:
    address = f"{client.url}/api/v1/files/products?skip_bad=true"
    headers = {**client.headers, "Content-Type": "text/csv"}
    async with client.session.post(address, data=file, headers=headers) as answer:
        assert answer.status == 202, await answer.text()
        job: str = (await answer.json())["job"]
        return job


async def products(client: Client) -> Products:
    """By code, without what no two runs have in common."""
    return {
        each["code"]: {
            name: value
            for name, value in each.items()
            if name not in {"id", "created_at", "changed_at"}
        }
        for each in await client.all("/api/v1/products")
    }


async def undisturbed(client: Client, bulk: Mapping[str, Any]) -> tuple[Any, Any, Products]:
    filed = await job_done(client, await take(client, changing()))
    edited = await job_done(client, (await client.post("/api/v1/products/bulk", bulk))["job"])
    return filed, edited, await products(client)


async def killed(
    service: Served, client: Client, job: str, chance: random.Random, mine: set[str]
) -> tuple[int, Any]:
    """Kill the service again and again while the job runs; a person acts after each start."""
    hits = 0
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.02, 0.35))
        await service.kill()
        await service.start()
        state = (await client.get(f"/api/v1/jobs/{job}"))["state"]
        hits += state in {"waiting", "running"}
        page = await client.get("/api/v1/products", limit=50, sort="-changed_at")
        for each in page["items"][:3]:
            if each["version"] > 1 and each["code"] not in mine:
                body = {"brand": MINE}
                path = f"/api/v1/products/{each['id']}"
                assert (await client.ask("PATCH", path, body)).status == 200
                mine.add(each["code"])
    return hits, await job_done(client, job)


async def test_killed_at_random_files_and_edits_end_the_same(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    chance = random.Random(SEED)
    bulk = {
        "filter": {"q": "A"},
        "set": {"location": "R1", "attributes": [{"name": "Culoare", "values": ["roșu"]}]},
        "price": {"warehouse": "principal", "percent": "7.5"},
    }
    calm, stormy = serve(SETTINGS), serve(SETTINGS)
    tokens = [await each.make_token() for each in (calm, stormy)]
    await calm.start()
    async with client_of(calm.url, tokens[0]) as client:
        await job_done(client, await take(client, known()))
        expected = await undisturbed(client, bulk)
    await calm.stop()

    await stormy.start()
    mine: set[str] = set()
    async with client_of(stormy.url, tokens[1]) as client:
        await job_done(client, await take(client, known()))
        hits, filed = await killed(stormy, client, await take(client, changing()), chance, mine)
        started = await client.post("/api/v1/products/bulk", bulk)
        more, edited = await killed(stormy, client, started["job"], chance, mine)
        ended = await products(client)
    await stormy.stop()
    notes["killed while it worked"] = (hits, more)
    notes["changed by a person"] = len(mine)

    assert hits
    assert more
    assert mine
    assert await faults_of(stormy.database, settled=True) == []
    _same(expected, (filed, edited, ended), mine)


def _same(
    expected: tuple[Any, Any, Products], found: tuple[Any, Any, Products], mine: set[str]
) -> None:
    for before, after in zip(expected[:2], found[:2], strict=True):
        for name in ("created", "changed", "unchanged", "bad", "refused", "left", "products"):
            assert before.get(name) == after.get(name), name
    assert expected[2].keys() == found[2].keys()
    for code, product in expected[2].items():
        if code not in mine:
            assert found[2][code] == product
            continue
        # the person's word is the last one on what it was said of, and nothing came twice
        theirs = found[2][code]
        assert (theirs["prices"], theirs["location"]) == (product["prices"], product["location"])
        assert theirs["version"] in {product["version"], product["version"] + 1}
        assert theirs["brand"] == MINE
