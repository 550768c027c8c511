"""Fetches the images of products in the background, for all shops at once.

What is to be fetched is found in the books: images that a product lacks and that are due. So a
crash at any moment loses nothing, and an address that several products name is fetched once.
"""

import asyncio
import logging
import re
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import msgspec

from magazie.actors.image_actor import (
    IMAGES_KEY,
    ForgetImage,
    ImageActor,
    ImageKept,
    ImageMissed,
)
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import ImageFailed, ImageFetched, ImageLost
from magazie.actors.runtime import NOT_NOW, Directory, Rejection
from magazie.model.image_fetches import ImageRefusedError
from magazie.ports import Clock, ImageSource
from magazie.storage import image_fetches as rows
from magazie.storage.image_fetches import UntoldImage
from magazie.storage.media import MediaStore
from magazie.storage.storage import Storage

logger = logging.getLogger(__name__)

_SITE: Final = re.compile(r"[^:/?#]*://[^/?#]*")
_CANDIDATES: Final = 32
_TOLD_AT_ONCE: Final = 200
_LOOKED_AT: Final = 1000


class FetchPace(msgspec.Struct, frozen=True):
    """How many images are fetched at once, and how long things wait."""

    at_once: int = 4
    at_once_from_host: int = 2
    look_every_s: float = 300.0
    """Whatever no news told of is found after this."""
    gather_s: float = 1.0
    """News that a product changed wait this long for more of their kind."""
    rest_s: float = 60.0
    """After trouble of our own, such as a full disk, nothing is fetched for so long."""


