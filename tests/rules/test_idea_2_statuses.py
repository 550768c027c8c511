"""Statuses are milestones: told once, after a look where it is unsure, and a person's word wins."""

import pytest

from magazie.model.orders import Fulfilment
from magazie.simulators.gomag import FaultKind
from magazie.simulators.gomag.journal import JournalEntry
from tests.rules.shop_side import CANCELLED, DELIVERED, NEW, ORDERS, PAID, STATUS, TAKEN
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

INVOICED = 3


def _looks(room: Storeroom) -> list[JournalEntry]:
    """Requests for one order by its number."""
    return [entry for entry in room.shop.requests(ORDERS) if "number" in dict(entry.query)]


async def _state(room: Storeroom, order: int, milestone: str = "taken") -> str:
    return (await room.milestones(order))[milestone].state


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_milestone_is_told_once(room: Storeroom) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(10)
    assert room.shop.truth(order).status_id == TAKEN
    await room.pass_time(HOUR)
    await room.crash_and_restart()
    room.shop.edit(order, ("P1", 5))
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_taken_is_due_only_once_the_goods_are_claimed(room: Storeroom) -> None:
    short = room.shop.order(("P1", 40))
    cancelled = room.shop.order(("P1", 1), status=CANCELLED)
    await room.pass_time(3 * MINUTE)
    assert room.shop.statuses_written == [(short, TAKEN)], "short or not, it is taken"
    assert await room.milestones(cancelled) == {}


