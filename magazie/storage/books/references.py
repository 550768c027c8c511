"""References that the schema leaves without foreign keys, as every order writes them.

That claims name orders is proved with the claims.
"""

from magazie.storage.books.findings import proof

PROOFS = (
    proof(
        "orphan",
        """
        SELECT 'product:' || c.product_id, 'is claimed in ' || c.warehouse || ' and is not there'
        FROM (SELECT DISTINCT product_id, warehouse FROM claims) AS c
        WHERE NOT EXISTS (SELECT 1 FROM products AS p WHERE p.id = c.product_id)
        """,
    ),
    proof(
        "orphan",
        """
        SELECT 'warehouse:' || c.warehouse, 'is claimed from and is not there'
        FROM (SELECT DISTINCT warehouse FROM claims) AS c
        WHERE NOT EXISTS (SELECT 1 FROM warehouses AS w WHERE w.code = c.warehouse)
        """,
    ),
    proof(
        "orphan",
        """
        SELECT 'order:' || l.order_id, 'has lines and is not there'
        FROM (SELECT DISTINCT order_id FROM order_lines) AS l
        WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = l.order_id)
        """,
    ),
    proof(
        "orphan",
        """
        SELECT 'product:' || l.product_id, 'stands on order lines and is not there'
        FROM (SELECT DISTINCT product_id FROM order_lines WHERE product_id IS NOT NULL) AS l
        WHERE NOT EXISTS (SELECT 1 FROM products AS p WHERE p.id = l.product_id)
        """,
    ),
    proof(
        "orphan",
        """
        SELECT 'order:' || p.order_id, 'has payloads and is not there'
        FROM (SELECT DISTINCT order_id FROM order_payloads) AS p
        WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = p.order_id)
        """,
    ),
    proof(
        "orphan",
        """
        SELECT 'shop:' || o.source, 'has orders and is not there'
        FROM (SELECT DISTINCT source FROM orders WHERE origin = 'shop') AS o
        WHERE NOT EXISTS (SELECT 1 FROM shops AS s WHERE s.name = o.source)
        """,
    ),
)
