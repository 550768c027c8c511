"""Converge, do not queue: when the shop's value counts as known, and the one way out for stock."""

import asyncio
from collections.abc import Sequence

import pytest

from magazie.actors.order_feed import OrderFeed
from magazie.actors.order_feed_messages import DismissOrders
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import Unlink
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import ClaimHeld, SetClaim
from magazie.simulators.gomag import FaultKind, Switches
from tests.rules.shop_side import INVENTORY, ORDERS
from tests.rules.storeroom import (
    DAY,
    HOUR,
    MINUTE,
    OTHER,
    SHOP,
    SIDE,
    STARTS_MS,
    Storeroom,
    in_storeroom,
)

KEEPS_STOCK = Switches(restoring_types=())
"""A shop that does not take goods back when an order is cancelled."""

# --- rule 1: when A is known --------------------------------------------------------------


@in_storeroom({"P1": 10}, switches=KEEPS_STOCK)
async def test_rule_1_touch_makes_a_unknown_after_cancel_and_reorder(room: Storeroom) -> None:
    first = room.shop.order(("P1", 4))
    await room.read()
    await room.flush()
    assert room.shop.stocks_sent("P1") == [6]
    room.shop.cancel(first)
    room.shop.order(("P1", 4))
    assert room.shop.stock("P1") == 2
    await room.read()
    assert await room.available("P1") == 6, "the test needs equal numbers that hide a change"
    await room.flush()
    assert room.shop.stocks_sent("P1") == [6, 6]
    assert room.shop.stock("P1") == 6


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_1_a_send_decided_before_the_touch_is_not_known(room: Storeroom) -> None:
    await room.receive("P1", 5)
    room.shop.fail(FaultKind.SLOW, INVENTORY, delay_s=8)
    await room.flush(wait_s=2)
    assert room.shop.stock("P1") == 15
    room.shop.order(("P1", 4))
    await room.read()
    await room.receive("P1", 4)
    await room.pass_time(10)
    row = await room.item("P1")
    assert (row.acked_value, row.value) == (15_000, 15_000), "the test needs equal numbers"
    await room.flush()
    assert room.shop.stock("P1") == 15


@in_storeroom({"P1": 10, "P2": 3})
async def test_rule_1_without_a_change_nothing_is_sent_again(room: Storeroom) -> None:
    await room.pass_time(10 * MINUTE)
    await room.crash_and_restart()
    await room.pass_time(10 * MINUTE)
    assert room.shop.sends == []


@in_storeroom({"P1": 10, "P2": 3})
async def test_rule_1_generation_rises_with_exclusion_and_inclusion(room: Storeroom) -> None:
    await room.switch("P1", stock=False)
    await room.flush()
    room.shop.engine.office.set_stock("P1", 77_000)
    await room.flush()
    assert room.shop.stocks_sent("P1") == []
    await room.switch("P1", stock=True)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [10]
    assert room.shop.stocks_sent("P2") == []


@in_storeroom({"P1": 10})
async def test_rule_1_generation_rises_over_a_quick_exclusion_nobody_sent_after(
    room: Storeroom,
) -> None:
    await room.switch("P1", stock=False)
    room.shop.engine.office.set_stock("P1", 77_000)
    await room.switch("P1", stock=True)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [10]


@in_storeroom({"P1": 10, "P9": 10})
async def test_rule_1_generation_rises_with_another_link(room: Storeroom) -> None:
    item = room.shop.item_id("P1")
    untie = Unlink(shop=SHOP, external_id=item)
    await room.ask(ProductActor, room.product_ids["P1"], untie)
    room.shop.engine.office.set_stock("P1", 77_000)
    room.product_ids["P1"], room.product_ids["P9"] = room.product_ids["P9"], room.product_ids["P1"]
    await room.link("P1", SHOP, item)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [10]


@in_storeroom({"P1": 10, "P2": 3})
async def test_rule_1_generation_rises_with_another_source_warehouse(room: Storeroom) -> None:
    await room.receive("P1", 10, SIDE)
    await room.receive("P2", 8, SIDE)
    await room.set_shop(stock_warehouse=SIDE)
    await room.flush()
    assert (room.shop.stocks_sent("P1"), room.shop.stocks_sent("P2")) == ([10], [8])
    assert room.shop.prices_sent("P1") == []


# --- rule 2: one way out for stock --------------------------------------------------------


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_2_orders_are_read_before_stock_is_sent(room: Storeroom) -> None:
    await room.receive("P1", 5)
    room.shop.order(("P1", 4))
    await room.flush()
    assert room.shop.stocks_sent("P1") == [11]


