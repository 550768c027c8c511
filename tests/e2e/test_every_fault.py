"""Every way in which a shop can misbehave, at once, over real sockets; then it mends."""

import asyncio
import random
from collections import Counter
from pathlib import Path

from magazie.simulators.gomag import FaultKind
from tests.e2e.client import Client, client_of
from tests.e2e.conftest import Notes, Serve
from tests.e2e.served import Served
from tests.e2e.shops import WAREHOUSES, Shop, now_ms, shop_named
from tests.e2e.storeroom import faults_of, import_all, rest
from tests.e2e.work import Work

SEED = 77_003
LIVED_S = 30.0
PACE = {"flush_seconds": 1, "poll_seconds": 2}
ORDERS_PER_MINUTE = 180.0
PRODUCTS = 150
"""More than one page of them."""

STRUCK_WITHIN_S = 40
"""For the last of them: on a busy machine requests come slowly."""

RATE = 0.02
LATE_MS = 2_000
ITEM_RATE = 0.02
NOT_OF_STATUSES = frozenset({FaultKind.IGNORED})
"""Nothing reads a status back: a yes to it is believed."""
ITEM_KINDS = frozenset({FaultKind.ITEM_REFUSED, FaultKind.ITEM_MISSING, FaultKind.ITEM_SKIPPED})
HURRIED = (str(Path(__file__).with_name("hurried_serve.py")),)


async def test_both_shops_and_the_storeroom_agree_after_every_fault(
    serve: Serve, notes: Notes
) -> None:
    notes["seed"] = SEED
    async with (
        shop_named("magazin", seed=SEED, products=PRODUCTS) as first,
        shop_named("filiala", seed=SEED, products=PRODUCTS) as second,
    ):
        settings = WAREHOUSES + first.settings(**PACE) + second.settings(**PACE)
        service = serve(settings, program=HURRIED)
        token = await service.make_token()
        await service.start()
        async with client_of(service.url, token) as client:
            work = Work(SEED, client, [first, second])
            try:
                await _live(service, work, notes)
            finally:
                work.traffic.drop()
            notes["counts"] = await work.counts()
            assert await work.faults() == []
        notes["stop_s"] = await service.stop()
        assert await faults_of(service.database, settled=True) == []


async def _live(service: Served, work: Work, notes: Notes) -> None:
    client = work.client
    await asyncio.sleep(1.1)  # the shop dates orders by the second
    from_ms = now_ms()
    for shop in work.shops:
        await shop.call_webhook(service.url)
        shop.engine.shoppers.set_rate(ORDERS_PER_MINUTE)
        await import_all(client, shop)
        _break(shop)
    await work.begin(from_ms, meddling=True)
    mending = asyncio.create_task(_mend_keys(client, work.shops))
    try:
        await _strike_each_kind(work.shops)
    finally:
        mending.cancel()
    for shop in work.shops:
        shop.engine.shoppers.set_rate(0)
    await work.traffic.end()
    notes["struck"] = dict(sum((_struck(shop) for shop in work.shops), Counter()))
    for shop in work.shops:
        assert [fault.kind for fault in shop.engine.faults if fault.times is not None] == []
        shop.engine.clear_faults()
    for shop in work.shops:
        await client.insist("POST", f"/api/v1/shops/{shop.name}/test")
    notes["rest_s"] = await rest(client, work.shops, 60)


def _break(shop: Shop) -> None:
    for kind in FaultKind:
        paths = ("inventory",) if kind in NOT_OF_STATUSES else ("",)
        rate = ITEM_RATE if kind in ITEM_KINDS else RATE
        for path in paths:
            shop.engine.set_rate(kind, rate, path=path, delay_ms=LATE_MS)


async def _strike_each_kind(shops: list[Shop]) -> None:
    """Beside what chance brings, each kind strikes each shop once for sure."""
    chance = random.Random(SEED)
    pause_s = LIVED_S / len(FaultKind)
    kinds = list(FaultKind)
    chance.shuffle(kinds)
    for kind in kinds:
        for shop in shops:
            path = "inventory" if kind in NOT_OF_STATUSES else ""
            shop.engine.inject(kind, path=path, delay_ms=LATE_MS)
        await asyncio.sleep(pause_s)
    for _ in range(STRUCK_WITHIN_S):
        if not any(fault.times is not None for shop in shops for fault in shop.engine.faults):
            return
        await asyncio.sleep(1)


async def _mend_keys(client: Client, shops: list[Shop]) -> None:
    """A person sees that a shop refuses the key, and proves it again."""
    while True:
        await asyncio.sleep(1.0)
        for shop in shops:
            shown = await client.insist("GET", f"/api/v1/shops/{shop.name}/outbox")
            if shown.body["summary"]["stopped"]:
                await client.insist("POST", f"/api/v1/shops/{shop.name}/test")


def _struck(shop: Shop) -> Counter[str]:
    return Counter(fault for entry in shop.engine.journal.entries for fault in entry.faults)
