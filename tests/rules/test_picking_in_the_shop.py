"""What a shop hears of picking, and what picking hears of the shop, over a whole service."""

import itertools
from typing import Any

import msgspec
import pytest

from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_messages import (
    Complete,
    NextOrder,
    OpenOrders,
    Operate,
    OpMark,
    PutBack,
    ScanCode,
    ShortPick,
    Show,
)
from magazie.actors.picking_session import PickingSession
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import UpdateShop
from magazie.model.ids import encode_id
from magazie.model.orders import Fulfilment
from magazie.model.picking import PickingMode, Rest
from magazie.simulators.gomag import FaultKind
from tests.rules.shop_side import CANCELLED, DELIVERED, PAID, STATUS, TAKEN
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

UNPAID = 4
NAMES = {"picked": "Platita", "part_picked": "Neplatita"}
"""Borrowed: the simulated shop has no statuses of these meanings."""


class Picker:
    """Somebody with a terminal in the storeroom."""

    def __init__(self, room: Storeroom) -> None:
        self.room = room
        self.session = 0
        self._numbers = itertools.count(1)

    def mark(self) -> OpMark:
        number = next(self._numbers)
        return OpMark("T1", f"op-{number}", number, str(number).encode(), "ana")

    async def next(self) -> None:
        shown = await self.room.ask(PickQueue, QUEUE_KEY, NextOrder(self.mark()))
        self.session = shown.session_id

    async def do(self, command: Any) -> Any:
        message = Operate(self.mark(), command)
        return msgspec.json.decode(await self.room.ask(PickingSession, self.session, message))

    async def scan(self, code: str, pieces: int = 1) -> str:
        return str((await self.do(ScanCode(code, pieces * 1000)))["outcome"])

    async def complete(self) -> str:
        message = Complete(self.mark())
        answer = await self.room.ask(PickingSession, self.session, message)
        return str(msgspec.json.decode(answer)["outcome"])


async def named(room: Storeroom, names: dict[str, str]) -> None:
    await room.ask(SettingsActor, SETTINGS_KEY, UpdateShop(name=SHOP, status_map=names))


async def picking(room: Storeroom, order: int) -> Picker:
    await room.read()
    await room.pass_time(MINUTE)
    picker = Picker(room)
    await picker.next()
    stored = await room.find(order)
    assert stored is not None
    assert stored.fulfilment is Fulfilment.PICKING
    return picker


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_a_picked_order_is_told_once_and_after_it_is_taken(room: Storeroom) -> None:
    await named(room, NAMES)
    order = room.shop.order(("P1", 2))
    picker = await picking(room, order)
    assert await picker.scan("P1", 2) == "counted"
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN), (order, PAID)]
    await room.crash_and_restart()
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN), (order, PAID)]


