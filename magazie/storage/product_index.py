"""What the look-up of all products needs, in one read of bare columns."""

import sqlite3
from collections.abc import Iterator


def product_ids(connection: sqlite3.Connection) -> Iterator[int]:
    """Every product's id."""
    for row in connection.execute("SELECT id FROM products"):
        yield row[0]


def product_keys(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Every (key, product id) under which a code finds a product."""
    yield from connection.execute("SELECT key, product_id FROM product_keys")


def tied_items(connection: sqlite3.Connection, shop: str) -> Iterator[tuple[str, int]]:
    """Every (external id, product id) of a shop's items that are tied to a product."""
    yield from connection.execute(
        "SELECT external_id, product_id FROM links WHERE shop = ? AND state <> 'untied'", (shop,)
    )


def shop_names(connection: sqlite3.Connection) -> list[str]:
    """Every shop."""
    rows = connection.execute("SELECT name FROM shops ORDER BY name").fetchall()
    return [row[0] for row in rows]
