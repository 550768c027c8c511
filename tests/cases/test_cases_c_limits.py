"""Cases from the field, C: how much and how often a shop may be told."""

import sqlite3
from collections.abc import Sequence
from itertools import pairwise

import pytest
from msgspec.structs import replace

from magazie.simulators.gomag import FaultKind
from magazie.storage import products
from magazie.storage.products import Product
from tests.rules.shop_side import ORDERS, STATUS, ShopSide
from tests.rules.storeroom import MINUTE, OTHER, SHOP, Storeroom, in_storeroom

HUNDRED = {f"P{number}": 5.0 for number in range(1, 101)}
THIRD = "al-treilea"


# --- C6: batch limits -----------------------------------------------------------------------

CROWD = 2350


@in_storeroom({})
async def test_c6_more_changes_than_one_request_takes(room: Storeroom) -> None:
    skus = [f"P{number:04}" for number in range(CROWD)]
    await _take_up_quickly(room, skus)
    room.shop.keep_failing(FaultKind.REFUSE, ORDERS)
    await room.pass_time(MINUTE)
    for part in (skus[:400], skus[400:1500], skus[1500:]):
        await room.receive_all(part)
        await room.pass_time(MINUTE)
    hot = skus[-50:]
    await room.receive_all(hot)
    room.shop.heal()
    room.shop.forget_requests()
    await room.pass_time(3 * MINUTE)
    sent = [list(each.stock) for each in room.shop.sends]
    assert [len(each) for each in sent] == [1000, 1000, 350]
    assert set(sent[0]) >= set(skus[:400])
    assert set(sent[0]) <= set(skus[:1500])
    assert set(sent[0]) | set(sent[1]) >= set(skus[:1500])
    assert room.shop.stock(skus[0]) == 1
    assert room.shop.stock(hot[0]) == 2


async def _take_up_quickly(room: Storeroom, skus: Sequence[str]) -> None:
    """So many products with links and no stock, as an import leaves them."""
    for sku in skus:
        room.shop.add(sku)
    ids = {item.sku: str(item.id) for item in room.shop.engine.truth.products()}
    base = room.service.ids.next_id()
    room.product_ids |= {sku: base + at for at, sku in enumerate(skus, start=1)}
    now_ms = room.clock.now_ms()

    def unit(connection: sqlite3.Connection) -> None:
        for sku in skus:
            product_id = room.product_ids[sku]
            fresh = Product(id=product_id, code=sku, name=sku, created_ms=now_ms, changed_ms=now_ms)
            assert products.insert(connection, fresh)
            assert products.tie(connection, product_id, SHOP, ids[sku], sku)

    await room.service.storage.write(unit)
    await room.crash_and_restart()


@in_storeroom(HUNDRED, poll_seconds=3600)
async def test_c6_what_changes_each_minute_starves_nobody(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("magazie.actors.gomag_outbox.INVENTORY_LIMIT", 10)
    monkeypatch.setattr("magazie.sync.stock_sender.REQUESTS_MOST", 1)
    hot, cold = list(HUNDRED)[:10], list(HUNDRED)[10:40]
    await room.receive_all(cold)
    for _ in range(8):
        await room.receive_all(hot)
        await room.pass_time(MINUTE)
    assert all(room.shop.stock(sku) == 6 for sku in cold)
    assert all(len(room.shop.stocks_sent(sku)) >= 3 for sku in hot)


# --- C7: rate limits and storms -------------------------------------------------------------


def _gaps_s(shop: ShopSide) -> list[float]:
    moments = [entry.at_ms for entry in shop.requests()]
    return [(later - first) / 1000 for first, later in pairwise(moments)]


async def _be_busy(room: Storeroom) -> None:
    """Everything that asks a shop at once: orders, stock, prices, statuses, the catalogue."""
    for sku in ("P1", "P2"):
        await room.receive(sku, 1)
        await room.set_price(sku, 12)
    for shop in room.sides:
        await room.syncs[shop].start_sync()
    await room.pass_time(2)


@in_storeroom({"P1": 10, "P2": 10}, shops=(SHOP, OTHER, THIRD), tells_taken=True)
async def test_c7_retry_after_is_one_try_a_window_and_stops_no_other_shop(
    room: Storeroom,
) -> None:
    engine = room.shop.engine
    engine.switches = replace(engine.switches, throttle_status=429, throttle_retry_after_s=90)
    room.shop.order(("P1", 1))
    room.shop.keep_failing(FaultKind.THROTTLE, STATUS)
    await room.read()
    room.shop.keep_failing(FaultKind.THROTTLE)
    await _be_busy(room)
    await room.pass_time(5)
    room.shop.forget_requests()
    for _ in range(10):
        await room.receive("P1", 1)
        room.sides[OTHER].order(("P2", 1))
        await room.pass_time(MINUTE)
    assert len(room.shop.requests()) >= 5
    assert min(_gaps_s(room.shop)) >= 90
    for other in (OTHER, THIRD):
        assert room.sides[other].stock("P1") == await room.available("P1")
    room.shop.heal()
    room.shop.forget_requests()
    await room.pass_time(4 * MINUTE)
    assert room.shop.stocks_sent("P1") == [await room.available("P1")]
    assert room.shop.stocks_sent("P2") == [await room.available("P2")]


@pytest.mark.parametrize("trouble", ["throttled", "503", "502", "refused", "silent"])
@in_storeroom({"P1": 10, "P2": 10}, shops=(SHOP, OTHER), tells_taken=True)
async def test_c7_a_shop_in_trouble_is_tried_seldom(room: Storeroom, trouble: str) -> None:
    kinds = {
        "throttled": FaultKind.THROTTLE,
        "502": FaultKind.SERVER_ERROR,
        "refused": FaultKind.REFUSE,
        "silent": FaultKind.HANG,
    }
    now_ms = room.clock.now_ms()
    room.shop.order(("P1", 1))
    if trouble == "503":
        room.shop.engine.close_for_maintenance(now_ms, now_ms + 600_000)
    else:
        room.shop.keep_failing(kinds[trouble])
    await _be_busy(room)
    await room.pass_time(10 * MINUTE - 2)
    gaps = _gaps_s(room.shop)
    assert len(gaps) <= 30
    assert min(gaps[8:]) >= 29, "half of the longest pause, at least"
    other = room.sides[OTHER]
    assert other.stock("P1") == 11
    room.shop.heal()
    room.shop.forget_requests()
    await room.pass_time(5 * MINUTE)
    assert room.shop.stocks_sent("P2")[-1] == 11
    assert len(room.shop.stocks_sent("P2")) <= 2
    assert await room.available("P1") == room.shop.stock("P1") == other.stock("P1") == 10
