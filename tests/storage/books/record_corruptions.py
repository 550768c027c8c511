"""Broken promises about the file, references, orders and nomenclature."""

from typing import Final

from tests.storage.books.corruption import broken, empty_line, listed, nothing_claimed
from tests.storage.books.spoiling import Loosened

FILE: Final = (
    broken(
        "an index that holds other values than it says",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, '(code)', '(name)')"
        " WHERE name = 'products_code'",
        found={("integrity", "file"), ("schema", "products_code")},
    ),
    broken(
        "a value that no CHECK allows",
        "INSERT INTO users VALUES ('Ana', 'queen', '', 1, 1)",
        found={("check", "users")},
    ),
    broken(
        "a price of no product",
        "INSERT INTO prices VALUES (99, 'principal', 1, 1)",
        found={("foreign_key", "prices")},
    ),
    broken("an index lost", "DROP INDEX products_code", found={("schema", "products_code")}),
    broken("a table added", "CREATE TABLE notes (text TEXT) STRICT", found={("schema", "notes")}),
    broken(
        "a column added",
        "ALTER TABLE settings ADD COLUMN note TEXT",
        found={("schema", "settings")},
    ),
)

REFERENCES: Final = (
    broken(
        "a claim on no product",
        "INSERT INTO stocks VALUES (99, 1)",
        nothing_claimed("99, 'principal', 1, 5"),
        found={
            ("orphan", "product:99"),
            ("foreign_key", "stocks"),
            ("claim_without_line", "order:1/line:5/product:99"),
        },
    ),
    broken(
        "a claim in no warehouse",
        nothing_claimed("1, 'nowhere', 1, 1"),
        found={("orphan", "warehouse:nowhere"), ("claim_without_line", "order:1/line:1/product:1")},
    ),
    broken(
        "a claim of no order",
        nothing_claimed("1, 'principal', 99, 1"),
        found={("orphan", "order:99")},
    ),
    broken(
        "a mark of no order",
        nothing_claimed("1, 'principal', 99, 0"),
        found={("orphan", "order:99")},
    ),
    broken("a line of no order", empty_line(99, 1), found={("orphan", "order:99")}),
    broken(
        "a line of no product",
        "UPDATE order_lines SET product_id = 99 WHERE kind = 'service'",
        found={("orphan", "product:99"), ("service_linked", "order:1/line:2")},
    ),
    broken(
        "a payload of no order",
        "INSERT INTO order_payloads (order_id, read_no, at_ms, payload) VALUES (99, 1, 1, x'00')",
        found={("orphan", "order:99")},
    ),
    broken(
        "an order of no shop",
        "UPDATE orders SET source = 'nowhere' WHERE id = 7",
        found={("orphan", "shop:nowhere"), ("order_read", "order:7")},
    ),
)

ORDERS: Final = (
    broken(
        "an order found by a parcel that it does not show",
        "INSERT INTO order_parcels VALUES ('AWB-9', 7)",
        found={("parcel_of_order", "order:7")},
    ),
    broken(
        "an order that is not found by its parcel",
        "DELETE FROM order_parcels",
        found={("parcel_of_order", "order:1")},
    ),
    broken(
        "an order taken twice",
        """INSERT INTO orders SELECT 50, origin, source, external_id, number, warehouse,
            placed_at_ms, placed_raw, taken_at_ms, currency, total_bani, fulfilment, cancelled_by,
            invoicing, taken_status_id, shop_status_id, shop_status, details, read_no, digest,
            claims_wanted, claims_set, version, revision, changed_ms FROM orders WHERE id = 7""",
        "INSERT INTO order_payloads (order_id, read_no, at_ms, payload)"
        " SELECT 50, read_no, 1, x'00' FROM orders WHERE id = 7",
        found={
            ("order_twice", "order:7"),
            ("schema", "orders"),
            ("schema", "sqlite_autoindex_orders_1"),
        },
        loosened=(Loosened("orders", "UNIQUE (origin, source, external_id)", "CHECK (1)"),),
    ),
    broken("a gap in the lines", empty_line(7, 3), found={("order_numbering", "order:7")}),
    broken(
        "an order without lines",
        "DELETE FROM order_lines WHERE order_id = 6",
        found={
            ("order_empty", "order:6"),
            ("order_total", "order:6"),
            ("claim_without_line", "order:6/line:1/product:3"),
        },
    ),
    broken(
        "a total that is one ban off",
        "UPDATE orders SET total_bani = total_bani + 1 WHERE id = 5",
        found={("order_total", "order:5")},
    ),
    broken(
        "details that nobody can read",
        "UPDATE orders SET details = x'7b' WHERE id = 5",
        found={("order_total", "order:5")},
    ),
    broken(
        "a payload thrown away",
        "DELETE FROM order_payloads WHERE order_id = 3 AND read_no = 4",
        found={("payload_missing", "order:3")},
    ),
    broken(
        "a cancellation by nobody",
        "UPDATE orders SET cancelled_by = '' WHERE id = 7",
        found={("cancelled_by", "order:7")},
    ),
    broken(
        "a cancellation that did not happen",
        "UPDATE orders SET cancelled_by = 'office' WHERE id = 1",
        found={("cancelled_by", "order:1")},
    ),
    broken(
        "a service that is goods",
        "UPDATE order_lines SET product_id = 1 WHERE kind = 'service'",
        found={("service_linked", "order:1/line:2")},
    ),
)

