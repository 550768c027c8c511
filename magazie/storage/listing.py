"""Statements of the ShopCatalogue: what a shop sells, as it last said."""

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from magazie.model import item_problems
from magazie.ports import ShopProduct

# the family's code, else the SKU of the main version, where there are others
_FAMILY = (
    "coalesce(nullif(?6, ''), (SELECT p.sku FROM listing AS p WHERE p.shop = ?1"
    " AND p.external_id = ?7 AND p.external_id <> ?2), (SELECT ?3 FROM listing AS v"
    " INDEXED BY listing_parent WHERE v.shop = ?1 AND v.parent_id = ?2 AND v.parent_id <> ''"
    " AND v.external_id <> ?2 LIMIT 1), '')"
)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ShopProduct).decode


def store_page(
    connection: sqlite3.Connection, shop: str, products: Iterable[ShopProduct], now_ms: int
) -> None:
    """Store what a page shows; what import decided of an item stays, unless it was gone."""
    known = list(products)
    connection.executemany(
        "INSERT INTO listing (shop, external_id, sku, ean, name, state, family, parent_id,"
        " problem, stock_milli, base_price_e4, vat_rate_e2, currency, vat_included,"
        " stock_managed, backorders, product, read_ms)"
        f" VALUES (?1, ?2, ?3, ?4, ?5, 'new', {_FAMILY}, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
        " ?15, ?16, ?17)"
        " ON CONFLICT DO UPDATE SET sku = excluded.sku, ean = excluded.ean,"
        " name = excluded.name, stock_milli = excluded.stock_milli,"
        " base_price_e4 = excluded.base_price_e4, vat_rate_e2 = excluded.vat_rate_e2,"
        " currency = excluded.currency, vat_included = excluded.vat_included,"
        " stock_managed = excluded.stock_managed, backorders = excluded.backorders,"
        " family = excluded.family, parent_id = excluded.parent_id,"
        " problem = CASE state WHEN 'gone' THEN excluded.problem ELSE problem END,"
        " product = excluded.product, read_ms = excluded.read_ms,"
        " state = CASE state WHEN 'gone' THEN 'new' ELSE state END",
        [
            (
                shop,
                product.external_id,
                product.sku,
                product.ean,
                product.name,
                product.group_key.strip(),
                product.parent_id,
                item_problems.kept(product.problems),
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
            for product in known
        ],
    )
    connection.executemany(
        "DELETE FROM listing_parts WHERE shop = ? AND external_id = ?",
        [(shop, product.external_id) for product in known],
    )
    connection.executemany(
        "INSERT INTO listing_parts (shop, external_id, part_sku, quantity_milli)"
        " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " quantity_milli = quantity_milli + excluded.quantity_milli",
        [
            (shop, product.external_id, sku, quantity_milli)
            for product in known
            for sku, quantity_milli in product.bundle
            if quantity_milli > 0
        ],
    )


def note_shown(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str], now_ms: int
) -> None:
    """Note that the shop has these items, although what it says of them cannot be read."""
    connection.executemany(
        "UPDATE listing SET read_ms = ?, missed_ms = NULL WHERE shop = ? AND external_id = ?",
        [(now_ms, shop, external_id) for external_id in external_ids],
    )


def mark(
    connection: sqlite3.Connection, shop: str, external_id: str, state: str, problem: str | None
) -> bool:
    """Note what import made of an item.

    False: it is no conflict any more, as somebody tied the item or left it out meanwhile.
    """
    cursor = connection.execute(
        "UPDATE listing SET state = ?1, problem = ?2 WHERE shop = ?3 AND external_id = ?4"
        " AND (?1 <> 'conflict' OR (decision <> 'ignore' AND NOT EXISTS (SELECT 1 FROM links AS k"
        " WHERE k.shop = ?3 AND k.external_id = ?4 AND k.state = 'linked')))",
        (state, problem, shop, external_id),
    )
    return cursor.rowcount == 1


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
    A bundle that was sold counts for itself alone: should the shop have subtracted its parts
    too, less is opened than there is, and never more.
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


class UnknownBundle(msgspec.Struct, frozen=True):
    """A bundle whose parts are not known here, and what the shop says they are.

    ``parts``: for each part its SKU, the thousandths of it, and the products its items of
    that SKU are tied to.
    """

    product_id: int
    external_id: str
    parts: tuple[tuple[str, int, tuple[int, ...]], ...]


def unknown_bundles(connection: sqlite3.Connection, shop: str) -> list[UnknownBundle]:
    """Bundles of the shop that have no known parts here."""
    rows = connection.execute(
        "SELECT l.product_id, p.external_id, p.part_sku, p.quantity_milli, t.product_id"
        " FROM listing_parts AS p JOIN links AS l ON l.shop = p.shop"
        " AND l.external_id = p.external_id AND l.state = 'linked'"
        " JOIN products AS b ON b.id = l.product_id AND b.is_bundle = 1"
        " LEFT JOIN links AS t INDEXED BY links_sku ON t.shop = p.shop AND t.sku = p.part_sku"
        " AND t.state = 'linked'"
        " WHERE p.shop = ? AND NOT EXISTS"
        " (SELECT 1 FROM bundle_parts AS k WHERE k.bundle_id = b.id)"
        " ORDER BY p.external_id, p.part_sku, t.product_id",
        (shop,),
    ).fetchall()
    found: dict[tuple[int, str], dict[tuple[str, int], list[int]]] = {}
    for bundle_id, external_id, sku, quantity_milli, part_id in rows:
        tied = found.setdefault((bundle_id, external_id), {}).setdefault((sku, quantity_milli), [])
        if part_id is not None:
            tied.append(part_id)
    return [
        UnknownBundle(
            bundle_id,
            external_id,
            tuple((sku, milli, tuple(sorted(set(ids)))) for (sku, milli), ids in parts.items()),
        )
        for (bundle_id, external_id), parts in found.items()
    ]


def items_of_orders(
    connection: sqlite3.Connection, shop: str, order_ids: Iterable[int]
) -> set[str]:
    """The items of the shop that these orders name, and the parts of the bundles they name."""
    rows = connection.execute(
        "WITH named AS MATERIALIZED (SELECT DISTINCT item_id FROM order_lines"
        " WHERE order_id IN (SELECT value FROM json_each(?1)))"
        " SELECT item_id FROM named UNION SELECT g.external_id FROM named"
        " JOIN listing_parts AS p ON p.shop = ?2 AND p.external_id = named.item_id"
        " JOIN listing AS g INDEXED BY listing_sku ON g.shop = ?2 AND g.sku = p.part_sku",
        (json.dumps(list(order_ids)), shop),
    ).fetchall()
    return {row[0] for row in rows}


def has_stock(connection: sqlite3.Connection, product_id: int, warehouse: str) -> bool:
    """Whether the product's stock in the warehouse is known."""
    row = connection.execute(
        "SELECT 1 FROM balances WHERE product_id = ? AND warehouse = ?", (product_id, warehouse)
    ).fetchone()
    return row is not None
