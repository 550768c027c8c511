"""The outside of a simulated service: virtual clock, seeded chance, a shop in memory."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from magazie.outside import Chance, Outside
from magazie.ports import HttpRequest, HttpResponse, TransportError
from magazie.simulators.gomag import MemoryTransport, SimRequest

T = TypeVar("T")


class VirtualClock:
    """Wall time that follows the loop's."""

    def __init__(self, starts_ms: int) -> None:
        self._starts_ms = starts_ms

    def now_ms(self) -> int:
        return self._starts_ms + int(asyncio.get_running_loop().time() * 1000)


class Trace:
    """A running hash of everything that crossed the border, with its time."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        self.requests = 0

    def note(self, *what: object) -> None:
        self.requests += 1
        line = "\t".join(str(part) for part in (asyncio.get_running_loop().time(), *what))
        self._hash.update(line.encode() + b"\n")

    def digest(self) -> str:
        return self._hash.hexdigest()


class ShopInMemory:
    """The transport port onto a simulated shop. Dies with the process that holds it."""

    def __init__(self, wire: MemoryTransport, trace: Trace) -> None:
        self._wire = wire
        self._trace = trace
        self.is_dead = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self.is_dead:
            raise asyncio.CancelledError
        asked = SimRequest.to(
            request.method,
            request.url,
            query=request.query,
            headers=request.headers,
            form=request.form or None,
        )
        try:
            answer = await self._wire.call(asked, int(request.timeout_s * 1000))
        except ConnectionRefusedError as error:
            self._trace.note(request.method, request.url, "refused")
            raise TransportError(str(error), sent=False) from error
        except (ConnectionResetError, TimeoutError) as error:
            self._trace.note(request.method, request.url, "lost")
            raise TransportError(f"{type(error).__name__}", sent=True) from error
        self._trace.note(request.method, request.url, request.query, request.form, answer.body)
        headers = {name.lower(): value for name, value in answer.headers}
        return HttpResponse(answer.status, headers, answer.body)

    async def close(self) -> None:
        self.is_dead = True


async def _at_once(work: Callable[[], T]) -> T:
    return work()


def simulated_outside(
    clock: VirtualClock, seed: str, transport: Callable[[str], ShopInMemory]
) -> Outside:
    chance = Chance(seed)
    tokens: random.Random = chance.stream("tokens")

    def offload(work: Callable[[], T]) -> Awaitable[T]:
        return _at_once(work)

    return Outside(
        clock=clock,
        chance=chance,
        token_bytes=tokens.randbytes,
        offload=offload,
        transport=transport,
    )
