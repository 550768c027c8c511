"""One picking session: what is in hand for an order or several, and the log of every scan."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from magazie.actors.news import RecordNews
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import GoodsWantedError, OrderChangedError, OrderClosedError
from magazie.actors.picking_answers import ErrorShown, SessionShown, encoded, show_session
from magazie.actors.picking_log import (
    completion_of,
    logged,
    result_of,
)
from magazie.actors.picking_messages import (
    Begin,
    Complete,
    FollowOrder,
    Leave,
    Operate,
    OpMark,
    PickingRefusedError,
    ScanCode,
    SessionNotFoundError,
    Show,
    TakeOver,
    TellOrders,
)
from magazie.actors.picking_orders import as_picked, session_of, told_of
from magazie.actors.picking_round import Round
from magazie.actors.picking_surroundings import PickingSurroundings
from magazie.actors.repeats import answered_again, answered_elsewhere
from magazie.actors.runtime import AsyncioActor
from magazie.model.finder import identify
from magazie.model.ids import encode_id
from magazie.model.picking import (
    Outcome,
    PickingState,
    SessionState,
)
from magazie.model.picking_rules import Decision, complete, follow, may_work, take_over
from magazie.storage import picking as rows
from magazie.storage.orders import Order, load_by_id
from magazie.storage.picked_serials import Holders, PickedSerial, SerialsHeldError
from magazie.storage.picking import Operation, OrderInSessionError
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.terminal_operations import Known, OperationKnownError, TerminalBusyError

logger = logging.getLogger(__name__)

TOLD_AFTER_S = 3.0
"""Orders hear this much later what was scanned; the log has it at once."""
NEWS_GATHERED_S = 0.05
COMPLETION_TRIES = 3


class PickingSession(AsyncioActor):
    """Owns one session. Asks OrderActors; tells the news desk.

    Every operation is in the log, with its answer, before it is answered. Scans that wait
    together are decided one after the other and stored in one unit. While the orders do not know
    of the session as it stands (``told_revision < revision``), ``TellOrders`` is owed.
    """

    folds: ClassVar[frozenset[type]] = frozenset({Operate})

    def __init__(self, session_id: int, around: PickingSurroundings) -> None:
        """Nothing is read until the first message."""
        super().__init__()
        self._id = session_id
        self._around = around
        self._state: PickingState | None = None
        self._revision = 0
        self._told = 0
        self._orders: dict[int, Order] = {}
        self._known: Known = {}
        self._tells_soon = False
        self._is_ending = False
        self._has_news = False

    async def on_start(self) -> None:
        """Load the session, if it was begun."""
        if self.reloading:
            await self._around.storage.settled()
        stored, known = await self._around.storage.read(
            lambda c: (rows.load(c, self._id), rows.known_operations(c, self._id))
        )
        if stored is None:
            return
        self._state, self._revision = stored.session, stored.revision
        self._told, self._known = stored.told_revision, known
        order_ids = [order.order_id for order in stored.session.orders]
        await self._read_orders(order_ids)
        await self._follow(order_ids)  # what was to wake it may have been lost

    async def on_failure(self, *_told: object) -> None:
        """Tell the orders nothing more: the next activation knows better what is in hand."""
        self._state = None

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case Begin():
                return await self._begin(message)
            case Complete():
                return await self._complete(message.mark)
            case TakeOver():
                return await self._take_over(message.mark)
            case Leave():
                return await self._leave(message.who)
            case Show():
                self._require()
                return await self._shown()
            case FollowOrder():
                return await self._follow([message.order_id])
            case TellOrders():
                return await self._tell_orders()
        raise TypeError(f"PickingSession does not know {type(message).__name__}")

    async def on_fold(self, messages: Sequence[Operate]) -> Sequence[Any]:
        """Decide all operations that wait, one after the other, and store them in one unit."""
        try:
            return await self._operate(messages)
        except OperationKnownError:
            if len(messages) > 1:
                raise  # each is handled by itself then
            return [await answered_elsewhere(self._around.storage, messages[0].mark)]

    # --- operations -------------------------------------------------------------------

    async def _operate(self, messages: Sequence[Operate]) -> list[Any]:
        found = {
            command.code: identify(command.code, await self._around.named(command.code))
            for command in (message.command for message in messages)
            if isinstance(command, ScanCode)
        }
        goods = await self._goods()
        holders: Holders = {}
        while True:
            done = Round(
                self._require(),
                self._known,
                goods=goods,
                orders=self._orders,
                holders=holders,
                takes_quantities=self._around.book.view.picking.quantity_entry,
            )
            for message in messages:
                done.take(message, found, self._around.clock.now_ms())
            try:
                if done.log:
                    await self._store(done.session, done.log, serials=done.serials)
            except SerialsHeldError as error:
                # each time there is one more that is refused
                holders = {**holders, **error.holders}
            else:
                return done.answers

    # --- beginning and ending ---------------------------------------------------------

    async def _begin(self, message: Begin) -> SessionShown:
        if self._state is not None:
            return await self._shown()
        mark = message.mark
        orders = await self._read_orders(message.order_ids)
        state = session_of(message, orders, self._id)
        before = replace(state, operations=0)
        now_ms = self._around.clock.now_ms()
        # answered with the session as it stands whenever it is asked again
        opened = logged(before, mark, message.kind, Decision(state, Outcome.COUNTED), b"", now_ms)
        opened = replace(opened, outcome="opened")

        def unit(connection: sqlite3.Connection) -> None:
            rows.insert(connection, state, now_ms)
            rows.log(connection, [opened])

        try:
            await self._around.storage.write(unit)
        except OrderInSessionError as error:
            raise PickingRefusedError("order_taken", str(error)) from error
        except TerminalBusyError as error:
            raise PickingRefusedError("tally_open") from error
        self._state, self._revision, self._told = state, 1, 0
        self._known[mark.terminal, mark.op] = (mark.digest, b"")
        self._around.picks.take(None, state)
        self._tell_news()
        await self._follow(message.order_ids)  # one changed meanwhile could not wake it yet
        await self._tell_orders()
        return await self._shown()

    async def _complete(self, mark: OpMark) -> bytes:
        known = self._known.get((mark.terminal, mark.op))
        if known is not None:
            return answered_again(known, mark)
        for _ in range(COMPLETION_TRIES):
            state = self._require_open()
            if may_work(state, mark.terminal) is Outcome.OWNED_BY_OTHER:
                after = replace(state, operations=state.operations + 1)
                taken = Decision(after, Outcome.OWNED_BY_OTHER)
                return await self._answer_completion(mark, taken, result_of(mark, taken, {}, {}))
            await self._follow([order.order_id for order in state.orders])
            # another person may have signed in at the terminal since it was opened
            state = replace(self._require_open(), who=mark.who)
            decision, faults = complete(state)
            self._is_ending = not faults
            try:
                if faults or await self._orders_agree(state):
                    answer = completion_of(mark, decision, faults)
                    return await self._answer_completion(mark, decision, answer)
            finally:
                self._is_ending = False
        return encoded(ErrorShown(reason="order_changed", op=mark.op))  # nothing is done: try again

    async def _answer_completion(self, mark: OpMark, decision: Decision, result: Any) -> bytes:
        state, now_ms = self._require(), self._around.clock.now_ms()
        answer = encoded(result)
        operation = logged(state, mark, "complete", decision, answer, now_ms)
        is_done = decision.outcome is Outcome.COMPLETED
        try:
            await self._store(decision.session, [operation], knows_all=is_done)
        except OperationKnownError:
            return await answered_elsewhere(self._around.storage, mark)
        return answer

    async def _orders_agree(self, state: PickingState) -> bool:
        """Mark the orders picked; False where one has changed since it was read."""
        for place in state.orders:
            message = told_of(state, place, self._orders, is_final=True)
            if message is None:
                continue
            key = self._orders[place.order_id].key
            try:
                await self._around.directory.ask(OrderActor, key, message)
            except (OrderChangedError, OrderClosedError, GoodsWantedError):
                return False
        return True

    async def _take_over(self, mark: OpMark) -> SessionShown | bytes:
        known = self._known.get((mark.terminal, mark.op))
        if known is not None:
            return answered_again(known, mark) if known[1] else await self._shown()
        state = self._require_open()
        decision = Decision(take_over(state, mark.terminal, mark.who), Outcome.COUNTED)
        operation = logged(state, mark, "take_over", decision, b"", self._around.clock.now_ms())
        try:
            await self._store(decision.session, [replace(operation, outcome="taken_over")])
        except TerminalBusyError as error:
            raise PickingRefusedError("tally_open") from error
        except OperationKnownError:
            return await answered_elsewhere(self._around.storage, mark)
        return await self._shown()

    async def _leave(self, who: str) -> bool:
        state = self._require()
        if not state.is_open:
            return True
        if not state.is_untouched or state.holds_cancelled:
            return False
        left = replace(state, state=SessionState.LEFT, who=who or state.who)
        await self._store(left, [])
        await self._tell_orders()
        return True

    # --- the orders -------------------------------------------------------------------

    async def _follow(self, order_ids: Iterable[int]) -> None:
        """Bring the session to what its orders want now."""
        state = self._state
        if state is None or not state.is_open:
            return
        after = state
        for order_id, order in (await self._read_orders(order_ids)).items():
            place = state.order(order_id)
            if place is not None:
                after = follow(after, as_picked(order, is_verified=place.is_verified))
        if after != state:
            await self._store(after, [])

    async def _tell_orders(self) -> None:
        """Tell the orders what is in hand, and note that they know."""
        state, revision = self._state, self._revision
        if state is None or self._told >= revision:
            return
        others: frozenset[int] = frozenset()
        if not state.is_open:  # it follows its orders no more, nor speaks for those of a later one
            others = await self._around.storage.read(lambda c: rows.orders_taken_on(c, self._id))
            await self._read_orders(order.order_id for order in state.orders)
        for place in state.orders:
            message = None
            if place.order_id not in others:
                message = told_of(state, place, self._orders, is_final=False)
            if message is None or state.state is SessionState.COMPLETED:
                continue
            try:
                await self._around.directory.ask(
                    OrderActor, self._orders[place.order_id].key, message
                )
            except OrderClosedError:
                continue  # it is followed
            except Exception as error:  # noqa: BLE001 - what is stored stays owed
                logger.warning("picking_tell_owed session=%s reason=%r", self._id, error)
                return
        await self._around.storage.write(lambda c: rows.mark_told(c, self._id, revision))
        self._told = max(self._told, revision)

    def _tell_soon(self) -> None:
        """Let the orders hear of the counts, some scans at a time; nobody waits for it."""
        if not self._tells_soon:
            self._tells_soon = True
            asyncio.get_running_loop().call_later(TOLD_AFTER_S, self._tell_counts)

    def _tell_counts(self) -> None:
        self._tells_soon = False
        state = self._state
        if state is None or not state.is_open or self._is_ending:
            return  # after the end's own word this would have the orders picked still
        for place in state.orders:
            message = told_of(state, place, self._orders, is_final=False)
            if message is not None:
                key = self._orders[place.order_id].key
                self._around.directory.tell(OrderActor, key, message)

    async def _read_orders(self, order_ids: Iterable[int]) -> dict[int, Order]:
        wanted = tuple(order_ids)
        found = await self._around.storage.read(
            lambda c: [load_by_id(c, order_id) for order_id in wanted]
        )
        orders = {order.id: order for order in found if order is not None}
        self._orders.update(orders)
        return orders

    # --- the record -------------------------------------------------------------------

    async def _store(
        self,
        after: PickingState,
        log: Sequence[Operation],
        *,
        knows_all: bool = False,
        serials: Sequence[PickedSerial] = (),
    ) -> None:
        """Persist, then take over, the changed session with what was done in it."""
        before, revision = self._require(), self._revision + 1
        now_ms = self._around.clock.now_ms()
        has_news = _is_news_to_orders(before, after)
        is_told = knows_all or (self._told == self._revision and not has_news)

        change = rows.SessionChange(
            before, after, revision, log, now_ms, is_told=is_told, serials=serials
        )
        await self._around.storage.write(change)
        self._state, self._revision = after, revision
        if is_told:
            self._told = revision
        for operation in log:
            key = (operation.terminal, operation.op)
            self._known[key] = (operation.digest, operation.answer)
        if before.terminal != after.terminal or before.is_open != after.is_open:
            self._around.picks.take(before, after)
        self._tell_news()
        if has_news and after.is_open:
            self._tell_soon()

    def _tell_news(self) -> None:
        """Say that the session changed, some scans at a time."""
        if not self._has_news:
            self._has_news = True
            asyncio.get_running_loop().call_later(NEWS_GATHERED_S, self._tell_gathered)

    def _tell_gathered(self) -> None:
        self._has_news = False
        self._around.news.tell(RecordNews("picking", encode_id(self._id), self._revision))

    async def _goods(self) -> Mapping[int, PickedGoods]:
        product_ids = {it.product_id for it in self._require().picks if it.product_id is not None}
        known = self._around.goods.known(product_ids)
        return known if known is not None else await self._around.goods.of(product_ids)

    async def _shown(self) -> SessionShown:
        goods = await self._goods()
        shown = show_session(self._require(), self._revision, self._orders, goods)
        return SessionShown(self._id, shown)

    def _require(self) -> PickingState:
        if self._state is None:
            raise SessionNotFoundError("no such picking session")
        return self._state

    def _require_open(self) -> PickingState:
        state = self._require()
        if not state.is_open:
            raise SessionNotFoundError("the session has ended")
        return state


def _is_news_to_orders(before: PickingState, after: PickingState) -> bool:
    if before.state is not after.state or before.orders != after.orders:
        return True
    if before.picks is after.picks:
        return False
    was = {pick.number: pick.picked_milli for pick in before.picks}
    return any(was.get(pick.number, 0) != pick.picked_milli for pick in after.picks)
