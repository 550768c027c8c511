"""A stand-in for the service as the terminal sees it: its pages, the log-in, and ``/ws/scan``.

The books outlive the server, as they do in the service: a test may stop it, cut its sockets, or
let answers get lost, and then look at what was applied, how often, and in which order.
"""

import asyncio
import contextlib
import itertools
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from magazie.http.page_files import STATIC, TERMINAL, TERMINAL_HEADERS, keeping, sent
from magazie.http.picking_words import MESSAGES
from tests.web.fake_tally import OF_TALLIES, TallyBooks, a_storeroom

Json = dict[str, Any]

PASSWORD = "o parola"
PIN = "4711"
TOKEN = "a token"
BADGES = {"MB77QX": "maria"}
HERE = "ana"
"""Who picks at the terminal of the test."""


@dataclass
class Line:
    line: int
    code: str
    name: str
    location: str
    ordered: int
    eans: tuple[str, ...]
    picked: int = 0
    short: int = 0
    to_put_back: int = 0
    tracking: str = "none"
    serials: list[str] = field(default_factory=list)
    tells_codes: bool = True
    """Whether the state says what it is scanned by, as the service does."""

    def shown(self) -> Json:
        return {
            "line": self.line,
            "product": str(self.line),
            "code": self.code,
            "name": self.name,
            "image": None,
            "location": self.location,
            "ordered": str(self.ordered),
            "picked": str(self.picked),
            "short_picked": str(self.short),
            "to_put_back": str(self.to_put_back),
            "tracking": self.tracking,
            "codes": list(self.eans) if self.tracking != "none" and self.tells_codes else [],
            "noted": [{"serial": it, "lot": "", "quantity": "1"} for it in self.serials],
        }


@dataclass
class Order:
    number: str
    lines: list[Line]
    owner: str | None = None
    status: str = "picking"
    bin: int | None = None


@dataclass
class Books:
    """What is kept: orders, and every operation with its first answer."""

    orders: dict[str, Order]
    elsewhere: frozenset[str] = frozenset()
    held: dict[str, str] = field(default_factory=dict)
    """Serial numbers in hand for orders that are not here."""
    """Codes of goods that are known and in no order."""
    answers: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    applied: list[Json] = field(default_factory=list)
    counted: list[Line] = field(default_factory=list)
    cluster: dict[str, list[Order]] = field(default_factory=dict)
    """The open session, if there is one, and its orders."""
    terminal: str = ""
    known: dict[str, list[Order]] = field(default_factory=dict)
    """Sessions that are or were open."""
    mode: str = "pick"
    tallies: TallyBooks = field(default_factory=a_storeroom)
    takes_quantities: bool = True
    versions: Any = field(default_factory=lambda: itertools.count(1))

    def codes(self) -> list[str]:
        """The codes that were applied, in order."""
        return [each["code"] for each in self.applied if each["type"] == "scan"]

    def state(self, session: str, orders: list[Order] | None = None) -> Json:
        orders = self.cluster[session] if orders is None else orders
        is_here = orders[0].owner == HERE
        return {
            "type": "state",
            "session": session,
            "mode": self.mode,
            "state": "completed" if orders[0].status == "picked" else "open",
            "walk": [],
            "owner": self.terminal if is_here else "T9",
            "owner_name": orders[0].owner,
            "version": next(self.versions),
            "orders": [
                {
                    "order": order.number,
                    "number": order.number,
                    "bin": order.bin,
                    "status": order.status,
                    "lines": [line.shown() for line in order.lines],
                }
                for order in orders
            ],
        }


