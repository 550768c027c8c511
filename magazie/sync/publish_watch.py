"""Publications follow what changes around them: problems clear by themselves, and new ones show."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from magazie.actors.news import News, RecordNews
from magazie.actors.publishing_messages import Recheck
from magazie.actors.runtime import Directory
from magazie.actors.shop_publisher import ShopPublisher
from magazie.model.ids import decode_id

GATHERED_S: Final = 1.0
"""Changes wait this long for more of their kind; then the products are looked at together."""


class PublishWatch:
    """Tells each shop's publisher which products changed, or that anything may have."""

    def __init__(self, directory: Directory, shops: Callable[[], Iterable[str]]) -> None:
        """``shops``: the names of those that are served now."""
        self._directory = directory
        self._shops = shops
        self._products: set[int] = set()
        self._whole: set[str] = set()
        self._listed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def hear(self, news: News) -> None:
        """Note what the news means for publications."""
        match news:
            case RecordNews("product", id=product_id):
                self._products.add(decode_id(product_id))
            case RecordNews("shop" | "shop_tree", id=shop):
                self._whole.add(shop)
            case RecordNews("listing", id=shop):
                self._listed.add(shop)
            case RecordNews("category"):
                self._whole.update(self._shops())
            case _:
                return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHERED_S, self._spread)

    def stop(self) -> None:
        """Tell nothing more; the next look at a product finds what was not told."""
        if self._timer is not None:
            self._timer.cancel()

    def _spread(self) -> None:
        self._timer = None
        products = tuple(sorted(self._products))
        whole, listed = self._whole, self._listed
        self._products, self._whole, self._listed = set(), set(), set()
        for shop in self._shops():
            if shop in whole:
                self._directory.tell(ShopPublisher, shop, Recheck())
                continue
            if shop in listed:
                self._directory.tell(ShopPublisher, shop, Recheck(only_refused=True))
            if products:
                self._directory.tell(ShopPublisher, shop, Recheck(products))
