"""A small house: real storage and actors over one database file, with a clock to set."""

import asyncio
import itertools
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import argon2

from magazie.actors.category_actor import CATEGORIES_KEY, CategoryActor
from magazie.actors.image_actor import ImageActor
from magazie.actors.movement_actor import MovementActor
from magazie.actors.news import News, NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.passwords import PasswordHasher
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CreateProduct, NewLink
from magazie.actors.runtime import AsyncioActor, Directory, RuntimeMetrics
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import SettingsBook
from magazie.actors.settings_messages import SeedSettings
from magazie.actors.stock_actor import StockActor
from magazie.model.ids import IdSource
from magazie.secret_refs import SecretRef
from magazie.settings import Settings, ShopSetup, WarehouseSettings
from magazie.storage.products import Product, ProductDraft
from magazie.storage.secret_file import SecretFile
from magazie.storage.storage import Storage
from tests.storage.fresh_books import open_fresh

T = TypeVar("T")

START_MS = 1_767_218_400_000


class SetClock:
    """Shows what it was set to."""

    def __init__(self) -> None:
        self.ms = START_MS

    def now_ms(self) -> int:
        return self.ms


def shop_setup(name: str = "magazin", **changes: Any) -> ShopSetup:
    given: dict[str, Any] = {
        "name": name,
        "base_url": "https://api.exemplu.ro",
        "shop_url": "https://www.exemplu.ro",
        "api_key": SecretRef("env:MAGAZIE_TEST_KEY"),
        "stock_warehouse": "principal",
        "price_warehouse": "principal",
    }
    return ShopSetup(**given | changes)


TWO_PLACES = Settings(
    warehouses=(WarehouseSettings("principal", "Depozit"), WarehouseSettings("magazin", "Raft")),
    shops=(shop_setup("magazin"), shop_setup("outlet")),
)


class House:
    """Everything that the actors of settings, nomenclature and movements are made of."""

    def __init__(self, folder: Path, storage: Storage) -> None:
        self.folder = folder
        self.storage = storage
        self.clock = SetClock()
        self.news: list[News] = []
        self.desk = NewsDesk()
        self.desk.listen(self.news.append)
        self.ids = IdSource(self.clock.now_ms, random.Random(1))
        self.stock_actor: type[AsyncioActor] = StockActor
        self._bytes = itertools.count(1)
        self.restart()

    @classmethod
    async def open(cls, folder: Path) -> "House":
        return cls(folder, await open_fresh(folder / "books.db"))

    def restart(self) -> None:
        """Begin anew on the same books, as after a crash: nothing in memory is left."""
        self.secrets = SecretFile.open(self.folder)
        self.book = SettingsBook()
        self.nomenclature = Nomenclature()
        self.directory = Directory(metrics=RuntimeMetrics(), random=random.Random(1))
        self.directory.register(SettingsActor, self._settings_actor)
        self.directory.register(ProductActor, self._product_actor)
        self.directory.register(CategoryActor, self._category_actor)
        self.directory.register(MovementActor, self._movement_actor)
        self.directory.register(StockActor, self._stock_actor)
        self.directory.register(
            ImageActor,
            lambda _key: ImageActor(storage=self.storage, clock=self.clock, news=self.desk),
        )

    async def seed(self, settings: Settings = TWO_PLACES) -> None:
        await self.nomenclature.load(self.storage)
        await self.settings(SeedSettings(settings))

    async def close(self) -> None:
        assert await self.directory.stop((), deadline=5.0) == []
        await self.storage.close()

    # --- asking -----------------------------------------------------------------------

    async def settings(self, message: object) -> Any:
        return await self.directory.ask(SettingsActor, SETTINGS_KEY, message)

    async def categories(self, message: object) -> Any:
        return await self.directory.ask(CategoryActor, CATEGORIES_KEY, message)

    async def product(self, product_id: int, message: object) -> Any:
        return await self.directory.ask(ProductActor, product_id, message)

    async def create(self, code: str, *links: NewLink, **fields: Any) -> Product:
        draft = ProductDraft(**{"code": code, "name": f"Produs {code}"} | fields)
        made = await self.product(self.ids.next_id(), CreateProduct(draft=draft, links=links))
        assert isinstance(made, Product)
        return made

    async def movement(self, key: str, message: object) -> Any:
        return await self.directory.ask(MovementActor, ("test", key), message)

    async def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return await self.storage.read(lambda c: c.execute(sql, values).fetchall())

    async def write(self, unit: Callable[[sqlite3.Connection], T]) -> T:
        return await self.storage.write(unit)

    async def open_alerts(self) -> set[tuple[str, str]]:
        return set(await self.rows("SELECT kind, subject FROM alerts WHERE state <> 'cleared'"))

    def heard(self, kind: type) -> list[News]:
        """News of this kind since the last time, which are then forgotten."""
        found = [news for news in self.news if isinstance(news, kind)]
        self.news.clear()
        return found

    # --- making -----------------------------------------------------------------------

    def _settings_actor(self, _key: str) -> SettingsActor:
        return SettingsActor(
            storage=self.storage,
            clock=self.clock,
            news=self.desk,
            book=self.book,
            secrets=self.secrets,
            offload=asyncio.to_thread,
            token_bytes=lambda count: next(self._bytes).to_bytes(count),
            passwords=PasswordHasher(argon2.PasswordHasher(1, 8, 1)),
        )

    def _product_actor(self, product_id: int) -> ProductActor:
        return ProductActor(
            product_id,
            storage=self.storage,
            clock=self.clock,
            news=self.desk,
            nomenclature=self.nomenclature,
            book=self.book,
        )

    def _category_actor(self, _key: str) -> CategoryActor:
        return CategoryActor(storage=self.storage, clock=self.clock, news=self.desk, ids=self.ids)

    def _movement_actor(self, key: tuple[str, str]) -> MovementActor:
        return MovementActor(
            key,
            storage=self.storage,
            clock=self.clock,
            news=self.desk,
            directory=self.directory,
            nomenclature=self.nomenclature,
            book=self.book,
            ids=self.ids,
            stock_actor=self.stock_actor,
        )

    def _stock_actor(self, product_id: int) -> StockActor:
        return StockActor(
            product_id,
            storage=self.storage,
            clock=self.clock,
            news=self.desk,
            on_order_changed=lambda _order: None,
        )
