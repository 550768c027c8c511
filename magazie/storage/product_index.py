"""What the look-up of all products needs, in one read of bare columns."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from magazie.storage.products import AdditionalCode, CodeKind, ProductDraft


def product_ids(connection: sqlite3.Connection) -> Iterator[int]:
    """Every product's id."""
    for row in connection.execute("SELECT id FROM products"):
        yield row[0]


def product_keys(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Every (key, product id) under which a code finds a product."""
    yield from connection.execute("SELECT key, product_id FROM product_keys")


def packaged(connection: sqlite3.Connection) -> Iterator[tuple[int, ProductDraft]]:
    """Every product that has a code on a packaging, with all that names it and nothing else."""
    codes: defaultdict[int, list[AdditionalCode]] = defaultdict(list)
    for product_id, code, kind in connection.execute(
        "SELECT product_id, code, kind FROM product_codes WHERE product_id IN"
        " (SELECT product_id FROM product_codes WHERE kind = 'packaging')"
    ):
        codes[product_id].append(AdditionalCode(code, CodeKind(kind)))
    for product_id, further in codes.items():
        code, ean = connection.execute(
            "SELECT code, ean FROM products WHERE id = ?", (product_id,)
        ).fetchone()
        yield product_id, ProductDraft(code=code, ean=ean, name="", codes=tuple(further))


def bundles(connection: sqlite3.Connection) -> Iterator[tuple[int, int | None, int | None]]:
    """Every (bundle, part, thousandths of it); one row without a part where none is known."""
    yield from connection.execute(
        "SELECT p.id, b.part_id, b.quantity_milli FROM products AS p"
        " LEFT JOIN bundle_parts AS b ON b.bundle_id = p.id WHERE p.is_bundle = 1"
        " ORDER BY p.id, b.part_id"
    )


def tied_items(connection: sqlite3.Connection, shop: str) -> Iterator[tuple[str, int]]:
    """Every (external id, product id) of a shop's items that are tied to a product."""
    yield from connection.execute(
        "SELECT external_id, product_id FROM links WHERE shop = ? AND state <> 'untied'", (shop,)
    )


def shop_names(connection: sqlite3.Connection) -> list[str]:
    """Every shop."""
    rows = connection.execute("SELECT name FROM shops ORDER BY name").fetchall()
    return [row[0] for row in rows]
