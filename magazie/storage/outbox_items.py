"""Statements of the GomagOutbox for stock and price: what a shop should have and what it has.

The rule of when a shop's value counts as known stands here, in ``_KNOWN``, and nowhere else.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

FIELDS = ("stock", "price")


class ItemRow(msgspec.Struct, frozen=True):
    """One field of one linked item: the truth here (``value``) beside what was acknowledged.

    ``value`` is None when there is nothing to tell; ``missing`` says why. ``is_pending`` is
    the comparison of both. ``by_person``: a person's own bulk action gave it this value, and the
    shop has acknowledged nothing since; ``consent_number`` counts those.
    """

    external_id: str
    field: str
    sku: str
    product_id: int
    generation: int
    touch: int
    value: int | None
    missing: str
    is_pending: bool
    listed_value: int | None
    same_sku: int
    last_kind: str
    on_hand_milli: int | None
    acked_value: int | None
    acked_ms: int | None
    sent_value: int | None
    sent_ms: int | None
    doubt: bool
    suspect_ms: int | None
    pending_since_ms: int | None
    attempts: int
    due_ms: int | None
    reason: str
    parked_value: int | None
    parked_generation: int | None
    alone: bool
    held: bool
    consent_value: int | None
    drift: int
    consent_number: int = 0
    by_person: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """(external id, field)."""
        return (self.external_id, self.field)

    def is_parked(self, now_ms: int) -> bool:
        """Whether the shop refused this very value and it is not time to try again."""
        return (
            self.due_ms is not None
            and self.due_ms > now_ms
            and self.parked_value == self.value
            and self.parked_generation == self.generation
        )


# A is known only while acknowledged under the present generation, by a send that came after
# the last order read that saw the shop change the item's stock by itself, and not in doubt.
_KNOWN = (
    "(o.acked_value IS NOT NULL AND o.acked_generation = t.generation"
    " AND o.acked_read >= t.touch AND o.doubt = 0 AND o.acked_value = t.value)"
)

_TOUCH_OF_PARTS = (
    "(SELECT max(pt.read_no) FROM bundle_parts AS bp JOIN stock_touches AS pt"
    " ON pt.product_id = bp.part_id AND pt.shop = l.shop WHERE bp.bundle_id = l.product_id)"
)


def _available(on_hand: str, product: str) -> str:
    return f"""max(0, {on_hand} - (
        SELECT ifnull(sum(c.reserved_milli), 0) FROM claims AS c INDEXED BY claims_live
        WHERE c.product_id = {product} AND c.warehouse = s.stock_warehouse
        AND c.ordered_milli > c.shipped_milli
    ))"""


def _of_parts(milli: str) -> str:
    """Whole bundles that so much of each part allows, as ``model.bundles.bundles_in``.

    NULL where the product has no known parts, or the stock of one of them is not known: a
    bundle is never endless for want of knowledge. It has no balance of its own. Quotients of
    what is not negative: any database rounds them down.
    """
    return f"""(SELECT CASE WHEN count(pb.on_hand_milli) = count(*)
        THEN min(max(0, {milli}) / bp.quantity_milli * 1000) END
        FROM bundle_parts AS bp LEFT JOIN balances AS pb
        ON pb.product_id = bp.part_id AND pb.warehouse = s.stock_warehouse
        WHERE bp.bundle_id = l.product_id)"""


_STOCK_TRUTH = f"""
SELECT l.external_id, l.sku, l.product_id, l.generation + s.stock_generation AS generation,
    max(ifnull(st.read_no, 0), ifnull({_TOUCH_OF_PARTS}, 0)) AS touch,
    CASE WHEN ifnull(sw.stock, 1) = 1
        THEN max(0, ifnull({_available("b.on_hand_milli", "l.product_id")},
            {_of_parts(_available("pb.on_hand_milli", "bp.part_id"))}) - s.stock_buffer_milli)
        END AS value,
    CASE WHEN s.stock_warehouse IS NULL THEN 'no_warehouse'
        WHEN ifnull(sw.stock, 1) = 0 THEN 'excluded'
        WHEN b.on_hand_milli IS NULL AND {_of_parts("pb.on_hand_milli")} IS NULL
        THEN CASE WHEN (SELECT is_bundle FROM products AS p WHERE p.id = l.product_id) = 1
            THEN 'bundle_unknown' ELSE 'no_stock_known' END
        ELSE '' END AS missing,
    ifnull(b.on_hand_milli, {_of_parts("pb.on_hand_milli")}) AS on_hand_milli,
    s.stock_warehouse AS warehouse
