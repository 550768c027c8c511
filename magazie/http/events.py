"""The news for pages: what changed, as it changes."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web
from msgspec import Meta

from magazie.actors.news import LinkNews, News, OrderNews, RecordKind, RecordNews, StockNews
from magazie.actors.settings_book import Role
from magazie.http.authentication import Authenticator
from magazie.http.endpoint import Call, Endpoint, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import id_text
from magazie.http.identity import Identity
from magazie.http.origins import is_own_origin
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind

MOST_WAITING: Final = 1000
"""Pieces of news that may wait for one connection; who is behind further is dropped."""
_HELLO_WITHIN_S: Final = 5.0
_SEND_WITHIN_S: Final = 10.0
_HEARTBEAT_S: Final = 20.0
_MOST_BYTES: Final = 4096
_BAD_TOKEN: Final = 4401
_NO_HELLO: Final = 4408
_ENDED: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})

EventType = Literal["stock", "link", RecordKind]

Key = tuple[EventType, str]
"""(type, id)."""


class Hello(msgspec.Struct):
    """The first message of who brings no session."""

    token: Annotated[str, Meta(min_length=1, max_length=512)]


class Event(msgspec.Struct, frozen=True):
    """What changed. ``version`` is null where the record has none."""

    type: EventType
    id: str
    version: int | None


_decode_hello = msgspec.json.Decoder(Hello).decode
_encode = msgspec.json.Encoder().encode


class Hub:
    """Hands the news to all connections. It listens only while there are any."""

    def __init__(self, parts: Parts) -> None:
        """Nobody is connected yet."""
        self._parts = parts
        self._ears: set[Ear] = set()
        self._stop_listening: Callable[[], None] | None = None

    def add(self, ear: "Ear") -> None:
        """Let a connection hear."""
        self._ears.add(ear)
        self._parts.traffic.sockets = len(self._ears)
        if self._stop_listening is None:
            self._stop_listening = self._parts.news.listen(self._hear)

    def remove(self, ear: "Ear") -> None:
        """A connection has ended."""
        self._ears.discard(ear)
        self._parts.traffic.sockets = len(self._ears)
        if not self._ears and self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def close(self) -> None:
        """Let every connection end: the service stops."""
        for ear in self._ears:
            ear.end(WSCloseCode.GOING_AWAY, b"the service stops")

    def _hear(self, news: News) -> None:
        event = event_of(news)
        for ear in self._ears:
            ear.tell(event)


class Ear:
    """One connection, and what waits to be sent to it: of each record only the newest."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Nothing waits."""
        self.ending: tuple[int, bytes] | None = None
        self._socket = socket
        self._waiting: dict[Key, Event] = {}
        self._wake = asyncio.Event()

    def tell(self, event: Event) -> None:
        """Put it in line."""
        if len(self._waiting) >= MOST_WAITING:
            self.end(WSCloseCode.TRY_AGAIN_LATER, b"too far behind")
        else:
            self._waiting[(event.type, event.id)] = event
            self._wake.set()

    def end(self, code: int, why: bytes) -> None:
        """Send nothing more."""
        self.ending = self.ending or (code, why)
        self._wake.set()

    async def send_all(self) -> None:
        """Send what comes, until the connection is to end."""
        while self.ending is None:
            await self._wake.wait()
            self._wake.clear()
            events, self._waiting = self._waiting, {}
            try:
                async with asyncio.timeout(_SEND_WITHIN_S):
                    for event in events.values():
                        await self._socket.send_frame(_encode(event), WSMsgType.TEXT)
            except TimeoutError:
                self.end(WSCloseCode.TRY_AGAIN_LATER, b"too slow")


