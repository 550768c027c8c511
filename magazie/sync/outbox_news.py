"""What changed goes to the outboxes of the shops it concerns, gathered for a moment."""

import asyncio
from collections.abc import Callable
from typing import Final

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.news import LinkNews, News, NewsDesk, OrderNews, RecordNews, StockNews
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.outbox_messages import LookAtOrders, LookAtProducts
from magazie.actors.runtime import Directory

GATHERED_S: Final = 0.05
"""News waits this long for more of its kind: many messages would fill an outbox that is busy."""


class OutboxNews:
    """Tells each shop's outbox which products and orders to look at, and pages of orders."""

    def __init__(
        self,
        directory: Directory,
        nomenclature: Nomenclature,
        news: NewsDesk,
        *,
        wake_statuses: Callable[[str], None],
    ) -> None:
        """``wake_statuses`` wakes whoever tells a shop the statuses of its orders."""
        self._directory = directory
        self._nomenclature = nomenclature
        self._news = news
        self._wake_statuses = wake_statuses
        self._products: set[int] = set()
        self._orders: dict[str, set[int]] = {}
        self._touched_orders: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None

    def hear(self, news: News) -> None:
        """Note what the news means for outboxes."""
        match news:
            case StockNews() | LinkNews():
                self._products.add(news.product_id)
            case OrderNews() if news.shop is not None:
                self._orders.setdefault(news.shop, set()).add(news.order_id)
            case _:
                return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHERED_S, self._spread)

    def order_touched(self, order_id: int) -> None:
        """An order got or lost goods through others; told with the stock that moved."""
        self._touched_orders.add(order_id)

    def stop(self) -> None:
        """Tell nothing more: an outbox compares everything when it starts."""
        if self._timer is not None:
            self._timer.cancel()

    def _spread(self) -> None:
        self._timer = None
        by_shop: dict[str, list[int]] = {}
        # what a bundle allows changes with its parts
        bundles = {it for each in self._products for it in self._nomenclature.bundles_with(each)}
        for product_id in sorted(self._products | bundles):
            for shop in self._nomenclature.links_of(product_id):
                by_shop.setdefault(shop, []).append(product_id)
        self._products.clear()
        for shop, product_ids in by_shop.items():
            self._directory.tell(GomagOutbox, shop, LookAtProducts(tuple(product_ids)))
        for shop, orders in self._orders.items():
            self._directory.tell(GomagOutbox, shop, LookAtOrders(tuple(sorted(orders))))
            self._wake_statuses(shop)
        self._orders.clear()
        touched = sorted(self._touched_orders)
        self._touched_orders.clear()
        for order_id in touched:
            self._news.tell(RecordNews("order", str(order_id), 0))
