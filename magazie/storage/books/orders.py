"""Orders: each once, numbered, summed up, with what its source said of it."""

from magazie.storage.books.findings import owed, proof

PROOFS = (
    proof(
        "order_twice",
        """
        SELECT 'order:' || min(id), source || ' ' || external_id || ' is here '
            || count(*) || ' times'
        FROM orders GROUP BY origin, source, external_id HAVING count(*) > 1
        """,
    ),
    proof(
        "order_numbering",
        """
        SELECT 'order:' || order_id, count(*) || ' lines, numbered ' || min(line) || ' to '
            || max(line)
        FROM order_lines GROUP BY order_id HAVING min(line) <> 1 OR max(line) <> count(*)
        """,
    ),
    # a shop may show an order without goods, another program may not send one
    proof(
        "order_empty",
        """
        SELECT 'order:' || o.id, 'has no lines' FROM orders AS o
        WHERE o.origin = 'api'
            AND NOT EXISTS (SELECT 1 FROM order_lines AS l WHERE l.order_id = o.id)
        """,
    ),
    # a shop's total is its own word; that of another program's order was worked out here
    proof(
        "order_total",
        """
        SELECT 'order:' || s.id, 'the total is ' || bani(s.total_bani) || ', lines and delivery'
            || ' less discounts make ' || bani(s.due_bani)
        FROM (SELECT o.id, o.total_bani, extras_bani(o.details) + ifnull((
                SELECT sum(line_amount_bani(l.price_e4, l.quantity_milli))
                FROM order_lines AS l WHERE l.order_id = o.id), 0) AS due_bani
            FROM orders AS o WHERE o.origin = 'api') AS s
        WHERE s.total_bani IS NOT s.due_bani
        """,
    ),
    # what is scanned of a parcel finds the order that shows its number, and every such order
    proof(
        "parcel_of_order",
        """
        SELECT 'order:' || p.order_id, 'is found by the AWB ' || p.awb || ', which it does not show'
        FROM order_parcels AS p LEFT JOIN orders AS o ON o.id = p.order_id
        WHERE o.id IS NULL OR awb_of(o.details) <> p.awb
        UNION ALL
        SELECT 'order:' || s.id, 'shows the AWB ' || s.awb || ' and is not found by it'
        FROM (SELECT o.id, awb_of(o.details) AS awb FROM orders AS o) AS s
        WHERE s.awb <> '' AND NOT EXISTS (SELECT 1 FROM order_parcels AS p
            WHERE p.awb = s.awb AND p.order_id = s.id)
        """,
    ),
    proof(
        "payload_missing",
        """
        SELECT 'order:' || o.id, 'what the source said in read ' || o.read_no || ' is not kept'
        FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM order_payloads AS p
            WHERE p.order_id = o.id AND p.read_no = o.read_no)
        """,
    ),
    proof(
        "cancelled_by",
        """
        SELECT 'order:' || id, 'is ' || fulfilment || ' and cancelled by '
            || CASE cancelled_by WHEN '' THEN 'nobody' ELSE cancelled_by END
        FROM orders WHERE (fulfilment = 'cancelled') <> (cancelled_by <> '')
        """,
    ),
    proof(
        "service_linked",
        """
        SELECT 'order:' || order_id || '/line:' || line, 'is a service and names a product'
        FROM order_lines WHERE kind = 'service' AND product_id IS NOT NULL
        """,
    ),
    owed(
        "owed_untaken",
        """
        SELECT 'order:' || o.id, 'order ' || o.number || ' is taken and still listed as not taken'
        FROM untaken_orders AS u CROSS JOIN orders AS o
        ON o.origin = 'shop' AND o.source = u.shop AND o.external_id = u.external_id
        WHERE u.reason = 'before_start'
        """,
    ),
)
