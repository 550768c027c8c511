"""A page of a listing: its counts and its rows, each row kept as it was sent."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import Collection, Odd, ShapeError, entries_of, text_of
from magazie.ports import Unreadable

PAGE_ROWS = 100
"""Most rows Gomag hands out in one answer (Gomag API note: "Batch caps")."""

_SLICE_BYTES = 32 * 1024
_T = TypeVar("_T")


class Page(msgspec.Struct, frozen=True):
    """Rows as (key, raw JSON) in the order sent; keys are empty where the shop sent a list."""

    page: int
    pages: int
    total: int
    rows: tuple[tuple[str, bytes], ...]


class Rows(msgspec.Struct, frozen=True):
    """What one answer holds of a listing that tells no pages, with the total it claims."""

    total: int
    rows: tuple[tuple[str, bytes], ...]


class _Counts(msgspec.Struct):
    total: Odd = None
    page: Odd = None
    pages: Odd = None


_counts_decoder = msgspec.json.Decoder(_Counts)
_map_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_collection_decoder = msgspec.json.Decoder(Collection)


def read_page(body: bytes, plural: str, *, asked: int) -> Page:
    """Read one page of the collection ``plural``.

    A page after the last is empty, whatever the shop repeats there.

    Raises:
        Unreadable: there is no such collection, or another page than asked was sent.
    """
    try:
        counts = decode_damaged(_counts_decoder, body)
        entries = _entries(body, plural)
        total = _count(counts.total, "total", len(entries))
        pages = max(1, _count(counts.pages, "pages", -(-total // PAGE_ROWS)))
        page = _count(counts.page, "page", asked)
    except (msgspec.DecodeError, ShapeError) as error:
        raise Unreadable(f"not a page of {plural}: {error}") from None
    if asked > pages:
        return Page(page=asked, pages=pages, total=total, rows=())
    if entries and page != asked:
        raise Unreadable(f"page {asked} of {plural} was asked for, page {page} was sent")
    return Page(page=asked, pages=pages, total=total, rows=tuple(entries))


def read_unpaged(body: bytes, plural: str) -> Rows:
    """Read the collection ``plural`` of an answer that tells no pages.

    Raises:
        Unreadable: there is no such collection.
    """
    try:
        counts = decode_damaged(_counts_decoder, body)
        entries = _entries(body, plural)
        total = _count(counts.total, "total", len(entries))
    except (msgspec.DecodeError, ShapeError) as error:
        raise Unreadable(f"not a list of {plural}: {error}") from None
    return Rows(total=total, rows=tuple(entries))


async def decode_rows(page: Page | Rows, decode: Callable[[bytes, str], _T]) -> list[_T]:
    """Decode each row; others run in between, as a page of long texts takes 0.1 s."""
    decoded = []
    spent = 0
    for key, raw in page.rows:
        if spent >= _SLICE_BYTES:
            spent = 0
            await asyncio.sleep(0)
        decoded.append(decode(raw, key))
        spent += len(raw)
    return decoded


def _entries(body: bytes, plural: str) -> list[tuple[str, bytes]]:
    collection = decode_damaged(_map_decoder, body).get(plural)
    if collection is None:
        raise ShapeError(f"no {plural} in it")
    return entries_of(decode_damaged(_collection_decoder, bytes(collection)))


def _count(value: Odd, field: str, default: int) -> int:
    text = text_of(value, field).strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise ShapeError(f"{field}: {text[:40]!r} is not a count")
    return int(text[:18])
