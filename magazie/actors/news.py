"""What just changed, for whoever listens. A wake-up, never the only copy of a fact."""

from collections.abc import Callable
from typing import Literal

import msgspec


class StockNews(msgspec.Struct, frozen=True, gc=False):
    """The product's availability, price or links may have changed."""

    product_id: int


class OrderNews(msgspec.Struct, frozen=True, gc=False):
    """The order's public record, or what it holds, changed."""

    order_id: int
    version: int
    shop: str | None = None
    """The shop it came from, if any: that shop's outbox may owe it a status."""


class LinkNews(msgspec.Struct, frozen=True):
    """A shop's item was tied to a product: order lines that waited for it can go on."""

    shop: str
    external_id: str
    sku: str
    product_id: int


RecordKind = Literal[
    "product",
    "image",
    "category",
    "movement",
    "order",
    "shop",
    "warehouse",
    "company",
    "user",
    "token",
    "alert",
    "job",
    "listing",
    "shop_tree",
    "publication",
    "picking",
    "tally",
]


class RecordNews(msgspec.Struct, frozen=True, gc=False):
    """Any other record changed. ``version`` is 0 where the record has none."""

    kind: RecordKind
    id: str
    version: int


News = StockNews | OrderNews | LinkNews | RecordNews


class NewsDesk:
    """Hands each piece of news to every listener, in the order they came.

    Listeners must not raise and must not block; they put it aside for themselves.
    """

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: list[Callable[[News], None]] = []

    def listen(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Add a listener; calling the result takes it away again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, news: News) -> None:
        """Pass it on."""
        for listener in tuple(self._listeners):
            listener(news)
