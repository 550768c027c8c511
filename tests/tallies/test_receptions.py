"""Goods that come in are counted at a terminal, and received once."""

import asyncio
import random
from typing import Any

import pytest

from magazie.actors.field_faults import FieldsRefusedError
from magazie.actors.picking_messages import ScanCode
from magazie.actors.tally_messages import (
    Announce,
    AnnouncedLine,
    TallyNotFoundError,
    TallyTouchedError,
    Withdraw,
)
from magazie.actors.tally_session import TallySession
from magazie.model.tally import TallyFlag, TallyKind, TallyState
from tests.picking.picking_room import P1, P2, P3, session_id
from tests.tallies.tally_room import E1, E2, E3, PIECE, TallyRoom, id_of


async def test_what_was_announced_comes_and_is_received(room: TallyRoom) -> None:
    reception = await room.announce((P1, 7), (P2, 2), cost_e4=45_000)
    shown = await room.receiving("T1", reception)
    assert id_of(shown) == reception
    state = await room.tally_shown(reception)
    assert (state.state, state.terminal, state.owner_name) == ("open", "T1", "om T1")
    assert [(it.code, it.expected, it.counted) for it in state.lines] == [
        ("CAN-330", "7", None),
        ("CEAI-20", "2", None),
    ]
    answer = await room.tally(reception, "T1", ScanCode("CAN-BAX"))
    wanted = {"outcome": "counted", "line": 1, "counted": "6", "expected": "7", "code": "CAN-330"}
    assert {key: answer[key] for key in wanted} == wanted
    assert [await room.counts_on(reception, code) for code in (E1, E2, E2)] == ["counted"] * 3
    assert (await room.completes(reception))["outcome"] == "completed"
    assert await room.moved(reception) == [("reception", P1, 7), ("reception", P2, 2)]
    assert (await room.on_hand(P1), await room.on_hand(P2)) == (1007, 1002)
    costs = await room.rows("SELECT unit_cost_e4 FROM movement_lines WHERE unit_cost_e4 > 0")
    assert costs == [(45_000,), (45_000,)]
    assert (await room.tally_shown(reception)).state == "done"
    assert await room.alerts_of("reception_differs") == []


async def test_more_and_other_goods_than_announced_are_counted_and_told(room: TallyRoom) -> None:
    reception = await room.announce((P1, 2), (P2, 3))
    await room.receiving("T1", reception)
    assert await room.counts_on(reception, E1, 2) == "counted"
    assert await room.counts_on(reception, E1) == "surplus"
    assert await room.counts_on(reception, E3) == "unexpected"
    flags = {it.line: it.flag for it in (await room.tally_shown(reception)).lines}
    assert flags == {1: TallyFlag.SURPLUS, 2: "", 3: TallyFlag.UNEXPECTED}
    answer = await room.completes(reception)
    assert answer["outcome"] == "incomplete"
    assert answer["lines"] == [{"line": 2, "why": "missing", "expected": "3"}]
    assert (await room.completes(reception, accepts=True))["outcome"] == "completed"
    assert await room.moved(reception) == [("reception", P1, 3), ("reception", P3, 1)]
    ((subject, text),) = await room.alerts_of("reception_differs")
    assert subject == f"tally:{reception}"
    assert text == "AVIZ 7: lines missing goods 1, with surplus 1, new 1"


async def test_a_blind_reception_has_nothing_expected_and_no_alert(room: TallyRoom) -> None:
    reception = id_of(await room.receiving("T1", "NIR 12"))
    assert [await room.counts_on(reception, code) for code in (E2, E1, E2)] == ["counted"] * 3
    state = await room.tally_shown(reception)
    assert [(it.line, it.expected, it.counted, it.flag) for it in state.lines] == [
        (1, None, "2", ""),
        (2, None, "1", ""),
    ]
    assert (await room.completes(reception))["outcome"] == "completed"
    assert await room.moved(reception) == [("reception", P2, 2), ("reception", P1, 1)]
    assert await room.rows("SELECT reference, supplier FROM movements WHERE source = 'tally'") == [
        ("NIR 12", "Furnizor")
    ]
    assert await room.alerts_of("reception_differs") == []


async def test_wrong_codes_change_nothing(room: TallyRoom) -> None:
    await room.order("CMD-1", (P1, 1))
    reception = id_of(await room.receiving("T1", "NIR 12"))
    assert await room.counts_on(reception, "XXXX") == "unknown_code"
    assert await room.counts_on(reception, "CMD-1") == "not_goods"
    assert await room.counts_on(reception, E1, 2_000_000) == "bad_quantity"
    assert await room.counts_on(reception, E1, 0) == "bad_quantity"
    assert await room.counted(reception) == {}
    assert (await room.completes(reception))["reason"] == "nothing_counted"


