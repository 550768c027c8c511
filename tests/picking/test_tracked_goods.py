"""Goods with a lot or a serial number, through the session's actor and its books."""

from magazie.actors.picking_messages import ScanCode
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.model.noted_goods import NotedGoods, noted_goods
from magazie.model.picking import PickingMode
from magazie.model.tracking import Note, Tracking
from magazie.storage.reads.picking_notes import counts_for
from tests.picking.picking_room import P1, P2, PickingRoom, session_id

E1, E2 = "2000000001012", "2000000001029"
GS = "\x1d"


async def track(room: PickingRoom, product: int, tracking: Tracking) -> None:
    await room.ask(ProductActor, product, UpdateProduct(tracking=tracking))


async def noted(room: PickingRoom, order: int) -> list[NotedGoods]:
    return noted_goods(await room.storage.read(lambda c: counts_for(c, order)))


async def outcome(room: PickingRoom, session: int, command: ScanCode) -> str:
    answer = await room.do(session, "T1", command)
    return str(answer.get("outcome", answer.get("reason")))


async def test_a_serial_number_is_asked_for_noted_and_read_with_the_order(
    room: PickingRoom,
) -> None:
    await track(room, P1, Tracking.SERIAL)
    order = await room.order("560", (P1, 2), (P2, 1))
    session = session_id(await room.open("T1", order))
    asked = await room.do(session, "T1", ScanCode(E1))
    assert (asked["outcome"], asked["line"], asked["picked"]) == ("serial_needed", 1, "0")
    assert asked["name"] == "Produs CAN-330"
    for command, wanted in (
        (ScanCode(E1, serial=E1), "serial_needed"),
        (ScanCode(E1, 2000, "SN-1"), "quantity_not_allowed"),
        (ScanCode("CAN-BAX", serial="SN-1"), "counted"),
        (ScanCode(E1, serial="sn-1"), "serial_used"),
        (ScanCode(f"]d201{E1:0>14}21SN-2"), "counted"),
        (ScanCode(E1, serial="SN-3"), "over"),
        (ScanCode(E2), "counted"),
    ):
        assert await outcome(room, session, command) == wanted
    shown = (await room.state(session)).orders[0].lines
    tracked, plain = sorted(shown, key=lambda line: line.line)
    assert (tracked.tracking, [it.serial for it in tracked.noted]) == ("serial", ["SN-1", "SN-2"])
    assert {E1, "CAN-330", "CAN-BAX"} <= set(tracked.codes)
    assert (plain.tracking, plain.codes, plain.noted) == ("none", [], [])
    await room.restart()
    assert await outcome(room, session, ScanCode(E1, serial="SN-2")) == "over"
    assert await room.undo(session) == "undone"  # the plain piece
    assert await room.undo(session) == "undone"
    assert await outcome(room, session, ScanCode(E1, serial="SN 2")) == "counted"
    await room.scan(session, E2)
    assert (await room.complete(session))["outcome"] == "completed"
    assert await noted(room, order) == [
        NotedGoods(1, P1, Note(serial=text), 1000) for text in ("SN 2", "SN-1")
    ]
    check = session_id(await room.open("T1", order, mode=PickingMode.CHECK))
    assert [await room.scan(check, code) for code in (E1, E1, E2)] == ["counted"] * 3
    assert len(await noted(room, order)) == 2
    assert (await room.complete(check))["outcome"] == "completed"


async def test_a_lot_is_asked_for_and_comes_with_a_message_too(room: PickingRoom) -> None:
    await track(room, P1, Tracking.LOT)
    order = await room.order("560", (P1, 8))
    session = session_id(await room.open("T1", order))
    message = f"]d201{E1:0>14}10L-2{GS}3002"
    for command, wanted in (
        (ScanCode("CAN-BAX"), "lot_needed"),
        (ScanCode("CAN-BAX", lot="L-1"), "counted"),
        (ScanCode(message), "counted"),
    ):
        assert await outcome(room, session, command) == wanted
    await room.put_back(session, 1, 1)
    assert await noted(room, order) == [
        NotedGoods(1, P1, Note(lot="L-1"), 6000),
        NotedGoods(1, P1, Note(lot="L-2"), 1000),
    ]
