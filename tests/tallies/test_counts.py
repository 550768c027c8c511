"""What lies on a shelf is counted at a terminal, and the stock is adjusted by the difference."""

import asyncio
from typing import Any

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import NoteGoodsBack
from magazie.actors.picking_messages import ScanCode
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.actors.tally_messages import TallyNotFoundError, Withdraw
from magazie.actors.tally_session import TallySession
from magazie.model.bundles import BundlePart
from magazie.model.picking import Rest
from magazie.model.tally import TallyKind
from tests.picking.picking_room import P1, P2, P3, session_id
from tests.tallies.tally_room import E1, E2, E3, TallyRoom, id_of


async def test_what_is_there_as_it_should_be_moves_nothing(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", " a 02 "))
    state = await room.tally_shown(count)
    assert (state.kind, state.reference, state.location) == ("count", "Inventar a 02", "a 02")
    assert [(it.code, it.expected, it.counted) for it in state.lines] == [("CEAI-20", None, None)]
    assert await room.counts_on(count, E2, 1000) == "counted"
    assert (await room.completes(count))["outcome"] == "completed"
    assert (await room.tally_shown(count)).state == "done"
    assert await room.moved(count) == []
    assert await room.alerts_of("count_differs") == []


async def test_the_stock_is_adjusted_by_what_differs(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 990)
    await room.counts_on(count, E2, 7)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == [("adjustment", P2, -3)]
    assert await room.on_hand(P2) == 997
    rows = await room.rows("SELECT reference, warehouse FROM movements WHERE source = 'tally'")
    assert rows == [("Inventar A-2", "principal")]
    ((subject, text),) = await room.alerts_of("count_differs")
    assert subject == f"tally:{count}"
    assert text == "A-2: products short 1, over 0, of another place 0"


async def test_a_product_that_nobody_touched_is_to_be_said_to_be_none(room: TallyRoom) -> None:
    await room.product(4, "SARE-1", location="A-2", ean="2000000001098")
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 1000)
    answer = await room.completes(count)
    assert answer["lines"] == [{"line": 2, "why": "uncounted"}]
    await room.sets(count, 2, 0)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []


async def test_an_empty_shelf_is_counted_too(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "Z-9"))
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []


# --- goods that come and go meanwhile -------------------------------------------------------


async def test_what_is_in_a_pickers_hands_is_not_on_the_shelf(room: TallyRoom) -> None:
    order = await room.order("560", (P2, 10))
    session = session_id(await room.open("T2", order))
    await room.scan(session, E2, "T2", pieces=4)  # the orders do not know of it yet
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 996)
    await room.settle()  # now they do
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []


async def test_what_is_picked_and_waits_in_its_box_is_not_on_the_shelf(room: TallyRoom) -> None:
    order = await room.order("560", (P2, 10))
    session = session_id(await room.open("T2", order))
    await room.scan(session, E2, "T2", pieces=4)
    await room.short(session, 1, 6, Rest.KEEP, "T2")
    await room.complete(session, "T2")
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 990)
    await room.completes(count)
    assert await room.moved(count) == [("adjustment", P2, -6)]


async def test_what_waits_in_the_box_of_a_cancelled_order_is_not_on_the_shelf(
    room: TallyRoom,
) -> None:
    await picked_and_cancelled(room)
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 996)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []


async def test_goods_put_back_between_two_scans_are_counted_again(room: TallyRoom) -> None:
    await picked_and_cancelled(room)
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 500)
    await room.ask(OrderActor, ("api", "telefon", "560"), NoteGoodsBack("birou"))
    await room.counts_on(count, E2, 500)
    assert [it["why"] for it in (await room.completes(count))["lines"]] == ["moved"]
    await room.sets(count, 1, 1000)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []


async def picked_and_cancelled(room: TallyRoom) -> None:
    session = session_id(await room.open("T2", await room.order("560", (P2, 4))))
    await room.scan(session, E2, "T2", pieces=4)
    assert (await room.complete(session, "T2"))["outcome"] == "completed"
    await room.cancel("560")