class ImageFetcher:
    """Fetches what is due, keeps it, and tells the products."""

    def __init__(
        self,
        *,
        source: ImageSource,
        media: MediaStore,
        storage: Storage,
        directory: Directory,
        clock: Clock,
        pace: FetchPace | None = None,
    ) -> None:
        """Nothing is fetched until ``run``."""
        self._source = source
        self._media = media
        self._storage = storage
        self._directory = directory
        self._clock = clock
        self._pace = pace or FetchPace()
        self._stirred = asyncio.Event()
        self._has_news = True
        self._is_whole = False
        self._look_at = 0.0
        self._rests_until = 0.0
        self._running: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """A product changed, or a person asked to try again."""
        self._has_news = True
        self._stirred.set()

    async def run(self) -> None:
        """Fetch for as long as the service runs."""
        try:
            while True:
                self._stirred.clear()
                try:
                    if not self._is_whole:
                        await self._look_for_lost()
                    wait_s = await self._round()
                except Exception:
                    logger.exception("image_round_failed")
                    wait_s = self._pace.rest_s
                await self._wait(wait_s)
        finally:
            running = tuple(self._running.values())
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _round(self) -> float:
        """Tell, and begin, what is due; answers how long nothing else is to be done."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._rests_until:
            return self._rests_until - now_s
        if self._has_news and now_s >= self._look_at:
            self._has_news = False
            self._look_at = now_s + self._pace.gather_s
            await self._tell(None)
        await self._begin()
        wait_s = self._pace.look_every_s
        if self._has_news:
            wait_s = min(wait_s, max(0.0, self._look_at - now_s))
        now_ms = self._clock.now_ms()
        due_ms = await self._storage.read(lambda c: rows.next_due_ms(c, now_ms))
        if due_ms is not None:
            wait_s = min(wait_s, (due_ms - now_ms) / 1000)
        return wait_s

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            self._has_news = self._has_news or seconds >= self._pace.look_every_s

    async def _look_for_lost(self) -> None:
        """After a restore the folder may be a new one: let images with an address come again.

        Each step may be repeated: the address is forgotten first, so that the product is not
        told of the lost file again.
        """
        after = 0
        while not await self._media.is_known_whole():
            kept = await self._storage.read(
                partial(rows.kept_images, after=after, limit=_LOOKED_AT)
            )
            for product_id, url, media in kept:
                if url and media and await self._media.find(media) is None:
                    ask = self._directory.ask
                    await ask(ImageActor, IMAGES_KEY, ForgetImage(url, media))
                    await ask(ProductActor, product_id, ImageLost(url=url, media=media))
                    logger.warning("image_lost product=%d media=%s", product_id, media)
            if not kept:
                await self._media.mark_whole()
            else:
                after = kept[-1][0]
        self._is_whole = True

    # --- fetching ---------------------------------------------------------------------

    async def _begin(self) -> None:
        """Begin as many fetches as may run, at most so many from one host."""
        while (room := self._pace.at_once - len(self._running)) > 0:
            chosen = self._choose(await self._due(), room)
            for url in chosen:
                self._launch(url)
            if not chosen:
                return

    async def _due(self) -> list[str]:
        now_ms, running, busy = self._clock.now_ms(), tuple(self._running), self._busy_sites()
        return await self._storage.read(
            lambda c: rows.due_urls(c, now_ms, _CANDIDATES, running=running, not_from=busy)
        )

    def _busy_sites(self) -> set[str]:
        """Sites that are not to be asked for more now: they have all the fetches they may have."""
        by_host, most = self._by_host(), self._pace.at_once_from_host
        return {_site(url) for url in self._running if by_host[_host(url)] >= most}

    def _choose(self, urls: list[str], room: int) -> list[str]:
        by_host = self._by_host()
        chosen: list[str] = []
        for url in urls:
            host = _host(url)
            if len(chosen) < room and by_host.get(host, 0) < self._pace.at_once_from_host:
                by_host[host] = by_host.get(host, 0) + 1
                chosen.append(url)
        return chosen

    def _by_host(self) -> dict[str, int]:
        by_host: dict[str, int] = {}
        for url in self._running:
            by_host[_host(url)] = by_host.get(_host(url), 0) + 1
        return by_host

    def _launch(self, url: str) -> None:
        task = asyncio.get_running_loop().create_task(self._fetch(url), name="fetch image")
        self._running[url] = task
        task.add_done_callback(lambda _: self._ended(url))

    def _ended(self, url: str) -> None:
        del self._running[url]
        self._stirred.set()

    async def _fetch(self, url: str) -> None:
        outcome: ImageKept | ImageMissed
        try:
            try:
                outcome = ImageKept(url, await self._media.keep(await self._source.fetch(url)))
            except ImageRefusedError as refusal:
                logger.info("image_refused url=%s reason=%s", url, refusal)
                outcome = ImageMissed(url, refusal.problem)
            await self._directory.ask(ImageActor, IMAGES_KEY, outcome)
            await self._tell(url)
        except Exception:  # a full disk, a fault: the address stays due
            logger.exception("image_not_kept url=%s", url)
            self._rests_until = asyncio.get_running_loop().time() + self._pace.rest_s

    # --- telling ----------------------------------------------------------------------

    async def _tell(self, url: str | None) -> None:
        """Tell products what came of their images: of one address, or of all not told yet."""
        after = ("", 0)
        while True:
            found = await self._storage.read(
                partial(rows.untold, url=url, after=after, limit=_TOLD_AT_ONCE)
            )
            for each in found:
                await self._tell_product(each)
                after = (each.url, each.product_id)
            if len(found) < _TOLD_AT_ONCE:
                return

    async def _tell_product(self, untold: UntoldImage) -> None:
        message: ImageFetched | ImageFailed
        if untold.media:
            message = ImageFetched(url=untold.url, media=untold.media)
        else:
            message = ImageFailed(url=untold.url, problem=untold.problem)
        try:
            await self._directory.ask(ProductActor, untold.product_id, message)
        except (Rejection, *NOT_NOW) as error:  # it stays untold, and is found again
            logger.warning("image_untold product=%d reason=%s", untold.product_id, error)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _site(url: str) -> str:
    """Scheme, host and port as they are written."""
    found = _SITE.match(url)
    return found[0] if found is not None else url
