"""Statements about which item of a shop is which, once its SKU or its being there changed.

An item is known by its id. Stock is sent by SKU alone, so two items of one SKU are dangerous.
"""

import sqlite3
from collections.abc import Mapping

import msgspec

from magazie.model.alert_texts import Facts
from magazie.storage.alerts import clear_alert, raise_alert


class IdentityChange(msgspec.Struct, frozen=True):
    """A link that no longer says what the listing does; ``sku`` is the shop's present one."""

    product_id: int
    external_id: str
    sku: str


def renamed(connection: sqlite3.Connection, shop: str) -> list[IdentityChange]:
    """Linked items that have another SKU now."""
    return _changes(
        connection,
        "k.state = 'linked' AND g.state <> 'gone' AND g.sku <> k.sku",
        shop,
    )


def returned(connection: sqlite3.Connection, shop: str) -> list[IdentityChange]:
    """Items back under their id, whose product has no other item in the shop meanwhile."""
    return _changes(
        connection,
        "k.state = 'gone' AND g.state <> 'gone' AND NOT EXISTS (SELECT 1 FROM links AS o"
        " WHERE o.product_id = k.product_id AND o.shop = k.shop AND o.state = 'linked')",
        shop,
    )


def vanished(connection: sqlite3.Connection, shop: str, limit: int) -> list[IdentityChange]:
    """Linked items that a whole reading did not show; to be looked for by id."""
    found = _changes(connection, "k.state = 'linked' AND ifnull(g.state, 'gone') = 'gone'", shop)
    return found[:limit]


def _changes(connection: sqlite3.Connection, condition: str, shop: str) -> list[IdentityChange]:
    rows = connection.execute(
        "SELECT k.product_id, k.external_id, ifnull(g.sku, k.sku)"
        " FROM links AS k LEFT JOIN listing AS g"
        " ON g.shop = k.shop AND g.external_id = k.external_id"
        f" WHERE k.shop = ? AND {condition} ORDER BY k.external_id",
        (shop,),
    ).fetchall()
    return [IdentityChange(*row) for row in rows]


def reused_skus(connection: sqlite3.Connection, shop: str) -> dict[str, Facts]:
    """Linked items whose SKU another item of the shop carries → what to say of it.

    Two linked items of one SKU have an alert of their own. Reads all links: not for a unit.
    """
    rows = connection.execute(
        "SELECT k.external_id, k.sku, group_concat(g.external_id, ', ') FROM links AS k"
        " JOIN listing AS g INDEXED BY listing_sku ON g.shop = k.shop AND g.sku = k.sku"
        " AND g.external_id <> k.external_id AND g.state <> 'gone'"
        " WHERE k.shop = ? AND k.state = 'linked' AND k.sku <> '' AND NOT EXISTS ("
        "SELECT 1 FROM links AS o WHERE o.shop = g.shop AND o.external_id = g.external_id"
        " AND o.state = 'linked') GROUP BY k.external_id, k.sku",
        (shop,),
    ).fetchall()
    return {
        external_id: {"sku": sku, "item": external_id, "others": others}
        for external_id, sku, others in rows
    }


def note_reused_skus(
    connection: sqlite3.Connection, shop: str, reused: Mapping[str, Facts], now_ms: int
) -> None:
    """Raise an alert for each of these, and clear those of items that are not among them."""
    subjects = {f"{shop}/{external_id}": facts for external_id, facts in reused.items()}
    for subject, facts in subjects.items():
        raise_alert(connection, "sku_reused", subject, facts, now_ms)
    for (subject,) in connection.execute(
        "SELECT subject FROM alerts WHERE kind = 'sku_reused' AND state <> 'cleared'"
        " AND substr(subject, 1, length(?1) + 1) = ?1 || '/'",
        (shop,),
    ).fetchall():
        if subject not in subjects:
            clear_alert(connection, "sku_reused", subject, now_ms)


def note_twice_linked(connection: sqlite3.Connection, shop: str, sku: str, now_ms: int) -> None:
    """Raise or clear the alert of a SKU that several linked items carry.

    Called in every unit that ties, renames or unties an item of this SKU.
    """
    if not sku:
        return
    (count,) = connection.execute(
        "SELECT count(*) FROM links INDEXED BY links_sku"
        " WHERE shop = ? AND sku = ? AND state = 'linked'",
        (shop, sku),
    ).fetchone()
    subject = f"{shop}/{sku}"
    if count > 1:
        raise_alert(connection, "sku_twice", subject, {"count": str(count)}, now_ms)
    else:
        clear_alert(connection, "sku_twice", subject, now_ms)


def settle_states(connection: sqlite3.Connection, shop: str, now_ms: int) -> None:
    """Items tied by other ways than an import, or gone from the shop, need nobody any more."""
    connection.execute(
        "UPDATE listing SET state = 'linked', problem = NULL WHERE shop = ?"
        " AND state = 'conflict' AND EXISTS (SELECT 1 FROM links AS k WHERE k.shop = listing.shop"
        " AND k.external_id = listing.external_id AND k.state = 'linked')",
        (shop,),
    )
    stale = connection.execute(
        "SELECT a.subject FROM alerts AS a WHERE a.kind = 'import_conflict'"
        " AND a.state <> 'cleared' AND substr(a.subject, 1, length(?1) + 1) = ?1 || '/'"
        " AND NOT EXISTS (SELECT 1 FROM listing AS g WHERE g.shop = ?1"
        " AND g.external_id = substr(a.subject, length(?1) + 2) AND g.state = 'conflict')",
        (shop,),
    ).fetchall()
    for (subject,) in stale:
        clear_alert(connection, "import_conflict", subject, now_ms)