LINKS: Final = (
    broken(
        "a code kept in another form",
        "UPDATE products SET code_key = 'CANA 1' WHERE id = 1",
        found={("code_key", "product:1")},
    ),
    broken(
        "a code that names nothing",
        "UPDATE products SET code = '-', code_key = '' WHERE id = 4",
        "DELETE FROM product_keys WHERE product_id = 4",
        found={("code_key", "product:4")},
    ),
    broken(
        "a key lost",
        "DELETE FROM product_keys WHERE key LIKE 'g:%'",
        found={("product_keys", "product:1")},
    ),
    broken(
        "a key too many",
        "INSERT INTO product_keys VALUES ('c:cana', 1)",
        found={("product_keys", "product:1")},
    ),
    broken(
        "two products of one code",
        "UPDATE products SET code = 'cana1', code_key = 'cana1' WHERE id = 4",
        "UPDATE product_keys SET key = 'c:cana1' WHERE product_id = 4",
        found={
            ("code_twice", "product:1"),
            ("schema", "products"),
            ("schema", "sqlite_autoindex_products_1"),
        },
        loosened=(Loosened("products", "code_key TEXT NOT NULL UNIQUE", "code_key TEXT NOT NULL"),),
    ),
    broken(
        "an item tied to two products",
        "INSERT INTO links VALUES ('magazin', '13', 4, 'LING-3', 'untied', 1)",
        found={
            ("link_twice", "item:magazin/13"),
            ("schema", "links"),
        },
        loosened=(
            Loosened(
                "links",
                "PRIMARY KEY (shop, external_id)\n) STRICT, WITHOUT ROWID",
                "CHECK (1)\n) STRICT",
            ),
        ),
    ),
    broken(
        "an image that nobody would fetch",
        """UPDATE products SET images = '[{"url":"https://x.ro/1.jpg"}]' WHERE id = 1""",
        found={("missing_image", "product:1")},
    ),
    broken(
        "an image fetched for nobody",
        "INSERT INTO missing_images VALUES ('https://x.ro/1.jpg', 2, '')",
        found={("missing_image", "product:2")},
    ),
    broken(
        "an image noted with another reason",
        """UPDATE products SET images = '[{"url":"u","problem":"empty"}]' WHERE id = 1""",
        "INSERT INTO missing_images VALUES ('u', 1, 'damaged')",
        found={("missing_image", "product:1")},
    ),
    broken(
        "a link without a generation",
        "UPDATE links SET generation = 0 WHERE external_id = '14'",
        found={("link_generation", "item:magazin/14")},
    ),
    broken(
        "a link of no product",
        "UPDATE links SET product_id = 99 WHERE external_id = '14'",
        found={("orphan", "item:magazin/14"), ("foreign_key", "links")},
    ),
    broken(
        "a link of no shop",
        "UPDATE links SET shop = 'nowhere' WHERE external_id = '14'",
        found={("orphan", "item:nowhere/14"), ("foreign_key", "links")},
    ),
    *(
        broken(
            f"an item that is {state} to nothing",
            listed(state),
            found={("listing_untied", "item:magazin/15")},
        )
        for state in ("linked", "created")
    ),
    broken(
        "an ignored item that waits for a decision",
        listed("conflict", "ignore"),
        "INSERT INTO alerts (kind, subject, text, since_ms, state, changed_ms)"
        " VALUES ('import_conflict', 'magazin/15', 'two products', 1, 'open', 1)",
        found={("listing_in_conflict", "item:magazin/15")},
    ),
)
