"""The log of an order's picking, as far as it changed what is in hand."""

import sqlite3

from magazie.model.noted_goods import LoggedCount
from magazie.model.tracking import Note


def counts_for(connection: sqlite3.Connection, order_id: int) -> list[LoggedCount]:
    """In the order in which they came, without what was only counted again."""
    rows = connection.execute(
        "SELECT p.session_id, p.number, l.line, l.product_id, p.delta_milli, p.undoes, p.serial,"
        " p.lot FROM picking_orders AS o INDEXED BY picking_orders_order"
        " JOIN picking_operations AS p INDEXED BY picking_operations_session"
        " ON p.session_id = o.session_id AND p.order_id = o.order_id"
        " JOIN picking_lines AS l ON l.session_id = p.session_id AND l.pick = p.pick"
        " WHERE o.order_id = ? AND o.is_verified = 0 AND p.session_id IS NOT NULL"
        " AND p.delta_milli <> 0 AND l.product_id IS NOT NULL ORDER BY p.seq",
        (order_id,),
    ).fetchall()
    return [
        LoggedCount(session, number, line, product_id, delta_milli, undoes, Note(serial, lot))
        for session, number, line, product_id, delta_milli, undoes, serial, lot in rows
    ]
