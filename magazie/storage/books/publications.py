"""Publishing: what is in a shop because of us is tied to its product, an item to one."""

from magazie.storage.books.findings import owed, proof

PROOFS = (
    proof(
        "publication_twice",
        """
        SELECT 'item:' || shop || '/' || external_id, 'was published of ' || count(*)
            || ' products'
        FROM publications WHERE state = 'published' GROUP BY shop, external_id HAVING count(*) > 1
        """,
    ),
    proof(
        "publication_unknown",
        """
        SELECT 'product:' || u.product_id || '/' || u.shop, 'is published as item '
            || ifnull(u.external_id, 'none') || ', which was never tied to it'
        FROM publications AS u WHERE u.state = 'published' AND NOT EXISTS (
            SELECT 1 FROM links AS k WHERE k.shop = u.shop AND k.external_id = u.external_id)
        """,
    ),
    proof(
        "publication_reason",
        """
        SELECT 'product:' || product_id || '/' || shop, 'is refused, and nothing says why'
        FROM publications WHERE state = 'refused' AND problems = '[]'
        """,
    ),
    owed(
        "owed_publication",
        """
        SELECT 'product:' || product_id || '/' || shop, CASE state WHEN 'sending'
            THEN 'may be on its way to the shop' ELSE 'is still to be sent' END
        FROM publications WHERE state = 'waiting' OR state = 'sending'
        """,
    ),
)
