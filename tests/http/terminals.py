"""A terminal that speaks the scanning protocol."""

import asyncio
import itertools
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from magazie.actors.settings_book import Role
from tests.http.edges import Edge, order_body

E1, E2 = "2000000001012", "2000000001029"


class TestTerminal:
    """One connection; pushed states are put aside, and the last is kept."""

    __test__ = False
    _ops = itertools.count(1)

    def __init__(self, name: str, socket: ClientWebSocketResponse, welcome: Any) -> None:
        self.name = name
        self.socket = socket
        self.welcomed = welcome
        self.session: str | None = welcome["session"]
        self.tally: str | None = welcome.get("tally")
        self.state: Any = None
        self.tally_state: Any = None
        self.lost: Any = None

    @classmethod
    async def connect(
        cls,
        edge: Edge,
        name: str = "T1",
        token: str | None = None,
        **hello: str,
    ) -> "TestTerminal":
        socket = await edge.client.ws_connect("/ws/scan", autoping=True)
        await socket.send_json(
            {
                "type": "hello",
                "protocol": 1,
                "terminal": name,
                "token": token or edge.tokens[Role.PICKER],
                **hello,
            }
        )
        return cls(name, socket, await asyncio.wait_for(socket.receive_json(), 2))

    async def hear(self) -> Any:
        """The next message, pushed or answered."""
        message = await asyncio.wait_for(self.socket.receive_json(), 2)
        if message["type"] == "state":
            self.state = message
        if message["type"] == "tally":
            self.tally_state = message
        if message["type"] == "lost":
            self.lost = message
        return message

    async def say(self, kind: str, op: str | None = None, **fields: Any) -> Any:
        """Send an operation and wait for its answer."""
        number = next(self._ops)
        op = op or f"{self.name}-{number}"
        sent = {"type": kind, "op": op, "seq": number, **fields}
        if self.tally is not None and kind not in {"receive", "count"}:
            sent.setdefault("tally", self.tally)
        elif self.session is not None:
            sent.setdefault("session", self.session)
        await self.socket.send_json(sent)
        while True:
            message = await self.hear()
            if message.get("op") == op:
                if message["type"] == "state":
                    self.session, self.tally = message["session"], None
                if message["type"] == "tally":
                    self.session, self.tally = None, message["tally"]
                return message

    async def open(self, *orders: str, **fields: Any) -> Any:
        return await self.say("open", orders=list(orders), **fields)

    async def scan(self, code: str, op: str | None = None, **fields: Any) -> str:
        answer = await self.say("scan", op, code=code, **fields)
        return str(answer.get("outcome", answer.get("reason")))

    async def until_state(self, **wanted: str) -> Any:
        """Wait for a pushed state in which lines have been picked so."""
        while True:
            if self.state is not None and wanted == {
                f"l{line['line']}": line["picked"]
                for order in self.state["orders"]
                for line in order["lines"]
                if f"l{line['line']}" in wanted
            }:
                return self.state
            await self.hear()

    async def until_tally(self, **wanted: Any) -> Any:
        """Wait for a tally, pushed or answered, that says so; ``l1`` is what line 1 counts."""
        while True:
            if self.tally_state is not None:
                lines = {f"l{line['line']}": line["counted"] for line in self.tally_state["lines"]}
                said = self.tally_state | lines
                if all(said.get(key) == value for key, value in wanted.items()):
                    return self.tally_state
            await self.hear()

    async def closed_with(self) -> int | None:
        while True:
            message = await asyncio.wait_for(self.socket.receive(), 5)
            if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}:
                return self.socket.close_code

    async def drop(self) -> None:
        """The connection breaks without a good-bye."""
        transport = self.socket._response.connection
        assert transport is not None
        assert transport.transport is not None
        transport.transport.abort()


async def furnish(edge: Edge, quantity: str = "100") -> None:
    """Two products with stock."""
    for code, ean in (("CAN-330", E1), ("CEAI-20", E2)):
        product = await edge.product(code, ean=ean, location=f"A-{code[-2:]}")
        await edge.receive(product["id"], quantity)


async def place(edge: Edge, number: str, *lines: tuple[str, str]) -> Any:
    """An order on SKUs."""
    body = order_body(
        number,
        lines=[
            {"sku": sku, "quantity": quantity, "price": "10.00", "vat_rate": "21"}
            for sku, quantity in lines
        ],
    )
    return await edge.post("/api/v1/orders", body)
