"""Product codes and GTINs, and the keys under which two products are found to be the same.

A code is whatever a shop calls its product (SKU); spaces, letter case and full-width letters do
not tell two codes apart. A GTIN (EAN, UPC) is compared padded to 14 digits, as GS1 stores it, so
`012345678905` and `0012345678905` are one number. The original text is never changed: these are
keys for comparing, not for showing.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_GTIN_LENGTH: Final = 14
_GTIN_END: Final = 10**_GTIN_LENGTH
# 11 digits: an UPC that lost its leading zero in a program that took it for a number.
_GTIN_LENGTHS: Final = frozenset({8, 11, 12, 13, 14})
_IN_STORE_PREFIX: Final = "20"  # GS1: 20 to 29 are for circulation inside one company
_IN_STORE_DIGITS: Final = 10
_NOTHING: Final = re.compile(r"[\W_0]*")
_WORDS_FOR_NOTHING: Final = frozenset(
    {"n/a", "na", "n.a", "n.a.", "nan", "nil", "none", "null", "undefined"}
    | {"fara", "fără", "faracod", "fărăcod", "faraean", "fărăean", "lipsa", "lipsă", "nuare"}
)
_INVISIBLE: Final = frozenset({"Cc", "Cf"})


def normalise_code(text: str | None) -> str | None:
    """Return the comparable form of a code, or None for a placeholder that names nothing.

    Compatibility forms are unified (NFKC), case is folded, and white space and invisible
    characters are dropped wherever they stand.
    """
    if not text:
        return None
    if text.isascii() and text.isprintable():
        code = text.replace(" ", "").lower()
    else:
        code = _drop_blanks(unicodedata.normalize("NFKC", text))
        code = _drop_blanks(unicodedata.normalize("NFKC", code.casefold()))
    if _NOTHING.fullmatch(code) or code in _WORDS_FOR_NOTHING:
        return None
    return code


def normalise_gtin(value: str | int | None) -> str | None:
    """Return the 14-digit form of a GTIN-8, -12, -13 or -14 with a right check digit, else None.

    Eleven digits count too, where the check digit fits once the lost zero is put back.
    """
    if isinstance(value, int):
        value = str(value) if 0 < value < _GTIN_END else None
    code = normalise_code(value)
    return None if code is None else _gtin_of(code)


def has_valid_check_digit(digits: str) -> bool:
    """Tell whether the last digit is the GS1 check digit of those before it."""
    payload, given = digits[:-1], digits[-1:]
    return digits.isascii() and payload.isdigit() and check_digit(payload) == given


def check_digit(payload: str) -> str:
    """Return the GS1 check digit (weights 3 and 1 from the right) of a string of digits."""
    tripled = sum(map(int, payload[-1::-2]))
    single = sum(map(int, payload[-2::-2]))
    return str(-(3 * tripled + single) % 10)


def in_store_ean(number: int) -> str:
    """Return the EAN-13 for own labels, valid only inside the company: 101 → `2000000001012`.

    Raises:
        ValueError: the number is negative or has more than ten digits.
    """
    if not 0 <= number < 10**_IN_STORE_DIGITS:
        raise ValueError(f"an in-store EAN has room for ten digits, not for {number}")
    payload = f"{_IN_STORE_PREFIX}{number:0{_IN_STORE_DIGITS}d}"
    return payload + check_digit(payload)


def keys_of(text: str | None) -> tuple[str, ...]:
    """Return the keys of one text, be it SKU, EAN, additional code or scan; none for placeholders.

    Every text is a code (`c:` and its comparable form); one that is also a right GTIN has a second
    key (`g:` and 14 digits). The tags keep a code from meeting a padded number by accident.
    """
    code = normalise_code(text)
    if code is None:
        return ()
    gtin = _gtin_of(code)
    return (f"c:{code}",) if gtin is None else (f"c:{code}", f"g:{gtin}")


def match_keys(code: str | None, ean: str | None, additional: Iterable[str] = ()) -> frozenset[str]:
    """Return all keys of a product, the same for a shop's product and for ours.

    Two products are candidates for one link when their keys meet: the SKU and the EAN of one are
    thus each looked up among the code, the EAN and the additional codes of the other. Sort before
    walking over the set: its order differs between processes.
    """
    return frozenset(key for text in (code, ean, *additional) for key in keys_of(text))


def _gtin_of(code: str) -> str | None:
    if len(code) not in _GTIN_LENGTHS or not has_valid_check_digit(code):
        return None
    return code.zfill(_GTIN_LENGTH)


def _drop_blanks(text: str) -> str:
    return "".join(
        letter
        for letter in text
        if not letter.isspace() and unicodedata.category(letter) not in _INVISIBLE
    )
