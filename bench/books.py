"""Books of any size, written straight into the database by the schema that the service uses."""

import asyncio
import sqlite3
from pathlib import Path

import msgspec

from bench.orders import TOKEN, WAREHOUSE, sku
from magazie.actors.settings_book import hash_token
from magazie.model.orders import Address, OrderDetails, Payment
from magazie.service import DATABASE
from magazie.storage import Storage

SHOP = "magazin"
FIRST_PRODUCT = 1_790_000_000_000 << 20
"""Ids as large as real ones: milliseconds and 20 random bits."""
FIRST_ORDER_MS = 1_780_000_000_000
ON_HAND_MILLI = 10**12
PRICE_E4 = 499_000

_SETTINGS = """
[service]
listen = "127.0.0.1:0"
data_dir = "{folder}"
log_level = "error"
[[warehouses]]
code = "{warehouse}"
name = "Depozit"
"""
_SHOP = """
[[shops]]
name = "{shop}"
base_url = "http://127.0.0.1:9"
shop_url = "https://www.exemplu.ro"
api_key = "of-no-worth"
stock_warehouse = "{warehouse}"
price_warehouse = "{warehouse}"
orders_from = "2026-01-01"
"""
_COUNTED = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
_HOME = Address(
    name="Ion Popescu",
    phone="0712345678",
    email="ion@exemplu.ro",
    county="Cluj",
    city="Cluj-Napoca",
    address="Str. Memorandumului 28",
    postcode="400114",
)
_DETAILS = msgspec.json.encode(
    OrderDetails(customer=_HOME, billing=_HOME, shipping=_HOME, payment=Payment("Ramburs"))
)
_PAYLOAD = b'{"number":"OLD-0000000","source":"old","lines":[%b]}' % (
    b",".join([b'{"sku":"BENCH-000000","quantity":"1","price":"49.90"}'] * 5)
)


def make_books(folder: Path, products: int, *, is_sold: bool = False) -> Path:
    """Make a data folder whose products have goods on hand; answers its settings file.

    Products that are sold are linked to the items of a shop, which has acknowledged all of
    their stock and prices. The shop itself cannot be reached.
    """
    file = folder / "magazie.toml"
    text = _SETTINGS + _SHOP if is_sold else _SETTINGS
    file.write_text(text.format(folder=folder, warehouse=WAREHOUSE, shop=SHOP), encoding="utf-8")

    async def make() -> None:
        await (await Storage.open(folder / DATABASE)).close()

    asyncio.run(make())
    with filling(folder) as connection:
        connection.execute("INSERT INTO warehouses VALUES (?, 'Depozit')", (WAREHOUSE,))
        connection.execute(
            "INSERT INTO tokens VALUES ('bench', 'office', ?, ?)",
            (hash_token(TOKEN), FIRST_ORDER_MS),
        )
        _add_products(connection, products)
        if is_sold:
            _add_listing(connection, products)
    return file


