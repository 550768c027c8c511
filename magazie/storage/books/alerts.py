"""Alerts that stand for facts: open exactly as long as the fact is there.

They are raised and cleared in the unit of the fact. One that a person has seen is still open; but
what lasts is settled by the person who closes its alert.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from magazie.storage.alerts import SETTLED_BY_A_PERSON
from magazie.storage.books.findings import Fault, Finding, Proof

_SHORT: Final = """
    SELECT 'order:' || order_id || '/product:' || product_id AS subject,
        milli(sum(max(0, ordered_milli - shipped_milli) - reserved_milli)) || ' missing' AS text
    FROM claims WHERE ordered_milli > shipped_milli GROUP BY product_id, warehouse, order_id
    HAVING sum(max(0, ordered_milli - shipped_milli) - reserved_milli) > 0
"""
_PARKED: Final = """
    SELECT DISTINCT 'order:' || l.order_id AS subject, NULL AS text
    FROM order_lines AS l INDEXED BY order_lines_unlinked JOIN orders AS o ON o.id = l.order_id
    WHERE l.product_id IS NULL AND l.kind = 'product' AND l.quantity_milli > 0
        AND o.fulfilment <> 'cancelled'
"""
_WITHOUT_SOURCE: Final = "SELECT name AS subject, NULL AS text FROM shops WHERE {0} IS NULL"
_FACTS: Final = {
    "shortage": _SHORT,
    "unlinked_line": _PARKED,
    "no_stock_source": _WITHOUT_SOURCE.format("stock_warehouse"),
    "no_price_source": _WITHOUT_SOURCE.format("price_warehouse"),
    "shop_stopped": "SELECT shop AS subject, NULL AS text FROM outbox_shops WHERE stopped <> ''",
    "undecodable_order": """
        SELECT shop || '/' || external_id AS subject, NULL AS text
        FROM untaken_orders WHERE reason = 'undecodable' AND dismissed_by = ''
    """,
    "order_vanished": """
        SELECT 'order:' || order_id AS subject, NULL AS text
        FROM missing_orders WHERE windows >= 2
    """,
    "import_conflict": """
        SELECT shop || '/' || external_id AS subject, conflict_text(problem) AS text
        FROM listing WHERE state = 'conflict'
    """,
    "sku_twice": """
        SELECT shop || '/' || sku AS subject, count(*) || ' linked items carry this SKU' AS text
        FROM links WHERE state = 'linked' AND sku <> '' GROUP BY shop, sku HAVING count(*) > 1
    """,
    "publish_refused": """
        SELECT DISTINCT shop || '/' || id_text(batch) AS subject, NULL AS text
        FROM publications WHERE state = 'refused'
    """,
    "movement_line_refused": """
        SELECT 'movement:' || movement_id || '/line:' || line AS subject, NULL AS text
        FROM movement_lines WHERE problem <> ''
    """,
    "reception_differs": """
        SELECT 'tally:' || t.id AS subject, NULL AS text FROM tallies AS t
        WHERE t.kind = 'reception' AND t.state = 'done' AND t.is_announced = 1
            AND EXISTS (SELECT 1 FROM tally_lines AS l WHERE l.tally_id = t.id
                AND ifnull(l.counted_milli, 0) <> ifnull(l.expected_milli, 0))
    """,
    "count_differs": """
        SELECT 'tally:' || t.id AS subject, NULL AS text FROM tallies AS t
        WHERE t.kind = 'count' AND t.state = 'done' AND EXISTS (
            SELECT 1 FROM tally_lines AS l WHERE l.tally_id = t.id AND ifnull(CASE l.is_astray
                WHEN 1 THEN l.counted_milli
                ELSE l.counted_milli - l.last_on_hand_milli + l.last_picked_milli END, 0) <> 0)
    """,
}


def _fact(kind: str, facts: str) -> Proof:
    """Every fact has its alert, which says what it should, and every open alert its fact."""
    if kind in SETTLED_BY_A_PERSON:
        facts = f"""
            SELECT lasting.subject, lasting.text FROM ({facts}) AS lasting
            WHERE NOT EXISTS (SELECT 1 FROM alerts AS s WHERE s.kind = '{kind}'
                AND s.subject = lasting.subject AND s.state = 'cleared' AND s.seen_by IS NOT NULL)
            """
    is_open = f"a.kind = '{kind}' AND a.state <> 'cleared'"
    told = f"({facts}) AS f LEFT JOIN alerts AS a ON a.subject = f.subject AND {is_open}"

    def find(connection: sqlite3.Connection) -> Iterator[Finding]:
        due, found, wrong = connection.execute(
            f"SELECT count(*), count(a.id), total(a.text <> f.text) FROM {told}"
        ).fetchone()
        if found < due or wrong:
            yield from _not_told(connection, kind, told)
        query = f"SELECT count(*) FROM alerts AS a WHERE {is_open}"
        if connection.execute(query).fetchone() != (found,):
            yield from _without_reason(connection, kind, facts)

    return Proof(f"alert {kind}", find)


def _not_told(connection: sqlite3.Connection, kind: str, told: str) -> Iterator[Finding]:
    query = f"""
        SELECT f.subject, f.text, a.text FROM {told} WHERE a.id IS NULL OR a.text <> f.text
        """
    for subject, due, says in connection.execute(query):
        if says is None:
            yield Fault("alert_missing", subject, f"no {kind} alert is open: {due or 'one is due'}")
        else:
            yield Fault("alert_text", subject, f"its {kind} alert says {says}, due is {due}")


def _without_reason(connection: sqlite3.Connection, kind: str, facts: str) -> Iterator[Finding]:
    query = f"""
        SELECT subject, text FROM alerts WHERE kind = '{kind}' AND state <> 'cleared'
            AND subject NOT IN (SELECT subject FROM ({facts}))
        """
    for subject, text in connection.execute(query):
        yield Fault("alert_stale", subject, f"its {kind} alert is open without a reason: {text}")


PROOFS = tuple(_fact(kind, facts) for kind, facts in _FACTS.items())