@pytest.mark.parametrize("rest", list(Rest))
@in_storeroom({"P1": 10}, tells_taken=True)
async def test_g14_an_order_picked_in_part_is_told_as_such(room: Storeroom, rest: Rest) -> None:
    await named(room, NAMES)
    order = room.shop.order(("P1", 5))
    picker = await picking(room, order)
    assert await picker.scan("P1", 3) == "counted"
    await picker.do(ShortPick(1, 2000, "negasit", rest))
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN), (order, UNPAID)]
    assert await room.reserved("P1") == (5 if rest is Rest.KEEP else 3)


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_g14_an_order_of_which_nothing_was_found_is_not_told_as_picked(
    room: Storeroom,
) -> None:
    await named(room, NAMES)
    order = room.shop.order(("P1", 2))
    picker = await picking(room, order)
    await picker.do(ShortPick(1, 2000, "negasit", Rest.KEEP))
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    stored = await room.find(order)
    assert stored is not None
    message = OpenOrders(picker.mark(), (encode_id(stored.id),), PickingMode.PICK)
    picker.session = (await room.ask(PickQueue, QUEUE_KEY, message)).session_id
    assert await picker.scan("P1", 2) == "counted"
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN), (order, PAID)]


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_a_milestone_without_a_name_is_not_told(room: Storeroom) -> None:
    order = room.shop.order(("P1", 1))
    picker = await picking(room, order)
    await picker.scan("P1")
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert (await room.milestones(order))["picked"].state == "unmapped"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_a_person_in_the_shop_who_moved_the_order_on_has_the_last_word(
    room: Storeroom,
) -> None:
    await named(room, NAMES)
    order = room.shop.order(("P1", 1))
    picker = await picking(room, order)
    room.shop.move(order, DELIVERED)
    await room.read()
    await picker.scan("P1")
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert (await room.milestones(order))["picked"].state == "overruled"


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=3600)
async def test_b8_an_edit_in_the_shop_reaches_the_terminal(room: Storeroom) -> None:
    order = room.shop.order(("P1", 3))
    picker = await picking(room, order)
    assert await picker.scan("P1", 2) == "counted"
    room.shop.edit(order, ("P1", 1), ("P2", 1))
    await room.read()
    await room.pass_time(1)
    shown = await room.ask(PickingSession, picker.session, Show())
    lines = shown.shown.orders[0].lines
    assert [(it.ordered, it.picked, it.to_put_back) for it in lines] == [
        ("1", "2", "1"),
        ("1", "0", "0"),
    ]
    assert await picker.scan("P2") == "counted"
    assert await picker.complete() == "incomplete"
    assert (await picker.do(PutBack(1, 1000)))["outcome"] == "put_back"
    assert await picker.complete() == "completed"
    assert (await room.reserved("P1"), await room.reserved("P2")) == (1, 1)


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_b9_a_cancel_in_the_shop_stops_the_picker(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2))
    picker = await picking(room, order)
    assert await picker.scan("P1") == "counted"
    room.shop.move(order, CANCELLED)
    await room.read()
    assert await picker.scan("P1") == "order_cancelled"
    assert await room.reserved("P1") == 0
    await picker.do(PutBack(1, 1000))
    assert await picker.complete() == "completed"
    room.shop.move(order, PAID)
    await room.read()
    again = await room.find(order)
    assert again is not None
    # nothing is taken for in hand that went back
    assert (again.fulfilment, again.lines[0].picked_milli) == (Fulfilment.OPEN, 0)


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_a_crash_in_the_middle_loses_no_scan(room: Storeroom) -> None:
    order = room.shop.order(("P1", 3))
    picker = await picking(room, order)
    assert await picker.scan("P1") == "counted"
    assert await picker.scan("P1") == "counted"
    await room.crash_and_restart()
    assert await picker.scan("P1") == "counted"
    assert await picker.scan("P1") == "over"
    await room.pass_time(MINUTE)
    assert room.peek("SELECT sum(picked_milli) FROM claims") == 3000
    assert await picker.complete() == "completed"
    stored = await room.find(order)
    assert stored is not None
    assert stored.fulfilment is Fulfilment.PICKED


@pytest.mark.parametrize("fault", [FaultKind.LOST_BEFORE, FaultKind.ENVELOPE_REFUSED])
@in_storeroom({"P1": 10}, tells_taken=True, poll_seconds=3600)
async def test_rule_6_taken_is_not_written_over_picked(room: Storeroom, fault: FaultKind) -> None:
    await named(room, NAMES)
    room.shop.fail(fault, STATUS)
    order = room.shop.order(("P1", 1))
    await room.read()
    await room.pass_time(5)
    picker = Picker(room)
    await picker.next()
    await picker.scan("P1")
    assert await picker.complete() == "completed"
    await room.pass_time(5)
    assert room.shop.statuses_written == [(order, TAKEN), (order, PAID)]
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == PAID
    assert (await room.milestones(order))["taken"].state == "overruled"
    assert (await room.milestones(order))["picked"].state == "done"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_taken_that_lands_late_is_not_left_over_picked(room: Storeroom) -> None:
    await named(room, NAMES)
    room.shop.fail(FaultKind.LATE_LANDING, STATUS, delay_s=3 * MINUTE)
    order = room.shop.order(("P1", 1))
    await room.read()
    picker = Picker(room)
    await picker.next()
    await picker.scan("P1")
    assert await picker.complete() == "completed"
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == PAID


@in_storeroom({"P1": 10})
async def test_g14_an_order_edited_to_what_was_found_keeps_all_of_it(room: Storeroom) -> None:
    order = room.shop.order(("P1", 5))
    picker = await picking(room, order)
    assert await picker.scan("P1", 3) == "counted"
    await picker.do(ShortPick(1, 2000, "negasit", Rest.RELEASE))
    assert await picker.complete() == "completed"
    await room.pass_time(MINUTE)
    assert await room.reserved("P1") == 3
    room.shop.edit(order, ("P1", 3))
    await room.read()
    await room.flush()
    assert await room.reserved("P1") == 3, "three are in the parcel"
    assert room.shop.stock("P1") == 7
