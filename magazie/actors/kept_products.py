"""Something of products, read when it is first wanted and kept at hand until they change."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, Generic, TypeVar

from magazie.actors.news import News, NewsDesk, RecordNews
from magazie.model.ids import decode_id
from magazie.storage.storage import Storage

T = TypeVar("T")

_MOST: Final = 50_000


class KeptProducts(Generic[T]):
    """What was read of products so far; of one that changes it is read anew."""

    def __init__(
        self,
        storage: Storage,
        news: NewsDesk,
        read: Callable[[sqlite3.Connection, Iterable[int]], dict[int, T]],
    ) -> None:
        """``read`` gives it by product id, and leaves out products that are not there."""
        self._storage = storage
        self._read = read
        self._known: dict[int, T] = {}
        self._changes = 0
        news.listen(self._follow)

    def known(self, product_ids: Collection[int]) -> Mapping[int, T] | None:
        """It of these products, where it is at hand of all of them."""
        known = self._known
        return known if all(each in known for each in product_ids) else None

    async def of(self, product_ids: Collection[int]) -> Mapping[int, T]:
        """It of these products, and maybe of others; one that is gone is left out."""
        known = self._known
        missing = {each for each in product_ids if each not in known}
        if not missing:
            return known
        changes = self._changes

        def query(connection: sqlite3.Connection) -> dict[int, T]:
            return self._read(connection, missing)

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
