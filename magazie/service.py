"""The only wiring: builds every part in order, stops them in reverse."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO

from magazie.actor_factories import House, register_actors
from magazie.actors.claim_notes import ClaimNotes
from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.image_actor import ImageActor
from magazie.actors.listing_messages import ItemTied
from magazie.actors.movement_actor import MovementActor
from magazie.actors.news import LinkNews, News, NewsDesk, RecordNews
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.open_picks import OpenPicks
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_messages import LinkParkedLines
from magazie.actors.outbox_messages import LookAtEverything, Resume
from magazie.actors.passwords import PasswordHasher
from magazie.actors.pick_queue import PickQueue
from magazie.actors.picking_session import PickingSession
from magazie.actors.product_actor import ProductActor
from magazie.actors.runtime import Directory, LoopLag, RuntimeMetrics
from magazie.actors.settings_actor import SettingsActor
from magazie.actors.settings_book import SettingsBook, ShopSettings
from magazie.actors.settings_messages import SeedSettings
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.actors.shop_publisher import ShopPublisher
from magazie.actors.stock_actor import StockActor
from magazie.actors.tally_desk import TallyDesk
from magazie.actors.tally_session import TallySession
from magazie.actors.terminal_desk import TerminalDesk
from magazie.files.imports import FileOptions, FileTaken
from magazie.gomag.shop import GomagShop
from magazie.model.file_columns import FileKind
from magazie.model.ids import IdSource, encode_id
from magazie.outside import ClosingTransport, Outside
from magazie.ports import ClosingImageSource, ShopPort
from magazie.settings import Settings
from magazie.storage import orders as order_rows
from magazie.storage.executors import AiosqliteExecutor, Executor
from magazie.storage.jobs import Job, JobKind
from magazie.storage.lock import ProcessLock
from magazie.storage.media import MEDIA_FOLDER, MediaStore
from magazie.storage.secret_file import SecretFile
from magazie.storage.storage import Storage, end_process
from magazie.sync.file_import import FileImports
from magazie.sync.images import ImageFetcher
from magazie.sync.job_runner import JobRunner
from magazie.sync.job_works import ShopWorks
from magazie.sync.outbox_news import OutboxNews
from magazie.sync.product_edit import ProductEdits
from magazie.sync.publish_watch import PublishWatch
from magazie.sync.shop_sync import ShopSync
from magazie.sync.sweep import Sweep

logger = logging.getLogger(__name__)

DATABASE = "magazie.db"

STOP_ORDER = (
    GomagOutbox,
    OrderFeed,
    ShopPublisher,
    ShopCatalogue,
    TallyDesk,
    TallySession,
    MovementActor,
    PickQueue,
    PickingSession,
    OrderActor,
    ProductActor,
    StockActor,
    ImageActor,
    TerminalDesk,
    SettingsActor,
)
SETTINGS_KEY = "settings"
EDITS_SUBJECT = "products"


class Service:
    """Everything but the HTTP edge: the books, the actors, the tasks of every shop."""

    def __init__(
        self,
        settings: Settings,
        outside: Outside,
        *,
        executor_factory: Callable[[], Executor] = AiosqliteExecutor,
        passwords: PasswordHasher | None = None,
        watch_lag: bool = True,
        watch_catalogue: bool = True,
    ) -> None:
        """Nothing is opened until ``start``.

        ``watch_lag`` measures how late the loop is; ``watch_catalogue`` reads the shops'
        catalogues by itself.
        """
        self.settings = settings
        self.outside = outside
        self.data_dir = Path(settings.service.data_dir)
        self.clock = outside.clock
        self.news = NewsDesk()
        self.book = SettingsBook()
        self.passwords = passwords or PasswordHasher()
        self.ids = IdSource(outside.clock.now_ms, outside.chance.stream("ids"))
        self.runtime_metrics = RuntimeMetrics()
        self.lag = LoopLag()
        self.directory = Directory(
            metrics=self.runtime_metrics, random=outside.chance.stream("actors")
        )
        self.nomenclature = Nomenclature()
        self.picks = OpenPicks()
        self.media = MediaStore(self.data_dir / MEDIA_FOLDER, outside.offload)
        self.shops: dict[str, ShopSync] = {}
        self.is_ready = False
        self._executor_factory = executor_factory
        self._watch_lag = watch_lag
        self._watch_catalogue = watch_catalogue
        self._transports: dict[str, ClosingTransport] = {}
        self._image_source: ClosingImageSource | None = None
        self._images: ImageFetcher | None = None
        self._lock: ProcessLock | None = None
        self._storage: Storage | None = None
        self._jobs: JobRunner | None = None
        self._files: FileImports | None = None
        self._notes: ClaimNotes | None = None
        self._sweep: Sweep | None = None
        self._watch: PublishWatch | None = None
        self._unlisten: Callable[[], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._following = asyncio.Lock()
        self._outbox_news = OutboxNews(
            self.directory, self.nomenclature, self.news, wake_statuses=self._wake_statuses
        )

    @property
    def storage(self) -> Storage:
        """The books, once started."""
        if self._storage is None:
            raise RuntimeError("the service is not started")
        return self._storage

    @property
    def jobs(self) -> JobRunner:
        """The long work, once started."""
        if self._jobs is None:
            raise RuntimeError("the service is not started")
        return self._jobs

    # --- start and stop ---------------------------------------------------------------

    async def start(self) -> None:
        """Open the books, bring the settings up, wake what is not at rest, start the shops.

        Raises:
            DataFolderInUseError: another process serves this folder.
            DatabaseTooNewError: a newer program wrote the database.

        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = ProcessLock(self.data_dir)
        self._lock.acquire()
        try:
            await self._start_inside()
        except BaseException:
            await self.stop()
            raise

    async def _start_inside(self) -> None:
        await self.outside.offload(self.media.prepare)
        self._storage = await Storage.open(
            self.data_dir / DATABASE, executor_factory=self._executor_factory, fatal=end_process
        )
        secret_file = SecretFile.open(self.data_dir)
        notes = self._notes = ClaimNotes(self._storage, self.news)
        register_actors(
            self.directory,
            House(
                storage=self._storage,
                clock=self.clock,
                news=self.news,
                book=self.book,
                nomenclature=self.nomenclature,
                ids=self.ids,
                notes=notes,
                secrets=secret_file,
                passwords=self.passwords,
                outside=self.outside,
                shop_settings=self._settings_of,
                on_order_changed=self._outbox_news.order_touched,
                public_url=self.settings.service.public_url or "",
                picks=self.picks,
            ),
        )
        await self.nomenclature.load(self._storage)
        await self.picks.load(self._storage)
        self._unlisten = self.news.listen(self._hear)
        self._watch = PublishWatch(self.directory, lambda: tuple(self.shops))
        await self.directory.ask(SettingsActor, SETTINGS_KEY, SeedSettings(self.settings))
        files = self._files = FileImports(
            storage=self._storage,
            clock=self.clock,
            ids=self.ids,
            directory=self.directory,
            nomenclature=self.nomenclature,
            book=self.book,
            offload=self.outside.offload,
        )
        shop_works = ShopWorks(self.shops, storage=self._storage, directory=self.directory)
        edits = ProductEdits(storage=self._storage, directory=self.directory, book=self.book)
        self._jobs = JobRunner(
            storage=self._storage,
            clock=self.clock,
            news=self.news,
            works={
                **shop_works.works(),
                JobKind.FILE: files.work,
                JobKind.PRODUCT_EDITS: edits.work,
            },
        )
        sweep = self._sweep = Sweep(
            storage=self._storage, directory=self.directory, clock=self.clock
        )
        await sweep.wake()
        if self._watch_lag:
            self.lag.start()
        self._spawn(sweep.run(), "sweep")
        self._fetch_images()
        for shop in self.book.view.shops.values():
            self._serve_shop(shop)
        await self._jobs.resume()
        self.is_ready = True

    def _fetch_images(self) -> None:
        if self.outside.images is None:
            return
        self._image_source = self.outside.images()
        self._images = ImageFetcher(
            source=self._image_source,
            media=self.media,
            storage=self.storage,
            directory=self.directory,
            clock=self.clock,
        )
        self._spawn(self._images.run(), "fetch images")

    async def stop(self) -> None:
        """Stop in reverse: tasks, jobs, actors, the books."""
        self.is_ready = False
        for sync in tuple(self.shops.values()):
            await sync.stop()
        if self._jobs is not None:
            await self._jobs.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._unlisten is not None:
            self._unlisten()  # what the actors still tell while they end is found at the next start
            self._unlisten = None
        self._outbox_news.stop()
        if self._watch is not None:
            self._watch.stop()
        if self._notes is not None:  # else the start ended before there were actors
            leftovers = await self.directory.stop(STOP_ORDER, deadline=5.0)
            if leftovers:
                logger.error("actors_left_over names=%s", leftovers)
            await self._notes.stop()
        await self.lag.stop()
        for transport in self._transports.values():
            await transport.close()
        if self._image_source is not None:
            await self._image_source.close()
        if self._storage is not None:
            await self._storage.close()
        self.release_folder()

    def release_folder(self) -> None:
        """Let another process serve the folder; ``stop`` does it, a crash does it too."""
        if self._lock is not None:
            self._lock.release()

    # --- shops ------------------------------------------------------------------------

    def _settings_of(self, shop: str) -> Callable[[], ShopSettings]:
        def now() -> ShopSettings:
            found = self.book.shop(shop)
            if found is None:
                raise LookupError(f"no shop named {shop}")
            return found

        return now

    def _serve_shop(self, shop: ShopSettings) -> None:
        sync = ShopSync(
            shop.name,
            port=self._port_of(shop),
            directory=self.directory,
            storage=self.storage,
            clock=self.clock,
            ids=self.ids,
            nomenclature=self.nomenclature,
            settings=self._settings_of(shop.name),
            start_job=self.jobs.start,
            claims_noted=self._claims_noted,
            access=_access(shop),
        )
        self.shops[shop.name] = sync
        self.directory.tell(GomagOutbox, shop.name, Resume())
        self.directory.tell(GomagOutbox, shop.name, LookAtEverything())
        sync.start(watch_catalogue=self._watch_catalogue)

    async def _claims_noted(self) -> None:
        if self._notes is not None:
            await self._notes.written()

    def _port_of(self, shop: ShopSettings) -> ShopPort:
        transport = self._transports.get(shop.name)
        if transport is None:
            transport = self._transports[shop.name] = self.outside.transport(shop.name)
        return GomagShop(
            name=shop.name,
            base_url=shop.base_url,
            shop_url=shop.shop_url,
            api_key=shop.api_key.resolve,
            transport=transport,
            random=self.outside.chance.stream(f"gomag {shop.name}"),
        )

    async def _follow_shop(self, name: str) -> None:
        """A shop was added or changed: serve it as it is set now."""
        async with self._following:  # or two changes at once would have the shop served twice
            served = self.shops.get(name)
            shop = self.book.shop(name)
            if shop is not None and served is not None and served.access != _access(shop):
                await served.stop()
                await self.jobs.pause(name)  # what it was doing goes on with the new access
            if shop is None or not self.is_ready:
                return
            if served is None or served.access != _access(shop):
                self._serve_shop(shop)
                await self.jobs.resume(name)
            else:
                self.directory.tell(GomagOutbox, name, Resume())
                self.directory.tell(GomagOutbox, name, LookAtEverything())
        if self._sweep is not None:
            await self._sweep.wake()  # orders may have waited for its stock warehouse

    # --- news -------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        self._outbox_news.hear(news)
        if self._watch is not None:
            self._watch.hear(news)
        match news:
            case LinkNews():
                self.directory.tell(ShopCatalogue, news.shop, ItemTied(news.external_id))
                self._spawn(self._link_parked(news), "link parked lines")
            case RecordNews() if news.kind in {"product", "image"}:
                if self._images is not None:
                    self._images.wake()
            case RecordNews() if news.kind == "shop":
                self._spawn(self._follow_shop(news.id), f"follow shop {news.id}")

    def _wake_statuses(self, shop: str) -> None:
        if shop in self.shops:
            self.shops[shop].statuses.wake()

    async def _link_parked(self, news: LinkNews) -> None:
        keys = await self.storage.read(
            lambda c: order_rows.parked_keys(c, news.shop, news.external_id)
        )
        for key in keys:
            self.directory.tell(OrderActor, key, LinkParkedLines())

    # --- jobs -------------------------------------------------------------------------

    async def take(
        self, file: IO[bytes], kind: FileKind, options: FileOptions, who: str
    ) -> FileTaken:
        """Store a file of products, codes or prices, and start its job.

        Raises:
            FileRefusedError: it cannot be read at all; nothing is stored.

        """
        if self._files is None:
            raise RuntimeError("the service is not started")
        taken = await self._files.take(file, kind, options, who)
        await self.jobs.start(JobKind.FILE, encode_id(taken.import_id))
        return taken

    async def start_edits(
        self, arguments: bytes, beside: Callable[[sqlite3.Connection, Job], None]
    ) -> int:
        """Begin a bulk edit of products; answers the job, a running one, maybe another's."""
        return await self.jobs.start(JobKind.PRODUCT_EDITS, EDITS_SUBJECT, arguments, beside)

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("task_failed name=%s", task.get_name(), exc_info=error)


def _access(shop: ShopSettings) -> tuple[object, ...]:
    """What a changed connection shows in."""
    return (shop.base_url, shop.shop_url, shop.api_key)
