"""What holds of a tally whatever is done to it."""

from collections import Counter
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.model.finder import Ambiguous, Finding, Identity, ThingKind, Unknown
from magazie.model.tally import Tally, TallyKind, TallyState, Witness, differences, postings
from magazie.model.tally_rules import (
    GoodsNow,
    LoggedCount,
    TallyDecision,
    TallyRuleError,
    complete,
    leave,
    may_work,
    remembered,
    reopened,
    scan,
    set_quantity,
    take_over,
    undo,
)
from magazie.model.tracking import NOTHING_NOTED, Note, Tracked, Tracking, serial_key
from tests.model.tally_states import ONE, P1, P2, P3, goods, reception, shelf

PRODUCTS = st.sampled_from([P1, P2, P3])
WITNESSES = st.builds(
    Witness, st.integers(0, 3).map(lambda n: n * ONE), st.just(0), st.integers(1, 2)
)
FOUND: st.SearchStrategy[Finding] = st.one_of(
    st.builds(goods, PRODUCTS, st.sampled_from([1, 1, 1, 6])),
    st.just(Unknown()),
    st.just(Ambiguous(())),
    st.just(Identity(ThingKind.ORDER, 5, ONE)),
)
NOTES = st.builds(Note, st.sampled_from(["", "A", "a ", "B"]), st.sampled_from(["", "L"]))
NOW = st.builds(GoodsNow, st.booleans(), st.booleans(), WITNESSES, st.builds(Tracked, note=NOTES))
TRACKING = {P1: Tracking.SERIAL, P2: Tracking.LOT}
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("scan"), st.tuples(FOUND, NOW, st.sampled_from([0, 1, ONE, 5 * ONE]))),
        st.tuples(st.just("undo"), WITNESSES),
        st.tuples(st.just("set"), st.tuples(st.integers(1, 4), st.integers(0, 9), WITNESSES)),
        st.tuples(st.just("take_over"), st.sampled_from(["T1", "T2"])),
        st.tuples(st.just("complete"), st.tuples(st.booleans(), st.frozensets(PRODUCTS))),
        st.tuples(st.just("leave"), st.none()),
        st.tuples(st.just("reopen"), st.frozensets(st.integers(1, 3))),
    ),
    max_size=40,
)
EXPECTED = st.lists(st.tuples(PRODUCTS, st.integers(1, 5)), max_size=3, unique_by=itemgetter(0))
TALLIES = st.one_of(
    EXPECTED.map(lambda lines: reception(*lines)),
    st.lists(PRODUCTS, max_size=3, unique=True).map(lambda products: shelf(*products)),
)


def apply(tally: Tally, kind: str, what: object) -> TallyDecision | Tally:
    """One operation; of those that no log has, the tally alone."""
    terminal = tally.terminal or ""
    match kind, what:
        case "take_over", str(other):
            return take_over(tally, other, other)
        case "reopen", frozenset(lines):
            is_posting = tally.state is TallyState.POSTING
            return reopened(tally, lines) if is_posting else tally
    if may_work(tally, terminal) is not None:
        return tally
    match kind, what:
        case "scan", (found, GoodsNow() as now, int(quantity)):
            tracking = (
                TRACKING.get(found.id, Tracking.NONE) if isinstance(found, Identity) else None
            )
            tracked = Tracked(tracking or Tracking.NONE, now.tracked.note)
            return scan(tally, found, terminal, replace(now, tracked=tracked), quantity)
        case "undo", Witness() as witness:
            return undo(tally, terminal, witness)
        case "set", (int(number), int(pieces), Witness() as witness):
            line = tally.line(number)
            tracking = TRACKING.get(line.product_id) if line is not None else None
            return set_quantity(tally, number, pieces * ONE, witness, tracking or Tracking.NONE)
        case "complete", (bool(accepts), frozenset(here)):
            return complete(tally, accepts_missing=accepts, here=here)[0]
        case "leave", _:
            return leave(tally)
    raise AssertionError(kind)


def run(
    tally: Tally, operations: list[tuple[str, object]]
) -> list[tuple[Tally, str, TallyDecision | Tally]]:
    """(before, kind, after) of each operation that could be."""
    steps = []
    for kind, what in operations:
        if tally.state not in {TallyState.OPEN, TallyState.POSTING} and kind != "reopen":
            break
        if kind == "take_over" and tally.state is TallyState.POSTING:
            continue
        try:
            after = apply(tally, kind, what)
        except TallyRuleError:
            continue
        steps.append((tally, kind, after))
        tally = after.tally if isinstance(after, TallyDecision) else after
    return steps


