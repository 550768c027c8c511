"""The few words by which products stand on orders and lists."""

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from magazie.model.romanian_letters import comma_letters


class ProductLabel(msgspec.Struct, frozen=True, gc=False):
    """What a product is called, its letters in comma form, and its VAT rate."""

    code: str
    ean: str
    name: str
    vat_rate_e2: int | None


def read_labels(
    connection: sqlite3.Connection, product_ids: Iterable[int]
) -> dict[int, ProductLabel]:
    """Product id → its label; products that are not there are left out."""
    rows = connection.execute(
        "SELECT id, code, ean, name, vat_rate_e2 FROM products"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(product_ids)),),
    ).fetchall()
    return {
        product_id: ProductLabel(code, ean, comma_letters(name), vat_rate_e2)
        for product_id, code, ean, name, vat_rate_e2 in rows
    }