@in_storeroom({"P1": 200}, poll_seconds=3600)
async def test_rule_2_orders_are_read_until_a_page_shows_only_known_ones(room: Storeroom) -> None:
    await room.receive("P1", 5)
    for _ in range(120):
        room.shop.order(("P1", 1))
    await room.flush(wait_s=10)
    assert room.shop.stocks_sent("P1") == [85]


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=3600)
async def test_rule_2_items_whose_claims_are_owed_stay_out(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_actor: StockActor, _messages: Sequence[SetClaim]) -> Sequence[ClaimHeld]:
        raise OSError("no claim can be stored")

    await room.receive("P1", 5)
    await room.receive("P2", 5)
    room.shop.order(("P1", 4))
    with monkeypatch.context() as broken:
        broken.setattr(StockActor, "on_fold", fail)
        await room.flush(wait_s=10)
        assert (room.shop.stocks_sent("P1"), room.shop.stocks_sent("P2")) == ([], [15])
    await room.pass_time(2 * MINUTE)
    assert room.shop.stocks_sent("P1") == [11]


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_2_a_page_older_than_five_seconds_is_read_again(room: Storeroom) -> None:
    await room.receive("P1", 5)
    room.shop.fail(FaultKind.SLOW, ORDERS, delay_s=7)
    flushing = asyncio.ensure_future(room.flush(wait_s=20))
    await room.pass_time(3)
    room.shop.order(("P1", 4))
    await flushing
    assert room.shop.stocks_sent("P1") == [11]


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_2_what_was_sent_on_an_old_page_is_not_believed(room: Storeroom) -> None:
    await room.receive("P1", 5)
    room.shop.keep_failing(FaultKind.SLOW, ORDERS, delay_s=7)
    await room.flush(wait_s=30)
    assert room.shop.stocks_sent("P1") == [15]
    room.shop.heal()
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P1") == [15, 15]


@in_storeroom({"P1": 10, "P2": 3})
async def test_rule_2_while_orders_cannot_be_read_stock_waits_and_prices_go(
    room: Storeroom,
) -> None:
    room.shop.keep_failing(FaultKind.SERVER_ERROR, ORDERS)
    await room.receive("P1", 5)
    await room.set_price("P2", 25)
    await room.pass_time(4 * MINUTE)
    assert await room.alerts("orders_unreadable") == []
    await room.pass_time(6 * MINUTE)
    assert room.shop.stocks_sent("P1") == []
    assert room.shop.price("P2") == 25
    assert await room.alerts("orders_unreadable") == [SHOP]
    assert room.shop.prices_sent("P2") == [25], "a price that was acknowledged is not sent again"
    room.shop.heal()
    await room.pass_time(3 * MINUTE)
    assert room.shop.stocks_sent("P1") == [15]
    assert await room.alerts("orders_unreadable") == []


@in_storeroom({"P1": 10}, poll_seconds=600)
async def test_rule_2_after_a_start_no_stock_goes_before_a_whole_read(room: Storeroom) -> None:
    old = room.shop.order(("P1", 2))
    await room.read()
    await room.flush()
    assert room.shop.stocks_sent("P1") == [8]
    await room.crash()
    room.clock.skip(5 * DAY)
    room.shop.edit(old, ("P1", 6))
    room.shop.block("updated")
    await room.start()
    await room.receive("P1", 1)
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P1") == [8]
    room.shop.block("")
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P1") == [8, 5]


