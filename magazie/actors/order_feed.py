"""The reading of one shop's orders: which were seen, which are taken, what is still unknown."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from magazie.actors.nomenclature import Nomenclature
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_feed_messages import (
    BeginRead,
    CompleteRead,
    DismissOrders,
    FeedState,
    PageTaken,
    PollEnded,
    ReadFailed,
    ReadFeed,
    StoreStatuses,
    TakePage,
)
from magazie.actors.order_messages import ObserveOrder, OrderHeld
from magazie.actors.order_records import followed_fulfilment
from magazie.actors.runtime import (
    NOT_NOW,
    AsyncioActor,
    Directory,
)
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import TouchStock
from magazie.model.romanian_time import format_rfc3339
from magazie.model.shop_statuses import Status, StatusBook
from magazie.ports import Clock, ShopOrder, ShopStatus, UndecodableOrder
from magazie.storage import feeds as rows
from magazie.storage.alerts import LONGEST_REASON, clear_alert, raise_alert
from magazie.storage.errors import StorageClosedError, TransactionLostError
from magazie.storage.feeds import FeedRow, KnownOrder
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.stock import StaleRevisionError
from magazie.storage.storage import Storage

_NOT_THIS_TIME = (*NOT_NOW, TransactionLostError, StorageClosedError, StaleRevisionError)
"""What hands an order over another time: nothing is wrong with the order itself."""
BEFORE_START, UNDECODABLE = "before_start", "undecodable"
"""Why an order that was seen is not taken."""
UNREADABLE_ALERT_AFTER_MS = 5 * 60 * 1000
SILENT_HINTS = 3
"""New orders found by polling alone, one after the other, before the webhook counts as silent."""


class OrderFeed(AsyncioActor):
    """Owns one shop's order reads and the orders seen and not taken."""

    def __init__(
        self,
        shop: str,
        *,
        storage: Storage,
        clock: Clock,
        directory: Directory,
        nomenclature: Nomenclature,
        settings: Callable[[], ShopSettings],
    ) -> None:
        """``settings`` answers with the shop's settings as they are now."""
        super().__init__()
        self._shop = shop
        self._storage = storage
        self._clock = clock
        self._directory = directory
        self._nomenclature = nomenclature
        self._settings = settings
        self._row = FeedRow()
        self._statuses: list[Status] = []
        self._unreadable = False
        self._unhinted_orders = 0
        self._hinted_read = 0
        self._polled_read = 0

    async def on_start(self) -> None:
        """Load the row and the shop's statuses."""
        if self.reloading:
            await self._storage.settled()
        shop = self._shop
        self._row, self._statuses = await self._storage.read(
            lambda c: (rows.load(c, shop), rows.load_statuses(c, shop))
        )

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case TakePage():
                return await self._take(message)
            case DismissOrders():
                return await self._dismiss(message)
            case BeginRead():
                return await self._begin(hinted=message.hinted)
            case PollEnded():
                await self._polled(message.read_no)
            case CompleteRead():
                return await self._complete(message)
            case ReadFailed():
                return await self._failed(message)
            case StoreStatuses():
                return await self._store_statuses(message.statuses)
            case ReadFeed():
                return self._state()
            case _:
                raise TypeError(f"OrderFeed does not know {type(message).__name__}")
        return None

    async def _begin(self, *, hinted: bool) -> int:
        now_ms = self._clock.now_ms()
        hint_ms = now_ms if hinted else self._row.last_hint_ms
        row = replace(
            self._row,
            read_no=self._row.read_no + 1,
            last_hint_ms=hint_ms,
            revision=self._row.revision + 1,
        )

        def unit(connection: sqlite3.Connection) -> None:
            rows.save(connection, self._shop, row)
            if hinted:
                clear_alert(connection, "webhook_silent", self._shop, now_ms)

        await self._storage.write(unit)
        self._row = row
        if hinted:
            self._hinted_read = row.read_no
            self._unhinted_orders = 0
        return row.read_no

    # --- a page -----------------------------------------------------------------------

    async def _take(self, message: TakePage) -> PageTaken:
        page, shop = message.page, self._shop
        ids = [order.external_id for order in page.orders]
        odd = _named(page.undecodable)
        known, untaken = await self._storage.read(
            lambda c: (
                rows.known_orders(c, shop, ids),
                rows.known_untaken(c, shop, [*ids, *odd]),
            )
        )
        book = StatusBook(self._statuses, self._settings().status_map)
        fresh = [
            order
            for order in page.orders
            if _is_news(order, known.get(order.external_id), book)
            or order.external_id in untaken  # taken, and a crash kept it listed
        ]
        early = [
            order
            for order in fresh
            if order.external_id not in known and self._is_early(order) and not message.chosen
        ]
        changed = [
            order
            for order in early
            if untaken.get(order.external_id) != (BEFORE_START, order.digest)
        ]
        if await self._touch_goods(changed, message.read_no) is not None:
            return PageTaken(is_known=False, created=0, changed=0, unsettled=len(changed))
        listed = await self._keep_aside(early, odd, untaken)
        left_aside = {order.external_id for order in early}
        to_take = [order for order in fresh if order.external_id not in left_aside]
        # listed in just this shape, as the books refused it: tried again, and waited for no more
        stuck = {
            order.external_id
            for order in to_take
            if order.external_id in untaken
            and untaken[order.external_id] == (UNDECODABLE, _hash_of(order.raw))
        }
        is_known = len(stuck) == len(to_take) and not listed
        return await self._hand_over(message, to_take, untaken, stuck, is_known=is_known)

    async def _touch_goods(self, orders: list[ShopOrder], read_no: int) -> Exception | None:
        """Note that the shop changed the stock of what these orders name, or named before.

        They claim nothing here, and are listed only once this is stored. Answers what failed.
        """
        if not orders:
            return None
        ids = [order.external_id for order in orders]
        before = await self._storage.read(lambda c: rows.untaken_items(c, self._shop, ids))
        items = {line.item_id for order in orders for line in order.lines}
        return await self._touch(items | before, read_no)

    async def _touch(self, items: Iterable[str], read_no: int) -> Exception | None:
        links, parts_of = self._nomenclature.by_link, self._nomenclature.parts_of
        sold = {found for item in items if (found := links(self._shop, item)) is not None}
        parts = {part.product_id for bundle in sold for part in parts_of(bundle) or ()}
        asked = [
            self._directory.ask(StockActor, product_id, TouchStock(self._shop, read_no))
            for product_id in sorted(sold | parts)
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        return next((answer for answer in answers if isinstance(answer, Exception)), None)

    def _is_early(self, order: ShopOrder) -> bool:
        return order.placed_at_ms < self._settings().orders_from_ms

    async def _keep_aside(
        self,
        early: Iterable[ShopOrder],
        odd: dict[str, UndecodableOrder],
        untaken: dict[str, tuple[str, bytes]],
    ) -> bool:
        """List orders that are not taken; False when all were listed already, unchanged."""
        now_ms = self._clock.now_ms()
        news = [
            order
            for order in early
            if untaken.get(order.external_id) != (BEFORE_START, order.digest)
        ]
        strange = {
            key: order
            for key, order in odd.items()
            if untaken.get(key) != (UNDECODABLE, _hash_of(order.raw))
        }
        if not news and not strange:
            return False
        shop = self._shop

        def unit(connection: sqlite3.Connection) -> None:
            for order in news:
                rows.list_untaken(connection, shop, order, now_ms)
                subject = f"{shop}/{order.external_id}"
                clear_alert(connection, "undecodable_order", subject, now_ms)
            for key, raw in strange.items():
                digest = _hash_of(raw.raw)
                if rows.list_undecodable(connection, shop, key, raw, digest, now_ms):
                    subject, facts = f"{shop}/{key}", {"problem": raw.problem}
                    raise_alert(connection, "undecodable_order", subject, facts, now_ms)

        await self._storage.write(unit)
        return True

    async def _hand_over(
        self,
        message: TakePage,
        orders: list[ShopOrder],
        untaken: dict[str, tuple[str, bytes]],
        stuck: set[str],
        *,
        is_known: bool,
    ) -> PageTaken:
        settings = self._settings()
        book = StatusBook(self._statuses, settings.status_map)
        asked = [
            self._directory.ask(
                OrderActor,
                ("shop", self._shop, order.external_id),
                ObserveOrder(
                    shop=self._shop,
                    seen=order,
                    read_no=message.read_no,
                    warehouse=settings.stock_warehouse,
                    wants_nothing=book.wants_nothing(order.status_id, order.status),
                ),
            )
            for order in orders
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        held = [answer for answer in answers if isinstance(answer, OrderHeld)]
        unsettled = 0
        for order, answer in zip(orders, answers, strict=True):
            if isinstance(answer, _NOT_THIS_TIME):
                unsettled += order.external_id not in stuck
            elif isinstance(answer, Exception):
                await self._set_aside(order, answer)
        taken = [
            order.external_id
            for order, answer in zip(orders, answers, strict=True)
            if isinstance(answer, OrderHeld) and order.external_id in untaken
        ]
        if taken:
            await self._forget_untaken(taken)
        created = sum(answer.created for answer in held)
        if message.read_no != self._hinted_read:
            await self._watch_hints(created)
        return PageTaken(
            is_known=is_known,
            created=created,
            changed=len(held) - created,
            unsettled=unsettled,
            order_ids=tuple(answer.order.id for answer in held),
        )

    async def _set_aside(self, order: ShopOrder, error: Exception) -> None:
        """An order that the books refuse is kept raw: it must not stop the others."""
        items = tuple(line.item_id for line in order.lines if line.item_id)
        odd = UndecodableOrder(
            order.external_id, order.raw, f"could not be stored: {error}"[:500], items
        )
        await self._keep_aside((), {order.external_id: odd}, {})

    async def _forget_untaken(self, external_ids: list[str]) -> None:
        now_ms, shop = self._clock.now_ms(), self._shop

        def unit(connection: sqlite3.Connection) -> None:
            rows.drop_untaken(connection, shop, external_ids)
            for external_id in external_ids:
                clear_alert(connection, "undecodable_order", f"{shop}/{external_id}", now_ms)

        await self._storage.write(unit)

    async def _dismiss(self, message: DismissOrders) -> int:
        now_ms, shop = self._clock.now_ms(), self._shop
        wanted = message.external_ids
        items = await self._storage.read(lambda c: rows.untaken_items(c, shop, wanted))
        failure = await self._touch(items, self._row.read_no)
        if failure is not None:
            raise failure

        def unit(connection: sqlite3.Connection) -> int:
            seen_to = rows.dismiss(connection, shop, message.external_ids, message.person)
            for external_id in seen_to:
                clear_alert(connection, "undecodable_order", f"{shop}/{external_id}", now_ms)
            return len(seen_to)

        return await self._storage.write(unit)

    async def _watch_hints(self, created: int) -> None:
        """A shop that hinted before and whose new orders now come by polling alone is silent."""
        if not created or self._row.last_hint_ms is None:
            return
        self._unhinted_orders += created
        if self._unhinted_orders < SILENT_HINTS:
            return
        now_ms, shop, since = self._clock.now_ms(), self._shop, self._row.last_hint_ms
        if now_ms - since < UNREADABLE_ALERT_AFTER_MS:
            return
        facts = {"since": format_rfc3339(since)}
        await self._storage.write(lambda c: raise_alert(c, "webhook_silent", shop, facts, now_ms))

    # --- whole reads ------------------------------------------------------------------

    async def _complete(self, message: CompleteRead) -> FeedState:
        shop, now_ms = self._shop, self._clock.now_ms()
        row = replace(
            self._row,
            complete_read_no=max(self._row.complete_read_no, message.read_no),
            complete_at_ms=message.reached_ms,
            revision=self._row.revision + 1,
        )

        def unit(connection: sqlite3.Connection) -> None:
            rows.save(connection, shop, row)
            _tell_vanished(connection, shop, message, now_ms)
            clear_alert(connection, "orders_unreadable", shop, now_ms)

        await self._storage.write(unit)
        self._row = row
        self._unreadable = False
        return self._state()

    async def _polled(self, read_no: int) -> None:
        shop, now_ms = self._shop, self._clock.now_ms()
        if self._unreadable:
            await self._storage.write(lambda c: clear_alert(c, "orders_unreadable", shop, now_ms))
            self._unreadable = False
        self._polled_read = max(self._polled_read, read_no)

    async def _failed(self, message: ReadFailed) -> None:
        now_ms, shop = self._clock.now_ms(), self._shop
        if self._unreadable or now_ms - message.since_ms < UNREADABLE_ALERT_AFTER_MS:
            return
        facts = {"reason": message.reason[:LONGEST_REASON]}

        def unit(connection: sqlite3.Connection) -> None:
            raise_alert(connection, "orders_unreadable", shop, facts, now_ms)

        await self._storage.write(unit)
        self._unreadable = True

    async def _store_statuses(self, statuses: tuple[ShopStatus, ...]) -> None:
        shop, now_ms = self._shop, self._clock.now_ms()
        known = [Status(status.id, status.name, status.type) for status in statuses]
        book = StatusBook(known, self._settings().status_map)
        unknown = [
            f"{milestone}: {book.name_for(milestone)}"
            for milestone in sorted(self._settings().status_map)
            if book.name_for(milestone) and book.id_for(milestone) is None
        ]

        def unit(connection: sqlite3.Connection) -> None:
            rows.save_statuses(connection, shop, statuses)
            if unknown:
                raise_alert(connection, "status_unmapped", shop, {"names": unknown}, now_ms)
            else:
                clear_alert(connection, "status_unmapped", shop, now_ms)

        await self._storage.write(unit)
        self._statuses = known

    def _state(self) -> FeedState:
        return FeedState(
            self._row.read_no,
            max(self._row.complete_read_no, self._polled_read),
            self._row.complete_at_ms,
            self._row.last_hint_ms,
            bool(self._statuses),
        )


def _is_news(order: ShopOrder, known: KnownOrder | None, book: StatusBook) -> bool:
    """Whether the books do not say the same: of its content, or of what its status means."""
    if known is None or known.digest != order.digest:
        return True
    wants_nothing = book.wants_nothing(order.status_id, order.status)
    before = (known.fulfilment, known.cancelled_by)
    return followed_fulfilment(*before, wants_nothing=wants_nothing) != before


def _named(orders: Iterable[UndecodableOrder]) -> dict[str, UndecodableOrder]:
    """Undecodable orders by id; one whose id cannot be read goes by what it says."""
    return {order.external_id or f"?{_hash_of(order.raw).hex()}": order for order in orders}


def _hash_of(raw: bytes) -> bytes:
    """A short name for bytes that give themselves none."""
    return hashlib.blake2b(raw, digest_size=8).digest()


def _tell_vanished(
    connection: sqlite3.Connection, shop: str, message: CompleteRead, now_ms: int
) -> None:
    """An open order that two full windows did not show alerts; it is never cancelled for it."""
    should_show = rows.open_orders_placed(
        connection, shop, message.placed_from_ms, message.began_ms
    )
    absent = {
        order_id: number
        for order_id, (external_id, number) in should_show.items()
        if external_id not in message.seen and message.again_from_ms is None
    }
    # one that the window does not reach any more is as missing as before
    missed = rows.missing_orders(connection, shop)
    found = [key for key, shown_as in missed.items() if not shown_as or shown_as in message.seen]
    rows.forget_missing(connection, shop, found)
    for order_id in found:
        clear_alert(connection, "order_vanished", f"order:{order_id}", now_ms)
    for order_id in absent.keys() & set(rows.count_missing(connection, shop, absent)):
        facts = {"number": absent[order_id]}
        raise_alert(connection, "order_vanished", f"order:{order_id}", facts, now_ms)
