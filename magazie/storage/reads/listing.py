"""What a shop sells, as it last said, beside what it is linked to here."""

import enum
import json
import sqlite3
from collections.abc import Iterable

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
    IGNORED = "ignored"
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
    family: str
    decision: str
    decided_by: str
    decided_ms: int | None


class ListingFilter(msgspec.Struct, frozen=True):
    """Which items; None filters nothing. ``text`` is looked for in SKU, EAN and name.

    ``category`` is the shop's id of one; items of those below it count too.
    """

    state: ListingState | None = None
    sku: str | None = None
    family: str | None = None
    category: str | None = None
    brand: str | None = None
    has_problem: bool | None = None
    has_product: bool | None = None
    text: str | None = None


FIELDS = {"external_id": "g.external_id", "sku": "g.sku", "name": "g.name"}
# a link may be made and untied by other ways than an import, which the stored state does not follow
_STATE = (
    "CASE WHEN g.state = 'gone' OR g.state = 'creating' THEN g.state"
    " WHEN k.product_id IS NOT NULL THEN CASE g.state WHEN 'created' THEN 'created'"
    " ELSE 'linked' END WHEN g.decision = 'ignore' THEN 'ignored'"
    " WHEN g.state = 'linked' OR g.state = 'created' THEN 'new' ELSE g.state END"
)
_SOURCE = Source(
    f"g.external_id, g.sku, g.ean, g.name, {_STATE}, k.product_id, g.problem, g.stock_milli,"
    " g.base_price_e4, g.read_ms, g.family, g.decision, g.decided_by, g.decided_ms",
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
    conditions.equal(_STATE, wanted.state)
    conditions.equal("g.sku", wanted.sku)
    conditions.equal("g.family", wanted.family)
    conditions.equal("g.brand", wanted.brand)
    if wanted.category is not None:
        conditions.add(
            "g.external_id IN (SELECT external_id FROM listing_categories"
            " WHERE shop = ? AND category_id = ?)",
            shop,
            wanted.category,
        )
    if wanted.has_problem is not None:
        conditions.add(f"g.problem IS {'NOT ' if wanted.has_problem else ''}NULL")
    if wanted.has_product is not None:
        conditions.add(f"k.product_id IS {'NOT ' if wanted.has_product else ''}NULL")
    if wanted.text:
        define_folded(connection)
        needle = fold(wanted.text)
        conditions.add("instr(folded(g.sku || ' ' || g.ean || ' ' || g.name), ?) > 0", needle)
    return fetch(connection, _SOURCE, conditions, page, make=_MAKE)


def read_item(connection: sqlite3.Connection, shop: str, external_id: str) -> ListingRow | None:
    """One item of the shop."""
    row = connection.execute(
        f"SELECT {_SOURCE.columns} FROM {_SOURCE.tables} WHERE g.shop = ? AND g.external_id = ?",
        (shop, external_id),
    ).fetchone()
    return _MAKE(*row) if row is not None else None


def linked_items(
    connection: sqlite3.Connection, shop: str, product_ids: Iterable[int]
) -> dict[int, list[str]]:
    """Product → the shop's items that are linked to it."""
    found: dict[int, list[str]] = {}
    for product_id, external_id in connection.execute(
        "SELECT product_id, external_id FROM links INDEXED BY links_product"
        " WHERE product_id IN (SELECT value FROM json_each(?)) AND shop = ? AND state = 'linked'"
        " ORDER BY external_id",
        (json.dumps(list(product_ids)), shop),
    ):
        found.setdefault(product_id, []).append(external_id)
    return found
