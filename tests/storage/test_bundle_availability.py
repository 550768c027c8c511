"""What a shop is told of a bundle: the whole bundles that its parts allow, less the buffer."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from magazie.model.bundles import BundlePart, part_wanted
from magazie.storage.outbox_items import ItemRow, for_products
from tests.storage.schema import with_schema

BUNDLE = 100
Part = tuple[int, int | None, int]
"""(thousandths in a bundle, on hand or not known, reserved)"""

parts = st.lists(
    st.tuples(
        st.integers(1, 5_000), st.none() | st.integers(-3_000, 60_000), st.integers(0, 60_000)
    ),
    max_size=4,
)


def furnish(connection: sqlite3.Connection, its: list[Part], buffer_milli: int) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO warehouses VALUES ('d', 'Depozit')")
    connection.execute(
        "INSERT INTO shops (name, kind, base_url, shop_url, api_key, stock_warehouse,"
        " orders_from_ms, flush_seconds, poll_seconds, status_map, created_ms, stock_buffer_milli)"
        " VALUES ('s', 'gomag', '', '', '', 'd', 0, 1, 1, '{}', 0, ?)",
        (buffer_milli,),
    )
    for product in (BUNDLE, *range(len(its))):
        connection.execute(
            "INSERT INTO products (id, code, code_key, name, is_bundle, created_ms, changed_ms)"
            " VALUES (?1, ?1, ?1, 'n', ?2, 0, 0)",
            (product, product == BUNDLE),
        )
    connection.execute("INSERT INTO links VALUES ('s', 'b', ?, 'B', 'linked', 1)", (BUNDLE,))
    for product, (per_milli, on_hand_milli, reserved_milli) in enumerate(its):
        connection.execute(
            "INSERT INTO bundle_parts VALUES (?, ?, ?)", (BUNDLE, product, per_milli)
        )
        if on_hand_milli is not None:
            connection.execute("INSERT INTO balances VALUES (?, 'd', ?)", (product, on_hand_milli))
        connection.execute(
            "INSERT INTO claims VALUES (?1, 'd', 1, 1, 0, 1, ?2 + 1, 0, 0, ?2)",
            (product, reserved_milli),
        )


def told(its: list[Part], buffer_milli: int = 0) -> ItemRow:
    with with_schema() as connection:
        furnish(connection, its, buffer_milli)
        (row,) = (row for row in for_products(connection, "s", [BUNDLE]) if row.field == "stock")
        return row


@given(parts, st.integers(0, 4_000))
def test_a_bundle_is_there_as_often_as_its_scarcest_part(its: list[Part], buffer: int) -> None:
    row = told(its, buffer)
    if not its or any(on_hand is None for _, on_hand, _ in its):
        assert (row.value, row.missing) == (None, "bundle_unknown")
        return
    free = [max(0, (on_hand or 0) - reserved) for _, on_hand, reserved in its]

    def fits(bundles_milli: int) -> bool:
        return all(
            part_wanted(bundles_milli, BundlePart(number, per_milli)) <= free[number]
            for number, (per_milli, _, _) in enumerate(its)
        )

    whole = told(its).value
    assert whole is not None
    assert whole % 1000 == 0
    assert fits(whole)
    assert not fits(whole + 1000)
    assert row.value == max(0, whole - buffer)
