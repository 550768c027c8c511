import asyncio
from collections.abc import Callable
from contextlib import suppress

import aiohttp

from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.webhooks import WebhookDelivery, WebhookSettings

_BEAT_S = 0.2
_ANSWER_WITHIN = aiohttp.ClientTimeout(total=5)

Build = Callable[[int | None, int | None], GomagShop]
"""Builds a shop from a seed and a number of products; None keeps the first ones."""


class SimulatorHost:
    """Keeps one shop alive: lets its time pass and makes its webhook calls.

    Args:
        build: makes the shop, now and at each reset.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._webhook_url: str | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None
        self.engine = build(None, None)
        self.stopping = asyncio.Event()
        """Set when the host stops; lets go of requests that hang."""

    async def start(self) -> None:
        """Begin to let time pass."""
        jar = aiohttp.DummyCookieJar()
        self._session = aiohttp.ClientSession(timeout=_ANSWER_WITHIN, cookie_jar=jar)
        self._pump = asyncio.create_task(self._let_time_pass(self._session))

    async def stop(self) -> None:
        """End the pump and the calls under way."""
        self.stopping.set()
        tasks = [task for task in (self._pump, *self._calls) if task is not None]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        if self._session is not None:
            await self._session.close()

    def reset(self, seed: int | None, products: int | None) -> None:
        """Put a newly built shop in place of the present one; webhooks stop."""
        self._webhook_url = None
        self.engine = self._build(seed, products)

    def call_webhook(self, url: str | None, settings: WebhookSettings) -> None:
        """Call a URL when orders change (not a Gomag contract); None stops that."""
        self._webhook_url = url
        self.engine.webhooks.configure(settings if url else WebhookSettings())

    async def _let_time_pass(self, session: aiohttp.ClientSession) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            shop = self.engine
            for delivery in shop.due_webhooks():
                if self._webhook_url is not None:
                    call = self._deliver(session, shop, self._webhook_url, delivery)
                    task = asyncio.create_task(call)
                    self._calls.add(task)
                    task.add_done_callback(self._calls.discard)

    async def _deliver(
        self, session: aiohttp.ClientSession, shop: GomagShop, url: str, delivery: WebhookDelivery
    ) -> None:
        status = None
        with suppress(aiohttp.ClientError, TimeoutError):
            async with session.post(
                url, data=delivery.body, headers=dict(delivery.headers)
            ) as answer:
                status = answer.status
        shop.webhook_answered(delivery, status)
