"""The session's actor: durable, once, and right with its orders."""

import asyncio
import random

import pytest

from magazie.actors.picking_messages import ScanCode, SessionNotFoundError
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import AddCode
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import SetPicking
from magazie.model.orders import Fulfilment
from magazie.model.picking import PickingMode, Rest
from magazie.model.picking_queue import PickingSettings
from magazie.storage.products import AdditionalCode
from tests.picking.picking_room import P1, P2, P3, PickingRoom, session_id

E1, E2, E3 = "2000000001012", "2000000001029", "2000000001036"


async def test_an_order_is_picked_whole(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 2), (P2, 1))
    session = session_id(await room.open("T1", "560"))
    assert await room.fulfilment(order) is Fulfilment.PICKING
    assert [await room.scan(session, code) for code in (E1, E1, E2)] == ["counted"] * 3
    answer = await room.complete(session)
    assert answer["outcome"] == "completed"
    assert await room.fulfilment(order) is Fulfilment.PICKED
    assert await room.claims(order) == {1: (2, 2, 2), 2: (1, 1, 1)}
    with pytest.raises(SessionNotFoundError):
        await room.scan(session, E1)
    kinds = await room.rows("SELECT kind FROM order_events WHERE order_id = ?", order)
    assert [kind for (kind,) in kinds] == ["picking", "picked"]


async def test_what_is_in_hand_reaches_the_stock_before_the_end(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 2))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    await room.settle()
    assert await room.claims(order) == {1: (2, 1, 2)}


async def test_a_session_outlives_a_restart(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 3), (P2, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1, op="a")
    await room.scan(session, E1, op="b")
    await room.short(session, 2, 1, Rest.KEEP)
    before = await room.state(session)
    await room.restart()
    assert await room.state(session) == before
    assert session_id(await room.next("T1")) == session
    assert await room.scan(session, E1, op="b") == "counted"
    assert await room.counts(session) == {1: "2", 2: "0"}
    assert await room.undo(session) == "undone"
    assert await room.undo(session) == "undone"
    assert await room.undo(session) == "nothing_to_undo"


async def test_an_operation_is_applied_once_and_its_id_means_nothing_else(
    room: PickingRoom,
) -> None:
    session = session_id(await room.open("T1", await room.order("560", (P1, 5))))
    first = await room.do(session, "T1", ScanCode(E1), "x")
    assert await room.do(session, "T1", ScanCode(E1), "x") == first
    assert await room.do(session, "T1", ScanCode(E2), "x") == {
        "type": "error",
        "reason": "op_reused",
        "op": "x",
    }
    # the same id of another terminal is another operation
    assert await room.scan(session, E1, "T2", op="x") == "owned_by_other"
    assert await room.counts(session) == {1: "1"}


async def test_an_operation_answered_outside_a_session_is_not_done_in_it_later(
    room: PickingRoom,
) -> None:
    order = await room.order("560", (P1, 5))
    assert (await room.stray("T1", E1, op="x"))["outcome"] == "no_session"
    session = session_id(await room.open("T1", order))
    assert await room.scan(session, E1, op="x") == "op_reused"
    assert await room.counts(session) == {1: "0"}
    assert (await room.stray("T1", E1, op="x"))["outcome"] == "no_session"


async def test_opening_again_under_one_id_shows_the_session_it_opened(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 2))
    first = await room.open("T1", order, op="o")
    await room.scan(session_id(first), E1)
    again = await room.open("T1", order, op="o")
    assert session_id(again) == session_id(first)
    assert again.shown.version > first.shown.version


@pytest.mark.parametrize("text", ["nimic", "0000000000001"])
async def test_an_order_that_is_not_there_is_refused_and_stays_so(
    room: PickingRoom, text: str
) -> None:
    assert (await room.open("T1", text, op="o"))["reason"] == "no_such_order"
    await room.order(text, (P1, 1))
    assert (await room.open("T1", text, op="o"))["reason"] == "no_such_order"


async def test_cancelled_and_picked_orders_are_not_opened(room: PickingRoom) -> None:
    await room.order("1", (P1, 1))
    await room.cancel("1")
    assert (await room.open("T1", "1"))["reason"] == "no_such_order"
    order = await room.order("2", (P1, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    await room.complete(session)
    assert (await room.open("T1", order))["reason"] == "nothing_to_pick"


async def test_a_terminal_lets_go_of_an_order_only_with_nothing_in_hand(
    room: PickingRoom,
) -> None:
    one, other = await room.order("1", (P1, 1)), await room.order("2", (P1, 1))
    first = session_id(await room.open("T1", one))
    second = session_id(await room.open("T1", other))
    assert second != first
    assert await room.fulfilment(one) is Fulfilment.OPEN
    await room.scan(second, E1)
    assert (await room.open("T1", one))["reason"] == "session_open"
    assert await room.fulfilment(other) is Fulfilment.PICKING


async def test_another_terminal_is_shown_the_order_and_counts_nothing(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 2))
    session = session_id(await room.open("T1", order))
    watched = await room.open("T2", order)
    assert (session_id(watched), watched.shown.owner) == (session, "T1")
    assert await room.scan(session, E1, "T2") == "owned_by_other"


async def test_quantities_are_typed_only_where_that_is_allowed(room: PickingRoom) -> None:
    session = session_id(await room.open("T1", await room.order("560", (P1, 9))))
    assert await room.scan(session, E1, pieces=3) == "counted"
    await room.ask(SettingsActor, SETTINGS_KEY, SetPicking(PickingSettings(quantity_entry=False)))
    assert await room.scan(session, E1, pieces=3) == "quantity_not_allowed"
    assert await room.scan(session, "CAN-BAX") == "counted"
    assert await room.counts(session) == {1: "9"}


async def test_the_lines_come_as_one_walks_past_them(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 1), (P2, 1), (P3, 1))
    session = session_id(await room.open("T1", order))
    assert (await room.state(session)).walk == [2, 3, 1]
    await room.skip(session, 2)
    assert (await room.state(session)).walk == [3, 1, 2]


