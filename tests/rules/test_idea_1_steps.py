"""Idempotent steps with resting states: each rule, and what goes wrong without it."""

import asyncio

import pytest

from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import BeginRead, TakePage
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Unlink
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import SetClaim
from magazie.model.claims import Draft, Shelf
from magazie.model.orders import Fulfilment
from magazie.model.romanian_time import local_date
from magazie.ports import OrderWindow
from tests.rules.shop_side import CANCELLED
from tests.rules.storeroom import DAY, HOUR, MAIN, MINUTE, SHOP, Storeroom, in_storeroom

OWING = "SELECT count(*) FROM orders WHERE claims_set < claims_wanted"

# --- order_is_taken_once ------------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_order_is_taken_once_however_often_it_is_read(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    await asyncio.gather(*(room.read() for _ in range(3)))
    await room.crash_and_restart()
    await room.read()
    assert await room.orders() == [("shop", SHOP, str(order))]
    assert await room.reserved("P1") == 4


@in_storeroom({"P1": 10})
async def test_order_is_taken_once_however_often_a_program_sends_it(room: Storeroom) -> None:
    answers = await asyncio.gather(*(room.place("520", ("P1", 2)) for _ in range(5)))
    assert [answer.created for answer in answers] == [True, False, False, False, False]
    await room.pass_time(HOUR)
    again = await room.place("520", ("P1", 2))
    await room.crash_and_restart()
    after_restart = await room.place("520", ("P1", 2))
    assert {answer.order.id for answer in (*answers, again, after_restart)} == {again.order.id}
    assert await room.orders() == [("api", "api", "520")]
    assert await room.reserved("P1") == 2


@in_storeroom({"P1": 10})
async def test_order_is_taken_once_also_among_new_ones_stored_with_it(room: Storeroom) -> None:
    first = await room.place("520", ("P1", 1))
    await room.crash_and_restart()
    numbers = ("519", "520", "521", "520", "522")
    answers = await asyncio.gather(*(room.place(number, ("P1", 1)) for number in numbers))
    assert [answer.created for answer in answers] == [True, False, True, False, True]
    assert answers[1].order.id == answers[3].order.id == first.order.id
    assert len(await room.orders()) == 4
    assert await room.reserved("P1") == 4


# --- claims_are_absolute ------------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_claims_are_absolute_when_a_crash_lost_the_note_that_they_are_set(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    reading = asyncio.ensure_future(room.read())
    while not room.peek("SELECT sum(reserved_milli) FROM claims"):
        await asyncio.sleep(0.0005)
    assert room.peek(OWING) == 1, "the crash came too late to lose the note"
    await room.crash_and_restart()
    await room.pass_time(MINUTE)
    assert reading.cancelled()
    assert await room.held(order) == {1: (4, 0)}
    assert room.peek(OWING) == 0


