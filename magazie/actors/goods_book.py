"""What pickers see of products, and the codes they are scanned by, kept at hand."""

import sqlite3
from collections.abc import Collection, Mapping
from typing import Final

from magazie.actors.news import News, NewsDesk, RecordNews
from magazie.model.ids import decode_id
from magazie.storage.reads.picking_goods import PickedGoods, read_goods
from magazie.storage.storage import Storage

_MOST: Final = 50_000


class GoodsBook:
    """Products read so far; one that changes is read anew."""

    def __init__(self, storage: Storage, news: NewsDesk) -> None:
        """Nothing is read until it is asked for."""
        self._storage = storage
        self._known: dict[int, PickedGoods] = {}
        self._changes = 0
        news.listen(self._follow)

    def known(self, product_ids: Collection[int]) -> Mapping[int, PickedGoods] | None:
        """These products, where all of them are at hand."""
        known = self._known
        return known if all(each in known for each in product_ids) else None

    async def of(self, product_ids: Collection[int]) -> Mapping[int, PickedGoods]:
        """These products, and maybe others; one that is gone is left out."""
        known = self._known
        missing = {each for each in product_ids if each not in known}
        if not missing:
            return known
        changes = self._changes

        def query(connection: sqlite3.Connection) -> dict[int, PickedGoods]:
            return read_goods(connection, missing)

        found = await self._storage.read(query)
        if changes == self._changes:
            if len(known) + len(found) > _MOST:
                known.clear()
            known.update(found)
        return {**known, **found}

    def _follow(self, news: News) -> None:
        if isinstance(news, RecordNews) and news.kind == "product":
            self._changes += 1
            self._known.pop(decode_id(news.id), None)
