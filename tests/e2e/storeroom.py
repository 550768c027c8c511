"""What the storeroom says, read as any client reads it, and how it compares with the shops."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from magazie.simulators.gomag import OrderTruth
from magazie.storage.books import check_books
from tests.e2e.client import Client
from tests.e2e.shops import CANCELLED, TAKEN, WAREHOUSE, Shop

LOOK_EVERY_S = 0.1


def milli(text: str) -> int:
    return int(Decimal(text) * 1_000)


def bani(text: str) -> int:
    return int(Decimal(text) * 100)


def e4(text: str) -> int:
    return int(Decimal(text) * 10_000)


async def until(
    is_so: Callable[[], Awaitable[bool]], within_s: float, what: Callable[[], Awaitable[object]]
) -> float:
    """Wait for something to become so; answers how many seconds it took."""
    began = time.monotonic()
    while not await is_so():
        if time.monotonic() - began > within_s:
            raise AssertionError(f"not within {within_s} s: {await what()}")
        await asyncio.sleep(LOOK_EVERY_S)
    return time.monotonic() - began


async def import_all(client: Client, shop: Shop, within_s: float = 60) -> dict[str, Any]:
    """Import everything the shop sells; answers what that did."""
    started = await client.post(f"/api/v1/shops/{shop.name}/import", {"all": True})
    return await job_done(client, started["job"], within_s)


async def job_done(client: Client, job: str, within_s: float = 60) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def is_over() -> bool:
        reply = await client.insist("GET", f"/api/v1/jobs/{job}")
        found.update(reply.body)
        return found["state"] in {"done", "failed", "cancelled"}

    async def so_far() -> object:
        return found

    await until(is_over, within_s, so_far)
    assert found["state"] == "done", found
    result: dict[str, Any] = found["result"]
    return result


async def outboxes(client: Client, shops: Iterable[Shop]) -> dict[str, Any]:
    """Where the telling of each shop stands."""
    found = {}
    for shop in shops:
        shown = await client.get(f"/api/v1/shops/{shop.name}/outbox", limit=200)
        found[shop.name] = shown
    return found


async def rest(client: Client, shops: list[Shop], within_s: float) -> float:
    """Wait until every order is here as it is there, and nothing is owed to any shop."""

    async def owes() -> bool:
        shown = await outboxes(client, shops)
        owed = ("pending", "in_doubt", "statuses_due")
        return any(each["summary"][what] for each in shown.values() for what in owed)

    async def is_at_rest() -> bool:
        # first of all too: whoever is asked for everything ten times a second gets nothing done
        if await owes() or await missing_orders(client, shops) or await owes():
            return False
        for shop in shops:
            if await order_differences(client, shop):
                return False
        return not await differences(client, shops)

    async def whats_left() -> object:
        shown = await outboxes(client, shops)
        return {
            "missing": await missing_orders(client, shops),
            "differ": await differences(client, shops),
            "orders": [await order_differences(client, shop) for shop in shops],
            "outboxes": {
                name: (each["summary"], each["items"][:5], each["statuses"][:5])
                for name, each in shown.items()
            },
        }

    return await until(is_at_rest, within_s, whats_left)


async def available(client: Client) -> dict[str, int]:
    """What is free to sell, by product."""
    return {
        row["product"]: max(0, milli(row["available"]))
        for row in await client.all("/api/v1/stock", warehouse=WAREHOUSE)
    }


async def on_hand(client: Client) -> dict[str, int]:
    """What is there, by product."""
    return {
        row["product"]: milli(row["on_hand"])
        for row in await client.all("/api/v1/stock", warehouse=WAREHOUSE)
    }


async def links(client: Client, shop: Shop) -> dict[str, str]:
    """The product of each linked item of a shop."""
    return {
        link["external_id"]: product["id"]
        for product in await client.all("/api/v1/products", shop=shop.name)
        for link in product["links"]
        if link["shop"] == shop.name and link["state"] == "linked"
    }


async def differences(client: Client, shops: Iterable[Shop]) -> list[str]:
    """Every linked item whose stock in the shop is not what is available here."""
    free = await available(client)
    found = []
    for shop in shops:
        shown = shop.stock()
        for external_id, product in (await links(client, shop)).items():
            if product in free and shown.get(external_id) != free[product]:
                found.append(
                    f"{shop.name} item {external_id}: {free[product]} here,"
                    f" {shown.get(external_id)} there"
                )
    return found


async def price_differences(client: Client, shops: Iterable[Shop]) -> list[str]:
    """Every linked item whose price in the shop is not the one here."""
    found = []
    for shop in shops:
        shown = shop.prices()
        for product in await client.all("/api/v1/products", shop=shop.name):
            price = product["prices"].get(WAREHOUSE)
            for link in product["links"]:
                if link["shop"] != shop.name or link["state"] != "linked" or price is None:
                    continue
                if shown[link["external_id"]] != e4(price):
                    found.append(
                        f"{shop.name} {link['sku']}: {price} here, {shown[link['external_id']]}"
                    )
    return found


async def taken_from_ms(client: Client, shop: Shop) -> int:
    """Since when orders of the shop are taken."""
    settings = await client.get(f"/api/v1/shops/{shop.name}")
    moment = _moment_ms(settings["orders_from"])
    # the shop dates orders by the second: those of the first one count as older
    return -(-moment // 1_000) * 1_000


def _moment_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000)


async def held_orders(client: Client, shop: Shop) -> list[dict[str, Any]]:
    return await client.all("/api/v1/orders", shop=shop.name, sort="id")


async def missing_orders(client: Client, shops: Iterable[Shop]) -> list[str]:
    """Orders of the shops that are not here exactly once."""
    found = []
    for shop in shops:
        held = Counter(order["external_id"] for order in await held_orders(client, shop))
        placed = shop.orders_since(await taken_from_ms(client, shop))
        found += [
            f"{shop.name} order {order.id}: {held[str(order.id)]} times"
            for order in placed
            if held[str(order.id)] != 1
        ]
        strays = held.keys() - {str(order.id) for order in shop.truth.orders()}
        found += [f"{shop.name} order {order_id}: nobody placed it" for order_id in strays]
    return found


async def order_differences(client: Client, shop: Shop) -> list[str]:
    """Orders of the shop that are told otherwise here, in content or in status."""
    held = {order["external_id"]: order for order in await held_orders(client, shop)}
    found = []
    for placed in shop.orders_since(await taken_from_ms(client, shop)):
        order = held[str(placed.id)]
        found += [
            f"{shop.name} order {placed.number}: {what}"
            for what in (*_content_faults(order, placed), *_status_faults(order, placed, shop))
        ]
    return found


def _content_faults(order: dict[str, Any], placed: OrderTruth) -> list[str]:
    faults = []
    if bani(order["total"]) != placed.total_bani:
        faults.append(f"total {order['total']}, the shop's is {placed.total_bani} bani")
    there = Counter((line.sku, line.quantity_milli, line.price_e4) for line in placed.lines)
    here = Counter(
        (line["sku"], milli(line["quantity"]), e4(line["price"]))
        for line in order["lines"]
        if milli(line["quantity"])
    )
    if here != there:
        faults.append(f"lines {here}, the shop's are {there}")
    return faults


def _status_faults(order: dict[str, Any], placed: OrderTruth, shop: Shop) -> list[str]:
    is_cancelled = order["status"] == "cancelled"
    if placed.id in shop.cancelled_here:
        is_right = is_cancelled and placed.status == CANCELLED
    elif placed.id in shop.touched:
        is_right = is_cancelled == (not placed.holds_stock)
    else:
        is_right = not is_cancelled and placed.status == TAKEN
    return [] if is_right else [f"{order['status']} here, {placed.status} there"]


async def faults_of(database: Path, *, settled: bool = False) -> list[str]:
    """What the proof of the books finds wrong; it writes nothing."""
    report = await asyncio.to_thread(check_books, database, settled=settled)
    return [str(fault) for fault in report.faults]
