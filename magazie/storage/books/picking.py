"""Picking: counts are what the log comes to, and nobody took more than was ordered."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from magazie.storage.books.findings import Fault, Proof, owed, proof
from magazie.storage.picked_serials import serials_noted
from magazie.storage.reads.picking_notes import IN_HAND

_PICK: Final = "'picking:' || l.session_id || '/line:' || l.pick"


def _serials(connection: sqlite3.Connection) -> Iterator[Fault]:
    """A serial number is kept for an order as long as its piece is in hand, and no longer."""
    kept: dict[int, list[tuple[int, str]]] = {}
    for order_id, product_id, serial in connection.execute(
        "SELECT order_id, product_id, serial FROM picked_serials"
        f" WHERE {IN_HAND.format(order='picked_serials.order_id')} ORDER BY order_id"
    ):
        kept.setdefault(order_id, []).append((product_id, serial))
    for order_id, pieces in kept.items():
        noted = serials_noted(connection, order_id)
        for product_id, serial in pieces:
            if (product_id, serial) not in noted:
                text = f"keeps the serial number {serial} of product {product_id}, not in hand"
                yield Fault("picked_serial", f"order:{order_id}", text)


PROOFS = (
    proof(
        "picked_log",
        f"""
        SELECT {_PICK}, milli(l.picked_milli) || ' in hand, the log comes to ' || milli(
            l.base_milli + ifnull((SELECT sum(o.delta_milli) FROM picking_operations AS o
            WHERE o.session_id = l.session_id AND o.pick = l.pick), 0))
        FROM picking_lines AS l
        WHERE l.picked_milli <> l.base_milli + ifnull((SELECT sum(o.delta_milli)
            FROM picking_operations AS o
            WHERE o.session_id = l.session_id AND o.pick = l.pick), 0)
        """,
    ),
    # what was ordered when it was scanned: an order may shrink afterwards
    proof(
        "picked_over",
        """
        SELECT 'picking:' || session_id || '/line:' || pick, 'operation ' || number || ' made it '
            || milli(picked_milli) || ' of ' || milli(wanted_milli) || ' ordered'
        FROM picking_operations WHERE outcome = 'counted'
            AND (picked_milli > wanted_milli OR picked_milli IS NULL OR wanted_milli IS NULL)
        """,
    ),
    proof(
        "picked_surplus",
        f"""
        SELECT {_PICK}, 'the session is complete with ' || milli(l.picked_milli) || ' and '
            || milli(l.short_milli) || ' not found of ' || milli(l.wanted_milli)
        FROM picking_lines AS l JOIN picking_sessions AS s ON s.id = l.session_id
        WHERE s.state = 'completed' AND (l.picked_milli + l.short_milli > l.wanted_milli
            OR (l.part_milli = 0 AND l.picked_milli + l.short_milli <> l.wanted_milli))
        """,
    ),
    proof(
        "picking_left",
        f"""
        SELECT {_PICK}, 'the session was left with ' || milli(l.picked_milli) || ' in hand, and '
            || milli(l.base_milli) || ' before'
        FROM picking_lines AS l JOIN picking_sessions AS s ON s.id = l.session_id
        WHERE s.state = 'left' AND l.picked_milli <> l.base_milli
        """,
    ),
    proof(
        "picking_twice",
        """
        SELECT 'order:' || order_id, 'is in ' || count(*) || ' open picking sessions'
        FROM picking_orders WHERE is_open = 1 GROUP BY order_id HAVING count(*) > 1
        """,
    ),
    proof(
        "picking_open",
        """
        SELECT 'picking:' || s.id, 'is ' || s.state || ' with ' || total(o.is_open) || ' of '
            || count(o.order_id) || ' orders open'
        FROM picking_sessions AS s LEFT JOIN picking_orders AS o ON o.session_id = s.id
        GROUP BY s.id
        HAVING total(o.is_open) <> CASE s.state WHEN 'open' THEN count(o.order_id) ELSE 0 END
            OR count(o.order_id) = 0
        """,
    ),
    proof(
        "picking_numbering",
        """
        SELECT 'picking:' || s.id, count(o.number) || ' operations, numbered ' || min(o.number)
            || ' to ' || max(o.number) || ', and ' || s.operations || ' counted'
        FROM picking_sessions AS s JOIN picking_operations AS o ON o.session_id = s.id
        GROUP BY s.id
        HAVING count(o.number) <> s.operations OR min(o.number) <> 1
            OR max(o.number) <> s.operations
        """,
    ),
    proof(
        "picking_undone",
        """
        SELECT 'picking:' || u.session_id, 'operation ' || u.number || ' undoes ' || u.undoes
        FROM picking_operations AS u LEFT JOIN picking_operations AS o
            ON o.session_id = u.session_id AND o.number = u.undoes
        WHERE u.undoes IS NOT NULL AND (o.number IS NULL OR o.outcome <> 'counted'
            OR o.number >= u.number OR o.pick <> u.pick OR -u.delta_milli > o.delta_milli)
        """,
    ),
    Proof("picked_serial", _serials),
    proof(
        "picking_line_order",
        f"""
        SELECT {_PICK}, 'is for order ' || l.order_id || ', which is not in the session'
        FROM picking_lines AS l WHERE NOT EXISTS (SELECT 1 FROM picking_orders AS o
            WHERE o.session_id = l.session_id AND o.order_id = l.order_id)
        """,
    ),
    proof(
        "released_over",
        """
        SELECT 'order:' || order_id || '/line:' || line, milli(released_milli)
            || ' let go of ' || milli(quantity_milli) || ' ordered'
        FROM order_lines WHERE released_milli > quantity_milli
        """,
    ),
    owed(
        "owed_picking",
        """
        SELECT 'picking:' || id, 'its orders are not known to know of it'
        FROM picking_sessions INDEXED BY picking_sessions_owing WHERE told_revision < revision
        """,
    ),
)
