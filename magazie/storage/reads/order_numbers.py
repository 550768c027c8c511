"""Orders by the number that stands on their papers, and by those of their parcels."""

import json
import sqlite3
from collections.abc import Iterable

from magazie.model.finder import Named, ThingKind


def orders_numbered(connection: sqlite3.Connection, texts: Iterable[str]) -> list[Named]:
    """Orders whose goods are still here and that have one of these numbers, exactly."""
    rows = connection.execute(
        "SELECT id, number FROM orders INDEXED BY orders_number"
        " WHERE number IN (SELECT value FROM json_each(?))"
        " AND fulfilment IN ('open', 'picking', 'picked')",
        (json.dumps(sorted(set(texts))),),
    ).fetchall()
    return [Named(ThingKind.ORDER, order_id, number) for order_id, number in rows]


def parcels_numbered(connection: sqlite3.Connection, texts: Iterable[str]) -> list[Named]:
    """The same orders, by the numbers (AWB) of their parcels."""
    rows = connection.execute(
        "SELECT p.order_id, p.awb FROM order_parcels AS p JOIN orders AS o ON o.id = p.order_id"
        " WHERE p.awb IN (SELECT value FROM json_each(?))"
        " AND o.fulfilment IN ('open', 'picking', 'picked')",
        (json.dumps(sorted(set(texts))),),
    ).fetchall()
    return [Named(ThingKind.PARCEL, order_id, awb) for order_id, awb in rows]