async def test_the_last_scan_is_undone_and_a_line_can_be_set(room: TallyRoom) -> None:
    reception = id_of(await room.receiving("T1", "NIR 12"))
    await room.counts_on(reception, E1)
    await room.counts_on(reception, E1, 40)
    await room.counts_on(reception, E2)
    assert await room.undoes(reception) == "undone"
    assert await room.counted(reception) == {1: "41"}
    assert await room.undoes(reception) == "undone"
    answer = await room.sets(reception, 1, 12)
    assert (answer["outcome"], answer["counted"]) == ("set", "12")
    assert await room.undoes(reception) == "nothing_to_undo"
    assert (await room.sets(reception, 9, 1))["reason"] == "no_such_line"
    assert (await room.sets(reception, 1, 0))["outcome"] == "set"
    assert (await room.completes(reception))["reason"] == "nothing_counted"
    await room.sets(reception, 1, 12)
    await room.completes(reception)
    assert await room.moved(reception) == [("reception", P1, 12)]


async def test_an_operation_is_applied_once_and_its_id_means_nothing_else(
    room: TallyRoom,
) -> None:
    reception = id_of(await room.receiving("T1", "NIR 12", op="o"))
    first = await room.tally(reception, "T1", ScanCode(E1), "x")
    assert await room.tally(reception, "T1", ScanCode(E1), "x") == first
    reused = {"type": "error", "reason": "op_reused", "op": "x"}
    assert await room.tally(reception, "T1", ScanCode(E2), "x") == reused
    assert id_of(await room.receiving("T1", "NIR 12", op="o")) == reception
    assert (await room.receiving("T1", "NIR 13", op="o")) == reused | {"op": "o"}
    done = await room.completes(reception, op="c")
    assert await room.completes(reception, op="c") == done
    assert await room.tally(reception, "T1", ScanCode(E1), "x") == first
    assert await room.moved(reception) == [("reception", P1, 1)]


async def test_an_id_that_was_used_for_picking_is_not_free_here_nor_the_reverse(
    room: TallyRoom,
) -> None:
    session = session_id(await room.open("T1", await room.order("560", (P1, 1))))
    assert await room.scan(session, E1, op="x") == "counted"
    assert (await room.complete(session))["outcome"] == "completed"
    reception = id_of(await room.receiving("T1", "NIR 12"))
    assert await room.counts_on(reception, E1, op="x") == "op_reused"
    assert await room.counts_on(reception, E1, op="y") == "counted"
    assert await room.counted(reception) == {1: "1"}
    await room.completes(reception)
    other = session_id(await room.open("T1", await room.order("561", (P1, 1))))
    assert await room.scan(other, E1, op="y") == "op_reused"
    assert (await room.receiving("T1", "NIR 13", op="x"))["reason"] == "op_reused"  # type: ignore[index]


async def test_a_terminal_has_one_thing_open(room: TallyRoom) -> None:
    order = await room.order("560", (P1, 2))
    session = session_id(await room.open("T1", order))
    reception = id_of(await room.receiving("T1", "NIR 12"))  # nothing was in hand
    assert (await room.open("T1", order))["reason"] == "tally_open"
    assert (await room.next("T1"))["reason"] == "tally_open"
    assert (await room.take_over("T1", order))["reason"] == "tally_open"
    other = await room.receiving("T1", "NIR 13")
    assert isinstance(other, dict)
    assert other["reason"] == "tally_open"
    await room.counts_on(reception, E1)
    assert await room.leaves(reception) == "left"
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    refused: Any = await room.taking_over("T1", reception)
    assert refused["reason"] == "session_open"
    refused = await room.receiving("T1", "NIR 14")
    assert refused["reason"] == "session_open"
    taken = session_id(await room.take_over("T2", order))
    assert taken == session
    assert id_of(await room.taking_over("T1", reception)) == reception
    assert (await room.take_over("T1", order))["reason"] == "tally_open"


# --- several terminals ----------------------------------------------------------------------


async def test_another_terminal_is_shown_the_reception_and_may_take_it_over(
    room: TallyRoom,
) -> None:
    reception = await room.announce((P1, 2))
    await room.receiving("T1", reception)
    watched: Any = await room.receiving("T2", reception)
    assert watched.shown.terminal == "T1"
    answer = await room.tally(reception, "T2", ScanCode(E1))
    assert (answer["outcome"], answer["owner"]) == ("owned_by_other", "T1")
    await room.counts_on(reception, E1)
    taken: Any = await room.taking_over("T2", reception, op="t")
    assert (taken.shown.terminal, taken.shown.lines[0].counted) == ("T2", "1")
    assert await room.counts_on(reception, E1) == "owned_by_other"
    assert await room.undoes(reception, "T2") == "nothing_to_undo"
    again: Any = await room.taking_over("T2", reception, op="t")
    assert again.shown.terminal == "T2"
    assert (await room.taking_over("T2", None))["outcome"] == "no_tally"
    assert (await room.taking_over("T2", 12345))["outcome"] == "no_tally"


