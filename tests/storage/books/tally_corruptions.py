"""Broken promises about receiving and counting."""

from typing import Final

from magazie.model.ids import encode_id
from tests.storage.books.corruption import broken, document

RECEIVED, COUNTED = encode_id(910), encode_id(911)
_OF_RECEPTION: Final = f"(SELECT id FROM movements WHERE idempotency_key = '{RECEIVED}')"

TALLIES: Final = (
    broken(
        "more counted than the log comes to",
        "UPDATE tally_lines SET counted_milli = 2000 WHERE tally_id = 912",
        found={("tally_log", "tally:912/line:1")},
    ),
    broken(
        "a scan on the line of another product",
        "UPDATE tally_operations SET product_id = 2 WHERE tally_id = 912 AND line = 1",
        found={("tally_log_line", "tally:912")},
    ),
    broken(
        "an operation on a tally lost",
        "DELETE FROM tally_operations WHERE tally_id = 912 AND number = 1",
        found={("tally_numbering", "tally:912")},
    ),
    broken(
        "an undo of what was no scan",
        "UPDATE tally_operations SET undoes = 1 WHERE outcome = 'undone'",
        found={("tally_undone", "tally:910")},
    ),
    broken(
        "one operation in both logs",
        "UPDATE tally_operations SET terminal = 'T1', op = (SELECT op FROM picking_operations"
        " WHERE terminal = 'T1' LIMIT 1) WHERE tally_id = 912 AND number = 1",
        found={("operation_twice", "terminal:T1")},
    ),
    broken(
        "a tally and a picking session at one terminal",
        "UPDATE tallies SET terminal = 'T2' WHERE id = 912",
        found={("terminal_twice", "terminal:T2")},
    ),
    broken(
        "a movement at another cost than was announced",
        "UPDATE tally_lines SET unit_cost_e4 = 5 WHERE tally_id = 910",
        found={("tally_movement", "tally:910/line:1")},
    ),
    broken(
        "a movement of what nobody counted",
        f"INSERT INTO movement_lines VALUES ({_OF_RECEPTION}, 2, 1, 1000, NULL, '', 0, 'no')",
        found={
            ("tally_movement_line", document(RECEIVED, 2)),
            ("alert_missing", document(RECEIVED, 2)),
        },
    ),
    broken(
        "a movement that says something else than its tally",
        "UPDATE tallies SET supplier = 'altul' WHERE id = 910",
        found={("tally_movement_head", f"movement:<{RECEIVED}>")},
    ),
    broken(
        "a tally that names another's movement",
        "UPDATE tallies SET movement_id = 77 WHERE id = 911",
        found={
            ("tally_movement_known", "tally:911"),
            ("tally_movement_head", f"movement:<{COUNTED}>"),
        },
    ),
    broken(
        "a count that is done though goods moved meanwhile",
        "UPDATE tally_lines SET first_seq = 0 WHERE tally_id = 911",
        found={("tally_unfinished", "tally:911/line:1")},
    ),
    broken(
        "a tally left with goods counted",
        "UPDATE tallies SET state = 'left', terminal = NULL, ended_ms = 1 WHERE id = 912",
        found={("tally_left", "tally:912/line:1")},
    ),
)