class FakeScan:
    """The server; ``books`` may be those of an earlier one."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.port = 0
        self.is_signed_in = True
        self.person = HERE
        self.pairings = {"Pair-1_x": "Masa 3"}
        self.loses_answers = False
        self.pairs_only = False
        self.sockets: set[web.WebSocketResponse] = set()
        self.hellos: list[Json] = []
        self.errors: list[str] = []
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/terminal", self._terminal)
        app.router.add_get("/static/{name}", self._static)
        app.router.add_post("/login", self._login)
        app.router.add_post("/login/pair", self._pair)
        app.router.add_post("/login/terminal", self._login_at_terminal)
        app.router.add_post("/logout", self._logout)
        app.router.add_get("/api/v1/receptions", self._receptions)
        app.router.add_get("/api/v1/counts", self._counts)
        app.router.add_get("/api/v1/picking/messages", self._messages)
        app.router.add_get("/api/v1/settings/picking", self._settings)
        app.router.add_get("/api/v1/settings/warehouses", self._warehouses)
        app.router.add_get("/ws/scan", self._scan)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self.cut()
            await self._runner.cleanup()
            self._runner = None

    async def cut(self) -> None:
        """End every connection without a word."""
        for socket in list(self.sockets):
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def push(self, message: Json) -> None:
        for socket in list(self.sockets):
            with contextlib.suppress(ConnectionError):
                await socket.send_json(message)

    async def close_with(self, code: int) -> None:
        for socket in list(self.sockets):
            await socket.close(code=code)

    async def _terminal(self, request: web.Request) -> web.Response:
        assert TERMINAL is not None, "make web builds the pages"
        return sent(TERMINAL, request.headers.get("If-None-Match"), TERMINAL_HEADERS)

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in STATIC:
            raise web.HTTPNotFound
        headers = {"Cache-Control": keeping(name), "Service-Worker-Allowed": "/terminal"}
        return sent(STATIC[name], request.headers.get("If-None-Match"), headers)

    async def _login(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("password") != PASSWORD:
            return web.json_response({"status": 401}, status=401)
        self.is_signed_in = True
        self.person = body["name"]
        return web.json_response({"name": body["name"], "role": "picker"})

    async def _pair(self, request: web.Request) -> web.Response:
        code = (await request.json())["code"]
        if code not in self.pairings:
            return web.json_response({"status": 401}, status=401)
        return web.json_response({"terminal": self.pairings.pop(code), "token": TOKEN})

    async def _login_at_terminal(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = BADGES.get(body.get("badge"), body.get("name") if body.get("pin") == PIN else None)
        if body["terminal"] != TOKEN or name is None:
            return web.json_response({"status": 401}, status=401)
        self.is_signed_in = True
        self.person = name
        return web.json_response({"name": name, "role": "picker"})

    async def _logout(self, _request: web.Request) -> web.Response:
        self.is_signed_in = False
        return web.Response(status=204)

    async def _receptions(self, request: web.Request) -> web.Response:
        assert request.query["state"] == "waiting,open"
        listed = self.books.tallies.listed("reception", "waiting", "open")
        return web.json_response({"items": listed, "next": None})

    async def _counts(self, request: web.Request) -> web.Response:
        assert request.query["state"] == "open"
        listed = self.books.tallies.listed("count", "open")
        return web.json_response({"items": listed, "next": None})

    async def _messages(self, _request: web.Request) -> web.Response:
        return web.json_response({"messages": msgspec.to_builtins(MESSAGES)})

    async def _settings(self, _request: web.Request) -> web.Response:
        takes = self.books.takes_quantities
        return web.json_response({"quantity_entry": takes, "cutoffs": []})

    async def _warehouses(self, _request: web.Request) -> web.Response:
        return web.json_response({"items": self.books.tallies.warehouses, "next": None})

    async def _scan(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = await socket.receive_json()
        self.hellos.append(hello)
        self.books.terminal = hello["terminal"]
        if not self.is_signed_in:
            await socket.close(code=4401)
            return socket
        if self.pairs_only and hello.get("pairing") != TOKEN:
            await socket.close(code=4406)
            return socket
        self.sockets.add(socket)
        try:
            session = next(iter(self.books.cluster), None)
            tally = self.books.tallies.at(hello["terminal"])
            welcome = {
                "type": "welcome",
                "terminal": hello["terminal"],
                "session": session,
                "tally": None if tally is None else tally.number,
                "name": self.person,
            }
            await socket.send_json(welcome)
            if tally is not None:
                await socket.send_json(self.books.tallies.shown(tally))
            if session is not None:
                await socket.send_json(self.books.state(session))
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                for answer in self._answers(json.loads(message.data)):
                    if not self.loses_answers:
                        await socket.send_json(answer)
        except ConnectionError:
            pass
        finally:
            self.sockets.discard(socket)
        return socket

    def _answers(self, message: Json) -> list[Json]:
        if message["type"] == "ping":
            return [{"type": "pong"}]
        if message["type"] == "pong":
            return []
        op = message["op"]
        content = {name: value for name, value in message.items() if name not in {"op", "seq"}}
        known = self.books.answers.get(op)
        if known is not None:
            assert known[0] == content, "an operation came again with another content"
            return [known[1]]
        answer = {"op": op, **self._apply(content)}
        self.books.answers[op] = (content, answer)
        self.books.applied.append(message)
        session = message.get("session")
        if answer["type"] != "result" or answer["outcome"] in {"no_session", "no_tally"}:
            return [answer]
        if "tally" in message:
            tallies = self.books.tallies
            return [answer, tallies.shown(tallies.tallies[message["tally"]])]
        if session is None:
            return [answer]
        return [answer, self.books.state(session, self.books.known[session])]

    def _apply(self, message: Json) -> Json:
        kind = message["type"]
        if kind in OF_TALLIES or "tally" in message:
            return self.books.tallies.apply(message, self.books.terminal, HERE)
        if kind in {"next", "open", "take_over"}:
            return self._opened(message)
        session = message.get("session")
        if session not in self.books.cluster:
            return result("no_session")
        orders = self.books.cluster[session]
        lines = [line for order in orders for line in order.lines]
        if kind == "scan":
            return self._scanned(message, orders)
        if kind == "undo":
            if not self.books.counted:
                return result("nothing_to_undo")
            line = self.books.counted.pop()
            line.picked -= 1
            return result("undone", line)
        if kind == "complete":
            if any(line.picked + line.short < line.ordered for line in lines):
                return result("incomplete")
            del self.books.cluster[session]
            for order in orders:
                order.status = "picked"
            return result("completed")
        line = next(each for each in lines if each.line == message["line"])
        if kind == "skip":
            return result("skipped", line)
        if kind == "put_back":
            line.to_put_back -= int(Decimal(message["quantity"]))
            return result("put_back", line)
        line.short += int(Decimal(message["quantity"]))
        return result("short_picked", line)

    def _opened(self, message: Json) -> Json:
        books = self.books
        if message["type"] == "next":
            numbers = [n for n, order in books.orders.items() if order.status == "picking"][:1]
        else:
            numbers = message.get("orders") or [message["order"]]
        if not numbers:
            return {"type": "error", "reason": "nothing_to_pick"}
        if any(number not in books.orders for number in numbers):
            return {"type": "error", "reason": "no_such_order"}
        orders = [books.orders[number] for number in numbers]
        for place, order in enumerate(orders, start=1):
            if order.owner not in {None, HERE} and message["type"] != "take_over":
                return books.state("SELSEWHERE", [order])
            order.owner = HERE
            order.bin = place if message.get("mode") == "cluster" else None
        books.mode = message.get("mode", "pick")
        session = f"S{numbers[0]}"
        books.cluster = {session: orders}
        books.known[session] = orders
        return books.state(session)

    def _scanned(self, message: Json, orders: list[Order]) -> Json:
        code = message["code"]
        fitting = [(order, line) for order in orders for line in order.lines if code in line.eans]
        if not fitting:
            return result("not_in_order" if code in self.books.elsewhere else "unknown_code")
        open_ones = [(order, line) for order, line in fitting if line.picked < line.ordered]
        if not open_ones:
            return result("over", fitting[0][1])
        order, line = open_ones[0]
        if order.status == "cancelled":
            return result("order_cancelled", line)
        if line.tracking == "serial":
            serial = message.get("serial")
            if serial is None or serial in line.serials:
                return result("serial_needed" if serial is None else "serial_used", line)
            if serial in self.books.held:
                return {**result("serial_elsewhere", line), "held_by": self.books.held[serial]}
            line.serials.append(serial)
        elif line.tracking == "lot" and "lot" not in message:
            return result("lot_needed", line)
        line.picked += int(Decimal(message.get("quantity", "1")))
        self.books.counted.append(line)
        counted = result("counted", line)
        return counted if order.bin is None else {**counted, "bin": str(order.bin)}


def result(outcome: str, line: Line | None = None) -> Json:
    answer: Json = {"type": "result", "outcome": outcome}
    if line is not None:
        where = {"line": line.line, "picked": str(line.picked), "ordered": str(line.ordered)}
        answer.update(where)
    return answer


def four_lines() -> Books:
    """An order of four lines, and a second one that somebody else has."""
    lines = [
        Line(1, "CAN-330", "Cană emailată cu toartă, 330 ml", "B-2-10", 2, ("2000000001012",)),
        Line(2, "FAR-24", "Farfurie întinsă albastră ⌀ 24 cm", "A-10", 1, ("2000000001029",)),
        Line(3, "CEA-12", "Ceainic din fontă", "A-2", 3, ("2000000001036", "CEA-12")),
        Line(4, "LIN-6", "Linguriță de lemn, set de 6", "B-2-9", 1, ("2000000001043",)),
    ]
    busy = [Line(1, "CAN-330", "Cană emailată", "B-2-10", 1, ("2000000001012",))]
    third = [
        Line(5, "CAN-330", "Cană emailată cu toartă, 330 ml", "B-2-10", 1, ("2000000001012",)),
        Line(6, "PAH-1", "Pahar înalt", "A-1", 2, ("2000000001050",)),
    ]
    return Books(
        orders={
            "560": Order("560", lines),
            "561": Order("561", busy, owner="ion"),
            "562": Order("562", third),
        },
        elsewhere=frozenset({"2000000009999"}),
    )