FROM links AS l JOIN shops AS s ON s.name = l.shop
LEFT JOIN balances AS b ON b.product_id = l.product_id AND b.warehouse = s.stock_warehouse
LEFT JOIN sync_switches AS sw ON sw.product_id = l.product_id AND sw.shop = l.shop
LEFT JOIN stock_touches AS st ON st.product_id = l.product_id AND st.shop = l.shop
WHERE l.shop = :shop AND l.state = 'linked'
"""

_PRICE_TRUTH = """
SELECT l.external_id, l.sku, l.product_id, l.generation + s.price_generation AS generation,
    0 AS touch,
    CASE WHEN ifnull(sw.price, 1) = 1 THEN p.price_e4 END AS value,
    CASE WHEN s.price_warehouse IS NULL THEN 'no_warehouse'
        WHEN ifnull(sw.price, 1) = 0 THEN 'excluded'
        WHEN p.price_e4 IS NULL THEN 'no_price' ELSE '' END AS missing,
    NULL AS on_hand_milli, s.price_warehouse AS warehouse
FROM links AS l JOIN shops AS s ON s.name = l.shop
LEFT JOIN prices AS p ON p.product_id = l.product_id AND p.warehouse = s.price_warehouse
LEFT JOIN sync_switches AS sw ON sw.product_id = l.product_id AND sw.shop = l.shop
WHERE l.shop = :shop AND l.state = 'linked'
"""

_TRUTHS = {
    "stock": (_STOCK_TRUTH, "stock_milli"),
    "price": (_PRICE_TRUTH, "base_price_e4"),
}


_IS_OPEN = "(o.doubt = 1 OR o.due_ms IS NOT NULL OR o.pending_since_ms IS NOT NULL)"
_IS_LINKED = (
    "EXISTS (SELECT 1 FROM links AS l WHERE l.shop = o.shop"
    " AND l.external_id = o.external_id AND l.state = 'linked')"
)

_FLAGS = (8, 17, 25, 26, 30)
"""Where in a row SQLite's 0 and 1 mean no and yes."""


def truth_of(field: str) -> str:
    """The query for what one shop should know of a field, of each linked item: ``:shop``.

    A further condition may be added behind it; ``l`` is the item's link.
    """
    return _TRUTHS[field][0]


def _select(field: str, narrowed: str, kept: str) -> str:
    truth, listed = _TRUTHS[field]
    return f"""
    WITH t AS MATERIALIZED ({truth}{narrowed})
    SELECT t.external_id, '{field}', t.sku, t.product_id, t.generation, t.touch, t.value,
        t.missing, t.value IS NOT NULL AND NOT ifnull({_KNOWN}, 0) AS is_pending,
        g.{listed},
        (SELECT count(*) FROM links AS k INDEXED BY links_sku WHERE k.shop = :shop AND k.sku = t.sku
            AND k.state = 'linked' AND k.external_id <> t.external_id)
        + (SELECT count(*) FROM listing AS k INDEXED BY listing_sku
            WHERE k.shop = :shop AND k.sku = t.sku AND k.state <> 'gone'
            AND k.external_id <> t.external_id),
        CASE WHEN t.value = 0 AND '{field}' = 'stock' THEN ifnull((SELECT kind FROM ledger
            WHERE product_id = t.product_id AND warehouse = t.warehouse
            ORDER BY seq DESC LIMIT 1), '') ELSE '' END,
        t.on_hand_milli,
        o.acked_value, o.acked_ms, o.sent_value, o.sent_ms, ifnull(o.doubt, 0), o.suspect_ms,
        o.pending_since_ms, ifnull(o.attempts, 0), o.due_ms, ifnull(o.reason, ''),
        o.parked_value, o.parked_generation, ifnull(o.alone, 0), ifnull(o.held, 0),
        o.consent_value, ifnull(o.drift, 0), ifnull(k.number, 0),
        ifnull(k.value = t.value AND k.generation = t.generation
            AND k.number > ifnull(o.acked_consent, 0), 0)
    FROM t
    LEFT JOIN outbox_items AS o
        ON o.shop = :shop AND o.external_id = t.external_id AND o.field = '{field}'
    LEFT JOIN listing AS g ON g.shop = :shop AND g.external_id = t.external_id
    LEFT JOIN send_consents AS k
        ON k.shop = :shop AND k.external_id = t.external_id AND k.field = '{field}'
    WHERE {kept}
    """


