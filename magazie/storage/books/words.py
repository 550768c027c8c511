"""What the proofs' queries need beyond SQL: numbers as people write them, amounts of an order."""

import sqlite3

import msgspec

from magazie.model import item_problems
from magazie.model.decimals import E4, Bani, Milli, format_bani, format_e4, format_milli
from magazie.model.decimals import line_amount_bani as line_amount
from magazie.model.ids import encode_id
from magazie.model.orders import Delivery, Discount
from magazie.storage.order_parcels import carrier_in


class _Extras(msgspec.Struct):
    """What an order's details add to, and take from, the sum of its lines."""

    discounts: tuple[Discount, ...] = ()
    delivery: Delivery = Delivery()


_decode_extras = msgspec.json.Decoder(_Extras).decode


def teach(connection: sqlite3.Connection) -> None:
    """Give the connection the functions that the queries use."""
    for name, arguments, function in (
        ("milli", 1, written_milli),
        ("e4", 1, written_e4),
        ("bani", 1, written_bani),
        ("line_amount_bani", 2, line_amount_bani),
        ("extras_bani", 1, extras_bani),
        ("awb_of", 1, awb_of),
        ("id_text", 1, encode_id),
        ("conflict_text", 1, conflict_text),
    ):
        connection.create_function(name, arguments, function, deterministic=True)


def written_milli(quantity_milli: int | None) -> str:
    """A quantity; ``?`` where there is none."""
    return "?" if quantity_milli is None else format_milli(Milli(quantity_milli))


def written_e4(price_e4: int | None) -> str:
    """A price; ``?`` where there is none."""
    return "?" if price_e4 is None else format_e4(E4(price_e4))


def written_bani(amount_bani: int | None) -> str:
    """An amount; ``?`` where there is none."""
    return "?" if amount_bani is None else format_bani(Bani(amount_bani))


def conflict_text(problem: str | None) -> str | None:
    """What the alert of an item says that waits for a person; None where it has no reason."""
    return None if problem is None else item_problems.conflict_text(problem)


def line_amount_bani(price_e4: int, quantity_milli: int) -> int:
    """Price times quantity, rounded once; beyond SQLite's 64 bits on the way."""
    return line_amount(E4(price_e4), Milli(quantity_milli))


def awb_of(details: bytes) -> str:
    """The number of the order's parcel; empty where there is none, or it cannot be read."""
    return carrier_in(details).awb


def extras_bani(details: bytes) -> int | None:
    """The delivery fee without the discounts; None where the details cannot be read."""
    try:
        extras = _decode_extras(details)
    except msgspec.MsgspecError:
        return None
    return extras.delivery.fee_bani - sum(discount.value_bani for discount in extras.discounts)
