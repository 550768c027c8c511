import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    GomagShop,
    Pairs,
    SimRequest,
    SimResponse,
)

A_MINUTE_MS = 60_000


class Clock:
    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms

    def pass_ms(self, ms: int) -> None:
        self.ms += ms


class Caller:
    """Speaks to a shop as a well-behaved client; every call comes a minute after the last."""

    def __init__(self, shop: GomagShop, clock: Clock) -> None:
        self.shop = shop
        self.clock = clock
        self.pause_ms = A_MINUTE_MS
        self.headers: Pairs = (
            ("apikey", DEMO_API_KEY),
            ("ApiShop", DEMO_SHOP_URL),
            ("User-Agent", "magazie/1.0"),
        )

    def read(self, name: str, **query: object) -> SimResponse:
        self.clock.pass_ms(self.pause_ms)
        pairs = tuple((key, str(value)) for key, value in query.items())
        path = f"/api/v1/{name}/json"
        return self.shop.handle(SimRequest("GET", path, query=pairs, headers=self.headers))

    def write(self, name: str, data: object, field: str = "data") -> SimResponse:
        self.clock.pass_ms(self.pause_ms)
        body = urlencode({field: json.dumps(data)}).encode()
        headers = (*self.headers, ("Content-Type", "application/x-www-form-urlencoded"))
        path = f"/api/v1/{name}/json"
        return self.shop.handle(SimRequest("POST", path, headers=headers, body=body))

    def get(self, name: str, **query: object) -> Any:
        return json.loads(self.read(name, **query).body)

    def post(self, name: str, data: object) -> Any:
        return json.loads(self.write(name, data).body)

    def inventory(self, *items: Mapping[str, object]) -> Any:
        return self.post("product/inventory", {"products": list(items)})

    def product(self, sku: str) -> Any:
        (row,) = self.get("product/read", sku=sku)["products"].values()
        return row

    def order(self, number: str) -> Any:
        (row,) = self.get("order/read", number=number)["orders"].values()
        return row