async def pick(room: TallyRoom) -> None:
    session = session_id(await room.open("T2", await room.order("560", (P2, 3))))
    await room.scan(session, E2, "T2", pieces=3)


async def receive(room: TallyRoom) -> None:
    await room.receive((P2, 5))


async def come_and_go(room: TallyRoom) -> None:
    await room.receive((P2, 5))
    await room.adjust(P2, -5)


@pytest.mark.parametrize("meanwhile", [pick, receive, come_and_go])
async def test_a_line_that_moved_between_its_scans_is_counted_again(
    room: TallyRoom, meanwhile: Any
) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 500)
    await meanwhile(room)
    await room.counts_on(count, E2, 400)
    assert [it.flag for it in (await room.tally_shown(count)).lines] == ["moved"]
    answer = await room.completes(count)
    assert answer["lines"] == [{"line": 1, "why": "moved", "counted": "900"}]
    there = {pick: 997, receive: 1005, come_and_go: 1000}[meanwhile]
    await room.sets(count, 1, there - 2)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == [("adjustment", P2, -2)]


@pytest.mark.parametrize("meanwhile", [pick, receive, come_and_go])
async def test_what_moves_after_the_last_scan_does_no_harm(room: TallyRoom, meanwhile: Any) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 990)
    before = await room.on_hand(P2)
    await meanwhile(room)
    after = await room.on_hand(P2)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == [("adjustment", P2, -10)]
    assert await room.on_hand(P2) == 990 + after - before


async def test_a_sale_meanwhile_is_no_movement(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 500)
    await room.order("560", (P2, 10))
    await room.counts_on(count, E2, 500)
    assert (await room.completes(count))["outcome"] == "completed"


async def test_less_than_is_reserved_takes_from_the_newest_order(room: TallyRoom) -> None:
    old = await room.order("560", (P2, 600))
    new = await room.order("561", (P2, 400), placed_at_ms=1_795_000_000_999)
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 700)
    await room.completes(count)
    assert await room.on_hand(P2) == 700
    assert await room.claims(old) == {1: (600, 0, 600)}
    assert await room.claims(new) == {1: (400, 0, 100)}
    assert [it for it, _ in await room.alerts_of("shortage")] == [f"order:{new}/product:{P2}"]


async def test_goods_that_the_office_took_off_meanwhile_are_counted_again(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 100)
    await room.adjust(P2, -300)  # 700 left: 900 fewer cannot be
    answer = await room.completes(count, op="c")
    assert answer["outcome"] == "incomplete"
    assert answer["lines"] == [{"line": 1, "why": "moved", "counted": "100"}]
    assert await room.completes(count, op="c") == answer
    assert (await room.tally_shown(count)).state == "open"
    assert (await room.completes(count))["lines"][0]["why"] == "moved"
    await room.restart()
    assert await room.completes(count, op="c") == answer
    await room.sets(count, 1, 100)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.on_hand(P2) == 100


async def test_an_untouched_line_has_seen_nothing(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2)
    await room.undoes(count)
    await room.receive((P2, 5))
    await room.counts_on(count, E2, 1005)
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []


# --- places ---------------------------------------------------------------------------------


async def test_goods_of_another_place_are_told_and_not_adjusted(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    assert await room.counts_on(count, E3, 2) == "astray"
    await room.counts_on(count, E2, 1000)
    lines = (await room.tally_shown(count)).lines
    assert [(it.line, it.flag, it.counted) for it in lines] == [(1, "", "1000"), (2, "astray", "2")]
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []
    ((_, text),) = await room.alerts_of("count_differs")
    assert text == "A-2: products short 0, over 0, of another place 1"


async def test_a_product_given_another_place_meanwhile_is_not_decided_about(
    room: TallyRoom,
) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 10)
    await room.ask(ProductActor, P2, UpdateProduct(location="C-1"))
    assert (await room.completes(count))["outcome"] == "completed"
    assert await room.moved(count) == []
    assert await room.on_hand(P2) == 1000


