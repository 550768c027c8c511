"""The address under which terminals scan."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from magazie.actors.picking_answers import ErrorShown, StateShown, encoded
from magazie.actors.settings_book import Role
from magazie.actors.terminal_desk import DESK_KEY, NameTerminal, TerminalDesk
from magazie.http.authentication import Authenticator
from magazie.http.endpoint import Call, Endpoint, NoBody, NoQuery, Outcome, endpoint
from magazie.http.identity import Identity
from magazie.http.origins import is_own_origin
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.scanning.hub import BAD_TOKEN, ScanHub
from magazie.http.scanning.messages import BadMessageError, Hello, Said, read_message
from magazie.http.scanning.outbox import SEND_WITHIN_S, Outbox
from magazie.http.scanning.terminal import Terminal

PROTOCOL: Final = 1
HELLO_WITHIN_S: Final = 5.0
PING_AFTER_S: Final = 15.0
PINGS_MISSED: Final = 2
_HARD_LIMIT: Final = 1024 * 1024
"""Bytes of a message that is taken off the wire at all."""
_BAD_ROLE: Final = 4403
_NOT_PAIRED: Final = 4406
_NO_HELLO: Final = 4408
_ENDED: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


def scan_endpoint(hub: ScanHub, authenticator: Authenticator, public_url: str) -> Endpoint:
    """The address under which terminals scan."""

    @endpoint(
        "GET",
        "/ws/scan",
        role=None,
        tag="picking",
        summary="Pick by scanning, on a WebSocket",
        answers={101: StateShown},
        problems=(ProblemKind.FOREIGN_ORIGIN,),
        is_watched=False,
    )
    async def scan_here(call: Call[NoBody, NoQuery]) -> Outcome:
        """Send ``{"type": "hello", "protocol": 1, "terminal": …, "token"?: …}`` within 5 s.

        What follows is told in docs/picking.md. Close codes: 4401 for a bad or revoked token,
        4403 for a role that may not, 4406 for a terminal that must be paired, 4408 for no hello in
        time, 1013 for "come again".
        """
        request = call.request
        if "Origin" in request.headers and not is_own_origin(request, public_url):
            raise ProblemError(ProblemKind.FOREIGN_ORIGIN, "only our own pages may scan")
        socket = web.WebSocketResponse(autoping=False, max_msg_size=_HARD_LIMIT, compress=False)
        if request.method != "GET" or not socket.can_prepare(request).ok:
            raise ProblemError(ProblemKind.MALFORMED, "this address speaks WebSocket only")
        await socket.prepare(request)
        await _Connection(socket, request, authenticator, hub, call.parts).serve()
        return socket

    return scan_here


class _Connection:
    """One socket from its hello to its end."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        authenticator: Authenticator,
        hub: ScanHub,
        parts: Parts,
    ) -> None:
        self._socket = socket
        self._request = request
        self._authenticator = authenticator
        self._hub = hub
        self._parts = parts
        self._outbox = Outbox(socket)
        self._heard_at = 0.0

    async def serve(self) -> None:
        sending = asyncio.create_task(self._outbox.send_all(), name="scanning answers")
        hearing = asyncio.create_task(self._hear_all(), name="scanning")
        try:
            await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
            if self._outbox.ending is not None and not sending.done():
                await asyncio.wait({sending}, timeout=1.0)
        finally:
            for task in (sending, hearing):
                task.cancel()
            await asyncio.gather(sending, hearing, return_exceptions=True)
        if self._outbox.ending is not None:
            code, why = self._outbox.ending
            await self._socket.close(code=code, message=why)

    async def _hear_all(self) -> None:
        hello = await self._hello()
        if hello is None:
            return
        find = self._admitted(hello)
        who = find()
        if who is None or not who.role.covers(Role.PICKER):
            code = BAD_TOKEN if who is None else _BAD_ROLE
            self._outbox.end(code, b"the token is not known here")
            return
        if not await self._may_scan_here(hello):
            self._outbox.end(_NOT_PAIRED, b"the terminal is not paired")
            return
        terminal = Terminal(hello.terminal, find, self._outbox, self._parts, self._hub.watch)
        self._hub.add(terminal, self._outbox)
        try:
            await terminal.welcome(who)
            self._heard_at = asyncio.get_running_loop().time()
            talking = asyncio.create_task(self._converse(terminal), name="scanning messages")
            watching = asyncio.create_task(self._watch(terminal), name="scanning silence")
            await _until_one_ends(talking, watching)
        finally:
            self._hub.remove(terminal)

    async def _may_scan_here(self, hello: Hello) -> bool:
        """Whether the terminal is one that may be scanned at, by the name it was given."""
        if not self._parts.book.view.picking.terminals_paired_only:
            return True
        if not hello.pairing:
            return False
        name: str | None = await self._parts.directory.ask(
            TerminalDesk, DESK_KEY, NameTerminal(hello.pairing)
        )
        return name == hello.terminal

    async def _converse(self, terminal: Terminal) -> None:
        now = asyncio.get_running_loop().time
        while self._outbox.ending is None:
            message = await self._socket.receive()
            self._heard_at = now()
            if message.type in _ENDED:
                return
            if message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                who = self._who(terminal)
                if who is None:
                    return
                said = self._read(message)
                if said is not None:
                    await terminal.hear(said, who)

    async def _watch(self, terminal: Terminal) -> None:
        """Ping a terminal that is silent; end the connection where nothing comes or goes.

        One look now and then: a timer for each message would cost more than the message.
        """
        now = asyncio.get_running_loop().time
        pings, heard_at = 0, self._heard_at
        while True:
            await asyncio.sleep(PING_AFTER_S / 3)
            if self._outbox.sending_s(now()) > SEND_WITHIN_S:
                self._outbox.end(WSCloseCode.TRY_AGAIN_LATER, b"too slow")
                return
            if self._heard_at != heard_at:
                pings, heard_at = 0, self._heard_at
            if now() - heard_at < PING_AFTER_S * (pings + 1):
                continue
            if pings == PINGS_MISSED:
                # half open: nobody would answer a close either
                self._outbox.end(WSCloseCode.GOING_AWAY, b"the terminal is silent")
                return
            pings += 1
            if self._who(terminal) is None:
                return
            self._outbox.ping()

    def _who(self, terminal: Terminal) -> Identity | None:
        """Who uses it, as long as they may; else the connection ends."""
        who = terminal.find()
        if who is None:
            self._outbox.end(BAD_TOKEN, b"the token or session has ended")
        elif not who.role.covers(Role.PICKER):
            self._outbox.end(_BAD_ROLE, b"the role may not scan")
            return None
        return who

    async def _hello(self) -> Hello | None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                while True:
                    message = await self._socket.receive()
                    if message.type in _ENDED:
                        return None
                    if message.type is WSMsgType.PING:
                        await self._socket.pong(message.data)
                        continue
                    said = self._read(message)
                    if isinstance(said, Hello) and said.protocol == PROTOCOL:
                        return said
                    if said is not None:
                        reason = "unknown_protocol" if isinstance(said, Hello) else "hello_first"
                        op = getattr(said, "op", None)
                        self._outbox.put(encoded(ErrorShown(reason=reason, op=op)))
        except TimeoutError:
            self._outbox.end(_NO_HELLO, b"no hello came")
            return None

    def _read(self, message: WSMessage) -> Said | None:
        """What came; None where that is no message, which is answered here."""
        if message.type is not WSMsgType.TEXT:
            self._outbox.put(encoded(ErrorShown(reason="not_text")))
            return None
        try:
            return read_message(message.data)
        except BadMessageError as error:
            self._parts.traffic.scanning.bad_messages += 1
            self._outbox.put(encoded(error.answer))
            return None

    def _admitted(self, hello: Hello) -> Callable[[], Identity | None]:
        """How to see again and again that whoever scans still may."""
        token = hello.token
        if token is None:
            return lambda: self._authenticator.person(self._request)
        return self._authenticator.holder_of(token)


async def _until_one_ends(*tasks: "asyncio.Task[None]") -> None:
    """Wait for the first of them, and end the others."""
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
