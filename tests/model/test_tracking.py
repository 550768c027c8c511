"""Goods with a lot or a serial number: what is asked for, what counts, what is in hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.finder import Identity
from magazie.model.noted_goods import LoggedCount, NotedGoods, noted_goods
from magazie.model.picking import Outcome, PickedOrder, PickingMode, PickingState
from magazie.model.picking_rules import (
    Decision,
    RefusedOperationError,
    begun,
    put_back,
    scan,
    serials_of,
    take_over,
    undo,
)
from magazie.model.tracking import Note, SerialHolder, Tracked, Tracking, serial_key, told_note
from tests.model.picking_sessions import ONE, P1, P2, goods, in_hand, line, order, session_of

CODES = ("CAN-330", "2000000001012")
GS = "\x1d"


def serial(text: str = "") -> Tracked:
    return Tracked(Tracking.SERIAL, Note(serial=text))


def lot(text: str = "") -> Tracked:
    return Tracked(Tracking.LOT, Note(lot=text))


def scanned(
    session: PickingState, tracked: Tracked, found: Identity | None = None, quantity: int = ONE
) -> Decision:
    return scan(session, found or goods(P1), session.terminal, quantity, tracked)


# --- what was told ----------------------------------------------------------------------------


def test_a_number_is_what_the_reader_read_without_what_it_added() -> None:
    assert told_note("]C0 SN-1\n", "", CODES) == Note(serial="SN-1")
    assert told_note(" SN-1 ", " L7 ", CODES) == Note("SN-1", "L7")


@pytest.mark.parametrize("text", ["2000000001012", "can-330", " CAN-330", "*CAN-330*", ""])
def test_the_goods_own_code_is_no_number_of_theirs(text: str) -> None:
    assert told_note(text, text, CODES) == Note()


def test_of_a_message_of_these_goods_its_number_is_taken() -> None:
    message = f"]d20102000000001012{'10L-5'}{GS}21SN/1"
    assert told_note(message, message, CODES) == Note("SN/1", "L-5")


def test_a_message_of_other_goods_or_without_a_number_tells_none() -> None:
    other = f"]d2010200000000102921SN/1{GS}10L-5"
    bare = "]d20102000000001012"
    for text in (other, bare):
        assert told_note(text, text, CODES) == Note()


def test_one_serial_is_the_same_in_small_letters_and_with_blanks() -> None:
    assert serial_key("SN 001a") == serial_key("sn001A")
    assert serial_key("SN001") != serial_key("SN1")


# --- scanning -----------------------------------------------------------------------------------


def test_goods_with_a_serial_number_wait_for_it() -> None:
    session = session_of(order(line(1, P1, 2)))
    asked = scanned(session, serial())
    assert (asked.outcome, asked.pick, in_hand(asked.session)) == (Outcome.SERIAL_NEEDED, 1, {1: 0})
    counted = scanned(asked.session, serial("SN-1"))
    assert counted.outcome is Outcome.COUNTED
    again = scanned(counted.session, serial("sn-1 "))
    assert (again.outcome, in_hand(again.session)) == (Outcome.SERIAL_USED, {1: 1})
    assert scanned(again.session, serial("SN-2")).outcome is Outcome.COUNTED


def test_what_cannot_be_counted_is_said_before_a_number_is_asked_for() -> None:
    session = session_of(order(line(1, P1, 1)))
    full = scanned(session, serial("SN-1")).session
    assert scanned(full, serial()).outcome is Outcome.OVER
    assert scanned(full, serial(), goods(P2)).outcome is Outcome.NOT_IN_ORDER
    cancelled = session_of(order(line(1, P1, 1), cancelled=True))
    assert scanned(cancelled, serial()).outcome is Outcome.ORDER_CANCELLED


def test_a_serial_number_is_of_one_piece_whatever_was_scanned() -> None:
    session = session_of(order(line(1, P1, 8)))
    packed = scanned(session, serial("SN-1"), goods(P1, 6))
    assert (packed.outcome, in_hand(packed.session)) == (Outcome.COUNTED, {1: 1})
    with pytest.raises(RefusedOperationError) as refused:
        scanned(session, serial("SN-1"), quantity=2 * ONE)
    assert refused.value.reason == "quantity_not_allowed"


def test_goods_with_a_lot_wait_for_it_and_count_as_many_as_are_scanned() -> None:
    session = session_of(order(line(1, P1, 8)))
    assert scanned(session, lot()).outcome is Outcome.LOT_NEEDED
    session = scanned(session, lot("L1"), goods(P1, 6)).session
    session = scanned(session, lot("L2"), quantity=2 * ONE).session
    assert session.noted(session.picks[0]) == [
        (Note(lot="L1"), 6 * ONE),
        (Note(lot="L2"), 2 * ONE),
    ]


def test_one_serial_number_of_two_products_is_two_pieces() -> None:
    session = session_of(order(line(1, P1, 1), line(2, P2, 1)))
    session = scanned(session, serial("SN-1")).session
    assert scanned(session, serial("SN-1"), goods(P2)).outcome is Outcome.COUNTED


def test_a_number_is_free_again_once_its_piece_went_back() -> None:
    session = session_of(order(line(1, P1, 2)))
    held = scanned(session, serial("SN-1")).session
    for freed in (undo(held, "T1").session, put_back(held, 1, ONE).session):
        assert serials_of(freed, P1) == []
        assert scanned(freed, serial("SN-1")).outcome is Outcome.COUNTED
    taken = take_over(held, "T2", "Ion")
    assert scanned(taken, serial("SN-1")).outcome is Outcome.SERIAL_USED


def test_a_number_that_an_order_has_is_no_other_orders() -> None:
    session = session_of(order(line(1, P1, 2)))

    def held_by(order_id: int) -> Decision:
        holder = SerialHolder(order_id, "561")
        return scanned(session, Tracked(Tracking.SERIAL, Note(serial="SN-1"), holder))

    assert held_by(999).outcome is Outcome.SERIAL_ELSEWHERE
    assert in_hand(held_by(999).session) == {1: 0}
    assert held_by(session.orders[0].order_id).outcome is Outcome.SERIAL_USED
    assert [scanned(session, each).serial for each in (serial("Sn 1"), serial())] == ["sn1", ""]
    assert scanned(session, Tracked(note=Note(serial="SN-1"))).serial == ""


def test_what_is_only_counted_again_needs_no_number() -> None:
    empty = PickingState(1, PickingMode.CHECK, "T1", "Ana", ())
    verified = PickedOrder(560, 1, is_verified=True)
    session = begun(empty, [(verified, order(line(1, P1, 1)))])
    assert scanned(session, serial()).outcome is Outcome.COUNTED


SERIALS = st.sampled_from(["", "SN-1", "sn-1", "SN-2", "SN 2", "SN-3"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("scan"), st.sampled_from([P1, P2]), SERIALS),
        st.tuples(st.just("undo"), st.just(0), st.just("")),
        st.tuples(st.just("put_back"), st.sampled_from([1, 2]), st.just("")),
    ),
    max_size=40,
)


@given(STEPS)
def test_as_many_pieces_are_in_hand_as_different_serial_numbers(
    steps: list[tuple[str, int, str]],
) -> None:
    session = session_of(order(line(1, P1, 3), line(2, P2, 2), line(3, P1, 1)))
    for kind, what, text in steps:
        try:
            if kind == "scan":
                session = scanned(session, serial(text), goods(what)).session
            elif kind == "undo":
                session = undo(session, "T1").session
            else:
                session = put_back(session, what, ONE).session
        except RefusedOperationError:
            continue
        for product in (P1, P2):
            held = serials_of(session, product)
            assert len({"".join(it.split()).casefold() for it in held}) == len(held)
            picked = sum(it.picked_milli for it in session.picks if it.product_id == product)
            assert picked == len(held) * ONE


# --- what is readable with the order ----------------------------------------------------------


def count(number: int, milli: int, note: Note, **fields: int) -> LoggedCount:
    plain = LoggedCount(1, number, 1, P1, milli, note=note)
    return replace(plain, **fields)


def test_what_was_undone_or_put_back_is_noted_no_more() -> None:
    one, two = Note(serial="SN-1"), Note(serial="SN-2")
    log = [count(1, ONE, one), count(2, ONE, two), count(3, -ONE, Note(), undoes=1)]
    assert noted_goods(log) == [NotedGoods(1, P1, two, ONE)]
    # an undo of another session's operation of the same number is not this one's
    assert len(noted_goods([*log[:2], count(3, -ONE, Note(), undoes=1, session=2)])) == 2
    assert noted_goods([*log[:2], count(4, -ONE, Note(), session=2)]) == [
        NotedGoods(1, P1, one, ONE)
    ]


def test_lots_of_one_line_are_summed_over_sessions() -> None:
    lot_1 = Note(lot="L1")
    log = [count(1, 6 * ONE, lot_1), count(1, ONE, lot_1, session=2), count(2, -2 * ONE, Note())]
    assert noted_goods(log) == [NotedGoods(1, P1, lot_1, 5 * ONE)]


COUNTS = st.lists(
    st.tuples(st.integers(-4, 4).filter(bool), st.sampled_from(["", "L1", "L2"])), max_size=30
)


@given(COUNTS)
def test_never_more_is_noted_than_is_in_hand(counts: list[tuple[int, str]]) -> None:
    in_hand_milli, log = 0, []
    for number, (pieces, text) in enumerate(counts, start=1):
        milli = max(pieces * ONE, -in_hand_milli)
        if milli:
            in_hand_milli += milli
            log.append(count(number, milli, Note(lot=text) if milli > 0 else Note()))
    noted = noted_goods(log)
    assert all(it.milli > 0 for it in noted)
    assert sum(it.milli for it in noted) <= in_hand_milli
