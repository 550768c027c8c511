"""One order: taken whole, followed through edits, its goods claimed until they leave."""

import logging
import sqlite3
from collections.abc import Coroutine, Mapping
from typing import Any

from msgspec.structs import replace

from magazie.actors.line_links import linked_lines, with_bundles, with_product
from magazie.actors.news import OrderNews
from magazie.actors.order_messages import (
    CancelOrder,
    EditedInShopError,
    EditOrder,
    LineLinkedError,
    LineNotFoundError,
    LinkLine,
    LinkParkedLines,
    NoteGoodsBack,
    ObserveOrder,
    OrderClosedError,
    OrderDiffersError,
    OrderDraft,
    OrderHeld,
    OrderNotFoundError,
    OrderVersionError,
    PlaceOrder,
    SetPicked,
    SettleOrder,
    UnknownProductError,
)
from magazie.actors.order_records import (
    claimed,
    details_of,
    event,
    first_seen,
    followed_fulfilment,
    from_draft,
    held_by_bundles,
    line_changes,
    public,
    total_of,
    with_nothing_in_hand,
    with_picked,
    with_quantities,
)
from magazie.actors.order_surroundings import OrderSurroundings
from magazie.actors.parked_lines import tell_parked
from magazie.actors.picked_changes import tell_picked
from magazie.actors.runtime import AsyncioActor
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import ClaimHeld, SetClaim
from magazie.model.orders import (
    Fulfilment,
    LineKind,
    OrderLine,
    claims_of,
    follow_lines,
)
from magazie.storage import order_parcels
from magazie.storage import orders as rows
from magazie.storage.idempotency import IdempotencyMark
from magazie.storage.orders import Order, OrderEvent, OrderKey

logger = logging.getLogger(__name__)

RESERVE_WITHIN_S = 1.0
"""How long an order waits for its claims before it answers that they are still being set."""
_OPEN = frozenset({Fulfilment.OPEN, Fulfilment.PICKING, Fulfilment.PICKED})