@pytest.mark.parametrize("status", [TAKEN, INVOICED])
@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_an_order_that_is_further_is_not_moved_back(
    room: Storeroom, status: int
) -> None:
    order = room.shop.order(("P1", 4), status=status)
    await room.pass_time(3 * MINUTE)
    assert room.shop.statuses_written == []
    assert await _state(room, order) in {"done", "overruled"}


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_person_s_word_stands(room: Storeroom) -> None:
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(1)
    room.shop.move(order, DELIVERED)
    await room.pass_time(HOUR)
    assert len(room.shop.statuses_written) == 1
    assert room.shop.truth(order).status_id == DELIVERED
    assert await _state(room, order) == "overruled"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_lost_answer_is_looked_at_and_not_written_again(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(10 * MINUTE)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert len(_looks(room)) == 1
    assert await _state(room, order) == "done"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_write_that_never_landed_is_made_again_after_a_look(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(10 * MINUTE)
    assert room.shop.statuses_written == [(order, TAKEN), (order, TAKEN)]
    assert len(_looks(room)) == 1
    assert room.shop.truth(order).status_id == TAKEN


@pytest.mark.parametrize("read_between", [False, True])
@pytest.mark.parametrize("fault", [FaultKind.LOST_BEFORE, FaultKind.LOST_AFTER])
@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_person_s_word_stands_after_an_unknown_outcome(
    room: Storeroom, *, fault: FaultKind, read_between: bool
) -> None:
    room.shop.fail(fault, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.move(order, DELIVERED)
    if read_between:
        await room.read()
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert room.shop.truth(order).status_id == DELIVERED
    assert await _state(room, order) == "overruled"


@pytest.mark.parametrize("fault", [FaultKind.THROTTLE, FaultKind.REFUSE, FaultKind.SERVER_ERROR])
@in_storeroom({"P1": 10}, tells_taken=True, poll_seconds=3600)
async def test_rule_6_a_look_that_fails_is_made_again_before_anything_is_written(
    room: Storeroom, fault: FaultKind
) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.move(order, DELIVERED)
    room.shop.fail(fault, ORDERS, times=8)
    await room.pass_time(30 * MINUTE)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert room.shop.truth(order).status_id == DELIVERED


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_our_own_word_read_back_settles_the_doubt(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    await room.read()
    stored = await room.find(order)
    assert stored is not None
    assert stored.shop_status_id == str(TAKEN), "the test needs the read to come before the look"
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert await _state(room, order) == "done"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_crash_during_a_write_leaves_it_in_doubt(room: Storeroom) -> None:
    room.shop.fail(FaultKind.HANG, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(3)
    assert await _state(room, order) == "doubt"
    room.shop.move(order, PAID)
    await room.crash_and_restart()
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == [(order, TAKEN)]
    assert room.shop.truth(order).status_id == PAID


@in_storeroom({"P1": 10}, tells_taken=True, poll_seconds=3600)
async def test_rule_6_a_crash_during_a_look_delays_the_next_one_by_nothing(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.keep_failing(FaultKind.HANG, ORDERS)
    await room.pass_time(60)
    looked = (await room.milestones(order))["taken"]
    assert (looked.state, looked.attempts) == ("doubt", 1), "the test needs a look under way"
    assert looked.next_try_ms is not None
    assert looked.next_try_ms <= room.clock.now_ms()
    room.shop.heal()
    await room.crash_and_restart()
    await room.pass_time(MINUTE)
    assert room.shop.truth(order).status_id == TAKEN
    assert await _state(room, order) == "done"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_refused_status_alerts_and_stops_no_other(room: Storeroom) -> None:
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, STATUS)
    refused = room.shop.order(("P1", 1))
    await room.read()
    await room.pass_time(5)
    other = room.shop.order(("P1", 1))
    await room.read()
    await room.pass_time(5)
    stored = await room.find(refused)
    assert stored is not None
    assert await room.alerts("status_refused") == [f"{SHOP}/order:{stored.id}"]
    assert room.shop.truth(other).status_id == TAKEN
    await room.pass_time(10 * MINUTE)
    assert room.shop.truth(refused).status_id == TAKEN
    assert await room.alerts("status_refused") == []


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_an_office_cancel_is_told_and_ends_in_the_right_number(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.flush()
    assert room.shop.stock("P1") == 6
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, STATUS)
    await room.cancel(order)
    await room.flush()
    assert (await room.item("P1")).acked_value == 10_000
    assert room.shop.truth(order).status_id == TAKEN, "the test needs the stock to be first"
    await room.pass_time(5 * MINUTE)
    assert room.shop.truth(order).status_id == CANCELLED
    assert room.shop.stock("P1") == await room.available("P1") == 10


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_an_order_the_office_cancelled_is_not_reopened_by_the_shop(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.cancel(order)
    await room.pass_time(2 * MINUTE)
    room.shop.move(order, NEW)
    assert room.shop.stock("P1") == 6
    await room.pass_time(5 * MINUTE)
    assert await room.reserved("P1") == 0
    assert room.shop.stock("P1") == 10
    assert room.shop.truth(order).status_id == NEW, "cancelled is told once"


@pytest.mark.parametrize("fault", [FaultKind.LOST_BEFORE, FaultKind.LOST_AFTER])
@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_an_office_cancel_of_unknown_outcome_ends_cancelled(
    room: Storeroom, fault: FaultKind
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.forget_requests()
    room.shop.fail(fault, STATUS)
    await room.cancel(order)
    await room.pass_time(10 * MINUTE)
    assert room.shop.truth(order).status_id == CANCELLED
    landed = fault is FaultKind.LOST_AFTER
    assert len(room.shop.statuses_written) == (1 if landed else 2)
    assert room.shop.stock("P1") == 10


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_an_office_cancel_does_not_overrule_a_person_in_the_shop(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.forget_requests()
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    await room.cancel(order)
    await room.pass_time(5)
    room.shop.move(order, DELIVERED)
    await room.read()
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == DELIVERED
    assert await _state(room, order, "cancelled") == "overruled"


@in_storeroom({"P1": 5})
async def test_rule_6_what_a_status_means_may_become_known_after_the_order(
    room: Storeroom,
) -> None:
    await room.set_shop(status_map={"cancelled": "Alt nume"})
    order = room.shop.order(("P1", 2))
    await room.read()
    room.shop.cancel(order)
    await room.read()
    assert await room.reserved("P1") == 2, "nobody said that this name cancels"
    await room.set_shop(status_map={"cancelled": "Anulata"})
    await room.read()
    assert await room.reserved("P1") == 0
    found = await room.find(order)
    assert found is not None
    assert (found.fulfilment, found.cancelled_by) == (Fulfilment.CANCELLED, "shop")
    version = found.version
    await room.read()
    again = await room.find(order)
    assert again is not None
    assert again.version == version


@pytest.mark.parametrize("fault", [FaultKind.LOST_BEFORE, FaultKind.LOST_AFTER])
@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_doubtful_taken_is_not_written_over_a_cancel_told_meanwhile(
    room: Storeroom, fault: FaultKind
) -> None:
    room.shop.fail(fault, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    assert await _state(room, order) == "doubt"
    await room.cancel(order)
    await room.pass_time(15 * MINUTE)
    assert room.shop.truth(order).status_id == CANCELLED
    assert await _state(room, order) == "overruled"
    assert await _state(room, order, "cancelled") == "done"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_taken_that_lands_late_is_not_left_over_a_cancel(room: Storeroom) -> None:
    room.shop.fail(FaultKind.LATE_LANDING, STATUS, delay_s=3 * MINUTE)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(MINUTE)
    assert await _state(room, order) == "doubt"
    await room.cancel(order)
    await room.pass_time(5)
    assert room.shop.truth(order).status_id == CANCELLED
    await room.pass_time(3 * MINUTE)
    assert room.shop.truth(order).status_id == TAKEN, "the test needs it to land over the cancel"
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == CANCELLED
    assert room.shop.stock("P1") == await room.available("P1") == 10
    assert await _state(room, order, "cancelled") == "done"
    assert len(room.shop.statuses_written) == 3


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_cancel_after_a_doubt_is_looked_at_once_and_a_person_s_word_stands(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    await room.cancel(order)
    await room.pass_time(5)
    room.shop.move(order, DELIVERED)
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == DELIVERED
    assert room.shop.statuses_written == [(order, TAKEN), (order, CANCELLED)]
    assert len(_looks(room)) == 1
    assert await _state(room, order, "cancelled") == "overruled"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_what_is_told_and_only_looked_at_once_more_owes_nothing(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_AFTER, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    await room.cancel(order)
    await room.pass_time(60)
    assert room.shop.truth(order).status_id == CANCELLED
    assert await _state(room, order, "cancelled") == "done"
    assert (await room.outbox()).statuses_due == 0
    assert not _looks(room)
    await room.crash_and_restart()
    await room.pass_time(3 * HOUR)
    assert room.shop.truth(order).status_id == CANCELLED
    assert room.shop.statuses_written == [(order, TAKEN), (order, CANCELLED)]
    assert len(_looks(room)) == 1


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_throttled_repetition_leaves_the_first_write_in_doubt(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.fail(FaultKind.THROTTLE, STATUS)
    await room.pass_time(90)
    assert len(room.shop.statuses_written) == 2
    assert await _state(room, order) == "doubt"
    await room.pass_time(5 * MINUTE)
    assert room.shop.truth(order).status_id == TAKEN
    assert len(_looks(room)) == 2


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_a_refused_repetition_leaves_the_first_write_in_doubt(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LATE_LANDING, STATUS, delay_s=4 * MINUTE)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, STATUS)
    await room.pass_time(2 * MINUTE)
    assert len(room.shop.statuses_written) == 2, "the test needs the second to be refused"
    assert len(await room.alerts("status_refused")) == 1
    await room.cancel(order)
    await room.pass_time(5)
    assert room.shop.truth(order).status_id == CANCELLED
    await room.pass_time(3 * MINUTE)
    assert room.shop.truth(order).status_id == TAKEN, "the test needs it to land over the cancel"
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == CANCELLED
    assert room.shop.stock("P1") == await room.available("P1") == 10
    assert await room.alerts("status_refused") == []


@in_storeroom({"P1": 10}, tells_taken=True, poll_seconds=3600)
async def test_rule_6_after_a_doubt_and_a_refusal_it_is_looked_before_it_is_written(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, STATUS)
    await room.pass_time(90)
    assert len(room.shop.statuses_written) == 2, "the test needs the second to be refused"
    assert len(await room.alerts("status_refused")) == 1
    room.shop.move(order, DELIVERED)
    await room.pass_time(30 * MINUTE)
    assert len(room.shop.statuses_written) == 2
    assert room.shop.truth(order).status_id == DELIVERED
    assert await _state(room, order) == "overruled"
    assert await room.alerts("status_refused") == []


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_what_was_refused_after_a_doubt_is_told_once_the_shop_takes_it(
    room: Storeroom,
) -> None:
    room.shop.fail(FaultKind.LOST_BEFORE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.fail(FaultKind.ENVELOPE_REFUSED, STATUS, times=2)
    await room.pass_time(30 * MINUTE)
    assert room.shop.truth(order).status_id == TAKEN
    assert len(room.shop.statuses_written) == 4
    assert await _state(room, order) == "done"
    assert await room.alerts("status_refused") == []
