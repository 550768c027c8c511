"""The log of an order's picking, as far as it changed what is in hand."""

import sqlite3
from typing import Final

from magazie.model.noted_goods import LoggedCount
from magazie.model.tracking import Note

IN_HAND: Final = (
    "(EXISTS (SELECT 1 FROM picking_orders AS h"
    " WHERE h.order_id = {order} AND h.is_open = 1) OR EXISTS (SELECT 1 FROM order_lines AS h"
    " WHERE h.order_id = {order} AND h.picked_milli > 0))"
)
"""Whether an order may have anything in hand: it is being picked, or was."""


def counts_for(connection: sqlite3.Connection, order_id: int) -> list[LoggedCount]:
    """In the order in which they came, without what was only counted again.

    A session that began with nothing in hand shows that all before it is back on its shelves.
    """
    rows = connection.execute(
        "SELECT p.session_id, p.number, l.line, l.product_id, p.delta_milli, p.undoes, p.serial,"
        " p.lot FROM picking_orders AS o INDEXED BY picking_orders_order"
        " JOIN picking_operations AS p INDEXED BY picking_operations_session"
        " ON p.session_id = o.session_id AND p.order_id = o.order_id"
        " JOIN picking_lines AS l ON l.session_id = p.session_id AND l.pick = p.pick"
        f" WHERE o.order_id = ?1 AND {IN_HAND.format(order='?1')}"
        " AND o.is_verified = 0 AND p.session_id IS NOT NULL AND o.session_id >= ifnull(("
        "SELECT max(b.session_id) FROM picking_orders AS b INDEXED BY picking_orders_order"
        " WHERE b.order_id = ?1 AND b.is_verified = 0 AND NOT EXISTS (SELECT 1"
        " FROM picking_lines AS f WHERE f.session_id = b.session_id AND f.order_id = ?1"
        " AND f.base_milli > 0)), 0)"
        " AND p.delta_milli <> 0 AND l.product_id IS NOT NULL ORDER BY p.seq",
        (order_id,),
    ).fetchall()
    return [
        LoggedCount(session, number, line, product_id, delta_milli, undoes, Note(serial, lot))
        for session, number, line, product_id, delta_milli, undoes, serial, lot in rows
    ]