class filling:  # noqa: N801 - a context, as in the standard library
    """A connection to fill books with, quickly and without caring for a crash."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / DATABASE, isolation_level=None)

    def __enter__(self) -> sqlite3.Connection:
        connection = self._connection
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        connection.execute("BEGIN")
        return connection

    def __exit__(self, *_: object) -> None:
        self._connection.execute("COMMIT")
        self._connection.close()


def _add_products(connection: sqlite3.Connection, count: int) -> None:
    given = {
        "count": count,
        "first": FIRST_PRODUCT,
        "warehouse": WAREHOUSE,
        "on_hand": ON_HAND_MILLI,
        "now": FIRST_ORDER_MS,
        "price": PRICE_E4,
    }
    connection.executemany(
        "INSERT INTO products (id, code, code_key, ean, name, vat_rate_e2, created_ms, changed_ms)"
        " VALUES (?, ?, ?, ?, ?, 2100, ?, ?)",
        (
            (
                FIRST_PRODUCT + i,
                sku(i),
                sku(i).lower(),
                f"{5_940_000_000_000 + i}",
                f"Produs de probă numărul {i}",
                FIRST_ORDER_MS,
                FIRST_ORDER_MS,
            )
            for i in range(count)
        ),
    )
    connection.executemany(
        "INSERT INTO product_keys VALUES (?, ?)",
        ((f"c:{sku(i).lower()}", FIRST_PRODUCT + i) for i in range(count)),
    )
    for statement in (
        "INSERT INTO stocks SELECT :first + i, 1 FROM n",
        "INSERT INTO balances SELECT :first + i, :warehouse, :on_hand FROM n",
        "INSERT INTO prices SELECT :first + i, :warehouse, :price, :now FROM n",
        "INSERT INTO ledger (movement, line, product_id, warehouse, leg, kind, delta_milli,"
        " on_hand_milli, reference, at_ms) SELECT 'bench', i + 1, :first + i, :warehouse, 'in',"
        " 'opening', :on_hand, :on_hand, '', :now FROM n",
    ):
        into, select = statement.split(" SELECT ", 1)
        connection.execute(f"{into} {_COUNTED} SELECT {select}", given)


def _add_listing(connection: sqlite3.Connection, count: int) -> None:
    given = {
        "count": count,
        "first": FIRST_PRODUCT,
        "shop": SHOP,
        "on_hand": ON_HAND_MILLI,
        "now": FIRST_ORDER_MS,
        "price": PRICE_E4,
    }
    item = "printf('%d', 100000 + i)"
    sku_of_i = "printf('BENCH-%06d', i)"
    for into, select in (
        ("links", f":shop, {item}, :first + i, {sku_of_i}, 'linked', 1 FROM n"),
        (
            "listing (shop, external_id, sku, ean, name, state, stock_milli, base_price_e4,"
            " currency, product, read_ms)",
            f":shop, {item}, {sku_of_i}, '', 'Produs de probă', 'linked', :on_hand, :price, 'RON',"
            " zeroblob(1000), :now FROM n",
        ),
        (
            "outbox_items (shop, external_id, field, acked_value, acked_generation, acked_read,"
            " acked_ms, sent_value, sent_generation, sent_read, sent_ms)",
            f":shop, {item}, f.field, f.value, 1, 0, :now, f.value, 1, 0, :now FROM n CROSS JOIN"
            " (SELECT 'stock' AS field, :on_hand AS value UNION ALL SELECT 'price', :price) AS f",
        ),
    ):
        connection.execute(f"INSERT INTO {into} {_COUNTED} SELECT {select}", given)


def add_orders(connection: sqlite3.Connection, *, count: int, products: int, is_open: bool) -> None:
    """Add orders of five lines: open ones hold their goods, the others were shipped."""
    (known,) = connection.execute("SELECT ifnull(max(id), 0) FROM orders").fetchone()
    given = {
        "count": count,
        "known": known,
        "products": products,
        "first": FIRST_PRODUCT,
        "warehouse": WAREHOUSE,
        "now": FIRST_ORDER_MS,
        "price": PRICE_E4,
        "details": _DETAILS,
        "payload": _PAYLOAD,
        "fulfilment": "open" if is_open else "shipped",
        "picked": 0 if is_open else 1000,
        "shipped": 0 if is_open else 1000,
        "reserved": 1000 if is_open else 0,
    }
    product = ":first + (i * 7 + k.line * 13) % :products"
    five = "CROSS JOIN (SELECT 1 AS line UNION ALL VALUES (2), (3), (4), (5)) AS k"
    number = "printf('OLD-%07d', :known + i + 1)"
    for into, select in (
        (
            "orders (id, origin, source, external_id, number, warehouse, placed_at_ms,"
            " placed_raw, taken_at_ms, currency, total_bani, fulfilment, invoicing, details,"
            " digest, claims_wanted, claims_set, changed_ms)",
            f":known + i + 1, 'api', 'old', {number}, {number}, :warehouse, :now + i, '',"
            " :now + i, 'RON', 24950, :fulfilment, 'none', :details, randomblob(16), 1, 1,"
            " :now + i FROM n",
        ),
        (
            "order_lines (order_id, line, kind, item_id, sku, ean, name, product_id,"
            " quantity_milli, picked_milli, price_e4)",
            f":known + i + 1, k.line, 'product', '', 'BENCH-000000', '', 'Produs de probă',"
            f" {product}, 1000, :picked, :price FROM n {five}",
        ),
        (
            "order_payloads (order_id, read_no, at_ms, payload)",
            ":known + i + 1, 0, :now + i, :payload FROM n",
        ),
        (
            "claims",
            f"{product}, :warehouse, :known + i + 1, k.line, :now + i, 1, 1000, :picked,"
            f" :shipped, :reserved FROM n {five}",
        ),
    ):
        connection.execute(f"INSERT INTO {into} {_COUNTED} SELECT {select}", given)
