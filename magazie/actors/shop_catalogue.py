"""What one shop sells, as it last said, and what import made of it."""

import sqlite3
from typing import Any

import msgspec

from magazie.actors.news import NewsDesk, RecordNews
from magazie.actors.runtime import AsyncioActor
from magazie.ports import Clock, ShopProduct
from magazie.storage import listing as rows
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.storage import Storage


class StoreListing(msgspec.Struct, frozen=True):
    """A page of the shop's items was read."""

    products: tuple[ShopProduct, ...]
    undecodable: tuple[str, ...] = ()


class ListingRead(msgspec.Struct, frozen=True):
    """Every page was read, from ``began_ms`` on; answered by how many items vanished."""

    began_ms: int


class MarkItem(msgspec.Struct, frozen=True):
    """Note what import made of an item: linked, creating, created, or conflict with why."""

    external_id: str
    state: str
    problem: str | None = None


class ShopCatalogue(AsyncioActor):
    """Owns one shop's listing."""

    def __init__(self, shop: str, *, storage: Storage, clock: Clock, news: NewsDesk) -> None:
        """The listing itself stays in the database."""
        super().__init__()
        self._shop = shop
        self._storage = storage
        self._clock = clock
        self._news = news

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        shop, now_ms = self._shop, self._clock.now_ms()
        match message:
            case StoreListing():
                await self._store(message, now_ms)
                return None
            case ListingRead():
                return await self._storage.write(
                    lambda c: rows.mark_vanished(c, shop, message.began_ms)
                )
            case MarkItem():
                await self._mark(message, now_ms)
                return None
        raise TypeError(f"ShopCatalogue does not know {type(message).__name__}")

    async def _store(self, message: StoreListing, now_ms: int) -> None:
        shop = self._shop

        def unit(connection: sqlite3.Connection) -> None:
            rows.store_page(connection, shop, message.products, now_ms)
            for product in message.products:
                subject = f"{shop}/{product.external_id}"
                clear_alert(connection, "undecodable_item", subject, now_ms)
            for external_id in message.undecodable:
                text = f"item {external_id} of {shop} is of a shape that is not understood"
                raise_alert(connection, "undecodable_item", f"{shop}/{external_id}", text, now_ms)

        await self._storage.write(unit)
        self._news.tell(RecordNews("listing", shop, 0))

    async def _mark(self, message: MarkItem, now_ms: int) -> None:
        shop, subject = self._shop, f"{self._shop}/{message.external_id}"

        def unit(connection: sqlite3.Connection) -> None:
            rows.mark(connection, shop, message.external_id, message.state, message.problem)
            if message.state == "conflict":
                raise_alert(connection, "import_conflict", subject, message.problem or "", now_ms)
            else:
                clear_alert(connection, "import_conflict", subject, now_ms)

        await self._storage.write(unit)
