"""What is this code? The one place that says what a scan means.

A scan is read in several ways, from the most literal to the least, and the first way that finds
anything decides: the text as it came; its comparable form; the same without what the reader put
around it; a GS1 message with a GTIN in it. A way finds a thing only by its whole code: no part
of a code, and no code that is merely alike, ever counts. Two things under one code are ambiguous,
and nobody chooses between them.

To use it: look up what has one of ``lookup_keys(text)``, and give all of it to ``identify``.
"""

import enum
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

from magazie.model.codes import keys_of
from magazie.model.gs1 import read_gs1
from magazie.model.scanned_codes import clean_scan

ONE_MILLI: Final = 1000
_REMEMBERED: Final = 4096
"""The same few codes are scanned again and again."""
LONGEST_SCAN: Final = 512
"""Characters; no code of ours or of GS1 is longer."""


class ThingKind(enum.StrEnum):
    """What a code can stand on."""

    PRODUCT = "product"
    ORDER = "order"
    PARCEL = "parcel"


class Named(msgspec.Struct, frozen=True):
    """A thing under one of its codes, as that is written; how many pieces the code stands for.

    A parcel's ``id`` is that of its order.
    """

    kind: ThingKind
    id: int
    code: str
    pieces_milli: int = ONE_MILLI


class Identity(msgspec.Struct, frozen=True):
    """The one thing that was scanned. ``pieces_milli`` counts what the code stands for.

    ``serial`` and ``lot`` are what a GS1 message told beside it.
    """

    kind: ThingKind
    id: int
    pieces_milli: int
    serial: str = ""
    lot: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """Nothing has this code."""


class Ambiguous(msgspec.Struct, frozen=True):
    """Several things have this code."""

    among: tuple[tuple[ThingKind, int], ...]


Finding = Identity | Unknown | Ambiguous


class _Way(msgspec.Struct, frozen=True):
    """One way of reading a scan: a text to be met exactly, or by its key."""

    text: str
    is_literal: bool
    pieces: int = 1
    serial: str = ""
    lot: str = ""


@lru_cache(_REMEMBERED)
def lookup_keys(text: str) -> tuple[str, ...]:
    """The keys (see ``codes.keys_of``) under which everything the scan may mean is found."""
    return tuple(dict.fromkeys(key for way in _ways(text) if (key := widest_key(way.text))))


@lru_cache(_REMEMBERED)
def widest_key(text: str) -> str:
    """The key that two texts share exactly if they mean the same; empty for a placeholder."""
    keys = keys_of(text)
    return keys[-1] if keys else ""


def identify(text: str, named: Iterable[Named]) -> Finding:
    """Say what was scanned, out of things found by ``lookup_keys``; others do no harm."""
    things = tuple(named)
    for way in _ways(text):
        found = [thing for thing in things if _meets(way, thing)]
        if found:
            return _one_of(found, way)
    return Unknown()


@lru_cache(_REMEMBERED)
def _ways(text: str) -> tuple[_Way, ...]:
    if len(text) > LONGEST_SCAN:
        return ()
    clean = clean_scan(text)
    ways = [_Way(text, is_literal=True), _Way(text, is_literal=False)]
    if clean != text:
        ways += [_Way(clean, is_literal=True), _Way(clean, is_literal=False)]
    message = read_gs1(text)
    if message is not None:
        ways.append(
            _Way(
                message.gtin,
                is_literal=False,
                pieces=message.count,
                serial=message.serial,
                lot=message.lot,
            )
        )
    return tuple(ways)


def _meets(way: _Way, thing: Named) -> bool:
    if way.is_literal:
        return bool(way.text) and way.text == thing.code
    key = widest_key(way.text)
    return bool(key) and key == widest_key(thing.code)


def _one_of(found: list[Named], way: _Way) -> Finding:
    among = sorted({(thing.kind, thing.id) for thing in found})
    if len(among) > 1:
        return Ambiguous(tuple(among))
    kind, thing_id = among[0]
    # a code that stands on a piece and on its box alike is scanned on the piece as well
    pieces_milli = min(thing.pieces_milli for thing in found)
    return Identity(kind, thing_id, pieces_milli * way.pieces, way.serial, way.lot)
