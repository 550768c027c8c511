"""Documents that move goods: a posted line is in the ledger once and whole, any other is not.

A line goes into the ledger before its document notes it, so a line still owed may be there.
"""

from typing import Final

from magazie.storage.books.findings import owed, proof

_LINE: Final = "'movement:' || l.movement_id || '/line:' || l.line"
_IS_OWED: Final = "(l.posted = 0 AND l.problem = '')"
_LEGS: Final = """
    (SELECT count(*) FROM ledger AS e WHERE e.movement = 'm:' || l.movement_id AND e.line = l.line)
"""
_DUE_LEGS: Final = "(CASE m.kind WHEN 'transfer' THEN 2 ELSE 1 END)"

PROOFS = (
    proof(
        "movement_legs",
        f"""
        SELECT {_LINE}, {_LEGS} || ' entries in the ledger, ' || CASE
            WHEN l.problem <> '' THEN 'though the line was refused'
            WHEN l.posted = 1 THEN {_DUE_LEGS} || ' are due for a posted line'
            ELSE 'a line is posted whole or not at all' END
        FROM movement_lines AS l JOIN movements AS m ON m.id = l.movement_id
        WHERE CASE WHEN l.problem <> '' THEN {_LEGS} <> 0
            WHEN l.posted = 1 THEN {_LEGS} <> {_DUE_LEGS}
            ELSE {_LEGS} NOT IN (0, {_DUE_LEGS}) END
        """,
    ),
    # every entry is what its document's line says: product, place, change, kind, reference
    proof(
        "ledger_document",
        """
        SELECT 'product:' || e.product_id || '/' || e.warehouse, 'entry ' || e.seq || ' (line '
            || e.line || ' of ' || e.movement || ') is not what its document says'
        FROM ledger AS e
        LEFT JOIN movements AS m ON m.id = CAST(substr(e.movement, 3) AS INTEGER)
        LEFT JOIN movement_lines AS l ON l.movement_id = m.id AND l.line = e.line
        WHERE l.line IS NULL OR e.movement <> 'm:' || m.id OR e.product_id <> l.product_id
            OR e.kind <> m.kind OR e.reference <> m.reference
            OR CASE WHEN m.kind <> 'transfer'
                THEN e.warehouse <> m.warehouse OR e.delta_milli <> l.quantity_milli
                WHEN e.warehouse = m.warehouse THEN e.delta_milli <> -l.quantity_milli
                ELSE e.warehouse <> m.to_warehouse OR e.delta_milli <> l.quantity_milli END
        """,
    ),
    proof(
        "transfer_unbalanced",
        """
        SELECT 'movement:' || substr(movement, 3) || '/line:' || line,
            'a transfer changes the goods of the house by ' || milli(sum(delta_milli))
        FROM ledger WHERE kind = 'transfer'
        GROUP BY movement, line, product_id HAVING sum(delta_milli) <> 0
        """,
    ),
    proof(
        "movement_state",
        f"""
        SELECT 'movement:' || m.id, 'is ' || m.state || ' with '
            || total({_IS_OWED}) || ' lines not posted yet'
        FROM movements AS m LEFT JOIN movement_lines AS l ON l.movement_id = m.id
        GROUP BY m.id HAVING (m.state = 'posted') = (ifnull(sum({_IS_OWED}), 0) > 0)
        """,
    ),
    proof(
        "movement_line",
        f"""
        SELECT {_LINE}, 'cannot be: ' || m.kind || ' of ' || milli(l.quantity_milli)
        FROM movement_lines AS l JOIN movements AS m ON m.id = l.movement_id
        WHERE (l.posted = 1 AND l.problem <> '') OR l.line < 1 OR CASE m.kind
            WHEN 'opening' THEN l.quantity_milli < 0
            WHEN 'adjustment' THEN l.quantity_milli = 0
            ELSE l.quantity_milli <= 0 END
        """,
    ),
    proof(
        "movement_places",
        """
        SELECT 'movement:' || id, 'a ' || kind || ' from ' || warehouse || ' to '
            || ifnull(to_warehouse, 'nowhere else')
        FROM movements WHERE CASE WHEN kind = 'transfer'
            THEN to_warehouse IS NULL OR to_warehouse = warehouse ELSE to_warehouse IS NOT NULL END
        """,
    ),
    proof(
        "movement_empty",
        """
        SELECT 'movement:' || m.id, 'has no lines' FROM movements AS m
        WHERE NOT EXISTS (SELECT 1 FROM movement_lines AS l WHERE l.movement_id = m.id)
        """,
    ),
    owed(
        "owed_posting",
        f"""
        SELECT {_LINE}, m.kind || ' ' || m.reference || ': ' || milli(l.quantity_milli)
            || ' of product ' || l.product_id || ' are not known to be posted'
        FROM movements AS m INDEXED BY movements_owing
        CROSS JOIN movement_lines AS l ON l.movement_id = m.id
        WHERE m.state = 'posting' AND {_IS_OWED}
        """,
    ),
)
