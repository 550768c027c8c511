"""The service's HTTP door without a socket, so that it works on a virtual clock.

Requests are handed to the real application, as its server would hand them over.
"""

import asyncio
from collections.abc import Mapping
from unittest import mock

from aiohttp import streams, web
from aiohttp.test_utils import make_mocked_request

from magazie.commands.edge import _parts_of
from magazie.http.app import build_app
from magazie.http.parts import Parts
from magazie.simulators.gomag import WebhookSettings
from tests.rules.shop_side import ShopSide
from tests.rules.storeroom import Storeroom

PUMP_S = 0.2
"""How often the shop's webhook calls are carried over."""


class Door:
    """Of one start of a storeroom's service."""

    def __init__(self, room: Storeroom) -> None:
        self.parts: Parts = _parts_of(room.service, None)
        self._app = build_app(self.parts)
        self._app.freeze()

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer."""
        payload = streams.StreamReader(mock.Mock(), 2**16, loop=asyncio.get_running_loop())
        payload.feed_data(body)
        payload.feed_eof()
        request = make_mocked_request(
            "POST",
            address,
            headers={"Content-Length": str(len(body)), **headers},
            payload=payload,
            app=self._app,
        )
        response: web.StreamResponse = await self._app._handle(request)
        return response.status


async def carry_webhooks(door: Door, shop: ShopSide) -> None:
    """Deliver what the shop calls, for as long as the test runs."""
    address = f"/webhooks/gomag/{shop.name}"
    while True:
        for delivery in shop.engine.due_webhooks():
            status = await door.post(address, delivery.body, dict(delivery.headers))
            shop.engine.webhook_answered(delivery, status)
        await asyncio.sleep(PUMP_S)


def secret_of(shop: str) -> str:
    """The webhook secret that a storeroom sets for a shop."""
    return f"secretul {shop}"


def call_from(shop: ShopSide, *, lost: float = 0, doubled: float = 0) -> None:
    """Have the shop call when its orders change."""
    settings = WebhookSettings(
        enabled=True, secret=secret_of(shop.name), lost=lost, doubled=doubled
    )
    shop.engine.webhooks.configure(settings)
