"""Romanian letters: the right comma forms for keeping, no marks at all for searching."""

import unicodedata
from typing import Final

_CEDILLA_TO_COMMA: Final = str.maketrans("şţŞŢ", "șțȘȚ")
# Letters that carry their stroke inside and do not come apart in Unicode's decomposition.
_STROKED: Final = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe"})


def comma_letters(text: str) -> str:
    """Write ș and ț with the comma below, as Romanian does, and compose all letters (NFC)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_CEDILLA_TO_COMMA)


def fold(text: str) -> str:
    """Return the text as searches compare it: small letters without diacritics."""
    if text.isascii():
        return text.lower()
    lowered = _without_marks(text).casefold().translate(_STROKED)
    return _without_marks(lowered)


def _without_marks(text: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if unicodedata.category(letter) != "Mn"
    )