@in_storeroom({"P1": 10})
async def test_claims_are_absolute_so_only_a_higher_revision_changes_one(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    for pieces in (4, 3, 2):
        room.shop.edit(order, ("P1", pieces))
        await room.read()
    for revision in (1, 2, 3):
        await _claim_late(room, order, revision, pieces=9)
    assert await room.held(order) == {1: (2, 0)}


@pytest.mark.parametrize("crashes", [False, True])
@in_storeroom({"P1": 10})
async def test_claims_are_absolute_so_a_late_claim_does_not_revive_a_cancelled_order(
    room: Storeroom, *, crashes: bool
) -> None:
    seen_cancelled = room.shop.order(("P1", 4), status=CANCELLED)
    cancelled_later = room.shop.order(("P1", 3))
    await room.read()
    room.shop.cancel(cancelled_later)
    await room.read()
    if crashes:
        await room.crash_and_restart()
    await _claim_late(room, seen_cancelled, 1, pieces=4)
    await _claim_late(room, cancelled_later, 1, pieces=3)
    assert await room.reserved("P1") == 0
    assert await room.available("P1") == 10


async def _claim_late(room: Storeroom, order_id: int, revision: int, *, pieces: int) -> None:
    """An order's command that was overtaken by others on its way."""
    order = await room.find(order_id)
    assert order is not None
    claim = SetClaim(order.id, MAIN, order.placed_at_ms, revision, {1: (pieces * 1000, 0)})
    await room.ask(StockActor, room.product_ids["P1"], claim)


# --- free_goods_serve_the_oldest ----------------------------------------------------------


@in_storeroom({"P1": 0})
async def test_free_goods_serve_the_oldest_by_when_they_were_placed(room: Storeroom) -> None:
    late = room.shop.order(("P1", 2), placed="2026-09-15 11:30:00")
    await room.read()
    middle = room.shop.order(("P1", 2), placed="2026-09-15 10:30:00")
    await room.read()
    early = room.shop.order(("P1", 2), placed="2026-09-15 09:30:00")
    await room.read()
    await room.receive("P1", 3)
    held = [await room.held(order) for order in (early, middle, late)]
    assert held == [{1: (2, 0)}, {1: (1, 1)}, {1: (0, 2)}]


@in_storeroom({"P1": 0})
async def test_free_goods_serve_the_oldest_and_of_one_moment_the_lowest_number(
    room: Storeroom,
) -> None:
    orders = [room.shop.order(("P1", 1), placed="2026-09-15 10:30:00") for _ in range(4)]
    for _ in orders:
        await room.read()
    await room.receive("P1", 2)
    taken = [external_id for _, _, external_id in await room.orders()]
    served = [external_id for external_id in taken if (await room.held(int(external_id)))[1][0]]
    assert served == taken[:2]


@in_storeroom({"P1": 4})
async def test_free_goods_serve_the_oldest_as_soon_as_a_cancel_frees_them(room: Storeroom) -> None:
    holder = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(1)
    waiting = room.shop.order(("P1", 3))
    await room.pass_time(1)
    last = room.shop.order(("P1", 3))
    await room.read()
    assert len(await room.alerts("shortage")) == 2
    room.shop.cancel(holder)
    await room.read()
    assert [await room.held(order) for order in (waiting, last)] == [{1: (3, 0)}, {1: (1, 2)}]
    assert len(await room.alerts("shortage")) == 1


# --- reserved_goods_can_leave -------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_reserved_goods_can_leave_and_a_loss_robs_the_newest(room: Storeroom) -> None:
    old = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(1)
    new = room.shop.order(("P1", 4))
    await room.read()
    await room.adjust("P1", -5)
    assert await room.on_hand("P1") == 5
    assert await room.held(old) == {1: (4, 0)}
    assert await room.held(new) == {1: (1, 3)}
    stored = await room.find(new)
    assert stored is not None
    assert await room.alerts("shortage") == [f"order:{stored.id}/product:{room.product_ids['P1']}"]
    await room.receive("P1", 3)
    assert await room.held(new) == {1: (4, 0)}
    assert await room.alerts("shortage") == []


def test_reserved_goods_can_leave_while_others_go_short() -> None:
    shelf = Shelf(on_hand_milli=3000)
    draft = Draft(shelf)
    draft.set_claim(1, 100, 1, {1: (2000, 2000)})
    draft.set_claim(2, 200, 1, {1: (5000, 0)})
    draft.ship(1, 1, 2000)
    shelf.settle(draft)
    assert list(shelf.faults()) == []
    assert shelf.on_hand_milli == 1000
    assert shelf.claims[2].reserved_milli == 1000


# --- lines_keep_their_numbers -------------------------------------------------------------


@in_storeroom({"P1": 10, "P2": 10})
async def test_lines_keep_their_numbers_through_edits(room: Storeroom) -> None:
    order = room.shop.order(("P1", 1), ("P2", 2), ("P1", 3))
    await room.read()
    room.shop.edit(order, ("P2", 5), ("P1", 4))
    await room.read()
    assert await room.held(order) == {1: (4, 0), 2: (5, 0)}
    room.shop.edit(order, ("P1", 4), ("P1", 2), ("P2", 5))
    await room.read()
    assert await room.held(order) == {1: (4, 0), 2: (5, 0), 3: (2, 0)}
    stored = await room.find(order)
    assert stored is not None
    assert [line.line for line in stored.lines] == [1, 2, 3]


@in_storeroom({"P1": 10, "P9": 10})
async def test_lines_keep_their_numbers_and_the_product_they_were_linked_to(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 2))
    await room.read()
    item = room.shop.item_id("P1")
    untie = Unlink(shop=SHOP, external_id=item)
    await room.ask(ProductActor, room.product_ids["P1"], untie)
    await room.link("P9", SHOP, item)
    room.shop.edit(order, ("P1", 3))
    await room.read()
    assert await room.reserved("P1") == 3
    assert await room.reserved("P9") == 0