async def test_what_is_left_with_counts_waits_for_anybody(room: TallyRoom) -> None:
    reception = await room.announce((P1, 2))
    await room.receiving("T1", reception)
    await room.counts_on(reception, E1)
    assert await room.leaves(reception) == "left"
    state = await room.tally_shown(reception)
    assert (state.state, state.terminal, state.owner_name) == ("open", None, "")
    with pytest.raises(TallyNotFoundError):
        await room.counts_on(reception, E1)
    await room.receiving("T2", reception)
    assert await room.counts_on(reception, E1, terminal="T2") == "counted"
    assert (await room.completes(reception, "T2"))["outcome"] == "completed"


async def test_what_is_left_untouched_waits_or_ends(room: TallyRoom) -> None:
    announced = await room.announce((P1, 2))
    await room.receiving("T1", announced)
    await room.counts_on(announced, E1)
    await room.undoes(announced)
    assert await room.leaves(announced) == "left"
    assert (await room.tally_shown(announced)).state is TallyState.WAITING
    blind = id_of(await room.receiving("T1", "NIR 1"))
    assert await room.leaves(blind) == "left"
    assert (await room.tally_shown(blind)).state is TallyState.LEFT
    refused: Any = await room.taking_over("T1", blind)
    assert refused["outcome"] == "no_tally"


async def test_a_reception_that_is_not_there_or_closed_is_refused(room: TallyRoom) -> None:
    refused: Any = await room.receiving("T1", 99)
    assert refused["reason"] == "no_such_reception"
    reception = await room.announce((P1, 1))
    await room.ask(TallySession, reception, Withdraw(TallyKind.RECEPTION))
    refused = await room.receiving("T1", reception)
    assert refused["reason"] == "reception_closed"


async def test_a_reception_is_withdrawn_only_while_nothing_is_counted(room: TallyRoom) -> None:
    reception = await room.announce((P1, 1))
    await room.receiving("T1", reception)
    await room.counts_on(reception, E1)
    with pytest.raises(TallyTouchedError):
        await room.ask(TallySession, reception, Withdraw(TallyKind.RECEPTION))
    await room.undoes(reception)
    await room.ask(TallySession, reception, Withdraw(TallyKind.RECEPTION))
    await room.ask(TallySession, reception, Withdraw(TallyKind.RECEPTION))
    assert (await room.tally_shown(reception)).state is TallyState.LEFT
    with pytest.raises(TallyNotFoundError):
        await room.counts_on(reception, E1)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"warehouse": "nicaieri"}, "warehouse"),
        ({"reference": " "}, "reference"),
        ({"lines": ()}, "lines"),
        ({"lines": (AnnouncedLine(99, PIECE),)}, "lines[0].product"),
        ({"lines": (AnnouncedLine(P1, 0),)}, "lines[0].quantity"),
        ({"lines": (AnnouncedLine(P1, PIECE), AnnouncedLine(P1, PIECE))}, "lines[1].product"),
    ],
)
async def test_what_cannot_come_is_not_announced(
    room: TallyRoom, fields: dict[str, Any], fault: str
) -> None:
    announce = {
        "warehouse": "principal",
        "reference": "AVIZ 1",
        "supplier": "",
        "lines": (AnnouncedLine(P1, PIECE),),
        "created_by": "Ana",
    }
    with pytest.raises(FieldsRefusedError) as refused:
        await room.ask(TallySession, room.ids.next_id(), Announce(**announce | fields))
    assert [it.field for it in refused.value.faults] == [fault]
    assert await room.rows("SELECT count(*) FROM tallies") == [(0,)]


@pytest.mark.parametrize("seed", range(6))
async def test_two_terminals_race_one_reception(room: TallyRoom, seed: int) -> None:
    chance = random.Random(seed)
    reception = await room.announce((P1, 30), (P2, 10))
    counted = 0

    async def work(terminal: str) -> None:
        nonlocal counted
        await room.receiving(terminal, reception)
        for _ in range(25):
            await asyncio.sleep(0)
            what = chance.random()
            try:
                if what < 0.15:
                    await room.taking_over(terminal, reception)
                elif what < 0.25:
                    await room.undoes(reception, terminal)
                elif what < 0.3:
                    await room.completes(reception, terminal)
                else:
                    await room.counts_on(reception, chance.choice((E1, E2)), terminal=terminal)
            except TallyNotFoundError:
                return
            counted += 1

    await asyncio.gather(work("T1"), work("T2"))
    state = await room.tally_shown(reception)
    if state.state == "open":
        owner = state.terminal or "T1"
        if any(line.counted not in {None, "0"} for line in state.lines):
            assert (await room.completes(reception, owner, accepts=True))["outcome"] == "completed"
    lines = (await room.tally_shown(reception)).lines
    said = [("reception", line.line, int(line.counted or 0)) for line in lines if line.counted]
    assert await room.moved(reception) == [it for it in said if it[2]]
    assert counted
