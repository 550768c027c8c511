"""What operations do to a session, case by case."""

import pytest
from msgspec.structs import replace

from magazie.model.bundles import BundlePart
from magazie.model.finder import Ambiguous, Finding, Identity, ThingKind, Unknown
from magazie.model.picking import (
    LinePicked,
    Outcome,
    PickingState,
    Rest,
    SessionState,
    picked_lines,
)
from magazie.model.picking_rules import (
    Decision,
    OpenLine,
    RefusedOperationError,
    complete,
    follow,
    may_work,
    put_back,
    scan,
    short,
    skip,
    take_over,
    undo,
)
from tests.model.picking_sessions import (
    ONE,
    P1,
    P2,
    P3,
    goods,
    in_hand,
    line,
    order,
    session_of,
)


def scans(session: PickingState, *found: Finding) -> tuple[PickingState, list[Outcome]]:
    outcomes = []
    for each in found:
        decision = scan(session, each, session.terminal)
        session = decision.session
        outcomes.append(decision.outcome)
    return session, outcomes


def counted(session: PickingState, product_id: int, times: int) -> PickingState:
    session, outcomes = scans(session, *[goods(product_id)] * times)
    assert outcomes == [Outcome.COUNTED] * times
    return session


# --- scans ----------------------------------------------------------------------------------


def test_g1_a_wrong_and_an_unknown_scan_change_no_count() -> None:
    session = session_of(order(line(1, P1, 3)))
    session, outcomes = scans(session, goods(P1), goods(P2), Unknown(), goods(P1))
    assert outcomes == [
        Outcome.COUNTED,
        Outcome.NOT_IN_ORDER,
        Outcome.UNKNOWN_CODE,
        Outcome.COUNTED,
    ]
    assert in_hand(session) == {1: 2}


def test_g2_one_more_than_ordered_is_refused() -> None:
    session = session_of(order(line(1, P1, 2)))
    session, outcomes = scans(session, *[goods(P1)] * 3)
    assert outcomes == [Outcome.COUNTED, Outcome.COUNTED, Outcome.OVER]
    assert in_hand(session) == {1: 2}


def test_g2_filling_up_after_one_gives_exactly_what_is_ordered() -> None:
    session = counted(session_of(order(line(1, P1, 2))), P1, 1)
    assert scan(session, goods(P1), "T1", 2 * ONE).outcome is Outcome.OVER
    filled = scan(session, goods(P1), "T1", ONE)
    assert in_hand(filled.session) == {1: 2}


def test_g9_a_pack_counts_whole_or_not_at_all() -> None:
    session = session_of(order(line(1, P1, 8)))
    counts = []
    for found in (goods(P1, 6), goods(P1, 6), goods(P1), goods(P1)):
        decision = scan(session, found, "T1")
        session = decision.session
        counts.append((decision.outcome, in_hand(session)[1]))
    assert counts == [
        (Outcome.COUNTED, 6),
        (Outcome.OVER, 6),
        (Outcome.COUNTED, 7),
        (Outcome.COUNTED, 8),
    ]


def test_part_of_a_piece_is_counted_where_goods_are_measured() -> None:
    session = session_of(order(line(1, P1, 2)))
    assert scan(session, goods(P1), "T1", 1500).session.picks[0].picked_milli == 1500
    assert scan(session, goods(P1), "T1", 2001).outcome is Outcome.OVER


def test_an_ambiguous_code_counts_nothing() -> None:
    session = session_of(order(line(1, P1, 2)))
    both = Ambiguous(((ThingKind.PRODUCT, P1), (ThingKind.PRODUCT, P2)))
    assert scan(session, both, "T1").outcome is Outcome.AMBIGUOUS_CODE


def test_the_number_of_an_order_is_no_goods_of_it() -> None:
    session = session_of(order(line(1, P1, 2)))
    number = Identity(ThingKind.ORDER, P1, ONE)
    assert scan(session, number, "T1").outcome is Outcome.NOT_IN_ORDER


def test_one_product_on_two_lines_fills_one_after_the_other() -> None:
    session = session_of(order(line(1, P1, 1), line(2, P1, 2)))
    session = counted(session, P1, 3)
    assert in_hand(session) == {1: 1, 2: 2}
    assert scan(session, goods(P1), "T1").outcome is Outcome.OVER


def test_a_pack_goes_to_the_line_that_has_room_for_it() -> None:
    session = session_of(order(line(1, P1, 1), line(2, P1, 6)))
    decision = scan(session, goods(P1, 6), "T1")
    assert (decision.outcome, decision.pick) == (Outcome.COUNTED, 2)


def test_only_the_owners_terminal_works_in_an_open_session() -> None:
    session = session_of(order(line(1, P1, 2)))
    assert may_work(session, "T1") is None
    assert may_work(session, "T2") is Outcome.OWNED_BY_OTHER
    ended = replace(session, state=SessionState.COMPLETED)
    assert may_work(ended, "T1") is Outcome.NO_SESSION


# --- undo -----------------------------------------------------------------------------------


