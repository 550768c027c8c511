"""Broken promises about order reads, what shops were told, and alerts."""

from collections.abc import Iterator
from typing import Final

from tests.storage.books.corruption import Corruption, broken, listed
from tests.storage.books.furniture import REFUSED, START_MS

CUP_ITEM: Final = "shop = 'magazin' AND external_id = '11' AND field = 'stock'"
CUP_SUBJECT: Final = "item:magazin/11/stock"

FEEDS: Final = (
    broken(
        "a complete read that never began",
        "UPDATE order_feeds SET complete_read_no = read_no + 1",
        found={("feed_reads", "shop:magazin")},
    ),
    broken(
        "a complete read at no time",
        "UPDATE order_feeds SET complete_at_ms = NULL",
        found={("feed_reads", "shop:magazin")},
    ),
    broken(
        "an order seen in a read that never began",
        "UPDATE orders SET read_no = 99 WHERE id = 7",
        "UPDATE order_payloads SET read_no = 99 WHERE order_id = 7",
        found={("order_read", "order:7")},
    ),
    broken(
        "another program's order seen in a read",
        "UPDATE orders SET read_no = 1 WHERE id = 5",
        "UPDATE order_payloads SET read_no = 1 WHERE order_id = 5",
        found={("order_read", "order:5")},
    ),
    broken(
        "a touch in a read that never began",
        "UPDATE stock_touches SET read_no = 99 WHERE product_id = 3",
        found={("touch_read", "product:3/magazin")},
    ),
)

PUBLISHED: Final = (
    "INSERT INTO publications (shop, product_id, state, batch, problems, external_id, content,"
    " changed_ms) VALUES ('magazin', {}, '{}', 5, '{}', {}, '{{}}', 1)"
)
PUBLISH_ALERT: Final = (
    "INSERT INTO alerts (kind, subject, text, since_ms, state, changed_ms) VALUES"
    " ('publish_refused', 'magazin/0000000000005', '', 1, 'open', 1)"
)

PUBLICATIONS: Final = (
    broken(
        "one item published of two products",
        PUBLISHED.format(1, "published", "[]", "'11'"),
        PUBLISHED.format(2, "published", "[]", "'11'"),
        found={("publication_twice", "item:magazin/11")},
    ),
    broken(
        "an item published and never tied",
        PUBLISHED.format(1, "published", "[]", "'99'"),
        found={("publication_unknown", "product:1/magazin")},
    ),
    broken(
        "a refusal without a reason",
        PUBLISHED.format(1, "refused", "[]", "NULL"),
        PUBLISH_ALERT,
        found={("publication_reason", "product:1/magazin")},
    ),
    broken(
        "a refusal that nobody is told of",
        PUBLISHED.format(1, "refused", '["no_vat"]', "NULL"),
        found={("alert_missing", "magazin/0000000000005")},
    ),
)

