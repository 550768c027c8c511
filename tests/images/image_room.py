"""Products and the task that fetches their images, over real books and files."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from magazie.model.image_fetches import ImageProblem, ImageRefusedError
from magazie.ports import ImageSource
from magazie.storage import image_fetches, products
from magazie.storage.media import MediaStore
from magazie.storage.products import Product, ProductImage
from magazie.storage.reads.images import ImageCounts, count_images
from magazie.sync.images import FetchPace, ImageFetcher
from tests.actors.house import House

T = TypeVar("T")

PACE = FetchPace(look_every_s=30, gather_s=0.01, rest_s=0.02)


class ImagesAtHand:
    """A source that has, lacks, or withholds what a test says."""

    def __init__(self, answers: dict[str, bytes | ImageProblem] | None = None) -> None:
        self.answers: dict[str, bytes | ImageProblem] = dict(answers or {})
        self.asked: list[str] = []
        self.under_way: Counter[str] = Counter()
        self.most_under_way: Counter[str] = Counter()
        self.before: Callable[[str], Awaitable[None]] = self._pass

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        host = url.split("/")[2]
        for key in (host, "all"):
            self.under_way[key] += 1
            self.most_under_way[key] = max(self.most_under_way[key], self.under_way[key])
        try:
            await self.before(url)
        finally:
            for key in (host, "all"):
                self.under_way[key] -= 1
        answer = self.answers.get(url, ImageProblem.NOT_FOUND)
        if isinstance(answer, ImageProblem):
            raise ImageRefusedError(answer)
        return answer

    async def _pass(self, _url: str) -> None:
        await asyncio.sleep(0)


class ImageRoom:
    """One house with its folder of images."""

    def __init__(self, house: House, source: ImageSource) -> None:
        self.house = house
        self.source = source
        self.media = MediaStore(house.folder / "media", self._in_thread)
        self.fetcher: ImageFetcher | None = None
        self._task: asyncio.Task[None] | None = None
        self._threads: set[asyncio.Future[Any]] = set()

    async def start(self) -> None:
        """Begin as a process does, on whatever is in the folder."""
        self.media = MediaStore(self.house.folder / "media", self._in_thread)
        self.media.prepare()
        self.fetcher = ImageFetcher(
            source=self.source,
            media=self.media,
            storage=self.house.storage,
            directory=self.house.directory,
            clock=self.house.clock,
            pace=PACE,
        )
        self._task = asyncio.get_running_loop().create_task(self.fetcher.run())

    async def _in_thread(self, work: Callable[[], T]) -> T:
        thread = asyncio.get_running_loop().run_in_executor(None, work)
        self._threads.add(thread)
        return await asyncio.shield(thread)

    async def crash(self) -> None:
        """End at once, wherever it is; nothing in memory is left."""
        await self.stop()
        await asyncio.gather(*self._threads, return_exceptions=True)  # a real one ends them too
        await self.house.directory.stop((), deadline=5.0)
        self.house.restart()
        await self.house.seed()

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wake(self) -> None:
        assert self.fetcher is not None
        self.fetcher.wake()

    async def product(self, code: str, *urls: str) -> Product:
        images = tuple(ProductImage(url=url) for url in urls)
        made = await self.house.create(code, images=images)
        if self.fetcher is not None:
            self.wake()
        return made

    async def settled_product(self, code: str, *urls: str) -> Product:
        product = await self.product(code, *urls)
        await self.settle()
        return product

    async def images(self, product: Product) -> tuple[ProductImage, ...]:
        found = await self.house.storage.read(lambda c: products.load(c, product.id))
        assert found is not None
        return found.images

    async def counts(self) -> ImageCounts:
        return await self.house.storage.read(count_images)

    async def is_settled(self) -> bool:
        """Nothing is due, under way or untold."""
        now_ms = self.house.clock.now_ms()
        due = await self.house.storage.read(lambda c: image_fetches.due_urls(c, now_ms, 1))
        untold = await self.house.storage.read(
            lambda c: image_fetches.untold(c, url=None, after=("", 0), limit=1)
        )
        return not due and not untold

    async def settle(self) -> None:
        async with asyncio.timeout(20):
            while not await self.is_settled():
                await asyncio.sleep(0.005)

    async def pass_time(self, ms: int) -> None:
        self.house.clock.ms += ms
        self.wake()
        await asyncio.sleep(PACE.gather_s)
        await self.settle()

    async def is_whole(self) -> None:
        async with asyncio.timeout(20):
            while not await self.media.is_known_whole():
                await asyncio.sleep(0.005)

    def files(self) -> int:
        """How many images are kept, small copies not counted."""
        folder = self.house.folder / "media"
        return len([it for it in folder.glob("??/*") if "." not in it.name])


@asynccontextmanager
async def image_room(folder: Path, source: ImageSource) -> AsyncIterator[ImageRoom]:
    house = await House.open(folder)
    await house.seed()
    room = ImageRoom(house, source)
    try:
        yield room
    finally:
        await room.stop()
        await house.close()
