"""Statements of the OrderFeed: reads of a shop's orders, and orders seen and not taken."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from magazie.model.orders import Fulfilment
from magazie.model.shop_statuses import Status
from magazie.ports import ShopOrder, ShopStatus, UndecodableOrder
from magazie.storage.stock import StaleRevisionError


class FeedRow(msgspec.Struct, frozen=True):
    """Where the reading of one shop stands."""

    read_no: int = 0
    complete_read_no: int = 0
    complete_at_ms: int | None = None
    last_hint_ms: int | None = None
    revision: int = 0


class KnownOrder(msgspec.Struct, frozen=True):
    """What is stored of an order that a page shows."""

    digest: bytes
    fulfilment: Fulfilment
    cancelled_by: str


def load(connection: sqlite3.Connection, shop: str) -> FeedRow:
    """The shop's row; a shop never read has revision 0."""
    row = connection.execute(
        "SELECT read_no, complete_read_no, complete_at_ms, last_hint_ms, revision"
        " FROM order_feeds WHERE shop = ?",
        (shop,),
    ).fetchone()
    return FeedRow(*row) if row is not None else FeedRow()


def save(connection: sqlite3.Connection, shop: str, row: FeedRow) -> None:
    """Store the row; ``row.revision`` is the one it is to have.

    Raises:
        StaleRevisionError: another activation wrote since.

    """
    cursor = connection.execute(
        "INSERT INTO order_feeds VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT DO UPDATE SET read_no = excluded.read_no,"
        " complete_read_no = excluded.complete_read_no,"
        " complete_at_ms = excluded.complete_at_ms, last_hint_ms = excluded.last_hint_ms,"
        " revision = excluded.revision WHERE revision = excluded.revision - 1",
        (
            shop,
            row.read_no,
            row.complete_read_no,
            row.complete_at_ms,
            row.last_hint_ms,
            row.revision,
        ),
    )
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"order feed of {shop} at revision {row.revision - 1}")


def known_orders(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]
) -> dict[str, KnownOrder]:
    """Which of these are in the books, with what was last stored of them."""
    rows = connection.execute(
        "SELECT external_id, digest, fulfilment, cancelled_by FROM orders"
        " WHERE origin = 'shop' AND source = ?"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    ).fetchall()
    return {row[0]: KnownOrder(row[1], Fulfilment(row[2]), row[3]) for row in rows}


def known_untaken(
    connection: sqlite3.Connection, shop: str, external_ids: Iterable[str]
) -> dict[str, tuple[str, bytes]]:
    """Which of these were seen and not taken: external id → (reason, digest)."""
    rows = connection.execute(
        "SELECT external_id, reason, digest FROM untaken_orders WHERE shop = ?"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def list_untaken(connection: sqlite3.Connection, shop: str, order: ShopOrder, now_ms: int) -> None:
    """Keep an order that was placed before the shop's orders are taken, for a person."""
    connection.execute(
        "INSERT INTO untaken_orders (shop, external_id, reason, number, placed_at_ms,"
        " total_bani, status, item_ids, digest, payload, seen_ms)"
        " VALUES (?, ?, 'before_start', ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET reason = excluded.reason, number = excluded.number,"
        " placed_at_ms = excluded.placed_at_ms, total_bani = excluded.total_bani,"
        " status = excluded.status, problem = '', item_ids = excluded.item_ids,"
        " digest = excluded.digest,"
        " payload = excluded.payload, seen_ms = excluded.seen_ms",
        (
            shop,
            order.external_id,
            order.number,
            order.placed_at_ms,
            order.total_bani,
            order.status,
            json.dumps(sorted({line.item_id for line in order.lines if line.item_id})),
            order.digest,
            order.raw,
            now_ms,
        ),
    )


def list_undecodable(
    connection: sqlite3.Connection,
    shop: str,
    external_id: str,
    order: UndecodableOrder,
    digest: bytes,
    now_ms: int,
) -> bool:
    """Keep an order that could not be understood, raw, with the items it names.

    ``digest`` tells its shapes apart. Answers whether it waits for a person, which it does not
    where one has dismissed it in this very shape.
    """
    rows = connection.execute(
        "INSERT INTO untaken_orders (shop, external_id, reason, problem, item_ids, digest,"
        " payload, seen_ms) VALUES (?, ?, 'undecodable', ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET reason = excluded.reason, problem = excluded.problem,"
        " item_ids = excluded.item_ids, digest = excluded.digest, payload = excluded.payload,"
        " seen_ms = excluded.seen_ms,"
        " dismissed_by = CASE WHEN digest = excluded.digest THEN dismissed_by ELSE '' END"
        " RETURNING dismissed_by = ''",
        (
            shop,
            external_id,
            order.problem,
            json.dumps(order.item_ids),
            digest,
            order.raw,
            now_ms,
        ),
    ).fetchall()
    return bool(rows[0][0])


def untaken_items(
    connection: sqlite3.Connection, shop: str, external_ids: Sequence[str]
) -> set[str]:
    """The items that these orders named when they were last listed."""
    rows = connection.execute(
        "SELECT item_ids FROM untaken_orders WHERE shop = ?"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(list(external_ids))),
    ).fetchall()
    return {item for row in rows for item in json.loads(row[0])}


