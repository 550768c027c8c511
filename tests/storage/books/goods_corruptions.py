"""Broken promises about stock, claims and movements."""

from typing import Final

from tests.storage.books.corruption import broken, document, nothing_claimed
from tests.storage.books.furniture import REFUSED
from tests.storage.books.spoiling import Loosened

ORDER_1: Final = "order:1/line:1/product:1"

STOCK: Final = (
    broken(
        "goods from nowhere",
        "UPDATE balances SET on_hand_milli = 3000 WHERE warehouse = 'raft' AND product_id = 1",
        found={("balance", "product:1/raft")},
    ),
    broken(
        "a balance without a ledger",
        "INSERT INTO stocks VALUES (4, 1)",
        "INSERT INTO balances VALUES (4, 'raft', 0)",
        found={("balance_without_ledger", "product:4/raft")},
    ),
    broken(
        "a ledger without a balance",
        "DELETE FROM balances WHERE warehouse = 'raft' AND product_id = 1",
        found={("ledger_without_balance", "product:1/raft")},
    ),
    broken(
        "a break in the ledger",
        "UPDATE ledger SET on_hand_milli = 14000 WHERE kind = 'reception' AND product_id = 1",
        found={("ledger_chain", "product:1/principal")},
    ),
    broken(
        "an entry made twice",
        """INSERT INTO ledger (movement, line, product_id, warehouse, leg, kind, delta_milli,
            on_hand_milli, reference, at_ms) SELECT movement, line, product_id, warehouse, leg,
            kind, 0, on_hand_milli, reference, at_ms FROM ledger
            WHERE warehouse = 'raft' AND product_id = 1""",
        found={
            ("ledger_twice", "product:1/raft"),
            ("ledger_document", "product:1/raft"),
            ("movement_legs", document("shelf")),
            ("schema", "ledger"),
            ("schema", "sqlite_autoindex_ledger_1"),
        },
        loosened=(
            Loosened("ledger", "UNIQUE (movement, line, product_id, warehouse, leg)", "CHECK (1)"),
        ),
    ),
    broken(
        "a leg the wrong way",
        "UPDATE ledger SET leg = 'in' WHERE kind = 'adjustment' AND product_id = 3",
        found={("ledger_leg", "product:3/principal")},
    ),
    broken(
        "an opening of a known stock",
        "UPDATE ledger SET kind = 'opening' WHERE kind = 'reception' AND product_id = 1",
        "UPDATE movements SET kind = 'opening' WHERE kind = 'reception' AND source = 'test'",
        found={("opening_late", "product:1/principal")},
    ),
    broken(
        "less than nothing",
        """INSERT INTO movements (id, source, idempotency_key, kind, warehouse, reference,
            content_hash, state, created_by, created_ms)
            VALUES (88, '', '', 'adjustment', 'raft', 'r', x'00', 'posted', '', 1)""",
        "INSERT INTO movement_lines VALUES (88, 1, 4, -1000, NULL, '', 1, '')",
        "INSERT INTO stocks VALUES (4, 1)",
        """INSERT INTO ledger (movement, line, product_id, warehouse, leg, kind, delta_milli,
            on_hand_milli, reference, at_ms)
            VALUES ('m:88', 1, 4, 'raft', 'out', 'adjustment', -1000, -1000, 'r', 1)""",
        "INSERT INTO balances VALUES (4, 'raft', -1000)",
        found={("negative_stock", "product:4/raft")},
    ),
    broken(
        "more reserved than there is",
        "UPDATE claims SET reserved_milli = 1000 WHERE order_id = 5 AND line = 2",
        "UPDATE alerts SET state = 'cleared' WHERE subject = 'order:5/product:2'",
        found={("over_reserved", "product:2/principal")},
    ),
    broken(
        "reserved where nothing ever was",
        """INSERT INTO claims SELECT product_id, 'raft', order_id, line, placed_at_ms, revision,
            ordered_milli, picked_milli, shipped_milli, reserved_milli
            FROM claims WHERE order_id = 8""",
        found={
            ("over_reserved", "product:3/raft"),
            ("claim_without_line", "order:8/line:1/product:3"),
        },
    ),
    broken(
        "free goods while an order is short",
        "UPDATE claims SET reserved_milli = 4000 WHERE order_id = 2",
        "UPDATE alerts SET text = '3 missing' WHERE subject = 'order:2/product:2'",
        found={("free_while_short", "product:2/principal")},
    ),
    broken(
        "a stock that starts empty",
        "DELETE FROM stocks WHERE product_id = 3",
        found={("stock_unowned", "product:3")},
    ),
)

