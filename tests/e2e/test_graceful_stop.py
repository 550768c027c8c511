"""SIGTERM under load: the service ends in time, and all that it said yes to is there."""

import asyncio

from tests.e2e.client import client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.served import ENDS_WITHIN_S, Served
from tests.e2e.shops import WAREHOUSES, now_ms, shop_named
from tests.e2e.storeroom import faults_of, import_all, rest
from tests.e2e.work import Work

SEED = 80_808
STOPS = 4
SERVES_S = 2.0
PACE = {"flush_seconds": 1, "poll_seconds": 5}
ORDERS_PER_MINUTE = 120.0


async def test_what_was_acknowledged_survives_stops_under_load(serve: Serve, notes: Notes) -> None:
    notes["seed"] = SEED
    async with shop_named("magazin", seed=SEED) as shop:
        service = serve(WAREHOUSES + shop.settings(**PACE))
        token = await service.make_token()
        await service.start()
        async with client_of(service.url, token) as client:
            await asyncio.sleep(1.1)  # the shop dates orders by the second
            from_ms = now_ms()
            await shop.call_webhook(service.url)
            shop.engine.shoppers.set_rate(ORDERS_PER_MINUTE)
            await import_all(client, shop)
            work = Work(SEED, client, [shop])
            await work.begin(from_ms)
            try:
                notes["stops_s"] = [await _stop_at_work(service, work) for _ in range(STOPS)]
                shop.engine.shoppers.set_rate(0)
                await work.traffic.end()
            finally:
                work.traffic.drop()
            notes["rest_s"] = await rest(client, [shop], 60)
            notes["counts"] = await work.counts()
            assert await work.faults() == []
        await service.stop()
        assert await faults_of(service.database, settled=True) == []


async def _stop_at_work(service: Served, work: Work) -> float:
    """Let everybody work, stop in the middle of it, prove the books, start again."""
    acks = work.traffic.acks
    await asyncio.sleep(SERVES_S)
    assert work.traffic.acks - acks >= 10, "no load in flight"
    took_s = await service.stop()
    assert took_s < ENDS_WITHIN_S
    assert await faults_of(service.database) == []
    # the last commits are in the database itself: nothing waits in its log
    assert not service.database.with_name(service.database.name + "-wal").exists()
    await service.start()
    return took_s
