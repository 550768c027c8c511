"""A backup is put back: what shops were told since is not known to it, and is told anew."""

from magazie.commands.backup import put_back
from magazie.service import DATABASE
from magazie.storage.backup import back_up
from tests.rules.storeroom import MINUTE, SHOP, Storeroom, in_storeroom

MANY = {f"P{number}": 5.0 for number in range(1, 41)}


def back_up_books(room: Storeroom) -> None:
    back_up(room.folder / DATABASE, room.folder / "monday.db")


async def restore(room: Storeroom) -> None:
    """The machine is lost; the service starts on the backup."""
    await room.crash()
    room.stop_peeking()
    put_back(room.folder / "monday.db", room.folder)
    await room.start()
    await room.until(lambda: all(sync.is_complete for sync in room.syncs.values()))
    room.shop.forget_requests()


@in_storeroom({"P1": 10, "P2": 10})
async def test_numbers_told_since_the_backup_do_not_stand_in_the_shop(room: Storeroom) -> None:
    back_up_books(room)
    await room.receive("P1", 5)
    await room.set_price("P2", 12)
    await room.flush()
    assert (room.shop.stock("P1"), room.shop.price("P2")) == (15, 12)
    await restore(room)
    await room.pass_time(3 * MINUTE)
    assert await room.on_hand("P1") == 10
    assert (room.shop.stock("P1"), room.shop.price("P2")) == (10, 10), "as the books have it"
    room.shop.forget_requests()
    await room.pass_time(10 * MINUTE)
    assert room.shop.sends == []


@in_storeroom({"P1": 10, "P2": 10, "P3": 10})
async def test_orders_of_the_time_since_the_backup_claim_as_they_stand_now(
    room: Storeroom,
) -> None:
    edited = room.shop.order(("P1", 2))
    cancelled = room.shop.order(("P2", 2))
    await room.read()
    await room.flush()
    back_up_books(room)
    room.shop.edit(edited, ("P1", 5))
    room.shop.cancel(cancelled)
    placed = room.shop.order(("P3", 4))
    await room.read()
    await room.flush()
    await restore(room)
    await room.pass_time(3 * MINUTE)
    assert await room.held(edited) == {1: (5, 0)}
    assert await room.held(cancelled) == {}
    assert await room.held(placed) == {1: (4, 0)}
    assert [room.shop.stock(sku) for sku in ("P1", "P2", "P3")] == [5, 10, 6]


@in_storeroom(MANY)
async def test_what_is_told_anew_is_not_taken_for_a_mistake(room: Storeroom) -> None:
    room.shop.order(*((sku, 5) for sku in MANY))
    await room.read()
    await room.flush()
    back_up_books(room)
    for sku in MANY:
        await room.receive(sku, 1)
    await room.flush()
    await restore(room)
    await room.pass_time(3 * MINUTE)
    assert {room.shop.stock(sku) for sku in MANY} == {0}
    assert await room.alerts("held_sends") == []
    assert (await room.outbox(SHOP)).pending == 0