def test_g15_undo_takes_back_scan_by_scan() -> None:
    session = counted(session_of(order(line(1, P1, 2))), P1, 2)
    counts: list[tuple[Outcome, int]] = []
    for _ in range(3):
        decision = undo(session, "T1")
        session = decision.session
        counts.append((decision.outcome, in_hand(session)[1]))
    assert counts == [(Outcome.UNDONE, 1), (Outcome.UNDONE, 0), (Outcome.NOTHING_TO_UNDO, 0)]


def test_undo_takes_back_a_pack_as_it_was_scanned() -> None:
    session = counted(session_of(order(line(1, P1, 8))), P1, 1)
    session = scan(session, goods(P1, 6), "T1").session
    assert in_hand(undo(session, "T1").session) == {1: 1}


def test_who_takes_over_undoes_only_their_own_scans() -> None:
    session = counted(session_of(order(line(1, P1, 3))), P1, 1)
    session = take_over(session, "T2", "Dan")
    assert undo(session, "T2").outcome is Outcome.NOTHING_TO_UNDO
    session = counted(session, P1, 1)
    assert in_hand(undo(session, "T2").session) == {1: 1}


def test_what_was_put_back_is_not_undone_once_more() -> None:
    session = scan(session_of(order(line(1, P1, 8))), goods(P1, 6), "T1").session
    session = put_back(session, 1, 4 * ONE).session
    assert in_hand(session) == {1: 2}
    session = undo(session, "T1").session
    assert in_hand(session) == {1: 0}
    assert undo(session, "T1").outcome is Outcome.NOTHING_TO_UNDO


# --- skip, short, put back ------------------------------------------------------------------


def test_a_skipped_line_is_filled_last() -> None:
    session = session_of(order(line(1, P1, 1), line(2, P1, 1)))
    session = skip(session, 1).session
    assert in_hand(counted(session, P1, 1)) == {1: 0, 2: 1}


def test_g14_short_pick_of_three_found_out_of_five() -> None:
    session = counted(session_of(order(line(1, P1, 5))), P1, 3)
    assert complete(session)[1] == (OpenLine(1, "missing"),)
    for rest, released in ((Rest.KEEP, 0), (Rest.RELEASE, 2 * ONE)):
        after = short(session, 1, 2 * ONE, "not_found", rest).session
        decision, faults = complete(after)
        assert (decision.outcome, faults) == (Outcome.COMPLETED, ())
        assert picked_lines(decision.session, 560) == {
            1: LinePicked(3 * ONE, 2 * ONE, released, "not_found")
        }


@pytest.mark.parametrize("quantity", [0, 3, -1])
def test_more_or_less_than_what_is_missing_cannot_be_short(quantity: int) -> None:
    session = counted(session_of(order(line(1, P1, 5))), P1, 3)
    with pytest.raises(RefusedOperationError, match="more_than_missing"):
        short(session, 1, quantity * ONE, "not_found", Rest.KEEP)


def test_what_is_found_after_all_is_counted() -> None:
    session = short(session_of(order(line(1, P1, 5))), 1, 5 * ONE, "not_found", Rest.KEEP).session
    session = counted(session, P1, 2)
    assert session.picks[0].short_milli == 3 * ONE
    assert complete(session)[1] == ()


def test_short_said_again_is_so_much_in_all() -> None:
    session = session_of(order(line(1, P1, 5)))
    session = short(session, 1, 5 * ONE, "a", Rest.KEEP).session
    session = short(session, 1, 2 * ONE, "b", Rest.KEEP).session
    assert session.open_milli(session.picks[0]) == 3 * ONE


@pytest.mark.parametrize("quantity", [0, 3, -1])
def test_more_than_is_in_hand_cannot_be_put_back(quantity: int) -> None:
    session = counted(session_of(order(line(1, P1, 5))), P1, 2)
    with pytest.raises(RefusedOperationError, match="more_than_picked"):
        put_back(session, 1, quantity * ONE)


@pytest.mark.parametrize("command", [skip, lambda it, number: put_back(it, number, ONE)])
def test_a_line_that_is_not_there_is_refused(command: object) -> None:
    session = session_of(order(line(1, P1, 5)))
    with pytest.raises(RefusedOperationError, match="no_such_line"):
        command(session, 9)  # type: ignore[operator]


def test_a_line_without_product_blocks_completion() -> None:
    session = counted(session_of(order(line(1, P1, 1), line(2, None, 2))), P1, 1)
    assert complete(session)[1] == (OpenLine(2, "line_without_product"),)
    with pytest.raises(RefusedOperationError, match="line_without_product"):
        short(session, 2, ONE, "not_found", Rest.KEEP)
    linked = follow(session, order(line(1, P1, 1), line(2, P2, 2)))
    assert [(it.number, it.product_id) for it in linked.picks] == [(1, P1), (2, None), (3, P2)]
    assert complete(counted(linked, P2, 2))[1] == ()


# --- the order changes ----------------------------------------------------------------------


