"""Cases from the field, C: telling shops stock and price."""

import asyncio
from collections.abc import Sequence

import pytest

from magazie.simulators.gomag import FaultKind, FaultRule
from tests.rules.shop_side import INVENTORY
from tests.rules.storeroom import HOUR, MAIN, MINUTE, OTHER, SHOP, SIDE, Storeroom, in_storeroom

HUNDRED = {f"P{number}": 5.0 for number in range(1, 101)}
THIRD = "al-treilea"


# --- C1: one bad item fails the whole request -----------------------------------------------


@pytest.mark.parametrize("culprits", [("P71",), ("P1", "P2"), ("P1", "P50", "P100")])
@in_storeroom(HUNDRED)
async def test_c1_a_bad_item_does_not_stop_the_others(
    room: Storeroom, culprits: Sequence[str]
) -> None:
    for sku in culprits:
        room.shop.engine.add_fault(
            FaultRule(kind=FaultKind.ENVELOPE_REFUSED, path=INVENTORY, sku=sku)
        )
    await room.receive_all(list(HUNDRED))
    await room.pass_time(3 * MINUTE)
    stock = {sku: room.shop.stock(sku) for sku in HUNDRED}
    assert stock == {sku: 5 if sku in culprits else 6 for sku in HUNDRED}
    for sku in culprits:
        told = await room.explained(sku)
        assert told.reason == "600: NOT_ADJUSTABLE"
    assert len(await room.alerts("item_parked")) == len(culprits)
    room.shop.forget_requests()
    await room.pass_time(HOUR)
    for sku in culprits:
        tries = len(room.shop.stocks_sent(sku))
        assert 3 <= tries <= 6 * len(culprits), "not every minute"
    assert {sku for sent in room.shop.sends for sku in sent.stock} == set(culprits)


@in_storeroom(HUNDRED)
async def test_c1_a_crash_while_a_list_is_halved_loses_nothing(room: Storeroom) -> None:
    room.shop.engine.add_fault(
        FaultRule(kind=FaultKind.ENVELOPE_REFUSED, path=INVENTORY, sku="P71")
    )
    await room.receive_all(list(HUNDRED))
    await room.flush(wait_s=0)
    await room.until(lambda: room.peek("SELECT count(*) FROM outbox_items WHERE doubt = 1") > 0)
    await room.crash_and_restart()
    await room.pass_time(4 * MINUTE)
    stock = {sku: room.shop.stock(sku) for sku in HUNDRED}
    assert stock == {sku: 5 if sku == "P71" else 6 for sku in HUNDRED}


# --- C4: a change during a send -------------------------------------------------------------


@pytest.mark.parametrize("crashes", [False, True])
@in_storeroom({"P1": 5}, poll_seconds=3600)
async def test_c4_a_change_during_a_send_is_not_lost(room: Storeroom, *, crashes: bool) -> None:
    await room.adjust("P1", -1)
    room.shop.fail(FaultKind.SLOW, INVENTORY, delay_s=10)
    await room.flush(wait_s=3)
    await room.adjust("P1", -1)
    if crashes:
        await room.crash_and_restart()
    else:
        await room.pass_time(10)
        row = await room.item("P1")
        assert (row.acked_value, row.value, row.is_pending) == (4_000, 3_000, True)
    await room.pass_time(MINUTE)
    assert room.shop.stocks_sent("P1") == [4, 3]
    assert not (await room.item("P1")).is_pending


@in_storeroom({"P1": 5}, poll_seconds=3600)
async def test_c4_a_change_back_during_a_send_is_not_lost(room: Storeroom) -> None:
    await room.adjust("P1", -1)
    room.shop.fail(FaultKind.SLOW, INVENTORY, delay_s=10)
    await room.flush(wait_s=3)
    await room.adjust("P1", 1)
    await room.pass_time(2 * MINUTE)
    assert room.shop.stocks_sent("P1") == [4, 5]


@pytest.mark.parametrize("change", ["settings", "price"])
@in_storeroom({"P1": 5}, poll_seconds=3600)
async def test_c4_a_change_of_settings_during_a_send_stops_nothing(
    room: Storeroom, change: str
) -> None:
    await room.adjust("P1", -1)
    room.shop.fail(FaultKind.HANG, INVENTORY)
    await room.flush(wait_s=3)
    if change == "settings":
        await room.set_shop(base_url="https://api2.magazin.example")
    else:
        await room.set_price("P1", 11)
    await room.pass_time(3 * MINUTE)
    assert room.shop.stock("P1") == 4
    assert not (await room.item("P1")).doubt


# --- C9: a crash during a send --------------------------------------------------------------


@pytest.mark.parametrize("fault", [FaultKind.HANG, FaultKind.LATE_LANDING, FaultKind.LOST_AFTER])
@in_storeroom({"P1": 10})
async def test_c9_a_crash_during_a_send_is_taken_up_again(
    room: Storeroom, fault: FaultKind
) -> None:
    await room.receive("P1", 5)
    room.shop.fail(fault, INVENTORY, delay_s=20)
    await room.flush(wait_s=1)
    await room.crash_and_restart()
    await room.pass_time(2 * MINUTE)
    assert room.shop.stocks_sent("P1") == [15, 15]
    assert not (await room.item("P1")).doubt


# --- C11: exclusion and warehouse choice ----------------------------------------------------


@in_storeroom({"P1": 10})
async def test_c11_no_send_while_excluded_and_one_after(room: Storeroom) -> None:
    await room.receive("P1", 1)
    await room.switch("P1", stock=False)
    for pieces in (2, 3, -1):
        await room.adjust("P1", pieces)
        await room.flush()
    order = room.shop.order(("P1", 4))
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P1") == []
    assert await room.held(order) == {1: (4, 0)}, "excluded from telling, not from claiming"
    await room.switch("P1", stock=True)
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P1") == [11]


