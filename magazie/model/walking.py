"""The way through the storeroom: places in the order in which one walks past them."""

import re
from typing import Final

_PIECES: Final = re.compile(r"\d+|[^\W\d_]+")


def walking_key(location: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """Sorts places as people number them: A-2 before A-10; what has no place comes last."""
    pieces = tuple(
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold())
        for piece in _PIECES.findall(location)
    )
    return (not pieces, pieces)


def place_key(location: str) -> str:
    """The same for two texts exactly if they are one place; empty where that is none."""
    _, pieces = walking_key(location)
    return "-".join(word or str(number) for _, number, word in pieces)
