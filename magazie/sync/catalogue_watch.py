"""Keeping a shop's listing fresh by itself: the first reading, what changed, all of it at night."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from magazie.model.romanian_time import local_date, local_day_bounds
from magazie.ports import Clock
from magazie.storage.catalogue_reads import ReadingRow
from magazie.sync.catalogue_reader import CatalogueReader
from magazie.sync.order_reader import OrderReader

LOOK_EVERY_S: Final = 300.0
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_AHEAD_MS: Final = 24 * _HOUR_MS
CHANGED_EVERY_MS: Final = _HOUR_MS
WHOLE_AT_NIGHT_AFTER_MS: Final = 20 * _HOUR_MS
WHOLE_AT_LATEST_AFTER_MS: Final = 48 * _HOUR_MS
NIGHT_HOURS: Final = range(2, 5)


def reading_due(row: ReadingRow, now_ms: int) -> bool | None:
    """What is to be read now: True everything, False what changed, None nothing. Pure."""
    # what began days from now began while the clock was ahead, nobody knows when
    if row.under_way is not None and -_AHEAD_MS < now_ms - row.under_way.began_ms < _HOUR_MS:
        return None
    if row.whole_began_ms is None or row.last_began_ms is None:
        return True
    age_ms = now_ms - row.whole_began_ms
    midnight_ms, _ = local_day_bounds(local_date(now_ms))
    is_night = (now_ms - midnight_ms) // _HOUR_MS in NIGHT_HOURS
    if age_ms >= (WHOLE_AT_NIGHT_AFTER_MS if is_night else WHOLE_AT_LATEST_AFTER_MS):
        return True
    if age_ms <= -_AHEAD_MS:
        return True
    last_ms = now_ms - row.last_began_ms
    return False if last_ms >= CHANGED_EVERY_MS or last_ms <= -_AHEAD_MS else None


class CatalogueWatch:
    """Starts readings of one shop's catalogue when they are due, the first as soon as it answers.

    They are jobs like those that people start, and joined by them.
    """

    def __init__(
        self,
        *,
        reader: CatalogueReader,
        orders: OrderReader,
        clock: Clock,
        start: Callable[[bool], Awaitable[int]],
    ) -> None:
        """``start`` begins a reading: of everything, or of what changed."""
        self._reader = reader
        self._orders = orders
        self._clock = clock
        self._start = start

    async def run(self) -> None:
        """Watch for as long as the shop is served."""
        await self._orders.completed()  # its access is set, and it answers
        while True:
            is_whole = reading_due(await self._reader.state(), self._clock.now_ms())
            if is_whole is not None:
                await self._start(is_whole)
            await asyncio.sleep(LOOK_EVERY_S)
