"""Reading back what a shop has: a yes is not proof of a change."""

import pytest

from magazie.simulators.gomag import FaultKind
from magazie.sync import read_back
from tests.rules.shop_side import INVENTORY, PRODUCTS
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

OFTEN_S = 5 * MINUTE


@pytest.fixture
def read_back_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is read back every five minutes rather than every three hours."""
    monkeypatch.setattr(read_back, "EVERYTHING_EVERY_S", OFTEN_S)


@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_9_a_yes_that_changed_nothing_is_found_and_mended(room: Storeroom) -> None:
    room.shop.fail(FaultKind.IGNORED, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    assert (await room.item("P1")).acked_value == 15_000
    assert room.shop.stock("P1") == 10
    await room.pass_time(7 * HOUR)
    assert room.shop.stock("P1") == 15
    assert room.shop.stocks_sent("P1") == [15, 15]
    assert room.shop.stocks_sent("P2") == []


@in_storeroom({"P1": 10})
async def test_rule_9_prices_are_compared_by_the_list_price_never_by_a_promotion(
    room: Storeroom, read_back_often: None
) -> None:
    room.shop.engine.office.set_promotion("P1", 70_000)
    await room.pass_time(HOUR)
    assert room.shop.sends == []
    room.shop.engine.office.set_price("P1", 80_000)
    await room.pass_time(HOUR)
    assert room.shop.prices_sent("P1") == [10]
    assert room.shop.price("P1") == 10
    assert room.shop.engine.office.product("P1").special_price_e4 == 70_000


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_9_a_difference_counts_only_with_an_order_read_between(
    room: Storeroom, read_back_often: None
) -> None:
    room.shop.fail(FaultKind.IGNORED, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    await room.pass_time(40 * MINUTE)
    assert len(room.shop.requests(PRODUCTS)) > 4
    assert room.shop.stocks_sent("P1") == [15], "an order not read yet might explain it"
    await room.pass_time(HOUR)
    assert room.shop.stocks_sent("P1") == [15, 15]


@in_storeroom({"P1": 10}, poll_seconds=3600)
async def test_rule_9_an_order_not_read_yet_is_no_difference(
    room: Storeroom, read_back_often: None
) -> None:
    room.shop.order(("P1", 4))
    await room.pass_time(3 * HOUR)
    assert room.shop.stocks_sent("P1") == [6]
    assert room.peek("SELECT sum(drift) FROM outbox_items") == 0


@in_storeroom({"P1": 10})
async def test_rule_9_rows_not_at_rest_do_not_count(room: Storeroom, read_back_often: None) -> None:
    room.shop.keep_failing(FaultKind.THROTTLE, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    room.shop.engine.office.set_stock("P1", 3_000)
    await room.pass_time(HOUR)
    assert len(room.shop.requests(PRODUCTS)) > 4
    assert room.peek("SELECT sum(drift) FROM outbox_items") == 0
    assert (await room.item("P1")).acked_value == 10_000


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=600)
async def test_rule_9_after_three_times_another_program_is_taken_to_write_it(
    room: Storeroom, read_back_often: None
) -> None:
    def write_over() -> None:
        room.shop.engine.office.set_stock("P1", 3_000)
        if len(room.shop.stocks_sent("P1")) < 9:
            room.shop.after(INVENTORY, write_over)

    write_over()
    await room.pass_time(3 * HOUR)
    assert room.shop.stocks_sent("P1") == [10, 10]
    assert await room.alerts("item_parked") == [f"{SHOP}/{room.shop.item_id('P1')}"]
    assert (await room.explained("P1")).state == "parked"
    await room.pass_time(7 * HOUR)
    assert len(room.shop.stocks_sent("P1")) == 3, "it is tried again after hours"


@in_storeroom({"P1": 10}, poll_seconds=600)
async def test_rule_9_once_the_other_program_stops_nobody_is_needed(
    room: Storeroom, read_back_often: None
) -> None:
    def write_over() -> None:
        room.shop.engine.office.set_stock("P1", 3_000)
        if len(room.shop.stocks_sent("P1")) < 2:
            room.shop.after(INVENTORY, write_over)

    write_over()
    await room.pass_time(3 * HOUR)
    assert len(await room.alerts("item_parked")) == 1
    await room.pass_time(12 * HOUR)
    assert room.shop.stock("P1") == 10
    assert await room.alerts("item_parked") == []


@in_storeroom({"P1": 10})
async def test_rule_9_a_parked_item_of_another_program_goes_when_its_value_changes(
    room: Storeroom, read_back_often: None
) -> None:
    def write_over() -> None:
        room.shop.engine.office.set_stock("P1", 3_000)
        if len(room.shop.stocks_sent("P1")) < 2:
            room.shop.after(INVENTORY, write_over)

    write_over()
    await room.pass_time(3 * HOUR)
    await room.receive("P1", 1)
    await room.flush()
    assert room.shop.stock("P1") == 11
    assert await room.alerts("item_parked") == []


@pytest.mark.parametrize("what", ["managed", "backorders"])
@in_storeroom({"P1": 10})
async def test_rule_9_a_shop_that_can_oversell_an_item_alerts(
    room: Storeroom, read_back_often: None, what: str
) -> None:
    product = room.shop.engine.office.product("P1")
    if what == "managed":
        room.shop.engine.office.set_stock_managed("P1", managed=False)
    else:
        product.backorders = True
    await room.pass_time(10 * MINUTE)
    subject = f"{SHOP}/{room.shop.item_id('P1')}"
    assert await room.alerts("stock_not_managed") == [subject]
    product.stock_managed, product.backorders = True, False
    await room.pass_time(10 * MINUTE)
    assert await room.alerts("stock_not_managed") == []
