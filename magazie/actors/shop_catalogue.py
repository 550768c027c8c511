"""What one shop sells, as it last said, what import made of it, and what people decided."""

import sqlite3
from typing import Any

from msgspec.structs import replace

from magazie.actors import catalogue_reading as reading
from magazie.actors.catalogue_messages import (
    BeginReading,
    EndReading,
    FindUnseen,
    ReadAgain,
    ReadingBroken,
    StoreTree,
)
from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.listing_messages import (
    BeginPlan,
    CarryOutLink,
    DecideItem,
    DecisionAction,
    ItemNotListedError,
    ItemTied,
    ItemTiedError,
    MarkItem,
    SettleIdentity,
    StoreListing,
    StorePlan,
)
from magazie.actors.news import NewsDesk, RecordNews
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Link, LinkNotFoundError, NewLink, Unlink
from magazie.actors.runtime import AsyncioActor, Directory, Rejection
from magazie.model.item_problems import conflict_text, kept
from magazie.model.matching import Tie, TieState
from magazie.ports import Clock
from magazie.storage import listing as rows
from magazie.storage import shop_identity as identity
from magazie.storage import shop_matching as matching
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.catalogue_reads import turn_page
from magazie.storage.shop_matching import ListingDecision
from magazie.storage.shop_tree import store_uses
from magazie.storage.storage import Storage


