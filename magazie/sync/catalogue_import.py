"""Importing a shop's listing into the nomenclature: linked, created, or left to a person."""

import asyncio
import math
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple

from magazie.actors.listing_messages import BeginPlan, MarkItem, StorePlan
from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Link, NewLink
from magazie.actors.runtime import Directory, Rejection
from magazie.actors.shop_catalogue import ShopCatalogue
from magazie.model.ids import IdSource
from magazie.model.item_problems import ItemProblem, ItemProblemCode, left_to_a_person
from magazie.model.matching import MatchAction, Matching, MatchReason, ShopItem, Verdict
from magazie.ports import ProductPage, ShopPort, ShopProduct, Urgency
from magazie.storage import listing as rows
from magazie.storage import shop_matching as match_rows
from magazie.storage.jobs import JobProgress
from magazie.storage.movements import MovementKind
from magazie.storage.reads.images import count_images
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage
from magazie.sync.bundle_parts import learn_bundles
from magazie.sync.import_report import ImportOrder, ImportResult, planned
from magazie.sync.job_runner import Progress
from magazie.sync.order_reader import OrderReader
from magazie.sync.patience import Patience
from magazie.sync.product_creation import ProductCreation

PAGES_MOST = 10_000
PASSES_MOST = 3
"""Times that pages are gone through where they did not show all that was read just before."""
LOOKED_AT_MOST = 200
"""So few that pages did not show are read one by one."""
REREADS_MOST = 5
"""An item whose orders keep changing while it is read is left for the next import."""
SLICE = 200
"""Items judged before others get their turn: a few milliseconds."""
AT_ONCE = 16
"""Items of a page carried out at the same time. No verdict depends on another's outcome."""


class _Unmoved(NamedTuple):
    """An item as the shop has it, and what it had subtracted for orders held here."""

    product: ShopProduct
    unshipped_milli: int


