"""The one owner of what came of fetching images: how often each was tried, and when again."""

import sqlite3
from typing import Any, Final

import msgspec

from magazie.actors.news import NewsDesk, RecordNews
from magazie.actors.runtime import AsyncioActor
from magazie.model.image_fetches import ImageProblem, next_try_ms
from magazie.ports import Clock
from magazie.storage import image_fetches as rows
from magazie.storage.image_fetches import ImageFetch
from magazie.storage.storage import Storage

IMAGES_KEY: Final = "images"
"""The key under which the directory has the only ImageActor."""

_NEWS: Final = RecordNews("image", "", 0)
"""How far fetching is has changed."""


class ImageKept(msgspec.Struct, frozen=True):
    """The image of an address was fetched and is kept under this hash.

    Answered by the ``ImageFetch``.
    """

    url: str
    media: str


class ImageMissed(msgspec.Struct, frozen=True):
    """An address was tried in vain. Answered by the ``ImageFetch``."""

    url: str
    problem: ImageProblem


class ForgetImage(msgspec.Struct, frozen=True):
    """The file of an image is lost: its address may be fetched again. Answered by None."""

    url: str
    media: str


class TryImagesAgain(msgspec.Struct, frozen=True):
    """Try what failed anew, of one product or of all. Answered by how many addresses (int)."""

    product_id: int | None = None


class ImageActor(AsyncioActor):
    """Keeps nothing in memory: every message is decided inside its unit."""

    def __init__(self, *, storage: Storage, clock: Clock, news: NewsDesk) -> None:
        super().__init__()
        self._storage = storage
        self._clock = clock
        self._news = news

    async def on_receive(self, message: Any) -> Any:
        """Note one result, or let what failed or was lost be tried again."""
        match message:
            case ImageKept() | ImageMissed():
                return await self._note(message)
            case ForgetImage():
                await self._storage.write(lambda c: rows.forget(c, message.url, message.media))
                return None
            case TryImagesAgain():
                return await self._again(message.product_id)
        raise TypeError(f"ImageActor does not know {type(message).__name__}")

    async def _note(self, message: ImageKept | ImageMissed) -> ImageFetch:
        now_ms = self._clock.now_ms()

        def unit(connection: sqlite3.Connection) -> ImageFetch:
            before = rows.load(connection, message.url)
            if before is not None and before.media:
                return before  # an image that is here stays: the address is never fetched again
            after = _after(message, (before.tries if before is not None else 0) + 1, now_ms)
            rows.store(connection, after)
            return after

        after = await self._storage.write(unit)
        self._news.tell(_NEWS)
        return after

    async def _again(self, product_id: int | None) -> int:
        now_ms = self._clock.now_ms()
        count = await self._storage.write(lambda c: rows.make_due(c, product_id, now_ms))
        if count:
            self._news.tell(_NEWS)
        return count


def _after(message: ImageKept | ImageMissed, tries: int, now_ms: int) -> ImageFetch:
    if isinstance(message, ImageKept):
        return ImageFetch(message.url, tries, message.media, "", None, now_ms)
    due_ms = next_try_ms(message.problem, tries, now_ms)
    return ImageFetch(message.url, tries, "", message.problem.value, due_ms, now_ms)
