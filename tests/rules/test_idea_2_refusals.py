"""What is refused whole, what is stopped, and what is not tried twice in one round."""

import pytest
from msgspec.structs import replace

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import HasPending
from magazie.actors.outbox_plan import plan_send, why_waiting
from magazie.simulators.gomag import FaultKind, FaultRule
from tests.actors.outbox_rows import AROUND, NOW, price, stock
from tests.rules.shop_side import INVENTORY
from tests.rules.storeroom import MINUTE, SHOP, Storeroom, in_storeroom

FEW = {f"P{number}": 5.0 for number in range(1, 6)}


def test_rule_7_what_is_in_doubt_is_sent_again_in_the_next_round_and_not_in_this_one() -> None:
    this = replace(AROUND, began_ms=NOW - 9)
    for row in (stock(1, doubt=True, sent_ms=NOW - 9), price(1, doubt=True, sent_ms=NOW)):
        assert why_waiting(row, this) == "in_doubt"
        assert plan_send([row], this).chosen == []
        later = replace(AROUND, now_ms=NOW + 60_000, began_ms=NOW + 60_000)
        assert plan_send([row], later).chosen == [row]


@pytest.mark.parametrize("culprit", ["P1", "P3", "P5"])
@in_storeroom(FEW)
async def test_rule_8_a_refused_list_is_halved_until_the_culprit_stands_alone(
    room: Storeroom, culprit: str
) -> None:
    room.shop.engine.add_fault(
        FaultRule(kind=FaultKind.ENVELOPE_REFUSED, path=INVENTORY, sku=culprit)
    )
    await room.receive_all(list(FEW))
    await room.flush()
    assert [room.shop.stock(sku) for sku in FEW] == [5 if sku == culprit else 6 for sku in FEW]
    lists = [set(sent.stock) for sent in room.shop.sends]
    assert (lists[0], lists.count({culprit})) == (set(FEW), 1)
    assert len(await room.alerts("item_parked")) == 1
    assert (await room.explained(culprit)).state == "parked"


@in_storeroom({"P1": 10}, tells_taken=True)
async def test_rule_8_a_refused_key_stops_statuses_too(room: Storeroom) -> None:
    room.shop.fail(FaultKind.WRONG_KEY, INVENTORY)
    await room.receive("P1", 1)
    await room.flush()
    assert await room.alerts("shop_stopped") == [SHOP]
    room.shop.order(("P1", 1))
    await room.pass_time(3 * MINUTE)
    assert room.shop.statuses_written == []


def test_rule_8_the_oldest_go_first() -> None:
    rows = [stock(item, pending_since_ms=NOW - age) for item, age in ((1, 5), (2, 30), (3, 20))]
    plan = plan_send(rows, replace(AROUND, limit=2))
    assert [row.external_id for row in plan.chosen] == ["2", "3"]
    assert plan.left_over


@in_storeroom({"P1": 10})
async def test_rule_8_a_value_is_as_old_as_its_first_change_that_was_not_told(
    room: Storeroom,
) -> None:
    room.shop.keep_failing(FaultKind.SERVER_ERROR, INVENTORY)
    await room.receive("P1", 1)
    await room.flush()
    since = (await room.item("P1")).pending_since_ms
    assert since is not None
    for _ in range(2):
        await room.receive("P1", 1)
        await room.pass_time(2 * MINUTE)
        assert (await room.item("P1")).pending_since_ms == since
    await room.crash_and_restart()
    await room.pass_time(2 * MINUTE)
    assert (await room.item("P1")).pending_since_ms == since
    room.shop.heal()
    await room.pass_time(2 * MINUTE)
    assert (await room.item("P1")).pending_since_ms is None
    assert room.shop.stock("P1") == 13


@in_storeroom({"P1": 10, "P2": 10})
async def test_one_query_finds_all_that_is_owed_after_the_outbox_itself_failed(
    room: Storeroom,
) -> None:
    """What it was told of is gone with it, and is in the books."""

    def fail(_outbox: GomagOutbox, _message: object) -> None:
        raise OSError("there is a fault in the program")

    await room.receive("P1", 5)
    await room.set_price("P2", 12)
    await room.pass_time(1)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(GomagOutbox, "on_receive", fail)
        with pytest.raises(OSError, match="fault"):
            await room.ask(GomagOutbox, SHOP, HasPending())
    await room.flush()
    assert (room.shop.stocks_sent("P1"), room.shop.prices_sent("P2")) == ([15], [12])
