"""Reading back what a shop has: suspects soon, everything now and then."""

import asyncio
import logging

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import FeedState, ReadFeed
from magazie.actors.outbox_messages import (
    CompareReadBack,
    LookAtEverything,
    ReadBackSample,
    ReadSuspects,
)
from magazie.actors.runtime import NOT_NOW, Directory
from magazie.ports import Clock, ShopError, ShopPort, ShopProduct, Urgency
from magazie.sync.order_reader import OrderReader

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
EVERYTHING_EVERY_S = 3 * 3600.0
"""All items are read back this often, at the lowest urgency."""
BY_PAGE_ABOVE = 20
"""More suspects than this are read by pages of the shop's products rather than one by one."""
COMPARE_WITHIN_S = 30.0
PAGES_MOST = 10_000


class ReadBackTask:
    """The one reader-back of a shop."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        reader: OrderReader,
        directory: Directory,
        clock: Clock,
    ) -> None:
        """``reader``: nothing is compared before orders were read whole."""
        self._shop = shop
        self._port = port
        self._reader = reader
        self._directory = directory
        self._clock = clock

    async def run(self) -> None:
        """Read back for as long as the shop is served."""
        loop = asyncio.get_running_loop()
        everything_at = loop.time() + EVERYTHING_EVERY_S
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not self._reader.is_complete:
                continue
            try:
                if loop.time() >= everything_at:
                    await self.read_everything()
                    # and compared with the books again, should news of a change have been lost
                    self._directory.tell(GomagOutbox, self._shop, LookAtEverything())
                    everything_at = loop.time() + EVERYTHING_EVERY_S
                else:
                    await self._read_suspects()
            except (ShopError, *NOT_NOW) as error:
                logger.warning("read_back_failed shop=%s reason=%s", self._shop, error)

    async def read_everything(self) -> int:
        """Compare every page of the shop's products; answers the differences acted upon."""
        drifted = 0
        for number in range(1, PAGES_MOST + 1):
            began_ms = self._clock.now_ms()
            page = await self._port.products(number, urgency=Urgency.CATALOGUE)
            samples = tuple(_sample(product) for product in page.products)
            drifted += await self._compare(began_ms, samples)
            if not page.products or number >= page.pages:
                break
        return drifted

    async def _read_suspects(self) -> None:
        suspects: tuple[str, ...] = await self._directory.ask(
            GomagOutbox, self._shop, ReadSuspects()
        )
        if len(suspects) > BY_PAGE_ABOVE:
            await self.read_everything()
            return
        for external_id in suspects:
            began_ms = self._clock.now_ms()
            product = await self._port.product(external_id, urgency=Urgency.CATALOGUE)
            sample = _gone(external_id) if product is None else _sample(product)
            await self._compare(began_ms, (sample,))

    async def _compare(self, began_ms: int, samples: tuple[ReadBackSample, ...]) -> int:
        state: FeedState = await self._directory.ask(OrderFeed, self._shop, ReadFeed())
        drifted: int = await self._directory.ask(
            GomagOutbox,
            self._shop,
            CompareReadBack(began_ms, state.read_no, state.complete_read_no, samples),
            timeout=COMPARE_WITHIN_S,
        )
        return drifted


def _sample(product: ShopProduct) -> ReadBackSample:
    return ReadBackSample(
        external_id=product.external_id,
        stock_milli=product.stock_milli,
        base_price_e4=product.base_price_e4 if _is_ours(product) else None,
        stock_managed=product.stock_managed,
        backorders=product.backorders,
    )


def _gone(external_id: str) -> ReadBackSample:
    """Of an item that the shop no longer has: nothing of it can differ."""
    return ReadBackSample(external_id, None, None, stock_managed=True, backorders=False)


def _is_ours(product: ShopProduct) -> bool:
    """Only prices in RON with VAT are told, so only those are compared."""
    return product.currency == "RON" and product.vat_included
