"""What people and other programs do in a storeroom, and what they ask for."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import CancelOrder, LinkLine, OrderDraft, OrderHeld, PlaceOrder
from magazie.actors.outbox_messages import ReleaseHeld, RetryItem
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CreateProduct, Link, NewLink, SetPrice, SetSync
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import UpdateShop
from magazie.model.orders import LineKind, OrderDetails, OrderLine
from magazie.storage import jobs
from magazie.storage.movements import MovementKind
from magazie.storage.products import ProductDraft
from tests.rules.room_books import MAIN, SHOP, RoomBooks, key_of
from tests.rules.shop_side import LEU, PIECE
from tests.simulation.simulated_outside import VirtualClock

LINES_MOST = 250
"""A document of more lines would not be posted within the time it is waited for."""


class RoomPeople(RoomBooks):
    """Acts on the service of one storeroom. Quantities are pieces, prices lei."""

    clock: VirtualClock
    documents: int

    async def link_all(self, goods: Mapping[str, float]) -> None:
        """Take up each SKU with its links in every shop, and open its stock."""
        for sku in goods:
            await self.take_up(sku)
        lines = [
            NewLine(self.product_ids[sku], round(pieces * PIECE)) for sku, pieces in goods.items()
        ]
        if lines:
            await self.move(MovementKind.OPENING, lines)

    async def take_up(
        self, sku: str, *, shops: Sequence[str] | None = None, lei: float | None = 10
    ) -> None:
        """Make the product with its links and its price; its stock is not known."""
        links = tuple(
            NewLink(name, side.item_id(sku), sku)
            for name, side in self.sides.items()
            if shops is None or name in shops
        )
        prices = {} if lei is None else {MAIN: round(lei * LEU)}
        draft = ProductDraft(code=sku, name=f"Produsul {sku}", prices=prices)
        product_id = self.product_ids[sku] = self.service.ids.next_id()
        await self.ask(ProductActor, product_id, CreateProduct(draft=draft, links=links))

    async def link(self, sku: str, shop: str, item: str) -> None:
        """Tie another item of a shop to the product."""
        link = NewLink(shop, item, sku)
        await self.ask(ProductActor, self.product_ids[sku], Link(link=link))

    async def move(
        self,
        kind: MovementKind,
        lines: Sequence[NewLine],
        *,
        warehouse: str = MAIN,
        to_warehouse: str | None = None,
    ) -> None:
        """Post a document; every line of it must be taken."""
        self.documents += 1
        document = CreateMovement(
            kind=kind,
            warehouse=warehouse,
            to_warehouse=to_warehouse,
            reference=f"document {self.documents}",
            lines=tuple(lines),
            created_by="test",
        )
        posted = await self.ask(MovementActor, ("test", str(self.documents)), document)
        assert [line.problem for line in posted.lines] == [""] * len(lines)

    async def receive(self, sku: str, pieces: float, warehouse: str = MAIN) -> None:
        """Goods come in."""
        line = NewLine(self.product_ids[sku], round(pieces * PIECE))
        await self.move(MovementKind.RECEPTION, [line], warehouse=warehouse)

    async def receive_all(self, skus: Sequence[str], pieces: float = 1) -> None:
        """So many of each come in."""
        lines = [NewLine(self.product_ids[sku], round(pieces * PIECE)) for sku in skus]
        for start in range(0, len(lines), LINES_MOST):
            await self.move(MovementKind.RECEPTION, lines[start : start + LINES_MOST])

    async def adjust(self, sku: str, pieces: float, warehouse: str = MAIN) -> None:
        """Goods are found, or lost where ``pieces`` is negative."""
        line = NewLine(self.product_ids[sku], round(pieces * PIECE))
        await self.move(MovementKind.ADJUSTMENT, [line], warehouse=warehouse)

    async def transfer(self, sku: str, pieces: float, source: str, target: str) -> None:
        """Goods go from one warehouse to the other."""
        line = NewLine(self.product_ids[sku], round(pieces * PIECE))
        await self.move(MovementKind.TRANSFER, [line], warehouse=source, to_warehouse=target)

    async def set_price(self, sku: str, lei: float) -> None:
        message = SetPrice(warehouse=MAIN, price_e4=round(lei * LEU))
        await self.ask(ProductActor, self.product_ids[sku], message)

    async def switch(self, sku: str, *, stock: bool, shop: str = SHOP) -> None:
        """Include the product's stock in what the shop is told, or exclude it."""
        await self.ask(ProductActor, self.product_ids[sku], SetSync(shop=shop, stock=stock))

    async def set_shop(self, shop: str = SHOP, **changes: Any) -> None:
        """Change a shop's settings."""
        await self.ask(SettingsActor, SETTINGS_KEY, UpdateShop(name=shop, **changes))

    async def cancel(self, order_id: int, shop: str = SHOP) -> None:
        """The office cancels a shop's order here."""
        await self.ask(OrderActor, key_of(shop, order_id), CancelOrder(person="ana"))

    async def link_line(self, order_id: int, line: int, sku: str) -> None:
        """The office ties a parked line of a shop's order to a product."""
        message = LinkLine(line, self.product_ids[sku], person="ana")
        await self.ask(OrderActor, key_of(SHOP, order_id), message)

    async def place(self, number: str, *lines: tuple[str, float]) -> OrderHeld:
        """Another program sends an order for the main warehouse; placed now."""
        draft = OrderDraft(
            source="api",
            number=number,
            warehouse=MAIN,
            placed_at_ms=self.clock.now_ms(),
            currency="RON",
            total_bani=round(sum(10 * 100 * pieces for _, pieces in lines)),
            details=OrderDetails(),
            lines=tuple(
                self._line(at, sku, pieces) for at, (sku, pieces) in enumerate(lines, start=1)
            ),
            payload=b"{}",
            digest=repr((number, lines)).encode()[:16],
        )
        held: OrderHeld = await self.ask(OrderActor, ("api", "api", number), PlaceOrder(draft))
        return held

    def _line(self, number: int, sku: str, pieces: float) -> OrderLine:
        return OrderLine(
            line=number,
            kind=LineKind.PRODUCT,
            item_id="",
            sku=sku,
            ean="",
            name=sku,
            product_id=self.product_ids[sku],
            quantity_milli=round(pieces * PIECE),
            picked_milli=0,
            price_e4=10 * LEU,
            base_price_e4=None,
            vat_rate_e2=None,
        )

    async def release(self, *items: str, shop: str = SHOP) -> int:
        """A person lets held values go; without items all of them."""
        released: int = await self.ask(GomagOutbox, shop, ReleaseHeld(items))
        return released

    async def retry(self, sku: str, shop: str = SHOP) -> bool:
        """A person wants an item tried again now."""
        item = self.sides[shop].item_id(sku)
        return bool(await self.ask(GomagOutbox, shop, RetryItem(item)))

    async def import_items(self, shop: str = SHOP) -> jobs.Job:
        """Import the shop's whole catalogue, with its stock."""
        sync = self.service.shops[shop]
        order = sync.import_arguments(rows=None, dry_run=False, opening_stock=True)
        job_id = await sync.start_import(order)
        while True:
            job = await self.look(lambda c: jobs.find(c, job_id))
            assert job is not None
            if job.is_over:
                assert job.state == jobs.JobState.DONE, job.problems
                return job
            await asyncio.sleep(0.5)

    def know_imported(self) -> None:
        """Learn which product an import made of each SKU."""
        self.product_ids |= dict(self.peek_all("SELECT code, id FROM products"))
