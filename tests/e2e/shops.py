"""Simulated shops on loopback, and the settings that lead to them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    GomagShop,
    OrderTruth,
    Switches,
    Truth,
)
from magazie.simulators.gomag.order_records import Order
from magazie.simulators.gomag.server import RunningSimulator, start_gomag_simulator
from magazie.simulators.gomag.webhooks import WebhookSettings

WAREHOUSE = "principal"
WAREHOUSES = f"""
[[warehouses]]
code = "{WAREHOUSE}"
name = "Depozit"
"""
SECRET = "secretul-magazinului"
TAKEN = "Comanda preluata"
CANCELLED = "Anulata"

GENEROUS = Switches(read_burst=400, read_rate=100, write_burst=400, write_rate=100)
"""Budgets that let minutes of a shop be lived through in seconds."""

PROMPT = WebhookSettings(
    enabled=True,
    secret=SECRET,
    shortest_delay_ms=20,
    longest_delay_ms=150,
    failures_allowed=1_000_000,
    attempts=1,
)
"""Calls a webhook soon, and goes on while nobody answers."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Shop:
    """One simulated shop under the name that the storeroom knows it by."""

    def __init__(self, name: str, running: RunningSimulator) -> None:
        self.name = name
        self._running = running
        self.cancelled_here: set[int] = set()
        """Orders that the office cancelled: nobody in the shop touches them any more."""
        self.touched: set[int] = set()
        """Orders that somebody in the shop changed by hand."""
        self.opened_with = {product.id: product.stock_milli for product in self.truth.products()}

    @property
    def url(self) -> str:
        return self._running.url

    @property
    def engine(self) -> GomagShop:
        return self._running.engine

    @property
    def truth(self) -> Truth:
        return self.engine.truth

    def settings(self, *, flush_seconds: int, poll_seconds: int) -> str:
        """The shop's table of a settings file."""
        return f"""
[[shops]]
name = "{self.name}"
base_url = "{self.url}"
shop_url = "{DEMO_SHOP_URL}"
api_key = "{DEMO_API_KEY}"
webhook_secret = "{SECRET}"
stock_warehouse = "{WAREHOUSE}"
price_warehouse = "{WAREHOUSE}"
flush_seconds = {flush_seconds}
poll_seconds = {poll_seconds}
"""

    async def call_webhook(self, service_url: str, settings: WebhookSettings = PROMPT) -> None:
        """Let the shop hint at what changes in it."""
        address = f"{service_url}/webhooks/gomag/{self.name}"
        body = msgspec.json.encode({"url": address, "settings": settings})
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/control/webhook", data=body) as answer,
        ):
            assert answer.status == 200, await answer.text()

    def order(self) -> Order:
        """A shopper orders what there is."""
        order = self.engine.place_random_order()
        assert order is not None, "the shelves of the shop are empty"
        return order

    def orders_since(self, from_ms: int) -> list[OrderTruth]:
        """Orders placed from a moment on."""
        return [order for order in self.truth.orders() if order.placed_ms >= from_ms]

    def stock(self) -> dict[str, int]:
        """Stock in thousandths by the id of the item."""
        return {str(product.id): product.stock_milli for product in self.truth.products()}

    def prices(self) -> dict[str, int]:
        """List prices in 1/10000 by the id of the item."""
        return {str(product.id): product.base_price_e4 for product in self.truth.products()}


@asynccontextmanager
async def shop_named(
    name: str,
    *,
    seed: int,
    products: int = 100,
    orders: int = 10,
    switches: Switches = GENEROUS,
) -> AsyncIterator[Shop]:
    """A shop that serves for as long as the block runs."""
    running = await start_gomag_simulator(
        now_ms=now_ms, products=products, orders=orders, seed=seed, switches=switches
    )
    try:
        yield Shop(name, running)
    finally:
        await running.stop()
