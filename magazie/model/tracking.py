"""Goods of which more is noted than how many: their lot, or the serial number of each piece."""

import enum
from collections.abc import Iterable
from typing import Literal

import msgspec

from magazie.model.finder import widest_key
from magazie.model.gs1 import read_gs1
from magazie.model.scanned_codes import clean_scan


class Tracking(enum.StrEnum):
    """What a picker notes of a product."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class Note(msgspec.Struct, frozen=True, gc=False):
    """What was noted of a scan; empty where nothing was."""

    serial: str = ""
    lot: str = ""


NOTHING_NOTED = Note()


Lacking = Literal["serial_needed", "lot_needed", "serial_used"]
"""Why goods do not count: by the words that terminals are told."""


class SerialHolder(msgspec.Struct, frozen=True, gc=False):
    """The order that has a serial number in hand."""

    order_id: int
    number: str


class Tracked(msgspec.Struct, frozen=True, gc=False):
    """What is asked of goods, and what was told of them with a scan.

    ``holder`` has their serial number in hand, as the books say; None while they say nothing.
    """

    tracking: Tracking = Tracking.NONE
    note: Note = NOTHING_NOTED
    holder: SerialHolder | None = None


NOT_TRACKED = Tracked()


def told_note(serial: str, lot: str, codes: Iterable[str]) -> Note:
    """What was scanned or typed for a serial and for a lot number of goods with these codes.

    Of a GS1 message it is the number in it, where the message is of these goods. A code of the
    goods themselves is no number of theirs: the label was scanned twice.
    """
    keys = frozenset(key for code in codes if (key := widest_key(code)))
    return Note(_number(serial, keys, is_serial=True), _number(lot, keys, is_serial=False))


def lacking(tracking: Tracking, note: Note, in_hand: Iterable[str]) -> Lacking | None:
    """Why goods with this note do not count yet; ``in_hand`` are the serial numbers that do."""
    if tracking is Tracking.NONE:
        return None
    if tracking is Tracking.LOT:
        return None if note.lot else "lot_needed"
    key = serial_key(note.serial)
    if not key:
        return "serial_needed"
    return "serial_used" if any(serial_key(each) == key for each in in_hand) else None


def serial_key(serial: str) -> str:
    """What two texts share that mean one serial number: letter case and blanks do not count."""
    return "".join(serial.split()).casefold()


def _number(text: str, keys: frozenset[str], *, is_serial: bool) -> str:
    message = read_gs1(text)
    if message is not None:
        is_of_these = widest_key(message.gtin) in keys
        return (message.serial if is_serial else message.lot) if is_of_these else ""
    number = clean_scan(text).strip()
    return "" if widest_key(number) in keys else number
