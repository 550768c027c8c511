import pytest

from magazie.model.claims import Claim, ClaimLine, Shelf
from tests.model.shelves import ONE, put


def sound_shelf() -> Shelf:
    shelf = Shelf(2 * ONE)
    put(shelf, 1, {1: ONE})
    put(shelf, 2, {1: 2 * ONE})
    return shelf


def test_a_sound_shelf_has_no_faults() -> None:
    assert list(sound_shelf().faults()) == []


def test_more_reserved_than_on_hand_is_a_fault() -> None:
    shelf = sound_shelf()
    shelf.on_hand_milli = ONE
    assert list(shelf.faults()) == ["reserved 2000 of 1000 on hand"]


def test_a_wrong_total_is_a_fault() -> None:
    shelf = sound_shelf()
    shelf.reserved_milli = 1999
    shelf.on_hand_milli = 1999
    assert list(shelf.faults()) == ["the reserved total is not the sum of the claims"]


@pytest.mark.parametrize("short", [set(), {1, 2}])
def test_wrong_short_orders_are_a_fault(short: set[int]) -> None:
    shelf = sound_shelf()
    shelf.short = short
    assert list(shelf.faults()) == ["the short orders are not those whose claims are short"]


@pytest.mark.parametrize("reserved", [-1, 1001])
def test_a_line_that_holds_what_it_does_not_want_is_a_fault(reserved: int) -> None:
    line = ClaimLine(ONE, reserved_milli=reserved)
    shelf = Shelf(2 * ONE, [Claim(1, 0, 1, {1: line})])
    assert f"order 1 line 1 holds {reserved}" in list(shelf.faults())


def test_free_goods_beside_a_short_order_are_a_fault() -> None:
    shelf = sound_shelf()
    shelf.on_hand_milli = 2 * ONE + 1
    assert list(shelf.faults()) == ["1 free while orders [2] are short"]
