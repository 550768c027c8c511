"""Reading a shop's orders: on a hint, by polling, whole after a start, and before each send."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import (
    BeginRead,
    CompleteRead,
    FeedState,
    PageTaken,
    PollEnded,
    ReadFailed,
    ReadFeed,
    StoreStatuses,
    TakePage,
)
from magazie.actors.runtime import NOT_NOW, Directory
from magazie.model.romanian_time import local_date, local_day_bounds
from magazie.ports import Clock, OrderPage, OrderWindow, ShopError, ShopPort, Unreachable
from magazie.storage.settings_rows import ShopSettings
from magazie.sync.page_passes import PagePasses, is_oldest_first

logger = logging.getLogger(__name__)
T = TypeVar("T")

HINT_REST_S = 5.0
"""At most one read for hints in this time, and one more after the last of them."""
COMPLETE_EVERY_S = 3600.0
"""A whole read is made again this often, so that nothing depends on one page's order."""
RETRY_FIRST_S, RETRY_MOST_S = 2.0, 60.0
OTHERS_TURN_S = 1.0
"""Once a shop in trouble may be asked again, whoever else waits for it goes first."""
REACHES_BACK_MOST_MS = 31 * 24 * 3600 * 1000
"""Days whose pages never came right are read again with each whole read, as long as this."""
PASSES_MOST = 3
"""Times that all pages are read where they move or repeat meanwhile."""
PAGES_MOST = 100_000
"""A shop that never ends its pages is stopped here; the overlap of reads catches the rest."""

HAND_OVER_WITHIN_S = 30.0
"""A page of a hundred orders, each waiting a second for its claims at most, all at once."""

_DAY_MS = 24 * 3600 * 1000
_EMPTY_PAGE = OrderPage(page=1, pages=1, total=1, orders=(), undecodable=())


class ReadStamp(msgspec.Struct, frozen=True):
    """A read that ended: its number, and when its newest page was read (loop time)."""

    read_no: int
    page_at_s: float


class ReadUnsettledError(Exception):
    """Orders were read and could not all be handed over; the read is made again."""


