"""Finding what a shop has not been told, and telling it: many products, some of them changed."""

import asyncio
import random
import sqlite3
import time
from pathlib import Path

import msgspec
import uvloop

from bench.books import FIRST_PRODUCT, SHOP, filling, make_books
from bench.lag import LagProbe
from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import (
    BuildSend,
    LookAtEverything,
    LookAtProducts,
    Outcome,
    Send,
    SendEnded,
)
from magazie.actors.runtime import Directory, RuntimeMetrics
from magazie.commands.heap import quiet_heap
from magazie.http.traffic import Traffic
from magazie.outside import SystemClock
from magazie.ports import ItemAnswer, ItemOutcome
from magazie.secret_refs import SecretRef
from magazie.service import DATABASE
from magazie.storage import Storage
from magazie.storage.settings_rows import ShopSettings

PATIENCE_S = 60.0
_DONE = ItemOutcome(ItemAnswer.DONE)


class OutboxDifference(msgspec.Struct):
    """``first`` is the time to the first request's body, which is marked and committed;
    ``all`` to the last acknowledgement, the shop answering at once.
    """

    products: int
    changed: int
    everything_first_s: float
    everything_all_s: float
    named_first_s: float
    named_all_s: float
    nothing_s: float
    """To find that nothing differs, of all products."""
    requests: int
    longest_block_ms: float


def measure(folder: Path, *, products: int, changed: int) -> OutboxDifference:
    """Change some products twice: first everything is compared, then only those named."""
    make_books(folder, products, is_sold=True)
    with filling(folder) as connection:
        _add_shop(connection)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_as_served(folder, products, changed))


async def _as_served(folder: Path, products: int, changed: int) -> OutboxDifference:
    async with quiet_heap(Traffic()):  # garbage is looked for as it is in service
        return await _measure(folder, products, changed)


async def _measure(folder: Path, products: int, changed: int) -> OutboxDifference:
    storage = await Storage.open(folder / DATABASE)
    directory = Directory(metrics=RuntimeMetrics(), random=random.Random(1))

    def outbox(shop: str) -> GomagOutbox:
        return _outbox(shop, storage)

    directory.register(GomagOutbox, outbox)
    ids = [FIRST_PRODUCT + index * (products // changed) for index in range(changed)]
    probe = LagProbe()
    try:
        await _change(storage, ids)
        directory.tell(GomagOutbox, SHOP, LookAtEverything())
        everything = await _round(directory, changed)
        await _change(storage, ids)
        directory.tell(GomagOutbox, SHOP, LookAtProducts(tuple(ids)))
        named = await _round(directory, changed)
        directory.tell(GomagOutbox, SHOP, LookAtEverything())
        began = time.perf_counter()
        assert await _build(directory, 0) is None
        nothing_s = time.perf_counter() - began
        block_ms = probe.take().worst_lag_ms
    finally:
        probe.close()
        await directory.stop([GomagOutbox], deadline=5.0)
        await storage.close()
    return OutboxDifference(
        products, changed, *everything[:2], *named[:2], nothing_s, everything[2], block_ms
    )


def _outbox(shop: str, storage: Storage) -> GomagOutbox:
    settings = ShopSettings(
        name=shop,
        kind="gomag",
        base_url="",
        shop_url="",
        api_key=SecretRef(""),
        orders_from_ms=0,
        status_map={},
    )
    return GomagOutbox(shop, storage=storage, clock=SystemClock(), settings=lambda: settings)


def _add_shop(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO shops (name, kind, base_url, shop_url, api_key, stock_warehouse,"
        " price_warehouse, orders_from_ms, flush_seconds, poll_seconds, status_map, created_ms)"
        " VALUES (?, 'gomag', '', '', '', 'principal', 'principal', 0, 60, 60, '{}', 0)",
        (SHOP,),
    )


async def _change(storage: Storage, product_ids: list[int]) -> None:
    def unit(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "UPDATE balances SET on_hand_milli = on_hand_milli + 1000 WHERE product_id = ?",
            [(product_id,) for product_id in product_ids],
        )

    await storage.write(unit)


async def _round(directory: Directory, changed: int) -> tuple[float, float, int]:
    """Send until nothing is pending. Gives seconds to the first body, to the end; requests."""
    began, began_ms = time.perf_counter(), SystemClock().now_ms()
    first_s, requests, told = 0.0, 0, 0
    while (send := await _build(directory, began_ms)) is not None:
        requests += 1
        told += len(send.items)
        first_s = first_s or time.perf_counter() - began
        ended = SendEnded(send.number, Outcome.ANSWERED, {item.sku: _DONE for item in send.items})
        await directory.ask(GomagOutbox, SHOP, ended, timeout=PATIENCE_S)
    taken_s = time.perf_counter() - began
    if told != changed:
        raise SystemExit(f"void: {changed} products changed and the shop was told of {told}")
    return first_s, taken_s, requests


async def _build(directory: Directory, began_ms: int) -> Send | None:
    message = BuildSend(read_no=1, began_ms=began_ms or SystemClock().now_ms())
    send: Send | None = await directory.ask(GomagOutbox, SHOP, message, timeout=PATIENCE_S)
    return send
