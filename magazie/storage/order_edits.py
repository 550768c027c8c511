"""How an order was edited, out of its timeline."""

import sqlite3

import msgspec

from magazie.model.picked_orders import LineEdit

_PICKED = frozenset({"picked", "part_picked"})


class _Edited(msgspec.Struct):
    lines: tuple[LineEdit, ...] = ()


_decode = msgspec.json.Decoder(_Edited).decode


def edits_since_picked(connection: sqlite3.Connection, order_id: int) -> list[tuple[LineEdit, ...]]:
    """What was edited since the order was picked last, the first edit first."""
    edits: list[tuple[LineEdit, ...]] = []
    for kind, data in connection.execute(
        "SELECT kind, data FROM order_events INDEXED BY order_events_order"
        " WHERE order_id = ? ORDER BY seq DESC",
        (order_id,),
    ):
        if kind in _PICKED:
            break
        if kind == "edited":
            edits.append(_decode(data).lines)
    return edits[::-1]