@in_storeroom({"P1": 10})
async def test_c11_excluded_while_in_doubt_asks_the_shop_nothing_more(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, INVENTORY)
    await room.receive("P1", 1)
    await room.flush()
    await room.switch("P1", stock=False)
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P1") == [11]
    assert (await room.outbox()).in_doubt == 0
    await room.switch("P1", stock=True)
    await room.pass_time(2 * MINUTE)
    assert room.shop.stock("P1") == 11


@in_storeroom({"P1": 5, "P2": 7})
async def test_c11_another_source_tells_every_product_again(room: Storeroom) -> None:
    await room.receive("P1", 9, SIDE)
    await room.receive("P2", 7, SIDE)
    await room.flush()
    assert room.shop.sends == [], "the other warehouse is nobody's source"
    await room.set_shop(stock_warehouse=SIDE)
    await room.flush()
    assert (room.shop.stocks_sent("P1"), room.shop.stocks_sent("P2")) == ([9], [7])
    await room.transfer("P1", 2, SIDE, MAIN)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [9, 7]
    await room.receive("P1", 1, MAIN)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [9, 7]


@in_storeroom({"P1": 5}, shops=(SHOP, OTHER))
async def test_c11_an_internal_move_is_told_where_it_matters(room: Storeroom) -> None:
    await room.receive("P1", 9, SIDE)
    await room.set_shop(OTHER, stock_warehouse=SIDE)
    await room.flush()
    for side in room.sides.values():
        side.forget_requests()
    await room.transfer("P1", 2, MAIN, SIDE)
    await room.flush()
    assert [side.stocks_sent("P1") for side in room.sides.values()] == [[3], [11]]


@in_storeroom({"P1": 5})
async def test_c11_without_a_source_nothing_is_sent_and_an_alert_says_so(
    room: Storeroom,
) -> None:
    await room.set_shop(stock_warehouse=None)
    await room.receive("P1", 1)
    await room.set_price("P1", 12)
    await room.flush()
    assert room.shop.stocks_sent("P1") == []
    assert room.shop.price("P1") == 12
    assert await room.alerts("no_stock_source") == [SHOP]
    assert (await room.item("P1")).missing == "no_warehouse"
    await room.set_shop(stock_warehouse=MAIN)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [6]
    assert await room.alerts("no_stock_source") == []


# --- C12: stuck without a reason ------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_c12_whatever_waits_says_why(room: Storeroom) -> None:
    told = await room.explained("P1")
    assert (told.state, told.shop_has, told.should_have) == ("told", 10_000, 10_000)
    room.shop.engine.add_fault(FaultRule(kind=FaultKind.ITEM_REFUSED, path=INVENTORY, sku="P1"))
    await room.receive("P1", 5)
    await room.flush()
    told = await room.explained("P1")
    assert (told.state, told.reason) == ("parked", "NOT_ADJUSTABLE")
    assert (told.shop_has, told.should_have) == (10_000, 15_000)
    assert told.next_try_ms is not None
    state = await room.outbox()
    assert "NOT_ADJUSTABLE" in state.last_answer
    assert '"value":"15"' in state.last_request
    room.shop.heal()
    assert await room.retry("P1")
    await room.flush()
    assert (await room.explained("P1")).state == "told"
    await room.switch("P1", stock=False)
    told = await room.explained("P1")
    assert (told.state, told.reason) == ("nothing_to_tell", "excluded")


# --- C13: the other channel -----------------------------------------------------------------


@in_storeroom({"P1": 1}, shops=(SHOP, OTHER))
async def test_c13_both_shops_hear_of_a_sale(room: Storeroom) -> None:
    room.shop.order(("P1", 1))
    await room.pass_time(2 * MINUTE + 5)
    assert [side.stock("P1") for side in room.sides.values()] == [0, 0]
    assert [side.stocks_sent("P1") for side in room.sides.values()] == [[0], [0]]


@pytest.mark.parametrize("dead", [SHOP, OTHER])
@pytest.mark.parametrize("how", ["cut", "hangs"])
@in_storeroom({"P1": 3}, shops=(SHOP, OTHER))
async def test_c13_a_dead_shop_does_not_delay_the_other(
    room: Storeroom, dead: str, how: str
) -> None:
    alive = next(side for name, side in room.sides.items() if name != dead)
    if how == "cut":
        room.sides[dead].cut()
    else:
        room.sides[dead].keep_failing(FaultKind.HANG)
    alive.order(("P1", 1))
    await room.read(alive.name)
    await room.pass_time(MINUTE + 5)
    assert alive.stocks_sent("P1") == [2]
    room.sides[dead].mend()
    room.sides[dead].heal()
    await room.pass_time(4 * MINUTE)
    assert room.sides[dead].stock("P1") == 2


@in_storeroom({"P1": 1}, shops=(SHOP, OTHER))
async def test_c13_the_last_unit_sold_in_both_shops(room: Storeroom) -> None:
    orders = {name: side.order(("P1", 1)) for name, side in room.sides.items()}
    await asyncio.gather(*(room.read(name) for name in room.sides))
    held = [await room.held(("shop", name, str(order))) for name, order in orders.items()]
    assert sorted(held, key=repr) == [{1: (0, 1)}, {1: (1, 0)}]
    await room.flush()
    assert [side.stock("P1") for side in room.sides.values()] == [0, 0]
