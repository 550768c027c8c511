"""The process dies again and again while goods are received and counted; each moves once."""

import asyncio
import random
from typing import Any

import aiohttp

from tests.e2e.client import client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.served import Served
from tests.e2e.shops import WAREHOUSES
from tests.e2e.storeroom import faults_of

SEED = 71_204
KILLS = 8
SERVING_S = (0.02, 0.35)
ANSWERED_WITHIN_S = 10.0
EAN = "2000000001012"
OPENED = 500


class Phone:
    """A terminal that keeps what is not answered, and sends it again on the next connection."""

    def __init__(self, url: str, token: str) -> None:
        self.again = 0
        self._url = f"{url}/ws/scan"
        self._token = token
        self._number = 0
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def say(self, kind: str, **fields: Any) -> Any:
        """The answer of an operation, however many connections that takes."""
        self._number += 1
        op = f"op-{self._number}"
        message = {"type": kind, "op": op, "seq": self._number, **fields}
        while True:
            try:
                async with asyncio.timeout(ANSWERED_WITHIN_S):
                    return await self._answer(message)
            except (aiohttp.ClientError, OSError, TimeoutError, TypeError):
                # a TypeError is what aiohttp makes of a close where JSON was awaited
                self.again += 1
                await self.hang_up()
                await asyncio.sleep(0.02)

    async def _answer(self, message: dict[str, Any]) -> Any:
        socket = self._socket or await self._connect()
        await socket.send_json(message)
        while True:
            heard = await socket.receive_json()
            if heard.get("op") == message["op"]:
                return heard

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        self._session = aiohttp.ClientSession()
        socket = await self._session.ws_connect(self._url)
        await socket.send_json(
            {"type": "hello", "protocol": 1, "terminal": "T1", "token": self._token}
        )
        self._socket = socket
        return socket

    async def hang_up(self) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = self._socket = None


class Work:
    """What a person does, and what must come of it."""

    def __init__(self, phone: Phone, chance: random.Random) -> None:
        self.on_hand = OPENED
        self.moved: list[tuple[str, str]] = []
        """(reference, quantity) of every movement there must be."""
        self.ends = False
        self._phone = phone
        self._chance = chance
        self._rounds = 0

    async def go_on(self) -> None:
        while not self.ends:
            self._rounds += 1
            await self._receive(f"NIR {self._rounds}")
            await self._count()

    async def _receive(self, reference: str) -> None:
        opened = await self._phone.say("receive", reference=reference)
        pieces = 0
        for _ in range(self._chance.randint(1, 4)):
            boxes = self._chance.randint(1, 9)
            answer = await self._phone.say(
                "scan", tally=opened["tally"], code=EAN, quantity=str(boxes)
            )
            pieces += boxes
            assert (answer["outcome"], answer["counted"]) == ("counted", str(pieces))
        assert (await self._phone.say("complete", tally=opened["tally"]))["outcome"] == "completed"
        self.on_hand += pieces
        self.moved.append((reference, str(pieces)))

    async def _count(self) -> None:
        opened = await self._phone.say("count", location="A-1")
        missing = self._chance.randint(0, 3)
        there = self.on_hand - missing
        for quantity in (there // 2, there - there // 2):
            await self._phone.say("scan", tally=opened["tally"], code=EAN, quantity=str(quantity))
        assert (await self._phone.say("complete", tally=opened["tally"]))["outcome"] == "completed"
        self.on_hand = there
        if missing:
            self.moved.append(("Inventar A-1", str(-missing)))


async def test_whatever_dies_each_tally_moves_once(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    chance = random.Random(SEED)
    service = serve(WAREHOUSES)
    token = await service.make_token()
    await service.start()
    phone = Phone(service.url, token)
    work = Work(phone, random.Random(SEED + 1))
    async with client_of(service.url, token) as client:
        made = await client.post(
            "/api/v1/products",
            {"code": "CANA-12", "name": "Cană", "ean": EAN, "location": "A-1"},
        )
        line = {"product": made["id"], "quantity": str(OPENED)}
        opening = {"kind": "opening", "warehouse": "principal", "reference": "D", "lines": [line]}
        await client.post("/api/v1/stock/movements", opening)
        working = asyncio.create_task(work.go_on())
        try:
            await _kill_again_and_again(service, chance)
            work.ends = True
            await asyncio.wait_for(working, 30)
        finally:
            working.cancel()
            await phone.hang_up()
        notes["rounds"] = len(work.moved)
        notes["sent_again"] = phone.again
        (row,) = (await client.get(f"/api/v1/stock?product={made['id']}"))["items"]
        movements = (await client.get("/api/v1/stock/movements?sort=id&limit=200"))["items"]
        tallies = await client.get("/api/v1/receptions?state=waiting,open,posting")
    assert row["on_hand"] == str(work.on_hand)
    assert [(it["reference"], it["lines"][0]["quantity"]) for it in movements[1:]] == work.moved
    assert tallies["items"] == []
    assert phone.again >= KILLS // 2, "nothing was in flight"
    await service.stop()
    assert await faults_of(service.database, settled=True) == []


async def _kill_again_and_again(service: Served, chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(*SERVING_S))
        await service.kill()
        assert await faults_of(service.database) == []
        await service.start()
