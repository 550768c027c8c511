"""The floor: the least that taking an order over HTTP and keeping it safe costs in this stack.

A bare aiohttp handler on uvloop: a token looked up, the body decoded, goods reserved in
memory, one order, five lines and five stock updates written by a thread that commits in
groups with ``synchronous=FULL``, and the order answered. No actors, checks, duplicates, edits,
claims that survive a restart, alerts, metrics, logs.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import uvloop
from aiohttp import web

from bench.child import answering_parent, say_ready
from bench.group_commit import GroupCommit, connect
from bench.orders import PATH, PRODUCTS, TOKEN, sku

DATABASE = "floor.db"
ON_HAND_MILLI = 10**15

SCHEMA = """
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, total_bani INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE order_lines (
    order_id INTEGER NOT NULL, line INTEGER NOT NULL, product INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL, price_e4 INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock (
    product INTEGER PRIMARY KEY, on_hand_milli INTEGER NOT NULL, reserved_milli INTEGER NOT NULL
) STRICT;
"""


class Line(msgspec.Struct):
    sku: str
    quantity: str
    price: str


class Person(msgspec.Struct):
    name: str
    phone: str
    email: str = ""
    county: str = ""
    city: str = ""
    address: str = ""
    postcode: str = ""


class Order(msgspec.Struct):
    number: str
    source: str
    warehouse: str
    currency: str
    customer: Person
    delivery: Person
    lines: list[Line]
    payment: str


class Answer(msgspec.Struct):
    """The order as it was taken: what the API owes whoever sends one."""

    id: int
    order: Order
    reserved: list[int]


Row = tuple[int, str, int, bytes]
LineRow = tuple[int, int, int, int, int]
StockRow = tuple[int, int]
Stored = tuple[Row, list[LineRow], list[StockRow]]


def insert_orders(connection: sqlite3.Connection, batch: Sequence[Stored]) -> None:
    """Write the orders of one batch."""
    for order, lines, stock in batch:
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", order)
        connection.executemany("INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)", lines)
        connection.executemany(
            "UPDATE stock SET reserved_milli = reserved_milli + ? WHERE product = ?", stock
        )


def make(path: Path) -> None:
    """Make the database, with goods enough for every run."""
    connection = connect(path)
    connection.executescript(SCHEMA)
    connection.executemany(
        "INSERT INTO stock VALUES (?, ?, 0)",
        [(product, ON_HAND_MILLI) for product in range(PRODUCTS)],
    )
    connection.close()


class Shelves:
    """The goods, reserved in memory."""

    def __init__(self) -> None:
        self.products = {sku(product): product for product in range(PRODUCTS)}
        self._free = [ON_HAND_MILLI] * PRODUCTS
        self._orders = 0

    def take(self, order: Order, body: bytes) -> tuple[Stored, Answer]:
        """Reserve what the order wants; answers what to store."""
        self._orders += 1
        order_id, free, total = self._orders, self._free, 0
        lines: list[LineRow] = []
        stock: list[StockRow] = []
        reserved: list[int] = []
        for number, line in enumerate(order.lines, 1):
            product = self.products[line.sku]
            wanted = int(line.quantity) * 1000
            whole, _, cents = line.price.partition(".")
            price_e4 = int(whole) * 10_000 + int(cents) * 100
            got = min(wanted, free[product])
            free[product] -= got
            total += price_e4 * wanted // 100_000
            lines.append((order_id, number, product, wanted, price_e4))
            stock.append((got, product))
            reserved.append(got)
        row = (order_id, order.number, total, body)
        return (row, lines, stock), Answer(order_id, order, reserved)


async def serve(folder: Path) -> None:
    writer = GroupCommit(folder / DATABASE, insert_orders)
    shelves = Shelves()
    decode = msgspec.json.Decoder(Order).decode
    encode = msgspec.json.Encoder().encode
    tokens = {f"Bearer {TOKEN}": "bench"}

    async def place(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") not in tokens:
            return web.Response(status=401)
        body = await request.read()
        stored, answer = shelves.take(decode(body), body)
        await writer.write(stored)
        return web.Response(body=encode(answer), status=201, content_type="application/json")

    app = web.Application()
    app.router.add_post(PATH, place)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    ended = asyncio.Event()
    with answering_parent(ended):
        say_ready(runner.addresses[0][1])
        await ended.wait()
    await runner.cleanup()
    writer.close()


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
