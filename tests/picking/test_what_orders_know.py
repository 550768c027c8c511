"""What a session and its orders know of each other, whatever comes between."""

import asyncio
from typing import Any

import msgspec
import pytest

from magazie.actors import picking_session
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import SetPicked
from magazie.actors.picking_messages import Complete, Leave, ScanCode
from magazie.actors.picking_session import PickingSession
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import AddCode
from magazie.model.orders import Fulfilment
from magazie.model.picking import PickingMode, Rest
from magazie.storage import Storage
from magazie.storage.picking import SessionChange
from magazie.storage.products import AdditionalCode, CodeKind
from tests.picking.picking_room import P1, P2, PickingRoom, session_id

E1 = "2000000001012"


async def picked(room: PickingRoom, pieces: int, found: int | None = None) -> int:
    """An order that somebody picked; the rest, where not all was found, is kept."""
    order = await room.order("560", (P1, pieces))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1, pieces=found or pieces)
    if found is not None:
        await room.short(session, 1, pieces - found, Rest.KEEP)
    assert (await room.complete(session))["outcome"] == "completed"
    return order


async def in_hand(room: PickingRoom, order: int) -> int:
    return (await room.stored(order)).lines[0].picked_milli // 1000


async def alerts(room: PickingRoom) -> list[str]:
    rows = await room.rows("SELECT kind FROM alerts WHERE state <> 'cleared'")
    return [kind for (kind,) in rows]


# --- beginning ------------------------------------------------------------------------------


async def test_an_order_cancelled_while_it_is_opened_takes_no_scan(
    room: PickingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await room.order("560", (P1, 3))
    cancels = [room.cancel("560")]
    write = Storage.write

    async def cancelled_before(storage: Storage, unit: Any) -> Any:
        while cancels:
            await cancels.pop()
        return await write(storage, unit)

    monkeypatch.setattr(Storage, "write", cancelled_before)
    session = session_id(await room.open("T1", order))
    assert await room.scan(session, E1) == "order_cancelled"


async def test_an_order_changed_right_before_a_crash_is_followed_after_it(
    room: PickingRoom,
) -> None:
    order = await room.order("560", (P1, 3))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1, pieces=2)
    room.picks.tell_changes(lambda _session, _order: None)  # the crash comes before it is heard
    await room.edit("560", {1: 1})
    await room.restart()
    (line,) = (await room.state(session)).orders[0].lines
    assert (line.ordered, line.to_put_back) == ("1", "1")
    assert await room.scan(session, E1) == "over"


# --- leaving --------------------------------------------------------------------------------


