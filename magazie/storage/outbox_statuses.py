"""Statements of the GomagOutbox for milestones told to a shop, and for the shop's own row."""

import sqlite3

import msgspec

TOLD_FOR_MS = 30 * 24 * 3600 * 1000
"""An order taken longer ago is no longer told about."""


PICKED_SUBJECT = (
    "CASE WHEN EXISTS (SELECT 1 FROM order_lines AS l WHERE l.order_id = o.id"
    " AND l.kind = 'product' AND l.picked_milli < l.quantity_milli)"
    " THEN 'part_picked' ELSE 'picked' END"
)
"""The milestone of ``orders AS o`` that is picked: wholly, or without what was not found."""
IS_PICKED = (
    "o.fulfilment = 'picked' AND EXISTS (SELECT 1 FROM order_lines AS g"
    " WHERE g.order_id = o.id AND g.picked_milli > 0)"
)
"""Whether ``orders AS o`` reached that: one of which nothing was found did not."""


class StatusRow(msgspec.Struct, frozen=True):
    """One milestone of one order, beside what the shop last showed of it."""

    order_id: int
    subject: str
    state: str
    status_id: str
    base_status_id: str
    """The shop's status when it was first written; empty of one that is looked at once more."""
    written_read: int | None
    since_ms: int
    attempts: int
    due_ms: int | None
    """When it is tried again, or looked at once more; of another at rest, until when a write in
    doubt may still land."""
    reason: str
    external_id: str
    number: str
    taken_status_id: str
    shop_status_id: str
    shop_status: str
    read_no: int
    fulfilment: str
    cancelled_by: str

    @property
    def next_try_ms(self) -> int | None:
        """When the shop is asked or told again; None where nothing more is to be done."""
        is_look = self.state == "done" and not self.base_status_id
        return self.due_ms if is_look or self.state in {"due", "doubt"} else None


_ROW = (
    "SELECT s.order_id, s.subject, s.state, s.status_id, s.base_status_id, s.written_read,"
    " s.since_ms, s.attempts, s.due_ms, s.reason, o.external_id, o.number, o.taken_status_id,"
    " o.shop_status_id, o.shop_status, o.read_no, o.fulfilment, o.cancelled_by"
    " FROM outbox_statuses AS s {index} JOIN orders AS o ON o.id = s.order_id"
)


def note_due(connection: sqlite3.Connection, shop: str, now_ms: int, order_id: int) -> int:
    """Write down the milestones that an order reached and that are not yet noted.

    'taken' is due once the order's claims are set; 'picked' when its goods are gathered, and
    'part_picked' when only some of them could be; 'cancelled' when it was cancelled here.
    """
    arguments = {"shop": shop, "now": now_ms, "order": order_id}
    taken = connection.execute(
        "INSERT INTO outbox_statuses (shop, order_id, kind, subject, state, since_ms)"
        " SELECT :shop, o.id, 'status', 'taken', 'due', :now FROM orders AS o"
        " WHERE o.id = :order AND o.origin = 'shop' AND o.source = :shop"
        " AND o.claims_set >= o.claims_wanted"
        " AND (o.fulfilment = 'open' OR o.fulfilment = 'picking' OR o.fulfilment = 'picked')"
        " ON CONFLICT DO NOTHING",
        arguments,
    )
    picked = connection.execute(
        "INSERT INTO outbox_statuses (shop, order_id, kind, subject, state, since_ms)"
        f" SELECT :shop, o.id, 'status', {PICKED_SUBJECT}, 'due', :now FROM orders AS o"
        " WHERE o.id = :order AND o.origin = 'shop' AND o.source = :shop"
        f" AND {IS_PICKED} ON CONFLICT DO NOTHING",
        arguments,
    )
    cancelled = connection.execute(
        "INSERT INTO outbox_statuses (shop, order_id, kind, subject, state, since_ms)"
        " SELECT :shop, o.id, 'status', 'cancelled', 'due', :now FROM orders AS o"
        " WHERE o.id = :order AND o.origin = 'shop' AND o.source = :shop"
        " AND o.fulfilment = 'cancelled' AND o.cancelled_by = 'office'"
        " ON CONFLICT DO NOTHING",
        arguments,
    )
    return taken.rowcount + picked.rowcount + cancelled.rowcount


