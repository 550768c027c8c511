"""What holds of a session whatever happens to it."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.finder import Ambiguous, Finding, Unknown
from magazie.model.picking import Outcome, PickingState, Rest
from magazie.model.picking_rules import (
    Decision,
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
from tests.model.picking_sessions import ONE, ORDER, P1, P2, P3, goods, line, order, session_of

PRODUCTS = st.sampled_from([P1, P2, P3])
FOUND: st.SearchStrategy[Finding] = st.one_of(
    st.builds(goods, PRODUCTS, st.sampled_from([1, 1, 1, 6])),
    st.just(Unknown()),
    st.just(Ambiguous(())),
)
LINES = st.lists(
    st.builds(line, st.just(0), PRODUCTS, st.integers(0, 5)), min_size=1, max_size=4
).map(
    lambda lines: [line(n, it.product_id, it.wanted_milli // ONE) for n, it in enumerate(lines, 1)]
)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("scan"), FOUND),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("skip"), st.integers(1, 5)),
        st.tuples(st.just("put_back"), st.tuples(st.integers(1, 5), st.integers(1, 3))),
        st.tuples(st.just("short"), st.tuples(st.integers(1, 5), st.integers(1, 3))),
        st.tuples(st.just("follow"), st.tuples(LINES, st.booleans())),
        st.tuples(st.just("take_over"), st.sampled_from(["T1", "T2"])),
    ),
    max_size=40,
)


def apply(session: PickingState, kind: str, what: object) -> Decision:
    terminal = session.terminal
    match kind, what:
        case "scan", found:
            return scan(session, found, terminal)  # type: ignore[arg-type]
        case "undo", _:
            return undo(session, terminal)
        case "skip", int(number):
            return skip(session, number)
        case "put_back", (int(number), int(quantity)):
            return put_back(session, number, quantity * ONE)
        case "short", (int(number), int(quantity)):
            return short(session, number, quantity * ONE, "x", Rest.KEEP)
        case "follow", (list(lines), bool(cancelled)):
            return Decision(follow(session, order(*lines, cancelled=cancelled)), Outcome.SKIPPED)
        case "take_over", str(other):
            return Decision(take_over(session, other, other), Outcome.SKIPPED)
    raise AssertionError(kind)


@given(LINES, OPERATIONS)
def test_counts_are_the_sum_of_the_log_and_never_more_than_ordered(
    lines: list[object], operations: list[tuple[str, object]]
) -> None:
    session = session_of(order(*lines))  # type: ignore[arg-type]
    log: Counter[int] = Counter()
    for kind, what in operations:
        before = session
        try:
            decision = apply(session, kind, what)
        except RefusedOperationError:
            continue
        session = decision.session
        if decision.pick is not None:
            log[decision.pick] += decision.delta_milli
        if decision.outcome is Outcome.COUNTED:
            pick = session.pick(decision.pick or 0)
            assert pick is not None
            assert pick.picked_milli <= pick.wanted_milli
        elif not decision.delta_milli and kind not in {"short", "skip", "follow", "take_over"}:
            assert session.picks == before.picks
        remembered: Counter[int] = Counter()
        for each in session.counted:
            remembered[each.pick] += each.milli
        assert len({it.number for it in session.picks}) == len(session.picks)
        for pick in session.picks:
            assert pick.picked_milli == log[pick.number] == remembered[pick.number]
            assert 0 <= pick.short_milli <= max(0, pick.wanted_milli - pick.picked_milli)
            assert not (session.open_milli(pick) and session.to_put_back_milli(pick))


@given(LINES, OPERATIONS)
def test_a_complete_session_holds_what_is_ordered_less_what_was_not_found(
    lines: list[object], operations: list[tuple[str, object]]
) -> None:
    session = session_of(order(*lines))  # type: ignore[arg-type]
    for kind, what in operations:
        try:
            session = apply(session, kind, what).session
        except RefusedOperationError:
            continue
    decision, faults = complete(session)
    is_right = all(it.picked_milli == it.wanted_milli - it.short_milli for it in session.picks)
    assert (decision.outcome is Outcome.COMPLETED) == (not faults) == is_right
    assert decision.session.picks == session.picks


@given(LINES, st.lists(FOUND, max_size=20))
def test_undoing_everything_leaves_nothing(lines: list[object], found: list[Finding]) -> None:
    session = session_of(order(*lines))  # type: ignore[arg-type]
    fresh = session
    for each in found:
        session = scan(session, each, "T1").session
    while (decision := undo(session, "T1")).outcome is Outcome.UNDONE:
        session = decision.session
    assert session.picks == fresh.picks
    assert session.counted == ()


@pytest.mark.parametrize("block", range(10))
def test_two_terminals_racing_never_take_more_than_is_ordered(block: int) -> None:
    """A thousand seeded races: scans, packs, undo, and the session taken over all the time."""
    for seed in range(block * 100, block * 100 + 100):
        chance = random.Random(seed)
        ordered = chance.randint(1, 12)
        session = session_of(order(line(1, P1, ordered)))
        counted = 0
        for _ in range(60):
            terminal = chance.choice(["T1", "T2"])
            if chance.random() < 0.1:
                session = take_over(session, terminal, terminal)
            if may_work(session, terminal) is Outcome.OWNED_BY_OTHER:
                continue
            pieces = chance.choice([1, 1, 1, 4])
            decision = (
                undo(session, terminal)
                if chance.random() < 0.15
                else scan(session, goods(P1, pieces), terminal)
            )
            session = decision.session
            counted += decision.delta_milli
            assert session.picks[0].picked_milli == counted <= ordered * ONE
        assert session.orders[0].order_id == ORDER
