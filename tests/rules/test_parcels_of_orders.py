"""The number of a parcel that a shop names on an order: taken over, shown, scanned."""

import re
import sqlite3
from contextlib import closing
from typing import Any

import msgspec

from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_messages import OpenOrders
from magazie.model.orders import Carrier, Fulfilment
from magazie.model.picking import PickingMode
from magazie.service import DATABASE
from magazie.storage.migrate import PACKAGE_MIGRATIONS
from tests.rules.storeroom import MINUTE, Storeroom, in_storeroom
from tests.rules.test_picking_in_the_shop import Picker

AWB = "2044789013"
MIGRATION = PACKAGE_MIGRATIONS / "0013_tracking_and_parcels.sql"


async def opened(room: Storeroom, picker: Picker, text: str) -> Any:
    message = OpenOrders(picker.mark(), (text,), PickingMode.PICK)
    shown = await room.ask(PickQueue, QUEUE_KEY, message)
    if isinstance(shown, bytes):
        return msgspec.json.decode(shown)["reason"]
    picker.session = shown.session_id
    return shown.shown.orders[0].number


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_scanning_a_parcel_opens_its_order(room: Storeroom) -> None:
    order, plain = room.shop.order(("P1", 2)), room.shop.order(("P1", 1))
    await room.read()
    picker = Picker(room)
    assert await opened(room, picker, AWB) == "no_such_order"
    room.shop.ship(order, "Curier rapid", AWB)
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    assert stored.details.carrier == Carrier("Curier rapid", AWB)
    assert room.peek("SELECT count(*) FROM order_parcels") == 1
    await room.crash_and_restart()
    assert await opened(room, picker, f" {AWB}\n") == stored.number
    answer = await picker.scan(AWB)
    assert answer == "not_in_order"
    room.shop.ship(plain, "Curier rapid", AWB)
    await room.read()
    assert await opened(room, picker, AWB) == "ambiguous_order"


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_a_label_with_the_number_of_the_piece_opens_its_order(room: Storeroom) -> None:
    sameday, fan = room.shop.order(("P1", 2)), room.shop.order(("P1", 1))
    room.shop.ship(sameday, "Sameday Courier", "1SDY241065761")
    room.shop.ship(fan, "FAN Courier", AWB)
    await room.read()
    picker, stored = Picker(room), await room.find(sameday)
    assert stored is not None
    for text in ("1SDY24106576101", "SDY241065761001", "1SDY241065761000", f"{AWB}001"):
        assert await opened(room, picker, text) == "no_such_order"
    assert await opened(room, picker, " 1SDY241065761002\n") == stored.number
    assert await picker.scan("1SDY241065761002") == "not_in_order"
    # the whole number goes first: this parcel's is what the other's label would be
    room.shop.ship(fan, "FAN Courier", "1SDY241065761002")
    await room.read()
    other = await room.find(fan)
    assert other is not None
    assert await opened(room, picker, "1SDY241065761002") == other.number


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_another_number_takes_the_place_of_the_first(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2))
    room.shop.ship(order, "Curier", "waiting")
    await room.read()
    assert room.peek("SELECT count(*) FROM order_parcels") == 0
    for awb in ("A-1", "A-2"):
        room.shop.ship(order, "Curier", awb)
        await room.read()
    picker = Picker(room)
    assert await opened(room, picker, "A-1") == "no_such_order"
    stored = await room.find(order)
    assert stored is not None
    assert await opened(room, picker, "A-2") == stored.number
    kinds = [row[0] for row in room.peek_all("SELECT kind FROM order_events ORDER BY seq")]
    assert kinds.count("carrier") == 2
    assert "edited" not in kinds


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_an_order_whose_number_is_that_of_its_parcel_is_one(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2), number=AWB)
    room.shop.ship(order, "Curier", AWB)
    await room.read()
    await room.pass_time(MINUTE)
    assert await opened(room, Picker(room), AWB) == AWB


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_an_order_taken_before_parcels_were_read_learns_of_its_own(room: Storeroom) -> None:
    """Its content is known, and what an earlier version made of it lacks the carrier."""
    order = room.shop.order(("P1", 2))
    room.shop.order(("P1", 1))
    room.shop.ship(order, "Curier", AWB)
    await room.read()
    await room.crash()
    with closing(sqlite3.connect(room.folder / DATABASE)) as books, books:
        books.execute(
            "UPDATE orders SET details ="
            " CAST(json_remove(CAST(details AS TEXT), '$.carrier') AS BLOB)"
        )
        books.execute("DELETE FROM order_parcels")
        (statement,) = re.findall(
            r"^UPDATE orders.*?;", MIGRATION.read_text(), re.DOTALL | re.MULTILINE
        )
        assert books.execute(statement).rowcount == 1
    await room.start()
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    assert (stored.details.carrier.awb, stored.fulfilment) == (AWB, Fulfilment.OPEN)
    assert room.peek("SELECT count(*) FROM order_parcels") == 1
