"""Who is at work while a test breaks things: other programs, the storeroom, people in shops."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from tests.e2e.client import Client, Reply
from tests.e2e.shops import WAREHOUSE, Shop

PLACED_BY = "alt-program"

Pause = tuple[float, float]


class Traffic:
    """Runs workers until they are told to stop; each then ends what it has begun."""

    def __init__(self) -> None:
        self.acks = 0
        """Answers that said yes to something new."""
        self.is_over = False
        self._tasks: list[asyncio.Task[None]] = []

    def keep_doing(
        self, act: Callable[[], Awaitable[None]], pause: Pause, chance: random.Random
    ) -> None:
        """Have something done again and again, with drawn pauses."""

        async def work() -> None:
            while not self.is_over:
                await asyncio.sleep(chance.uniform(*pause))
                await act()

        self._tasks.append(asyncio.create_task(work()))

    async def end(self) -> None:
        """Wait until every worker has heard the answer it waits for."""
        self.is_over = True
        await asyncio.gather(*self._tasks)

    def drop(self) -> None:
        """End at once, for when the test has failed already."""
        for task in self._tasks:
            task.cancel()


class OtherProgram:
    """Sells the same goods through the API: repeats each order until it hears of it."""

    def __init__(
        self, name: str, client: Client, traffic: Traffic, skus: list[str], chance: random.Random
    ) -> None:
        self.name = name
        self.placed: dict[str, dict[str, Any]] = {}
        """What was acknowledged, by number: quantities as last acknowledged."""
        self.cancelled: set[str] = set()
        self.faults: list[str] = []
        self._client = client
        self._traffic = traffic
        self._skus = skus
        self._chance = chance
        self._count = 0
        self._ids: dict[str, str] = {}

    async def act(self) -> None:
        """Place an order, or change or cancel one of its own."""
        drawn = self._chance.random()
        open_ones = [number for number in self.placed if number not in self.cancelled]
        if drawn < 0.7 or len(open_ones) < 3:
            await self._place()
        elif drawn < 0.85:
            await self._edit(self._chance.choice(open_ones))
        else:
            await self._cancel(self._chance.choice(open_ones))

    async def _place(self) -> None:
        self._count += 1
        number = f"{self.name}-{self._count}"
        body = self._drawn(number)
        key = f"key-{number}" if self._chance.random() < 0.5 else None
        copies = 2 if self._chance.random() < 0.1 else 1
        replies = await asyncio.gather(
            *(self._client.insist("POST", "/api/v1/orders", body, key=key) for _ in range(copies))
        )
        if self._chance.random() < 0.1:
            replies.append(await self._client.insist("POST", "/api/v1/orders", body, key=key))
        self._expect(number, replies, {200, 201})
        if len({reply.body.get("id") for reply in replies}) != 1:
            self.faults.append(f"{number}: one order, several ids: {replies}")
        self.placed[number] = body
        self._ids[number] = replies[0].body.get("id", "")
        self._traffic.acks += 1

    async def _edit(self, number: str) -> None:
        body = self.placed[number]
        line = self._chance.randrange(len(body["lines"]))
        quantity = str(self._chance.randint(1, 4))
        change = {"lines": [{"line": line + 1, "quantity": quantity}]}
        path = f"/api/v1/orders/{self._ids[number]}"
        self._expect(number, [await self._client.insist("PATCH", path, change)], {200})
        body["lines"][line]["quantity"] = quantity
        self._traffic.acks += 1

    async def _cancel(self, number: str) -> None:
        path = f"/api/v1/orders/{self._ids[number]}/cancel"
        self._expect(number, [await self._client.insist("POST", path)], {200})
        self.cancelled.add(number)
        self._traffic.acks += 1

    def _expect(self, number: str, replies: list[Reply], statuses: set[int]) -> None:
        self.faults += [
            f"{number}: {reply.status} {reply.body}"
            for reply in replies
            if reply.status not in statuses
        ]

    def _drawn(self, number: str) -> dict[str, Any]:
        skus = self._chance.sample(self._skus, self._chance.randint(1, 3))
        return {
            "number": number,
            "source": PLACED_BY,
            "warehouse": WAREHOUSE,
            "currency": "RON",
            "customer": {"name": f"Client {number}", "phone": "0722000222"},
            "delivery": {
                "name": f"Client {number}",
                "county": "Iași",
                "city": "Iași",
                "address": f"Str. Lungă nr. {self._count}",
            },
            "lines": [
                {
                    "sku": sku,
                    "quantity": str(self._chance.randint(1, 3)),
                    "price": f"{self._chance.randint(5, 90)}.50",
                    "vat_rate": "21",
                }
                for sku in skus
            ],
        }


class Receiving:
    """Takes goods in: each document is sent until it is acknowledged, under one key."""

    def __init__(
        self,
        name: str,
        client: Client,
        traffic: Traffic,
        products: list[str],
        chance: random.Random,
    ) -> None:
        self.received: Counter[str] = Counter()
        """Thousandths by product, of acknowledged documents."""
        self.faults: list[str] = []
        self.documents = 0
        self._name = name
        self._client = client
        self._traffic = traffic
        self._products = products
        self._chance = chance

    async def act(self) -> None:
        """Receive one to four products."""
        self.documents += 1
        lines = [
            {
                "product": product,
                "quantity": str(self._chance.randint(1, 30)),
                "unit_cost": "3.5",
            }
            for product in self._chance.sample(self._products, self._chance.randint(1, 4))
        ]
        body = {
            "kind": "reception",
            "warehouse": WAREHOUSE,
            "reference": f"{self._name} {self.documents}",
            "supplier": "Furnizor SRL",
            "lines": lines,
        }
        path, key = "/api/v1/stock/movements", f"{self._name}-{self.documents}"
        replies = [await self._client.insist("POST", path, body, key=key)]
        if self._chance.random() < 0.2:
            replies.append(await self._client.insist("POST", path, body, key=key))
        for reply in replies:
            if reply.status != 201 or reply.body["id"] != replies[0].body["id"]:
                self.faults.append(f"{key}: {reply.status} {reply.body}")
        for line in lines:
            self.received[line["product"]] += int(line["quantity"]) * 1_000
        self._traffic.acks += 1


class Office:
    """People here cancel an order of a shop now and then."""

    def __init__(
        self, client: Client, traffic: Traffic, shops: list[Shop], chance: random.Random
    ) -> None:
        self.faults: list[str] = []
        self._client = client
        self._traffic = traffic
        self._shops = shops
        self._chance = chance

    async def act(self) -> None:
        """Cancel one of the newest orders that nobody in the shop has touched."""
        shop = self._chance.choice(self._shops)
        reply = await self._client.insist("GET", f"/api/v1/orders?shop={shop.name}&limit=20")
        free = [
            order
            for order in reply.body["items"]
            if order["status"] != "cancelled" and int(order["external_id"]) not in shop.touched
        ]
        if not free:
            return
        order = self._chance.choice(free)
        shop.cancelled_here.add(int(order["external_id"]))
        reply = await self._client.insist("POST", f"/api/v1/orders/{order['id']}/cancel")
        if reply.status != 200:
            self.faults.append(f"cancel {order['number']}: {reply.status} {reply.body}")
        self._traffic.acks += 1


class ShopFloor:
    """People in the shop edit, cancel, reopen and move orders by hand.

    Those who meddle type a stock and rename a SKU too, which only a read-back can find.
    """

    def __init__(
        self, shop: Shop, from_ms: int, chance: random.Random, *, meddling: bool = False
    ) -> None:
        self._shop = shop
        self._from_ms = from_ms
        self._chance = chance
        self._meddling = meddling
        self._renamed = 0

    async def act(self) -> None:
        """Do something to one of the newest orders, or to a product."""
        shop, office = self._shop, self._shop.engine.office
        if self._meddling and self._chance.random() < 0.2:
            self._meddle()
            return
        orders = [
            order
            for order in shop.orders_since(self._from_ms)[-40:]
            if order.id not in shop.cancelled_here
        ]
        if not orders:
            return
        order = self._chance.choice(orders)
        shop.touched.add(order.id)
        match self._chance.choice(("quantity", "quantity", "cancel", "paid", "reopen")):
            case "quantity":
                line = self._chance.randrange(len(order.lines))
                office.set_quantity(order.id, line, self._chance.randint(1, 4) * 1_000)
            case "cancel":
                office.cancel_order(order.id)
            case "paid":
                office.set_status(order.id, "Platita")
            case _:
                office.set_status(order.id, "Comanda noua")

    def _meddle(self) -> None:
        office = self._shop.engine.office
        sku = self._chance.choice(self._shop.truth.products()).sku
        if self._chance.random() < 0.7:
            office.set_stock(sku, self._chance.randrange(50) * 1_000)
        else:
            self._renamed += 1
            office.rename_sku(sku, f"{sku}-R{self._renamed}")
