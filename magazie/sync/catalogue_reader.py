"""Reading a shop's catalogue into the listing: all of it, or what changed lately."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from magazie.actors.catalogue_messages import (
    BeginReading,
    EndReading,
    FindUnseen,
    ReadAgain,
    ReadingBroken,
    StoreTree,
)
from magazie.actors.listing_messages import StoreListing
from magazie.actors.runtime import Directory
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.model.romanian_time import local_date
from magazie.ports import (
    Clock,
    ProductPage,
    Refused,
    ShopError,
    ShopPort,
    Unauthorized,
    Unreachable,
    Urgency,
)
from magazie.storage import catalogue_reads as rows
from magazie.storage.catalogue_reads import Reading, ReadingRow
from magazie.storage.jobs import JobProgress
from magazie.storage.storage import Storage
from magazie.sync.job_runner import Progress
from magazie.sync.page_passes import PagePasses
from magazie.sync.patience import Patience

logger = logging.getLogger(__name__)

PAGES_MOST: Final = 10_000
LOOKED_AT_MOST: Final = 200
"""Items that a whole reading did not show are each looked at, unless they are more than this."""
PASSES_MOST: Final = 3
"""Times that all pages are read where items come and go meanwhile."""
DAYS_MOST: Final = 7
"""What changed is asked day by day; after a longer silence everything is read instead."""
T = TypeVar("T")


class SyncOrder(msgspec.Struct, frozen=True):
    """What a reading job is to read: see ``CatalogueReader.read``."""

    is_whole: bool | None = None
    by_hand: bool = True


class CatalogueRead(msgspec.Struct, frozen=True):
    """What a reading found. Part of a job's public result."""

    items: int
    pages: int
    gone: int
    is_whole: bool