@in_storeroom({"P1": 10})
async def test_lines_keep_their_numbers_without_an_id_by_their_sku(room: Storeroom) -> None:
    order = room.shop.order(("A", 1), ("P1", 1), ("B", 1), ("A", 2))
    await room.read()
    room.shop.edit(order, ("B", 7), ("A", 5), ("P1", 1))
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    quantities = {line.line: line.quantity_milli for line in stored.lines}
    assert quantities == {1: 5000, 2: 1000, 3: 7000, 4: 0}


# --- older_reads_are_ignored --------------------------------------------------------------


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_older_reads_are_ignored(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    older = await room.ask(OrderFeed, SHOP, BeginRead())
    today = local_date(room.clock.now_ms())
    window = OrderWindow("placed", today, today)
    page = await room.syncs[SHOP].port.orders(window, 1, observed_ms=room.clock.now_ms())
    room.shop.edit(order, ("P1", 1))
    await room.read()
    await room.ask(OrderFeed, SHOP, TakePage(older, page))
    assert await room.held(order) == {1: (1, 0)}


# --- unknown_goods_park_the_line ----------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_unknown_goods_park_the_line_until_they_are_linked(room: Storeroom) -> None:
    item = room.shop.add("NOU", 5)
    order = room.shop.order(("P1", 1), ("NOU", 2))
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    assert [line.product_id is None for line in stored.lines] == [False, True]
    assert await room.alerts("unlinked_line") == [f"order:{stored.id}"]
    await room.take_up("NOU", shops=())
    await room.receive("NOU", 5)
    await room.link("NOU", SHOP, str(item))
    await room.pass_time(1)
    assert await room.held(order) == {1: (1, 0), 2: (2, 0)}
    assert await room.alerts("unlinked_line") == []
    await room.flush()
    assert room.shop.stock("NOU") == 3


# --- vanished_orders_stay_open ------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_vanished_orders_stay_open_and_alert_after_two_whole_reads(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    room.shop.engine.office.delete_order(order)
    await room.crash_and_restart()
    await room.pass_time(5)
    assert await room.alerts("order_vanished") == []
    await room.pass_time(HOUR + MINUTE)
    stored = await room.find(order)
    assert stored is not None
    assert stored.fulfilment is Fulfilment.OPEN
    assert await room.reserved("P1") == 4
    assert await room.alerts("order_vanished") == [f"order:{stored.id}"]


@in_storeroom({"P1": 10})
async def test_vanished_orders_stay_open_with_their_alert_until_a_person_acts(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    room.shop.engine.office.delete_order(order)
    await room.pass_time(2 * HOUR + MINUTE)
    room.clock.skip(4 * DAY)
    await room.pass_time(2 * HOUR)
    stored = await room.find(order)
    assert stored is not None
    assert await room.alerts("order_vanished") == [f"order:{stored.id}"]
    await room.cancel(order)
    await room.pass_time(2 * HOUR)
    assert await room.alerts("order_vanished") == []


@in_storeroom({"P1": 10})
async def test_vanished_orders_stay_open_and_are_forgotten_when_shown_again(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    hidden = room.shop.engine.state.orders.by_id[order]
    room.shop.engine.state.orders.remove(hidden)
    await room.pass_time(3 * HOUR)
    assert len(await room.alerts("order_vanished")) == 1
    room.shop.engine.state.orders.add(hidden)
    await room.pass_time(HOUR + MINUTE)
    assert await room.alerts("order_vanished") == []
