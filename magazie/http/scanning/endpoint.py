"""The address under which terminals scan."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import WSMessage, WSMsgType, web

from magazie.actors.picking_answers import ErrorShown, StateShown, encoded
from magazie.actors.settings_book import Role
from magazie.http.authentication import Authenticator
from magazie.http.endpoint import Call, Endpoint, NoBody, NoQuery, Outcome, endpoint
from magazie.http.identity import Identity
from magazie.http.origins import is_own_origin
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.scanning.hub import BAD_TOKEN, ScanHub
from magazie.http.scanning.messages import BadMessageError, Hello, Said, read_message
from magazie.http.scanning.outbox import Outbox
from magazie.http.scanning.terminal import Terminal

PROTOCOL: Final = 1
HELLO_WITHIN_S: Final = 5.0
PING_AFTER_S: Final = 15.0
PINGS_MISSED: Final = 2
_HARD_LIMIT: Final = 1024 * 1024
"""Bytes of a message that is taken off the wire at all."""
_BAD_ROLE: Final = 4403
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
        4403 for a role that may not, 4408 for no hello in time, 1013 for "come again".
        """
        request = call.request
        if "Origin" in request.headers and not is_own_origin(request, public_url):
            raise ProblemError(ProblemKind.FOREIGN_ORIGIN, "only our own pages may scan")
        socket = web.WebSocketResponse(autoping=False, max_msg_size=_HARD_LIMIT, compress=False)
        if not socket.can_prepare(request).ok:
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
        terminal = Terminal(hello.terminal, find, self._outbox, self._parts, self._hub.watch)
        self._hub.add(terminal, self._outbox)
        try:
            await terminal.welcome(who)
            await self._converse(terminal)
        finally:
            self._hub.remove(terminal)

    async def _converse(self, terminal: Terminal) -> None:
        missed = 0
        while self._outbox.ending is None:
            try:
                async with asyncio.timeout(PING_AFTER_S):
                    message = await self._socket.receive()
            except TimeoutError:
                if missed == PINGS_MISSED:
                    # half open: nobody would answer a close either
                    self._outbox.end(1001, b"the terminal is silent")
                    return
                missed += 1
                if self._who(terminal) is None:
                    return
                await self._socket.ping()
                continue
            missed = 0
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
        return lambda: _by_token(self._authenticator, token)


def _by_token(authenticator: Authenticator, token: str) -> Identity | None:
    try:
        return authenticator.by_token(token)
    except UnicodeError:
        return None