@given(TALLIES, OPERATIONS)
def test_counts_are_the_sum_of_the_log(tally: Tally, operations: list[tuple[str, object]]) -> None:
    log: Counter[int] = Counter()
    for _, _, after in run(tally, operations):
        if isinstance(after, TallyDecision):
            log[after.line or 0] += after.delta_milli
            tally = after.tally
        else:
            tally = after
        for line in tally.lines:
            assert (line.counted_milli or 0) == log[line.number] >= 0


@given(TALLIES, OPERATIONS)
def test_the_log_tells_what_can_be_undone(
    tally: Tally, operations: list[tuple[str, object]]
) -> None:
    entries = []
    for before, kind, after in run(tally, operations):
        tally = after.tally if isinstance(after, TallyDecision) else after
        if not isinstance(after, TallyDecision) or after.line is None:
            continue
        if after.delta_milli or kind == "set":
            counted = kind == "scan"
            entries.append(
                LoggedCount(
                    before.operations + 1,
                    after.line,
                    after.delta_milli,
                    before.terminal or "",
                    after.undoes,
                    is_set=kind == "set",
                    note=tally.noted[-1].note if counted else NOTHING_NOTED,
                )
            )
    assert remembered(entries) == tally.noted


@given(EXPECTED, OPERATIONS)
def test_of_what_came_in_with_a_number_all_have_one(
    expected: list[tuple[int, int]], operations: list[tuple[str, object]]
) -> None:
    tally = reception(*expected)
    for _, _, after in run(tally, operations):
        tally = after.tally if isinstance(after, TallyDecision) else after
        for line in tally.lines:
            numbers = tally.numbers(line)
            if line.product_id in TRACKING:
                assert (line.counted_milli or 0) == sum(milli for _, milli in numbers)
            if line.product_id == P1:
                serials = {serial_key(note.serial) for note, _ in numbers}
                assert "" not in serials
                assert len(serials) * ONE == (line.counted_milli or 0)
            if line.product_id == P2:
                assert all(note.lot for note, _ in numbers)


@given(TALLIES, OPERATIONS)
def test_each_product_has_one_line_and_keeps_its_number(
    tally: Tally, operations: list[tuple[str, object]]
) -> None:
    known: dict[int, int] = {}
    for _, _, after in run(tally, operations):
        tally = after.tally if isinstance(after, TallyDecision) else after
        lines = {line.product_id: line.number for line in tally.lines}
        assert len(lines) == len(tally.lines) == len(set(lines.values()))
        assert known.items() <= lines.items()
        known = lines


@given(TALLIES, OPERATIONS)
def test_what_is_posted_is_what_was_counted(
    tally: Tally, operations: list[tuple[str, object]]
) -> None:
    for before, kind, after in run(tally, operations):
        tally = after.tally if isinstance(after, TallyDecision) else after
        is_over = tally.state is not TallyState.OPEN
        if kind != "complete" or not is_over or not isinstance(after, TallyDecision):
            continue
        posted = {each.line: each.quantity_milli for each in postings(tally)}
        assert (tally.state is TallyState.POSTING) == bool(posted)
        assert all(posted.values())
        for line in tally.lines:
            counted = line.counted_milli or 0
            if tally.kind is TallyKind.RECEPTION:
                assert posted.get(line.number, 0) == counted
            elif line.is_astray:
                assert line.number not in posted
            else:
                assert line.last is not None
                assert not line.is_moved
                assert posted.get(line.number, 0) == counted - line.last.shelf_milli
        if tally.kind is TallyKind.COUNT:
            assert differences(tally).any == bool(
                posted or any(it.is_astray and it.counted_milli for it in tally.lines)
            )
        assert before.operations + 1 == tally.operations


@given(TALLIES, OPERATIONS)
def test_undoing_all_scans_of_an_untouched_tally_leaves_it_untouched(
    tally: Tally, operations: list[tuple[str, object]]
) -> None:
    scans = [it for it in operations if it[0] == "scan"]
    for _, _, after in run(tally, scans):
        tally = after.tally if isinstance(after, TallyDecision) else after
    while tally.noted:
        tally = undo(tally, "T1", None).tally
    assert tally.is_untouched
    assert all(line.first is None and line.last is None for line in tally.lines)


@pytest.mark.parametrize("tally", [reception((P1, 1)), shelf(P1)])
def test_who_is_not_its_terminal_may_not_work(tally: Tally) -> None:
    assert may_work(tally, "T1") is None
    assert may_work(tally, "T2") == "owned_by_other"
    assert may_work(leave(tally).tally, "T1") == "no_tally"
