"""Ids: positive 63-bit integers inside, 13 letters and digits outside."""

import hashlib
import random
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 4096
"""The ids at work are written and read again and again."""
_RANDOM_BITS: Final = 20
_ID_BITS: Final = 63
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_ENCODED: Final = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{12}")
_TO_PYTHON_BASE_32: Final = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")


class BadIdError(ValueError):
    """The text is not an id this service ever gave out."""


class IdSource:
    """Gives out ids that grow with time and strictly within the process.

    An id is the clock's milliseconds followed by random bits; when the clock stands still or
    steps back, the next id is the last one plus one.
    """

    def __init__(self, now_ms: Callable[[], int], random: random.Random) -> None:
        self._now_ms = now_ms
        self._random = random
        self._last = 0

    def next_id(self) -> int:
        """Return the next id: positive, below 2 to the power of 63."""
        fresh = (self._now_ms() << _RANDOM_BITS) | self._random.getrandbits(_RANDOM_BITS)
        self._last = max(fresh, self._last + 1)
        return self._last


@lru_cache(_REMEMBERED)
def encode_id(number: int) -> str:
    """Write an id as 13 characters that sort as the ids do.

    Raises:
        BadIdError: not a positive 63-bit number.
    """
    if not 0 < number < 1 << _ID_BITS:
        raise BadIdError(f"{number} is not an id")
    return (
        _ALPHABET[number >> 60]
        + _PAIRS[number >> 50 & 1023]
        + _PAIRS[number >> 40 & 1023]
        + _PAIRS[number >> 30 & 1023]
        + _PAIRS[number >> 20 & 1023]
        + _PAIRS[number >> 10 & 1023]
        + _PAIRS[number & 1023]
    )


@lru_cache(_REMEMBERED)
def decode_id(text: str) -> int:
    """Read an id; only the exact form that `encode_id` writes, so one id has one text.

    Raises:
        BadIdError: any other text.
    """
    if not _ENCODED.fullmatch(text):
        raise BadIdError(f"{text[:40]!r} is not an id")
    number = int(text.translate(_TO_PYTHON_BASE_32), 32)
    if not number:
        raise BadIdError(f"{text!r} is not an id")
    return number


def order_id(origin: str, external: str) -> int:
    """Return the id of the order that a shop or other source knows as `external`.

    It follows from the natural key alone, so the same order meets the same actor whatever was
    stored before.
    """
    natural_key = f"{len(origin)}:{origin}{external}".encode()
    digest = hashlib.blake2b(natural_key, digest_size=8, person=b"order").digest()
    return int.from_bytes(digest) >> 1 or 1
