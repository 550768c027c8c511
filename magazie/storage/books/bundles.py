"""Bundles: kept as their parts, one level deep, and claimed as their parts."""

from magazie.storage.books.findings import proof

PROOFS = (
    proof(
        "bundle_with_stock",
        """
        SELECT 'product:' || p.id, 'is a bundle and has a stock of its own'
        FROM products AS p WHERE p.is_bundle = 1
        AND EXISTS (SELECT 1 FROM balances AS b WHERE b.product_id = p.id)
        """,
    ),
    proof(
        "bundle_plain",
        """
        SELECT DISTINCT 'product:' || b.bundle_id, 'has parts and is no bundle'
        FROM bundle_parts AS b JOIN products AS p ON p.id = b.bundle_id WHERE p.is_bundle = 0
        """,
    ),
    proof(
        "bundle_nested",
        """
        SELECT 'product:' || b.bundle_id, 'has the bundle ' || b.part_id || ' as a part'
        FROM bundle_parts AS b JOIN products AS p ON p.id = b.part_id WHERE p.is_bundle = 1
        """,
    ),
    proof(
        "orphan",
        """
        SELECT DISTINCT 'order:' || p.order_id || '/line:' || p.line,
            'has parts and is no line of goods'
        FROM order_line_parts AS p LEFT JOIN order_lines AS l
            ON l.order_id = p.order_id AND l.line = p.line
        WHERE l.kind IS NOT 'product' OR l.product_id IS NULL
        """,
    ),
)
