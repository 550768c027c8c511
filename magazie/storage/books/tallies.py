"""Tallies: counts are what the log comes to, and one movement says exactly what was counted."""

from typing import Final

from magazie.storage.books.findings import owed, proof

_LINE: Final = "'tally:' || l.tally_id || '/line:' || l.line"
_POSTED: Final = """
    (CASE t.kind WHEN 'reception' THEN ifnull(l.counted_milli, 0)
        ELSE iif(l.is_astray, 0,
            ifnull(l.counted_milli - l.last_on_hand_milli + l.last_picked_milli, 0)) END)
"""
_MOVEMENT: Final = "m.source = 'tally' AND m.idempotency_key = id_text(t.id)"

PROOFS = (
    proof(
        "tally_log",
        f"""
        SELECT {_LINE}, milli(ifnull(l.counted_milli, 0)) || ' counted, the log comes to '
            || milli(ifnull(sum(o.delta_milli), 0))
        FROM tally_lines AS l LEFT JOIN tally_operations AS o
            ON o.tally_id = l.tally_id AND o.line = l.line
        GROUP BY l.tally_id, l.line
        HAVING ifnull(l.counted_milli, 0) <> ifnull(sum(o.delta_milli), 0)
        """,
    ),
    proof(
        "tally_log_line",
        """
        SELECT 'tally:' || o.tally_id, 'operation ' || o.number || ' is on line ' || o.line
            || ', which is not there or of another product'
        FROM tally_operations AS o LEFT JOIN tally_lines AS l
            ON l.tally_id = o.tally_id AND l.line = o.line
        WHERE o.line IS NOT NULL AND (l.line IS NULL OR l.product_id IS NOT o.product_id)
        """,
    ),
    proof(
        "tally_numbering",
        """
        SELECT 'tally:' || t.id, count(o.number) || ' operations, numbered '
            || ifnull(min(o.number), 0) || ' to ' || ifnull(max(o.number), 0) || ', and '
            || t.operations || ' counted'
        FROM tallies AS t LEFT JOIN tally_operations AS o ON o.tally_id = t.id
        GROUP BY t.id
        HAVING count(o.number) <> t.operations OR ifnull(max(o.number), 0) <> t.operations
        """,
    ),
    proof(
        "tally_undone",
        """
        SELECT 'tally:' || u.tally_id, 'operation ' || u.number || ' undoes ' || u.undoes
        FROM tally_operations AS u LEFT JOIN tally_operations AS o
            ON o.tally_id = u.tally_id AND o.number = u.undoes
        WHERE u.undoes IS NOT NULL AND (o.number IS NULL OR o.kind <> 'scan'
            OR o.number >= u.number OR o.line <> u.line OR -u.delta_milli <> o.delta_milli)
        """,
    ),
    proof(
        "operation_twice",
        """
        SELECT 'terminal:' || t.terminal, 'operation ' || t.op || ' is in two logs'
        FROM tally_operations AS t JOIN picking_operations AS p
            ON p.terminal = t.terminal AND p.op = t.op
        """,
    ),
    proof(
        "terminal_twice",
        """
        SELECT 'terminal:' || t.terminal, 'has a tally and a picking session open'
        FROM tallies AS t JOIN picking_sessions AS s ON s.terminal = t.terminal
        WHERE t.state = 'open' AND s.state = 'open'
        """,
    ),
    # in both directions: what was counted is moved, and nothing else is
    proof(
        "tally_movement",
        f"""
        SELECT {_LINE}, milli({_POSTED}) || ' to be moved, its movement says '
            || milli(ifnull(n.quantity_milli, 0))
        FROM tally_lines AS l JOIN tallies AS t ON t.id = l.tally_id
        LEFT JOIN movements AS m ON {_MOVEMENT}
        LEFT JOIN movement_lines AS n ON n.movement_id = m.id AND n.product_id = l.product_id
        WHERE t.state = 'done' AND ({_POSTED} <> ifnull(n.quantity_milli, 0)
            OR (n.line IS NOT NULL AND n.unit_cost_e4 IS NOT l.unit_cost_e4))
        """,
    ),
    proof(
        "tally_movement_line",
        """
        SELECT 'movement:' || m.id || '/line:' || n.line, 'nobody counted it'
        FROM movements AS m JOIN movement_lines AS n ON n.movement_id = m.id
        LEFT JOIN tallies AS t ON m.idempotency_key = id_text(t.id)
        LEFT JOIN tally_lines AS l ON l.tally_id = t.id AND l.product_id = n.product_id
        WHERE m.source = 'tally' AND l.line IS NULL
        """,
    ),
    proof(
        "tally_movement_head",
        """
        SELECT 'movement:' || m.id, 'its tally is ' || ifnull(t.state, 'not there')
            || ', or says something else'
        FROM movements AS m LEFT JOIN tallies AS t ON m.idempotency_key = id_text(t.id)
        WHERE m.source = 'tally' AND (t.id IS NULL OR t.state NOT IN ('posting', 'done')
            OR m.kind <> CASE t.kind WHEN 'count' THEN 'adjustment' ELSE 'reception' END
            OR m.warehouse <> t.warehouse OR m.reference <> t.reference
            OR m.supplier <> t.supplier OR (t.state = 'done' AND t.movement_id IS NOT m.id))
        """,
    ),
    proof(
        "tally_movement_known",
        """
        SELECT 'tally:' || t.id, 'names a movement that is not its own'
        FROM tallies AS t LEFT JOIN movements AS m ON m.id = t.movement_id
        WHERE t.movement_id IS NOT NULL
            AND (m.source IS NOT 'tally' OR m.idempotency_key <> id_text(t.id))
        """,
    ),
    proof(
        "tally_unfinished",
        f"""
        SELECT {_LINE}, 'the count is done and the line is not counted, or was moved'
        FROM tally_lines AS l JOIN tallies AS t ON t.id = l.tally_id
        WHERE t.kind = 'count' AND t.state IN ('posting', 'done') AND l.is_astray = 0
            AND (l.counted_milli IS NULL OR l.first_seq IS NOT l.last_seq OR l.is_refused = 1
                OR l.first_on_hand_milli - l.first_picked_milli
                    IS NOT l.last_on_hand_milli - l.last_picked_milli)
        """,
    ),
    proof(
        "tally_left",
        f"""
        SELECT {_LINE}, 'was left or waits with ' || milli(l.counted_milli) || ' counted'
        FROM tally_lines AS l JOIN tallies AS t ON t.id = l.tally_id
        WHERE t.kind = 'reception' AND t.state IN ('left', 'waiting')
            AND l.counted_milli IS NOT NULL
        """,
    ),
    owed(
        "owed_tally",
        """
        SELECT 'tally:' || id, 'its movement is not known to be there'
        FROM tallies INDEXED BY tallies_posting WHERE state = 'posting'
        """,
    ),
)
