import pytest
from msgspec.structs import replace

from magazie.model.orders import (
    Fulfilment,
    Invoicing,
    OrderStatus,
    claims_of,
    derive_status,
    follow_lines,
)
from tests.model.order_lines import ONE, SERVICE, A, B, C, known_line, linked

# --- what an order claims -------------------------------------------------------------------


def test_an_order_claims_every_line_of_goods_under_its_product() -> None:
    lines = [
        known_line(1, A, product=7, picked=500),
        known_line(2, replace(B, quantity_milli=2 * ONE), product=8),
        known_line(3, replace(A, quantity_milli=3 * ONE), product=7),
        known_line(4, C),
        known_line(5, replace(C, kind=SERVICE), product=9),
    ]
    assert claims_of(lines, cancelled=False) == {
        7: {1: (ONE, 500), 3: (3 * ONE, 0)},
        8: {2: (2 * ONE, 0)},
    }


def test_what_is_no_longer_wanted_is_named_to_be_released() -> None:
    gone = known_line(1, replace(A, quantity_milli=0), product=7, picked=ONE)
    assert claims_of([gone, known_line(2, B, product=8)], cancelled=False) == {
        7: {},
        8: {2: (ONE, 0)},
    }
    assert claims_of([gone, known_line(2, A, product=7)], cancelled=False) == {7: {2: (ONE, 0)}}


def test_a_cancelled_order_claims_nothing_of_every_product_it_named() -> None:
    lines = [known_line(1, A, product=7), known_line(2, B, product=8), known_line(3, C)]
    assert claims_of(lines, cancelled=True) == {7: {}, 8: {}}


def test_an_edit_moves_the_claims() -> None:
    known = tuple(
        replace(line, picked_milli=2 * ONE)
        for line in linked(follow_lines((), [replace(A, quantity_milli=3 * ONE)]))
    )
    edited = follow_lines(known, [A, B])
    both = (edited[0], replace(edited[1], product_id=102))
    assert claims_of(both, cancelled=False) == {101: {1: (ONE, 2 * ONE)}, 102: {2: (ONE, 0)}}
    swapped = follow_lines(both, [B])
    assert claims_of(swapped, cancelled=False) == {101: {}, 102: {2: (ONE, 0)}}


# --- one word for people --------------------------------------------------------------------


def status(
    fulfilment: Fulfilment,
    invoicing: Invoicing = Invoicing.NONE,
    *,
    owed: bool = False,
    shortage: int = 0,
    parked: int = 0,
) -> OrderStatus:
    return derive_status(
        fulfilment, invoicing, claims_owed=owed, shortage_milli=shortage, parked_lines=parked
    )


def test_an_open_order_is_taken_until_its_claims_are_set_then_reserved_or_short() -> None:
    assert status(Fulfilment.OPEN, owed=True) == "taken"
    assert status(Fulfilment.OPEN, owed=True, shortage=1, parked=1) == "taken"
    assert status(Fulfilment.OPEN) == "reserved"
    assert status(Fulfilment.OPEN, shortage=1) == "short"
    assert status(Fulfilment.OPEN, parked=1) == "short"


@pytest.mark.parametrize(
    ("fulfilment", "word"),
    [
        (Fulfilment.PICKING, "picking"),
        (Fulfilment.PICKED, "picked"),
        (Fulfilment.PART_SHIPPED, "shipped"),
        (Fulfilment.SHIPPED, "shipped"),
        (Fulfilment.CANCELLED, "cancelled"),
    ],
)
@pytest.mark.parametrize("invoicing", [Invoicing.NONE, Invoicing.PART])
@pytest.mark.parametrize("owed", [False, True])
def test_past_open_the_word_is_that_of_the_goods(
    fulfilment: Fulfilment, word: str, invoicing: Invoicing, *, owed: bool
) -> None:
    assert status(fulfilment, invoicing, owed=owed, shortage=1, parked=1) == word


def test_a_part_invoice_says_nothing_of_an_open_order() -> None:
    assert status(Fulfilment.OPEN, Invoicing.PART, owed=True) == "taken"
    assert status(Fulfilment.OPEN, Invoicing.PART, shortage=1) == "short"


@pytest.mark.parametrize("fulfilment", Fulfilment)
def test_all_invoiced_goes_before_everything_but_a_cancel(fulfilment: Fulfilment) -> None:
    word = "cancelled" if fulfilment is Fulfilment.CANCELLED else "invoiced"
    assert status(fulfilment, Invoicing.ALL, owed=True, shortage=1, parked=1) == word