def dismiss(
    connection: sqlite3.Connection, shop: str, external_ids: Sequence[str], person: str
) -> list[str]:
    """Note that a person has seen to these orders; answers those that waited for it."""
    rows = connection.execute(
        "UPDATE untaken_orders SET dismissed_by = ?1 WHERE shop = ?2 AND reason = 'undecodable'"
        " AND dismissed_by = '' AND external_id IN (SELECT value FROM json_each(?3))"
        " RETURNING external_id",
        (person, shop, json.dumps(list(external_ids))),
    ).fetchall()
    return [row[0] for row in rows]


def drop_untaken(connection: sqlite3.Connection, shop: str, external_ids: Sequence[str]) -> None:
    """The orders are taken now."""
    connection.execute(
        "DELETE FROM untaken_orders WHERE shop = ?"
        " AND external_id IN (SELECT value FROM json_each(?))",
        (shop, json.dumps(external_ids)),
    )


def save_statuses(
    connection: sqlite3.Connection, shop: str, statuses: Iterable[ShopStatus]
) -> None:
    """Store the shop's own list of statuses in place of the last one."""
    connection.execute("DELETE FROM shop_statuses WHERE shop = ?", (shop,))
    connection.executemany(
        "INSERT INTO shop_statuses VALUES (?, ?, ?, ?)",
        [(shop, status.id, status.name, status.type) for status in statuses],
    )


def load_statuses(connection: sqlite3.Connection, shop: str) -> list[Status]:
    """The shop's own list of statuses, as last read."""
    rows = connection.execute(
        "SELECT id, name, type FROM shop_statuses WHERE shop = ?", (shop,)
    ).fetchall()
    return [Status(*row) for row in rows]


def open_orders_placed(
    connection: sqlite3.Connection, shop: str, from_ms: int, to_ms: int
) -> dict[int, tuple[str, str]]:
    """Open orders of the shop placed in a time span: id → (external id, number)."""
    rows = connection.execute(
        "SELECT id, external_id, number FROM orders INDEXED BY orders_open"
        " WHERE fulfilment <> 'shipped' AND fulfilment <> 'cancelled'"
        " AND source = ? AND placed_at_ms BETWEEN ? AND ? AND origin = 'shop'",
        (shop, from_ms, to_ms),
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def count_missing(connection: sqlite3.Connection, shop: str, order_ids: Iterable[int]) -> list[int]:
    """Count one more full window without these; answers those missing from two or more."""
    wanted = json.dumps(list(order_ids))
    connection.execute(
        "INSERT INTO missing_orders SELECT ?, value, 1 FROM json_each(?) WHERE true"
        " ON CONFLICT DO UPDATE SET windows = windows + 1",
        (shop, wanted),
    )
    rows = connection.execute(
        "SELECT order_id FROM missing_orders WHERE shop = ? AND windows >= 2", (shop,)
    ).fetchall()
    return [row[0] for row in rows]


def missing_orders(connection: sqlite3.Connection, shop: str) -> dict[int, str]:
    """Orders counted as missing so far and still open: id → external id, '' where closed."""
    rows = connection.execute(
        "SELECT o.id, CASE WHEN o.fulfilment = 'shipped' OR o.fulfilment = 'cancelled' THEN ''"
        " ELSE o.external_id END"
        " FROM missing_orders AS m JOIN orders AS o ON o.id = m.order_id WHERE m.shop = ?",
        (shop,),
    ).fetchall()
    return dict(rows)


def forget_missing(connection: sqlite3.Connection, shop: str, order_ids: Iterable[int]) -> None:
    """These are there again, or need not be."""
    connection.executemany(
        "DELETE FROM missing_orders WHERE shop = ? AND order_id = ?",
        [(shop, order_id) for order_id in order_ids],
    )
