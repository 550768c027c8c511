"""Statements of the PickingSession: the serial numbers in hand, each for one order.

A number is kept as serial numbers are compared. It is let go with the goods: undone, put back, or
found on its shelf when the order of it has nothing in hand any more.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from magazie.model.noted_goods import noted_goods
from magazie.model.picking import PickingState
from magazie.model.tracking import SerialHolder, serial_key
from magazie.storage.reads.picking_notes import IN_HAND, counts_for

Holders = Mapping[tuple[int, str], SerialHolder]
"""Who has (product, serial number)."""


class PickedSerial(msgspec.Struct, frozen=True):
    """A piece taken in hand for an order."""

    product_id: int
    serial: str
    order_id: int


class SerialsHeldError(Exception):
    """Serial numbers are in hand already; nothing of this unit may stay."""

    def __init__(self, holders: Holders) -> None:
        super().__init__(f"serial numbers in hand: {sorted(holders)}")
        self.holders = holders


# whoever has it may have nothing in hand any more: then it lay on its shelf
_TAKE: Final = (
    "INSERT INTO picked_serials (product_id, serial, order_id) VALUES (?, ?, ?)"
    " ON CONFLICT (product_id, serial) DO UPDATE SET order_id = excluded.order_id"
    f" WHERE NOT {IN_HAND.format(order='picked_serials.order_id')}"
)


def begin(connection: sqlite3.Connection, session: PickingState) -> None:
    """Forget what its orders once had, where they have nothing in hand as the session begins."""
    full = {pick.order_id for pick in session.picks if pick.base_milli}
    for order in session.orders:
        if not order.is_verified and order.order_id not in full:
            connection.execute("DELETE FROM picked_serials WHERE order_id = ?", (order.order_id,))


def change(
    connection: sqlite3.Connection, taken: Sequence[PickedSerial], lessened: Iterable[int]
) -> None:
    """Keep what was taken, and let go what the log says is back; the log has it all already.

    ``lessened`` are orders of which something went back in this unit.

    Raises:
        SerialsHeldError: some that were taken are in hand already.

    """
    for order_id in dict.fromkeys(lessened):
        taken = _without_returned(connection, taken, order_id)
    held = [each for each in taken if not _take(connection, each)]
    if held:
        raise SerialsHeldError(
            {(each.product_id, each.serial): _holder(connection, each) for each in held}
        )


def _take(connection: sqlite3.Connection, piece: PickedSerial) -> bool:
    values = (piece.product_id, piece.serial, piece.order_id)
    return connection.execute(_TAKE, values).rowcount == 1


def _without_returned(
    connection: sqlite3.Connection, taken: Sequence[PickedSerial], order_id: int
) -> Sequence[PickedSerial]:
    """Let the order's go that are back on their shelves, taken in this unit or before."""
    kept = connection.execute(
        "SELECT product_id, serial FROM picked_serials WHERE order_id = ?", (order_id,)
    ).fetchall()
    if not kept and not any(each.order_id == order_id for each in taken):
        return taken
    noted = serials_noted(connection, order_id)
    connection.executemany(
        "DELETE FROM picked_serials WHERE product_id = ? AND serial = ?",
        [piece for piece in kept if piece not in noted],
    )
    return [
        each
        for each in taken
        if each.order_id != order_id or (each.product_id, each.serial) in noted
    ]


def serials_noted(connection: sqlite3.Connection, order_id: int) -> set[tuple[int, str]]:
    """(product, serial number) of what is in hand for an order, as its log says."""
    goods = noted_goods(counts_for(connection, order_id))
    return {(it.product_id, serial_key(it.note.serial)) for it in goods}


def _holder(connection: sqlite3.Connection, piece: PickedSerial) -> SerialHolder:
    row = connection.execute(
        "SELECT p.order_id, o.number FROM picked_serials AS p"
        " JOIN orders AS o ON o.id = p.order_id WHERE p.product_id = ? AND p.serial = ?",
        (piece.product_id, piece.serial),
    ).fetchone()
    return SerialHolder(*row)
