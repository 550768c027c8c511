"""One order's whole way: shop, hint, storeroom, one combined request, every shop told."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp

from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    JournalEntry,
    OrderDetails,
    OrderedItem,
)
from magazie.simulators.gomag.order_records import (
    Buyer,
    Company,
    Delivery,
    Discount,
    Order,
    Payment,
)
from tests.e2e.client import Client, client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.shops import TAKEN, WAREHOUSES, Shop, now_ms, shop_named
from tests.e2e.storeroom import (
    available,
    differences,
    faults_of,
    import_all,
    links,
    milli,
    missing_orders,
    order_differences,
    price_differences,
    rest,
    until,
)

SEED = 4_101
FLUSH_S = 2
SOON_S = 8.0
"""A hint may have to wait until five seconds after the read before it."""
PACE = {"flush_seconds": FLUSH_S, "poll_seconds": 3_600}
"""Nobody polls: only the hint brings the order."""
ORDERED_MILLI = 2_000

BUYER = Buyer(
    firstname="Ştefan",  # with a cedilla, as half the keyboards write it
    lastname="Lăcătușu",
    phone="0722000111",
    email="stefan@posta.example",
    address="Str. Horea nr. 12",
    city="Cluj-Napoca",
    region="Cluj",
    zipcode="400001",
    company=Company("Brutăria Spicul SRL", "RO1234567", "J12/34/2020", "Banca Exemplu", "RO49AAAA"),
)
DETAILS = OrderDetails(
    buyer=BUYER,
    delivery=Delivery("Sameday Easybox", 1_499, 4_321),
    payment=Payment("Card online", online=True, completed=True),
    discounts=[Discount("voucher", 1_000, "TOAMNA10"), Discount("Reducere", 250)],
    observation="Sunați înainte, vă rog.",
)
WHOLE = {
    "origin": "shop",
    "source": "magazin",
    "shop": "magazin",
    "status": "reserved",
    "fulfilment": "open",
    "invoicing": "none",
    "warehouse": "principal",
    "currency": "RON",
    "customer": {
        "name": "Ștefan Lăcătușu",
        "phone": "0722000111",
        "email": "stefan@posta.example",
        "company": {
            "name": "Brutăria Spicul SRL",
            "tax_id": "RO1234567",
            "registration": "J12/34/2020",
            "bank": "Banca Exemplu",
            "iban": "RO49AAAA",
        },
    },
    "billing": {
        "name": "Ștefan Lăcătușu",
        "company": "Brutăria Spicul SRL",
        "phone": "0722000111",
        "email": "stefan@posta.example",
        "county": "Cluj",
        "city": "Cluj-Napoca",
        "address": "Str. Horea nr. 12",
        "postcode": "",  # the shop tells it of the delivery alone
        "country": "Romania",
    },
    "delivery": {
        "name": "Ștefan Lăcătușu",
        "company": "",
        "phone": "0722000111",
        "email": "stefan@posta.example",
        "county": "Cluj",
        "city": "Cluj-Napoca",
        "address": "Str. Horea nr. 12",
        "postcode": "400001",
        "country": "Romania",
        "method": "Sameday Easybox",
        "fee": "14.99",
        "locker_id": "4321",
        "due_at": None,
    },
    "discounts": [
        {"name": "voucher", "value": "10.00", "voucher": "TOAMNA10"},
        {"name": "Reducere", "value": "2.50", "voucher": ""},
    ],
    "payment": {"name": "Card online", "online": True, "completed": True},
    "observation": "Sunați înainte, vă rog.",
    "problems": [],
}
"""What does not depend on which goods were ordered."""


async def test_an_order_is_whole_here_and_every_shop_is_told(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    async with (
        shop_named("magazin", seed=SEED) as first,
        shop_named("filiala", seed=SEED) as second,
    ):
        service = serve(WAREHOUSES + first.settings(**PACE) + second.settings(**PACE))
        token = await service.make_token()
        notes["start_s"] = await service.start()
        async with client_of(service.url, token) as client:
            assert (await import_all(client, first))["created"] > 80
            assert (await import_all(client, second))["linked"] > 80
            await rest(client, [first, second], 60)
            await first.call_webhook(service.url)

            await _order_and_follow(client, first, second, service.database, notes)

            assert await missing_orders(client, [first, second]) == []
            assert await order_differences(client, first) == []
            assert await differences(client, [first, second]) == []
            assert await price_differences(client, [first, second]) == []
            assert client.failures == []
        notes["stop_s"] = await service.stop()
        assert await faults_of(service.database, settled=True) == []


async def _order_and_follow(
    client: Client, first: Shop, second: Shop, database: Path, notes: Notes
) -> None:
    skus = await _sold_by_both(client, first, second)
    before = await available(client)
    placed_ms, placed_s = now_ms(), time.monotonic()
    order = _place(first, skus)
    raw = await _as_the_shop_tells(first, order.number)

    here = await _arrived(client, first, order)
    notes["here_s"] = time.monotonic() - placed_s

    assert here | WHOLE == here
    _assert_lines(here, first, order)
    assert _kept_payloads(database, order)[0] == raw
    products = {line["product"]: line["sku"] for line in here["lines"] if line["product"]}
    left = {product: before[product] - ORDERED_MILLI for product in products}
    assert {product: (await available(client))[product] for product in products} == left

    notes["told_s"] = await rest(client, [first, second], FLUSH_S + SOON_S)

    for shop in (first, second):
        (entry,) = shop.engine.journal.of("product/inventory", from_ms=placed_ms)
        assert _told(entry) == {sku: left[product] for product, sku in products.items()}
        assert (entry.applied, entry.refused) == (True, [])
        for product in products:
            await _assert_acknowledged(client, shop, product, left[product])
    assert first.truth.order(order.id).status == TAKEN


async def _sold_by_both(client: Client, first: Shop, second: Shop) -> list[str]:
    """Two SKUs of goods that both shops sell from this stock."""
    free = await available(client)
    elsewhere = set((await links(client, second)).values())
    sku_of = {str(product.id): product.sku for product in first.truth.products()}
    found = [
        sku_of[item]
        for item, product in (await links(client, first)).items()
        if product in elsewhere and free.get(product, 0) > 2 * ORDERED_MILLI
    ]
    return sorted(found)[:2]


def _place(shop: Shop, skus: list[str]) -> Order:
    goods = [OrderedItem(sku=sku, quantity_milli=ORDERED_MILLI) for sku in skus]
    wrapping = OrderedItem(sku="", name="Ambalare cadou", price_e4=99_000, type="service")
    return shop.engine.place_order([*goods, wrapping], DETAILS)


async def _as_the_shop_tells(shop: Shop, number: str) -> Any:
    headers = {"Apikey": DEMO_API_KEY, "ApiShop": DEMO_SHOP_URL, "User-Agent": "another reader"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{shop.url}/api/v1/order/read/json", params={"number": number}) as answer,
    ):
        (order,) = (await answer.json(content_type=None))["orders"].values()
        return order


async def _arrived(client: Client, shop: Shop, order: Order) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    async def is_here() -> bool:
        query = {"shop": shop.name, "external_id": order.id}
        found[:] = await client.all("/api/v1/orders", **query)
        return bool(found) and not found[0]["reserving"]

    async def so_far() -> object:
        return found

    await until(is_here, SOON_S, so_far)
    (here,) = found
    return here


def _assert_lines(here: dict[str, Any], shop: Shop, order: Order) -> None:
    ean_less = [(line["kind"], line["sku"], line["name"]) for line in here["lines"]]
    letters = str.maketrans("şţŞŢ", "șțȘȚ")
    assert ean_less == [(line.type, line.sku, line.name.translate(letters)) for line in order.lines]
    for line, placed in zip(here["lines"], order.lines, strict=True):
        wanted = placed.quantity_milli if placed.type == "product" else 0
        assert milli(line["quantity"]) == placed.quantity_milli
        assert (milli(line["reserved"]), line["shortage"]) == (wanted, "0")
        assert round(float(line["price"]) * 10_000) == placed.price_e4
        assert round(float(line["vat_rate"]) * 100) == placed.vat_e2
        assert (line["product"] is not None) == (placed.type == "product")
    assert round(float(here["total"]) * 100) == order.total_bani
    assert here["number"] == order.number
    assert here["placed_at"].startswith(order.placed.replace(" ", "T"))
    assert shop.truth.order(order.id).total_bani == order.total_bani


def _kept_payloads(database: Path, order: Order) -> list[Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT p.payload FROM order_payloads AS p JOIN orders AS o ON o.id = p.order_id"
            " WHERE o.external_id = ? ORDER BY p.read_no",
            (str(order.id),),
        ).fetchall()
    return [json.loads(row[0]) for row in rows]


def _told(entry: JournalEntry) -> dict[str, int]:
    assert isinstance(entry.payload, dict)
    return {item["sku"]: milli(str(item["stock"])) for item in entry.payload["products"]}


async def _assert_acknowledged(client: Client, shop: Shop, product: str, stock_milli: int) -> None:
    path = f"/api/v1/shops/{shop.name}/outbox/explain"
    values = (await client.get(path, product=product))["values"]
    (stock,) = [value for value in values if value["field"] == "stock"]
    assert (stock["state"], stock["reason"]) == ("told", "")
    assert milli(stock["shop_has"]) == milli(stock["should_have"]) == stock_milli
    assert stock["acknowledged_at"] is not None
