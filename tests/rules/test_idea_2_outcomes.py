"""What becomes of a request, and of each item in it."""

from itertools import pairwise

import pytest

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import Resume
from magazie.simulators.gomag import FaultKind, FaultRule
from tests.rules.shop_side import INVENTORY, ORDERS, PRODUCTS
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

SURELY_NOT = (FaultKind.REFUSE, FaultKind.THROTTLE)
UNKNOWN = (
    FaultKind.HANG,
    FaultKind.LOST_BEFORE,
    FaultKind.LOST_AFTER,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_AFTER,
    FaultKind.HTML_PAGE,
    FaultKind.HTML_PAGE_AFTER,
    FaultKind.CUT_JSON,
    FaultKind.EMPTY_BODY,
)

# --- rule 7: outcomes ---------------------------------------------------------------------


@pytest.mark.parametrize("fault", SURELY_NOT)
@in_storeroom({"P1": 10})
async def test_rule_7_surely_not_applied_leaves_the_row_as_before(
    room: Storeroom, fault: FaultKind
) -> None:
    room.shop.fail(fault, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    row = await room.item("P1")
    assert (row.doubt, row.acked_value, row.is_pending) == (False, 10_000, True)
    await room.pass_time(2 * MINUTE)
    row = await room.item("P1")
    assert (row.doubt, row.acked_value, row.suspect_ms) == (False, 15_000, None)
    assert len(room.shop.stocks_sent("P1")) == 2


@pytest.mark.parametrize("fault", UNKNOWN)
@in_storeroom({"P1": 10})
async def test_rule_7_unknown_is_in_doubt_sent_again_and_read_back_once(
    room: Storeroom, fault: FaultKind
) -> None:
    room.shop.fail(fault, INVENTORY)
    await room.receive("P1", 5)
    await room.flush(wait_s=40)
    assert (await room.item("P1")).doubt
    await room.pass_time(2 * MINUTE)
    row = await room.item("P1")
    assert (row.doubt, row.acked_value, row.is_pending) == (False, 15_000, False)
    assert row.suspect_ms is not None
    assert room.shop.stocks_sent("P1") == [15, 15]
    assert room.shop.requests(PRODUCTS) == []
    await room.pass_time(20 * MINUTE)
    assert (await room.item("P1")).suspect_ms is None
    assert len(room.shop.requests(PRODUCTS)) == 1
    assert room.shop.stocks_sent("P1") == [15, 15]


@pytest.mark.parametrize("fault", SURELY_NOT)
@in_storeroom({"P1": 10})
async def test_rule_7_a_doubt_outlives_what_surely_was_not_applied(
    room: Storeroom, fault: FaultKind
) -> None:
    room.shop.fail(FaultKind.LATE_LANDING, INVENTORY, delay_s=4 * MINUTE)
    await room.receive("P1", 5)
    await room.flush(wait_s=35)
    room.shop.fail(fault, INVENTORY)
    await room.adjust("P1", -5)
    await room.flush(wait_s=2)
    row = await room.item("P1")
    assert (row.value, row.acked_value, row.doubt) == (10_000, 10_000, True)
    await room.pass_time(2 * MINUTE)
    assert room.shop.stocks_sent("P1")[-1] == 10
    assert (await room.item("P1")).suspect_ms is not None


@in_storeroom({"P1": 10}, poll_seconds=1500)
async def test_rule_7_a_late_first_write_that_lands_on_a_newer_one_is_found(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LATE_LANDING, INVENTORY, delay_s=5 * MINUTE)
    await room.receive("P1", 5)
    await room.flush(wait_s=35)
    await room.receive("P1", 5)
    await room.flush()
    assert room.shop.stock("P1") == 20
    await room.pass_time(5 * MINUTE)
    assert room.shop.stock("P1") == 15, "the test needs the first write to land late"
    await room.pass_time(45 * MINUTE)
    assert room.shop.stock("P1") == 20
    assert room.shop.stocks_sent("P1") == [15, 20, 20]
    assert len(room.shop.requests(PRODUCTS)) <= 7, "it is not looked at every minute"


@in_storeroom({"P1": 10}, poll_seconds=1500)
async def test_rule_7_nor_is_a_late_first_write_forgotten_while_the_item_is_left_out(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LATE_LANDING, INVENTORY, delay_s=5 * MINUTE)
    await room.receive("P1", 5)
    await room.flush(wait_s=35)
    await room.switch("P1", stock=False)
    await room.flush()
    await room.receive("P1", 5)
    await room.switch("P1", stock=True)
    await room.flush()
    assert room.shop.stock("P1") == 20
    await room.pass_time(5 * MINUTE)
    assert room.shop.stock("P1") == 15, "the test needs the first write to land late"
    await room.pass_time(45 * MINUTE)
    assert room.shop.stock("P1") == 20


@in_storeroom({"P1": 10}, poll_seconds=1500)
async def test_rule_7_an_item_left_out_in_doubt_is_looked_at_no_more_after_a_while(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    await room.switch("P1", stock=False)
    await room.flush()
    outbox = await room.outbox()
    assert outbox.pending == 0
    await room.pass_time(15 * MINUTE)
    assert (await room.outbox()).in_doubt == 0
    assert await room.alerts("item_parked") == []


@in_storeroom({"P1": 10})
async def test_rule_7_a_suspect_item_that_is_gone_is_not_read_for_ever(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    await room.pass_time(2 * MINUTE)
    room.shop.engine.office.delete_product("P1")
    await room.pass_time(HOUR)
    assert len(room.shop.requests(PRODUCTS)) <= 2


@in_storeroom({"P1": 10})
async def test_rule_7_a_suspect_item_that_is_parked_is_not_read_meanwhile(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, INVENTORY)
    await room.receive("P1", 5)
    await room.flush()
    await room.pass_time(2 * MINUTE)
    assert (await room.item("P1")).suspect_ms is not None
    room.shop.fail(FaultKind.ITEM_REFUSED, INVENTORY, sku="P1", times=6)
    await room.receive("P1", 5)
    await room.pass_time(HOUR)
    assert room.shop.requests(PRODUCTS) == []
    await room.pass_time(HOUR)
    assert len(room.shop.requests(PRODUCTS)) == 1
    assert (await room.item("P1")).suspect_ms is None


@in_storeroom({f"P{number}": 5.0 for number in range(1, 31)})
async def test_rule_7_many_suspects_are_read_back_by_the_page(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, INVENTORY)
    for number in range(1, 31):
        await room.receive(f"P{number}", 1)
    await room.flush()
    await room.pass_time(20 * MINUTE)
    reads = room.shop.requests(PRODUCTS)
    assert ["id" in dict(entry.query) for entry in reads] == [False]
    assert (await room.outbox()).suspect == 0


# --- rule 8: items ------------------------------------------------------------------------


@in_storeroom({"P1": 10, "P2": 10, "P3": 10})
async def test_rule_8_an_answer_counts_item_by_item(room: Storeroom) -> None:
    room.shop.fail(FaultKind.ITEM_REFUSED, INVENTORY, sku="P2")
    for sku in room.product_ids:
        await room.receive(sku, 1)
    await room.flush()
    acked = {sku: (await room.item(sku)).acked_value for sku in room.product_ids}
    assert acked == {"P1": 11_000, "P2": 10_000, "P3": 11_000}
    assert await room.alerts("item_parked") == [f"{SHOP}/{room.shop.item_id('P2')}"]
    told = await room.explained("P2")
    assert (told.state, told.reason) == ("parked", "NOT_ADJUSTABLE")
    assert told.next_try_ms is not None


@pytest.mark.parametrize("fault", [FaultKind.ITEM_MISSING, FaultKind.ITEM_SKIPPED])
@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_8_missing_from_the_answer_is_in_doubt(
    room: Storeroom, fault: FaultKind
) -> None:
    room.shop.fail(fault, INVENTORY, sku="P2")
    await room.receive("P1", 1)
    await room.receive("P2", 1)
    await room.flush()
    assert [(await room.item(sku)).doubt for sku in ("P1", "P2")] == [False, True]
    await room.pass_time(2 * MINUTE)
    assert (room.shop.stocks_sent("P1"), room.shop.stocks_sent("P2")) == ([11], [11, 11])
    assert room.shop.stock("P2") == 11


@in_storeroom({"P1": 10})
async def test_rule_8_a_renamed_item_is_followed_by_its_id(room: Storeroom) -> None:
    room.shop.engine.office.rename_sku("P1", "P1-NOU")
    await room.receive("P1", 5)
    await room.flush()
    await room.flush()
    assert room.shop.stock("P1-NOU") == 15
    assert room.shop.stocks_sent("P1-NOU") == [15]
    assert await room.alerts("item_parked") == []


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=3600)
async def test_rule_8_an_item_that_is_gone_is_told_nothing_more(room: Storeroom) -> None:
    item = room.shop.item_id("P1")
    room.shop.engine.office.delete_product("P1")
    await room.receive("P1", 5)
    await room.flush()
    await room.receive("P1", 5)
    await room.receive("P2", 1)
    await room.pass_time(8 * HOUR)
    assert len(room.shop.stocks_sent("P1")) == 1
    assert room.shop.stocks_sent("P2") == [11]
    assert room.peek("SELECT state = 'gone' FROM links WHERE external_id = ?", item) == 1


@in_storeroom({"P1": 10})
async def test_rule_8_refused_with_two_fields_each_goes_alone(room: Storeroom) -> None:
    room.shop.fail(FaultKind.ITEM_REFUSED, INVENTORY, sku="P1")
    await room.receive("P1", 5)
    await room.set_price("P1", 12)
    await room.pass_time(3 * MINUTE)
    kinds = [(sorted(sent.stock), sorted(sent.price)) for sent in room.shop.sends]
    assert kinds == [(["P1"], ["P1"]), (["P1"], []), ([], ["P1"])]
    assert (room.shop.stock("P1"), room.shop.price("P1")) == (15, 12)
    await room.receive("P1", 1)
    await room.set_price("P1", 13)
    await room.pass_time(2 * MINUTE)
    assert len(room.shop.sends) == 4, "what was taken goes together again"


@in_storeroom({"P1": 10, "P2": 10}, poll_seconds=3600)
async def test_rule_8_a_parked_item_waits_longer_each_time_up_to_six_hours(
    room: Storeroom,
) -> None:
    rule = FaultRule(kind=FaultKind.ITEM_REFUSED, path=INVENTORY, sku="P1")
    room.shop.engine.add_fault(rule)
    await room.receive("P1", 5)
    await room.pass_time(10 * HOUR)
    times = [sent.at_ms for sent in room.shop.sends if "P1" in sent.stock]
    waits = [(later - earlier) / 60_000 for earlier, later in pairwise(times)]
    for number, wait in enumerate(waits):
        assert 2**number <= wait <= 2**number + 2
    assert len(waits) == 9
    room.shop.heal()
    await room.pass_time(7 * HOUR)
    assert room.shop.stock("P1") == 15
    assert await room.alerts("item_parked") == []


async def _park(room: Storeroom) -> None:
    """Have P1 refused until it waits for a quarter of an hour, and nobody refuses it any more."""
    room.shop.fail(FaultKind.ITEM_REFUSED, INVENTORY, sku="P1", times=5)
    await room.receive("P1", 5)
    while (await room.item("P1")).attempts < 5:
        await room.pass_time(MINUTE)
    row = await room.item("P1")
    assert row.due_ms is not None
    assert row.due_ms > room.clock.now_ms() + 14 * MINUTE * 1000
    room.shop.forget_requests()


@in_storeroom({"P1": 10})
async def test_rule_8_a_parked_item_goes_as_soon_as_its_value_changes(room: Storeroom) -> None:
    await _park(room)
    await room.receive("P1", 1)
    await room.flush()
    assert room.shop.stocks_sent("P1") == [16]
    assert await room.alerts("item_parked") == []


@pytest.mark.parametrize("fault", SURELY_NOT)
@in_storeroom({"P1": 10})
async def test_rule_8_a_parked_item_whose_value_changed_is_sent_until_it_gets_through(
    room: Storeroom, fault: FaultKind
) -> None:
    await _park(room)
    await room.receive("P1", 1)
    room.shop.fail(fault, INVENTORY)
    await room.flush()
    assert room.shop.stock("P1") == 10
    await room.pass_time(3 * MINUTE)
    assert room.shop.stock("P1") == 16


@in_storeroom({"P1": 10})
async def test_rule_8_a_parked_item_whose_value_changed_waits_for_orders_only(
    room: Storeroom,
) -> None:
    await _park(room)
    room.shop.keep_failing(FaultKind.REFUSE, ORDERS)
    await room.receive("P1", 1)
    await room.pass_time(2 * MINUTE)
    room.shop.heal()
    await room.pass_time(3 * MINUTE)
    assert room.shop.stock("P1") == 16


@in_storeroom({"P1": 10})
async def test_rule_8_a_parked_item_is_tried_when_a_person_says_so(room: Storeroom) -> None:
    await _park(room)
    assert await room.retry("P1")
    await room.flush()
    assert room.shop.stocks_sent("P1") == [15]
    assert await room.alerts("item_parked") == []
    assert not await room.retry("P1")


@in_storeroom({"P1": 10})
async def test_rule_8_a_parked_item_that_is_excluded_needs_nobody(room: Storeroom) -> None:
    await _park(room)
    await room.switch("P1", stock=False)
    await room.flush()
    assert await room.alerts("item_parked") == []


@in_storeroom({"P1": 10})
async def test_rule_8_an_alert_stays_while_one_field_is_parked(room: Storeroom) -> None:
    room.shop.fail(FaultKind.ITEM_REFUSED, INVENTORY, sku="P1", times=6)
    await room.receive("P1", 5)
    await room.set_price("P1", 12)
    await room.flush()
    await room.flush()
    await room.receive("P1", 1)
    room.shop.heal()
    await room.flush()
    fields = {field: (await room.item("P1", field)).due_ms for field in ("stock", "price")}
    assert fields["stock"] is None
    assert fields["price"] is not None, "the test needs one of two fields parked"
    assert len(await room.alerts("item_parked")) == 1
    await room.pass_time(10 * MINUTE)
    assert await room.alerts("item_parked") == []


@in_storeroom({"P1": 10, "P2": 10})
async def test_rule_8_an_sku_that_two_items_carry_is_parked(room: Storeroom) -> None:
    room.shop.engine.office.rename_sku("P2", "P1")
    await room.import_items()
    await room.receive("P1", 5)
    await room.flush()
    assert room.shop.sends == []
    rows = room.peek("SELECT count(*) FROM outbox_items WHERE reason LIKE '%not unique%'")
    assert rows == 3, "P1's new stock, and both fields of the item whose link followed its SKU"
    assert len(await room.alerts("item_parked")) == 2
    assert await room.alerts("sku_twice") == [f"{SHOP}/P1"]


@pytest.mark.parametrize("by", ["send", "order read"])
@in_storeroom({"P1": 10})
async def test_rule_8_a_refused_key_stops_the_shop_with_one_alert(room: Storeroom, by: str) -> None:
    room.shop.keep_failing(FaultKind.WRONG_KEY, INVENTORY if by == "send" else "")
    await room.receive("P1", 5)
    await room.flush()
    await room.pass_time(5 * MINUTE)
    if by == "send":
        assert await room.alerts("shop_stopped") == [SHOP]
        assert len(room.shop.sends) == 1
        await room.crash_and_restart()
        await room.pass_time(5 * MINUTE)
        assert len(room.shop.sends) == 2, "a start tries once whether the key is mended"
        assert await room.alerts("shop_stopped") == [SHOP]
    else:
        assert room.shop.sends == []
    room.shop.heal()
    await room.ask(GomagOutbox, SHOP, Resume())
    await room.pass_time(3 * MINUTE)
    assert room.shop.stock("P1") == 15
    assert await room.alerts("shop_stopped") == []
