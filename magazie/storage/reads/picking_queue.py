"""Orders that are ready to be picked."""

import sqlite3

import msgspec

from magazie.model.orders import Delivery, OrderStatus
from magazie.model.picking_queue import ReadyOrder
from magazie.storage.reads.orders import with_status

MOST_READY = 1000


class _Details(msgspec.Struct):
    delivery: Delivery = Delivery()


_decode_details = msgspec.json.Decoder(_Details).decode
# an order that was cancelled with its goods in hand and is wanted again is only to be completed
_WANTED = (
    "l.kind = 'product' AND l.quantity_milli > l.released_milli"
    " AND (l.quantity_milli - l.released_milli > l.picked_milli OR o.fulfilment = 'open')"
)
_READY = f"""
    SELECT o.id, o.number, o.source, o.warehouse, o.placed_at_ms, o.details,
        u.order_id IS NOT NULL, count(l.line),
        sum(l.quantity_milli - l.released_milli - l.picked_milli), o.fulfilment = 'picked'
    FROM orders AS o
    JOIN order_lines AS l ON l.order_id = o.id AND {_WANTED}
    LEFT JOIN picking_urgent AS u ON u.order_id = o.id
    WHERE ({{status}}) AND o.warehouse IS NOT NULL AND (:warehouse IS NULL
        OR o.warehouse = :warehouse)
        AND NOT EXISTS (SELECT 1 FROM picking_orders AS p WHERE p.order_id = o.id AND p.is_open = 1)
    GROUP BY o.id ORDER BY u.order_id IS NULL, o.placed_at_ms, o.id LIMIT :most
    """


def ready_orders(connection: sqlite3.Connection, warehouse: str | None) -> list[ReadyOrder]:
    """Fully reserved orders that nobody picks, the urgent and oldest thousand."""
    found: list[ReadyOrder] = []
    for status in (OrderStatus.RESERVED, OrderStatus.PICKED):
        rows = connection.execute(
            _READY.format(status=with_status(status)),
            {"warehouse": warehouse, "most": MOST_READY},
        ).fetchall()
        for row in rows:
            delivery = _decode_details(row[5]).delivery
            order_id, number, source, place, placed_ms = row[:5]
            urgent, lines, pieces_milli, is_rest = row[6:]
            found.append(
                ReadyOrder(
                    order_id=order_id,
                    number=number,
                    source=source,
                    warehouse=place,
                    placed_at_ms=placed_ms,
                    delivery=delivery.name,
                    due_ms=delivery.due_ms,
                    is_urgent=bool(urgent),
                    lines=lines,
                    pieces_milli=pieces_milli,
                    is_rest=bool(is_rest),
                )
            )
    return found