class CatalogueReader:
    """The one reader of a shop's catalogue. A reading goes on where it was broken off."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        directory: Directory,
        storage: Storage,
        clock: Clock,
        follow: Callable[[], Awaitable[object]],
        unreachable: Callable[[], str],
    ) -> None:
        """Nothing is read until it is asked for. ``follow`` brings links up to the listing.

        ``unreachable`` says why the shop could not be reached when its orders were last read;
        empty when it could.
        """
        self._shop = shop
        self._port = port
        self._directory = directory
        self._storage = storage
        self._clock = clock
        self._follow = follow
        self._unreachable = unreachable
        self._reading = asyncio.Lock()
        self._patience = Patience(shop)

    async def state(self) -> ReadingRow:
        """Where the reading stands."""
        return await self._storage.read(lambda c: rows.load(c, self._shop))

    async def read(
        self, progress: Progress, *, is_whole: bool | None = None, by_hand: bool = True
    ) -> CatalogueRead:
        """Read everything, or what changed since the last reading.

        ``is_whole`` None: everything where that was never read to its end, else what changed.
        Pages drift while they are read: what a later page repeats is stored again, and only a
        whole reading, with a look at each item that it missed, tells what is gone. ``by_hand``:
        a person waits for it, and is told at once that the shop cannot be reached.

        Raises:
            ShopError: the shop does not answer: it did not for minutes, or cannot be reached.

        """
        async with self._reading:
            self._patience = Patience(self._shop, by_hand=by_hand)
            known = await self.state()
            days = self._changed_days(known)
            whole = not days if is_whole is None else is_whole or not days
            reading: Reading = await self._ask(BeginReading(whole))
            try:
                if by_hand:
                    self._refuse_in_trouble()
                if reading.next_page == 1:
                    await self._read_tree()
                return await self._read_pages(reading, days, progress)
            except ShopError as error:
                await self._ask(ReadingBroken(str(error)))
                raise

    def _refuse_in_trouble(self) -> None:
        """While a shop that was not reached is left in peace, a request would wait for its turn."""
        reason = self._unreachable()
        left_s = self._port.budget().blocked_until_s - asyncio.get_running_loop().time()
        if reason and left_s > 0:
            raise Unreachable(
                f"{reason}: the shop was not reached, and is tried again in {math.ceil(left_s)} s"
            )

    def _changed_days(self, known: ReadingRow) -> list[date]:
        """The days on which something may have changed that is not known; none: all of them."""
        if known.whole_began_ms is None or known.last_began_ms is None:
            return []
        first = local_date(known.last_began_ms) - timedelta(days=1)
        last = local_date(self._clock.now_ms())
        count = (last - first).days + 1
        if count > DAYS_MOST:
            return []
        return [first + timedelta(days=day) for day in range(count)]

    async def _read_tree(self) -> None:
        """The category tree and the attributes; a key may lack the right to one of them."""
        categories = await self._allowed(self._port.categories)
        attributes = await self._allowed(self._port.attributes)
        await self._ask(StoreTree(categories, attributes))

    async def _allowed(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await self._patience.ask(ask)
        except (Refused, Unauthorized) as error:
            logger.warning("tree_unread shop=%s reason=%s", self._shop, error)
            return None

    # --- pages ------------------------------------------------------------------------

    async def _read_pages(
        self, reading: Reading, days: list[date], progress: Progress
    ) -> CatalogueRead:
        told = _Told(self._clock.now_ms(), reading.next_page - 1, progress)
        if not reading.is_whole:
            for day in days:
                await self._read_run(1, day, told, PagePasses())
            return await self._ended(reading, told)
        return await self._ended(reading, told, is_whole=await self._read_whole(reading, told))

    async def _read_whole(self, reading: Reading, told: "_Told") -> bool:
        """Read all pages until they showed all there is; False where they never did.

        They are read again where items moved between them, or fewer came than the shop counts.
        """
        first = reading.next_page
        seen = await self._storage.read(lambda c: rows.seen(c, self._shop, reading.began_ms))
        passes = PagePasses(shown=seen)
        for _ in range(PASSES_MOST):
            passes.begin()
            await self._read_run(first, None, told, passes)
            is_whole = passes.ended(is_part=first > 1)
            has_moved = await self._ask(ReadAgain(even_unmoved=not is_whole))
            if is_whole and not has_moved:
                return True
            first = 1
        logger.warning("catalogue_pages_moved shop=%s shown=%d", self._shop, len(passes.shown))
        return False

    async def _read_run(
        self, first: int, day: date | None, told: "_Told", passes: PagePasses
    ) -> None:
        """Read page after page to the last: of everything, or of what changed on a day."""
        for number in range(first, PAGES_MOST + 1):
            page = await self._patience.ask(partial(self._page, number, day))
            goes_on = passes.note_products(number, page)
            ids = {item.external_id for item in page.products} | set(page.undecodable)
            if not ids:
                return
            turned = (number + 1, page.total) if day is None else None
            await self._ask(StoreListing(page.products, page.undecodable, turned))
            await told.note(page, ids, self._clock.now_ms())
            if not goes_on:
                return

    async def _ended(
        self, reading: Reading, told: "_Told", *, is_whole: bool = True
    ) -> CatalogueRead:
        gone = await self._end(reading, is_whole=is_whole)
        await self._follow()
        return CatalogueRead(len(told.items), told.pages, gone, reading.is_whole)

    async def _page(self, number: int, day: date | None) -> ProductPage:
        return await self._port.products(number, urgency=Urgency.CATALOGUE, updated_since=day)

    async def _end(self, reading: Reading, *, is_whole: bool) -> int:
        if not reading.is_whole:
            return int(await self._ask(EndReading()))
        unseen: tuple[str, ...] = await self._ask(FindUnseen())
        if len(unseen) > LOOKED_AT_MOST:
            # what odd pages did not show is not even missed
            return int(await self._ask(EndReading(gone=None if is_whole else ())))
        missing = []
        for external_id in unseen:
            item = await self._patience.ask(
                partial(self._port.product, external_id, urgency=Urgency.CATALOGUE)
            )
            if item is None:
                missing.append(external_id)
            else:
                await self._ask(StoreListing((item,)))
        return int(await self._ask(EndReading(tuple(missing))))

    async def _ask(self, message: msgspec.Struct) -> Any:
        """Ask the ShopCatalogue; what it answers stands with the message."""
        return await self._directory.ask(ShopCatalogue, self._shop, message)


class _Told:
    """How far a reading is, and how long it will take at the pace so far."""

    def __init__(self, began_ms: int, pages_before: int, progress: Progress) -> None:
        self._began_ms = began_ms
        self._before = pages_before
        self._progress = progress
        self.pages = pages_before
        self.items: set[str] = set()
        self._images: set[str] = set()

    async def note(self, page: ProductPage, ids: set[str], now_ms: int) -> None:
        self.pages += 1
        self.items |= ids
        left = max(0, page.pages - page.page)
        paced_ms = (now_ms - self._began_ms) * left // max(1, self.pages - self._before)
        done = min(len(self.items) + self._before * len(ids), page.total)
        self._images.update(url for product in page.products for url in product.images)
        seconds_left = -(-paced_ms // 1000)
        more = JobProgress(self.pages, self.pages + left, seconds_left, len(self._images))
        await self._progress(done, page.total, more)
