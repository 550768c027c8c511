import sqlite3

from magazie.storage.reads.counts import count_books
from magazie.storage.reads.keyset import PageRequest
from magazie.storage.reads.stock import StockFilter, StockRow, find_stock
from tests.storage.reads.books import (
    add_balance,
    add_claim,
    add_order,
    add_product,
)

BY_PRODUCT = PageRequest((("product", False), ("warehouse", False)), 50)


def test_only_live_claims_of_the_warehouse_are_reserved(connection: sqlite3.Connection) -> None:
    add_product(connection, 1)
    add_balance(connection, 1, "principal", 5000)
    add_balance(connection, 1, "raft", 700)
    add_claim(connection, 1, 1, 1, ordered=2000, reserved=1500, shipped=500)
    add_claim(connection, 1, 2, 1, ordered=1000, reserved=1000)
    add_claim(connection, 1, 3, 1, ordered=0, reserved=0)
    add_claim(connection, 1, 4, 1, ordered=700, reserved=700, warehouse="raft")

    page = find_stock(connection, StockFilter(), BY_PRODUCT)

    assert page.rows == (
        StockRow(1, "principal", 5000, 2500),
        StockRow(1, "raft", 700, 700),
    )
    assert find_stock(connection, StockFilter(is_short=True), BY_PRODUCT).rows == ()


def test_products_that_orders_wait_for_are_short(connection: sqlite3.Connection) -> None:
    for product_id in (1, 2):
        add_product(connection, product_id)
        add_balance(connection, product_id, "principal", 1000)
    add_claim(connection, 1, 1, 1, ordered=2000, reserved=1000)
    add_claim(connection, 2, 1, 2, ordered=1000, reserved=1000)

    def products(*, is_short: bool) -> list[int]:
        page = find_stock(connection, StockFilter(is_short=is_short), BY_PRODUCT)
        return [row.product_id for row in page.rows]

    assert products(is_short=True) == [1]
    assert products(is_short=False) == [2]


def test_the_books_are_counted(connection: sqlite3.Connection) -> None:
    add_product(connection, 1)
    add_balance(connection, 1, "principal", 5000)
    order_id = add_order(connection, "1", [(1, 1000)], claims=(2, 1))
    add_order(connection, "2")
    add_claim(connection, 1, order_id, 1, ordered=1000, reserved=1000)

    counts = count_books(connection)

    assert (counts.products, counts.orders, counts.orders_open, counts.orders_owing) == (1, 2, 2, 1)
    assert (counts.on_hand_milli, counts.reserved_milli) == (5000, 1000)
    assert (counts.alerts_open, counts.jobs_running) == (0, 0)