async def test_a_product_that_came_to_the_place_meanwhile_is_counted_like_the_others(
    room: TallyRoom,
) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 1000)
    await room.ask(ProductActor, P3, UpdateProduct(location="A-2"))
    assert await room.counts_on(count, E3, 999) == "counted"
    await room.completes(count)
    assert await room.moved(count) == [("adjustment", P3, -1)]


async def test_bundles_are_counted_by_their_parts(room: TallyRoom) -> None:
    await room.product(4, "SET-9", location="A-2", bundle=(BundlePart(P1, 2000),))
    count = id_of(await room.counting("T1", "A-2"))
    assert list(await room.counted(count)) == [1]
    answer = await room.tally(count, "T1", ScanCode("SET-9"))
    assert (answer["outcome"], answer["code"]) == ("bundle", "SET-9")


async def test_nobody_counts_a_place_that_is_being_counted(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    refused = await room.counting("T2", "a 2")
    assert (refused["reason"], refused["owner"], refused["owner_name"]) == (
        "location_taken",
        "T1",
        "om T1",
    )
    assert id_of(await room.counting("T1", "A2")) == count
    assert id_of(await room.counting("T3", "A-2", warehouse="raft")) != count
    assert id_of(await room.counting("T2", "A-10")) != count


async def test_of_many_who_begin_at_one_place_one_counts(room: TallyRoom) -> None:
    answers = await asyncio.gather(*(room.counting(f"T{n}", "A-2") for n in range(20)))
    counting = [it for it in answers if not isinstance(it, dict)]
    assert len(counting) == 1
    assert {it["reason"] for it in answers if isinstance(it, dict)} == {"location_taken"}


async def test_a_count_that_was_left_goes_on_at_its_place(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 3)
    assert await room.leaves(count) == "left"
    assert id_of(await room.counting("T2", "A-2")) == count
    assert await room.counted(count) == {1: "3"}
    assert await room.undoes(count, "T2") == "nothing_to_undo"
    await room.sets(count, 1, 0, "T2")
    await room.leaves(count, "T2")
    assert (await room.tally_shown(count)).state == "open"


async def test_a_count_given_up_while_somebody_goes_on_with_it_is_begun_anew(
    room: TallyRoom,
) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 3)
    await room.leaves(count)
    anew, _ = await asyncio.gather(
        room.counting("T2", "A-2"),
        room.ask(TallySession, count, Withdraw(TallyKind.COUNT)),
    )
    assert id_of(anew) != count
    assert (await room.tally_shown(count)).state == "left"


async def test_an_untouched_count_ends_and_frees_its_place(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    assert await room.leaves(count) == "left"
    assert (await room.tally_shown(count)).state == "left"
    assert id_of(await room.counting("T2", "A-2")) != count
    with pytest.raises(TallyNotFoundError):
        await room.counts_on(count, E2)


@pytest.mark.parametrize(
    ("location", "warehouse", "reason"),
    [
        ("- .", "principal", "no_place"),
        ("A-2", "nicaieri", "no_such_warehouse"),
        ("A-2", None, "no_warehouse"),
    ],
)
async def test_what_is_no_place_is_not_counted(
    room: TallyRoom, location: str, warehouse: Any, reason: str
) -> None:
    assert (await room.counting("T1", location, warehouse=warehouse))["reason"] == reason


async def test_a_count_outlives_a_restart(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 3, op="a")
    await room.counts_on(count, E1, op="b")
    await room.counts_on(count, E2, 4)
    before = await room.tally_shown(count)
    await room.restart()
    assert await room.tally_shown(count) == before
    assert await room.counts_on(count, E2, 3, op="a") == "counted"
    assert await room.counts_on(count, E1, op="b") == "astray"
    assert await room.counted(count) == {1: "7", 2: "1"}
    assert [await room.undoes(count) for _ in range(4)] == ["undone"] * 3 + ["nothing_to_undo"]
    assert await room.counted(count) == {1: None}
