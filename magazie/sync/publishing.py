"""Publishing products to one shop: chosen ones are made there, or brought up to what they are here.

Every product's sending is noted before it begins. What became of one is never taken from an
answer alone: the shop is read, and what is not there is sent again, three times at most.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import msgspec

from magazie.actors.publishing_messages import (
    BreakOff,
    CountBatch,
    Ended,
    FindSending,
    InDoubt,
    NextPart,
    Part,
    PlanBatch,
)
from magazie.actors.runtime import NOT_NOW, Directory
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.publish_details import broken_off
from magazie.ports import ShopError, ShopPort, Unauthorized
from magazie.storage.publications import BatchCounts
from magazie.sync.job_runner import Progress
from magazie.sync.job_troubles import trouble_of
from magazie.sync.publish_writes import PublishWrites

logger = logging.getLogger(__name__)

CHANGED_AT_ONCE: Final = 10
"""Changes in one request: while their items are read for it, stock and prices wait."""
LOOK_AFTER_S: Final = 10.0
"""A write that was not answered may still land; the shop is read after this."""
TROUBLE_MOST_S: Final = 15 * 60.0
"""So long a job waits for a shop that does not answer."""
LOOKED_AROUND_S: Final = 300.0
"""New items are made this long by what the shop was seen to sell; then it is looked at anew."""
ANSWERED_WITHIN_S: Final = 120.0
"""Thousands of products are judged in one command."""


class PublishOrder(msgspec.Struct, frozen=True):
    """Which products to publish, by id."""

    products: tuple[int, ...]


class PublishResult(msgspec.Struct, frozen=True):
    """What became of the chosen products; why not is told on each, and in one alert."""

    published: int
    refused: int


class PublishFailedError(Exception):
    """The shop could not be written to; what was not sent may be chosen again."""


class Publishing:
    """The publishing of one shop: one job at a time, each repeatable."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        directory: Directory,
        writing: asyncio.Lock,
        look_around: Callable[[], Awaitable[object]],
    ) -> None:
        """``writing`` is held by whoever writes stock, prices or products to the shop.

        ``look_around`` brings the listing up to what the shop sells now, and raises ``ShopError``.
        """
        self._shop = shop
        self._port = port
        self._directory = directory
        self._writes = PublishWrites(shop, port=port, directory=directory, writing=writing)
        self._look_around = look_around
        self._looked_at_s: float | None = None
        self._one = asyncio.Lock()
        self._left_over = asyncio.Event()

    async def run(self, batch: int, order: PublishOrder, progress: Progress) -> PublishResult:
        """Publish these products; what is wrong with one stops no other.

        Raises:
            PublishFailedError: the shop refused the key, or did not answer for a long time.

        """
        try:
            async with self._one:
                await self._ask(PlanBatch(batch, order.products))
                await self._send_all(batch, progress)
        except BaseException:
            self._left_over.set()
            raise
        counts: BatchCounts = await self._ask(CountBatch(batch))
        return PublishResult(counts.published, counts.total - counts.published)

    async def run_left_over(self) -> None:
        """See to what jobs that ended early left: on its way to the shop, or waiting for it."""
        while True:
            attempt = 0
            while True:
                await asyncio.sleep(_wait_s(attempt, LOOK_AFTER_S, 3600.0))
                async with self._one:
                    try:
                        await self._settle()
                        await self._ask(BreakOff(None))
                        break
                    except (ShopError, *NOT_NOW) as error:
                        logger.warning("published_unread shop=%s reason=%s", self._shop, error)
                attempt += 1
            await self._left_over.wait()
            self._left_over.clear()

    # --- one job ----------------------------------------------------------------------

    async def _send_all(self, batch: int, progress: Progress) -> None:
        loop = asyncio.get_running_loop()
        attempt, began = 0, loop.time()
        while True:
            await self._note(batch, progress)
            try:
                await self._settle()
                if not await self._send_part(batch, partial(self._note, batch, progress)):
                    return
            except Unauthorized as error:
                await self._give_up(batch, error)
            except (ShopError, *NOT_NOW) as error:
                logger.warning("publish_postponed shop=%s reason=%s", self._shop, error)
                if loop.time() - began > TROUBLE_MOST_S:
                    await self._give_up(batch, error)
                await asyncio.sleep(_wait_s(attempt, LOOK_AFTER_S, 120.0))
                attempt += 1
            else:
                attempt, began = 0, loop.time()

    async def _send_part(self, batch: int, note: Callable[[], Awaitable[None]]) -> bool:
        """Send some of what waits; False when nothing does.

        By its SKU a new item is looked up right before it is written. Shops do not look up by
        EAN or further codes: for those the listing is what is judged by, and must be of now.
        """
        part = await self._next_part(batch)
        if part and not part[0].items and await self._has_looked_around():
            part = await self._next_part(batch)
        if not part:
            return False
        if part[0].items:
            await self._writes.change(batch, part, note)
        else:
            await self._writes.create(batch, part, note)
        return True

    async def _next_part(self, batch: int) -> Part:
        most = self._port.publish_limit
        part: Part = await self._ask(NextPart(batch, most, min(CHANGED_AT_ONCE, most)))
        return part

    async def _has_looked_around(self) -> bool:
        """See what the shop sells now; False where that was just seen."""
        loop = asyncio.get_running_loop()
        if self._looked_at_s is not None and loop.time() < self._looked_at_s + LOOKED_AROUND_S:
            return False
        await self._look_around()
        self._looked_at_s = loop.time()
        return True

    async def _settle(self) -> None:
        """Look at everything of which it is not known what became of it."""
        doubtful: InDoubt = await self._ask(FindSending())
        for one in doubtful:
            await self._ask(Ended((await self._writes.look(one),)))

    async def _give_up(self, batch: int, error: Exception) -> None:
        await self._ask(BreakOff(batch, broken_off(*trouble_of(error))))
        self._left_over.set()
        raise PublishFailedError(f"{self._shop}: {error}") from error

    async def _note(self, batch: int, progress: Progress) -> None:
        counts: BatchCounts = await self._ask(CountBatch(batch))
        await progress(counts.total - counts.open, counts.total)

    async def _ask(self, message: object) -> Any:
        return await self._directory.ask(
            ShopPublisher, self._shop, message, timeout=ANSWERED_WITHIN_S
        )


def _wait_s(attempt: int, first_s: float, most_s: float) -> float:
    return min(most_s, first_s * 2.0 ** min(attempt, 20))
