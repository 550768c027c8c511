import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.claims import Claim, ClaimLine, Draft, NotEnoughGoodsError, Shelf
from tests.model.shelves import ONE, held, put, receive, remove, ship

# --- who gets what --------------------------------------------------------------------------


def test_the_last_unit_goes_to_one_of_two_buyers() -> None:
    shelf = Shelf(ONE)
    first, second = put(shelf, 501, {1: ONE}), put(shelf, 502, {1: ONE})
    assert (first.reserved_milli, first.shortage_milli) == (ONE, 0)
    assert (second.reserved_milli, second.shortage_milli) == (0, ONE)
    assert (shelf.on_hand_milli, shelf.available_milli) == (ONE, 0)
    assert shelf.short == {502}


def test_two_buyers_decided_over_one_draft_share_one_unit_as_well() -> None:
    shelf = Shelf(ONE)
    draft = Draft(shelf)
    first = draft.set_claim(501, 7, 1, {1: (ONE, 0)})
    second = draft.set_claim(502, 7, 1, {1: (ONE, 0)})
    shelf.settle(draft)
    assert [first.reserved_milli, second.reserved_milli] == [ONE, 0]
    assert shelf.available_milli == 0


def test_the_same_product_on_two_lines_is_counted_together() -> None:
    claim = put(Shelf(3 * ONE), 505, {1: 2 * ONE, 2: 2 * ONE})
    assert claim.lines[1].reserved_milli == 2 * ONE
    assert (claim.lines[2].reserved_milli, claim.lines[2].shortage_milli) == (ONE, ONE)
    assert claim.shortage_milli == ONE


@given(
    st.dictionaries(st.integers(1, 6), st.integers(0, 4), max_size=5), st.integers(0, 12), st.data()
)
def test_lines_are_filled_by_number_in_whatever_order_they_are_named(
    lines: dict[int, int], on_hand: int, data: st.DataObject
) -> None:
    named = dict(data.draw(st.permutations(sorted(lines.items()))))
    for at_once in (True, False):
        shelf = Shelf(on_hand if at_once else 0)
        put(shelf, 1, named)
        if not at_once:
            receive(shelf, on_hand)
        left = on_hand
        for number, ordered in sorted(lines.items()):
            reserved = held(shelf)[1][number] if 1 in shelf.claims else 0
            assert reserved == min(ordered, left)
            left -= reserved


def test_available_is_what_is_on_hand_and_not_spoken_for() -> None:
    shelf = Shelf(5 * ONE)
    put(shelf, 509, {1: 2 * ONE})
    assert (shelf.on_hand_milli, shelf.reserved_milli, shelf.available_milli) == (5000, 2000, 3000)
    put(shelf, 510, {1: 4 * ONE})
    assert (shelf.on_hand_milli, shelf.available_milli) == (5 * ONE, 0)


def test_new_goods_go_to_short_claims_by_date_then_by_order_id() -> None:
    shelf = Shelf()
    put(shelf, 3, {1: ONE}, placed_at=20)
    put(shelf, 9, {1: ONE}, placed_at=10)
    put(shelf, 4, {1: ONE}, placed_at=10)
    put(shelf, 1, {1: ONE}, placed_at=30)
    served = []
    for _ in range(4):
        receive(shelf, ONE)
        served.append({order for order in held(shelf) if order not in shelf.short})
    assert served == [{4}, {4, 9}, {3, 4, 9}, {1, 3, 4, 9}]
    receive(shelf, ONE)
    assert shelf.available_milli == ONE


def test_goods_that_do_not_fill_the_oldest_still_go_to_it() -> None:
    shelf = Shelf()
    put(shelf, 1, {1: 5 * ONE})
    put(shelf, 2, {1: ONE})
    receive(shelf, 2 * ONE)
    assert held(shelf) == {1: {1: 2 * ONE}, 2: {1: 0}}


def test_an_older_order_that_comes_late_takes_nothing_that_is_held() -> None:
    shelf = Shelf(ONE)
    put(shelf, 2, {1: ONE}, placed_at=20)
    late = put(shelf, 1, {1: ONE}, placed_at=10)
    assert late.shortage_milli == ONE
    put(shelf, 2, {}, revision=2)
    assert held(shelf) == {1: {1: ONE}}


def test_what_one_line_lets_go_fills_the_orders_own_lines_before_older_orders() -> None:
    shelf = Shelf(3 * ONE)
    put(shelf, 2, {1: 3 * ONE})
    put(shelf, 1, {1: 5 * ONE})
    claim = put(shelf, 2, {1: ONE, 2: ONE}, revision=2)
    assert {number: line.reserved_milli for number, line in claim.lines.items()} == {1: ONE, 2: ONE}
    assert held(shelf)[1] == {1: ONE}, "and what it lets go altogether serves the oldest"


