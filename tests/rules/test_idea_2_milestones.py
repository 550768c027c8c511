"""Milestones that are not told: what is owed, cancelled, or further in the shop already."""

from collections.abc import Sequence

import pytest

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import SetPicked
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_messages import UpdateShop
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import ClaimHeld, SetClaim
from magazie.model.orders import Fulfilment
from magazie.simulators.gomag import FaultKind
from tests.rules.room_books import key_of
from tests.rules.shop_side import CANCELLED, PIECE, RETURNED, STATUS, TAKEN
from tests.rules.storeroom import HOUR, MINUTE, SHOP, Storeroom, in_storeroom

INVOICED = 3


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_taken_is_not_told_while_claims_are_owed(room: Storeroom) -> None:
    async def fail(_stock: StockActor, _messages: Sequence[SetClaim]) -> Sequence[ClaimHeld]:
        raise OSError("no claim can be stored")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(StockActor, "on_fold", fail)
        order = room.shop.order(("P1", 4))
        await room.pass_time(3 * MINUTE)
        assert await room.milestones(order) == {}
        assert room.shop.statuses_written == []
    await room.pass_time(3 * MINUTE)
    assert room.shop.statuses_written == [(order, TAKEN)]


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_of_an_order_cancelled_before_it_was_told_only_the_cancel_is(
    room: Storeroom,
) -> None:
    room.shop.keep_failing(FaultKind.THROTTLE, STATUS)
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    assert (await room.milestones(order))["taken"].state == "due"
    await room.cancel(order)
    room.shop.heal()
    room.shop.forget_requests()
    await room.pass_time(10 * MINUTE)
    assert room.shop.statuses_written == [(order, CANCELLED)]
    assert (await room.milestones(order))["taken"].state == "overruled"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_an_office_cancel_is_not_told_over_a_return_in_the_shop(
    room: Storeroom,
) -> None:
    order = room.shop.order(("P1", 4))
    await room.read()
    await room.pass_time(5)
    room.shop.keep_failing(FaultKind.THROTTLE, STATUS)
    await room.cancel(order)
    await room.pass_time(5)
    room.shop.move(order, RETURNED)
    await room.read()
    room.shop.heal()
    await room.pass_time(HOUR)
    assert room.shop.truth(order).status_id == RETURNED
    assert (await room.milestones(order))["cancelled"].state == "done"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_6_picked_is_not_told_of_an_order_that_was_further_when_it_came(
    room: Storeroom,
) -> None:
    names = {"picked": "Platita", "part_picked": "Neplatita"}
    await room.ask(SettingsActor, SETTINGS_KEY, UpdateShop(name=SHOP, status_map=names))
    order = room.shop.order(("P1", 1), status=INVOICED)
    await room.read()
    picked = SetPicked(person="ion", fulfilment=Fulfilment.PICKED, lines={1: (PIECE, False)})
    await room.ask(OrderActor, key_of(SHOP, order), picked)
    await room.pass_time(HOUR)
    assert room.shop.statuses_written == []
    assert (await room.milestones(order))["picked"].state == "overruled"