class ShopCatalogue(AsyncioActor):
    """Owns one shop's listing. Asks ProductActors to make and undo links that people decide."""

    def __init__(
        self,
        shop: str,
        *,
        storage: Storage,
        clock: Clock,
        news: NewsDesk,
        directory: Directory,
        nomenclature: Nomenclature,
    ) -> None:
        """The listing itself stays in the database."""
        super().__init__()
        self._shop = shop
        self._storage = storage
        self._clock = clock
        self._news = news
        self._directory = directory
        self._nomenclature = nomenclature
        self._conflicts: set[str] = set()

    async def on_start(self) -> None:
        """Load which items wait for a person."""
        if self.reloading:
            await self._storage.settled()
        await self._load_conflicts()

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        shop, now_ms = self._shop, self._clock.now_ms()
        match message:
            case StoreListing():
                await self._store(message, now_ms)
            case BeginReading():
                return await self._storage.write(lambda c: reading.begin(c, shop, message, now_ms))
            case StoreTree():
                await self._storage.write(lambda c: reading.store_tree(c, shop, message))
                self._news.tell(RecordNews("shop_tree", shop, 0))
            case FindUnseen():
                return await self._storage.read(lambda c: reading.unseen(c, shop))
            case ReadAgain():
                is_needed = message.even_unmoved
                return await self._storage.write(
                    lambda c: reading.read_again(c, shop, is_needed=is_needed)
                )
            case EndReading():
                return await self._end_reading(message, now_ms)
            case ReadingBroken():
                await self._storage.write(
                    lambda c: reading.tell_broken(c, shop, message.reason, now_ms)
                )
            case MarkItem():
                await self._mark(message, now_ms)
            case ItemTied() if message.external_id in self._conflicts:
                await self._settle(now_ms)
            case ItemTied():
                pass
            case SettleIdentity():
                await self._settle(now_ms)
            case BeginPlan():
                await self._storage.write(lambda c: matching.clear_plan(c, shop))
            case StorePlan():
                await self._storage.write(
                    lambda c: matching.store_plan(c, shop, message.rows, now_ms)
                )
            case DecideItem():
                await self._decide(message, now_ms)
            case CarryOutLink():
                await self._carry_out(message.external_id)
            case _:
                raise TypeError(f"ShopCatalogue does not know {type(message).__name__}")
        return None

    # --- what the shop says -----------------------------------------------------------

    async def _store(self, message: StoreListing, now_ms: int) -> None:
        shop = self._shop

        def unit(connection: sqlite3.Connection) -> None:
            rows.store_page(connection, shop, message.products, now_ms)
            rows.note_shown(connection, shop, message.undecodable, now_ms)
            store_uses(connection, shop, message.products)
            if message.turned is not None:
                turn_page(connection, shop, *message.turned)
            for product in message.products:
                subject = f"{shop}/{product.external_id}"
                clear_alert(connection, "undecodable_item", subject, now_ms)
            for external_id in message.undecodable:
                subject, facts = f"{shop}/{external_id}", {"item": external_id, "shop": shop}
                raise_alert(connection, "undecodable_item", subject, facts, now_ms)

        await self._storage.write(unit)
        self._tell()

    async def _end_reading(self, message: EndReading, now_ms: int) -> int:
        def unit(connection: sqlite3.Connection) -> int:
            gone = reading.end(connection, self._shop, message, now_ms)
            identity.settle_states(connection, self._shop, now_ms)
            return gone

        gone = await self._storage.write(unit)
        await self._load_conflicts()
        self._tell()
        return gone

    async def _settle(self, now_ms: int) -> None:
        reused = await self._storage.read(lambda c: identity.reused_skus(c, self._shop))

        def unit(connection: sqlite3.Connection) -> None:
            identity.settle_states(connection, self._shop, now_ms)
            identity.note_reused_skus(connection, self._shop, reused, now_ms)

        await self._storage.write(unit)
        await self._load_conflicts()
        self._tell()

    async def _load_conflicts(self) -> None:
        self._conflicts = await self._storage.read(lambda c: matching.open_conflicts(c, self._shop))

    # --- what import made of it -------------------------------------------------------

    async def _mark(self, message: MarkItem, now_ms: int) -> None:
        external_id = message.external_id
        problem = kept((message.problem,)) if message.problem is not None else None

        def unit(connection: sqlite3.Connection) -> bool:
            if not rows.mark(connection, self._shop, external_id, message.state, problem):
                return False
            self._note_conflict(connection, external_id, message.state, problem, now_ms)
            return True

        if await self._storage.write(unit):
            self._follow_conflict(external_id, message.state)

    def _note_conflict(
        self,
        connection: sqlite3.Connection,
        external_id: str,
        state: str,
        problem: str | None,
        now_ms: int,
    ) -> None:
        """An item in conflict has an alert; one in any other state has none."""
        subject = f"{self._shop}/{external_id}"
        if state == "conflict":
            facts = {"problem": conflict_text(problem)}
            raise_alert(connection, "import_conflict", subject, facts, now_ms)
        else:
            clear_alert(connection, "import_conflict", subject, now_ms)

    def _follow_conflict(self, external_id: str, state: str) -> None:
        if state == "conflict":
            self._conflicts.add(external_id)
        else:
            self._conflicts.discard(external_id)

    # --- what people decide -----------------------------------------------------------

    async def _decide(self, message: DecideItem, now_ms: int) -> None:
        external_id = message.external_id
        known, tie = await self._standing(external_id)
        if message.action is DecisionAction.UNDO:
            await self._undo(external_id, known, tie, now_ms)
            return
        wanted = message.product_id if message.action is DecisionAction.LINK else None
        if message.action is DecisionAction.LINK:
            self._require_product(wanted)
        is_tied = tie is not None and tie.state is TieState.LINKED
        if tie is not None and is_tied and tie.product_id != wanted:
            raise ItemTiedError("the item is tied to a product; untie it first")
        if tie is not None and tie.state is TieState.GONE and tie.product_id != wanted:
            await self._untie(external_id, tie)
        decided = ListingDecision(
            state="linked" if is_tied else "new",
            problem=None,
            decision=message.action.value,
            decided_product=wanted,
            decided_by=message.by,
            decided_ms=now_ms,
        )
        await self._store_decision(external_id, decided, now_ms)
        if wanted is None or is_tied:
            return
        try:
            await self._carry_out(external_id)
        except Rejection:
            await self._store_decision(external_id, known, now_ms)
            raise

    async def _undo(
        self, external_id: str, known: ListingDecision, tie: Tie | None, now_ms: int
    ) -> None:
        """Forget a decision; the link that it made is untied, a product that it made stays."""
        if not known.decision:
            return
        if tie is not None and tie.state is not TieState.UNTIED:
            if known.decision != DecisionAction.LINK or tie.product_id != known.decided_product:
                raise ItemTiedError("a product was created of the item; untie that instead")
            await self._untie(external_id, tie)
        forgotten = ListingDecision("new", None, "", None, "", None)
        await self._store_decision(external_id, forgotten, now_ms)

    async def _carry_out(self, external_id: str) -> None:
        """Make the link that was decided. The decision is stored; doing it again is harmless."""
        known, _ = await self._standing(external_id)
        if known.decision != DecisionAction.LINK or known.decided_product is None:
            return
        shown = await self._storage.read(lambda c: rows.product(c, self._shop, external_id))
        if shown is None:
            raise ItemNotListedError("the shop has no such item")
        link = NewLink(self._shop, external_id, shown.sku)
        await self._directory.ask(ProductActor, known.decided_product, Link(link=link))
        linked = replace(known, state="linked", problem=None)
        await self._store_decision(external_id, linked, self._clock.now_ms())

    async def _untie(self, external_id: str, tie: Tie) -> None:
        message = Unlink(shop=self._shop, external_id=external_id)
        try:
            await self._directory.ask(ProductActor, tie.product_id, message)
        except LinkNotFoundError:
            return  # untied meanwhile

    async def _standing(self, external_id: str) -> tuple[ListingDecision, Tie | None]:
        def query(connection: sqlite3.Connection) -> tuple[ListingDecision | None, Tie | None]:
            return (
                matching.find_decision(connection, self._shop, external_id),
                matching.tie_of(connection, self._shop, external_id),
            )

        known, tie = await self._storage.read(query)
        if known is None:
            raise ItemNotListedError("the shop has no such item")
        return known, tie

    def _require_product(self, product_id: int | None) -> None:
        if product_id is None or not self._nomenclature.exists(product_id):
            raise FieldsRefusedError(FieldFault("product", "there is no such product"))

    async def _store_decision(
        self, external_id: str, decided: ListingDecision, now_ms: int
    ) -> None:
        def unit(connection: sqlite3.Connection) -> None:
            matching.store_decision(connection, self._shop, external_id, decided)
            self._note_conflict(connection, external_id, decided.state, decided.problem, now_ms)

        await self._storage.write(unit)
        self._follow_conflict(external_id, decided.state)
        self._tell()

    def _tell(self) -> None:
        self._news.tell(RecordNews("listing", self._shop, 0))
