"""Reading a shop's catalogue into the listing, and importing the listing into the nomenclature."""

from collections.abc import Callable

from magazie.actors.listing_messages import StoreListing
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.runtime import Directory
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.model.ids import IdSource
from magazie.ports import Clock, ProductPage, ShopPort
from magazie.storage.jobs import JobProgress
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage
from magazie.sync.catalogue_import import CatalogueImport
from magazie.sync.catalogue_reader import CatalogueReader
from magazie.sync.import_report import ImportOrder, ImportResult
from magazie.sync.job_runner import Progress
from magazie.sync.order_reader import OrderReader
from magazie.sync.shop_identity import ShopIdentity


class Catalogue:
    """The catalogue work of one shop: one at a time, each repeatable."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        reader: OrderReader,
        directory: Directory,
        storage: Storage,
        clock: Clock,
        ids: IdSource,
        nomenclature: Nomenclature,
        settings: Callable[[], ShopSettings],
    ) -> None:
        """``reader`` is the shop's own: stock is taken over between two reads of orders."""
        self._shop = shop
        self._directory = directory
        identity = ShopIdentity(shop, port=port, directory=directory, storage=storage)
        self.reader = CatalogueReader(
            shop,
            port=port,
            directory=directory,
            storage=storage,
            clock=clock,
            follow=identity.follow,
            unreachable=lambda: reader.unreachable,
        )
        self._import = CatalogueImport(
            shop,
            port=port,
            reader=reader,
            directory=directory,
            storage=storage,
            ids=ids,
            nomenclature=nomenclature,
            settings=settings,
            store=self._store,
        )

    async def run_import(self, order: ImportOrder, progress: Progress) -> ImportResult:
        """Read the catalogue, then link, create, and leave to a person what is doubtful."""
        await self.reader.read(progress, is_whole=True)
        return await self._import.run(order, progress)

    async def look_around(self) -> None:
        """Bring the listing up to what the shop sells now; nothing of it is imported.

        Raises:
            ShopError: the shop does not answer.

        """
        await self.reader.read(_untold)

    async def _store(self, page: ProductPage) -> None:
        await self._directory.ask(
            ShopCatalogue, self._shop, StoreListing(page.products, page.undecodable)
        )


async def _untold(done: int, total: int | None, more: JobProgress | None = None, /) -> None:
    """Nobody follows this reading."""
