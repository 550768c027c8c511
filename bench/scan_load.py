"""Terminals that scan, one scan in flight on each, as fast as they are answered.

A process of its own. Reads one order of work a line from standard input (``Scanning``), answers
each with one line (``Scanned``).
"""

import asyncio
import itertools
import sys
import time
from statistics import quantiles
from typing import Any

import aiohttp
import msgspec
import uvloop

from bench.orders import PRODUCTS, TOKEN, WAREHOUSE, sku


class Scanning(msgspec.Struct):
    """Scan for so long. ``is_ours`` says hello and opens an order first.

    Orders come in beside it, ``orders_per_s``.
    """

    port: int
    terminals: int
    seconds: float
    is_ours: bool
    first_order: int
    orders_per_s: float = 10.0


class Scanned(msgspec.Struct):
    """What came of it: every scan was answered as counted."""

    scans: int
    seconds: float
    p50_ms: float
    p99_ms: float
    orders: int

    @property
    def per_s(self) -> float:
        return self.scans / self.seconds


_LINES = 4


def _order(number: str, terminal: int, quantity: str) -> dict[str, Any]:
    person = {"name": "Ion Popescu", "phone": "0712345678"}
    lines = [
        {"sku": sku((terminal + step) % PRODUCTS), "quantity": quantity, "price": "1.00"}
        for step in range(_LINES)
    ]
    return {
        "number": number,
        "source": "scans",
        "warehouse": WAREHOUSE,
        "currency": "RON",
        "customer": person,
        "delivery": {**person, "county": "Cluj", "city": "Cluj-Napoca", "address": "Str. 1"},
        "lines": lines,
    }


class Terminal:
    """One terminal."""

    def __init__(self, number: int, work: Scanning, http: aiohttp.ClientSession) -> None:
        self._number = number
        self._work = work
        self._http = http
        self._session: str | None = None
        self.waits: list[float] = []
        self._ops = itertools.count(1)

    async def open(self) -> None:
        base = f"127.0.0.1:{self._work.port}"
        self._socket = await self._http.ws_connect(f"ws://{base}/ws/scan", compress=0)
        if not self._work.is_ours:
            return
        name = f"T{self._number}"
        hello = {"type": "hello", "protocol": 1, "terminal": name, "token": TOKEN}
        await self._socket.send_str(msgspec.json.encode(hello).decode())
        welcome = await self._socket.receive_json()
        if welcome["session"] is None:
            number = f"S-{self._work.first_order + self._number}"
            order = _order(number, self._number, "100000")
            async with self._http.post(f"http://{base}/api/v1/orders", json=order) as answer:
                if answer.status not in {200, 201}:
                    raise RuntimeError(await answer.text())
            opening = {"type": "open", "op": f"open-{number}", "seq": 0, "orders": [number]}
            await self._socket.send_str(msgspec.json.encode(opening).decode())
        self._session = (await self._socket.receive_json())["session"]

    async def scan_until(self, until: float) -> None:
        while (began := time.perf_counter()) < until:
            number = next(self._ops)
            op = f"{self._number}-{number}-{time.monotonic_ns()}"
            code = sku((self._number + number % _LINES) % PRODUCTS)
            said = {"type": "scan", "op": op, "seq": number, "code": code}
            if self._session is not None:
                said["session"] = self._session
            await self._socket.send_str(msgspec.json.encode(said).decode())
            while True:
                heard = msgspec.json.decode((await self._socket.receive()).data)
                if heard.get("op") == op:
                    break
            if self._work.is_ours and heard["outcome"] != "counted":
                raise RuntimeError(f"not counted: {heard}")
            self.waits.append(time.perf_counter() - began)

    async def close(self) -> None:
        await self._socket.close()


async def _orders(work: Scanning, http: aiohttp.ClientSession, until: float) -> int:
    if not work.is_ours:
        return 0
    taken = 0
    while time.perf_counter() < until:
        order = _order(f"B-{time.monotonic_ns()}", taken, "1")
        url = f"http://127.0.0.1:{work.port}/api/v1/orders"
        async with http.post(url, json=order) as answer:
            taken += answer.status == 201
        await asyncio.sleep(1 / work.orders_per_s)
    return taken


async def run(work: Scanning) -> Scanned:
    """Connect, scan for the time given, wait for all answers."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as http:
        terminals = [Terminal(number, work, http) for number in range(work.terminals)]
        await asyncio.gather(*(terminal.open() for terminal in terminals))
        began = time.perf_counter()
        until = began + work.seconds
        scanning = [terminal.scan_until(until) for terminal in terminals]
        coming = asyncio.ensure_future(_orders(work, http, until))
        await asyncio.gather(*scanning)
        taken = await coming
        seconds = time.perf_counter() - began
        await asyncio.gather(*(terminal.close() for terminal in terminals))
    waits = [wait * 1000 for terminal in terminals for wait in terminal.waits]
    percentiles = quantiles(waits, n=100)
    return Scanned(len(waits), seconds, percentiles[49], percentiles[98], taken)


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin.buffer:
            result = runner.run(run(msgspec.json.decode(line, type=Scanning)))
            sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
