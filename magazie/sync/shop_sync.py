"""Everything that goes on with one shop: its tasks, started and stopped together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.outbox_messages import Resume
from magazie.actors.runtime import Directory
from magazie.model.ids import IdSource
from magazie.ports import BudgetState, Clock, ShopPort
from magazie.storage.jobs import JobKind
from magazie.storage.reads.products import ProductFilter
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage
from magazie.sync.catalogue import Catalogue
from magazie.sync.catalogue_reader import SyncOrder
from magazie.sync.catalogue_watch import CatalogueWatch
from magazie.sync.import_report import ImportOrder
from magazie.sync.order_reader import OrderReader
from magazie.sync.publish_maps import PublishMaps
from magazie.sync.publishing import Publishing, PublishOrder
from magazie.sync.read_back import ReadBackTask
from magazie.sync.status_sender import StatusSender
from magazie.sync.stock_sender import StockSender
from magazie.sync.switch_change import SwitchOrder

logger = logging.getLogger(__name__)

RESTART_AFTER_S = 5.0

StartJob = Callable[[JobKind, str, bytes], Awaitable[int]]
"""(kind, subject, arguments as JSON) → the job's id."""


class ShopSync:
    """One shop's reader, senders and catalogue work."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        directory: Directory,
        storage: Storage,
        clock: Clock,
        ids: IdSource,
        nomenclature: Nomenclature,
        settings: Callable[[], ShopSettings],
        start_job: StartJob,
        claims_noted: Callable[[], Awaitable[None]],
        access: tuple[object, ...],
    ) -> None:
        """Nothing runs until ``start``. ``access`` is what the port was made from."""
        self.shop = shop
        self.access = access
        self._start_job = start_job
        self._directory = directory
        self.port = port
        self.reader = OrderReader(
            shop, port=port, directory=directory, clock=clock, settings=settings
        )
        writing = asyncio.Lock()
        self.stock = StockSender(
            shop,
            port=port,
            reader=self.reader,
            directory=directory,
            clock=clock,
            settings=settings,
            claims_noted=claims_noted,
            writing=writing,
        )
        self.maps = PublishMaps(shop, port=port, directory=directory)
        self.statuses = StatusSender(
            shop, port=port, reader=self.reader, directory=directory, clock=clock
        )
        self.read_back = ReadBackTask(
            shop, port=port, reader=self.reader, directory=directory, clock=clock
        )
        self.catalogue = Catalogue(
            shop,
            port=port,
            reader=self.reader,
            directory=directory,
            storage=storage,
            clock=clock,
            ids=ids,
            nomenclature=nomenclature,
            settings=settings,
        )
        self.publishing = Publishing(
            shop,
            port=port,
            directory=directory,
            writing=writing,
            look_around=self.catalogue.look_around,
        )
        self.watch = CatalogueWatch(
            reader=self.catalogue.reader,
            orders=self.reader,
            clock=clock,
            start=lambda is_whole: self._start_sync(SyncOrder(is_whole, by_hand=False)),
        )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, *, watch_catalogue: bool = True) -> None:
        """Start the shop's tasks; unless told not to, its catalogue is read by itself."""
        loop = asyncio.get_running_loop()
        works = {
            "orders": self.reader.run,
            "stock": self.stock.run,
            "statuses": self.statuses.run,
            "read_back": self.read_back.run,
            "publishing": self.publishing.run_left_over,
        }
        if watch_catalogue:
            works["catalogue"] = self.watch.run
        self._tasks = [
            loop.create_task(self._kept_running(name, work), name=f"{self.shop}: {name}")
            for name, work in works.items()
        ]

    async def stop(self) -> None:
        """End them; what was in flight is in doubt in the books and is settled later."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    # --- what people and programs ask of it ---------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether a whole read of its orders has ended since the start."""
        return self.reader.is_complete

    @property
    def failing_since_ms(self) -> int | None:
        """Since when its orders cannot be read; None when they can."""
        return self.reader.failing_since_ms

    def budget(self) -> BudgetState:
        """What is left of its request budget."""
        return self.port.budget()

    def hint(self) -> None:
        """Something may have changed in the shop."""
        self.reader.hint()

    def flush(self) -> None:
        """Send what is pending now."""
        self.stock.flush()

    async def test(self) -> str:
        """Prove address and key by one cheap read; raises ``ShopError``.

        A shop that was stopped because it refused our key is sent to again.
        """
        proof = await self.port.test()
        self._directory.tell(GomagOutbox, self.shop, Resume())
        return proof

    async def take_orders(self, numbers: tuple[str, ...]) -> int:
        """Take orders whatever their age; answers how many. Raises ``ShopError``."""
        return await self.reader.take(numbers)

    async def start_sync(self, *, is_whole: bool | None = None) -> int:
        """Begin reading the catalogue; answers the job, a running one where there is one.

        ``is_whole`` None: everything where that was never read, else what changed.
        """
        return await self._start_sync(SyncOrder(is_whole))

    async def _start_sync(self, order: SyncOrder) -> int:
        return await self._start_job(JobKind.SYNC, self.shop, msgspec.json.encode(order))

    def import_arguments(
        self, *, rows: frozenset[str] | None, dry_run: bool, opening_stock: bool
    ) -> bytes:
        """An import of chosen items, or all, as a job keeps it."""
        order = ImportOrder(rows=rows, dry_run=dry_run, opening_stock=opening_stock)
        return msgspec.json.encode(order, order="deterministic")

    async def start_import(self, arguments: bytes) -> int:
        """Begin such an import; answers the job, a running one, maybe another's, if there is."""
        return await self._start_job(JobKind.IMPORT, self.shop, arguments)

    def switch_arguments(
        self,
        *,
        products: tuple[int, ...] | None,
        wanted: ProductFilter | None,
        stock: bool | None,
        price: bool | None,
    ) -> bytes:
        """A change of many products' sync switches, as a job keeps it."""
        return msgspec.json.encode(SwitchOrder(products, wanted, stock, price))

    async def start_switches(self, arguments: bytes) -> int:
        """Begin such a change; answers the job, a running one, maybe another's, if there is."""
        return await self._start_job(JobKind.SYNC_SWITCHES, self.shop, arguments)

    def publish_arguments(self, products: tuple[int, ...]) -> bytes:
        """Which products to publish, as a job keeps it."""
        return msgspec.json.encode(PublishOrder(products))

    async def start_publish(self, arguments: bytes) -> int:
        """Begin publishing; answers the job, a running one, maybe of others, if there is."""
        return await self._start_job(JobKind.PUBLISH, self.shop, arguments)

    async def start_maps(self) -> int:
        """Begin making what is mapped and not in the shop; answers the job as others do."""
        return await self._start_job(JobKind.SHOP_MAPS, self.shop, b"{}")

    async def _kept_running(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """A fault in one task must not leave the shop silent: it is logged and begun again."""
        while True:
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except Exception:
                logger.exception("shop_task_failed shop=%s task=%s", self.shop, name)
                await asyncio.sleep(RESTART_AFTER_S)
