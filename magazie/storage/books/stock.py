"""Goods: what is on hand is what the ledger says, and what is held is there."""

from typing import Final

from magazie.storage.books.findings import proof

_PLACE: Final = "'product:' || {0}.product_id || '/' || {0}.warehouse"
_HELD: Final = """
    SELECT product_id, warehouse, sum(reserved_milli) AS held_milli,
        sum(max(0, ordered_milli - shipped_milli) - reserved_milli) AS missing_milli
    FROM claims GROUP BY product_id, warehouse
"""

PROOFS = (
    proof(
        "balance",
        f"""
        SELECT {_PLACE.format("b")}, milli(b.on_hand_milli) || ' on hand, '
            || milli(e.sum_milli) || ' by the ledger'
        FROM balances AS b JOIN (SELECT product_id, warehouse, sum(delta_milli) AS sum_milli
            FROM ledger GROUP BY product_id, warehouse) AS e
        ON e.product_id = b.product_id AND e.warehouse = b.warehouse
        WHERE b.on_hand_milli <> e.sum_milli
        """,
    ),
    proof(
        "balance_without_ledger",
        f"""
        SELECT {_PLACE.format("b")}, milli(b.on_hand_milli) || ' on hand, nothing in the ledger'
        FROM balances AS b WHERE NOT EXISTS (SELECT 1 FROM ledger AS e
            WHERE e.product_id = b.product_id AND e.warehouse = b.warehouse)
        """,
    ),
    proof(
        "ledger_without_balance",
        f"""
        SELECT {_PLACE.format("e")}, 'is in the ledger and has no balance'
        FROM (SELECT DISTINCT product_id, warehouse FROM ledger) AS e
        WHERE NOT EXISTS (SELECT 1 FROM balances AS b
            WHERE b.product_id = e.product_id AND b.warehouse = e.warehouse)
        """,
    ),
    # the first break only: whatever follows it builds on it
    proof(
        "ledger_chain",
        f"""
        SELECT {_PLACE.format("e")}, 'entry ' || min(e.seq) || ' leaves ' || milli(e.on_hand_milli)
            || ', the one before it and its own change make ' || milli(e.due_milli)
        FROM (SELECT seq, product_id, warehouse, on_hand_milli, delta_milli
                + ifnull(lag(on_hand_milli) OVER (
                    PARTITION BY product_id, warehouse ORDER BY seq), 0) AS due_milli
            FROM ledger) AS e
        WHERE e.on_hand_milli <> e.due_milli GROUP BY e.product_id, e.warehouse
        """,
    ),
    proof(
        "ledger_twice",
        f"""
        SELECT {_PLACE.format("e")}, 'line ' || e.line || ' of ' || e.movement
            || ' is in the ledger ' || count(*) || ' times'
        FROM ledger AS e GROUP BY e.movement, e.line, e.product_id, e.warehouse, e.leg
        HAVING count(*) > 1
        """,
    ),
    proof(
        "ledger_leg",
        f"""
        SELECT {_PLACE.format("e")}, 'entry ' || e.seq || ' changes by ' || milli(e.delta_milli)
            || ' and is called ' || e.leg
        FROM ledger AS e
        WHERE e.leg <> CASE WHEN e.delta_milli >= 0 THEN 'in' ELSE 'out' END
        """,
    ),
    proof(
        "opening_late",
        f"""
        SELECT {_PLACE.format("e")}, 'entry ' || e.seq || ' opens a stock that was known before'
        FROM ledger AS e WHERE e.kind = 'opening' AND EXISTS (SELECT 1 FROM ledger AS f
            WHERE f.product_id = e.product_id AND f.warehouse = e.warehouse AND f.seq < e.seq)
        """,
    ),
    proof(
        "negative_stock",
        f"""
        SELECT {_PLACE.format("b")}, milli(b.on_hand_milli) || ' on hand'
        FROM balances AS b WHERE b.on_hand_milli < 0
        """,
    ),
    proof(
        "over_reserved",
        f"""
        SELECT {_PLACE.format("c")}, milli(c.held_milli) || ' reserved of '
            || milli(ifnull(b.on_hand_milli, 0)) || ' on hand'
        FROM ({_HELD}) AS c LEFT JOIN balances AS b
        ON b.product_id = c.product_id AND b.warehouse = c.warehouse
        WHERE c.held_milli > max(0, ifnull(b.on_hand_milli, 0))
        """,
    ),
    proof(
        "free_while_short",
        f"""
        SELECT {_PLACE.format("c")}, milli(b.on_hand_milli - c.held_milli) || ' free while '
            || milli(c.missing_milli) || ' are missing for orders'
        FROM ({_HELD}) AS c JOIN balances AS b
        ON b.product_id = c.product_id AND b.warehouse = c.warehouse
        WHERE b.on_hand_milli > c.held_milli AND c.missing_milli > 0
        """,
    ),
    # without its row a stock starts empty, whatever else is stored of it
    proof(
        "stock_unowned",
        """
        SELECT 'product:' || p.product_id, 'has stock or claims and no row that guards them'
        FROM (SELECT product_id FROM balances UNION SELECT product_id FROM claims
            UNION SELECT product_id FROM ledger UNION SELECT product_id FROM stock_touches) AS p
        WHERE NOT EXISTS (SELECT 1 FROM stocks AS s WHERE s.product_id = p.product_id)
        """,
    ),
)