class OrderReader:
    """The one reader of a shop's orders. Reads never overlap."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        directory: Directory,
        clock: Clock,
        settings: Callable[[], ShopSettings],
    ) -> None:
        """Nothing is read until ``run`` or ``read_newest``."""
        self._shop = shop
        self._port = port
        self._directory = directory
        self._clock = clock
        self._settings = settings
        self._reading = asyncio.Lock()
        self._hinted = asyncio.Event()
        self._complete = asyncio.Event()
        self._newest: ReadStamp | None = None
        self._watchers: list[set[int]] = []
        self._miscounted: dict[OrderWindow, int] = {}
        self._failing_since_ms: int | None = None
        self._unreachable = ""
        self._retrying = False
        self._last_read_ms = 0

    # --- for others -------------------------------------------------------------------

    def hint(self) -> None:
        """Something may have changed in the shop."""
        self._hinted.set()

    @property
    def is_complete(self) -> bool:
        """Whether a whole read has ended since the start: nothing is sent before.

        Nor while the last read is so old that one of the newest orders would not reach back to
        it, as after a sleep of the machine, in which the loop's time stands still.
        """
        if not self._complete.is_set():
            return False
        yesterday = local_date(self._clock.now_ms()) - timedelta(days=1)
        return local_date(self._last_read_ms) >= yesterday

    @property
    def is_retrying(self) -> bool:
        """Whether the last read by itself failed, and it will soon try again."""
        return self._retrying

    async def completed(self) -> None:
        """Wait until a whole read has ended since the start."""
        await self._complete.wait()

    @property
    def failing_since_ms(self) -> int | None:
        """Since when orders cannot be read; None when they can."""
        return self._failing_since_ms

    @property
    def unreachable(self) -> str:
        """Why the shop could not be reached when it was last asked; empty when it could."""
        return self._unreachable

    @property
    def newest_read_no(self) -> int:
        """The number of the last read that ended; 0 before any."""
        return self._newest.read_no if self._newest is not None else 0

    async def read_newest(self) -> ReadStamp:
        """Read orders, newest first, until a page shows only known ones.

        Raises:
            ShopError: the shop did not answer.
            ReadUnsettledError: some orders could not be handed over.

        """
        async with self._reading:
            return await self._noting_failure(self._read_newest(hinted=False))

    async def read_recent(self) -> None:
        """Read what was placed and what was changed since yesterday.

        Raises:
            ShopError: the shop did not answer.
            ReadUnsettledError: some orders could not be handed over.

        """
        async with self.just_read():
            pass

    @asynccontextmanager
    async def just_read(self) -> AsyncIterator[None]:
        """As ``read_recent``; nothing else is read until the block ends.

        So within it the orders in the books are those of ``watch_changes``, and no more.
        """
        async with self._reading:
            await self._noting_failure(self._read_newest(hinted=False))
            await self._noting_failure(self._read_updated())
            yield

    @contextmanager
    def watch_changes(self) -> Iterator[set[int]]:
        """Collect the orders that any read finds new or changed, for as long as wished."""
        changed: set[int] = set()
        self._watchers.append(changed)
        try:
            yield changed
        finally:
            self._watchers.remove(changed)

    async def take(self, numbers: tuple[str, ...]) -> int:
        """Take orders whatever their age: a person asked. Answers how many were taken."""
        async with self._reading:
            read_no = await self._begin()
            taken = 0
            for number in numbers:
                order = await self._port.order_by_number(number, observed_ms=self._clock.now_ms())
                if order is None:
                    continue
                page = msgspec.structs.replace(_EMPTY_PAGE, orders=(order,))
                result = await self._hand_over(TakePage(read_no, page, chosen=True))
                taken += result.created
            return taken

    # --- the task ---------------------------------------------------------------------

    async def run(self) -> None:
        """Read for as long as the shop is served."""
        loop = asyncio.get_running_loop()
        pause = RETRY_FIRST_S
        complete_at = -COMPLETE_EVERY_S
        while True:
            hinted = self._hinted.is_set()
            self._hinted.clear()
            began, began_ms = loop.time(), self._clock.now_ms()
            try:
                if not self.is_complete or began - complete_at >= COMPLETE_EVERY_S:
                    await self._whole(hinted=hinted)
                    complete_at = began
                else:
                    await self._poll(hinted=hinted)
                pause = RETRY_FIRST_S
                self._retrying, self._last_read_ms = False, began_ms
            except (ShopError, ReadUnsettledError, *NOT_NOW) as error:
                logger.warning("order_read_failed shop=%s reason=%s", self._shop, error)
                self._retrying = True
                blocked = self._port.budget().blocked_until_s - loop.time()
                await asyncio.sleep(max(pause, blocked + OTHERS_TURN_S))
                pause = min(pause * 2, RETRY_MOST_S)
                continue
            await self._rest(began + HINT_REST_S, began + self._settings().poll_seconds)

    async def _rest(self, hints_from_s: float, until_s: float) -> None:
        """Wait for the next poll, or for a hint once the last read is old enough."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(until_s):
                await self._hinted.wait()
        except TimeoutError:
            return
        await asyncio.sleep(max(0.0, hints_from_s - loop.time()))

    async def _whole(self, *, hinted: bool) -> None:
        async with self._reading:
            await self._noting_failure(self._read_whole(hinted=hinted))

    async def _poll(self, *, hinted: bool) -> None:
        async with self._reading:
            stamp = await self._noting_failure(self._read_newest(hinted=hinted))
            await self._noting_failure(self._read_updated())
            await self._directory.ask(OrderFeed, self._shop, PollEnded(stamp.read_no))

    # --- reads ------------------------------------------------------------------------

    async def _read_newest(self, *, hinted: bool) -> ReadStamp:
        read_no = await self._begin(hinted=hinted)
        today = local_date(self._clock.now_ms())
        window = OrderWindow("placed", today - timedelta(days=1), today)
        return await self._read_until_known(read_no, window)

    async def _read_updated(self) -> None:
        """Orders changed since yesterday: edits and statuses of old orders too."""
        read_no = await self._begin()
        today = local_date(self._clock.now_ms())
        await self._read_updated_days(read_no, today - timedelta(days=1), today)

    async def _read_updated_days(self, read_no: int, first: date, last: date) -> bool:
        """Day by day: shops differ in whether a day means that day or that day and later."""
        is_whole = True
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            is_whole &= await self._read_pages(read_no, OrderWindow("updated", day, day))
        return is_whole

    async def _read_whole(self, *, hinted: bool) -> None:
        """Every page of both windows, from the day before the last whole read until now."""
        if not (await self._state()).statuses_known:
            await self._read_statuses()
        state = await self._state()
        read_no = await self._begin(hinted=hinted)
        began_ms = self._clock.now_ms()
        first = self._first_day(state)
        today = local_date(began_ms)
        seen: set[str] = set()
        placed = OrderWindow("placed", first, today)
        stamp = ReadStamp(read_no, asyncio.get_running_loop().time())
        is_whole = await self._read_pages(read_no, placed, seen)
        self._newest = stamp
        # the very first time, the window by placing date has shown every order as it is now
        is_first = self._complete_ms(state) is None
        changed_from = today - timedelta(days=1) if is_first else first
        is_whole &= await self._read_updated_days(read_no, changed_from, today)
        reached_ms = max(self._since_ms(state), began_ms - REACHES_BACK_MOST_MS)
        complete = CompleteRead(
            read_no,
            began_ms,
            local_day_bounds(first)[0],
            frozenset(seen),
            again_from_ms=None if is_whole else min(reached_ms, began_ms),
        )
        await self._directory.ask(OrderFeed, self._shop, complete)
        self._last_read_ms = began_ms
        self._complete.set()
        await self._read_statuses()

    def _first_day(self, state: FeedState) -> date:
        return local_date(self._since_ms(state)) - timedelta(days=1)

    def _since_ms(self, state: FeedState) -> int:
        """Until when all that was in the shop is known to have been read."""
        complete_ms = self._complete_ms(state)
        return self._settings().orders_from_ms if complete_ms is None else complete_ms

    def _complete_ms(self, state: FeedState) -> int | None:
        """When the last whole read began; None where the clock was days ahead then, too."""
        complete_ms = state.complete_at_ms
        if complete_ms is None or complete_ms > self._clock.now_ms() + _DAY_MS:
            return None
        return complete_ms

    async def _read_pages(
        self, read_no: int, window: OrderWindow, seen: set[str] | None = None
    ) -> bool:
        """Read and hand over every page; False where they never came right.

        All of them are read once more where fewer orders came than the shop says there are:
        what stood on a page that repeated another, or began too late, is not seen otherwise.
        """
        # a poll that is misled by what was learnt is made good by the next, a whole read is not
        is_polled = window.by == "updated"
        pages = PagePasses(self._miscounted.get(window, 0) if is_polled else 0)
        is_whole = False
        for _ in range(PASSES_MOST):
            await self._read_pass(read_no, window, pages)
            is_whole = pages.ended()
            if is_whole:
                if is_polled:
                    self._miscounted.pop(window, None)
                    if pages.miscounted:  # else each day would leave its windows behind
                        self._miscounted[window] = pages.miscounted
                break
            logger.warning("order_pages_moved shop=%s shown=%d", self._shop, len(pages.shown))
        if seen is not None:
            seen |= pages.shown
        return is_whole

    async def _read_pass(self, read_no: int, window: OrderWindow, pages: PagePasses) -> None:
        unsettled = 0
        pages.begin()
        for number in range(1, PAGES_MOST + 1):
            page, taken = await self._read_page(read_no, window, number)
            unsettled += taken.unsettled
            if not pages.note_orders(number, page):
                break
        _require_settled(unsettled)

    async def _read_until_known(self, read_no: int, window: OrderWindow) -> ReadStamp:
        """Read and hand over pages from the newest on, until one shows only known orders.

        Of a shop that shows its oldest orders first, the newest stand on the last page; where
        one page does not tell which it does, all are read.
        """
        stamp = ReadStamp(read_no, asyncio.get_running_loop().time())
        page, taken = await self._read_page(read_no, window, 1)
        unsettled = taken.unsettled
        is_turned = is_oldest_first(page)
        last = min(page.pages, PAGES_MOST)
        is_known = taken.is_known and is_turned is False
        for number in range(last, 1, -1) if is_turned else range(2, last + 1):
            if is_known:
                break
            page, taken = await self._read_page(read_no, window, number)
            unsettled += taken.unsettled
            is_known = taken.is_known and is_turned is not None and bool(page.orders)
        _require_settled(unsettled)
        self._newest = stamp
        return stamp

    async def _read_page(
        self, read_no: int, window: OrderWindow, number: int
    ) -> tuple[OrderPage, PageTaken]:
        page = await self._port.orders(window, number, observed_ms=self._clock.now_ms())
        taken = await self._hand_over(TakePage(read_no, page))
        for watcher in self._watchers:
            watcher.update(taken.order_ids)
        return page, taken

    async def _read_statuses(self) -> None:
        statuses = await self._port.statuses()
        await self._directory.ask(OrderFeed, self._shop, StoreStatuses(statuses))

    async def _begin(self, *, hinted: bool = False) -> int:
        read_no: int = await self._directory.ask(OrderFeed, self._shop, BeginRead(hinted))
        return read_no

    async def _state(self) -> FeedState:
        state: FeedState = await self._directory.ask(OrderFeed, self._shop, ReadFeed())
        return state

    async def _hand_over(self, message: TakePage) -> PageTaken:
        taken: PageTaken = await self._directory.ask(
            OrderFeed, self._shop, message, timeout=HAND_OVER_WITHIN_S
        )
        return taken

    async def _noting_failure(self, reading: Awaitable[T]) -> T:
        try:
            result = await reading
        except (ShopError, ReadUnsettledError) as error:
            now_ms = self._clock.now_ms()
            self._unreachable = str(error) if isinstance(error, Unreachable) else ""
            since_ms = self._failing_since_ms
            # the clock may have been put back since
            self._failing_since_ms = now_ms if since_ms is None else min(since_ms, now_ms)
            failed = ReadFailed(self._failing_since_ms, str(error))
            await self._directory.ask(OrderFeed, self._shop, failed)
            raise
        self._failing_since_ms = None
        self._unreachable = ""
        return result


def _require_settled(unsettled: int) -> None:
    if unsettled:
        raise ReadUnsettledError(f"{unsettled} orders could not be handed over yet")
