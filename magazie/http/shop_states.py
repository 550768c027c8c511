"""Where each shop stands, for operators and metrics; asked at most once in a while."""

import asyncio
import sqlite3
from typing import Final

import msgspec

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import OutboxState, ReadOutbox
from magazie.actors.runtime import Directory
from magazie.actors.settings_book import SettingsBook, ShopSettings
from magazie.http.desks import ShopDesks
from magazie.ports import BudgetState, Clock
from magazie.storage import Storage
from magazie.storage.feeds import FeedRow, load

_GOOD_FOR_MS: Final = 1000
_WITHIN_S: Final = 2.0


class ShopState(msgspec.Struct, frozen=True):
    """One shop. ``outbox`` None: it did not answer in time."""

    name: str
    kind: str
    is_served: bool
    is_complete: bool
    failing_since_ms: int | None
    budget: BudgetState | None
    feed: FeedRow
    outbox: OutboxState | None


class ShopStates:
    """Asks every shop's parts, for all who want to know at about the same time."""

    def __init__(
        self,
        *,
        storage: Storage,
        directory: Directory,
        clock: Clock,
        book: SettingsBook,
        desks: ShopDesks,
    ) -> None:
        """Nothing is asked before somebody wants to know."""
        self._storage = storage
        self._directory = directory
        self._clock = clock
        self._book = book
        self._desks = desks
        self._asking: asyncio.Future[list[ShopState]] | None = None
        self._known: list[ShopState] = []
        self._known_ms = -_GOOD_FOR_MS

    async def all(self) -> list[ShopState]:
        """All shops by name, as they stood within the last second."""
        # a clock that was put back must not make what is known good for as long as that
        if 0 <= self._clock.now_ms() - self._known_ms < _GOOD_FOR_MS:
            return self._known
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask())
            self._asking.add_done_callback(self._asked)
        return await asyncio.shield(self._asking)

    def _asked(self, asking: asyncio.Future[list[ShopState]]) -> None:
        self._asking = None
        if not asking.cancelled() and asking.exception() is None:
            self._known = asking.result()
            self._known_ms = self._clock.now_ms()

    async def _ask(self) -> list[ShopState]:
        shops = self._book.view.shops
        return await asyncio.gather(*(self._state(shops[name]) for name in sorted(shops)))

    async def _state(self, shop: ShopSettings) -> ShopState:
        desk = self._desks.find(shop.name)

        def query(connection: sqlite3.Connection) -> FeedRow:
            return load(connection, shop.name)

        return ShopState(
            name=shop.name,
            kind=shop.kind,
            is_served=desk is not None,
            is_complete=desk is not None and desk.is_complete,
            failing_since_ms=desk.failing_since_ms if desk is not None else None,
            budget=desk.budget() if desk is not None else None,
            feed=await self._storage.read(query),
            outbox=await self._outbox(shop.name),
        )

    async def _outbox(self, shop: str) -> OutboxState | None:
        try:
            state: OutboxState = await self._directory.ask(
                GomagOutbox, shop, ReadOutbox(), timeout=_WITHIN_S
            )
        except Exception:  # noqa: BLE001 - whatever keeps it from answering, it is not known
            return None
        return state
