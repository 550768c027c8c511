"""Statements of the ShopCatalogue: what a shop sells, as it last said."""

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from magazie.ports import ShopProduct


class ListingRow(msgspec.Struct, frozen=True):
    """One item of a shop's listing, without its whole product."""

    external_id: str
    sku: str
    ean: str
    name: str
    state: str
    problem: str | None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ShopProduct).decode


def store_page(
    connection: sqlite3.Connection, shop: str, products: Iterable[ShopProduct], now_ms: int
) -> None:
    """Store what a page shows; what import decided of an item stays, unless it was gone."""
    connection.executemany(
        "INSERT INTO listing (shop, external_id, sku, ean, name, state, problem, stock_milli,"
        " base_price_e4, vat_rate_e2, currency, vat_included, stock_managed, backorders,"
        " product, read_ms) VALUES (?, ?, ?, ?, ?, 'new', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET sku = excluded.sku, ean = excluded.ean,"
        " name = excluded.name, stock_milli = excluded.stock_milli,"
        " base_price_e4 = excluded.base_price_e4, vat_rate_e2 = excluded.vat_rate_e2,"
        " currency = excluded.currency, vat_included = excluded.vat_included,"
        " stock_managed = excluded.stock_managed, backorders = excluded.backorders,"
        " product = excluded.product, read_ms = excluded.read_ms,"
        " state = CASE state WHEN 'gone' THEN 'new' ELSE state END",
        [
            (
                shop,
                product.external_id,
                product.sku,
                product.ean,
                product.name,
                "; ".join(product.problems) or None,
                product.stock_milli,
                product.base_price_e4,
                product.vat_rate_e2,
                product.currency,
                product.vat_included,
                product.stock_managed,
                product.backorders,
                _encode(product),
                now_ms,
            )
            for product in products
        ],
    )


def mark(
    connection: sqlite3.Connection, shop: str, external_id: str, state: str, problem: str | None
) -> None:
    """Note what import made of an item."""
    connection.execute(
        "UPDATE listing SET state = ?, problem = ? WHERE shop = ? AND external_id = ?",
        (state, problem, shop, external_id),
    )


def mark_vanished(connection: sqlite3.Connection, shop: str, began_ms: int) -> int:
    """After a whole reading: what no page of it showed is gone. Answers how many."""
    cursor = connection.execute(
        "UPDATE listing SET state = 'gone', problem = 'no longer in the shop'"
        " WHERE shop = ? AND read_ms < ? AND state <> 'gone'",
        (shop, began_ms),
    )
    return cursor.rowcount


def states(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]
) -> dict[str, str]:
    """What import made of these items so far."""
    rows = connection.execute(
        "SELECT external_id, state FROM listing WHERE shop = ?"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    ).fetchall()
    return dict(rows)


def shared_skus(connection: sqlite3.Connection, shop: str) -> set[str]:
    """SKUs that more than one item of the shop carries."""
    rows = connection.execute(
        "SELECT sku FROM listing WHERE shop = ? AND state <> 'gone' AND sku <> ''"
        " GROUP BY sku HAVING count(*) > 1",
        (shop,),
    ).fetchall()
    return {row[0] for row in rows}


def product(connection: sqlite3.Connection, shop: str, external_id: str) -> ShopProduct | None:
    """The item whole, as the shop last said."""
    row = connection.execute(
        "SELECT product FROM listing WHERE shop = ? AND external_id = ?", (shop, external_id)
    ).fetchone()
    return _decode(row[0]) if row is not None else None


def count(connection: sqlite3.Connection, shop: str) -> int:
    """How many items the listing holds."""
    row = connection.execute(
        "SELECT count(*) FROM listing WHERE shop = ? AND state <> 'gone'", (shop,)
    ).fetchone()
    return int(row[0])


def unshipped_of(
    connection: sqlite3.Connection, shop: str, warehouse: str, external_ids: Iterable[str]
) -> dict[str, int]:
    """Item → thousandths on open orders of the shop that claim them in the warehouse.

    The shop's own stock had these subtracted already when the orders were placed. So it had
    those of orders that claim elsewhere, or nowhere: those goods are not there to be claimed.
    """
    rows = connection.execute(
        "SELECT l.item_id, sum(l.quantity_milli) FROM orders AS o INDEXED BY orders_open"
        " JOIN order_lines AS l ON l.order_id = o.id"
        " WHERE o.fulfilment <> 'shipped' AND o.fulfilment <> 'cancelled'"
        " AND o.source = ?1 AND o.origin = 'shop' AND o.warehouse = ?2 AND l.kind = 'product'"
        " AND l.item_id IN (SELECT value FROM json_each(?3)) GROUP BY l.item_id",
        (shop, warehouse, json.dumps(list(external_ids))),
    ).fetchall()
    return dict(rows)


def items_of_orders(connection: sqlite3.Connection, order_ids: Iterable[int]) -> set[str]:
    """The shop's items that these orders name."""
    rows = connection.execute(
        "SELECT DISTINCT item_id FROM order_lines"
        " WHERE order_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(order_ids)),),
    ).fetchall()
    return {row[0] for row in rows}


def exact_codes(connection: sqlite3.Connection, codes: Iterable[str]) -> dict[str, int]:
    """Code exactly as written → product."""
    rows = connection.execute(
        "SELECT code, id FROM products WHERE code IN (SELECT value FROM json_each(?))",
        (json.dumps(list(codes)),),
    ).fetchall()
    return dict(rows)


def has_stock(connection: sqlite3.Connection, product_id: int, warehouse: str) -> bool:
    """Whether the product's stock in the warehouse is known."""
    row = connection.execute(
        "SELECT 1 FROM balances WHERE product_id = ? AND warehouse = ?", (product_id, warehouse)
    ).fetchone()
    return row is not None
