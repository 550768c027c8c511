"""Everybody at work from one seed, and what must hold once they have stopped."""

import random
from typing import Any

from tests.e2e.client import Client
from tests.e2e.shops import Shop
from tests.e2e.storeroom import (
    differences,
    links,
    milli,
    missing_orders,
    on_hand,
    order_differences,
    price_differences,
)
from tests.e2e.traffic import PLACED_BY, Office, OtherProgram, Receiving, ShopFloor, Traffic


class Work:
    """Other programs, the storeroom, the office, and people in the shops.

    Attributes:
        traffic: runs them.

    """

    def __init__(self, seed: int, client: Client, shops: list[Shop]) -> None:
        """The first of the shops is the one whose stock was taken over."""
        self.client = client
        self.shops = shops
        self.traffic = Traffic()
        self.programs: list[OtherProgram] = []
        self.receiving: list[Receiving] = []
        self.offices: list[Office] = []
        self._chance = random.Random(seed)

    async def begin(self, from_ms: int, *, meddling: bool = False) -> None:
        """Set everybody to work on the goods kept here. ``meddling``: see ``ShopFloor``."""
        products = await self._kept_here()
        skus, ids = sorted(products), sorted(products.values())
        for number in range(4):
            program = OtherProgram(f"P{number}", self.client, self.traffic, skus, self._stream())
            self.programs.append(program)
            self.traffic.keep_doing(program.act, (0.05, 0.3), self._stream())
        for number in range(2):
            dock = Receiving(f"NIR{number}", self.client, self.traffic, ids, self._stream())
            self.receiving.append(dock)
            self.traffic.keep_doing(dock.act, (0.1, 0.5), self._stream())
        office = Office(self.client, self.traffic, self.shops, self._stream())
        self.offices.append(office)
        self.traffic.keep_doing(office.act, (1.0, 3.0), self._stream())
        for shop in self.shops:
            floor = ShopFloor(shop, from_ms, self._stream(), meddling=meddling)
            self.traffic.keep_doing(floor.act, (0.3, 1.5), self._stream())

    async def _kept_here(self) -> dict[str, str]:
        """SKU to product."""
        first = self.shops[0]
        sku_of = {str(product.id): product.sku for product in first.truth.products()}
        kept = await on_hand(self.client)
        found = await links(self.client, first)
        return {sku_of[item]: product for item, product in found.items() if product in kept}

    def _stream(self) -> random.Random:
        return random.Random(self._chance.getrandbits(64))

    async def counts(self) -> dict[str, object]:
        """How much was done."""
        return {
            "acks": self.traffic.acks,
            "shop_orders": [
                len(await self.client.all("/api/v1/orders", shop=shop.name)) for shop in self.shops
            ],
            "api_orders": sum(len(program.placed) for program in self.programs),
            "receptions": sum(dock.documents for dock in self.receiving),
            "inventory_requests": [
                len(shop.engine.journal.of("product/inventory")) for shop in self.shops
            ],
            "broken_requests": self.client.broken,
        }

    async def faults(self) -> list[str]:
        """Everything that is not as it must be, now that nothing is owed to anybody."""
        workers = (*self.programs, *self.receiving, *self.offices)
        found = [fault for worker in workers for fault in worker.faults]
        found += self.client.failures
        found += await missing_orders(self.client, self.shops)
        for shop in self.shops:
            found += await order_differences(self.client, shop)
            if shop.engine.journal.increments():
                found.append(f"{shop.name} was sent increments")
        found += await differences(self.client, self.shops)
        found += await price_differences(self.client, self.shops)
        return found + await self._api_order_faults() + await self._goods_faults()

    async def _api_order_faults(self) -> list[str]:
        """Acknowledged orders that are not here once, with the content acknowledged."""
        here: dict[str, list[dict[str, Any]]] = {}
        for order in await self.client.all("/api/v1/orders", source=PLACED_BY, sort="id"):
            here.setdefault(order["number"], []).append(order)
        faults = []
        for program in self.programs:
            for number, told in program.placed.items():
                found = here.pop(number, [])
                if len(found) != 1:
                    faults.append(f"{number} is here {len(found)} times")
                    continue
                what = _differs(found[0], told, is_cancelled=number in program.cancelled)
                if what:
                    faults.append(f"{number}: {what}")
        return faults + [f"{number} was never acknowledged" for number in here]

    async def _goods_faults(self) -> list[str]:
        """On hand is what the shop had before anybody ordered, plus each reception once.

        What the shop had sold beyond its stock counts as nothing.
        """
        first = self.shops[0]
        kept = await on_hand(self.client)
        faults = []
        for item, product in (await links(self.client, first)).items():
            if product not in kept:
                continue
            had = max(0, first.opened_with[int(item)])
            received = sum(dock.received[product] for dock in self.receiving)
            if kept[product] != had + received:
                faults.append(f"item {item}: {kept[product]} on hand, {had} + {received}")
        return faults


def _differs(here: dict[str, Any], told: dict[str, Any], *, is_cancelled: bool) -> str:
    """What of an order is not what was acknowledged."""
    if (here["status"] == "cancelled") != is_cancelled:
        return f"is {here['status']}"
    lines = [
        [(line["sku"], milli(line["quantity"]), line["price"], line["vat_rate"]) for line in lines]
        for lines in (here["lines"], told["lines"])
    ]
    if lines[0] != lines[1]:
        return f"lines {lines[0]}, told {lines[1]}"
    if here["customer"]["name"] != told["customer"]["name"]:
        return f"customer {here['customer']}"
    if here["delivery"]["address"] != told["delivery"]["address"]:
        return f"delivery {here['delivery']}"
    return ""
