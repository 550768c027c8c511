"""What one shop was told and acknowledged: it converges on the books, whatever goes wrong.

For each thing the shop should know there is the truth here and what the shop last
acknowledged. What differs, or is not known to be equal, is pending. Nothing is queued: after
a crash one comparison finds all that is owed. The rules are in docs/architecture.md.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from magazie.actors.outbox_messages import (
    BuildSend,
    CompareReadBack,
    ExplainOrder,
    ExplainProduct,
    Explanation,
    HasPending,
    LookAtEverything,
    LookAtOrders,
    LookAtProducts,
    LostItem,
    NextStatus,
    OutboxState,
    Outcome,
    ReadOutbox,
    ReadSuspects,
    ReleaseHeld,
    Resume,
    RetryItem,
    Send,
    SendEnded,
    StatusEnded,
)
from magazie.actors.outbox_plan import (
    Plan,
    Surroundings,
    combined,
    plan_send,
)
from magazie.actors.outbox_read_back import ReadBack
from magazie.actors.outbox_state import outbox_state, release_held
from magazie.actors.outbox_statuses import StatusTelling
from magazie.actors.outbox_words import (
    alert_held,
    alert_parked,
    answer_summary,
    clear_parked,
    explained,
    sort_answers,
    summary,
)
from magazie.actors.runtime import AsyncioActor
from magazie.model.backoff import park_delay_ms
from magazie.ports import Clock, ItemAnswer, ItemOutcome
from magazie.storage import outbox_items as rows
from magazie.storage import outbox_marks as marks
from magazie.storage import outbox_statuses as status_rows
from magazie.storage.alerts import clear_alert, raise_alert
from magazie.storage.outbox_items import ItemRow
from magazie.storage.outbox_statuses import ShopRow
from magazie.storage.settings_rows import ShopSettings
from magazie.storage.storage import Storage

SUSPECT_AFTER_MS = 10 * 60 * 1000
"""A value acknowledged after a doubt is read back once, this much later."""
NEVER_BELIEVED = -1
"""The order read noted for a send whose read was too old: older than any."""
NO_READ = 0
"""The order read noted for a price, which no order changes."""
INVENTORY_LIMIT = 1000
"""Most items in one combined request (Gomag API note, product/inventory)."""

Key = tuple[str, str]


class GomagOutbox(AsyncioActor):
    """Owns what one shop acknowledged, item by item and milestone by milestone."""

    def __init__(
        self,
        shop: str,
        *,
        storage: Storage,
        clock: Clock,
        settings: Callable[[], ShopSettings],
    ) -> None:
        """``settings`` answers with the shop's settings as they are now."""
        super().__init__()
        self._shop = shop
        self._storage = storage
        self._clock = clock
        self._dirty: dict[int, int] = {}
        self._compare_all = True
        self._sends = 0
        self._in_flight: dict[int, list[ItemRow]] = {}
        self._bisected: list[frozenset[str]] = []
        self._row = ShopRow()
        self._statuses = StatusTelling(shop, storage, clock, settings)
        self._read_back = ReadBack(shop, storage, clock)

    async def on_start(self) -> None:
        """Load the shop's row; what is pending is found by the first comparison."""
        if self.reloading:
            await self._storage.settled()
            self._statuses.news_lost = True
        self._row = await self._storage.read(lambda c: status_rows.load_shop(c, self._shop))

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case LookAtProducts():
                now_ms = self._clock.now_ms()
                for product_id in message.product_ids:
                    self._dirty.setdefault(product_id, now_ms)
            case LookAtEverything():
                self._compare_all = True
                await self._statuses.note_missed()
            case LookAtOrders():
                await self._statuses.note_due(message.order_ids)
            case HasPending():
                return await self._may_have_pending()
            case BuildSend():
                return await self._build(message)
            case SendEnded():
                return await self._ended(message)
            case NextStatus():
                return None if self._row.stopped else await self._statuses.next(message.read_no)
            case StatusEnded():
                await self._status_ended(message)
            case CompareReadBack():
                return await self._compare_read_back(message)
            case ReadSuspects():
                now_ms = self._clock.now_ms()
                return await self._storage.read(
                    lambda c: tuple(rows.suspects_due(c, self._shop, now_ms))
                )
            case RetryItem():
                return await self._retry(message.external_id)
            case ReleaseHeld():
                return await self._release(frozenset(message.external_ids))
            case Resume() if self._row.stopped:
                await self._note_shop(replace(self._row, stopped=""))
            case Resume():
                pass
            case ReadOutbox():
                return await self._state()
            case ExplainProduct():
                return await self._explain(message.product_id)
            case ExplainOrder():
                return await self._statuses.explain(message.order_id)
            case _:
                raise TypeError(f"GomagOutbox does not know {type(message).__name__}")
        return None

    # --- building a request -----------------------------------------------------------

    async def _build(self, message: BuildSend) -> Send | None:
        if self._row.stopped:
            return None
        # there is one sender: one that asks again has given up on what it had
        self._in_flight.clear()
        if not await self._may_have_pending():
            return None
        now_ms = self._clock.now_ms()
        looked_at, all_of_it = tuple(self._dirty), self._compare_all
        look = self._looking(message, now_ms, looked_at, all_of_it=all_of_it)
        dirty = dict(self._dirty)

        def planned(connection: sqlite3.Connection) -> tuple[Plan, Surroundings, dict[Key, bool]]:
            found, around = look(connection)
            aged = [_aged(row, dirty, now_ms) for row in found]
            noted = {row.key: row.held for row in found if row.pending_since_ms is not None}
            return plan_send(aged, around), around, noted

        # beside the loop, which many thousand rows would hold up
        plan, around, noted = await self._storage.read(planned)
        read_no = NEVER_BELIEVED if not message.is_fresh else message.read_no or 0
        await self._store_plan(plan, noted, read_no, now_ms)
        for product_id in looked_at:
            self._dirty.pop(product_id, None)
        self._compare_all = self._compare_all and not all_of_it
        if around.only is not None:
            self._bisected.pop(0)
        if not plan.chosen:
            # the part of a bisected list that was looked at needs nothing any more
            return await self._build(message) if self._bisected else None
        self._sends += 1
        self._in_flight[self._sends] = plan.chosen
        return Send(
            self._sends,
            combined(plan.chosen),
            has_stock=any(row.field == "stock" for row in plan.chosen),
            more=plan.left_over or bool(self._bisected),
        )

    async def _may_have_pending(self) -> bool:
        if self._row.stopped:
            return False
        if self._compare_all or self._dirty or self._bisected:
            return True
        now_ms = self._clock.now_ms()
        return await self._storage.read(lambda c: rows.has_due(c, self._shop, now_ms))

    def _looking(
        self, message: BuildSend, now_ms: int, products: Sequence[int], *, all_of_it: bool
    ) -> Callable[[sqlite3.Connection], tuple[list[ItemRow], Surroundings]]:
        """The query for what is pending or open, and for what the plan depends on."""
        shop = self._shop
        only = self._bisected[0] if self._bisected else None

        def query(connection: sqlite3.Connection) -> tuple[list[ItemRow], Surroundings]:
            if all_of_it:
                found = rows.pending_or_open(connection, shop)
            else:
                named = rows.for_products(connection, shop, products) if products else []
                items = rows.open_linked_items(connection, shop)
                opened = rows.for_items(connection, shop, items) if items else []
                found = list({row.key: row for row in (*opened, *named)}.values())
            around = Surroundings(
                now_ms=now_ms,
                began_ms=message.began_ms,
                limit=INVENTORY_LIMIT,
                may_send_stock=message.read_no is not None,
                owed_products=frozenset(rows.owed_products(connection)),
                unclear_items=frozenset(rows.unclear_items(connection, shop)),
                linked_items=rows.count_linked(connection, shop),
                only=only,
            )
            return found, around

        return query

    async def _store_plan(
        self, plan: Plan, noted: Mapping[Key, bool], read_no: int, now_ms: int
    ) -> None:
        """Note the plan; ``noted`` are the rows known to be pending, and whether they are held."""
        shop = self._shop
        sends = [
            (
                row.external_id,
                row.field,
                row.value or 0,
                row.generation,
                read_no if row.field == "stock" else NO_READ,
                _since(row, now_ms),
                row.consent_number,
            )
            for row in plan.chosen
        ]
        waiting = [
            (*row.key, _since(row, now_ms), is_held)
            for is_held, postponed in ((False, plan.waiting), (True, plan.held))
            for row in postponed
            if noted.get(row.key) is not is_held
        ]
        settled = [row for row in plan.settled if row.value is not None and _is_open(row)]
        untold = [row for row in plan.settled if row.value is None and _is_open(row)]
        unparked = [
            row.key
            for row in plan.waiting + plan.held
            if row.due_ms is not None and not row.is_parked(now_ms)
        ]
        newly_held = any(not row.held for row in plan.held)
        parked = [_parked(row, problem, now_ms) for row, problem in plan.unsendable]
        if not (sends or waiting or settled or parked or untold or unparked):
            return

        def unit(connection: sqlite3.Connection) -> None:
            marks.note_waiting(connection, shop, waiting)
            marks.note_settled(connection, shop, [row.key for row in settled])
            forgotten = [row.key for row in untold]
            marks.note_untold(connection, shop, forgotten, now_ms - SUSPECT_AFTER_MS)
            marks.note_unparked(connection, shop, unparked)
            marks.park(connection, shop, parked)
            marks.mark_sent(connection, shop, sends, now_ms)
            for row in (*settled, *untold):
                clear_parked(connection, shop, row, now_ms)
            for row, problem in plan.unsendable:
                alert_parked(connection, shop, row, problem, now_ms)
            if newly_held:
                alert_held(connection, shop, len(plan.held), now_ms)
            elif not plan.held:
                clear_alert(connection, "held_sends", shop, now_ms)

        await self._storage.write(unit)

    # --- its outcome ------------------------------------------------------------------

    async def _ended(self, message: SendEnded) -> tuple[LostItem, ...]:
        sent = self._in_flight.pop(message.number, None)
        if sent is None:
            return ()
        now_ms = self._clock.now_ms()
        match message.outcome:
            case Outcome.ANSWERED:
                lost = await self._answered(sent, message.items, now_ms)
            case Outcome.REFUSED:
                lost = await self._refused_whole(sent, message.reason, now_ms)
            case Outcome.NOT_APPLIED | Outcome.UNAUTHORIZED:
                lost = await self._not_applied(sent)
            case Outcome.UNKNOWN:
                lost = ()  # the rows are in doubt already: sent again next time
        stopped = message.reason if message.outcome is Outcome.UNAUTHORIZED else ""
        await self._note_shop(
            ShopRow(
                last_sent_ms=now_ms,
                last_request=summary(sent),
                last_answer=answer_summary(message),
                stopped=stopped,
            )
        )
        return lost

    async def _answered(
        self, sent: list[ItemRow], items: Mapping[str, ItemOutcome], now_ms: int
    ) -> tuple[LostItem, ...]:
        acks, parked, alone, lost = sort_answers(sent, items)
        shop = self._shop

        def unit(connection: sqlite3.Connection) -> None:
            marks.mark_acked(
                connection, shop, [(*row.key, _suspect_ms(row, now_ms)) for row in acks], now_ms
            )
            # a refusal surely changed nothing; one in doubt from an earlier send stays so
            refused = [_before(row) for row, _ in (*parked, *alone)]
            marks.mark_not_applied(connection, shop, refused)
            marks.park(connection, shop, [_parked(row, reason, now_ms) for row, reason in parked])
            for row, reason in alone:
                marks.send_alone(connection, shop, [row.key], reason)
            for row in acks:
                clear_parked(connection, shop, row, now_ms)
            for row, reason in parked:
                alert_parked(connection, shop, row, reason, now_ms)

        await self._storage.write(unit)
        return tuple(dict.fromkeys(lost))

    async def _not_applied(self, sent: list[ItemRow]) -> tuple[LostItem, ...]:
        """The rows are as before: those in doubt from an earlier send stay so."""
        before = [_before(row) for row in sent]
        await self._storage.write(lambda c: marks.mark_not_applied(c, self._shop, before))
        return ()

    async def _refused_whole(
        self, sent: list[ItemRow], reason: str, now_ms: int
    ) -> tuple[LostItem, ...]:
        """One bad item fails the whole list: halve it until the culprit stands alone."""
        items = list(dict.fromkeys(row.external_id for row in sent))
        if len(items) == 1:
            refusal = ItemOutcome(ItemAnswer.REFUSED, reason)
            return await self._answered(sent, {row.sku: refusal for row in sent}, now_ms)
        half = len(items) // 2
        self._bisected = [
            frozenset(items[:half]),
            frozenset(items[half:]),
            *self._bisected,
        ]
        return await self._not_applied(sent)

    async def _status_ended(self, message: StatusEnded) -> None:
        await self._statuses.ended(message)
        if message.outcome is Outcome.UNAUTHORIZED:
            await self._note_shop(replace(self._row, stopped=message.reason))

    async def _note_shop(self, row: ShopRow) -> None:
        shop, now_ms = self._shop, self._clock.now_ms()

        def unit(connection: sqlite3.Connection) -> None:
            status_rows.save_shop(connection, shop, row)
            if row.stopped:
                raise_alert(connection, "shop_stopped", shop, {"reason": row.stopped}, now_ms)
            else:
                clear_alert(connection, "shop_stopped", shop, now_ms)

        await self._storage.write(unit)
        self._row = row

    # --- people -----------------------------------------------------------------------

    async def _retry(self, external_id: str) -> bool:
        shop = self._shop
        found = await self._storage.write(lambda c: marks.unpark(c, shop, external_id))
        self._compare_all = self._compare_all or found
        return found

    async def _release(self, external_ids: frozenset[str]) -> int:
        return await self._storage.write(lambda c: release_held(c, self._shop, external_ids))

    async def _compare_read_back(self, message: CompareReadBack) -> int:
        drifted = await self._read_back.compare(message)
        self._compare_all = self._compare_all or drifted > 0
        return drifted

    async def _state(self) -> OutboxState:
        now_ms, dirty = self._clock.now_ms(), dict(self._dirty)
        return await self._storage.read(
            lambda c: outbox_state(c, self._shop, self._row, dirty, now_ms)
        )

    async def _explain(self, product_id: int) -> tuple[Explanation, ...]:
        shop, now_ms = self._shop, self._clock.now_ms()
        message = BuildSend(read_no=0, began_ms=now_ms)
        _, around = await self._storage.read(self._looking(message, now_ms, (), all_of_it=False))
        found = await self._storage.read(lambda c: rows.for_products(c, shop, (product_id,)))
        flying = {row.key for sent in self._in_flight.values() for row in sent}
        return tuple(
            explained(
                _aged(row, self._dirty, now_ms),
                around,
                in_flight=row.key in flying,
                stopped=self._row.stopped,
            )
            for row in found
        )


def _before(row: ItemRow) -> tuple[str, str, bool, int | None]:
    return (*row.key, row.doubt, row.sent_ms)


def _is_open(row: ItemRow) -> bool:
    return row.doubt or row.pending_since_ms is not None or row.due_ms is not None


def _aged(row: ItemRow, dirty: Mapping[int, int], now_ms: int) -> ItemRow:
    """The row with the time since when it is pending: ``dirty`` says it by product."""
    if row.pending_since_ms is not None or not row.is_pending:
        return row
    return replace(row, pending_since_ms=dirty.get(row.product_id, now_ms))


def _since(row: ItemRow, now_ms: int) -> int:
    return row.pending_since_ms if row.pending_since_ms is not None else now_ms


def _suspect_ms(row: ItemRow, now_ms: int) -> int | None:
    """A row that was in doubt before this send may yet see the earlier write land."""
    return now_ms + SUSPECT_AFTER_MS if row.doubt else row.suspect_ms


def _parked(row: ItemRow, reason: str, now_ms: int) -> tuple[str, str, int, str, int | None, int]:
    due_ms = now_ms + park_delay_ms(row.attempts)
    return (row.external_id, row.field, due_ms, reason, row.value, row.generation)
