"""One terminal on one connection: what it says is done in order, and answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from aiohttp import WSCloseCode

from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_answers import ErrorShown, SessionShown, StateShown, encoded
from magazie.actors.picking_messages import (
    Command,
    LogStray,
    NextOrder,
    OpenOrders,
    Operate,
    OpMark,
    SessionAt,
    SessionNotFoundError,
    ShortPick,
    Show,
    SkipLine,
    TakeOverOrder,
    UndoLast,
)
from magazie.actors.picking_messages import Complete as CompleteSession
from magazie.actors.picking_messages import PutBack as PutBackGoods
from magazie.actors.picking_session import PickingSession
from magazie.actors.runtime import NOT_NOW
from magazie.actors.tally_answers import TallyShown, TallyStateShown
from magazie.actors.tally_desk import DESK_KEY, TallyDesk
from magazie.actors.tally_messages import ShowTally, TallyAt
from magazie.actors.tally_session import TallySession
from magazie.http.identity import Identity
from magazie.http.parts import Parts
from magazie.http.scanning import messages as said
from magazie.http.scanning.messages import (
    LONGEST_LOGGED_CODE,
    Lost,
    Operation,
    Pong,
    TallyLost,
    Welcome,
)
from magazie.http.scanning.outbox import Outbox
from magazie.http.scanning.tally_talk import answer as answer_of_tally
from magazie.http.scanning.tally_talk import is_of_tally
from magazie.model.ids import BadIdError, decode_id, encode_id
from magazie.model.picking import SessionState
from magazie.model.tally import TallyState
from magazie.storage.errors import StorageClosedError, TransactionLostError
from magazie.storage.stock import StaleRevisionError

logger = logging.getLogger(__name__)

TRIES: Final = 5
FIRST_WAIT_S: Final = 0.1
_FOR_NOW: Final = (*NOT_NOW, TransactionLostError, StaleRevisionError)

_encode = msgspec.json.Encoder().encode

Watched = tuple[str, int]
"""A session or a tally, by the kind of its news and its id."""


class Terminal:
    """What a terminal is shown, and the way of its messages to the actors.

    Attributes:
        name: as it calls itself.
        find: who uses it, looked up anew each time; None when they may no longer.
        watched: the session or the tally whose state it is sent.

    """

    def __init__(
        self,
        name: str,
        find: Callable[[], Identity | None],
        outbox: Outbox,
        parts: Parts,
        watch: Callable[["Terminal", Watched | None], None],
    ) -> None:
        """``watch`` is told whose state it is to be sent."""
        self.name = name
        self.find = find
        self.watched: Watched | None = None
        self._outbox = outbox
        self._parts = parts
        self._watch = watch
        self._session: int | None = None
        self._tally: int | None = None
        self._version = 0

    async def welcome(self, who: Identity) -> None:
        """Say hello, and show what is open here: a session or a tally."""
        directory = self._parts.directory
        session_id: int | None = await directory.ask(PickQueue, QUEUE_KEY, SessionAt(self.name))
        tally_id: int | None = await directory.ask(TallyDesk, DESK_KEY, TallyAt(self.name))
        self._outbox.put(
            _encode(Welcome(self.name, _text_of(session_id), who.name, _text_of(tally_id)))
        )
        if session_id is not None:
            shown: SessionShown = await directory.ask(PickingSession, session_id, Show())
            self._outbox.put(self._followed(shown, None))
        elif tally_id is not None:
            tally: TallyShown = await directory.ask(TallySession, tally_id, ShowTally())
            self._outbox.put(self._followed_tally(tally, None))

    async def hear(self, message: said.Said, who: Identity) -> None:
        """Do what a message asks for, and answer it; another message is heard only then."""
        if isinstance(message, said.Ping):
            self._outbox.put(_encode(Pong()))
            return
        if isinstance(message, said.Hello):
            return  # said before
        began_ns = self._parts.runtime_metrics.clock_ns()
        answer = await self._patiently(message.op, lambda: self._answer(message, who))
        if answer is not None:
            taken_ns = self._parts.runtime_metrics.clock_ns() - began_ns
            self._parts.traffic.scanning.answered(taken_ns)
            self._outbox.put(answer)

    def show(self, shown: StateShown, state: bytes) -> None:
        """The watched session changed."""
        if shown.version <= self._version:
            return
        self._version = shown.version
        if self._session is not None and shown.owner != self.name:
            self._session = None
            self._outbox.put(_encode(Lost(shown.owner, shown.session)))
        if shown.state is not SessionState.OPEN:
            self._session = None
        self._outbox.put_state(state)

    def show_tally(self, shown: TallyStateShown, state: bytes) -> None:
        """The watched tally changed."""
        if shown.version <= self._version:
            return
        self._version = shown.version
        is_open = shown.state is TallyState.OPEN
        if self._tally is not None and is_open and shown.terminal not in {self.name, None}:
            self._outbox.put(_encode(TallyLost(shown.terminal or "", shown.tally)))
        if not is_open or shown.terminal != self.name:
            self._tally = None
        self._outbox.put_state(state)

    # --- answering --------------------------------------------------------------------

    async def _answer(self, message: Operation, who: Identity) -> bytes:
        mark = OpMark(
            self.name,
            message.op,
            message.seq,
            said.digest_of(message),
            who.name,
            said.terminal_time(message.at),
        )
        if is_of_tally(message):
            answer = await answer_of_tally(self._parts, message, mark, self._tally)
            if isinstance(answer, bytes):
                return self._counted(answer)
            return self._followed_tally(answer, mark.op)
        match message:
            case said.Next():
                return await self._ask_queue(NextOrder(mark, message.warehouse), mark)
            case said.Open():
                orders = (*message.orders, *([message.order] if message.order else ()))
                return await self._ask_queue(OpenOrders(mark, orders, message.mode), mark)
            case said.TakeOver():
                taken = TakeOverOrder(mark, message.order or "")
                return await self._ask_queue(taken, mark)
        return await self._in_session(message, mark)

    async def _ask_queue(self, asked: object, mark: OpMark) -> bytes:
        answer: SessionShown | bytes = await self._parts.directory.ask(PickQueue, QUEUE_KEY, asked)
        return answer if isinstance(answer, bytes) else self._followed(answer, mark.op)

    async def _in_session(self, message: Operation, mark: OpMark) -> bytes:
        session_id = self._meant(message)
        directory = self._parts.directory
        if session_id is not None:
            try:
                if isinstance(message, said.Complete):
                    done: bytes = await directory.ask(
                        PickingSession, session_id, CompleteSession(mark)
                    )
                    return self._counted(done)
                answer: bytes = await directory.ask(
                    PickingSession, session_id, Operate(mark, _command(message))
                )
            except SessionNotFoundError:
                pass
            else:
                return self._counted(answer)
        code = message.code[:LONGEST_LOGGED_CODE] if isinstance(message, said.Scan) else ""
        kind = type(message).__struct_config__.tag
        stray: bytes = await directory.ask(PickQueue, QUEUE_KEY, LogStray(mark, str(kind), code))
        return self._counted(stray)

    def _meant(self, message: Operation) -> int | None:
        """The session that a message is for; None where that is not the one open here."""
        if message.session is None:
            return None
        try:
            session_id = decode_id(message.session)
        except BadIdError:
            return None
        if self._session is not None and session_id != self._session:
            return None
        return session_id

    def _followed(self, answer: SessionShown, op: str | None) -> bytes:
        """Show a session from now on; answers its state."""
        shown = answer.shown
        is_mine = shown.owner == self.name and shown.state is SessionState.OPEN
        self._session, self._tally = answer.session_id if is_mine else None, None
        self._follow(("picking", answer.session_id), shown.version)
        return encoded(shown if op is None else msgspec.structs.replace(shown, op=op))

    def _followed_tally(self, answer: TallyShown, op: str | None) -> bytes:
        """Show a tally from now on; answers its state."""
        shown = answer.shown
        is_mine = shown.terminal == self.name and shown.state is TallyState.OPEN
        self._session, self._tally = None, answer.tally_id if is_mine else None
        self._follow(("tally", answer.tally_id), shown.version)
        return encoded(shown if op is None else msgspec.structs.replace(shown, op=op))

    def _follow(self, watched: Watched, version: int) -> None:
        if watched != self.watched:
            self._outbox.forget_state()
        self.watched, self._version = watched, version
        self._watch(self, watched)

    def _counted(self, answer: bytes) -> bytes:
        self._parts.traffic.scanning.counted(answer)
        return answer

    async def _patiently(self, op: str, work: Callable[[], Awaitable[bytes]]) -> bytes | None:
        """Try again while the service is too busy; repeating an operation is harmless.

        An operation that cannot be answered ends the connection: the terminal keeps it, and
        sends it again on the next one.
        """
        for attempt in range(TRIES):
            try:
                return await work()
            except StorageClosedError:
                break
            except _FOR_NOW as error:
                logger.warning("scan_not_answered terminal=%s reason=%r", self.name, error)
            except Exception:
                # sent again it would fail again, and hold up all that comes behind it
                logger.exception("scan_failed terminal=%s", self.name)
                return encoded(ErrorShown(reason="internal", op=op))
            await asyncio.sleep(FIRST_WAIT_S * 2**attempt)
        self._outbox.end(WSCloseCode.TRY_AGAIN_LATER, b"not now")
        return None


def _text_of(record_id: int | None) -> str | None:
    return encode_id(record_id) if record_id is not None else None


def _command(message: Operation) -> Command:
    match message:
        case said.Scan():
            return said.command_of(message)
        case said.Undo():
            return UndoLast()
        case said.Skip():
            return SkipLine(message.line)
        case said.PutBack():
            return PutBackGoods(message.line, int(message.quantity))
        case said.Short():
            return ShortPick(message.line, int(message.quantity), message.reason, message.rest)
    raise TypeError(f"{type(message).__name__} is no command of a session")
