"""How often a window's pages are read: as often as it takes to have seen every order, no more."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.ports import OrderPage
from magazie.sync.order_reader import PASSES_MOST
from magazie.sync.page_passes import PagePasses, is_oldest_first
from tests.http.shop_data import shop_order

SIZE = 4

Fault = tuple[int, int]
"""On which page, and by how many rows it begins too early (below zero) or too late."""


class Shop:
    """Orders on pages, miscounted by ``more``; past the end nothing, or the last page again."""

    def __init__(self, count: int, more: int, *, repeats_last: bool) -> None:
        self.orders = [shop_order(str(n), f"N{n}") for n in range(1, count + 1)]
        self.total = count + more
        self.pages = max(1, -(-self.total // SIZE))
        self.repeats_last = repeats_last

    def page(self, number: int, fault: Fault | None) -> OrderPage:
        last = max(1, -(-len(self.orders) // SIZE))
        shown = min(number, last) if self.repeats_last else number
        start = (shown - 1) * SIZE
        if fault is not None and number == fault[0] > 1:
            start = max(0, start + fault[1])
        rows = tuple(self.orders[start : start + SIZE])
        return OrderPage(number, self.pages, self.total, rows, ())


def read(shop: Shop, faults: list[Fault | None], known: int = 0) -> tuple[PagePasses, int]:
    """Read as the order reader does; each pass with its fault. The window, and the passes."""
    window = PagePasses(known)
    for made, fault in enumerate(faults, 1):
        window.begin()
        number = 1
        while window.note_orders(number, shop.page(number, fault)):
            number += 1
        if window.ended():
            return window, made
    return window, len(faults)


SHOPS = st.builds(
    Shop, st.integers(0, 18), st.sampled_from([0, 0, 1, 3, SIZE, 9]), repeats_last=st.booleans()
)
FAULTS = st.tuples(st.integers(2, 5), st.integers(-SIZE, SIZE).filter(bool))


@given(shop=SHOPS, fault=FAULTS, faulty=st.integers(0, PASSES_MOST - 1), known=st.integers(0, 9))
@example(shop=Shop(14, 0, repeats_last=False), fault=(2, -SIZE), faulty=0, known=0)
@example(shop=Shop(14, 9, repeats_last=True), fault=(4, 2), faulty=1, known=9)
def test_one_pass_that_moves_or_repeats_hides_no_order(
    shop: Shop, fault: Fault, faulty: int, known: int
) -> None:
    more = shop.total - len(shop.orders)
    faults = [fault if made == faulty else None for made in range(PASSES_MOST)]
    window, _ = read(shop, faults, min(known, more))
    assert window.shown == {order.external_id for order in shop.orders}


@given(shop=SHOPS)
def test_a_shop_that_counts_wrong_is_read_twice_and_then_once(shop: Shop) -> None:
    more = shop.total - len(shop.orders)
    window, passes = read(shop, [None] * PASSES_MOST)
    assert window.shown == {order.external_id for order in shop.orders}
    is_shorter = len(shop.orders) > SIZE and len(shop.orders) % SIZE
    if not more or is_shorter or not shop.repeats_last:  # else the repeated one may hide others
        assert passes == (2 if more else 1)
        assert window.miscounted == more
    again, passes = read(shop, [None] * PASSES_MOST, known=more)
    assert (again.shown, passes) == (window.shown, 1)


@given(shop=SHOPS, faults=st.lists(FAULTS, min_size=PASSES_MOST, max_size=PASSES_MOST))
def test_two_passes_that_show_the_same_are_the_end_of_it(shop: Shop, faults: list[Fault]) -> None:
    window, passes = read(shop, list(faults))
    assert passes <= PASSES_MOST
    assert window.shown <= {order.external_id for order in shop.orders}


@pytest.mark.parametrize(
    ("shown", "is_turned"),
    [
        (["2@10", "1@9"], False),
        (["1@9", "2@10"], True),
        (["2@9", "1@9"], False),  # of one second
        (["9@9", "10@9"], True),
        (["x@9", "y@9"], None),
        ([], None),
    ],
)
def test_which_orders_come_first_is_seen_on_a_page(
    shown: list[str], *, is_turned: bool | None
) -> None:
    placed = [one.split("@") for one in shown]
    orders = tuple(
        replace(shop_order("1", "N"), external_id=external_id, placed_at_ms=int(at))
        for external_id, at in placed
    )
    assert is_oldest_first(OrderPage(1, 2, 200, orders, ())) is is_turned
    assert is_oldest_first(OrderPage(1, 1, 2, orders, ())) is False, "there is no other page"


def during(before: list[str], after: list[str], moved_at: int) -> tuple[PagePasses, bool]:
    """One pass over orders that are others from a page on; and whether it was enough."""
    window = PagePasses()
    window.begin()
    number, goes_on = 0, True
    while goes_on:
        number += 1
        ids = before if number < moved_at else after
        pages = max(1, -(-len(ids) // SIZE))
        rows = tuple(shop_order(each, f"N{each}") for each in ids[(number - 1) * SIZE :][:SIZE])
        goes_on = window.note_orders(number, OrderPage(number, pages, len(ids), rows, ()))
    return window, window.ended()


@given(count=st.integers(0, 18), new=st.integers(1, 3), moved_at=st.integers(2, 5))
def test_orders_that_come_meanwhile_need_no_other_pass(count: int, new: int, moved_at: int) -> None:
    before = [str(each) for each in range(count, 0, -1)]
    newest = [str(each) for each in range(count + new, count, -1)]
    window, is_enough = during(before, [*newest, *before], moved_at)
    assert window.shown >= set(before)
    assert is_enough


@given(st.data(), st.integers(1, 18), st.integers(2, 5))
def test_orders_that_go_meanwhile_hide_none(data: st.DataObject, count: int, moved_at: int) -> None:
    before = [str(each) for each in range(count, 0, -1)]
    gone = data.draw(st.sampled_from(before))
    after = [each for each in before if each != gone]
    window, is_enough = during(before, after, moved_at)
    assert not is_enough or window.shown >= set(after)


def test_what_was_learnt_is_unlearnt_when_the_shop_counts_right() -> None:
    wrong, right = Shop(9, 3, repeats_last=False), Shop(9, 0, repeats_last=False)
    learnt, _ = read(wrong, [None] * PASSES_MOST)
    assert learnt.miscounted == 3
    after, passes = read(right, [None], learnt.miscounted)
    assert (after.miscounted, passes) == (0, 1)


def test_a_page_repeated_twice_in_a_row_is_not_taken_for_the_end() -> None:
    shop = Shop(14, 0, repeats_last=False)
    window, passes = read(shop, [(2, -SIZE), (2, -SIZE), None])
    assert (len(window.shown), passes) == (14, 3)
