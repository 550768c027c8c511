"""What products are called, at hand for orders that name them by id or SKU alone."""

import sqlite3
from collections.abc import Collection, Mapping
from typing import Final

from magazie.actors.news import News, NewsDesk, RecordNews
from magazie.storage import Storage
from magazie.storage.reads.product_labels import ProductLabel, read_labels

_MOST: Final = 50_000


class ProductLabels:
    """Labels read so far; a product that changes is read anew."""

    def __init__(self, storage: Storage, news: NewsDesk) -> None:
        """Nothing is read until it is asked for."""
        self._storage = storage
        self._known: dict[int, ProductLabel] = {}
        self._changes = 0
        news.listen(self._follow)

    async def of(self, product_ids: Collection[int]) -> Mapping[int, ProductLabel]:
        """The labels of these products, and maybe of others; one that is gone is left out."""
        known = self._known
        missing = [product_id for product_id in product_ids if product_id not in known]
        if not missing:
            return known
        changes = self._changes

        def query(connection: sqlite3.Connection) -> dict[int, ProductLabel]:
            return read_labels(connection, missing)

        found = await self._storage.read(query)
        if changes == self._changes:
            if len(known) + len(found) > _MOST:
                known.clear()
            known.update(found)
        return {**known, **found}

    def _follow(self, news: News) -> None:
        if isinstance(news, RecordNews) and news.kind == "product":
            self._changes += 1
            self._known.clear()
