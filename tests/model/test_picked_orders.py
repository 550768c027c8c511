"""Orders that are changed after they were picked: when that is judged, and what is to be done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.orders import Fulfilment, OrderLine
from magazie.model.picked_orders import Judging, LineEdit, amiss, judging_of, ordered_before
from tests.model.order_lines import ONE, SERVICE, Seen, known_line

PICKED, CANCELLED, OPEN = Fulfilment.PICKED, Fulfilment.CANCELLED, Fulfilment.OPEN
PICKING, SHIPPED = Fulfilment.PICKING, Fulfilment.SHIPPED


def line(number: int, quantity: int, picked: int, released: int = 0) -> OrderLine:
    seen = Seen(sku=f"P{number}", quantity_milli=quantity * ONE)
    known = known_line(number, seen, product=number, picked=picked * ONE)
    return replace(known, released_milli=released * ONE)


WHOLE = (line(1, 2, 2),)
EDITED = (line(1, 3, 2),)
NOTHING = (line(1, 2, 0),)


@pytest.mark.parametrize(
    ("was", "before", "now", "after", "wanted"),
    [
        (PICKED, WHOLE, PICKED, EDITED, Judging.JUDGE),
        (PICKED, WHOLE, CANCELLED, WHOLE, Judging.JUDGE),
        (OPEN, WHOLE, CANCELLED, WHOLE, Judging.JUDGE),
        (PICKING, WHOLE, PICKED, WHOLE, Judging.JUDGE),
        (PICKED, WHOLE, PICKED, WHOLE, Judging.LEAVE),
        (PICKED, EDITED, PICKING, EDITED, Judging.LEAVE),
        (CANCELLED, WHOLE, CANCELLED, WHOLE, Judging.LEAVE),
        (OPEN, NOTHING, CANCELLED, NOTHING, Judging.LEAVE),
        (PICKING, WHOLE, CANCELLED, WHOLE, Judging.CLEAR),
        (CANCELLED, WHOLE, CANCELLED, NOTHING, Judging.CLEAR),
        (CANCELLED, WHOLE, OPEN, WHOLE, Judging.CLEAR),
        (PICKED, WHOLE, SHIPPED, WHOLE, Judging.CLEAR),
    ],
)
def test_when_a_change_is_judged(
    was: Fulfilment,
    before: tuple[OrderLine, ...],
    now: Fulfilment,
    after: tuple[OrderLine, ...],
    wanted: Judging,
) -> None:
    assert judging_of(was, before, now, after) is wanted


def test_what_is_too_much_goes_back_and_what_came_since_is_fetched() -> None:
    lines = (line(1, 1, 2), line(2, 5, 2), line(3, 4, 0), line(4, 0, 1))
    found = amiss(lines, {1: 2 * ONE, 2: 2 * ONE, 3: 0, 4: ONE}, cancelled=False)
    assert found.put_back == {1: ONE, 4: ONE}
    assert found.fetch == {2: 3 * ONE, 3: 4 * ONE}


def test_what_was_missing_when_it_was_picked_is_nothing_new() -> None:
    kept, released = line(1, 5, 3), line(2, 5, 3, released=2)
    assert amiss((kept, released), {}, cancelled=False).is_nothing
    more = amiss((replace(kept, quantity_milli=6 * ONE),), {1: 5 * ONE}, cancelled=False)
    assert more.fetch == {1: ONE}


def test_of_a_cancelled_order_all_goes_back() -> None:
    found = amiss((line(1, 2, 2), line(2, 1, 0)), {}, cancelled=True)
    assert (found.put_back, found.fetch) == ({1: 2 * ONE}, {})


def test_services_are_no_goods() -> None:
    fee = known_line(1, Seen(kind=SERVICE, quantity_milli=2 * ONE))
    assert amiss((fee,), {1: ONE}, cancelled=False).is_nothing


def test_what_was_ordered_when_it_was_picked_is_in_the_first_edit_since() -> None:
    edits = [[LineEdit(1, 2, 5), LineEdit(2, 0, 1)], [LineEdit(1, 5, 7), LineEdit(3, 4, 0)]]
    assert ordered_before(edits) == {1: 2, 2: 0, 3: 4}


AMOUNTS = st.integers(0, 4)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=4), st.data())
def test_an_order_that_is_wanted_again_as_it_was_picked_is_not_amiss(
    picked: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Whatever was edited in between: ordered and picked are as they were."""
    ordered = {n: max(it) for n, it in enumerate(picked, 1)}
    lines = tuple(line(n, ordered[n], min(it)) for n, it in enumerate(picked, 1))
    now, edits = dict(ordered), []
    for number in data.draw(st.lists(st.sampled_from(sorted(ordered)), max_size=6)):
        quantity = data.draw(AMOUNTS)
        edits.append([LineEdit(number, now[number] * ONE, quantity * ONE)])
        now[number] = quantity
    for number, quantity in ordered.items():
        edits.append([LineEdit(number, now[number] * ONE, quantity * ONE)])
    assert amiss(lines, ordered_before(edits), cancelled=False).is_nothing


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=4))
def test_what_is_to_be_done_makes_the_order_right(amounts: list[tuple[int, int, int]]) -> None:
    """With what was missing already left missing."""
    lines = tuple(line(n, now, min(picked, was)) for n, (was, picked, now) in enumerate(amounts, 1))
    picked_of = {n: was * ONE for n, (was, _, _) in enumerate(amounts, 1)}
    found = amiss(lines, picked_of, cancelled=False)
    for each in lines:
        held = each.picked_milli - found.put_back.get(each.line, 0) + found.fetch.get(each.line, 0)
        assert held <= each.wanted_milli
        missing_before = picked_of[each.line] - each.picked_milli
        assert each.wanted_milli - held <= missing_before
