"""What shops were told: acknowledgements that could be, and what is still to be told."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from magazie.storage.books.findings import Finding, Owed, Proof, owed, proof
from magazie.storage.books.words import written_e4, written_milli
from magazie.storage.outbox_items import ItemRow, pending_or_open
from magazie.storage.outbox_statuses import IS_PICKED, PICKED_SUBJECT, TOLD_FOR_MS
from magazie.storage.product_index import shop_names

_ITEM: Final = "'item:' || o.shop || '/' || o.external_id || '/' || o.field"
_MILESTONE: Final = "'order:' || s.order_id || '/' || s.subject"


def _values_to_tell(connection: sqlite3.Connection) -> Iterator[Finding]:
    for shop in shop_names(connection):
        for row in pending_or_open(connection, shop):
            if row.is_pending:
                yield Owed("owed_value", f"item:{shop}/{row.external_id}/{row.field}", _told(row))


def _told(row: ItemRow) -> str:
    written = written_milli if row.field == "stock" else written_e4
    acked = "nothing" if row.acked_value is None else written(row.acked_value)
    states = [
        word
        for word, is_so in (("in doubt", row.doubt), ("held", row.held), (row.reason, row.reason))
        if is_so
    ]
    text = f"{row.sku} is {written(row.value)} here, the shop acknowledged {acked}"
    return f"{text} ({'; '.join(states)})" if states else text


PROOFS = (
    proof(
        "outbox_unlinked",
        f"""
        SELECT {_ITEM}, 'was told of and was never tied to a product'
        FROM outbox_items AS o WHERE NOT EXISTS (SELECT 1 FROM links AS l
            WHERE l.shop = o.shop AND l.external_id = o.external_id)
        """,
    ),
    proof(
        "outbox_generation",
        f"""
        SELECT {_ITEM}, 'acknowledged under generation ' || ifnull(o.acked_generation, 'none')
            || ', sent under ' || ifnull(o.sent_generation, 'none') || ', parked under '
            || ifnull(o.parked_generation, 'none') || '; the present one is ' || o.present
        FROM (SELECT i.*, l.generation + CASE i.field WHEN 'stock' THEN s.stock_generation
                ELSE s.price_generation END AS present
            FROM outbox_items AS i JOIN shops AS s ON s.name = i.shop
            JOIN links AS l ON l.shop = i.shop AND l.external_id = i.external_id) AS o
        WHERE max(ifnull(o.acked_generation, 1), ifnull(o.sent_generation, 1),
            ifnull(o.parked_generation, 1)) > o.present
            OR min(ifnull(o.acked_generation, 1), ifnull(o.sent_generation, 1),
                ifnull(o.parked_generation, 1)) < 1
        """,
    ),
    proof(
        "consent",
        """
        SELECT 'item:' || k.shop || '/' || k.external_id || '/' || k.field,
            'was consented to under generation ' || k.generation || ', the present one is '
            || ifnull(l.generation + CASE k.field WHEN 'stock' THEN s.stock_generation
                ELSE s.price_generation END, 'none')
        FROM send_consents AS k LEFT JOIN shops AS s ON s.name = k.shop
        LEFT JOIN links AS l ON l.shop = k.shop AND l.external_id = k.external_id
        WHERE k.generation > ifnull(l.generation + CASE k.field WHEN 'stock'
            THEN s.stock_generation ELSE s.price_generation END, 0)
        """,
    ),
    proof(
        "outbox_consent",
        f"""
        SELECT {_ITEM}, 'acknowledged after consent ' || o.acked_consent || ', sent after '
            || o.sent_consent || '; the newest is ' || ifnull(k.number, 0)
        FROM outbox_items AS o LEFT JOIN send_consents AS k
        ON k.shop = o.shop AND k.external_id = o.external_id AND k.field = o.field
        WHERE o.acked_consent < 0 OR o.acked_consent > o.sent_consent
            OR o.sent_consent > ifnull(k.number, 0)
        """,
    ),
    # -1 marks a send whose order read was too old to be believed
    proof(
        "outbox_read",
        f"""
        SELECT {_ITEM}, 'acknowledged after read ' || ifnull(o.acked_read, 'none')
            || ', sent after ' || ifnull(o.sent_read, 'none') || ', compared after '
            || ifnull(o.drift_read, 'none') || '; the newest is ' || ifnull(f.read_no, 0)
        FROM outbox_items AS o LEFT JOIN order_feeds AS f ON f.shop = o.shop
        WHERE ifnull(o.acked_read, 0) NOT BETWEEN -1 AND ifnull(f.read_no, 0)
            OR ifnull(o.sent_read, 0) NOT BETWEEN -1 AND ifnull(f.read_no, 0)
            OR ifnull(o.drift_read, 0) NOT BETWEEN 0 AND ifnull(f.read_no, 0)
        """,
    ),
    proof(
        "outbox_doubt",
        f"""
        SELECT {_ITEM}, 'is in doubt and it is not known what was sent'
        FROM outbox_items AS o WHERE o.doubt = 1 AND (o.sent_value IS NULL
            OR o.sent_generation IS NULL OR o.sent_read IS NULL OR o.sent_ms IS NULL)
        """,
    ),
    proof(
        "outbox_acknowledged",
        f"""
        SELECT {_ITEM}, 'is acknowledged and it is not known how'
        FROM outbox_items AS o WHERE o.acked_value IS NOT NULL AND (o.acked_value < 0
            OR o.acked_generation IS NULL OR o.acked_read IS NULL OR o.acked_ms IS NULL)
        """,
    ),
    proof(
        "outbox_suspect",
        f"""
        SELECT {_ITEM}, 'is to be read back and was not acknowledged'
        FROM outbox_items AS o WHERE o.suspect_ms IS NOT NULL AND o.acked_value IS NULL
        """,
    ),
    Proof("owed_value", _values_to_tell),
    proof(
        "status_order",
        f"""
        SELECT {_MILESTONE}, 'is told to ' || s.shop || ', the order is from ' || o.source
        FROM outbox_statuses AS s JOIN orders AS o ON o.id = s.order_id
        WHERE o.origin <> 'shop' OR o.source <> s.shop
        """,
    ),
    proof(
        "status_doubt",
        f"""
        SELECT {_MILESTONE}, 'is in doubt and it is not known what was written'
        FROM outbox_statuses AS s
        WHERE s.state = 'doubt' AND (s.status_id = '' OR s.written_read IS NULL)
        """,
    ),
    proof(
        "status_read",
        f"""
        SELECT {_MILESTONE}, 'was written after read ' || s.written_read || ', the newest is '
            || ifnull(f.read_no, 0)
        FROM outbox_statuses AS s LEFT JOIN order_feeds AS f ON f.shop = s.shop
        WHERE s.written_read NOT BETWEEN 0 AND ifnull(f.read_no, 0)
        """,
    ),
    owed(
        "owed_status",
        f"""
        SELECT {_MILESTONE}, 'order ' || o.number || ' is ' || s.subject || ', ' || s.shop
            || CASE s.state WHEN 'doubt' THEN ' may not know it'
                ELSE ' is not told yet' END || CASE s.reason WHEN '' THEN ''
                ELSE ' (' || s.reason || ')' END
        FROM outbox_statuses AS s INDEXED BY outbox_statuses_open JOIN orders AS o
        ON o.id = s.order_id WHERE s.state = 'due' OR s.state = 'doubt'
        """,
    ),
    # the shop's last complete read tells the age of its orders: old ones are not told of
    owed(
        "owed_status",
        f"""
        SELECT 'order:' || m.id || '/' || m.subject, 'order ' || m.number || ' is ' || m.subject
            || ', which is not noted for ' || m.source
        FROM (SELECT o.id, o.number, o.source, o.taken_at_ms, CASE
                WHEN (o.fulfilment = 'open' OR o.fulfilment = 'picking')
                    AND o.claims_set >= o.claims_wanted THEN 'taken'
                WHEN {IS_PICKED} THEN {PICKED_SUBJECT}
                WHEN o.fulfilment = 'cancelled' AND o.cancelled_by = 'office' THEN 'cancelled'
                END AS subject
            FROM orders AS o WHERE o.origin = 'shop') AS m
        LEFT JOIN order_feeds AS f ON f.shop = m.source
        WHERE m.subject IS NOT NULL AND m.taken_at_ms >= ifnull(f.complete_at_ms, 0) - {TOLD_FOR_MS}
            AND NOT EXISTS (SELECT 1 FROM outbox_statuses AS s WHERE s.shop = m.source
                AND s.order_id = m.id AND s.kind = 'status' AND s.subject = m.subject)
        """,
    ),
)
