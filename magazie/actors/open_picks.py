"""Which orders are being picked, and at which terminal: in memory, for all to look up."""

import sqlite3
from collections.abc import Callable

from magazie.model.picking import PickingState
from magazie.storage import picking as rows
from magazie.storage.storage import Storage


class OpenPicks:
    """The open picking sessions, as committed. Only PickingSessions change it."""

    def __init__(self) -> None:
        """Nothing is being picked until ``load``."""
        self._by_order: dict[int, int] = {}
        self._by_terminal: dict[str, int] = {}
        self._on_change: Callable[[int, int], None] | None = None

    async def load(self, storage: Storage) -> None:
        """Read everything, once, before anybody looks anything up."""
        await storage.read(self._fill)

    def tell_changes(self, on_change: Callable[[int, int], None]) -> None:
        """Say who hears (session, order) when an order that is being picked was changed."""
        self._on_change = on_change

    def of_order(self, order_id: int) -> int | None:
        """The session in which the order is being picked."""
        return self._by_order.get(order_id)

    def of_terminal(self, terminal: str) -> int | None:
        """The session that is worked in at the terminal."""
        return self._by_terminal.get(terminal)

    @property
    def sessions(self) -> int:
        """How many there are."""
        return len(set(self._by_order.values()))

    def order_changed(self, order_id: int) -> None:
        """An order's change is committed: its session hears of it before whoever asked."""
        session_id = self._by_order.get(order_id)
        if session_id is not None and self._on_change is not None:
            self._on_change(session_id, order_id)

    def take(self, before: PickingState | None, after: PickingState) -> None:
        """Follow a committed change of a session; ``before`` None means that it is new."""
        if before is not None and self._by_terminal.get(before.terminal) == before.id:
            del self._by_terminal[before.terminal]
        if after.is_open:
            self._by_terminal[after.terminal] = after.id
            self._by_order.update((order.order_id, after.id) for order in after.orders)
            return
        for order in after.orders:
            if self._by_order.get(order.order_id) == after.id:
                del self._by_order[order.order_id]

    def _fill(self, connection: sqlite3.Connection) -> None:
        for session_id, terminal, order_id in rows.open_sessions(connection):
            self._by_order[order_id] = session_id
            self._by_terminal[terminal] = session_id
