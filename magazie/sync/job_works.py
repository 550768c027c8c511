"""What each kind of long work with a shop does: its arguments read, its task found."""

from collections.abc import Mapping

import msgspec

from magazie.actors.runtime import Directory
from magazie.storage.jobs import Job, JobKind
from magazie.storage.storage import Storage
from magazie.sync.catalogue_reader import SyncOrder
from magazie.sync.import_report import ImportOrder
from magazie.sync.job_runner import Progress, Work
from magazie.sync.job_troubles import ShopNotServedError
from magazie.sync.publishing import PublishOrder
from magazie.sync.shop_sync import ShopSync
from magazie.sync.switch_change import SwitchChange, SwitchOrder


class ShopWorks:
    """The long work of all shops; a job's subject is the shop's name."""

    def __init__(
        self, shops: Mapping[str, ShopSync], *, storage: Storage, directory: Directory
    ) -> None:
        """``shops`` are those served now, whenever that is."""
        self._shops = shops
        self._storage = storage
        self._directory = directory

    def works(self) -> dict[JobKind, Work]:
        """By kind."""
        return {
            JobKind.SYNC: self._sync,
            JobKind.IMPORT: self._import,
            JobKind.SYNC_SWITCHES: self._switch,
            JobKind.PUBLISH: self._publish,
            JobKind.SHOP_MAPS: self._make_maps,
        }

    def _shop(self, job: Job) -> ShopSync:
        shop = self._shops.get(job.subject)
        if shop is None:
            raise ShopNotServedError(job.subject)
        return shop

    async def _sync(self, job: Job, progress: Progress) -> object:
        wanted = msgspec.json.decode(job.arguments, type=SyncOrder)
        reader = self._shop(job).catalogue.reader
        return await reader.read(progress, is_whole=wanted.is_whole, by_hand=wanted.by_hand)

    async def _import(self, job: Job, progress: Progress) -> object:
        order = msgspec.json.decode(job.arguments, type=ImportOrder)
        return await self._shop(job).catalogue.run_import(order, progress)

    async def _switch(self, job: Job, progress: Progress) -> object:
        order = msgspec.json.decode(job.arguments, type=SwitchOrder)
        change = SwitchChange(storage=self._storage, directory=self._directory)
        return await change.run(job.id, job.subject, order, progress)

    async def _publish(self, job: Job, progress: Progress) -> object:
        order = msgspec.json.decode(job.arguments, type=PublishOrder)
        return await self._shop(job).publishing.run(job.id, order, progress)

    async def _make_maps(self, job: Job, progress: Progress) -> object:
        return await self._shop(job).maps.run(progress)
