"""What decides whether a product can be published is found by indexes, not by going through all."""

import sqlite3

from magazie.storage.listing import store_page
from magazie.storage.products import Product, insert, tie
from magazie.storage.reads.publishing import Judge
from tests.http.shop_data import shop_product
from tests.storage.schema import with_schema

ITEMS = 3000


def steps_of_a_wish(connection: sqlite3.Connection, product_id: int) -> int:
    """Hundreds of instructions that the database does for one product."""
    judge = Judge(connection, "magazin", price_warehouse=None, media_url="")
    # EANs are gone through once for all that is judged together
    assert judge.wish(product_id) is not None
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    connection.set_progress_handler(count, 100)
    assert judge.wish(product_id) is not None
    connection.set_progress_handler(None, 0)
    return steps


def test_who_has_a_code_is_not_looked_for_among_all_items() -> None:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        items = [shop_product(f"{n}", f"S{n}", "Cană") for n in range(ITEMS)]
        store_page(connection, "magazin", items, 0)
        new = Product(id=1, code="s77", name="Cană", created_ms=0, changed_ms=0)
        tied = Product(id=2, code="S78", name="Cană", created_ms=0, changed_ms=0)
        for product in (new, tied):
            insert(connection, product)
        assert tie(connection, 2, "magazin", "78", "S78") is not None

        assert steps_of_a_wish(connection, 1) < ITEMS // 50
        assert steps_of_a_wish(connection, 2) < ITEMS // 50