def test_b8_an_edit_shows_what_to_put_back_and_completion_waits_for_it() -> None:
    session = counted(session_of(order(line(1, P1, 3))), P1, 2)
    session = follow(session, order(line(1, P1, 1), line(2, P2, 1)))
    first = session.picks[0]
    assert session.to_put_back_milli(first) == ONE
    session = counted(session, P2, 1)
    assert complete(session)[1] == (OpenLine(1, "to_put_back"),)
    session = put_back(session, 1, ONE).session
    assert complete(session)[0].outcome is Outcome.COMPLETED


def test_b9_a_cancelled_order_takes_no_scan() -> None:
    session = counted(session_of(order(line(1, P1, 2))), P1, 1)
    session = follow(session, order(line(1, P1, 2), cancelled=True))
    for found in (goods(P1), goods(P2), Unknown()):
        assert scan(session, found, "T1").outcome is Outcome.ORDER_CANCELLED
    assert in_hand(session) == {1: 1}
    assert complete(session)[1] == (OpenLine(1, "to_put_back"),)
    session = put_back(session, 1, ONE).session
    assert complete(session)[0].outcome is Outcome.COMPLETED


def test_a_line_taken_off_the_order_is_not_in_it() -> None:
    session = session_of(order(line(1, P1, 2), line(2, P2, 1)))
    session = follow(session, order(line(1, P1, 0), line(2, P2, 1)))
    assert scan(session, goods(P1), "T1").outcome is Outcome.NOT_IN_ORDER
    back = follow(session, order(line(1, P1, 2), line(2, P2, 1)))
    assert in_hand(counted(back, P1, 2)) == {1: 2, 2: 0}


def test_following_twice_changes_nothing() -> None:
    now = order(line(1, P1, 2), line(2, P2, 1), line(3, None, 1))
    session = session_of(now)
    assert follow(session, now) == session


def test_a_shorter_order_lacks_no_more_than_it_wants() -> None:
    session = short(session_of(order(line(1, P1, 5))), 1, 4 * ONE, "x", Rest.RELEASE).session
    session = follow(session, order(line(1, P1, 2)))
    assert session.picks[0].short_milli == 2 * ONE


def test_goods_in_hand_from_before_count() -> None:
    session = session_of(order(line(1, P1, 5, in_hand=3)))
    assert session.is_untouched
    session = counted(session, P1, 2)
    assert scan(session, goods(P1), "T1").outcome is Outcome.OVER
    assert undo(undo(undo(session, "T1").session, "T1").session, "T1").outcome is (
        Outcome.NOTHING_TO_UNDO
    )


# --- several orders, bundles ----------------------------------------------------------------


def cluster() -> PickingState:
    return session_of(
        order(line(1, P1, 2), line(2, P2, 1), order_id=1),
        order(line(1, P1, 1), line(2, P3, 1), order_id=2),
    )


def bins(session: PickingState, *found: Identity) -> list[int]:
    places = []
    for each in found:
        decision: Decision = scan(session, each, "T1")
        session = decision.session
        pick = session.pick(decision.pick or 0)
        its = session.order(pick.order_id) if pick is not None else None
        places.append(its.bin if its is not None else 0)
    return places


def test_each_piece_goes_to_the_bin_of_an_order_that_waits_for_it() -> None:
    assert bins(cluster(), *[goods(P1)] * 3, goods(P3), goods(P2)) == [1, 1, 2, 2, 1]


def test_lines_of_all_orders_have_numbers_of_their_own() -> None:
    assert [(pick.order_id, pick.line, pick.number) for pick in cluster().picks] == [
        (1, 1, 1),
        (1, 2, 2),
        (2, 1, 3),
        (2, 2, 4),
    ]


def test_goods_of_a_cancelled_order_go_to_another_that_wants_them() -> None:
    session = follow(cluster(), order(line(1, P1, 2), order_id=1, cancelled=True))
    decision = scan(session, goods(P1), "T1")
    assert (decision.outcome, decision.pick) == (Outcome.COUNTED, 3)
    assert scan(session, goods(P2), "T1").outcome is Outcome.ORDER_CANCELLED


BOX = (BundlePart(P1, 2 * ONE), BundlePart(P2, ONE))


def test_a_bundle_is_picked_part_by_part() -> None:
    session = session_of(order(line(1, P3, 2, parts=BOX)))
    assert scan(session, goods(P3), "T1").outcome is Outcome.NOT_IN_ORDER
    session = counted(counted(session, P1, 4), P2, 2)
    assert complete(session)[0].outcome is Outcome.COMPLETED
    assert picked_lines(session, 560) == {1: LinePicked(2 * ONE)}


def test_of_a_bundle_that_lacks_a_part_the_others_go_back() -> None:
    session = session_of(order(line(1, P3, 2, parts=BOX)))
    session = counted(counted(session, P1, 4), P2, 1)
    session = short(session, session.picks[1].number, ONE, "broken", Rest.RELEASE).session
    assert complete(session)[1] == (OpenLine(1, "to_put_back"),)
    session = put_back(session, 1, 2 * ONE).session
    assert complete(session)[1] == ()
    assert picked_lines(session, 560) == {1: LinePicked(ONE, ONE, ONE, "broken")}
