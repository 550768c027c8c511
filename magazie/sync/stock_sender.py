"""Sending a shop its stock and prices: one combined request a minute, the only way out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import BuildSend, HasPending, LostItem, Outcome, Send, SendEnded
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import MarkGone, RenameLink
from magazie.actors.runtime import NOT_NOW, Directory, Rejection
from magazie.ports import (
    Clock,
    NotApplied,
    OutcomeUnknown,
    Refused,
    ShopError,
    ShopPort,
    Unauthorized,
    Urgency,
)
from magazie.storage.settings_rows import ShopSettings
from magazie.sync.order_reader import OrderReader, ReadUnsettledError

logger = logging.getLogger(__name__)

FRESH_FOR_S = 5.0
"""How old the order page may be when stock is sent."""
BUILD_WITHIN_S = 30.0
REQUESTS_MOST = 500
"""Most requests in one round; a list being halved to its culprit needs a few more than it has."""


class StockSender:
    """The one sender of a shop's stock and prices."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        reader: OrderReader,
        directory: Directory,
        clock: Clock,
        settings: Callable[[], ShopSettings],
        claims_noted: Callable[[], Awaitable[None]],
        writing: asyncio.Lock,
    ) -> None:
        """``reader`` is the shop's own: orders are read before each send.

        ``claims_noted`` waits, a second at most, for the claims of orders just read to be
        known as set: items of an order that owes its claims are left out of a request.
        ``writing`` is held by whoever writes stock, prices or products to the shop.
        """
        self._shop = shop
        self._port = port
        self._reader = reader
        self._directory = directory
        self._clock = clock
        self._settings = settings
        self._claims_noted = claims_noted
        self._writing = writing
        self._flush = asyncio.Event()

    def flush(self) -> None:
        """Send now rather than at the next minute."""
        self._flush.set()

    async def run(self) -> None:
        """One round every ``flush_seconds``, measured from its beginning.

        The first one follows the first whole read of orders, which stock waits for anyway; if
        there is none in that time, it goes for the prices alone.
        """
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings().flush_seconds):
                await self._reader.completed()
        while True:
            began = loop.time()
            self._flush.clear()
            try:
                await self.send_round()
            except NOT_NOW as error:
                logger.warning("send_round_postponed shop=%s reason=%s", self._shop, error)
            try:
                async with asyncio.timeout_at(began + self._settings().flush_seconds):
                    await self._flush.wait()
            except TimeoutError:
                continue

    async def send_round(self) -> None:
        """Send all that is pending, in as few requests as the shop's limit allows."""
        began_ms = self._clock.now_ms()
        if not await self._directory.ask(GomagOutbox, self._shop, HasPending()):
            return
        for _ in range(REQUESTS_MOST):
            async with self._writing:
                send = await self._build(began_ms)
                if send is None or not await self._carry(send):
                    return

    async def _build(self, began_ms: int) -> Send | None:
        """The next request, decided on orders read within the last seconds."""
        read_no, fresh = await self._read_orders()
        await self._claims_noted()
        send: Send | None = await self._directory.ask(
            GomagOutbox,
            self._shop,
            BuildSend(read_no=read_no, began_ms=began_ms, is_fresh=fresh),
            timeout=BUILD_WITHIN_S,
        )
        return send

    async def _read_orders(self) -> tuple[int | None, bool]:
        """The number of the order read, and whether it is fresh; no number = stock waits.

        A read that got old while the request was waited for is made once more; the second one
        is sent however old it is.
        """
        if not self._reader.is_complete or self._reader.is_retrying:
            return None, False  # prices need not wait for what the reader waits for
        loop = asyncio.get_running_loop()
        await self._write_budget()
        for _ in range(2):
            try:
                stamp = await self._reader.read_newest()
            except (ShopError, ReadUnsettledError) as error:
                logger.warning("orders_unread shop=%s reason=%s", self._shop, error)
                return None, False
            if loop.time() - stamp.page_at_s <= FRESH_FOR_S and self._can_write():
                return stamp.read_no, True
            await self._write_budget()
        return stamp.read_no, False

    def _can_write(self) -> bool:
        budget = self._port.budget()
        return (
            budget.write_left >= 1 and budget.blocked_until_s <= asyncio.get_running_loop().time()
        )

    async def _write_budget(self) -> None:
        """Wait until a write would go at once, so that the order page does not age in a queue."""
        while not self._can_write():
            loop = asyncio.get_running_loop()
            blocked = self._port.budget().blocked_until_s - loop.time()
            await asyncio.sleep(max(0.2, blocked))

    # --- one request ------------------------------------------------------------------

    async def _carry(self, send: Send) -> bool:
        """Send one request and tell its outcome; True when the round goes on.

        It does after a refusal of the whole list, to find the item that is at fault.
        """
        ended = await self._sent(send)
        lost: tuple[LostItem, ...] = await self._directory.ask(
            GomagOutbox, self._shop, ended, timeout=BUILD_WITHIN_S
        )
        for item in lost:
            await self._follow_lost(item)
        is_answered = ended.outcome is Outcome.ANSWERED and send.more
        return is_answered or ended.outcome is Outcome.REFUSED

    async def _sent(self, send: Send) -> SendEnded:
        try:
            items = await self._port.send_inventory(send.items)
        except Unauthorized as error:
            return SendEnded(send.number, Outcome.UNAUTHORIZED, reason=str(error))
        except Refused as error:
            return SendEnded(send.number, Outcome.REFUSED, reason=str(error))
        except NotApplied as error:
            return SendEnded(send.number, Outcome.NOT_APPLIED, reason=str(error))
        except OutcomeUnknown as error:
            return SendEnded(send.number, Outcome.UNKNOWN, reason=str(error))
        return SendEnded(send.number, Outcome.ANSWERED, items=items)

    async def _follow_lost(self, item: LostItem) -> None:
        """An item unknown by its SKU was renamed in the shop, or is gone: look by id."""
        try:
            shown = await self._port.product(item.external_id, urgency=Urgency.STOCK)
        except ShopError as error:
            logger.warning(
                "lost_item_unread shop=%s item=%s reason=%s", self._shop, item.sku, error
            )
            return
        message: RenameLink | MarkGone
        if shown is None:
            message = MarkGone(shop=self._shop, external_id=item.external_id)
        elif shown.sku != item.sku:
            message = RenameLink(shop=self._shop, external_id=item.external_id, sku=shown.sku)
        else:
            return
        try:
            await self._directory.ask(ProductActor, item.product_id, message)
        except Rejection as error:
            logger.warning("lost_item_kept shop=%s item=%s reason=%s", self._shop, item.sku, error)
