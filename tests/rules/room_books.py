"""What the books of a storeroom say, as tests ask it. Numbers are pieces."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import ExplainProduct, Explanation, OutboxState, ReadOutbox
from magazie.service import DATABASE, Service
from magazie.storage import orders as order_rows
from magazie.storage import outbox_items, outbox_statuses
from magazie.storage.batch import Unit
from magazie.storage.books import check_books
from magazie.storage.orders import Order, OrderKey
from magazie.storage.outbox_items import ItemRow
from magazie.storage.outbox_statuses import StatusRow
from tests.rules.shop_side import PIECE, ShopSide

T = TypeVar("T")

SHOP, OTHER = "magazin", "al-doilea"
MAIN, SIDE = "principal", "raft"


class RoomBooks:
    """Reads the books of one storeroom, through its service or beside it."""

    folder: Path
    sides: Mapping[str, ShopSide]
    product_ids: dict[str, int]
    _beside: sqlite3.Connection | None = None

    @property
    def service(self) -> Service:
        raise NotImplementedError

    def prove_books(self) -> None:
        """Every promise of the books holds."""
        self.stop_peeking()
        faults = check_books(self.folder / DATABASE).faults
        assert faults == (), "\n".join(map(str, faults[:5]))

    async def ask(self, actor: type[Any], key: Any, message: msgspec.Struct) -> Any:
        return await self.service.directory.ask(actor, key, message)

    async def look(self, query: Unit[T]) -> T:
        """Read the books."""
        return await self.service.storage.read(query)

    def peek(self, query: str, *arguments: object) -> float:
        """One whole number of the books as committed now, without letting any time pass."""
        return self.peek_all(query, *arguments)[0][0] or 0

    def peek_all(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Rows of the books as committed now, without letting any time pass."""
        if self._beside is None:  # to connect takes twenty times as long as to ask
            self._beside = sqlite3.connect(self.folder / DATABASE, isolation_level=None)
        return self._beside.execute(query, arguments).fetchall()

    def stop_peeking(self) -> None:
        """Let go of the file."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None

    async def number(self, query: str, *arguments: object) -> float:
        """One number of the books, thousandths taken for pieces."""
        row = await self.look(lambda c: c.execute(query, arguments).fetchone())
        return (row[0] or 0) / PIECE if row is not None else 0

    async def on_hand(self, sku: str, warehouse: str = MAIN) -> float:
        return await self.number(
            "SELECT on_hand_milli FROM balances WHERE product_id = ? AND warehouse = ?",
            self.product_ids[sku],
            warehouse,
        )

    async def reserved(self, sku: str, warehouse: str = MAIN) -> float:
        return await self.number(
            "SELECT sum(reserved_milli) FROM claims WHERE product_id = ? AND warehouse = ?",
            self.product_ids[sku],
            warehouse,
        )

    async def available(self, sku: str, warehouse: str = MAIN) -> float:
        return await self.on_hand(sku, warehouse) - await self.reserved(sku, warehouse)

    async def orders(self) -> list[tuple[str, str, str]]:
        """The natural key of every order here."""
        return await self.look(
            lambda c: c.execute(
                "SELECT origin, source, external_id FROM orders ORDER BY id"
            ).fetchall()
        )

    async def find(self, order_id: int, shop: str = SHOP) -> Order | None:
        """A shop's order as it is here, if it is."""
        return await self.look(lambda c: order_rows.load(c, key_of(shop, order_id)))

    async def held(self, key: OrderKey | int) -> dict[int, tuple[float, float]]:
        """Line → (reserved, missing), in pieces; of a shop's order its id will do."""
        natural = key_of(SHOP, key) if isinstance(key, int) else key
        rows = await self.look(
            lambda c: c.execute(
                "SELECT line, reserved_milli, max(0, ordered_milli - shipped_milli)"
                " - reserved_milli FROM claims WHERE ordered_milli > 0 AND order_id ="
                " (SELECT id FROM orders WHERE origin = ? AND source = ? AND external_id = ?)"
                " ORDER BY line",
                natural,
            ).fetchall()
        )
        return {line: (held / PIECE, missing / PIECE) for line, held, missing in rows}

    async def alerts(self, kind: str) -> list[str]:
        """The subjects of what of this kind needs a person now."""
        return await self.look(
            lambda c: [
                row[0]
                for row in c.execute(
                    "SELECT subject FROM alerts WHERE kind = ? AND state <> 'cleared'"
                    " ORDER BY subject",
                    (kind,),
                )
            ]
        )

    async def outbox(self, shop: str = SHOP) -> OutboxState:
        state: OutboxState = await self.ask(GomagOutbox, shop, ReadOutbox())
        return state

    async def item(self, sku: str, field_: str = "stock", shop: str = SHOP) -> ItemRow:
        """Truth and acknowledgement of an item, side by side."""
        item = self.sides[shop].item_id(sku)
        found = await self.look(lambda c: outbox_items.for_items(c, shop, (item,)))
        return next(row for row in found if row.field == field_)

    async def explained(self, sku: str, field_: str = "stock", shop: str = SHOP) -> Explanation:
        """What a person is told of an item."""
        product = self.product_ids[sku]
        told: tuple[Explanation, ...] = await self.ask(GomagOutbox, shop, ExplainProduct(product))
        return next(each for each in told if each.field == field_)

    async def milestones(self, order_id: int, shop: str = SHOP) -> dict[str, StatusRow]:
        """What is to be told, or was, of a shop's order."""
        order = await self.find(order_id, shop)
        assert order is not None
        found = await self.look(lambda c: outbox_statuses.of_order(c, shop, order.id))
        return {row.subject: row for row in found}


def key_of(shop: str, order_id: int) -> OrderKey:
    return ("shop", shop, str(order_id))
