"""Who gets which order."""

import asyncio
from datetime import datetime, timedelta

from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_messages import SetUrgent
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import SetPicking
from magazie.model.orders import Delivery
from magazie.model.picking import Rest
from magazie.model.picking_queue import Cutoff, PickingSettings
from magazie.model.romanian_time import BUCHAREST
from tests.picking.picking_room import P1, P2, START_MS, PickingRoom, session_id

E1 = "2000000001012"


async def number_of(room: PickingRoom, terminal: str, **fields: str) -> str:
    shown = await room.next(terminal, **fields)
    if isinstance(shown, dict):
        return str(shown["reason"])
    return str(shown.shown.orders[0].number)


async def test_the_oldest_ready_order_comes_first(room: PickingRoom) -> None:
    await room.order("2", (P1, 1), placed_at_ms=START_MS + 5)
    await room.order("1", (P1, 1), placed_at_ms=START_MS)
    await room.order("short", (P2, 2000), placed_at_ms=START_MS - 5)
    await room.order("parked", (P2, 1), (None, 1), placed_at_ms=START_MS - 5)
    cancelled = await room.order("cancelled", (P1, 1), placed_at_ms=START_MS - 9)
    await room.cancel("cancelled")
    assert [await number_of(room, terminal) for terminal in ("T1", "T2", "T3")] == [
        "1",
        "2",
        "nothing_to_pick",
    ]
    assert cancelled


async def test_asking_again_shows_what_is_open(room: PickingRoom) -> None:
    await room.order("1", (P1, 1))
    await room.order("2", (P1, 1))
    assert [await number_of(room, "T1") for _ in range(3)] == ["1", "1", "1"]


async def test_fifty_terminals_asking_at_once_get_an_order_each(room: PickingRoom) -> None:
    for number in range(50):
        await room.order(f"n{number}", (P1, 1))
    numbers = await asyncio.gather(*(number_of(room, f"T{number}") for number in range(50)))
    assert sorted(numbers) == sorted(f"n{number}" for number in range(50))


async def test_urgent_orders_go_before_all_others(room: PickingRoom) -> None:
    await room.order("1", (P1, 1), placed_at_ms=START_MS)
    urgent = await room.order("2", (P1, 1), placed_at_ms=START_MS + 5)
    await room.ask(PickQueue, QUEUE_KEY, SetUrgent(urgent, is_urgent=True, person="Ana"))
    assert await number_of(room, "T1") == "2"


async def test_whose_courier_leaves_first_goes_first(room: PickingRoom) -> None:
    now = datetime.fromtimestamp(START_MS / 1000, BUCHAREST)
    soon, late = (f"{(now + timedelta(hours=hours)):%H:%M}" for hours in (1, 3))
    cutoffs = (Cutoff("Curier Târziu", late), Cutoff("curier rapid", soon))
    await room.ask(SettingsActor, SETTINGS_KEY, SetPicking(PickingSettings(cutoffs=cutoffs)))
    for number, delivery in (("1", ""), ("2", "CURIER TARZIU"), ("3", "Curier Rapid")):
        await room.order(number, (P1, 1), delivery=Delivery(name=delivery))
    assert [await number_of(room, terminal) for terminal in ("T1", "T2", "T3")] == ["3", "2", "1"]


async def test_a_terminal_of_one_warehouse_gets_its_orders(room: PickingRoom) -> None:
    await room.receive((P1, 10), warehouse="raft")
    await room.order("1", (P1, 1), warehouse="principal")
    await room.order("2", (P1, 1), warehouse="raft", placed_at_ms=START_MS + 1)
    assert await number_of(room, "T1", warehouse="raft") == "2"


async def test_what_was_not_found_once_is_not_handed_out_again(room: PickingRoom) -> None:
    order = await room.order("1", (P1, 2))
    session = session_id(await room.next("T1"))
    await room.scan(session, E1)
    await room.short(session, 1, 1, Rest.KEEP)
    await room.complete(session)
    assert await number_of(room, "T1") == "nothing_to_pick"
    assert session_id(await room.open("T1", order)) != session


async def test_an_order_that_was_left_is_ready_again(room: PickingRoom) -> None:
    await room.order("1", (P1, 1), placed_at_ms=START_MS)
    other = await room.order("2", (P1, 1), placed_at_ms=START_MS + 1)
    await room.next("T1")
    await room.open("T1", other)
    assert await number_of(room, "T2") == "1"
