"""Statements of the ShopCatalogue: where the reading of its shop stands, and what it missed."""

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from magazie.model import item_problems
from magazie.model.item_problems import ItemProblem, ItemProblemCode

_PROBLEM = item_problems.kept((ItemProblem(ItemProblemCode.GONE),))
# a decision that was carried out lives on in the link alone
_GONE = (
    f"state = 'gone', problem = '{_PROBLEM}', missed_ms = NULL,"
    " decision = CASE WHEN state = 'linked' OR state = 'created' THEN '' ELSE decision END"
)


class Reading(msgspec.Struct, frozen=True):
    """A reading under way. ``next_page`` is the one that is due."""

    began_ms: int
    is_whole: bool
    next_page: int
    moved: bool = False
    """Items came or went on the way: others moved to pages that had been read by then."""


class ReadingRow(msgspec.Struct, frozen=True):
    """Where the reading of a shop stands."""

    under_way: Reading | None = None
    whole_began_ms: int | None = None
    last_began_ms: int | None = None


def load(connection: sqlite3.Connection, shop: str) -> ReadingRow:
    """Where it stands; nothing was ever read where there is no row."""
    row = connection.execute(
        "SELECT began_ms, is_whole, next_page, moved, whole_began_ms, last_began_ms"
        " FROM catalogue_reads WHERE shop = ?",
        (shop,),
    ).fetchone()
    if row is None:
        return ReadingRow()
    under_way = None
    if row[0] is not None:
        under_way = Reading(row[0], bool(row[1]), row[2], bool(row[3]))
    return ReadingRow(under_way, row[4], row[5])


def begin(connection: sqlite3.Connection, shop: str, now_ms: int, *, is_whole: bool) -> None:
    """A reading begins at its first page, in place of one that was under way."""
    connection.execute(
        "INSERT INTO catalogue_reads (shop, began_ms, is_whole, next_page) VALUES (?, ?, ?, 1)"
        " ON CONFLICT DO UPDATE SET began_ms = excluded.began_ms, is_whole = excluded.is_whole,"
        " next_page = 1, total = NULL, moved = 0",
        (shop, now_ms, is_whole),
    )


def begin_again(connection: sqlite3.Connection, shop: str) -> None:
    """The reading under way goes through all pages once more."""
    connection.execute(
        "UPDATE catalogue_reads SET next_page = 1, total = NULL, moved = 0 WHERE shop = ?", (shop,)
    )


def turn_page(connection: sqlite3.Connection, shop: str, next_page: int, total: int) -> None:
    """The pages before this one are stored; the last one said that there are ``total`` items."""
    connection.execute(
        "UPDATE catalogue_reads SET next_page = ?1, total = ?2,"
        " moved = moved = 1 OR ifnull(total, ?2) <> ?2 WHERE shop = ?3 AND began_ms IS NOT NULL",
        (next_page, total, shop),
    )


def end(connection: sqlite3.Connection, shop: str) -> None:
    """The reading under way went through to its end."""
    connection.execute(
        "UPDATE catalogue_reads SET last_began_ms = began_ms,"
        " whole_began_ms = CASE is_whole WHEN 1 THEN began_ms ELSE whole_began_ms END,"
        " began_ms = NULL WHERE shop = ? AND began_ms IS NOT NULL",
        (shop,),
    )


def unseen(connection: sqlite3.Connection, shop: str, began_ms: int) -> list[str]:
    """Items of the listing that a whole reading has not shown."""
    rows = connection.execute(
        "SELECT external_id FROM listing WHERE shop = ? AND read_ms < ? AND state <> 'gone'"
        " ORDER BY external_id",
        (shop, began_ms),
    ).fetchall()
    return [row[0] for row in rows]


def seen(connection: sqlite3.Connection, shop: str, began_ms: int) -> set[str]:
    """Items of the listing that were shown since then."""
    rows = connection.execute(
        "SELECT external_id FROM listing WHERE shop = ? AND read_ms >= ? AND state <> 'gone'",
        (shop, began_ms),
    )
    return {external_id for (external_id,) in rows}


def mark_gone(connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]) -> int:
    """Note that the shop has these items no more; answers how many are gone now."""
    cursor = connection.execute(
        f"UPDATE listing SET {_GONE}"
        " WHERE shop = ? AND state <> 'gone'"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    )
    return cursor.rowcount


def mark_missed(connection: sqlite3.Connection, shop: str, began_ms: int) -> int:
    """Note what a whole reading missed that is too much to look at item by item.

    Gone is what the whole reading before missed too. Answers how many are gone now.
    """
    cursor = connection.execute(
        f"UPDATE listing SET {_GONE}"
        " WHERE shop = ?1 AND read_ms < ?2 AND missed_ms < ?2 AND state <> 'gone'",
        (shop, began_ms),
    )
    connection.execute(
        "UPDATE listing SET missed_ms = ?2 WHERE shop = ?1 AND read_ms < ?2 AND state <> 'gone'",
        (shop, began_ms),
    )
    return cursor.rowcount
