"""Order reads: nothing was seen in a read that was never begun."""

from magazie.storage.books.findings import proof

PROOFS = (
    proof(
        "feed_reads",
        """
        SELECT 'shop:' || shop, 'read ' || complete_read_no || ' is the last complete one, read '
            || read_no || ' the newest'
        FROM order_feeds WHERE complete_read_no > read_no OR complete_read_no < 0
            OR (complete_read_no > 0) <> (complete_at_ms IS NOT NULL)
        """,
    ),
    proof(
        "order_read",
        """
        SELECT 'order:' || o.id, 'was last seen in read ' || o.read_no || ', the newest is '
            || ifnull(f.read_no, 0)
        FROM orders AS o LEFT JOIN order_feeds AS f ON f.shop = o.source
        WHERE CASE o.origin WHEN 'shop' THEN o.read_no NOT BETWEEN 1 AND ifnull(f.read_no, 0)
            ELSE o.read_no <> 0 END
        """,
    ),
    proof(
        "touch_read",
        """
        SELECT 'product:' || t.product_id || '/' || t.shop, 'was last touched in read '
            || t.read_no || ', the newest is ' || ifnull(f.read_no, 0)
        FROM stock_touches AS t LEFT JOIN order_feeds AS f ON f.shop = t.shop
        WHERE t.read_no NOT BETWEEN 1 AND ifnull(f.read_no, 0)
        """,
    ),
)