_UNNOTED = (
    "NOT EXISTS (SELECT 1 FROM outbox_statuses AS s WHERE s.shop = o.source"
    " AND s.order_id = o.id AND s.kind = 'status' AND s.subject = {0})"
)


def missed(connection: sqlite3.Connection, shop: str, now_ms: int) -> list[int]:
    """Recent orders with a milestone that is reached and not noted: news of them was lost."""
    taken, cancelled = _UNNOTED.format("'taken'"), _UNNOTED.format("'cancelled'")
    rows = connection.execute(
        "SELECT o.id FROM orders AS o WHERE o.origin = 'shop' AND o.source = ?"
        " AND o.taken_at_ms >= ? AND ("
        f" (o.claims_set >= o.claims_wanted AND {taken} AND (o.fulfilment = 'open'"
        " OR o.fulfilment = 'picking' OR o.fulfilment = 'picked'))"
        f" OR ({IS_PICKED} AND {_UNNOTED.format(PICKED_SUBJECT)})"
        f" OR (o.fulfilment = 'cancelled' AND o.cancelled_by = 'office' AND {cancelled}))"
        " ORDER BY o.id",
        (shop, now_ms - TOLD_FOR_MS),
    ).fetchall()
    return [row[0] for row in rows]


def open_statuses(connection: sqlite3.Connection, shop: str) -> list[StatusRow]:
    """Milestones due or in doubt, oldest first; an order is taken before it is picked."""
    rows = connection.execute(
        _ROW.format(index="INDEXED BY outbox_statuses_open")
        + " WHERE s.shop = ? AND (s.state = 'due' OR s.state = 'doubt')"
        " ORDER BY s.since_ms, s.order_id, s.subject <> 'taken'",
        (shop,),
    ).fetchall()
    return [StatusRow(*row) for row in rows]


def looks_due(connection: sqlite3.Connection, shop: str, now_ms: int) -> list[StatusRow]:
    """Milestones that the shop took and that are to be looked at once more by now."""
    rows = connection.execute(
        _ROW.format(index="INDEXED BY outbox_statuses_looks")
        + " WHERE s.shop = ? AND s.state = 'done' AND s.base_status_id = '' AND s.due_ms <= ?"
        " ORDER BY s.due_ms",
        (shop, now_ms),
    ).fetchall()
    return [StatusRow(*row) for row in rows]


def of_order(connection: sqlite3.Connection, shop: str, order_id: int) -> list[StatusRow]:
    """Every milestone noted of one order."""
    rows = connection.execute(
        _ROW.format(index="") + " WHERE s.shop = ? AND s.order_id = ? ORDER BY s.since_ms",
        (shop, order_id),
    ).fetchall()
    return [StatusRow(*row) for row in rows]


def save(
    connection: sqlite3.Connection,
    shop: str,
    row: StatusRow,
) -> None:
    """Store where one milestone stands."""
    connection.execute(
        "UPDATE outbox_statuses SET state = ?, status_id = ?, base_status_id = ?,"
        " written_read = ?, attempts = ?, due_ms = ?, reason = ?"
        " WHERE shop = ? AND order_id = ? AND kind = 'status' AND subject = ?",
        (
            row.state,
            row.status_id,
            row.base_status_id,
            row.written_read,
            row.attempts,
            row.due_ms,
            row.reason,
            shop,
            row.order_id,
            row.subject,
        ),
    )


class ShopRow(msgspec.Struct, frozen=True):
    """What is kept of a shop's sending as a whole."""

    last_sent_ms: int | None = None
    last_request: str = ""
    last_answer: str = ""
    stopped: str = ""


def load_shop(connection: sqlite3.Connection, shop: str) -> ShopRow:
    """The shop's row, or an empty one."""
    row = connection.execute(
        "SELECT last_sent_ms, last_request, last_answer, stopped FROM outbox_shops WHERE shop = ?",
        (shop,),
    ).fetchone()
    return ShopRow(*row) if row is not None else ShopRow()


def save_shop(connection: sqlite3.Connection, shop: str, row: ShopRow) -> None:
    """Store the shop's row."""
    connection.execute(
        "INSERT INTO outbox_shops (shop, last_sent_ms, last_request, last_answer, stopped)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_sent_ms = excluded.last_sent_ms,"
        " last_request = excluded.last_request, last_answer = excluded.last_answer,"
        " stopped = excluded.stopped",
        (shop, row.last_sent_ms, row.last_request, row.last_answer, row.stopped),
    )
