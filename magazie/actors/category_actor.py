"""The one owner of the tree of categories."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.marked import AnswerEncoder, answered_before, keep_answer
from magazie.actors.news import NewsDesk, RecordNews
from magazie.actors.runtime import AsyncioActor
from magazie.model.ids import IdSource, encode_id
from magazie.ports import Clock
from magazie.storage import categories as rows
from magazie.storage.categories import Category
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer
from magazie.storage.storage import Storage

CATEGORIES_KEY: Final = "categories"
"""The key under which the directory has the only CategoryActor."""

_LONGEST_NAME: Final = 200


class CategoryTakenError(FieldsRefusedError):
    """There is a category of this name under this parent."""

    def __init__(self, category: Category) -> None:
        super().__init__(FieldFault("name", "there is a category of this name under this parent"))
        self.category = category


class CreateCategory(msgspec.Struct, frozen=True, kw_only=True):
    """Make a category. Answered by the ``Category`` or, for a repeat, the ``StoredAnswer``."""

    name: str
    parent_id: int | None = None
    mark: IdempotencyMark | None = None
    encode: AnswerEncoder[Category] | None = None


class EnsureCategoryPath(msgspec.Struct, frozen=True):
    """See that these names lie under each other, root first. Answered by the last one's id."""

    names: Sequence[str]


class CategoryActor(AsyncioActor):
    """Keeps nothing in memory: every command is decided inside its unit."""

    def __init__(self, *, storage: Storage, clock: Clock, news: NewsDesk, ids: IdSource) -> None:
        super().__init__()
        self._storage = storage
        self._clock = clock
        self._news = news
        self._ids = ids

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case CreateCategory():
                return await self._create(message)
            case EnsureCategoryPath():
                return await self._ensure(message.names)
        raise TypeError(f"CategoryActor does not know {type(message).__name__}")

    async def _create(self, message: CreateCategory) -> Category | StoredAnswer:
        earlier = await answered_before(self._storage, message.mark)
        if earlier is not None:
            return earlier
        fresh = Category(self._ids.next_id(), message.parent_id, _checked(message.name))
        now_ms = self._clock.now_ms()

        def unit(connection: sqlite3.Connection) -> None:
            if fresh.parent_id is not None and not rows.exists(connection, fresh.parent_id):
                raise FieldsRefusedError(FieldFault("parent_id", "there is no such category"))
            if not rows.add(connection, fresh):
                known = rows.find(connection, fresh.parent_id, fresh.name)
                raise CategoryTakenError(known or fresh)
            keep_answer(connection, message.mark, message.encode, fresh, now_ms)

        await self._storage.write(unit)
        self._news.tell(RecordNews("category", encode_id(fresh.id), 0))
        return fresh

    async def _ensure(self, names: Sequence[str]) -> int:
        if not names:
            raise FieldsRefusedError(FieldFault("names", "must not be empty"))
        wanted = [(self._ids.next_id(), _checked(name)) for name in names]

        def unit(connection: sqlite3.Connection) -> list[Category]:
            path: list[Category] = []
            for fresh_id, name in wanted:
                parent_id = path[-1].id if path else None
                fresh = Category(fresh_id, parent_id, name)
                rows.add(connection, fresh)
                path.append(rows.find(connection, parent_id, name) or fresh)
            return path

        path = await self._storage.write(unit)
        drawn = {fresh_id for fresh_id, _ in wanted}
        for category in path:
            if category.id in drawn:
                self._news.tell(RecordNews("category", encode_id(category.id), 0))
        return path[-1].id


def _checked(name: str) -> str:
    stripped = " ".join(name.split())
    if not 0 < len(stripped) <= _LONGEST_NAME:
        fault = FieldFault("name", f"must have 1 to {_LONGEST_NAME} characters")
        raise FieldsRefusedError(fault)
    return stripped
