"""Statements of the ShopCatalogue: what matching needs, what it found, what people decided."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from magazie.model.matching import (
    Choice,
    ChoiceAction,
    MatchAction,
    MatchReason,
    ShopItem,
    Tie,
    TieState,
)

_ITEMS: Final = """
    SELECT g.external_id, g.sku, g.ean, trim(g.name) <> '', g.family, g.parent_id, g.state,
        g.decision, g.decided_product, k.product_id, k.state
    FROM listing AS g LEFT JOIN links AS k ON k.shop = g.shop AND k.external_id = g.external_id
    WHERE g.shop = ? AND g.state <> 'gone'
"""
_CARRIED_OUT: Final = {"link": "linked", "create": "created"}


class ListingDecision(msgspec.Struct, frozen=True):
    """Where one item of the listing stands, for somebody who decides on it."""

    state: str
    problem: str | None
    decision: str
    decided_product: int | None
    decided_by: str
    decided_ms: int | None


class PlannedRow(msgspec.Struct, frozen=True):
    """What an import did, or would do, with one item."""

    external_id: str
    action: MatchAction
    reason: MatchReason
    product_id: int | None
    products: tuple[int, ...] = ()
    items: tuple[str, ...] = ()
    detail: str = ""


# --- what matching needs -------------------------------------------------------------------


def items_after(
    connection: sqlite3.Connection, shop: str, after: str, limit: int
) -> list[ShopItem]:
    """A slice of the items that the shop has, in order of their ids, behind ``after``."""
    rows = connection.execute(
        f"{_ITEMS} AND g.external_id > ? ORDER BY g.external_id LIMIT ?", (shop, after, limit)
    ).fetchall()
    return [_item(row) for row in rows]


def items_of(connection: sqlite3.Connection, shop: str, ids: Iterable[str]) -> list[ShopItem]:
    """These of the items that the shop has."""
    rows = connection.execute(
        f"{_ITEMS} AND g.external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(ids))),
    ).fetchall()
    return [_item(row) for row in rows]


def _item(row: Sequence[object]) -> ShopItem:
    external_id, sku, ean, has_name, family, main, state, decision, chosen, product_id, tie = row
    choice = None
    if decision:
        is_done = _CARRIED_OUT.get(str(decision)) == state
        choice = Choice(ChoiceAction(str(decision)), _id(chosen), is_done)
    tied = _id(product_id)
    return ShopItem(
        external_id=str(external_id),
        sku=str(sku),
        ean=str(ean),
        has_name=bool(has_name),
        family=str(family),
        main=str(main),
        tie=Tie(tied, TieState(str(tie))) if tied is not None else None,
        choice=choice,
    )


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None


# --- what it found -------------------------------------------------------------------------


def clear_plan(connection: sqlite3.Connection, shop: str) -> None:
    """Forget what an earlier import or dry run said."""
    connection.execute("DELETE FROM import_plan WHERE shop = ?", (shop,))


def store_plan(
    connection: sqlite3.Connection, shop: str, rows: Iterable[PlannedRow], now_ms: int
) -> None:
    """Keep what is, or would be, done with these items."""
    connection.executemany(
        "INSERT INTO import_plan (shop, external_id, action, reason, product_id, products, items,"
        " detail, planned_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET action = excluded.action, reason = excluded.reason,"
        " product_id = excluded.product_id, products = excluded.products,"
        " items = excluded.items, detail = excluded.detail, planned_ms = excluded.planned_ms",
        [
            (
                shop,
                row.external_id,
                row.action,
                row.reason,
                row.product_id,
                json.dumps(row.products),
                json.dumps(row.items),
                row.detail,
                now_ms,
            )
            for row in rows
        ],
    )


# --- what people decided -------------------------------------------------------------------


def find_decision(
    connection: sqlite3.Connection, shop: str, external_id: str
) -> ListingDecision | None:
    """Where an item stands; None: it is not in the listing, or gone from the shop."""
    row = connection.execute(
        "SELECT state, problem, decision, decided_product, decided_by, decided_ms FROM listing"
        " WHERE shop = ? AND external_id = ? AND state <> 'gone'",
        (shop, external_id),
    ).fetchone()
    return ListingDecision(*row) if row is not None else None


def store_decision(
    connection: sqlite3.Connection, shop: str, external_id: str, decided: ListingDecision
) -> None:
    """Store where an item stands after a decision, or after one that could not be carried out."""
    connection.execute(
        "UPDATE listing SET state = ?, problem = ?, decision = ?, decided_product = ?,"
        " decided_by = ?, decided_ms = ? WHERE shop = ? AND external_id = ?",
        (
            decided.state,
            decided.problem,
            decided.decision,
            decided.decided_product,
            decided.decided_by,
            decided.decided_ms,
            shop,
            external_id,
        ),
    )


def tie_of(connection: sqlite3.Connection, shop: str, external_id: str) -> Tie | None:
    """The product that an item is, or was, tied to."""
    row = connection.execute(
        "SELECT product_id, state FROM links WHERE shop = ? AND external_id = ?",
        (shop, external_id),
    ).fetchone()
    return Tie(row[0], TieState(row[1])) if row is not None else None


def open_conflicts(connection: sqlite3.Connection, shop: str) -> set[str]:
    """Items that wait for a person."""
    rows = connection.execute(
        "SELECT external_id FROM listing WHERE shop = ? AND state = 'conflict'", (shop,)
    ).fetchall()
    return {row[0] for row in rows}


def owed_links(connection: sqlite3.Connection, shop: str) -> list[str]:
    """Items whose link a person decided and a stop kept from being made."""
    rows = connection.execute(
        "SELECT external_id FROM listing INDEXED BY listing_decided WHERE shop = ?"
        " AND decision <> '' AND decision = 'link' AND state <> 'linked' AND state <> 'gone'",
        (shop,),
    ).fetchall()
    return [row[0] for row in rows]
