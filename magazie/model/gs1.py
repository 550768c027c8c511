"""GS1 messages: the GTIN, count, lot and serial number in a GS1-128, DataMatrix or QR code.

A text is taken for a message only where something says that it is one: the reader's AIM
identifier, a separator (FNC1), brackets around the identifiers, a Digital Link, or a GTIN right
behind its own identifier. What is not a message from its first character to its last is none.
"""

import re
from typing import Final

import biip
import msgspec
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementStrings
from biip.gs1_messages import GS1Message

from magazie.model.codes import normalise_gtin
from magazie.model.scanned_codes import clean_scan

_AIM_GS1: Final = re.compile(r"^[\x00-\x20]*\](?:C1|d2|e0|Q3|J1)")
_SEPARATOR: Final = "\x1d"
_BRACKETS: Final = re.compile(r"^\(\d{2,4}\)")
_LINK: Final = re.compile(r"^https?://", re.IGNORECASE)
_GTIN_FIRST: Final = re.compile(r"^0[12]\d{14}")
_TRADE_ITEM, _CONTENT = "01", "02"
_COUNT, _COUNT_OF_CONTENT = "30", "37"
_LOT, _SERIAL = "10", "21"
_MOST_PIECES: Final = 1_000_000


class Gs1Message(msgspec.Struct, frozen=True):
    """What a message says of goods: 14 digits, how many of them, which ones."""

    gtin: str
    count: int = 1
    lot: str = ""
    serial: str = ""


def read_gs1(text: str) -> Gs1Message | None:
    """The message in a scan; None where it is none, or names no goods."""
    is_marked = _AIM_GS1.match(text) is not None or _SEPARATOR in text
    code = clean_scan(text)
    try:
        if _LINK.match(code):
            elements = GS1DigitalLinkURI.parse(code).element_strings
        elif _BRACKETS.match(code):
            message = GS1Message.parse_hri(code)
            if message.as_hri() != code:
                return None  # something beside it was left out
            elements = message.element_strings
        elif is_marked or _GTIN_FIRST.match(code):
            elements = GS1Message.parse(code.strip(_SEPARATOR)).element_strings
        else:
            return None
    except (biip.ParseError, ValueError, ArithmeticError):
        return None
    return _goods_in(elements)


def _goods_in(elements: GS1ElementStrings) -> Gs1Message | None:
    values: dict[str, str] = {}
    for element in elements:
        if values.setdefault(element.ai.ai, element.value) != element.value:
            return None  # it says two things of one
    if _TRADE_ITEM in values:
        gtin, count = values[_TRADE_ITEM], values.get(_COUNT, "1")
    elif _CONTENT in values and _COUNT_OF_CONTENT in values:
        gtin, count = values[_CONTENT], values[_COUNT_OF_CONTENT]
    else:
        return None
    # an identifier may stand there with no digits behind it
    if normalise_gtin(gtin) is None or not count or not 0 < int(count) <= _MOST_PIECES:
        return None
    return Gs1Message(gtin, int(count), values.get(_LOT, ""), values.get(_SERIAL, ""))
