"""What only the books can tell of a product that is, or is to become, a bundle."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

_ON_ITSELF: Final = (
    "l.product_id = ?1 AND NOT EXISTS (SELECT 1 FROM order_line_parts AS p"
    " WHERE p.order_id = l.order_id AND p.line = l.line)"
)


def is_kept(connection: sqlite3.Connection, product_id: int) -> bool:
    """Whether the product itself has or had a stock or claims, or is about to.

    Claims of a cancelled order count: the shop may bring it back, and it claims the same then.
    """
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM ledger WHERE product_id = ?1)"
        " OR EXISTS (SELECT 1 FROM claims WHERE product_id = ?1)"
        " OR EXISTS (SELECT 1 FROM movements AS m INDEXED BY movements_owing"
        " CROSS JOIN movement_lines AS l ON l.movement_id = m.id"
        " WHERE m.state = 'posting' AND l.product_id = ?1)"
        " OR EXISTS (SELECT 1 FROM orders AS o INDEXED BY orders_owing"
        f" CROSS JOIN order_lines AS l ON l.order_id = o.id"
        f" WHERE o.claims_set < o.claims_wanted AND {_ON_ITSELF})"
        " OR EXISTS (SELECT 1 FROM orders AS o INDEXED BY orders_without_warehouse"
        f" CROSS JOIN order_lines AS l ON l.order_id = o.id"
        f" WHERE o.warehouse IS NULL AND o.origin = 'shop' AND {_ON_ITSELF})",
        (product_id,),
    ).fetchone()
    return bool(found)


def any_bundle(connection: sqlite3.Connection, product_ids: Sequence[int]) -> int | None:
    """One of these products that is a bundle; None where none is."""
    row = connection.execute(
        "SELECT id FROM products WHERE is_bundle = 1"
        " AND id IN (SELECT value FROM json_each(?)) LIMIT 1",
        (json.dumps(product_ids),),
    ).fetchone()
    return row[0] if row is not None else None
