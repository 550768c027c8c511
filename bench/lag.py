"""How late an event loop is: a look every few milliseconds, from within."""

import asyncio

import msgspec

from magazie.commands.heap import resident_bytes

LOOK_EVERY_S = 0.005


class Standing(msgspec.Struct, frozen=True):
    """What a server says of itself since it was last asked."""

    worst_lag_ms: float
    resident_mb: float


class LagProbe:
    """Notes the longest time the loop kept a due callback waiting.

    A block that begins just after a look is seen 5 ms shorter than it is.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + LOOK_EVERY_S
        self._worst_s = 0.0
        self._timer = self._loop.call_at(self._due, self._look)

    def take(self) -> Standing:
        """What was seen since the last call."""
        now = self._loop.time()
        self._worst_s = max(self._worst_s, now - self._due)
        worst, self._worst_s = self._worst_s, 0.0
        return Standing(worst * 1000, resident_bytes() / 1e6)

    def close(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        self._worst_s = max(self._worst_s, now - self._due)
        self._due = now + LOOK_EVERY_S
        self._timer = self._loop.call_at(self._due, self._look)
