"""The brake, and the first connection to a shop."""

import asyncio
from typing import Any

import pytest

from magazie.actors.movement_messages import NewLine
from magazie.storage.movements import MovementKind
from tests.rules.shop_side import NEW, PIECE, ShopSide
from tests.rules.storeroom import (
    DAY,
    HOUR,
    MINUTE,
    SHOP,
    SIDE,
    STARTS_MS,
    Storeroom,
    in_storeroom,
)

MANY = {f"P{number}": 5.0 for number in range(1, 41)}
SOME = tuple(f"P{number}" for number in range(1, 26))
FEW = SOME[:20]

# --- rule 4: the brake --------------------------------------------------------------------


async def _empty(room: Storeroom, skus: tuple[str, ...]) -> None:
    lines = [NewLine(room.product_ids[sku], -5 * PIECE) for sku in skus]
    await room.move(MovementKind.ADJUSTMENT, lines)


def _sent(shop: ShopSide) -> dict[str, float]:
    """The last stock that was sent of each item."""
    return {sku: pieces for sent in shop.sends for sku, pieces in sent.stock.items()}


@in_storeroom(MANY)
async def test_rule_4_the_brake_holds_a_shop_about_to_be_emptied(room: Storeroom) -> None:
    await _empty(room, SOME)
    await room.receive("P30", 4)
    await room.set_price("P1", 12)
    await room.pass_time(10 * MINUTE)
    assert _sent(room.shop) == {"P30": 9}, "the rest of the traffic goes on"
    assert room.shop.price("P1") == 12
    assert await room.alerts("held_sends") == [SHOP]
    assert (await room.outbox()).held == len(SOME)
    assert (await room.explained("P2")).state == "held"


@in_storeroom(MANY)
async def test_rule_4_the_brake_lets_go_what_a_person_releases_and_no_more(
    room: Storeroom,
) -> None:
    await _empty(room, SOME)
    await room.flush()
    assert await room.release(*(room.shop.item_id(sku) for sku in SOME[:10])) == 10
    await room.flush()
    await room.crash_and_restart()
    await room.pass_time(10 * MINUTE)
    assert _sent(room.shop) == dict.fromkeys(SOME[:10], 0)
    assert await room.alerts("held_sends") == [SHOP]
    assert await room.release() == 15
    await room.flush()
    assert _sent(room.shop) == dict.fromkeys(SOME, 0)
    assert await room.alerts("held_sends") == []


@in_storeroom(MANY)
async def test_rule_4_the_brake_is_off_once_the_mistake_is_mended(room: Storeroom) -> None:
    await _empty(room, SOME)
    await room.flush()
    for sku in SOME:
        await room.receive(sku, 5)
    await room.flush()
    assert room.shop.sends == [], "the shop has these numbers still"
    assert await room.alerts("held_sends") == []
    await _empty(room, FEW)
    await room.flush()
    assert _sent(room.shop) == dict.fromkeys(FEW, 0), "few zeroes are no mistake"


@in_storeroom(MANY)
async def test_rule_4_the_brake_does_not_hold_what_orders_zero(room: Storeroom) -> None:
    room.shop.order(*((sku, 5) for sku in SOME))
    await room.read()
    await room.flush()
    assert _sent(room.shop) == dict.fromkeys(SOME, 0)


@in_storeroom(MANY)
async def test_rule_4_the_brake_holds_a_repricing_until_a_person_agrees(room: Storeroom) -> None:
    for sku in SOME:
        await room.set_price(sku, 1)
    await room.receive("P1", 1)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [6]
    assert room.shop.price("P1") == 10
    await room.release()
    await room.flush()
    assert {room.shop.price(sku) for sku in SOME} == {1}


@in_storeroom(MANY)
async def test_rule_4_the_brake_does_not_take_a_release_for_another_value(
    room: Storeroom,
) -> None:
    for sku in SOME:
        await room.set_price(sku, 1)
    await room.flush()
    await room.release()
    for sku in SOME:
        await room.set_price(sku, 2)
    await room.flush()
    assert {room.shop.price(sku) for sku in SOME} == {10}


@in_storeroom(MANY)
async def test_rule_4_the_brake_holds_a_source_chosen_by_mistake(room: Storeroom) -> None:
    for sku in MANY:
        await room.receive(sku, 1, SIDE)
        await room.adjust(sku, -1, SIDE)
    await room.set_shop(stock_warehouse=SIDE)
    await room.flush()
    assert _sent(room.shop) == {}
    await room.set_shop(stock_warehouse="principal")
    await room.flush()
    assert _sent(room.shop) == MANY
    assert await room.alerts("held_sends") == []


