"""Statements of the OrderActor: the numbers (AWB) of its parcels, by which it is found."""

import sqlite3
from typing import Final, Protocol

import msgspec

from magazie.model.orders import Carrier, OrderDetails

INSERT_PARCEL: Final = "INSERT INTO order_parcels (awb, order_id) VALUES (?, ?)"


class _Shipped(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def details(self) -> OrderDetails: ...


class _Named(msgspec.Struct):
    """What an order's details say of its parcel."""

    carrier: Carrier = Carrier()


_decode = msgspec.json.Decoder(_Named).decode


def carrier_in(details: bytes) -> Carrier:
    """Who carries the order with these details, as stored; nobody where they cannot be read."""
    try:
        return _decode(details).carrier
    except msgspec.MsgspecError:
        return Carrier()


def replace_awb(connection: sqlite3.Connection, order: _Shipped) -> None:
    """Let the order be found by the number that its source names now, and by no earlier one."""
    connection.execute("DELETE FROM order_parcels WHERE order_id = ?", (order.id,))
    awb = order.details.carrier.awb
    if awb:
        connection.execute(INSERT_PARCEL, (awb, order.id))
