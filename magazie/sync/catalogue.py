"""Reading a shop's catalogue into the listing, and importing the listing into the nomenclature."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import partial
from typing import NamedTuple

import msgspec

from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import CreateProduct, Link, NewLink
from magazie.actors.runtime import Directory, Rejection
from magazie.actors.shop_catalogue import ListingRead, MarkItem, ShopCatalogue, StoreListing
from magazie.model.html_text import plain_text
from magazie.model.ids import IdSource, encode_id
from magazie.model.import_rule import Action, Decision, decide
from magazie.ports import Clock, ProductPage, ShopPort, ShopProduct, Urgency
from magazie.storage import listing as rows
from magazie.storage.movements import MovementKind
from magazie.storage.products import ProductDraft
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage
from magazie.sync.order_reader import OrderReader

logger = logging.getLogger(__name__)

PAGES_MOST = 10_000
REREADS_MOST = 5
"""An item whose orders keep changing while it is read is left for the next import."""

Progress = Callable[[int, int | None], Awaitable[None]]
"""Told (done, total) items."""


class RowResult(msgspec.Struct, frozen=True):
    """What was, or in a dry run would be, done with one item. Part of a job's public result."""

    external_id: str
    sku: str
    action: Action
    product: str | None
    why: str


class ImportResult(msgspec.Struct):
    """What an import did."""

    linked: int = 0
    created: int = 0
    kept: int = 0
    left: int = 0
    dry_run: bool = False
    rows: list[RowResult] = []


class ImportOrder(msgspec.Struct, frozen=True):
    """What to import: chosen items, or all (``rows`` None)."""

    rows: frozenset[str] | None = None
    dry_run: bool = False
    opening_stock: bool = True


