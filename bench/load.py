"""Sends orders over keep-alive connections, one in flight on each, as fast as they are answered.

A process of its own, so that what it costs is not the servers'. Reads one order of work a
line from standard input (``Burst``), answers each with one line (``BurstResult``).
"""

import asyncio
import sys
import time
from statistics import quantiles
from typing import cast

import msgspec
import uvloop

from bench.orders import requests


class Burst(msgspec.Struct):
    """Send for so long, orders numbered from ``first`` on."""

    port: int
    in_flight: int
    seconds: float
    first: int


class BurstResult(msgspec.Struct):
    """What came of it: all orders from ``first`` up to ``after`` were acknowledged."""

    first: int
    after: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def acknowledged(self) -> int:
        return self.after - self.first

    @property
    def per_s(self) -> float:
        return self.acknowledged / self.seconds


class _Counter:
    """The numbers and waits that all connections of a burst share."""

    def __init__(self, first: int, until: float) -> None:
        self.next = first
        self.until = until
        self.waits: list[float] = []


class _Connection(asyncio.Protocol):
    """One client: sends, waits for the answer, sends again."""

    def __init__(self, prepared: list[tuple[bytes, bytes]], counter: _Counter) -> None:
        self._prepared = prepared
        self._counter = counter
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""
        self._sent_at = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def send(self) -> None:
        counter = self._counter
        now = time.perf_counter()
        if now >= counter.until:
            self.ended.set_result(None)
            return
        number = counter.next
        counter.next = number + 1
        before, after = self._prepared[number % len(self._prepared)]
        self._sent_at = now
        assert self._transport is not None
        self._transport.write(b"%b%09d%b" % (before, number, after))

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data if self._received else data
        head = received.find(b"\r\n\r\n")
        if head < 0:
            return
        at = received.index(b"Content-Length: ") + 16
        if len(received) < head + 4 + int(received[at : received.index(b"\r\n", at)]):
            return
        self._received = b""
        if not received.startswith(b"HTTP/1.1 201") or b'"reserving":true' in received:
            self.ended.set_exception(RuntimeError(f"not taken: {received[:2000]!r}"))
            return
        self._counter.waits.append(time.perf_counter() - self._sent_at)
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionResetError("closed before the answer"))

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()


async def run_burst(burst: Burst) -> BurstResult:
    """Connect, send for the time given, wait for all answers."""
    loop = asyncio.get_running_loop()
    prepared = requests()
    counter = _Counter(burst.first, 0.0)
    connections = [
        (
            await loop.create_connection(
                lambda: _Connection(prepared, counter), "127.0.0.1", burst.port
            )
        )[1]
        for _ in range(burst.in_flight)
    ]
    began = time.perf_counter()
    counter.until = began + burst.seconds
    for connection in connections:
        connection.send()
    try:
        await asyncio.gather(*(connection.ended for connection in connections))
        taken = time.perf_counter() - began
    finally:
        for connection in connections:
            connection.close()
    percentiles = quantiles((wait * 1000 for wait in counter.waits), n=100)
    return BurstResult(burst.first, counter.next, taken, percentiles[49], percentiles[98])


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin.buffer:
            result = runner.run(run_burst(msgspec.json.decode(line, type=Burst)))
            sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