_PENDING_OR_OPEN = f"(t.value IS NOT NULL AND NOT ifnull({_KNOWN}, 0)) OR {_IS_OPEN}"


def pending_or_open(connection: sqlite3.Connection, shop: str) -> list[ItemRow]:
    """Every field of the shop that is pending or has something open: one query after a start."""
    return [
        row
        for field in FIELDS
        for row in _rows(connection, _select(field, "", _PENDING_OR_OPEN), {"shop": shop})
    ]


def for_products(
    connection: sqlite3.Connection, shop: str, product_ids: Iterable[int]
) -> list[ItemRow]:
    """Every field of the shop's items of these products, pending or not."""
    return _narrowed(
        connection,
        shop,
        " AND l.product_id IN (SELECT value FROM json_each(:wanted))",
        list(product_ids),
    )


def for_items(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]
) -> list[ItemRow]:
    """Every field of these items of the shop, pending or not."""
    return _narrowed(
        connection,
        shop,
        " AND l.external_id IN (SELECT value FROM json_each(:wanted))",
        list(external_ids),
    )


def _narrowed(
    connection: sqlite3.Connection, shop: str, narrowed: str, wanted: Sequence[int] | Sequence[str]
) -> list[ItemRow]:
    arguments: dict[str, object] = {"shop": shop, "wanted": json.dumps(wanted)}
    return [
        row
        for field in FIELDS
        for row in _rows(connection, _select(field, narrowed, "true"), arguments)
    ]


def _rows(
    connection: sqlite3.Connection, query: str, arguments: dict[str, object]
) -> list[ItemRow]:
    found = []
    for row in connection.execute(query, arguments).fetchall():
        values = list(row)
        for column in _FLAGS:
            values[column] = bool(values[column])
        found.append(ItemRow(*values))
    return found


def open_linked_items(connection: sqlite3.Connection, shop: str) -> list[str]:
    """Linked items with anything open. What is no longer linked is told nothing."""
    rows = connection.execute(
        "SELECT DISTINCT o.external_id FROM outbox_items AS o INDEXED BY outbox_items_open"
        f" WHERE o.shop = ? AND {_IS_OPEN} AND {_IS_LINKED}",
        (shop,),
    ).fetchall()
    return [row[0] for row in rows]


def has_due(connection: sqlite3.Connection, shop: str, now_ms: int) -> bool:
    """Whether anything is open that could go now: linked, not parked, not held."""
    row = connection.execute(
        "SELECT 1 FROM outbox_items AS o INDEXED BY outbox_items_open"
        f" WHERE o.shop = ? AND {_IS_OPEN} AND {_IS_LINKED}"
        " AND o.held = 0 AND (o.due_ms IS NULL OR o.due_ms <= ?) LIMIT 1",
        (shop, now_ms),
    ).fetchone()
    return row is not None


