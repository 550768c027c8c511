"""A serial number is in hand for one order: through the actors and their books."""

import asyncio
import random
import sqlite3
from functools import partial
from typing import Any

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import NoteGoodsBack
from magazie.actors.picking_messages import Command, PutBack, ScanCode, UndoLast
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.model.tracking import Tracking
from magazie.storage.migrate import PACKAGE_MIGRATIONS
from magazie.storage.picked_serials import serials_noted
from tests.picking.picking_room import P1, P2, PickingRoom, session_id

E1, E2 = "2000000001012", "2000000001029"


@pytest.fixture
async def serials(room: PickingRoom) -> PickingRoom:
    """P1 is told apart by its serial numbers."""
    await room.ask(ProductActor, P1, UpdateProduct(tracking=Tracking.SERIAL))
    return room


async def outcome(room: PickingRoom, session: int, terminal: str, serial: str) -> str:
    answer = await room.do(session, terminal, ScanCode(E1, serial=serial))
    return str(answer["outcome"])


async def kept(room: PickingRoom) -> list[tuple[Any, ...]]:
    return await room.rows("SELECT product_id, serial, order_id FROM picked_serials ORDER BY 1, 2")


async def test_a_serial_number_of_another_order_is_refused_until_it_is_back(
    serials: PickingRoom,
) -> None:
    room = serials
    one, two = await room.order("560", (P1, 2)), await room.order("561", (P1, 2))
    first, second = session_id(await room.open("T1", one)), session_id(await room.open("T2", two))
    assert await outcome(room, first, "T1", "SN-1") == "counted"
    refused = await room.do(second, "T2", ScanCode(E1, serial="sn -1"))
    assert refused["outcome"] == "serial_elsewhere"
    assert (refused["held_by"], refused["number"], refused["picked"]) == ("560", "561", "0")
    assert await outcome(room, second, "T2", "SN-2") == "counted"
    await room.restart()
    assert await outcome(room, second, "T2", "SN-1") == "serial_elsewhere"
    assert await room.undo(first) == "undone"
    assert await outcome(room, second, "T2", "SN-1") == "counted"
    assert await outcome(room, first, "T1", "SN-1") == "serial_elsewhere"
    assert await room.put_back(second, 1, 1, "T2") == "put_back"
    assert await outcome(room, first, "T1", "SN-1") == "counted"
    assert await outcome(room, first, "T1", "SN-2") == "serial_elsewhere"
    assert await kept(room) == [(P1, "sn-1", one), (P1, "sn-2", two)]
    log = await room.rows("SELECT serial FROM picking_operations WHERE outcome LIKE '%elsewhere'")
    assert len(log) == 4


async def test_the_same_number_of_other_goods_is_another(serials: PickingRoom) -> None:
    room = serials
    await room.ask(ProductActor, P2, UpdateProduct(tracking=Tracking.SERIAL))
    order = await room.order("560", (P1, 1), (P2, 1))
    session = session_id(await room.open("T1", order))
    assert await outcome(room, session, "T1", "SN-1") == "counted"
    answer = await room.do(session, "T1", ScanCode(E2, serial="SN-1"))
    assert answer["outcome"] == "counted"


async def test_of_two_scans_at_one_moment_one_counts(serials: PickingRoom) -> None:
    room = serials
    orders = [await room.order(f"56{n}", (P1, 3)) for n in range(4)]
    sessions = [session_id(await room.open(f"T{n}", order)) for n, order in enumerate(orders)]
    for serial in ("SN-1", "SN-2", "SN-3"):
        came = await asyncio.gather(
            *(outcome(room, it, f"T{n}", serial) for n, it in enumerate(sessions))
        )
        assert sorted(came) == ["counted", *["serial_elsewhere"] * 3]


async def test_scans_that_wait_together_are_refused_one_by_one(serials: PickingRoom) -> None:
    room = serials
    one, two = await room.order("560", (P1, 2)), await room.order("561", (P1, 6))
    first, second = session_id(await room.open("T1", one)), session_id(await room.open("T2", two))
    for serial in ("SN-1", "SN-2"):
        await outcome(room, first, "T1", serial)
    commands = [
        *(ScanCode(E1, serial=f"SN-{n}") for n in (1, 3, 2, 4)),
        UndoLast(),
        ScanCode(E1, serial="SN-4"),
        PutBack(1, 1000),
        ScanCode(E1, serial="SN-3"),
    ]
    came = await asyncio.gather(*(room.do(second, "T2", command) for command in commands))
    assert [it["outcome"] for it in came] == [
        *("serial_elsewhere", "counted", "serial_elsewhere", "counted", "undone", "counted"),
        *("put_back", "serial_used"),
    ]
    held = [(P1, f"sn-{n}", one) for n in (1, 2)]
    assert await kept(room) == [*held, (P1, "sn-3", two)]


async def test_a_number_stays_with_its_order_over_its_sessions(serials: PickingRoom) -> None:
    room = serials
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order))
    await outcome(room, session, "T1", "SN-1")
    assert (await room.complete(session))["outcome"] == "completed"
    await room.cancel("560")
    other = session_id(await room.open("T1", await room.order("561", (P1, 2))))
    assert await outcome(room, other, "T1", "SN-1") == "serial_elsewhere"
    # its goods are on their shelf again, and nobody scanned that
    await room.ask(OrderActor, ("api", "telefon", "560"), NoteGoodsBack("birou"))
    assert await room.storage.read(lambda c: serials_noted(c, order)) == set()
    assert await outcome(room, other, "T1", "SN-1") == "counted"


async def test_more_of_an_order_is_picked_without_the_same_number_twice(
    serials: PickingRoom,
) -> None:
    room = serials
    order = await room.order("560", (P1, 1))
    session = session_id(await room.open("T1", order))
    await outcome(room, session, "T1", "SN-1")
    await room.edit("560", {1: 2})
    await room.settle()
    assert await outcome(room, session, "T1", "SN-1") == "serial_used"
    await outcome(room, session, "T1", "SN-2")
    assert (await room.complete(session))["outcome"] == "completed"


async def test_what_is_kept_is_what_is_in_hand_whatever_was_done(serials: PickingRoom) -> None:
    room, chance = serials, random.Random(7)
    orders = [await room.order(f"57{n}", (P1, 3)) for n in range(3)]
    sessions = [session_id(await room.open(f"T{n}", order)) for n, order in enumerate(orders)]
    for _ in range(40):
        batch = []
        for _ in range(chance.randint(1, 4)):
            place, serial = chance.randrange(3), f"SN-{chance.randrange(5)}"
            scan: Command = ScanCode(E1, serial=serial)
            command = chance.choice([scan, scan, UndoLast(), PutBack(1, 1000)])
            batch.append(room.do(sessions[place], f"T{place}", command))
        await asyncio.gather(*batch)
        noted = {
            (*piece, order)
            for order in orders
            for piece in await room.storage.read(partial(serials_noted, order_id=order))
        }
        assert noted == set(await kept(room))
    assert noted
    # what the migration finds in books that were written before it is the same
    text = (PACKAGE_MIGRATIONS / "0016_serials_in_hand.sql").read_text()
    filling = text[text.index("WITH counts") : text.index("-- TallySession")]

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM picked_serials")
        connection.execute(filling)

    await room.storage.write(fill)
    assert set(await kept(room)) == noted
