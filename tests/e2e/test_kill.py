"""The process dies fifty times at work, and nothing is lost, doubled or left behind."""

import asyncio
import random
import statistics
import time

import msgspec

from magazie.simulators.gomag import FaultKind, OrderedItem
from tests.e2e.client import client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.served import Served
from tests.e2e.shops import WAREHOUSES, Shop, now_ms, shop_named
from tests.e2e.storeroom import faults_of, import_all, job_done, rest
from tests.e2e.work import Work

SEED = 50_901
KILLS = 52
KILLED_WHILE_STARTING = 0.2
STARTING_S = (0.02, 0.6)
SERVING_S = (0.05, 1.5)
ORDERS_PER_MINUTE = 100.0
"""In each of the two shops."""
PACE = {"flush_seconds": 1, "poll_seconds": 5}

LOW_RATES = {
    FaultKind.THROTTLE: 0.004,
    FaultKind.SERVER_ERROR: 0.004,
    FaultKind.SERVER_ERROR_AFTER: 0.01,
    FaultKind.HTML_PAGE_AFTER: 0.01,
    FaultKind.LOST_BEFORE: 0.01,
    FaultKind.LOST_AFTER: 0.01,
    FaultKind.CUT_JSON: 0.004,
    FaultKind.ITEM_MISSING: 0.01,
    FaultKind.ITEM_SKIPPED: 0.01,
}
SLOW_MS = 250
"""How late half of the stock requests are answered: time to die in between."""


class Kill(msgspec.Struct, frozen=True):
    """One death: how the process lived until then."""

    was_serving: bool
    acks: int
    """Answers that said yes to something new since the kill before."""
    check_s: float


async def test_fifty_kills_lose_nothing(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    async with (
        shop_named("magazin", seed=SEED) as first,
        shop_named("filiala", seed=SEED) as second,
    ):
        service = serve(WAREHOUSES + first.settings(**PACE) + second.settings(**PACE))
        token = await service.make_token()
        notes["first_start_s"] = await service.start()
        async with client_of(service.url, token) as client:
            work = Work(SEED, client, [first, second])
            try:
                kills = await _live(service, work, notes)
            finally:
                work.traffic.drop()
            notes["counts"] = await work.counts()
            assert await work.faults() == []
        notes["stop_s"] = await service.stop()
        assert await faults_of(service.database, settled=True) == []
    serving = [kill for kill in kills if kill.was_serving]
    assert len(kills) >= 50
    assert sum(kill.acks > 0 for kill in serving) > len(serving) * 2 // 3, "no load in flight"
    assert work.traffic.acks > 300, "no load in flight"


async def _live(service: Served, work: Work, notes: Notes) -> list[Kill]:
    client, (first, second) = work.client, work.shops
    await asyncio.sleep(1.1)  # the shop dates orders by the second
    from_ms = now_ms()
    for shop in work.shops:
        await shop.call_webhook(service.url)
        shop.engine.shoppers.set_rate(ORDERS_PER_MINUTE)
    _oversell(first)
    await import_all(client, first)
    _break(work.shops)
    await work.begin(from_ms)
    # the import of the second shop meets the first kills
    job = (await client.insist("POST", f"/api/v1/shops/{second.name}/import", {"all": True})).body

    kills = await _kill_again_and_again(service, work, notes)

    for shop in work.shops:
        shop.engine.clear_faults()
        shop.engine.shoppers.set_rate(0)
    await service.start()
    await work.traffic.end()
    await job_done(client, job["job"])
    notes["rest_s"] = await rest(client, work.shops, 90)
    return kills


def _oversell(shop: Shop) -> None:
    """More is ordered than there is, before the stock is taken over: none may come of it."""
    item = next(item for item in shop.truth.products() if item.stock_managed and item.stock_milli)
    shop.engine.place_order([OrderedItem(sku=item.sku, quantity_milli=item.stock_milli + 2_000)])


def _break(shops: list[Shop]) -> None:
    """Statuses are spared: one of unknown outcome waits a minute before it is looked at."""
    for shop in shops:
        shop.engine.set_rate(FaultKind.SLOW, 0.5, path="inventory", delay_ms=SLOW_MS)
        for kind, rate in LOW_RATES.items():
            for path in ("inventory", "order/read"):
                shop.engine.set_rate(kind, rate, path=path)


async def _kill_again_and_again(service: Served, work: Work, notes: Notes) -> list[Kill]:
    chance = random.Random(SEED)
    kills: list[Kill] = []
    starts: list[float] = []
    acks = work.traffic.acks
    while len(kills) < KILLS:
        serves = not kills or chance.random() >= KILLED_WHILE_STARTING
        if not serves:
            await service.spawn()
            await asyncio.sleep(chance.uniform(*STARTING_S))
        else:
            if not service.is_up:
                starts.append(await service.start())
            await asyncio.sleep(chance.uniform(*SERVING_S))
        await service.kill()
        began = time.monotonic()
        faults = await faults_of(service.database)
        kills.append(Kill(serves, work.traffic.acks - acks, time.monotonic() - began))
        acks = work.traffic.acks
        assert faults == [], f"after kill {len(kills)}: {faults}"
    notes["kills"] = {
        "number": len(kills),
        "while_starting": sum(not kill.was_serving for kill in kills),
        "lives_with_acks": sum(kill.acks > 0 for kill in kills),
        "median_start_s": round(statistics.median(starts), 3),
        "worst_start_s": round(max(starts), 3),
        "median_check_s": round(statistics.median(kill.check_s for kill in kills), 3),
    }
    return kills