def owed_products(connection: sqlite3.Connection) -> set[int]:
    """Products of orders whose claims are not set yet: their availability is about to fall.

    So is that of a bundle's parts, and that of every bundle that holds one of them.
    """
    rows = connection.execute(
        "WITH owed AS MATERIALIZED (SELECT o.id FROM orders AS o INDEXED BY orders_owing"
        " WHERE o.claims_set < o.claims_wanted), goods AS MATERIALIZED ("
        " SELECT l.product_id AS id FROM owed CROSS JOIN order_lines AS l ON l.order_id = owed.id"
        " WHERE l.product_id IS NOT NULL UNION SELECT p.part_id FROM owed"
        " CROSS JOIN order_line_parts AS p ON p.order_id = owed.id)"
        " SELECT id FROM goods UNION SELECT b.bundle_id FROM goods"
        " CROSS JOIN bundle_parts AS b ON b.part_id = goods.id"
    ).fetchall()
    return {row[0] for row in rows}


def unclear_items(connection: sqlite3.Connection, shop: str) -> set[str]:
    """Items whose stock is not to be told, as orders that nobody can read yet name their goods.

    In whichever shop such an order was placed: what it holds is missing everywhere. A bundle
    holds its parts, and what holds one of those allows less too.
    """
    rows = connection.execute(
        "WITH named AS MATERIALIZED (SELECT u.shop, j.value AS item"
        " FROM untaken_orders AS u, json_each(u.item_ids) AS j"
        " WHERE u.reason = 'undecodable' AND u.dismissed_by = ''),"
        " sold AS MATERIALIZED (SELECT l.product_id AS id FROM named JOIN links AS l"
        " ON l.shop = named.shop AND l.external_id = named.item AND l.state <> 'untied'),"
        " goods AS MATERIALIZED (SELECT id FROM sold UNION SELECT b.part_id FROM sold"
        " JOIN bundle_parts AS b ON b.bundle_id = sold.id),"
        " unclear AS MATERIALIZED (SELECT id FROM goods UNION SELECT b.bundle_id FROM goods"
        " JOIN bundle_parts AS b ON b.part_id = goods.id)"
        " SELECT item FROM named WHERE shop = ?1 UNION SELECT l.external_id FROM unclear"
        " CROSS JOIN links AS l INDEXED BY links_product ON l.product_id = unclear.id"
        " WHERE l.shop = ?1 AND l.state = 'linked'",
        (shop,),
    ).fetchall()
    return {row[0] for row in rows}


def linked_among(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]
) -> set[str]:
    """Which of these items are linked."""
    rows = connection.execute(
        "SELECT external_id FROM links WHERE shop = ? AND state = 'linked'"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    ).fetchall()
    return {row[0] for row in rows}


def count_linked(connection: sqlite3.Connection, shop: str) -> int:
    """How many items of the shop are linked."""
    row = connection.execute(
        "SELECT count(*) FROM links WHERE shop = ? AND state = 'linked'", (shop,)
    ).fetchone()
    return int(row[0])


class ReadBackRow(msgspec.Struct, frozen=True):
    """What a read-back is compared with."""

    external_id: str
    field: str
    acked_value: int
    acked_ms: int
    suspect_ms: int | None
    drift: int
    drift_value: int | None
    drift_read: int | None


def comparable(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str], began_ms: int
) -> list[ReadBackRow]:
    """Rows of these items that are acknowledged, at rest, and older than the read."""
    rows = connection.execute(
        "SELECT external_id, field, acked_value, acked_ms, suspect_ms, drift, drift_value,"
        " drift_read FROM outbox_items WHERE shop = ?"
        " AND external_id IN (SELECT value FROM json_each(?)) AND acked_value IS NOT NULL"
        " AND doubt = 0 AND pending_since_ms IS NULL AND due_ms IS NULL AND acked_ms < ?",
        (shop, json.dumps(list(external_ids)), began_ms),
    ).fetchall()
    return [ReadBackRow(*row) for row in rows]


def suspects_due(connection: sqlite3.Connection, shop: str, now_ms: int) -> list[str]:
    """Items at rest to be read back now, because a late write may have landed on them."""
    rows = connection.execute(
        "SELECT DISTINCT external_id FROM outbox_items INDEXED BY outbox_items_suspect"
        " WHERE shop = ? AND suspect_ms <= ?"
        " AND doubt = 0 AND pending_since_ms IS NULL AND due_ms IS NULL",
        (shop, now_ms),
    ).fetchall()
    return [row[0] for row in rows]
