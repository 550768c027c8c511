"""When this process looks for garbage in rings: in quiet moments, not while somebody waits.

Nearly all that a service drops goes at once, by reference count: twenty thousand orders left eight
objects in rings. What is left is found by looking at every object there is, for which all work
stands still. Python's own pace is a look every 700 new objects; it cost a quarter of the time an
order took. Looks that came less often still took up to 30 ms each, and longer with more actors.
"""

import asyncio
import enum
import gc
import logging
import mmap
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from magazie.http.traffic import Traffic

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 60.0
"""Between looks at what is new."""
LOOK_AT_LATEST_S: Final = 3600.0
"""So long a look waits for a quiet moment."""
MOST_NEW: Final = 10_000
"""New objects that are looked at together, in a few milliseconds. A service that makes more in a
second is busy, with orders and actors that stay: those are left for the look at everything."""
WHOLE_LOOK_EVERY_S: Final = 86_400.0
"""Between looks at everything, which may take a second where there is much."""
WHOLE_LOOK_AT_LATEST_S: Final = 7 * 86_400.0

GROWN_BY_BYTES: Final = 512 * 1024 * 1024
"""All of a process that grew so much is looked at once, quiet or not."""

_QUIET_S: Final = 1.0
"""So long nothing was asked and nothing answered: the moment is quiet."""


class Look(enum.Enum):
    """How far to look."""

    NOT_NOW = enum.auto()
    PAST_NEW = enum.auto()
    """What is new counts as seen without a look."""
    AT_NEW = enum.auto()
    AT_ALL = enum.auto()


class Looks:
    """Says when a look is due. Without a clock of its own."""

    def __init__(self, now_s: float) -> None:
        """What is there at the start is as good as looked at."""
        self._looked_s = self._looked_at_all_s = now_s
        self._answered = -1
        self._resident = 0

    def due(self, now_s: float, *, answered: int, under_way: int, new: int, resident: int) -> Look:
        """How far to look now.

        Args:
            now_s: seconds, which only ever rise.
            answered: grows with everything that is answered.
            under_way: requests that wait for an answer.
            new: objects that came since the last look, less those that went.
            resident: bytes of memory that the process holds.
        """
        is_quiet = answered == self._answered and not under_way
        self._answered = answered
        self._resident = min(self._resident or resident, resident)
        whole_after_s = WHOLE_LOOK_EVERY_S if is_quiet else WHOLE_LOOK_AT_LATEST_S
        has_grown = resident - self._resident >= GROWN_BY_BYTES
        if has_grown or now_s - self._looked_at_all_s >= whole_after_s:
            self._looked_s = self._looked_at_all_s = now_s
            self._resident = resident
            return Look.AT_ALL
        if new > MOST_NEW:
            return Look.PAST_NEW
        if now_s - self._looked_s >= (LOOK_EVERY_S if is_quiet else LOOK_AT_LATEST_S):
            self._looked_s = now_s
            return Look.AT_NEW
        return Look.NOT_NOW


def look(reach: Look) -> None:
    """Find and drop garbage in rings; what is left counts as seen from then on."""
    if reach is Look.NOT_NOW:
        return
    if reach is Look.PAST_NEW:
        gc.freeze()
        return
    if reach is Look.AT_ALL:
        gc.unfreeze()
    began = time.perf_counter()
    found = gc.collect()
    gc.freeze()
    taken_ms = (time.perf_counter() - began) * 1000
    logger.debug("heap_looked_at reach=%s dropped=%d ms=%.0f", reach.name, found, taken_ms)


def resident_bytes() -> int:
    """Memory that this process holds; 0 where the system does not tell as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * mmap.PAGESIZE


@asynccontextmanager
async def quiet_heap(
    traffic: Traffic, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[None]:
    """Look for garbage in quiet moments only, for as long as the block runs."""
    was_enabled = gc.isenabled()  # not where another service of this process looks
    gc.freeze()
    gc.disable()
    looking = _look_now_and_then(Looks(clock()), traffic, clock)
    task = asyncio.create_task(looking, name="heap")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        if was_enabled:
            gc.enable()
            gc.unfreeze()


async def _look_now_and_then(looks: Looks, traffic: Traffic, clock: Callable[[], float]) -> None:
    while True:
        await asyncio.sleep(_QUIET_S)
        look(
            looks.due(
                clock(),
                answered=traffic.answered_ns,
                under_way=traffic.in_flight,
                new=gc.get_count()[0],
                resident=resident_bytes(),
            )
        )