def test_an_order_that_grows_waits_behind_older_ones_for_what_it_adds() -> None:
    shelf = Shelf(ONE)
    put(shelf, 2, {1: ONE})
    put(shelf, 1, {1: ONE})
    put(shelf, 2, {1: 2 * ONE}, revision=2)
    receive(shelf, ONE)
    assert held(shelf) == {2: {1: ONE}, 1: {1: ONE}}


# --- the same command again, older ones, cancelling -----------------------------------------


def test_cancelling_again_and_again_gives_the_goods_back_once() -> None:
    shelf = Shelf(10 * ONE)
    put(shelf, 506, {1: 4 * ONE})
    assert shelf.available_milli == 6 * ONE
    tombstone = put(shelf, 506, {}, revision=2)
    for _ in range(2):
        draft = Draft(shelf)
        draft.recall(tombstone)
        assert draft.set_claim(506, 506, 2, {}) == tombstone
        shelf.settle(draft)
        assert (shelf.on_hand_milli, shelf.available_milli) == (10 * ONE, 10 * ONE)
    draft = Draft(shelf)
    draft.recall(tombstone)
    reopened = draft.set_claim(506, 506, 3, {1: (4 * ONE, 0)})
    shelf.settle(draft)
    assert reopened.reserved_milli == 4 * ONE
    assert (shelf.on_hand_milli, shelf.available_milli) == (10 * ONE, 6 * ONE)


def test_a_cancel_that_overtakes_the_claim_keeps_it_from_being_taken_for_new() -> None:
    shelf = Shelf(ONE)
    tombstone = put(shelf, 7, {}, revision=2)
    assert tombstone.lines, "a claim without lines would leave no row to remember it by"
    assert not tombstone.is_live
    draft = Draft(shelf)
    draft.recall(tombstone)
    late = draft.set_claim(7, 7, 1, {1: (ONE, 0)})
    shelf.settle(draft)
    assert late == tombstone
    assert shelf.available_milli == ONE


@pytest.mark.parametrize("revision", [2, 3])
def test_a_revision_that_is_not_higher_changes_nothing_and_is_answered_as_it_stands(
    revision: int,
) -> None:
    shelf = Shelf(5 * ONE)
    put(shelf, 1, {1: 2 * ONE}, revision=3)
    known = shelf.claims[1]
    draft = Draft(shelf)
    assert draft.set_claim(1, 0, revision, {1: (5 * ONE, 5 * ONE), 2: (ONE, 0)}) is known
    assert draft.changed == {}
    assert draft.reserved_milli == 2 * ONE


def test_the_answer_to_a_repeated_command_tells_what_the_order_holds_by_now() -> None:
    shelf = Shelf()
    first = put(shelf, 1, {1: ONE})
    receive(shelf, ONE)
    again = put(shelf, 1, {1: ONE})
    assert (first.reserved_milli, again.reserved_milli) == (0, ONE)


def test_lines_left_out_are_released_and_stay_to_be_remembered() -> None:
    shelf = Shelf(3 * ONE)
    put(shelf, 1, {1: ONE, 2: 2 * ONE})
    claim = put(shelf, 1, {1: ONE}, revision=2)
    assert claim.lines[2] == ClaimLine(0)
    assert shelf.available_milli == 2 * ONE


def test_a_claim_with_nothing_wanted_leaves_the_shelf() -> None:
    shelf = Shelf(2 * ONE)
    put(shelf, 1, {1: ONE})
    put(shelf, 2, {1: ONE})
    put(shelf, 1, {}, revision=2)
    ship(shelf, 2, 1, ONE)
    assert shelf.claims == {}
    assert (shelf.on_hand_milli, shelf.reserved_milli) == (ONE, 0)


def test_a_short_order_that_is_cancelled_is_no_longer_short() -> None:
    shelf = Shelf()
    put(shelf, 1, {1: ONE})
    put(shelf, 1, {}, revision=2)
    assert shelf.short == set()
    receive(shelf, ONE)
    assert shelf.available_milli == ONE


# --- edits while goods are picked -----------------------------------------------------------


def test_the_reservation_follows_an_edit_although_more_is_in_a_pickers_hands() -> None:
    shelf = Shelf(3 * ONE)
    put(shelf, 525, {1: 3 * ONE})
    put(shelf, 525, {1: 3 * ONE}, revision=2, picked={1: 2 * ONE})
    claim = put(shelf, 525, {1: ONE}, revision=3, picked={1: 2 * ONE})
    assert claim.lines[1] == ClaimLine(ONE, 2 * ONE, 0, ONE)
    assert shelf.available_milli == 2 * ONE
    assert claim.lines[1].takeable_milli == 0