async def test_a_cancelled_order_that_is_left_has_nothing_in_hand(room: PickingRoom) -> None:
    order, other = await room.order("560", (P1, 3)), await room.order("561", (P2, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1, pieces=2)
    await room.settle()
    assert await in_hand(room, order) == 2
    await room.cancel("560")
    assert await room.put_back(session, 1, 2) == "put_back"
    session_id(await room.open("T1", other))  # which leaves the first
    await room.settle()
    assert await in_hand(room, order) == 0


async def test_a_session_stays_open_where_nothing_can_be_opened_in_its_place(
    room: PickingRoom,
) -> None:
    await picked(room, 1)
    order, other = await room.order("561", (P1, 3)), await room.order("562", (P2, 1))
    session = session_id(await room.open("T1", order))
    assert (await room.open("T1", "560"))["reason"] == "nothing_to_pick"
    assert (await room.open("T1", "560", other))["reason"] == "too_many_orders"
    assert await room.scan(session, E1) == "counted"


async def test_an_order_is_not_left_while_goods_of_it_that_nobody_wants_are_in_hand(
    room: PickingRoom,
) -> None:
    order, other = await picked(room, 5, found=3), await room.order("561", (P2, 1))
    session = session_id(await room.open("T1", order))
    await room.cancel("560")
    assert (await room.open("T1", other))["reason"] == "session_open"
    assert await room.put_back(session, 1, 3) == "put_back"
    assert (await room.complete(session))["outcome"] == "completed"
    session_id(await room.open("T1", other))
    assert await in_hand(room, order) == 0


# --- counting again -------------------------------------------------------------------------


@pytest.mark.parametrize(("rest", "claimed"), [(Rest.KEEP, (5, 4, 5)), (Rest.RELEASE, (4, 4, 4))])
async def test_what_lacks_when_an_order_is_counted_again_is_not_picked(
    room: PickingRoom, rest: Rest, claimed: tuple[int, int, int]
) -> None:
    order = await picked(room, 5)
    check = session_id(await room.open("T9", order, mode=PickingMode.CHECK))
    await room.scan(check, E1, "T9", pieces=4)
    assert (await room.complete(check, "T9"))["outcome"] == "incomplete"
    await room.short(check, 1, 1, rest, "T9")
    assert (await room.complete(check, "T9"))["outcome"] == "completed"
    assert await room.claims(order) == {1: claimed}
    assert await room.fulfilment(order) is Fulfilment.PICKED
    kinds = await room.rows("SELECT kind FROM order_events WHERE order_id = ?", order)
    assert kinds[-1] == ("part_picked",)


async def test_an_order_cancelled_while_it_is_counted_again_is_still_in_its_box(
    room: PickingRoom,
) -> None:
    order = await picked(room, 5)
    check = session_id(await room.open("T9", order, mode=PickingMode.CHECK))
    await room.scan(check, E1, "T9", pieces=2)
    await room.cancel("560")
    await room.put_back(check, 1, 2, "T9")
    assert (await room.complete(check, "T9"))["outcome"] == "completed"
    assert await in_hand(room, order) == 5
    assert await alerts(room) == ["picked_order_changed"]


# --- ending ---------------------------------------------------------------------------------


async def test_a_session_that_failed_tells_nothing_once_the_next_one_is_complete(
    room: PickingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking_session, "TOLD_AFTER_S", 0.1)
    order = await room.order("560", (P1, 2))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    with monkeypatch.context() as patch:
        patch.setattr(Storage, "write", _fails)
        with pytest.raises(OSError, match="disk"):
            await room.scan(session, E1)
    assert await room.scan(session, E1) == "counted"
    assert (await room.complete(session))["outcome"] == "completed"
    await asyncio.sleep(0.2)
    await room.settle()
    assert await room.fulfilment(order) is Fulfilment.PICKED
    assert await in_hand(room, order) == 2


async def test_what_orders_are_told_now_and_then_does_not_come_after_the_end(
    room: PickingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking_session, "TOLD_AFTER_S", 0.05)
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    write = Storage.write

    async def slow_at_the_end(storage: Storage, unit: Any) -> Any:
        if isinstance(unit, SessionChange) and not unit.after.is_open:
            await asyncio.sleep(0.2)  # the order is picked already
        return await write(storage, unit)

    monkeypatch.setattr(Storage, "write", slow_at_the_end)
    assert (await room.complete(session))["outcome"] == "completed"
    await room.settle()
    assert await room.fulfilment(order) is Fulfilment.PICKED


async def test_an_order_that_is_being_picked_by_nobody_is_completed(room: PickingRoom) -> None:
    order = await picked(room, 2)
    message = SetPicked("om T1", Fulfilment.PICKING, {})
    await room.ask(OrderActor, ("api", "telefon", "560"), message)
    session = session_id(await room.open("T2", order))
    assert (await room.complete(session, "T2"))["outcome"] == "completed"
    assert await room.fulfilment(order) is Fulfilment.PICKED


async def test_a_session_that_was_left_says_nothing_over_a_later_one(
    room: PickingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await room.order("560", (P1, 1))
    left = session_id(await room.open("T1", order))
    ask = room.directory.ask

    async def not_now(kind: Any, *told: Any, **how: Any) -> Any:
        if kind is OrderActor:
            raise TimeoutError("the order does not answer")
        return await ask(kind, *told, **how)

    with monkeypatch.context() as patch:
        patch.setattr(room.directory, "ask", not_now)
        await ask(PickingSession, left, Leave("birou"))
    session = session_id(await room.open("T2", order))
    await room.scan(session, E1, "T2")
    assert (await room.complete(session, "T2"))["outcome"] == "completed"
    await room.settle()
    assert await room.fulfilment(order) is Fulfilment.PICKED
    assert await in_hand(room, order) == 1


async def _fails(_storage: Storage, _unit: object) -> None:
    raise OSError("disk")


async def test_an_order_that_changes_all_the_time_is_told_as_such_and_completed_later(
    room: PickingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await room.order("560", (P1, 2), (P2, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1, pieces=2)
    await room.scan(session, "2000000001029")
    expected = picking_session.told_of

    def outdated(*args: Any, **fields: Any) -> Any:
        message = expected(*args, **fields)
        return msgspec.structs.replace(message, expected={1: 7}) if message else None

    with monkeypatch.context() as patch:
        patch.setattr(picking_session, "told_of", outdated)
        assert (await room.complete(session, op="c"))["reason"] == "order_changed"
    assert (await room.complete(session, op="c"))["outcome"] == "completed"


async def test_who_completes_a_session_has_picked_its_orders(room: PickingRoom) -> None:
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    mark = msgspec.structs.replace(room.mark("T1", "complete"), who="Dan")  # who signed in since
    await room.ask(PickingSession, session, Complete(mark))
    assert (await room.state(session)).owner_name == "Dan"
    ((data,),) = await room.rows(
        "SELECT data FROM order_events WHERE order_id = ? AND kind = 'picked'", order
    )
    assert msgspec.json.decode(data)["by"] == "Dan"


async def test_what_is_completed_while_another_takes_it_over_is_closed_for_them(
    room: PickingRoom,
) -> None:
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order))
    await room.scan(session, E1)
    done, taken = await asyncio.gather(room.complete(session), room.take_over("T2", order))
    assert done["outcome"] == "completed"
    # at that moment, or a moment after it, when the order is picked already
    assert taken["reason"] in {"order_closed", "nothing_to_pick"}


# --- quantities -----------------------------------------------------------------------------


async def test_what_comes_to_no_whole_thousandth_counts_nothing(room: PickingRoom) -> None:
    half = AdditionalCode("CAN-METRU", CodeKind.PACKAGING, 500)
    await room.ask(ProductActor, P1, AddCode(code=half))
    session = session_id(await room.open("T1", await room.order("560", (P1, 2))))
    assert (await room.do(session, "T1", ScanCode("CAN-METRU", 1)))["reason"] == "bad_quantity"
    assert (await room.do(session, "T1", ScanCode("CAN-METRU", 3)))["reason"] == "bad_quantity"
    assert (await room.do(session, "T1", ScanCode("CAN-METRU", 2)))["picked"] == "0.001"
    assert await room.undo(session) == "undone"
    assert await room.undo(session) == "nothing_to_undo"