@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_2_what_an_undecodable_order_names_stays_out(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    record = room.shop.engine.state.orders.by_id[order]
    record.currency = ""
    await room.receive("P1", 5)
    await room.receive("P2", 5)
    await room.flush()
    assert (room.shop.stocks_sent("P1"), room.shop.stocks_sent("P2")) == ([], [15])
    assert await room.alerts("undecodable_order") == [f"{SHOP}/{order}"]
    kept = "SELECT count(*) FROM untaken_orders WHERE reason = 'undecodable' AND payload <> ''"
    assert room.peek(kept) == 1
    record.currency = "RON"
    await room.pass_time(3 * MINUTE)
    assert room.shop.stocks_sent("P1") == [11]
    assert await room.alerts("undecodable_order") == []
    assert room.peek("SELECT count(*) FROM untaken_orders") == 0


@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_2_a_taken_order_that_was_undecodable_for_a_while_blocks_nothing(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    record = room.shop.engine.state.orders.by_id[order]
    record.currency = ""
    await room.read()
    await room.receive("P1", 5)
    await room.flush()
    assert room.shop.stocks_sent("P1") == []
    record.currency = "RON"
    await room.read()
    await room.flush()
    assert room.shop.stocks_sent("P1") == [11]
    assert await room.alerts("undecodable_order") == []


@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_2_what_an_undecodable_order_names_later_stays_out_too(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    room.shop.engine.state.orders.by_id[order].currency = ""
    await room.read()
    room.shop.edit(order, ("P2", 3))
    await room.receive("P1", 5)
    await room.receive("P2", 5)
    await room.flush()
    assert (room.shop.stocks_sent("P1"), room.shop.stocks_sent("P2")) == ([15], [])


@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_2_what_a_person_dismissed_holds_nothing_back_until_it_changes(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    record = room.shop.engine.state.orders.by_id[order]
    record.currency = ""
    await room.receive("P1", 5)
    await room.flush()
    assert room.shop.stocks_sent("P1") == []
    seen_to = DismissOrders((str(order),), "ana")
    assert await room.ask(OrderFeed, SHOP, seen_to) == 1
    await room.flush()
    assert room.shop.stocks_sent("P1") == [15]
    await room.crash_and_restart()
    assert await room.alerts("undecodable_order") == []
    room.shop.edit(order, ("P1", 2))
    await room.read()
    await room.receive("P1", 1)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [15]
    assert await room.alerts("undecodable_order") == [f"{SHOP}/{order}"]
    assert await room.ask(OrderFeed, SHOP, seen_to) == 1
    assert await room.ask(OrderFeed, SHOP, seen_to) == 0


@in_storeroom({"P1": 10, "P2": 10}, shops=(SHOP, OTHER))
async def test_rule_2_what_an_undecodable_order_names_stays_out_of_every_shop(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    record = room.shop.engine.state.orders.by_id[order]
    record.currency = ""
    await room.read()
    await room.receive("P1", 5)
    await room.receive("P2", 5)
    await room.flush()
    for side in room.sides.values():
        assert (side.stocks_sent("P1"), side.stocks_sent("P2")) == ([], [15])
    record.currency = "RON"
    await room.read()
    await room.flush()
    assert [side.stocks_sent("P1") for side in room.sides.values()] == [[11], [11]]


# --- convergence itself -------------------------------------------------------------------


@in_storeroom({"P1": 10})
async def test_changes_coalesce_and_a_change_back_sends_nothing(room: Storeroom) -> None:
    for pieces in (5, -3, 2, 4):
        await room.adjust("P1", pieces)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [18]
    await room.adjust("P1", 5)
    await room.adjust("P1", -5)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [18]


@in_storeroom({"P1": 10, "P2": 10})
async def test_one_query_finds_after_a_crash_all_that_is_owed(room: Storeroom) -> None:
    await room.receive("P1", 5)
    await room.set_price("P2", 12)
    await room.crash_and_restart()
    await room.pass_time(MINUTE + 5)
    assert (room.shop.stocks_sent("P1"), room.shop.prices_sent("P2")) == ([15], [12])


@in_storeroom({"P1": 10})
async def test_rows_are_marked_in_doubt_before_they_are_sent(room: Storeroom) -> None:
    await room.receive("P1", 5)
    room.shop.fail(FaultKind.LATE_LANDING, INVENTORY, delay_s=HOUR)
    await room.flush(wait_s=2)
    assert room.peek("SELECT doubt FROM outbox_items WHERE field = 'stock'") == 1
    await room.adjust("P1", -5)
    await room.crash_and_restart()
    row = await room.item("P1")
    assert (row.value, row.acked_value) == (10_000, 10_000), "the test needs equal numbers"
    await room.pass_time(2 * MINUTE)
    assert room.shop.stocks_sent("P1") == [15, 10]


@in_storeroom({"P1": 10})
async def test_only_absolute_values_are_sent(room: Storeroom) -> None:
    await room.receive("P1", 5)
    room.shop.fail(FaultKind.LOST_AFTER, INVENTORY)
    await room.flush()
    await room.flush(wait_s=MINUTE)
    assert room.shop.stocks_sent("P1") == [15, 15]
    assert room.shop.stock("P1") == 15


@in_storeroom({"P1": 10, "P2": 10}, orders_from_ms=STARTS_MS + 3_600_000)
async def test_rule_1_an_order_too_old_to_be_taken_touches_its_goods_all_the_same(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.flush()
    assert room.shop.stock("P1") == 10, "what it took in the shop is told to be there"
    room.shop.edit(order, ("P2", 3))
    await room.read()
    await room.crash_and_restart()
    await room.flush()
    assert [room.shop.stock(sku) for sku in ("P1", "P2")] == [10, 10]
