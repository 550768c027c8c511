"""What the books say of the goods on a shelf: what is there, and what is in a box already."""

import json
import sqlite3
from collections.abc import Iterable

from magazie.model.tally import Witness
from magazie.model.walking import place_key

_ON_HAND = "SELECT on_hand_milli FROM balances WHERE product_id = ? AND warehouse = ?"
_LAST = "SELECT max(seq) FROM ledger WHERE product_id = ? AND warehouse = ?"
# orders hear of scans a little later, so what is picked now is known to the sessions alone
_PICKED_BEFORE = """
    SELECT ifnull(sum(max(0, c.picked_milli - c.shipped_milli)), 0)
    FROM claims AS c INDEXED BY claims_live
    WHERE c.product_id = ? AND c.warehouse = ? AND c.ordered_milli > c.shipped_milli
        AND NOT EXISTS (SELECT 1 FROM picking_orders AS o INDEXED BY picking_orders_open
            WHERE o.order_id = c.order_id AND o.is_open = 1 AND o.is_verified = 0)
"""
_PICKED_NOW = """
    SELECT ifnull(sum(l.picked_milli), 0)
    FROM picking_orders AS o INDEXED BY picking_orders_open
    CROSS JOIN picking_lines AS l ON l.session_id = o.session_id AND l.order_id = o.order_id
    CROSS JOIN orders AS d ON d.id = o.order_id
    WHERE o.is_open = 1 AND o.is_verified = 0 AND l.product_id = ? AND d.warehouse = ?
"""
# what was picked and is wanted no more claims nothing; until it is back an alert says so
_PICKED_IN_VAIN = """
    SELECT ifnull(sum(CASE WHEN p.part_id IS NULL THEN l.picked_milli
        ELSE (l.picked_milli * p.quantity_milli + 999) / 1000 END), 0)
    FROM alerts AS a
    CROSS JOIN orders AS d ON d.id = CAST(substr(a.subject, length('order:') + 1) AS INTEGER)
    CROSS JOIN order_lines AS l ON l.order_id = d.id AND l.kind = 'product'
        AND l.picked_milli > 0
        AND (d.fulfilment = 'cancelled' OR l.quantity_milli <= l.released_milli)
    LEFT JOIN order_line_parts AS p ON p.order_id = l.order_id AND p.line = l.line
    WHERE a.kind = 'picked_order_changed' AND a.state <> 'cleared'
        AND ifnull(p.part_id, l.product_id) = ? AND d.warehouse = ?
        AND NOT EXISTS (SELECT 1 FROM picking_orders AS o INDEXED BY picking_orders_open
            WHERE o.order_id = d.id AND o.is_open = 1 AND o.is_verified = 0)
"""
_PLACED = "products INDEXED BY products_location"
_HAS_PLACE = "location <> '' AND is_bundle = 0"


def witnesses(
    connection: sqlite3.Connection, product_ids: Iterable[int], warehouse: str
) -> dict[int, Witness]:
    """Product id → what the books say of it in the warehouse, all at one moment."""
    return {product_id: _witness(connection, product_id, warehouse) for product_id in product_ids}


def _witness(connection: sqlite3.Connection, product_id: int, warehouse: str) -> Witness:
    def number(sql: str) -> int:
        row = connection.execute(sql, (product_id, warehouse)).fetchone()
        return int(row[0] or 0) if row is not None else 0

    picked_milli = number(_PICKED_BEFORE) + number(_PICKED_NOW) + number(_PICKED_IN_VAIN)
    return Witness(number(_ON_HAND), picked_milli, number(_LAST))


def products_at(connection: sqlite3.Connection, place: str) -> list[int]:
    """The products, bundles aside, whose place is this one, as ``place_key`` gives it, by id."""
    known = connection.execute(
        f"SELECT DISTINCT location FROM {_PLACED} WHERE {_HAS_PLACE}"
    ).fetchall()
    same = [location for (location,) in known if place_key(location) == place]
    rows = connection.execute(
        f"SELECT id FROM {_PLACED} WHERE {_HAS_PLACE}"
        " AND location IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(same),),
    ).fetchall()
    return [product_id for (product_id,) in rows]
