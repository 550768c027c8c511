import asyncio
import itertools
from urllib.parse import urlsplit

import pytest
from gomag_doubles import (
    ScriptedTransport,
    Step,
    fixture,
    html,
    make_shop,
    ok,
    run_virtual,
)

from magazie.gomag.shop import GomagShop
from magazie.ports import (
    HttpRequest,
    HttpResponse,
    InventoryItem,
    OutcomeUnknown,
    ShopError,
    Throttled,
)

STATUSES = HttpResponse(200, {}, fixture("order_statuses.json"))
YES = ok({"error": "200", "status": "200", "message": [], "data": []})
ITEM = InventoryItem(sku="CAN-330", stock_milli=2000)


async def failing(call: object) -> ShopError:
    with pytest.raises(ShopError) as caught:
        await call  # type: ignore[misc]  # any of the shop's methods
    return caught.value


class StormyShop:
    """A server under storm: refuses while the storm lasts, and counts who comes."""

    def __init__(self, phases: list[tuple[float, HttpResponse]]) -> None:
        self.phases = phases
        self.start: float | None = None
        self.seen: list[tuple[float, int]] = []

    def __call__(self, request: HttpRequest) -> Step:
        now = asyncio.get_running_loop().time()
        self.start = now if self.start is None else self.start
        for until, answer in self.phases:
            if now - self.start < until:
                self.seen.append((now - self.start, answer.status))
                return answer
        self.seen.append((now - self.start, 200))
        return STATUSES if request.method == "GET" else YES


async def persistent_worker(shop: GomagShop, done: list[int], worker: int) -> None:
    while True:
        try:
            await shop.statuses()
        except (Throttled, OutcomeUnknown):
            continue
        done.append(worker)
        return


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_storm_of_refusals_meets_one_probe_per_window(seed: int) -> None:
    """429 with Retry-After: 90, then 429 without it, then 503 for ten minutes."""
    storms = [
        (60.0, HttpResponse(429, {"retry-after": "90"}, b"")),
        (200.0, HttpResponse(429, {}, b"")),
        (800.0, html(503)),
    ]
    done: list[int] = []

    async def scenario() -> tuple[list[StormyShop], list[tuple[float, int]]]:
        stormy = [StormyShop(storms) for _ in range(2)]
        calm = StormyShop([])
        shops = [
            make_shop(ScriptedTransport(reply=server, latency_s=0.1), seed=seed + index)
            for index, server in enumerate([*stormy, calm])
        ]
        async with asyncio.timeout(1200):
            await asyncio.gather(
                *(persistent_worker(shop, done, worker) for shop in shops for worker in range(5))
            )
        return stormy, calm.seen

    stormy, calm = run_virtual(scenario())
    assert len(done) == 15
    assert [round(at, 3) for at, _ in calm] == [0.0] * 5
    for server in stormy:
        assert server.seen[:5] == [(0.0, 429)] * 5  # already on the way
        probes = [at for at, _ in server.seen[5:]]
        assert 90.0 <= probes[0] <= 91.2
        bad = [at for at, status in server.seen[5:] if status != 200]
        gaps = [later - earlier for earlier, later in itertools.pairwise(bad)]
        assert all(gap >= 0.5 for gap in gaps)
        assert all(gap >= 30.0 for gap in gaps[7:])
        assert len(bad) <= 35
        good = [at for at, status in server.seen if status == 200]
        assert good[0] <= 800.0 + 61.0
        assert all(at > good[0] for at in good[1:])
    first, second = ([at for at, _ in server.seen[5:]] for server in stormy)
    assert first[1:4] != second[1:4]


def test_a_throttled_write_holds_up_reads_too() -> None:
    async def scenario() -> None:
        def reply(request: HttpRequest) -> Step:
            if urlsplit(request.url).path.endswith("inventory/json"):
                return HttpResponse(428, {"retry-after": "20"}, b"")
            return STATUSES

        transport = ScriptedTransport(reply=reply)
        shop = make_shop(transport)
        error = await failing(shop.send_inventory([ITEM]))
        assert isinstance(error, Throttled)
        assert error.retry_after_s == 20.0
        assert shop.budget().write_left == pytest.approx(0.0)
        await shop.statuses()
        assert 20.0 <= transport.times[1] - transport.times[0] <= 21.0

    run_virtual(scenario())


def test_a_503_with_retry_after_is_left_in_peace() -> None:
    async def scenario() -> None:
        away = HttpResponse(503, {"retry-after": "120"}, b"")
        transport = ScriptedTransport(away, STATUSES)
        await make_shop(transport).statuses()
        assert 120.0 <= transport.times[1] - transport.times[0] <= 121.0

    run_virtual(scenario())