def test_an_edit_below_what_has_left_wants_nothing_more() -> None:
    shelf = Shelf(5 * ONE)
    put(shelf, 1, {1: 3 * ONE, 2: ONE})
    ship(shelf, 1, 1, 2 * ONE)
    claim = put(shelf, 1, {1: ONE, 2: ONE}, revision=2)
    assert (claim.lines[1].wanted_milli, claim.lines[1].shortage_milli) == (0, 0)
    assert claim.shortage_milli == 0, "what left too much on one line is not missing on another"
    assert (claim.reserved_milli, shelf.available_milli) == (ONE, 2 * ONE)
    assert claim.is_live


# --- shipping -------------------------------------------------------------------------------


def test_shipping_moves_reserved_goods_out_and_leaves_what_others_can_have() -> None:
    shelf = Shelf(5 * ONE)
    put(shelf, 1, {1: 3 * ONE})
    claim = ship(shelf, 1, 1, 2 * ONE)
    assert claim.lines[1] == ClaimLine(3 * ONE, 0, 2 * ONE, ONE)
    assert (shelf.on_hand_milli, shelf.reserved_milli, shelf.available_milli) == (3000, 1000, 2000)


@pytest.mark.parametrize(
    ("order", "line", "most"), [(1, 1, 2 * ONE), (1, 2, 0), (2, 1, 0)], ids=["line", "no", "order"]
)
def test_what_is_not_reserved_for_the_line_cannot_be_shipped(
    order: int, line: int, most: int
) -> None:
    shelf = Shelf(9 * ONE)
    put(shelf, 1, {1: 2 * ONE})
    draft = Draft(shelf)
    with pytest.raises(NotEnoughGoodsError) as refusal:
        draft.ship(order, line, 2 * ONE + 1)
    assert refusal.value.free_milli == most
    assert (draft.on_hand_milli, draft.changed) == (9 * ONE, {})


def test_a_short_line_ships_what_it_has() -> None:
    shelf = Shelf(ONE)
    put(shelf, 1, {1: 3 * ONE})
    assert ship(shelf, 1, 1, ONE).shortage_milli == 2 * ONE
    receive(shelf, ONE)
    assert held(shelf) == {1: {1: ONE}}


# --- goods that leave otherwise -------------------------------------------------------------


def test_free_goods_go_first_and_nobody_loses() -> None:
    shelf = Shelf(5 * ONE)
    put(shelf, 1, {1: 2 * ONE})
    assert remove(shelf, 3 * ONE) == []
    assert held(shelf) == {1: {1: 2 * ONE}}


def test_then_the_newest_lose_and_the_answer_names_them() -> None:
    shelf = Shelf(6 * ONE)
    put(shelf, 1, {1: 2 * ONE}, placed_at=30)
    put(shelf, 3, {1: ONE}, placed_at=10)
    put(shelf, 2, {1: ONE}, placed_at=10)
    assert remove(shelf, 5 * ONE) == [1, 3]
    assert held(shelf) == {1: {1: 0}, 2: {1: ONE}, 3: {1: 0}}
    assert shelf.short == {1, 3}


def test_picked_goods_are_not_taken_but_what_is_unpicked_beside_them_is() -> None:
    shelf = Shelf(6 * ONE)
    put(shelf, 1, {1: 3 * ONE})
    put(shelf, 2, {1: 3 * ONE}, picked={1: 2 * ONE})
    assert remove(shelf, 2 * ONE) == [2, 1]
    assert held(shelf) == {1: {1: 2 * ONE}, 2: {1: 2 * ONE}}


def test_shipped_goods_are_no_longer_in_a_pickers_hands() -> None:
    shelf = Shelf(3 * ONE)
    put(shelf, 1, {1: 3 * ONE}, picked={1: 2 * ONE})
    ship(shelf, 1, 1, 2 * ONE)
    assert remove(shelf, ONE) == [1]


def test_the_last_line_of_an_order_loses_first() -> None:
    shelf = Shelf(3 * ONE)
    put(shelf, 1, {1: ONE, 2: ONE, 3: ONE}, picked={3: ONE})
    remove(shelf, ONE)
    assert held(shelf) == {1: {1: ONE, 2: 0, 3: ONE}}