OUTBOX: Final = (
    broken(
        "an item told of and never tied",
        "INSERT INTO outbox_items (shop, external_id, field) VALUES ('magazin', '99', 'price')",
        found={("outbox_unlinked", "item:magazin/99/price")},
    ),
    broken(
        "a consent under a generation to come",
        "INSERT INTO send_consents VALUES ('magazin', '11', 'stock', 1, 1000, 2)",
        found={("consent", CUP_SUBJECT)},
    ),
    broken(
        "a consent to nothing",
        "INSERT INTO send_consents VALUES ('magazin', '99', 'stock', 1, 1000, 1)",
        found={("consent", "item:magazin/99/stock")},
    ),
    *(
        broken(
            f"an item {way} after a consent that nobody gave",
            f"UPDATE outbox_items SET {way}_consent = 1 WHERE {CUP_ITEM}",
            found={("outbox_consent", CUP_SUBJECT)},
        )
        for way in ("sent", "acked")
    ),
    *(
        broken(
            f"{column} to come",
            f"UPDATE outbox_items SET {column} = 2 WHERE {CUP_ITEM}",
            found={("outbox_generation", CUP_SUBJECT)},
        )
        for column in ("acked_generation", "sent_generation", "parked_generation")
    ),
    *(
        broken(
            f"{column} that cannot be",
            f"UPDATE outbox_items SET {column} = {value} WHERE {CUP_ITEM}",
            found={("outbox_read", CUP_SUBJECT)},
        )
        for column, value in (
            ("acked_read", 99),
            ("acked_read", -2),
            ("sent_read", 99),
            ("drift_read", "(SELECT read_no + 1 FROM order_feeds)"),
        )
    ),
    *(
        broken(
            f"a doubt without {column}",
            f"UPDATE outbox_items SET doubt = 1, {column} = NULL WHERE {CUP_ITEM}",
            found={("outbox_doubt", CUP_SUBJECT)},
        )
        for column in ("sent_value", "sent_generation", "sent_read", "sent_ms")
    ),
    *(
        broken(
            f"an acknowledgement without {column}",
            f"UPDATE outbox_items SET {column} = NULL WHERE {CUP_ITEM}",
            found={("outbox_acknowledged", CUP_SUBJECT)},
        )
        for column in ("acked_generation", "acked_read", "acked_ms")
    ),
    broken(
        "less than nothing acknowledged",
        f"UPDATE outbox_items SET acked_value = -1 WHERE {CUP_ITEM}",
        found={("outbox_acknowledged", CUP_SUBJECT)},
    ),
    broken(
        "a suspect that was never acknowledged",
        f"UPDATE outbox_items SET acked_value = NULL WHERE {CUP_ITEM}",
        found={("outbox_suspect", CUP_SUBJECT)},
    ),
    broken(
        "a milestone of another program's order",
        "UPDATE outbox_statuses SET order_id = 5 WHERE order_id = 1",
        found={("status_order", "order:5/taken")},
    ),
    broken(
        "a doubt about no status",
        "UPDATE outbox_statuses SET state = 'doubt', status_id = '' WHERE order_id = 1",
        found={("status_doubt", "order:1/taken")},
    ),
    broken(
        "a doubt after no read",
        "UPDATE outbox_statuses SET state = 'doubt', written_read = NULL WHERE order_id = 1",
        found={("status_doubt", "order:1/taken")},
    ),
    broken(
        "a status written after a read that never began",
        "UPDATE outbox_statuses SET written_read = 99 WHERE order_id = 1",
        found={("status_read", "order:1/taken")},
    ),
)


def _alerts() -> Iterator[Corruption]:
    for kind, subject in (
        ("shortage", "order:2/product:2"),
        ("unlinked_line", "order:4"),
        ("no_stock_source", "outlet"),
        ("no_price_source", "outlet"),
        ("shop_stopped", "outlet"),
        ("undecodable_order", "magazin/599"),
        ("order_vanished", "order:4"),
        ("movement_line_refused", f"movement:{REFUSED}/line:1"),
        ("reception_differs", "tally:910"),
        ("count_differs", "tally:911"),
    ):
        yield broken(
            f"a {kind} alert cleared while its reason is there",
            f"UPDATE alerts SET state = 'cleared' WHERE kind = '{kind}' AND subject = '{subject}'",
            found={("alert_missing", subject)},
        )
        yield broken(
            f"a {kind} alert without a reason",
            "INSERT INTO alerts (kind, subject, text, since_ms, state, changed_ms)"
            f" VALUES ('{kind}', 'nothing', '', {START_MS}, 'open', {START_MS})",
            found={("alert_stale", "nothing")},
        )


ALERTS: Final = (
    *_alerts(),
    broken(
        "an item in conflict that nobody is told of",
        listed("conflict"),
        found={("alert_missing", "magazin/15")},
    ),
    broken(
        "two linked items of one SKU that nobody is told of",
        "UPDATE links SET sku = 'CANA 1' WHERE external_id = '13'",
        found={("alert_missing", "magazin/CANA 1")},
    ),
    *(
        broken(
            f"an alert {kind} without a reason",
            "INSERT INTO alerts (kind, subject, text, since_ms, state, changed_ms)"
            f" VALUES ('{kind}', 'nothing', '', {START_MS}, 'open', {START_MS})",
            found={("alert_stale", "nothing")},
        )
        for kind in ("import_conflict", "sku_twice")
    ),
    broken(
        "a shortage alert that says too little",
        "UPDATE alerts SET text = '1 missing' WHERE subject = 'order:2/product:2'",
        found={("alert_text", "order:2/product:2")},
    ),
)
