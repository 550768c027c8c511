"""The real outside, as production has it: clock, chance, threads, network.

Nothing else in the package asks the operating system for any of these, so that a simulation
can put its own in their place.
"""

import asyncio
import hashlib
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec

from magazie.ports import Clock, ClosingImageSource, Transport

T = TypeVar("T")


class Offload(Protocol):
    """Runs blocking work away from the event loop."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]:
        """Do the work and answer with its result."""


class ClosingTransport(Transport, Protocol):
    """A transport that holds connections."""

    async def close(self) -> None:
        """Let them go."""


class SystemClock:
    """The machine's wall clock."""

    def now_ms(self) -> int:
        """UTC now, in epoch milliseconds."""
        return time.time_ns() // 1_000_000


class Chance:
    """Random streams by name: each component has its own, all from one seed."""

    def __init__(self, seed: str) -> None:
        """The same seed gives the same streams."""
        self._seed = seed

    def stream(self, name: str) -> random.Random:
        """The component's stream, from its beginning."""
        digest = hashlib.blake2b(f"{self._seed}/{name}".encode(), digest_size=16).digest()
        return random.Random(digest)  # noqa: S311 - jitter and ids; secrets come from token_bytes


class Outside(msgspec.Struct, frozen=True):
    """Everything that comes in from outside."""

    clock: Clock
    chance: Chance
    token_bytes: Callable[[int], bytes]
    offload: Offload
    transport: Callable[[str], ClosingTransport]
    """Makes the transport of the shop with this name."""
    images: Callable[[], ClosingImageSource] | None = None
    """Makes what images are fetched with; without it none are."""


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)


def real_outside(
    transport: Callable[[str], ClosingTransport],
    images: Callable[[], ClosingImageSource] | None = None,
) -> Outside:
    """The machine's own clock, chance, threads; ``transport`` and ``images`` reach the network."""
    return Outside(
        clock=SystemClock(),
        chance=Chance(secrets.token_hex(16)),
        token_bytes=secrets.token_bytes,
        offload=_in_thread,
        transport=transport,
        images=images,
    )