@in_storeroom({f"P{number}": 5.0 for number in range(1, 91)})
async def test_rule_4_the_brake_lets_few_of_many_go(room: Storeroom) -> None:
    await _empty(room, SOME)
    await room.flush()
    assert _sent(room.shop) == dict.fromkeys(SOME, 0), "25 of 90 are less than 30 %"
    assert await room.alerts("held_sends") == []


# --- rule 5: first connection -------------------------------------------------------------


def _two_old_orders(room: Storeroom) -> None:
    for placed in ("2026-09-10 10:00:00", "2026-09-15 11:30:00"):
        room.shop.order(("P1", 2), placed=placed, number=f"of {placed[8:10]}")


@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS, before_start=_two_old_orders)
async def test_rule_5_orders_from_before_are_listed_not_taken(room: Storeroom) -> None:
    new = room.shop.order(("P1", 1))
    await room.pass_time(2 * HOUR)
    assert [key[2] for key in await room.orders()] == [str(new)]
    listed = "SELECT number FROM untaken_orders WHERE reason = 'before_start' ORDER BY number"
    assert await room.look(lambda c: c.execute(listed).fetchall()) == [("of 10",), ("of 15",)]
    assert await room.reserved("P1") == 1


@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS, before_start=_two_old_orders)
async def test_rule_5_a_person_may_take_an_order_from_before(room: Storeroom) -> None:
    sync = room.syncs[SHOP]
    assert await sync.take_orders(("of 10", "of 15", "of nothing")) == 2
    assert await sync.take_orders(("of 10",)) == 0, "once is enough"
    assert len(await room.orders()) == 2
    assert await room.reserved("P1") == 4
    assert room.peek("SELECT count(*) FROM untaken_orders") == 0
    await room.pass_time(2 * HOUR)
    assert len(await room.orders()) == 2


@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS, before_start=_two_old_orders)
async def test_rule_5_an_order_taken_just_before_a_crash_is_listed_no_more(
    room: Storeroom,
) -> None:
    taking = asyncio.ensure_future(room.syncs[SHOP].take_orders(("of 15",)))
    while not room.peek("SELECT count(*) FROM orders"):
        await asyncio.sleep(0.0005)
    assert room.peek("SELECT count(*) FROM untaken_orders") == 2, "the crash came too late"
    await room.crash_and_restart()
    await room.read()
    assert taking.cancelled()
    listed = await room.look(lambda c: c.execute("SELECT number FROM untaken_orders").fetchall())
    assert listed == [("of 10",)]
    assert await room.reserved("P1") == 2


@pytest.mark.parametrize("change", ["status", "lines"])
@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS, before_start=_two_old_orders)
async def test_rule_5_an_order_taken_late_is_followed_from_then_on(
    room: Storeroom, change: str
) -> None:
    old = room.shop.engine.truth.orders()[0].id
    room.shop.edit(old, ("P1", 3))
    await room.read()
    assert await room.orders() == []
    await room.syncs[SHOP].take_orders(("of 10",))
    assert await room.held(old) == {1: (3, 0)}
    acts: dict[str, Any] = {
        "status": lambda: room.shop.cancel(old),
        "lines": lambda: room.shop.edit(old, ("P1", 1)),
    }
    acts[change]()
    await room.read()
    assert await room.reserved("P1") == {"status": 0, "lines": 1}[change]


@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS + round(DAY * 1000))
async def test_rule_5_orders_from_may_lie_ahead(room: Storeroom) -> None:
    room.shop.order(("P1", 1))
    await room.read()
    assert await room.orders() == []
    room.clock.skip(DAY + HOUR)
    later = room.shop.order(("P1", 1), status=NEW)
    await room.read()
    assert [key[2] for key in await room.orders()] == [str(later)]


def _an_unreadable_old_order(room: Storeroom) -> None:
    order = room.shop.order(("P1", 2), placed="2026-09-15 11:30:00")
    room.shop.engine.state.orders.by_id[order].currency = ""


@in_storeroom({"P1": 10}, orders_from_ms=STARTS_MS, before_start=_an_unreadable_old_order)
async def test_rule_5_an_old_order_that_becomes_readable_is_listed_and_needs_nobody(
    room: Storeroom,
) -> None:
    await room.receive("P1", 1)
    await room.flush()
    assert room.shop.stocks_sent("P1") == []
    order = room.shop.engine.truth.orders()[0].id
    assert await room.alerts("undecodable_order") == [f"{SHOP}/{order}"]
    room.shop.engine.state.orders.by_id[order].currency = "RON"
    await room.read()
    assert await room.alerts("undecodable_order") == []
    await room.flush()
    assert room.shop.stocks_sent("P1") == [11]