def test_more_than_can_leave_is_refused_with_the_most_that_could() -> None:
    shelf = Shelf(6 * ONE)
    put(shelf, 1, {1: 2 * ONE}, picked={1: ONE})
    put(shelf, 2, {1: 3 * ONE})
    draft = Draft(shelf)
    with pytest.raises(NotEnoughGoodsError) as refusal:
        draft.remove(5 * ONE + 1)
    assert refusal.value.free_milli == 5 * ONE
    assert (draft.on_hand_milli, draft.reserved_milli, draft.changed) == (6 * ONE, 5 * ONE, {})
    assert remove(shelf, 5 * ONE) == [2, 1]


# --- drafts and loading ----------------------------------------------------------------------


def test_a_draft_that_is_not_settled_leaves_the_shelf_as_it_was() -> None:
    shelf = Shelf(3 * ONE)
    put(shelf, 1, {1: 2 * ONE, 2: 2 * ONE})
    before = (shelf.on_hand_milli, shelf.reserved_milli, set(shelf.short), held(shelf))
    draft = Draft(shelf)
    draft.receive(ONE)
    draft.ship(1, 1, ONE)
    draft.set_claim(2, 2, 1, {1: (ONE, 0)})
    draft.set_claim(1, 1, 2, {})
    draft.remove(ONE)
    assert (shelf.on_hand_milli, shelf.reserved_milli, set(shelf.short), held(shelf)) == before


def test_a_plan_names_the_claims_that_changed_and_no_others() -> None:
    shelf = Shelf(ONE)
    for order in (1, 2, 3):
        put(shelf, order, {1: ONE})
    draft = Draft(shelf)
    draft.receive(ONE)
    assert draft.changed.keys() == {2}
    draft.remove(2 * ONE)
    assert draft.changed.keys() == {1, 2}
    draft.set_claim(3, 3, 2, {})
    assert draft.changed.keys() == {1, 2, 3}


def test_a_claim_that_is_not_live_is_not_loaded() -> None:
    done = Claim(1, 0, 1, {1: ClaimLine(ONE, 0, ONE, 0)})
    live = Claim(2, 0, 1, {1: ClaimLine(2 * ONE, 0, ONE, 0)})
    shelf = Shelf(0, [done, live])
    assert list(shelf.claims) == [2]
    assert shelf.short == {2}


def test_a_balance_below_nothing_reserves_nothing() -> None:
    shelf = Shelf(-2 * ONE)
    assert put(shelf, 1, {1: ONE, 2: ONE}).reserved_milli == 0
    with pytest.raises(NotEnoughGoodsError) as refusal:
        remove(shelf, ONE)
    assert refusal.value.free_milli == 0
    receive(shelf, ONE)
    assert held(shelf) == {1: {1: 0, 2: 0}}
    receive(shelf, 2 * ONE)
    assert held(shelf) == {1: {1: ONE, 2: 0}}


# --- every order of the same events ---------------------------------------------------------


def test_claims_and_goods_come_to_the_same_in_any_order_when_there_is_enough() -> None:
    ends = set()
    for events in itertools.permutations(["a", "b", "goods", "cancel b"]):
        shelf = Shelf()
        stored: dict[int, Claim] = {}
        for event in events:
            draft = Draft(shelf)
            if event == "goods":
                draft.receive(3 * ONE)
            else:
                order, revision = (1, 1) if event == "a" else (2, 2 if "cancel" in event else 1)
                if order in stored and draft.claim(order) is None:
                    draft.recall(stored[order])
                lines = {} if event == "cancel b" else {1: (2 * ONE, 0)}
                draft.set_claim(order, order, revision, lines)
            stored.update(draft.changed)
            shelf.settle(draft)
            assert not list(shelf.faults())
        ends.add((shelf.on_hand_milli, shelf.reserved_milli, frozenset(shelf.claims)))
    assert ends == {(3 * ONE, 2 * ONE, frozenset({1}))}


def test_what_a_line_says_of_itself() -> None:
    line = ClaimLine(ordered_milli=9, picked_milli=5, shipped_milli=2, reserved_milli=4)
    assert (line.wanted_milli, line.shortage_milli, line.takeable_milli) == (7, 3, 1)
    over = ClaimLine(ordered_milli=1, picked_milli=1, shipped_milli=2, reserved_milli=0)
    assert (over.wanted_milli, over.shortage_milli, over.takeable_milli) == (0, 0, 0)
    claim = Claim(4, 5, 1, {1: line, 2: over})
    assert (claim.reserved_milli, claim.shortage_milli, claim.age) == (4, 3, (5, 4))
    assert claim.is_live
    assert not Claim(4, 5, 1, {2: over}).is_live