class CatalogueImport:
    """The imports of one shop: one at a time, each repeatable."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        reader: OrderReader,
        directory: Directory,
        storage: Storage,
        ids: IdSource,
        nomenclature: Nomenclature,
        settings: Callable[[], ShopSettings],
        store: Callable[[ProductPage], Awaitable[None]],
    ) -> None:
        """``reader`` is the shop's own; ``store`` puts a page that was read into the listing."""
        self._shop = shop
        self._port = port
        self._reader = reader
        self._directory = directory
        self._storage = storage
        self._ids = ids
        self._nomenclature = nomenclature
        self._settings = settings
        self._store = store

    async def run(self, order: ImportOrder, progress: Progress) -> ImportResult:
        """Do what is ordered with a listing just read whole.

        Page by page, each read anew between two reads of the shop's orders; a dry run judges
        what the listing says and reads nothing.
        """
        result = ImportResult(dry_run=order.dry_run)
        matching = await self.load_matching()
        await self._tell(BeginPlan())
        if order.dry_run:
            await self._judge_all(order, matching, result, progress)
            return result
        patience = Patience(self._shop, has_answered=True)
        await patience.ask(self._reader.read_recent)
        with self._reader.watch_changes() as changed:
            await self._import_pages(order, matching, changed, result, progress, patience)
        await learn_bundles(self._shop, storage=self._storage, directory=self._directory)
        return result

    async def load_matching(self) -> Matching:
        """All items of the listing beside the nomenclature, taken in slices."""
        matching = Matching(self._nomenclature.named_by)
        after = ""
        while True:
            found = await self._storage.read(
                partial(match_rows.items_after, shop=self._shop, after=after, limit=SLICE)
            )
            for item in found:
                matching.put(item)
            if len(found) < SLICE:
                return matching
            after = found[-1].external_id

    async def _judge_all(
        self, order: ImportOrder, matching: Matching, result: ImportResult, progress: Progress
    ) -> None:
        wanted = [external_id for external_id in matching.ids() if order.has(external_id)]
        for start in range(0, len(wanted), SLICE):
            part = wanted[start : start + SLICE]
            await self._plan(
                [(matching.item(each), matching.verdict(each)) for each in part], result
            )
            await progress(start + len(part), len(wanted))

    async def _plan(self, judged: list[tuple[ShopItem, Verdict]], result: ImportResult) -> None:
        for item, verdict in judged:
            result.add(item, verdict)
        await self._tell(StorePlan(tuple(planned(*each) for each in judged)))

    # --- page by page -----------------------------------------------------------------

    async def _import_pages(
        self,
        order: ImportOrder,
        matching: Matching,
        changed: set[int],
        result: ImportResult,
        progress: Progress,
        patience: Patience,
    ) -> None:
        """Import page by page; then what pages that moved or repeated did not show."""
        creation = ProductCreation(self._directory, self._ids, self._settings())
        done: set[str] = set()

        async def take(products: Sequence[ShopProduct]) -> None:
            chosen = [
                product
                for product in products
                if product.external_id not in done and order.has(product.external_id)
            ]
            unmoved = await self._unmoved(chosen, changed, patience)
            await self._import_page(unmoved, order, matching, creation, result)
            done.update(product.external_id for product in products)

        left: list[str] = []
        for _ in range(PASSES_MOST):
            await self._import_pass(take, done, progress, patience)
            left = [it for it in matching.ids() if order.has(it) and it not in done]
            if len(left) <= LOOKED_AT_MOST:
                break
        found = [await self._item(external_id, patience) for external_id in left[:LOOKED_AT_MOST]]
        items = tuple(item for item in found if item is not None)
        if items:
            await self._store(ProductPage(1, 1, len(items), items, ()))
            await take(items)

    async def _import_pass(
        self,
        take: Callable[[Sequence[ShopProduct]], Awaitable[None]],
        done: set[str],
        progress: Progress,
        patience: Patience,
    ) -> None:
        shown: set[str] = set()
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for number in range(1, PAGES_MOST + 1):
            page = await patience.ask(
                partial(self._port.products, number, urgency=Urgency.CATALOGUE)
            )
            ids = {product.external_id for product in page.products} | set(page.undecodable)
            if not ids or ids <= shown:
                break
            shown |= ids
            await self._store(page)
            await take(page.products)
            done.update(page.undecodable)
            paced_s = (loop.time() - began_s) / number
            left = max(0, page.pages - number)
            images = await self._storage.read(count_images)
            more = JobProgress(
                pages=number,
                pages_total=max(number, page.pages),
                seconds_left=math.ceil(paced_s * left),
                images=images.fetched + images.failed + images.waiting,
                images_fetched=images.fetched,
            )
            await progress(len(done), page.total, more)
            if number >= page.pages:
                break

    async def _item(self, external_id: str, patience: Patience) -> ShopProduct | None:
        return await patience.ask(
            partial(self._port.product, external_id, urgency=Urgency.CATALOGUE)
        )

    async def _unmoved(
        self, products: list[ShopProduct], changed: set[int], patience: Patience
    ) -> list[_Unmoved]:
        """The items as read while none of their orders changed; touched ones are read again.

        ``changed`` collects the orders that any read finds changed; it is emptied here. What
        the shop had subtracted is counted before another order can come in.
        """
        settled: dict[str, _Unmoved] = {}
        waiting = {product.external_id: product for product in products}
        source = self._settings().stock_warehouse or ""
        for _ in range(REREADS_MOST):
            touched, unshipped = await patience.ask(
                partial(self._moved_by_now, changed, source, tuple(waiting))
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
                item = await self._item(external_id, patience)
                if item is not None:
                    waiting[external_id] = item
        return list(settled.values())

    async def _moved_by_now(
        self, changed: set[int], source: str, items: tuple[str, ...]
    ) -> tuple[set[str], dict[str, int]]:
        async with self._reader.just_read():
            orders = tuple(changed)
            changed.clear()
            return await self._storage.read(partial(self._moved, orders, source, items))

    def _moved(
        self,
        orders: tuple[int, ...],
        source: str,
        items: tuple[str, ...],
        connection: sqlite3.Connection,
    ) -> tuple[set[str], dict[str, int]]:
        """The items that these orders name, and what open orders hold of each of ``items``."""
        touched = rows.items_of_orders(connection, self._shop, orders)
        return touched, rows.unshipped_of(connection, self._shop, source, items)

    async def _import_page(
        self,
        unmoved: list[_Unmoved],
        order: ImportOrder,
        matching: Matching,
        creation: ProductCreation,
        result: ImportResult,
    ) -> None:
        ids = [each.product.external_id for each in unmoved]
        items, states = await self._storage.read(
            lambda c: (
                match_rows.items_of(c, self._shop, ids),
                rows.states(c, self._shop, ids),
            )
        )
        for item in items:
            matching.put(item)
        judged: list[tuple[ShopItem, Verdict]] = []
        for start in range(0, len(unmoved), AT_ONCE):
            works = [
                self._carry_out(
                    each,
                    matching.item(each.product.external_id),
                    matching.verdict(each.product.external_id),
                    creation,
                    state=states[each.product.external_id],
                    opening=order.opening_stock,
                )
                for each in unmoved[start : start + AT_ONCE]
            ]
            # what one failure leaves under way is waited for: the job may begin again at once
            for outcome in await asyncio.gather(*works, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
                judged.append(outcome)
        await self._plan(judged, result)

    # --- one item ---------------------------------------------------------------------

    async def _carry_out(
        self,
        unmoved: _Unmoved,
        item: ShopItem,
        verdict: Verdict,
        creation: ProductCreation,
        *,
        state: str,
        opening: bool,
    ) -> tuple[ShopItem, Verdict]:
        try:
            match verdict:
                case Verdict(MatchAction.LINK, _, int(product_id)):
                    await self._link(item, product_id)
                case Verdict(MatchAction.CREATE):
                    await self._mark(item, "creating")
                    product_id = await creation.create(unmoved.product, item.family)
                    verdict = Verdict(MatchAction.CREATE, verdict.reason, product_id)
                    await self._open(unmoved, product_id, opening=opening)
                case Verdict(MatchAction.KEEP, _, int(product_id)) if state == "creating":
                    await self._open(unmoved, product_id, opening=opening)
                case Verdict(MatchAction.KEEP) if state not in {"linked", "created"}:
                    await self._mark(item, "linked")
                case Verdict(MatchAction.ASK):
                    await self._leave(item, verdict)
        except Rejection as refusal:
            verdict = Verdict(MatchAction.ASK, MatchReason.REFUSED, detail=str(refusal))
            await self._leave(item, verdict)
        return item, verdict

    async def _link(self, item: ShopItem, product_id: int) -> None:
        """Tie the item; not a byte of the product's record changes."""
        link = NewLink(self._shop, item.external_id, item.sku)
        await self._directory.ask(ProductActor, product_id, Link(link=link))
        await self._mark(item, "linked")

    async def _open(self, unmoved: _Unmoved, product_id: int, *, opening: bool) -> None:
        """Open the stock: what the shop has, and what it had subtracted for orders held here."""
        shown = unmoved.product
        warehouse = self._settings().stock_warehouse
        if shown.bundle:  # it has no stock but that of its parts
            await self._tell(MarkItem(shown.external_id, "created"))
            return
        problem = None
        if shown.stock_milli is None or not shown.stock_managed:
            problem = ItemProblem(ItemProblemCode.STOCK_NOT_KEPT)
        elif opening and warehouse is not None and not await self._is_open(product_id, warehouse):
            # below zero where the shop sold more than it had: those goods are not here either
            quantity = max(0, shown.stock_milli + unmoved.unshipped_milli)
            await self._directory.ask(
                MovementActor,
                (f"import:{self._shop}", shown.external_id),
                CreateMovement(
                    kind=MovementKind.OPENING,
                    warehouse=warehouse,
                    reference=f"import {self._shop} {shown.external_id}",
                    lines=(NewLine(product_id, quantity),),
                    created_by="import",
                ),
            )
        await self._tell(MarkItem(shown.external_id, "created", problem))

    async def _is_open(self, product_id: int, warehouse: str) -> bool:
        return await self._storage.read(lambda c: rows.has_stock(c, product_id, warehouse))

    async def _leave(self, item: ShopItem, verdict: Verdict) -> None:
        problem = left_to_a_person(verdict, item.sku, item.ean)
        await self._tell(MarkItem(item.external_id, "conflict", problem))

    async def _mark(self, item: ShopItem, state: str) -> None:
        await self._tell(MarkItem(item.external_id, state))

    async def _tell(self, message: BeginPlan | StorePlan | MarkItem) -> None:
        await self._directory.ask(ShopCatalogue, self._shop, message)
