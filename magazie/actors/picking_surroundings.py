"""What picking works with."""

import sqlite3
from dataclasses import dataclass

from magazie.actors.kept_products import KeptProducts
from magazie.actors.news import NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.open_picks import OpenPicks
from magazie.actors.runtime import Directory
from magazie.actors.settings_book import SettingsBook
from magazie.model.finder import Named, lookup_keys
from magazie.model.ids import IdSource
from magazie.model.scanned_codes import clean_scan
from magazie.ports import Clock
from magazie.storage.reads.order_numbers import (
    orders_numbered,
    parcels_labelled,
    parcels_numbered,
)
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class PickingSurroundings:
    """What picking works with: one for all sessions and the queue."""

    storage: Storage
    clock: Clock
    news: NewsDesk
    directory: Directory
    nomenclature: Nomenclature
    book: SettingsBook
    ids: IdSource
    goods: KeptProducts[PickedGoods]
    picks: OpenPicks

    async def named(self, code: str) -> tuple[Named, ...]:
        """Everything that the scan may mean; orders only where it is the code of no product."""
        having = self.nomenclature.having
        product_ids = {found for key in lookup_keys(code) for found in having(key)}
        if not product_ids:
            return await self.orders_named(code)
        goods = self.goods.known(product_ids) or await self.goods.of(product_ids)
        return tuple(
            named
            for product_id in sorted(product_ids)
            if product_id in goods
            for named in goods[product_id].named
        )

    async def orders_named(self, code: str) -> tuple[Named, ...]:
        """The orders that have this number, or a parcel that has it; else those of the label."""
        texts = (code, clean_scan(code))

        def query(connection: sqlite3.Connection) -> list[Named]:
            exactly = [*orders_numbered(connection, texts), *parcels_numbered(connection, texts)]
            return exactly or parcels_labelled(connection, texts)

        return tuple(await self.storage.read(query))
