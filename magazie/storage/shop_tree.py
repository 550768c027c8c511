"""Statements of the ShopCatalogue: a shop's categories and attributes, and how items use them."""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from magazie.ports import ShopAttribute, ShopCategory, ShopProduct


def store_categories(
    connection: sqlite3.Connection, shop: str, categories: Sequence[ShopCategory]
) -> None:
    """Store the whole tree; what it no longer has is gone, and stays for who refers to it."""
    connection.execute("UPDATE shop_categories SET gone = 1 WHERE shop = ?", (shop,))
    connection.executemany(
        "INSERT INTO shop_categories (shop, id, name, parent_id, path, place)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,"
        " parent_id = excluded.parent_id, path = excluded.path, place = excluded.place, gone = 0",
        [
            (
                shop,
                category.id,
                category.name,
                category.path[-2][0] if len(category.path) > 1 else None,
                msgspec.json.encode([name for _, name in category.path]).decode(),
                place,
            )
            for place, category in enumerate(categories)
        ],
    )


def store_attributes(
    connection: sqlite3.Connection, shop: str, attributes: Sequence[ShopAttribute]
) -> None:
    """Store all attributes; what the shop no longer has is gone, and stays."""
    connection.execute("UPDATE shop_attributes SET gone = 1 WHERE shop = ?", (shop,))
    connection.executemany(
        "INSERT INTO shop_attributes (shop, id, key, name, type, is_version)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET key = excluded.key,"
        " name = excluded.name, type = excluded.type, is_version = excluded.is_version, gone = 0",
        [(shop, one.id, one.key, one.name, one.type, one.is_version) for one in attributes],
    )


def store_uses(connection: sqlite3.Connection, shop: str, products: Iterable[ShopProduct]) -> None:
    """Store which categories and attribute values items have, in place of what they had."""
    items = list(products)
    keys = [(shop, item.external_id) for item in items]
    for table in ("listing_categories", "listing_attributes"):
        connection.executemany(f"DELETE FROM {table} WHERE shop = ? AND external_id = ?", keys)
    connection.executemany(
        "INSERT INTO listing_categories (shop, category_id, external_id) VALUES (?, ?, ?)",
        [
            (shop, category_id, item.external_id)
            for item in items
            for category_id in {step[0] for path in item.categories for step in path}
        ],
    )
    connection.executemany(
        "INSERT INTO listing_attributes (shop, attribute_id, value, external_id, name)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (shop, attribute_id, value, item.external_id, name)
            for item in items
            for attribute_id, name, values in item.attributes
            for value in values
        ],
    )
    connection.executemany(
        "UPDATE listing SET brand = ?, missed_ms = NULL WHERE shop = ? AND external_id = ?",
        [(item.brand, shop, item.external_id) for item in items],
    )