async def test_a_cluster_says_which_bin(room: PickingRoom) -> None:
    one, other = await room.order("1", (P1, 1), (P2, 1)), await room.order("2", (P1, 1))
    session = session_id(await room.open("T1", one, "2", mode=PickingMode.CLUSTER))
    answers = [await room.do(session, "T1", ScanCode(code)) for code in (E1, E1, E2)]
    assert [answer["bin"] for answer in answers] == [1, 2, 1]
    assert (await room.complete(session))["outcome"] == "completed"
    assert await room.fulfilment(one) is Fulfilment.PICKED
    assert await room.fulfilment(other) is Fulfilment.PICKED


async def test_an_order_in_a_cluster_is_nobody_elses(room: PickingRoom) -> None:
    one, other = await room.order("1", (P1, 1)), await room.order("2", (P1, 1))
    await room.open("T1", one)
    refused = await room.open("T2", one, other, mode=PickingMode.CLUSTER)
    assert refused["reason"] == "order_taken"
    assert (await room.open("T2", one, other))["reason"] == "order_taken"


async def test_a_picked_order_is_checked_without_changing_it(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 2))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    await room.short(session, 1, 1, Rest.KEEP)
    await room.complete(session)
    check = session_id(await room.open("T9", order, mode=PickingMode.CHECK))
    before = await room.stored(order)
    assert await room.scan(check, E2, "T9") == "not_in_order"
    assert await room.scan(check, E1, "T9") == "counted"
    assert await room.scan(check, E1, "T9") == "over"
    assert (await room.complete(check, "T9"))["outcome"] == "completed"
    after = await room.stored(order)
    assert (after.lines, after.fulfilment) == (before.lines, before.fulfilment)
    kinds = await room.rows("SELECT kind FROM order_events WHERE order_id = ?", order)
    assert kinds[-1] == ("checked",)


async def test_check_only_of_an_order_that_nobody_picked_picks_it(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order, mode=PickingMode.CHECK))
    await room.scan(session, E1)
    await room.complete(session)
    assert await room.fulfilment(order) is Fulfilment.PICKED


async def test_the_rest_that_was_kept_is_picked_later(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 5))
    first = session_id(await room.open("T1", order))
    await room.scan(first, E1, pieces=3)
    await room.short(first, 1, 2, Rest.KEEP)
    await room.complete(first)
    assert await room.claims(order) == {1: (5, 3, 5)}
    second = session_id(await room.open("T2", order))
    assert await room.counts(second) == {1: "3"}
    assert await room.scan(second, E1, "T2", pieces=3) == "over"
    assert await room.scan(second, E1, "T2", pieces=2) == "counted"
    await room.complete(second, "T2")
    assert await room.claims(order) == {1: (5, 5, 5)}


async def test_a_further_code_given_while_picking_is_known_at_once(room: PickingRoom) -> None:
    session = session_id(await room.open("T1", await room.order("560", (P1, 2))))
    assert await room.scan(session, "NOU-1") == "unknown_code"
    await room.ask(ProductActor, P1, AddCode(code=AdditionalCode("NOU-1")))
    assert await room.scan(session, "NOU-1") == "counted"


async def test_an_order_number_scanned_for_goods_is_told_as_one(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 2))
    session = session_id(await room.open("T1", order))
    answer = await room.do(session, "T1", ScanCode("560"))
    assert (answer["outcome"], answer["found"]) == ("not_in_order", "order")


async def test_a_line_without_product_keeps_the_order_from_being_complete(
    room: PickingRoom,
) -> None:
    order = await room.order("560", (P1, 1), (None, 2))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    answer = await room.complete(session)
    assert answer["outcome"] == "incomplete"
    assert [line["why"] for line in answer["lines"]] == ["line_without_product"]


async def test_an_order_cancelled_in_the_moment_of_completion_is_not_complete(
    room: PickingRoom,
) -> None:
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    cancelling = asyncio.ensure_future(room.cancel("560"))
    answer = await room.complete(session)
    await cancelling
    if answer["outcome"] == "incomplete":
        assert [line["why"] for line in answer["lines"]] == ["to_put_back"]
    assert await room.fulfilment(order) is Fulfilment.CANCELLED


async def test_two_terminals_racing_in_the_actor_never_take_too_much(room: PickingRoom) -> None:
    chance = random.Random(7)
    orders = [await room.order(f"r{number}", (P1, number % 4 + 1)) for number in range(12)]

    async def race(number: int, order: int) -> None:
        session = session_id(await room.open(f"A{number}", order))
        for _ in range(12):
            work = [
                room.take_over(terminal, order)
                if chance.random() < 0.15
                else room.scan(session, E1, terminal)
                for terminal in (f"A{number}", f"B{number}")
            ]
            await asyncio.gather(*work)
        state = await room.state(session)
        assert int(state.orders[0].lines[0].picked) <= number % 4 + 1

    await asyncio.gather(*(race(number, order) for number, order in enumerate(orders)))