class OrderActor(AsyncioActor):
    """Owns one order. Asks StockActors; tells the news desk.

    The order is stored before its goods are claimed. Until every claim is known to be set it
    owes a step (``claims_set < claims_wanted``), which ``SettleOrder`` repeats.
    """

    def __init__(self, key: OrderKey, around: OrderSurroundings) -> None:
        """``key`` is the order's natural key; nothing is read until it is needed."""
        super().__init__()
        self._key = key
        self._around = around
        self._order: Order | None = None
        self._held: dict[int, tuple[int, int]] = {}

    async def on_start(self) -> None:
        """Wait for what an earlier activation may still be writing."""
        if self.reloading:
            await self._around.storage.settled()

    def on_receive(self, message: Any) -> Coroutine[Any, Any, Any]:
        """Answer one command."""
        match message:
            case PlaceOrder():
                return self._place(message.draft, message.mark)
            case ObserveOrder():
                return self._observe(message)
            case SettleOrder():
                return self._settle()
            case LinkParkedLines():
                return self._link_parked()
            case LinkLine():
                return self._link(message)
            case CancelOrder():
                return self._cancel(message)
            case EditOrder():
                return self._edit(message)
            case SetPicked():
                return self._set_picked(message)
            case NoteGoodsBack():
                return self._note_goods_back(message)
        raise TypeError(f"OrderActor does not know {type(message).__name__}")

    # --- intake -----------------------------------------------------------------------

    async def _place(self, draft: OrderDraft, mark: IdempotencyMark | None) -> OrderHeld:
        if self._order is None:
            order = from_draft(
                draft,
                with_bundles(draft.lines, self._around.nomenclature),
                self._around.clock.now_ms(),
            )
            if await self._store_new(order, draft.payload):
                return await self._claim(created=True)
        known = await self._loaded()
        if known.digest != draft.digest:
            raise OrderDiffersError(
                f"order {draft.number} from {draft.source} is here with another content"
            )
        del mark  # the order's own key keeps it from being made twice
        return await self._claim()

    async def _observe(self, message: ObserveOrder) -> OrderHeld:
        order = self._order or await self._around.storage.read(lambda c: rows.load(c, self._key))
        if order is None:
            lines = self._linked(follow_lines((), message.seen.lines))
            fresh = first_seen(message, lines, self._around.clock.now_ms())
            if await self._store_new(fresh, message.seen.raw):
                return await self._claim(created=True)
            order = await self._loaded()
        self._order = order
        if message.read_no <= order.read_no:
            return await self._claim()
        # what its status means may have become known only since
        followed, _ = _after(order, message)
        if message.seen.digest == order.digest and followed is order.fulfilment:
            return await self._claim()
        await self._follow(order, message)
        return await self._claim()

    async def _store_new(self, order: Order, payload: bytes) -> bool:
        """Store and take over a new order; False when its key is in the books already."""
        now_ms = order.taken_at_ms
        new = rows.NewOrder(order, payload)
        parked = [line for line in order.lines if line.product_id is None and line.is_parked]

        def unit(connection: sqlite3.Connection) -> int | None:
            order_id = new(connection)
            if order_id is not None:
                tell_parked(connection, order_id, order.number, parked, now_ms)
            return order_id

        tells = parked and not order.is_cancelled
        order_id = await self._around.storage.write(unit if tells else new)
        if order_id is None:
            return False
        self._order = replace(order, id=order_id)
        return True

    # --- following the shop -----------------------------------------------------------

    async def _follow(self, order: Order, message: ObserveOrder) -> None:
        seen = message.seen
        lines = self._linked(follow_lines(order.lines, seen.lines))
        fulfilment, cancelled_by = _after(order, message)
        turned = (fulfilment is Fulfilment.CANCELLED) != order.is_cancelled
        # a status may move the shop's stock where nothing changes here: of an order that the
        # office cancelled, or whose goods have left. Claiming anew notes that as a touch
        is_apart = seen.status_id != order.shop_status_id and order.fulfilment not in _OPEN
        reclaims = turned or is_apart or claimed(order.lines) != claimed(lines)
        events = []
        if turned:
            kind = "cancelled" if fulfilment is Fulfilment.CANCELLED else "reopened"
            events.append(event(kind, by="shop", status=seen.status))
        elif seen.status_id != order.shop_status_id:
            events.append(event("shop_status", was=order.shop_status, now=seen.status))
        if seen.carrier != order.details.carrier:
            events.append(event("carrier", by="shop", name=seen.carrier.name, awb=seen.carrier.awb))
        if lines != order.lines:
            events.append(event("edited", by="shop", lines=line_changes(order.lines, lines)))
        followed = replace(
            order,
            number=seen.number,
            currency=seen.currency,
            total_bani=seen.total_bani,
            fulfilment=fulfilment,
            cancelled_by=cancelled_by,
            shop_status_id=seen.status_id,
            shop_status=seen.status,
            details=details_of(seen),
            read_no=message.read_no,
            digest=seen.digest,
            lines=lines,
            claims_wanted=order.claims_wanted + reclaims,
        )
        await self._store_change(followed, events, payload=seen.raw)

    # --- people -----------------------------------------------------------------------

    async def _cancel(self, message: CancelOrder) -> OrderHeld:
        order = self._checked(await self._loaded(), message.expected_version)
        if order.is_cancelled:
            return await self._claim()
        if order.fulfilment in {Fulfilment.PART_SHIPPED, Fulfilment.SHIPPED}:
            raise OrderClosedError("goods of this order have left: take them back instead")
        cancelled = replace(
            order,
            fulfilment=Fulfilment.CANCELLED,
            cancelled_by="office",
            claims_wanted=order.claims_wanted + 1,
        )
        await self._store_change(cancelled, [event("cancelled", by=message.person)])
        return await self._claim()

    async def _edit(self, message: EditOrder) -> OrderHeld:
        order = self._checked(await self._loaded(), message.expected_version)
        if order.origin == "shop":
            raise EditedInShopError("this order is the shop's: change it there, it follows here")
        if order.fulfilment not in {Fulfilment.OPEN, Fulfilment.PICKING}:
            raise OrderClosedError(f"the order is {order.fulfilment}")
        lines = with_quantities(order.lines, message.quantities or {})
        details = message.details if message.details is not None else order.details
        edited = replace(
            order,
            total_bani=total_of(lines, details),
            details=details,
            lines=lines,
            claims_wanted=order.claims_wanted + (claimed(order.lines) != claimed(lines)),
        )
        if edited == order:
            return await self._claim()
        changes = line_changes(order.lines, lines)
        await self._store_change(edited, [event("edited", by=message.person, lines=changes)])
        return await self._claim()

    async def _set_picked(self, message: SetPicked) -> OrderHeld:
        order = await self._loaded()
        picked = with_picked(order, message)
        if picked == order and message.event != "checked":
            return await self._claim()
        reclaims = claimed(order.lines) != claimed(picked.lines)
        picked = replace(picked, claims_wanted=order.claims_wanted + reclaims)
        events = [event(message.event, by=message.person)] if message.event else []
        await self._store_change(picked, events)
        return await self._claim()

    async def _note_goods_back(self, message: NoteGoodsBack) -> OrderHeld:
        order = self._checked(await self._loaded(), message.expected_version)
        emptied = with_nothing_in_hand(order)
        if emptied != order:
            await self._store_change(emptied, [event("goods_back", by=message.person)])
        return await self._claim()

    async def _link(self, message: LinkLine) -> OrderHeld:
        order = self._checked(await self._loaded(), message.expected_version)
        if not self._around.nomenclature.exists(message.product_id):
            raise UnknownProductError("no such product")
        line = next((line for line in order.lines if line.line == message.line), None)
        if line is None or line.kind is not LineKind.PRODUCT:
            raise LineNotFoundError(f"line {message.line} is not a line of goods of this order")
        if self._around.nomenclature.claimable(message.product_id) is None:
            raise UnknownProductError("the product is a bundle of unknown parts: give it parts")
        if line.product_id == message.product_id:
            return await self._claim()
        if line.product_id is not None:
            raise LineLinkedError(f"line {message.line} has its product already")
        lines = tuple(
            with_product(other, message.product_id, self._around.nomenclature)
            if other is line
            else other
            for other in order.lines
        )
        linked = replace(order, lines=lines, claims_wanted=order.claims_wanted + 1)
        await self._store_change(
            linked, [event("line_linked", by=message.person, line=message.line)]
        )
        return await self._claim()

    async def _link_parked(self) -> OrderHeld | None:
        order = await self._known()
        if order is None:
            return None
        lines = self._linked(order.lines)
        if lines == order.lines:
            return await self._claim()
        linked = replace(order, lines=lines, claims_wanted=order.claims_wanted + 1)
        await self._store_change(linked, [event("line_linked", by="import")])
        return await self._claim()

    def _checked(self, order: Order, expected_version: int | None) -> Order:
        if expected_version is not None and expected_version != order.version:
            raise OrderVersionError(f"the order is at version {order.version} now")
        return order

    # --- claims -----------------------------------------------------------------------

    async def _claim(self, *, created: bool = False) -> OrderHeld:
        """Set what is owed, then answer; what cannot be set in time stays owed."""
        order = self._require()
        if not order.owes_claims:
            return OrderHeld(order, self._held, created)
        held = await self._set_claims(order)
        if held is None:
            self._around.news.tell(self._order_news())
            return OrderHeld(order, self._held, created, reserving=True)
        self._held = held
        self._order = replace(order, claims_set=order.claims_wanted)
        # the claims are committed: the answer need not wait for the note of it
        self._around.notes.note(order.claims_wanted, self._order_news())
        return OrderHeld(self._order, held, created)

    async def _set_claims(self, order: Order) -> dict[int, tuple[int, int]] | None:
        """Line → (reserved, shortage) once every product has answered; None if one has not."""
        if order.warehouse is None:
            return {}
        touch = (order.source, order.read_no) if order.origin == "shop" else None
        wanted = claims_of(order.lines, cancelled=order.is_cancelled)
        asked = [
            self._around.directory.ask(
                StockActor,
                product_id,
                SetClaim(
                    order.id, order.warehouse, order.placed_at_ms, order.claims_wanted, lines, touch
                ),
                timeout=RESERVE_WITHIN_S,
            )
            for product_id, lines in wanted.items()
        ]
        held: dict[int, tuple[int, int]] = {}
        of_parts: dict[int, Mapping[int, tuple[int, int]]] = {}
        late = False
        for product_id, answer in zip(wanted, asked, strict=True):
            try:
                claim: ClaimHeld = await answer
            except Exception as error:  # noqa: BLE001 - the order is stored: what fails stays owed
                logger.warning("claim_owed order=%s reason=%r", order.id, error)
                late = True
            else:
                held.update(claim.lines)
                of_parts[product_id] = claim.lines
        held.update(held_by_bundles(order, of_parts))
        return None if late else held

    async def _settle(self) -> OrderHeld | None:
        order = await self._known()
        if order is None:
            return None
        if order.warehouse is None and order.fulfilment is Fulfilment.OPEN:
            await self._find_warehouse(order)
        return await self._claim()

    async def _find_warehouse(self, order: Order) -> None:
        """An order taken before its shop had a stock warehouse gets the one it has by now."""
        shop = self._around.book.shop(order.source)
        if shop is None or shop.stock_warehouse is None:
            return
        at_home = replace(
            order, warehouse=shop.stock_warehouse, claims_wanted=order.claims_wanted + 1
        )
        events = [event("warehouse_set", warehouse=shop.stock_warehouse)]
        await self._store_change(at_home, events)

    # --- the record -------------------------------------------------------------------

    async def _store_change(
        self, changed: Order, events: list[OrderEvent], *, payload: bytes | None = None
    ) -> None:
        """Persist, then take over, a changed order; alerts of it follow."""
        before = self._require()
        now_ms = self._around.clock.now_ms()
        visible = public(before) != public(changed)
        order = replace(
            changed,
            version=before.version + visible,
            revision=before.revision + 1,
            changed_ms=now_ms,
        )
        parked = [] if order.is_cancelled else [line for line in order.lines if line.is_parked]

        def unit(connection: sqlite3.Connection) -> None:
            rows.update(connection, order, events)
            if order.lines != before.lines:
                rows.write_lines(connection, order)
            if order.details.carrier.awb != before.details.carrier.awb:
                order_parcels.replace_awb(connection, order)
            if payload is not None:
                rows.add_payload(connection, order.id, order.read_no, payload, now_ms)
            tell_parked(connection, order.id, order.number, parked, now_ms)
            tell_picked(connection, before, order, now_ms)

        await self._around.storage.write(unit)
        self._order = order
        self._around.picks.order_changed(order.id)
        if not order.owes_claims:
            self._around.news.tell(self._order_news())

    def _linked(self, lines: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
        """Give parked lines of a shop the product their item is linked to by now."""
        origin, shop, _ = self._key
        return linked_lines(lines, shop, self._around.nomenclature) if origin == "shop" else lines

    async def _known(self) -> Order | None:
        if self._order is None:
            self._order = await self._around.storage.read(lambda c: rows.load(c, self._key))
        return self._order

    async def _loaded(self) -> Order:
        order = await self._known()
        if order is None:
            raise OrderNotFoundError("no such order")
        return order

    def _require(self) -> Order:
        if self._order is None:
            raise OrderNotFoundError("no such order")
        return self._order

    def _order_news(self) -> OrderNews:
        order = self._require()
        shop = order.source if order.origin == "shop" else None
        return OrderNews(order.id, order.version, shop)


def _after(order: Order, message: ObserveOrder) -> tuple[Fulfilment, str]:
    return followed_fulfilment(
        order.fulfilment, order.cancelled_by, wants_nothing=message.wants_nothing
    )
