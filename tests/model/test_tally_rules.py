"""The rules of receiving and counting, case by case."""

import pytest

from magazie.model.decimals import MAX_QUANTITY_MILLI
from magazie.model.tally import Differences, TallyFlag, TallyState, differences
from magazie.model.tally_rules import (
    MOST_LINES,
    GoodsNow,
    TallyRuleError,
    complete,
    leave,
    scan,
    set_quantity,
    take_over,
    undo,
)
from magazie.model.walking import place_key
from tests.model.tally_states import ONE, P1, P2, P3, goods, reception, seen, shelf

HERE = GoodsNow()


def at(on_hand: int, picked: int = 0, seq: int = 1) -> GoodsNow:
    return GoodsNow(witness=seen(on_hand, picked, seq))


def test_a_pack_counts_its_pieces_as_often_as_is_said() -> None:
    decision = scan(reception((P1, 20)), goods(P1, 6), "T1", HERE, 3 * ONE)
    assert (decision.outcome, decision.delta_milli) == ("counted", 18 * ONE)
    assert scan(decision.tally, goods(P1, 6), "T1", HERE).outcome == "surplus"


def test_more_than_a_movement_can_say_is_not_counted() -> None:
    tally = set_quantity(reception((P1, 1)), 1, MAX_QUANTITY_MILLI).tally
    with pytest.raises(TallyRuleError) as refused:
        scan(tally, goods(P1), "T1", HERE)
    assert refused.value.reason == "bad_quantity"
    with pytest.raises(TallyRuleError):
        set_quantity(tally, 1, MAX_QUANTITY_MILLI + 1)


def test_more_lines_than_a_movement_has_are_not_begun() -> None:
    tally = reception(*((number, 1) for number in range(1, MOST_LINES + 1)))
    with pytest.raises(TallyRuleError) as refused:
        scan(tally, goods(MOST_LINES + 1), "T1", HERE)
    assert refused.value.reason == "too_many_lines"
    assert scan(tally, goods(MOST_LINES), "T1", HERE).outcome == "counted"


def test_an_undone_scan_gives_its_place_to_the_next() -> None:
    tally = scan(shelf(P1), goods(P1), "T1", at(5)).tally
    tally = scan(take_over(tally, "T2", "Ion"), goods(P1), "T2", at(5)).tally
    tally = undo(take_over(tally, "T1", "Ana"), "T1", seen(5)).tally
    (line,) = tally.lines
    assert line.counted_milli == ONE
    tally = undo(take_over(tally, "T2", "Ion"), "T2", seen(5)).tally
    assert tally.is_untouched


def test_a_parcel_that_leaves_moves_nothing_on_the_shelf() -> None:
    tally = scan(shelf(P1), goods(P1), "T1", at(5, picked=2)).tally
    tally = scan(tally, goods(P1), "T1", at(3, picked=0)).tally
    assert not tally.lines[0].is_moved
    moved = scan(tally, goods(P1), "T1", at(3, picked=1)).tally
    assert moved.flag(moved.lines[0]) is TallyFlag.MOVED
    same = scan(tally, goods(P1), "T1", at(3, seq=2)).tally
    assert same.lines[0].is_moved


def test_a_reception_knows_no_witness() -> None:
    tally = scan(reception((P1, 1)), goods(P1), "T1", at(5)).tally
    assert (tally.lines[0].first, tally.lines[0].last) == (None, None)


def test_what_is_wrong_is_told_by_kind() -> None:
    tally = reception((P1, 2), (P2, 1), (4, 1))
    for product_id in (P1, P2, P2, P3):
        tally = scan(tally, goods(product_id), "T1", HERE).tally
    assert differences(tally) == Differences(missing=2, surplus=1, unexpected=1)
    _, faults = complete(tally, accepts_missing=False)
    assert [(it.line, it.why) for it in faults] == [(1, "missing"), (3, "missing")]
    decision, faults = complete(tally, accepts_missing=True)
    assert (decision.tally.state, faults) == (TallyState.POSTING, ())


def test_nothing_is_not_received() -> None:
    tally = set_quantity(reception((P1, 2)), 1, 0).tally
    with pytest.raises(TallyRuleError) as refused:
        complete(tally, accepts_missing=True)
    assert refused.value.reason == "nothing_counted"


def test_what_is_left_waits_or_ends() -> None:
    assert leave(reception((P1, 1))).tally.state is TallyState.WAITING
    assert leave(reception()).tally.state is TallyState.LEFT
    assert leave(shelf(P1)).tally.state is TallyState.LEFT
    touched = leave(set_quantity(shelf(P1), 1, 0, seen(0)).tally).tally
    assert (touched.state, touched.terminal) == (TallyState.OPEN, None)


@pytest.mark.parametrize("location", ["A-2", "a 2", " A02 ", "A/2", "a--2"])
def test_a_place_is_known_however_it_is_written(location: str) -> None:
    assert place_key(location) == place_key("A-2") == "a-2"


@pytest.mark.parametrize("location", ["A-20", "2-A", "A", "AB-2", "A-2-1", ""])
def test_another_place_is_another(location: str) -> None:
    assert place_key(location) != place_key("A-2")
