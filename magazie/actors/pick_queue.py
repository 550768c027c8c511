"""Who gets which order: the one place that hands them out, so that no two people get the same."""

import sqlite3
from collections.abc import Awaitable
from functools import partial
from typing import Any

from magazie.actors.news import RecordNews
from magazie.actors.order_messages import OrderNotFoundError
from magazie.actors.picking_answers import ErrorShown, Result, SessionShown, encoded
from magazie.actors.picking_messages import (
    Begin,
    Leave,
    LogStray,
    NextOrder,
    OpenOrders,
    OpMark,
    PickingRefusedError,
    SessionAt,
    SessionNotFoundError,
    SetUrgent,
    Show,
    TakeOver,
    TakeOverOrder,
)
from magazie.actors.picking_orders import session_of
from magazie.actors.picking_session import PickingSession
from magazie.actors.picking_surroundings import PickingSurroundings
from magazie.actors.repeats import done_once, kept
from magazie.actors.runtime import AsyncioActor
from magazie.actors.terminal_log import REFUSED, entry
from magazie.model.finder import Ambiguous, Identity, identify
from magazie.model.ids import BadIdError, decode_id, encode_id
from magazie.model.picking import Outcome, PickingMode
from magazie.model.picking_queue import queue_of
from magazie.storage import picking as rows
from magazie.storage import picking_urgent
from magazie.storage.orders import find_key, load_by_id
from magazie.storage.reads.picking_queue import ready_orders
from magazie.storage.terminal_operations import KnownOperation

QUEUE_KEY = "queue"
NEXT_TRIES = 10
"""Orders tried for one that wants the next: each may be cancelled at just that moment."""


