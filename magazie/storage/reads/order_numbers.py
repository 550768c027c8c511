"""Orders by the number that stands on their papers, and by those of their parcels."""

import json
import sqlite3
from collections.abc import Iterable

from magazie.model.finder import Named, ThingKind
from magazie.model.parcel_labels import is_label_of, shipment_on
from magazie.storage.order_parcels import carrier_in


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
    return [
        Named(ThingKind.PARCEL, order_id, awb) for order_id, awb, _ in _with_awb(connection, texts)
    ]


def parcels_labelled(connection: sqlite3.Connection, texts: Iterable[str]) -> list[Named]:
    """The same orders, by labels that write the number of the piece behind the AWB."""
    labels = {label: awb for label in texts if (awb := shipment_on(label))}
    return [
        Named(ThingKind.PARCEL, order_id, label)
        for order_id, awb, details in _with_awb(connection, labels.values())
        for label in labels
        if is_label_of(label, awb, carrier_in(details).name)
    ]


def _with_awb(connection: sqlite3.Connection, awbs: Iterable[str]) -> list[tuple[int, str, bytes]]:
    """(order, AWB, details) of orders whose goods are still here."""
    return connection.execute(
        "SELECT p.order_id, p.awb, o.details"
        " FROM order_parcels AS p JOIN orders AS o ON o.id = p.order_id"
        " WHERE p.awb IN (SELECT value FROM json_each(?))"
        " AND o.fulfilment IN ('open', 'picking', 'picked')",
        (json.dumps(sorted(set(awbs))),),
    ).fetchall()
