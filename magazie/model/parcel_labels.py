"""Whose a courier's label is: the number (AWB) of a shipment, or that with a piece's behind it.

A label is of a shipment by the whole of its text. What stands behind the AWB counts only where it
is certain how the courier writes it:

* Sameday gives each parcel the AWB and three digits, 001 for the first.

Of other couriers it is not certain, so that their labels are found by the AWB alone.
"""

import re
from typing import Final

_PIECES: Final = {"sameday": re.compile(r"(?!000)[0-9]{3}")}
"""How couriers write the number of the piece, by what their names hold."""
_LONGEST_PIECE: Final = 3


def shipment_on(label: str) -> str:
    """The AWB that the label would be of if a piece's number stood behind it; empty for none.

    It is only where to look: ``is_label_of`` says whether it is so.
    """
    return label[:-_LONGEST_PIECE]


def is_label_of(label: str, awb: str, carrier: str) -> bool:
    """Whether the label is of this shipment of the courier, whose name is as people write it."""
    if not awb or not label.startswith(awb):
        return False
    piece = label[len(awb) :]
    if not piece:
        return True
    name = "".join(letter for letter in carrier.casefold() if letter.isalnum())
    return any(known in name and form.fullmatch(piece) for known, form in _PIECES.items())