CLAIMS: Final = (
    broken(
        "a line that holds more than it wants",
        "UPDATE claims SET reserved_milli = 3000 WHERE order_id = 1",
        found={("claim_overfull", ORDER_1), ("check", "claims")},
    ),
    broken(
        "a claim lost", "DELETE FROM claims WHERE order_id = 1", found={("claim_missing", ORDER_1)}
    ),
    broken(
        "a line of parts that claims its own product",
        "INSERT INTO order_line_parts VALUES (1, 1, 3, 2000)",
        found={
            ("claim_missing", "order:1/line:1/product:3"),
            ("claim_without_line", ORDER_1),
        },
    ),
    broken(
        "parts of a line that is not there",
        "INSERT INTO order_line_parts VALUES (1, 77, 3, 2000)",
        found={("orphan", "order:1/line:77")},
    ),
    broken(
        "a bundle that has stock of its own",
        "UPDATE products SET is_bundle = 1 WHERE id = 1",
        found={("bundle_with_stock", "product:1")},
    ),
    broken(
        "a part that is a bundle",
        "INSERT INTO products (id, code, code_key, name, is_bundle, created_ms, changed_ms)"
        " VALUES (91, 'B1', 'b1', 'B1', 1, 1, 1), (92, 'B2', 'b2', 'B2', 1, 1, 1)",
        "INSERT INTO product_keys VALUES ('c:b1', 91), ('c:b2', 92)",
        "INSERT INTO bundle_parts VALUES (91, 92, 1000), (92, 1, 1000)",
        found={("bundle_nested", "product:91")},
    ),
    broken(
        "parts of what is no bundle",
        "INSERT INTO bundle_parts VALUES (1, 2, 1000)",
        found={("bundle_plain", "product:1")},
    ),
    broken(
        "the mark of a cancelled claim lost",
        "DELETE FROM claims WHERE order_id = 7",
        found={("claim_missing", "order:7/line:1/product:3")},
    ),
    broken(
        "a claim of another age",
        "UPDATE claims SET placed_at_ms = 1 WHERE order_id = 1",
        found={("claim_age", ORDER_1)},
    ),
    broken(
        "a claim of a revision to come",
        "UPDATE claims SET revision = 2 WHERE order_id = 1",
        found={("claim_ahead", ORDER_1)},
    ),
    broken(
        "a claim that missed a change",
        "UPDATE claims SET revision = 1 WHERE order_id = 8",
        found={("claim_behind", "order:8/line:1/product:3")},
    ),
    broken(
        "a claim on more than is ordered",
        "UPDATE claims SET ordered_milli = 3000, reserved_milli = 3000 WHERE order_id = 1",
        found={("claim_differs", ORDER_1)},
    ),
    broken(
        "a claim of a cancelled order",
        "UPDATE claims SET ordered_milli = 1000, reserved_milli = 1000 WHERE order_id = 9",
        found={("claim_differs", "order:9/line:1/product:3")},
    ),
    broken(
        "a claim that is picked and its order not",
        "UPDATE claims SET picked_milli = 1000 WHERE order_id = 1",
        found={("claim_differs", ORDER_1)},
    ),
    broken(
        "a claim in another warehouse than the order's",
        "UPDATE orders SET warehouse = 'raft' WHERE id = 9",
        found={
            ("claim_missing", "order:9/line:1/product:3"),
            ("claim_without_line", "order:9/line:1/product:3"),
        },
    ),
    broken(
        "a mark that missed a change",
        "UPDATE orders SET claims_set = 2, claims_wanted = 2 WHERE id = 7",
        found={("claim_grave", "order:7/product:3")},
    ),
    broken(
        "a mark of a product the order never named",
        nothing_claimed("1, 'principal', 7, 0"),
        "UPDATE claims SET placed_at_ms = (SELECT placed_at_ms FROM orders WHERE id = 7)"
        " WHERE order_id = 7",
        found={("claim_grave", "order:7/product:1")},
    ),
    broken(
        "more claims set than wanted",
        "UPDATE orders SET claims_set = 2 WHERE id = 1",
        found={("claim_counter", "order:1")},
    ),
)