class _Unmoved(NamedTuple):
    """An item as the shop has it, and what it had subtracted for orders held here."""

    product: ShopProduct
    unshipped_milli: int


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
        self._port = port
        self._reader = reader
        self._directory = directory
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._nomenclature = nomenclature
        self._settings = settings

    # --- reading ----------------------------------------------------------------------

    async def sync(self, progress: Progress) -> int:
        """Read every page of the shop's items into the listing; answers how many there are.

        Pages move while they are read: what a later page repeats is stored again, and only a
        whole reading tells what vanished.
        """
        began_ms = self._clock.now_ms()
        shown: set[str] = set()
        for number in range(1, PAGES_MOST + 1):
            page = await self._port.products(number, urgency=Urgency.CATALOGUE)
            ids = {product.external_id for product in page.products}
            if not ids or ids <= shown:
                break
            shown |= ids
            await self._store(page)
            await progress(len(shown), page.total)
            if number >= page.pages:
                break
        await self._directory.ask(ShopCatalogue, self._shop, ListingRead(began_ms))
        return len(shown)

    async def _store(self, page: ProductPage) -> None:
        await self._directory.ask(
            ShopCatalogue, self._shop, StoreListing(page.products, page.undecodable)
        )

    # --- import -----------------------------------------------------------------------

    async def run_import(self, order: ImportOrder, progress: Progress) -> ImportResult:
        """Import page by page, each read anew between two reads of the shop's orders."""
        result = ImportResult(dry_run=order.dry_run)
        await self.sync(progress)
        shared = await self._storage.read(lambda c: rows.shared_skus(c, self._shop))
        await self._reader.read_recent()
        with self._reader.watch_changes() as changed:
            await self._import_pages(order, shared, changed, result, progress)
        return result

    async def _import_pages(
        self,
        order: ImportOrder,
        shared: Collection[str],
        changed: set[int],
        result: ImportResult,
        progress: Progress,
    ) -> None:
        done: set[str] = set()
        for number in range(1, PAGES_MOST + 1):
            page = await self._port.products(number, urgency=Urgency.CATALOGUE)
            ids = {product.external_id for product in page.products}
            if not ids or ids <= done:
                break
            await self._store(page)
            fresh = [product for product in page.products if product.external_id not in done]
            chosen = [
                product
                for product in fresh
                if order.rows is None or product.external_id in order.rows
            ]
            unmoved = await self._unmoved(chosen, changed)
            await self._import_page(unmoved, order, shared, result)
            done |= ids
            await progress(len(done), page.total)
            if number >= page.pages:
                break

    async def _unmoved(self, products: list[ShopProduct], changed: set[int]) -> list[_Unmoved]:
        """The items as read while none of their orders changed; touched ones are read again.

        ``changed`` collects the orders that any read finds changed; it is emptied here. What
        the shop had subtracted is counted before another order can come in.
        """
        settled: dict[str, _Unmoved] = {}
        waiting = {product.external_id: product for product in products}
        source = self._settings().stock_warehouse or ""
        for _ in range(REREADS_MOST):
            async with self._reader.just_read():
                orders = tuple(changed)
                changed.clear()
                touched, unshipped = await self._storage.read(
                    partial(self._moved, orders, source, tuple(waiting))
                )
            settled |= {
                key: _Unmoved(item, unshipped.get(key, 0))
                for key, item in waiting.items()
                if key not in touched
            }
            again = [key for key in waiting if key in touched]
            if not again:
                break
            waiting = {}
            for external_id in again:
                item = await self._port.product(external_id, urgency=Urgency.CATALOGUE)
                if item is not None:
                    waiting[external_id] = item
        return list(settled.values())

    def _moved(
        self,
        orders: tuple[int, ...],
        source: str,
        items: tuple[str, ...],
        connection: sqlite3.Connection,
    ) -> tuple[set[str], dict[str, int]]:
        """The items that these orders name, and what open orders hold of each of ``items``."""
        touched = rows.items_of_orders(connection, orders)
        return touched, rows.unshipped_of(connection, self._shop, source, items)

    async def _import_page(
        self,
        unmoved: list[_Unmoved],
        order: ImportOrder,
        shared: Collection[str],
        result: ImportResult,
    ) -> None:
        products = [each.product for each in unmoved]
        decisions = await self._decide(products, shared)
        states = await self._storage.read(
            lambda c: rows.states(c, self._shop, [item.external_id for item in products])
        )
        for (product, unshipped_milli), decision in zip(unmoved, decisions, strict=True):
            done = decision
            if not order.dry_run:
                done = await self._carry_out(
                    product,
                    decision,
                    opening=order.opening_stock,
                    unshipped_milli=unshipped_milli,
                    was_creating=states.get(product.external_id) == "creating",
                )
            _count(result, product, done)

    async def _decide(
        self, products: Iterable[ShopProduct], shared: Collection[str]
    ) -> list[Decision]:
        items = list(products)
        exact = await self._storage.read(
            lambda c: rows.exact_codes(c, [item.sku for item in items])
        )
        return [
            decide(
                item.sku,
                item.ean,
                linked_to=self._nomenclature.by_link(self._shop, item.external_id),
                is_shared=item.sku in shared,
                exact=exact.get(item.sku),
                candidates=self._nomenclature.candidates((item.sku, item.ean)),
            )
            for item in items
        ]

    async def _carry_out(
        self,
        product: ShopProduct,
        decision: Decision,
        *,
        opening: bool,
        unshipped_milli: int,
        was_creating: bool,
    ) -> Decision:
        try:
            match decision.action:
                case Action.LINK:
                    await self._link(product, decision)
                case Action.CREATE:
                    product_id = await self._create(product)
                    decision = Decision(Action.CREATE, product_id)
                    await self._open(product, product_id, unshipped_milli, opening=opening)
                case Action.KEEP if was_creating and decision.product_id is not None:
                    await self._open(product, decision.product_id, unshipped_milli, opening=opening)
                case Action.ASK:
                    await self._mark(product, "conflict", decision.why)
                case Action.KEEP:
                    pass
        except Rejection as refusal:
            decision = Decision(Action.ASK, why=str(refusal))
            await self._mark(product, "conflict", decision.why)
        return decision

    async def _link(self, product: ShopProduct, decision: Decision) -> None:
        link = NewLink(self._shop, product.external_id, product.sku)
        await self._directory.ask(ProductActor, decision.product_id, Link(link=link))
        await self._mark(product, "linked")

    async def _create(self, product: ShopProduct) -> int:
        """Create the product whole, with its link, in one unit."""
        await self._mark(product, "creating")
        product_id = self._ids.next_id()
        await self._directory.ask(ProductActor, product_id, self._creation(product))
        return product_id

    def _creation(self, product: ShopProduct) -> CreateProduct:
        settings = self._settings()
        price = _price_of(product)
        prices = {}
        if settings.price_warehouse is not None and price is not None:
            prices[settings.price_warehouse] = price
        draft = ProductDraft(
            code=product.sku.strip(),
            ean=product.ean.strip(),
            name=product.name or product.sku,
            description=plain_text(product.description),
            brand=product.brand,
            unit=product.unit or "buc",
            vat_rate_e2=product.vat_rate_e2,
            weight_milli=product.weight_milli,
            prices=prices,
            problems=_problems_of(product),
        )
        link = NewLink(self._shop, product.external_id, product.sku)
        return CreateProduct(draft=draft, links=(link,))

    async def _open(
        self, product: ShopProduct, product_id: int, unshipped_milli: int, *, opening: bool
    ) -> None:
        """Open the stock: what the shop has, and what it had subtracted for orders held here."""
        warehouse = self._settings().stock_warehouse
        problem = None
        if product.stock_milli is None or not product.stock_managed:
            problem = "the shop does not keep this item's stock: none was opened"
        elif opening and warehouse is not None and not await self._is_open(product_id, warehouse):
            # below zero where the shop sold more than it had: those goods are not here either
            quantity = max(0, product.stock_milli + unshipped_milli)
            await self._directory.ask(
                MovementActor,
                (f"import:{self._shop}", product.external_id),
                CreateMovement(
                    kind=MovementKind.OPENING,
                    warehouse=warehouse,
                    reference=f"import {self._shop} {product.external_id}",
                    lines=(NewLine(product_id, quantity),),
                    created_by="import",
                ),
            )
        await self._mark(product, "created", problem)

    async def _is_open(self, product_id: int, warehouse: str) -> bool:
        return await self._storage.read(lambda c: rows.has_stock(c, product_id, warehouse))

    async def _mark(self, product: ShopProduct, state: str, problem: str | None = None) -> None:
        await self._directory.ask(
            ShopCatalogue, self._shop, MarkItem(product.external_id, state, problem)
        )


def _price_of(product: ShopProduct) -> int | None:
    """Only prices in RON with VAT are taken."""
    if product.currency != "RON" or not product.vat_included:
        return None
    return product.base_price_e4


def _problems_of(product: ShopProduct) -> tuple[str, ...]:
    problems = list(product.problems)
    if product.base_price_e4 is not None and _price_of(product) is None:
        vat = "with" if product.vat_included else "without"
        problems.append(f"the shop's price is in {product.currency} {vat} VAT: none was taken")
    return tuple(problems)


def _count(result: ImportResult, product: ShopProduct, decision: Decision) -> None:
    match decision.action:
        case Action.KEEP:
            result.kept += 1
        case Action.LINK:
            result.linked += 1
        case Action.CREATE:
            result.created += 1
        case Action.ASK:
            result.left += 1
    if decision.action is not Action.KEEP:
        result.rows.append(
            RowResult(
                product.external_id,
                product.sku,
                decision.action,
                encode_id(decision.product_id) if decision.product_id is not None else None,
                decision.why,
            )
        )