def event_of(news: News) -> Event:
    """The news as pages read it."""
    match news:
        case OrderNews():
            return Event("order", id_text(news.order_id), news.version)
        case StockNews():
            return Event("stock", id_text(news.product_id), None)
        case LinkNews():
            return Event("link", f"{news.shop}/{news.external_id}", None)
        case RecordNews():
            # an order whose goods changed without the order itself is told of by its number
            is_number = news.kind == "order" and news.id.isdecimal()
            record_id = id_text(int(news.id)) if is_number else news.id
            return Event(news.kind, record_id, news.version or None)


def events_endpoint(hub: Hub, authenticator: Authenticator, public_url: str) -> Endpoint:
    """The address under which the news is heard."""

    @endpoint(
        "GET",
        "/ws/events",
        role=None,
        tag="events",
        summary="Hear what changes, on a WebSocket",
        answers={101: Event},
        problems=(ProblemKind.FOREIGN_ORIGIN,),
        is_watched=False,
    )
    async def hear_events(call: Call[NoBody, NoQuery]) -> Outcome:
        """Each message is ``{type, id, version}``: read the record anew.

        Bring a session, or send ``{"token": …}`` first, within 5 s. Close codes: 4401 for a
        bad or revoked token, 4408 for none in time, 1013 for who does not keep up.
        """
        request = call.request
        if "Origin" in request.headers and not is_own_origin(request, public_url):
            raise ProblemError(ProblemKind.FOREIGN_ORIGIN, "only our own pages may listen")
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_S, max_msg_size=_MOST_BYTES, compress=False
        )
        if request.method != "GET" or not socket.can_prepare(request).ok:
            raise ProblemError(ProblemKind.MALFORMED, "this address speaks WebSocket only")
        await socket.prepare(request)
        find = await _admitted(socket, request, authenticator)
        if find is not None:
            await _serve(socket, hub, call.parts, find)
        return socket

    return hear_events


async def _admitted(
    socket: web.WebSocketResponse, request: web.Request, authenticator: Authenticator
) -> Callable[[], Identity | None] | None:
    """How to see again and again that who listens still may; None when they may not."""
    person = authenticator.person(request)
    if person is not None:
        return lambda: authenticator.person(request)
    try:
        async with asyncio.timeout(_HELLO_WITHIN_S):
            message = await socket.receive()
    except TimeoutError:
        await socket.close(code=_NO_HELLO, message=b"no token came")
        return None
    try:
        token = _decode_hello(message.data).token if message.type is WSMsgType.TEXT else ""
        client = authenticator.by_token(token)
    except (msgspec.MsgspecError, UnicodeError):
        client = None
    if client is None:
        await socket.close(code=_BAD_TOKEN, message=b"the token is not known here")
        return None
    return lambda: authenticator.by_token(token)


async def _serve(
    socket: web.WebSocketResponse, hub: Hub, parts: Parts, find: Callable[[], Identity | None]
) -> None:
    """Send the news until either side ends it."""
    ear = Ear(socket)
    hub.add(ear)
    sending = asyncio.create_task(ear.send_all(), name="events")
    reading = asyncio.create_task(_read_to_end(socket, find), name="events closing")
    try:
        await asyncio.wait({sending, reading}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.remove(ear)
        for task in (sending, reading):
            task.cancel()
        await asyncio.gather(sending, reading, return_exceptions=True)
    if ear.ending is not None:
        code, why = ear.ending
        parts.traffic.sockets_dropped += code == WSCloseCode.TRY_AGAIN_LATER
        await socket.close(code=code, message=why)


async def _read_to_end(socket: web.WebSocketResponse, find: Callable[[], Identity | None]) -> None:
    """Nothing more is expected from a page; whatever it says, see that it may still listen."""
    while not socket.closed:
        try:
            async with asyncio.timeout(_HEARTBEAT_S):
                message = await socket.receive()
        except TimeoutError:
            pass
        else:
            if message.type in _ENDED:
                return
        who = find()
        if who is None or not who.role.covers(Role.PICKER):
            await socket.close(code=_BAD_TOKEN, message=b"the token or session has ended")
            return
