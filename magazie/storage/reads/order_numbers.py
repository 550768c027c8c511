"""Orders by the number that stands on their papers."""

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
