"""What a shop sells, as it last said, beside what it is linked to here."""

import enum
import sqlite3

import msgspec

from magazie.model.romanian_letters import fold
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker
from magazie.storage.reads.searching import define_folded


class ListingState(enum.StrEnum):
    """What became of a shop's item here."""

    NEW = "new"
    LINKED = "linked"
    CREATING = "creating"
    CREATED = "created"
    CONFLICT = "conflict"
    GONE = "gone"


class ListingRow(msgspec.Struct, frozen=True):
    """One item of the shop; ``product_id`` is the product it is linked to."""

    external_id: str
    sku: str
    ean: str
    name: str
    state: ListingState
    product_id: int | None
    problem: str | None
    stock_milli: int | None
    base_price_e4: int | None
    read_ms: int


class ListingFilter(msgspec.Struct, frozen=True):
    """Which items; None filters nothing. ``text`` is looked for in SKU, EAN and name."""

    state: ListingState | None = None
    sku: str | None = None
    text: str | None = None


FIELDS = {"external_id": "g.external_id", "sku": "g.sku", "name": "g.name"}
_SOURCE = Source(
    "g.external_id, g.sku, g.ean, g.name, g.state, k.product_id, g.problem, g.stock_milli,"
    " g.base_price_e4, g.read_ms",
    "listing AS g LEFT JOIN links AS k"
    " ON k.shop = g.shop AND k.external_id = g.external_id AND k.state <> 'untied'",
    FIELDS,
    unique=("external_id",),
)
_MAKE = maker(ListingRow)


def find_listing(
    connection: sqlite3.Connection, shop: str, wanted: ListingFilter, page: PageRequest
) -> Page[ListingRow]:
    """One page of the shop's items."""
    conditions = Conditions()
    conditions.add("g.shop = ?", shop)
    conditions.equal("g.state", wanted.state)
    conditions.equal("g.sku", wanted.sku)
    if wanted.text:
        define_folded(connection)
        needle = fold(wanted.text)
        conditions.add("instr(folded(g.sku || ' ' || g.ean || ' ' || g.name), ?) > 0", needle)
    return fetch(connection, _SOURCE, conditions, page, make=_MAKE)
