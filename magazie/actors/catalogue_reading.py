"""How the reading of one shop's catalogue moves on: what the ShopCatalogue stores of it."""

import sqlite3
from typing import Final

from magazie.actors.catalogue_messages import BeginReading, EndReading, StoreTree
from magazie.storage import catalogue_reads as reads
from magazie.storage import shop_tree as tree
from magazie.storage.alerts import LONGEST_REASON, clear_alert, raise_alert
from magazie.storage.catalogue_reads import Reading

GOES_ON_FOR_MS: Final = 24 * 3600 * 1000
"""A reading broken off longer ago begins anew: what its first pages showed is old by then."""


def begin(connection: sqlite3.Connection, shop: str, message: BeginReading, now_ms: int) -> Reading:
    """The reading that was broken off, where that serves; else a new one."""
    known = reads.load(connection, shop).under_way
    if (
        known is not None
        and now_ms - known.began_ms < GOES_ON_FOR_MS
        and (known.is_whole or not message.is_whole)
    ):
        return known
    reads.begin(connection, shop, now_ms, is_whole=message.is_whole)
    return Reading(now_ms, message.is_whole, 1)


def store_tree(connection: sqlite3.Connection, shop: str, message: StoreTree) -> None:
    """Store what could be read of categories and attributes."""
    if message.categories is not None:
        tree.store_categories(connection, shop, message.categories)
    if message.attributes is not None:
        tree.store_attributes(connection, shop, message.attributes)


def unseen(connection: sqlite3.Connection, shop: str) -> tuple[str, ...]:
    """Items that the whole reading under way has not shown."""
    reading = reads.load(connection, shop).under_way
    if reading is None or not reading.is_whole:
        return ()
    return tuple(reads.unseen(connection, shop, reading.began_ms))


def read_again(connection: sqlite3.Connection, shop: str, *, is_needed: bool) -> bool:
    """Whether items moved between pages on the way; if so the pages are due once more."""
    reading = reads.load(connection, shop).under_way
    if reading is None or not (reading.moved or is_needed):
        return False
    reads.begin_again(connection, shop)
    return True


def end(connection: sqlite3.Connection, shop: str, message: EndReading, now_ms: int) -> int:
    """Every page was read; answers how many items are gone now."""
    reading = reads.load(connection, shop).under_way
    gone = 0
    if message.gone:
        gone = reads.mark_gone(connection, shop, message.gone)
    elif message.gone is None and reading is not None and reading.is_whole:
        gone = reads.mark_missed(connection, shop, reading.began_ms)
    reads.end(connection, shop)
    clear_alert(connection, "catalogue_unreadable", shop, now_ms)
    return gone


def tell_broken(connection: sqlite3.Connection, shop: str, reason: str, now_ms: int) -> None:
    """An alert, until a reading ends."""
    facts = {"shop": shop, "reason": reason[:LONGEST_REASON]}
    raise_alert(connection, "catalogue_unreadable", shop, facts, now_ms)