MOVEMENTS: Final = (
    broken(
        "a posted line that is not in the ledger",
        "INSERT INTO movement_lines SELECT id, 2, 1, 1000, NULL, '', 1, '' FROM movements"
        " WHERE idempotency_key = 'buy'",
        found={("movement_legs", document("buy", 2))},
    ),
    broken(
        "a refused line that is in the ledger",
        "UPDATE movement_lines SET posted = 0, problem = 'no' WHERE movement_id ="
        " (SELECT id FROM movements WHERE idempotency_key = 'buy')",
        found={("movement_legs", document("buy")), ("alert_missing", document("buy"))},
    ),
    broken(
        "half a transfer",
        "DELETE FROM ledger WHERE warehouse = 'raft' AND product_id = 1",
        "DELETE FROM balances WHERE warehouse = 'raft' AND product_id = 1",
        "UPDATE movement_lines SET posted = 0 WHERE movement_id ="
        " (SELECT id FROM movements WHERE kind = 'transfer')",
        "UPDATE movements SET state = 'posting' WHERE kind = 'transfer'",
        found={("movement_legs", document("shelf")), ("transfer_unbalanced", document("shelf"))},
    ),
    broken(
        "goods that multiply on their way",
        "UPDATE ledger SET delta_milli = 3000, on_hand_milli = 3000"
        " WHERE warehouse = 'raft' AND product_id = 1",
        "UPDATE balances SET on_hand_milli = 3000 WHERE warehouse = 'raft' AND product_id = 1",
        found={
            ("transfer_unbalanced", document("shelf")),
            ("ledger_document", "product:1/raft"),
        },
    ),
    broken(
        "an entry with another reference than its document",
        "UPDATE ledger SET reference = 'other' WHERE kind = 'reception' AND product_id = 1",
        found={("ledger_document", "product:1/principal")},
    ),
    broken(
        "an entry of another kind than its document",
        "UPDATE ledger SET kind = 'reception' WHERE kind = 'adjustment' AND product_id = 3",
        found={("ledger_document", "product:3/principal")},
    ),
    broken(
        "an entry without a document",
        "UPDATE ledger SET movement = 'm:99' WHERE kind = 'adjustment' AND product_id = 3",
        found={("ledger_document", "product:3/principal"), ("movement_legs", document("lost"))},
    ),
    broken(
        "a document that goes on posting for ever",
        "UPDATE movements SET state = 'posting' WHERE idempotency_key = 'buy'",
        found={("movement_state", "movement:<buy>")},
    ),
    broken(
        "a posted document with a line that is not",
        "UPDATE movement_lines SET posted = 0 WHERE movement_id ="
        " (SELECT id FROM movements WHERE idempotency_key = 'buy')",
        found={("movement_state", "movement:<buy>")},
    ),
    broken(
        "a line both posted and refused",
        f"UPDATE movement_lines SET posted = 1 WHERE movement_id = {REFUSED}",
        found={("movement_line", f"movement:{REFUSED}/line:1")},
    ),
    broken(
        "a line that moves nothing",
        f"UPDATE movement_lines SET quantity_milli = 0 WHERE movement_id = {REFUSED}",
        found={("movement_line", f"movement:{REFUSED}/line:1")},
    ),
    broken(
        "an adjustment to somewhere",
        f"UPDATE movements SET to_warehouse = 'raft' WHERE id = {REFUSED}",
        found={("movement_places", f"movement:{REFUSED}")},
    ),
    broken(
        "a transfer to where it starts",
        f"UPDATE movements SET kind = 'transfer', to_warehouse = 'principal' WHERE id = {REFUSED}",
        f"UPDATE movement_lines SET quantity_milli = 1000 WHERE movement_id = {REFUSED}",
        found={("movement_places", f"movement:{REFUSED}")},
    ),
    broken(
        "an empty document",
        """INSERT INTO movements (id, source, idempotency_key, kind, warehouse, reference,
            content_hash, state, created_by, created_ms)
            VALUES (88, '', '', 'reception', 'raft', 'r', x'00', 'posted', '', 1)""",
        found={("movement_empty", "movement:88")},
    ),
)
