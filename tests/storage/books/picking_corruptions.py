"""Broken promises about picking."""

from typing import Final

from tests.storage.books.corruption import broken

PICKING: Final = (
    broken(
        "more in hand than the log comes to",
        "UPDATE picking_lines SET picked_milli = 2000 WHERE session_id = 901",
        found={("picked_log", "picking:901/line:1")},
    ),
    broken(
        "a scan that took more than was ordered",
        "UPDATE picking_operations SET wanted_milli = 500 WHERE session_id = 901 AND pick = 1",
        found={("picked_over", "picking:901/line:1")},
    ),
    broken(
        "a complete session that lacks something",
        "UPDATE picking_lines SET short_milli = 1000 WHERE session_id = 900",
        found={("picked_surplus", "picking:900/line:1")},
    ),
    broken(
        "a session left with goods in hand",
        "UPDATE picking_sessions SET state = 'left' WHERE id = 900",
        found={("picking_left", "picking:900/line:1")},
    ),
    broken(
        "two people on one order",
        "DROP INDEX picking_orders_open",
        "INSERT INTO picking_orders VALUES (901, 10, 2, 0, 0, 1)",
        "UPDATE picking_orders SET is_open = 1 WHERE session_id = 900",
        found={
            ("picking_twice", "order:10"),
            ("picking_open", "picking:900"),
            ("schema", "picking_orders_open"),
        },
    ),
    broken(
        "an operation lost",
        "DELETE FROM picking_operations WHERE outcome = 'unknown_code'",
        found={("picking_numbering", "picking:900")},
    ),
    broken(
        "an undo of what did not count",
        "UPDATE picking_operations SET undoes = 1 WHERE outcome = 'undone'",
        found={("picking_undone", "picking:900")},
    ),
    broken(
        "a line of an order that is not in the session",
        "INSERT INTO picking_lines VALUES (901, 7, 1, 1, 1, 0, 0, 0, 0, '', 'keep', 0, 0)",
        found={("picking_line_order", "picking:901/line:7")},
    ),
    broken(
        "a serial number kept of what is not in hand",
        "INSERT INTO picked_serials VALUES (3, 'sn1', 11)",
        found={("picked_serial", "order:11")},
    ),
    broken(
        "more let go than was ordered",
        "UPDATE order_lines SET released_milli = 9000 WHERE order_id = 7",
        found={("released_over", "order:7/line:1")},
    ),
)