class PickQueue(AsyncioActor):
    """Owns urgency, and the log of operations outside sessions. Asks PickingSessions."""

    def __init__(self, around: PickingSurroundings) -> None:
        """It keeps nothing: what is picked is asked anew each time."""
        super().__init__()
        self._around = around

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case NextOrder():
                return await self._once(message.mark, "next", partial(self._next, message))
            case OpenOrders():
                return await self._once(message.mark, "open", partial(self._open, message))
            case TakeOverOrder():
                return await self._once(
                    message.mark, "take_over", partial(self._take_over, message)
                )
            case LogStray():
                answer = encoded(Result(op=message.mark.op, outcome=Outcome.NO_SESSION))
                return await self._log(
                    message.mark, message.kind, Outcome.NO_SESSION, answer, message.code
                )
            case SessionAt():
                return self._around.picks.of_terminal(message.terminal)
            case SetUrgent():
                return await self._set_urgent(message)
        raise TypeError(f"PickQueue does not know {type(message).__name__}")

    async def _once(self, mark: OpMark, kind: str, work: Any) -> SessionShown | bytes:
        """Do what was not done before; a session is shown as it stands, a refusal as it was."""

        def show(known: KnownOperation) -> Awaitable[SessionShown] | None:
            return self._show(known.session_id) if known.session_id is not None else None

        async def begin() -> SessionShown | bytes:
            try:
                shown: SessionShown = await work()
            except PickingRefusedError as error:
                detail = str(error) if str(error) != error.reason else None
                answer = encoded(ErrorShown(reason=error.reason, op=mark.op, detail=detail))
                return await self._log(mark, kind, REFUSED, answer)
            return shown

        return await done_once(self._around.storage, mark, begin, show)

    # --- handing out ------------------------------------------------------------------

    async def _next(self, message: NextOrder) -> SessionShown:
        mine = self._around.picks.of_terminal(message.mark.terminal)
        if mine is not None:
            return await self._show(mine)
        ready = await self._around.storage.read(lambda c: ready_orders(c, message.warehouse))
        settings, now_ms = self._around.book.view.picking, self._around.clock.now_ms()
        queued = [it.order for it in queue_of(ready, settings, now_ms) if not it.order.is_rest]
        for order in queued[:NEXT_TRIES]:
            try:
                begin = Begin(message.mark, "next", PickingMode.PICK, (order.order_id,))
                return await self._begin(begin)
            except PickingRefusedError as error:
                if error.reason == "tally_open":
                    raise
        raise PickingRefusedError("nothing_to_pick")

    async def _open(self, message: OpenOrders) -> SessionShown:
        order_ids = tuple(dict.fromkeys([await self._order(text) for text in message.orders]))
        if not order_ids:
            raise PickingRefusedError("no_such_order")
        picks, terminal = self._around.picks, message.mark.terminal
        sessions = {picks.of_order(order_id) for order_id in order_ids}
        mine = picks.of_terminal(terminal)
        if len(sessions) == 1 and (session_id := sessions.pop()) is not None:
            # it is mine, or it is shown as it is picked elsewhere
            return await self._show(session_id)
        if any(session_id is not None for session_id in sessions):
            raise PickingRefusedError("order_taken")
        begin = Begin(message.mark, "open", message.mode, order_ids)
        return await self._begin_instead(mine, begin)

    async def _take_over(self, message: TakeOverOrder) -> SessionShown:
        order_id = await self._order(message.order)
        session_id = self._around.picks.of_order(order_id)
        mine = self._around.picks.of_terminal(message.mark.terminal)
        if session_id is None:
            begin = Begin(message.mark, "take_over", PickingMode.PICK, (order_id,))
            return await self._begin_instead(mine, begin)
        if mine != session_id:
            await self._leave(mine, message.mark.who)
        try:
            shown: SessionShown = await self._ask(session_id, TakeOver(message.mark))
        except SessionNotFoundError as error:  # it ended at just that moment
            raise PickingRefusedError("order_closed", str(error)) from error
        return shown

    async def _begin_instead(self, session_id: int | None, begin: Begin) -> SessionShown:
        """Begin in place of the terminal's session, which stays where that cannot be."""
        if session_id is not None:
            found = await self._around.storage.read(
                lambda c: [load_by_id(c, order_id) for order_id in begin.order_ids]
            )
            session_of(begin, {order.id: order for order in found if order is not None}, session_id)
            await self._leave(session_id, begin.mark.who)
        return await self._begin(begin)

    async def _begin(self, begin: Begin) -> SessionShown:
        shown: SessionShown = await self._ask(self._around.ids.next_id(), begin)
        return shown

    async def _leave(self, session_id: int | None, who: str) -> None:
        """Let the terminal's session go, if nothing is in hand there."""
        if session_id is not None and not await self._ask(session_id, Leave(who)):
            raise PickingRefusedError("session_open")

    async def _show(self, session_id: int) -> SessionShown:
        shown: SessionShown = await self._ask(session_id, Show())
        return shown

    async def _ask(self, session_id: int, message: object) -> Any:
        return await self._around.directory.ask(PickingSession, session_id, message)

    async def _order(self, text: str) -> int:
        """The order that a text means: its id, its number or that of a parcel, as scanned."""
        try:
            order_id = decode_id(text)
        except BadIdError:
            pass
        else:
            if await self._around.storage.read(lambda c: find_key(c, order_id)) is not None:
                return order_id
        found = identify(text, await self._around.orders_named(text))
        if isinstance(found, Ambiguous):
            meant = {order_id for _, order_id in found.among}
            if len(meant) > 1:
                raise PickingRefusedError("ambiguous_order")
            return meant.pop()
        if not isinstance(found, Identity):
            raise PickingRefusedError("no_such_order")
        return found.id

    # --- the books --------------------------------------------------------------------

    async def _log(
        self, mark: OpMark, kind: str, outcome: str, answer: bytes, code: str = ""
    ) -> bytes:
        """Keep an operation outside any session; answers what it was answered the first time."""
        now_ms = self._around.clock.now_ms()
        operation = entry(rows.Operation, mark, kind, outcome, answer, now_ms, code=code)
        return await kept(self._around.storage, mark, answer, lambda c: rows.log(c, [operation]))

    async def _set_urgent(self, message: SetUrgent) -> None:
        now_ms = self._around.clock.now_ms()

        def unit(connection: sqlite3.Connection) -> bool:
            if find_key(connection, message.order_id) is None:
                return False
            if message.is_urgent:
                picking_urgent.mark(connection, message.order_id, message.person, now_ms)
            else:
                picking_urgent.unmark(connection, message.order_id)
            return True

        if not await self._around.storage.write(unit):
            raise OrderNotFoundError("no such order")
        self._around.news.tell(RecordNews("order", encode_id(message.order_id), 0))
