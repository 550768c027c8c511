"""Images: what products lack is noted as they say, and is fetched until it is here."""

from magazie.storage.books.findings import owed, proof

_LACKED = """
    SELECT p.id AS product_id, image.value ->> 'url' AS url,
        max(ifnull(image.value ->> 'problem', '')) AS problem
    FROM products AS p, json_each(p.images) AS image
    WHERE p.images <> '[]' AND ifnull(image.value ->> 'url', '') <> ''
        AND ifnull(image.value ->> 'media', '') = ''
    GROUP BY p.id, image.value ->> 'url'
"""

PROOFS = (
    proof(
        "missing_image",
        f"""
        SELECT 'product:' || l.product_id, 'lacks ' || l.url || ', which is noted '
            || CASE WHEN m.url IS NULL THEN 'nowhere' ELSE 'otherwise' END
        FROM ({_LACKED}) AS l
        LEFT JOIN missing_images AS m ON m.url = l.url AND m.product_id = l.product_id
        WHERE m.url IS NULL OR m.problem <> l.problem
        UNION ALL
        SELECT 'product:' || m.product_id, m.url || ' is noted as missing, and is not'
        FROM missing_images AS m
        LEFT JOIN ({_LACKED}) AS l ON m.url = l.url AND m.product_id = l.product_id
        WHERE l.url IS NULL
        """,
    ),
    owed(
        "owed_image",
        """
        SELECT 'product:' || m.product_id, m.url || ' is still to be fetched or told'
        FROM missing_images AS m LEFT JOIN image_fetches AS f ON f.url = m.url
        WHERE f.url IS NULL OR f.media <> '' OR f.problem <> m.problem
        """,
    ),
)
