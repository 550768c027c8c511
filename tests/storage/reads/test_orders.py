import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.orders import Fulfilment, Invoicing, OrderStatus, derive_status
from magazie.storage.reads.keyset import PageRequest
from magazie.storage.reads.orders import (
    HeldLine,
    OrderFilter,
    OrderRecord,
    find_orders,
    read_order,
)
from tests.storage.reads.books import (
    NOW_MS,
    add_claim,
    add_order,
    add_product,
    empty_books,
)

NEWEST = PageRequest((("id", True),), 200)


def found(connection: sqlite3.Connection, **wanted: object) -> list[int]:
    page = find_orders(connection, OrderFilter(**wanted), NEWEST)  # type: ignore[arg-type]
    return [record.order.id for record in page.rows]


def status_of(record: OrderRecord) -> OrderStatus:
    order = record.order
    return derive_status(
        order.fulfilment,
        order.invoicing,
        claims_owed=record.is_reserving,
        shortage_milli=sum(line.shortage_milli for line in record.held.values()),
        parked_lines=sum(line.is_parked for line in order.lines),
    )


LINES = st.lists(
    st.tuples(
        st.sampled_from([None, 1, 2]),  # product
        st.sampled_from([0, 1000]),  # quantity
        st.sampled_from([None, 0, 1000]),  # reserved, None for no claim yet
        st.sampled_from([1, 2]),  # the claim's revision
        st.sampled_from([0, 1000]),  # shipped
    ),
    max_size=3,
)


@given(
    st.sampled_from(Fulfilment),
    st.sampled_from(Invoicing),
    st.sampled_from([(1, 1), (2, 1), (2, 2)]),
    LINES,
)
def test_each_order_is_found_under_its_status_and_no_other(
    fulfilment: Fulfilment,
    invoicing: Invoicing,
    claims: tuple[int, int],
    lines: list[tuple[int | None, int, int | None, int, int]],
) -> None:
    with empty_books() as connection:
        add_product(connection, 1)
        add_product(connection, 2)
        order_id = add_order(
            connection,
            "1",
            [line[:2] for line in lines],
            fulfilment=fulfilment,
            invoicing=invoicing,
            claims=claims,
        )
        for number, (product_id, quantity, reserved, revision, shipped) in enumerate(
            lines, start=1
        ):
            if product_id is not None and reserved is not None:
                add_claim(
                    connection,
                    product_id,
                    order_id,
                    number,
                    ordered=quantity,
                    reserved=min(reserved, max(0, quantity - shipped)),
                    shipped=shipped,
                    revision=revision,
                )
        record = read_order(connection, order_id)
        assert record is not None

        under = [status for status in OrderStatus if found(connection, status=status)]

        assert under == [status_of(record)]


def test_lines_show_what_their_own_claim_holds(connection: sqlite3.Connection) -> None:
    add_product(connection, 1)
    order_id = add_order(connection, "1", [(1, 3000), (1, 500)])
    other_id = add_order(connection, "2", [(1, 1000)])
    add_claim(connection, 1, order_id, 1, ordered=3000, reserved=1000, shipped=500)
    add_claim(connection, 1, order_id, 2, ordered=500, reserved=500, revision=4)
    add_claim(connection, 1, other_id, 1, ordered=1000, reserved=0)
    add_claim(connection, 1, order_id, 1, ordered=9000, reserved=0, warehouse="raft")

    record = read_order(connection, order_id)

    assert record is not None
    assert record.held == {
        1: HeldLine(1000, 1500, 500, 1),
        2: HeldLine(500, 0, 0, 4),
    }


def test_an_order_without_warehouse_holds_nothing(connection: sqlite3.Connection) -> None:
    add_product(connection, 1)
    order_id = add_order(connection, "1", [(1, 1000)], warehouse=None)

    record = read_order(connection, order_id)

    assert record is not None
    assert record.held == {}


def test_claims_that_are_set_count_before_it_is_noted(connection: sqlite3.Connection) -> None:
    add_product(connection, 1)
    order_id = add_order(connection, "1", [(1, 1000)], claims=(2, 1))
    add_claim(connection, 1, order_id, 1, ordered=1000, reserved=1000, revision=1)

    before = read_order(connection, order_id)
    connection.execute("UPDATE claims SET revision = 2")
    after = read_order(connection, order_id)

    assert before is not None
    assert after is not None
    assert (before.is_reserving, after.is_reserving) == (True, False)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("serban", True),
        ("ȘERBAN", True),
        ("exemplu srl", True),
        ("0722", True),
        ("iasi", True),
        ("a-1", True),
        ("customer", False),
        ("buzau", False),
    ],
)
def test_people_are_found_however_they_are_typed(
    connection: sqlite3.Connection, text: str, *, is_found: bool
) -> None:
    more = {"phone": "0722000111", "city": "Iași"}
    order_id = add_order(connection, "A-1", customer="Ana Șerban", company="Exemplu SRL", more=more)

    assert found(connection, text=text) == ([order_id] if is_found else [])


def test_filters_are_combined(connection: sqlite3.Connection) -> None:
    add_product(connection, 1)
    first = add_order(connection, "1", [(1, 1000)], source="b2b", placed_ms=NOW_MS)
    second = add_order(connection, "2", source="b2b", placed_ms=NOW_MS + 1000)
    add_order(connection, "3", placed_ms=NOW_MS)
    add_claim(connection, 1, first, 1, ordered=1000, reserved=0)

    assert found(connection, source="b2b") == [second, first]
    assert found(connection, source="b2b", placed_to_ms=NOW_MS + 1000) == [first]
    assert found(connection, source="b2b", placed_from_ms=NOW_MS + 1) == [second]
    assert found(connection, product_id=1) == [first]
    assert found(connection, shop="b2b") == []
    assert found(connection, external_id="2", number="2") == [second]
