import asyncio
import selectors
from collections.abc import Awaitable, Callable

import pytest

from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    FaultKind,
    GomagShop,
    MemoryTransport,
    SimRequest,
    build_shop,
)

EPOCH_MS = 1_772_438_400_000
HEADERS = (("Apikey", DEMO_API_KEY), ("ApiShop", DEMO_SHOP_URL), ("User-Agent", "magazie/1"))


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        loop = self

        class Jumping(selectors.DefaultSelector):
            def select(
                self, timeout: float | None = None
            ) -> list[tuple[selectors.SelectorKey, int]]:
                loop.now_s += timeout or 0.0
                return super().select(0)

        super().__init__(Jumping())

    def time(self) -> float:
        return self.now_s


def run(
    test: Callable[[MemoryTransport, VirtualLoop], Awaitable[None]], latency_ms: int = 0
) -> None:
    async def body(loop: VirtualLoop) -> None:
        shop = build_shop(2, 20, now_ms=lambda: EPOCH_MS + round(loop.time() * 1_000), orders=0)
        await test(MemoryTransport(shop, lambda: latency_ms), loop)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        runner.run(body(loop))


def write(shop: GomagShop, stock: int = 7) -> SimRequest:
    sku = next(iter(shop.truth.stock()))
    form = {"data": f'{{"products":[{{"sku":"{sku}","stock":{stock}}}]}}'}
    return SimRequest("POST", "/api/v1/product/inventory/json", headers=HEADERS, form=form)


def stock(shop: GomagShop) -> int:
    return next(iter(shop.truth.stock().values()))


def test_an_answer_takes_latency_and_delay() -> None:
    async def test(wire: MemoryTransport, loop: VirtualLoop) -> None:
        wire.shop.inject(FaultKind.SLOW, delay_ms=10_000)
        response = await wire.call(write(wire.shop))
        assert response.status == 200
        assert loop.time() == pytest.approx(10.1)
        assert wire.shop.journal.entries[0].at_ms == EPOCH_MS + 50

    run(test, latency_ms=50)


def test_a_refused_connection_never_reaches_the_shop() -> None:
    async def test(wire: MemoryTransport, _loop: VirtualLoop) -> None:
        wire.online = False
        with pytest.raises(ConnectionRefusedError):
            await wire.call(write(wire.shop))
        assert wire.shop.journal.entries == []
        wire.online = True
        wire.shop.inject(FaultKind.REFUSE)
        with pytest.raises(ConnectionRefusedError):
            await wire.call(write(wire.shop))
        assert stock(wire.shop) != 7_000

    run(test)


@pytest.mark.parametrize(
    ("kind", "applied"), [(FaultKind.LOST_BEFORE, False), (FaultKind.LOST_AFTER, True)]
)
def test_a_reset_looks_the_same_whether_applied_or_not(kind: FaultKind, *, applied: bool) -> None:
    async def test(wire: MemoryTransport, _loop: VirtualLoop) -> None:
        wire.shop.inject(kind)
        with pytest.raises(ConnectionResetError):
            await wire.call(write(wire.shop))
        assert (stock(wire.shop) == 7_000) == applied

    run(test)


def test_a_hanging_call_ends_at_the_callers_deadline() -> None:
    async def test(wire: MemoryTransport, loop: VirtualLoop) -> None:
        wire.shop.inject(FaultKind.HANG)
        with pytest.raises(TimeoutError):
            await wire.call(write(wire.shop), timeout_ms=5_000)
        assert loop.time() == pytest.approx(5.0)
        assert stock(wire.shop) != 7_000

    run(test)


def test_a_slow_answer_may_come_after_the_deadline_and_was_applied() -> None:
    async def test(wire: MemoryTransport, _loop: VirtualLoop) -> None:
        wire.shop.inject(FaultKind.SLOW, delay_ms=40_000)
        with pytest.raises(TimeoutError):
            await wire.call(write(wire.shop))
        assert stock(wire.shop) == 7_000

    run(test)


def test_a_timed_out_write_lands_later() -> None:
    async def test(wire: MemoryTransport, loop: VirtualLoop) -> None:
        wire.shop.inject(FaultKind.LATE_LANDING, delay_ms=45_000)
        with pytest.raises(TimeoutError):
            await wire.call(write(wire.shop, 3))
        await wire.call(write(wire.shop, 9))
        assert stock(wire.shop) == 9_000
        await asyncio.sleep(20)
        assert loop.time() == pytest.approx(50)
        assert stock(wire.shop) == 3_000

    run(test)


def test_shoppers_come_while_virtual_time_passes() -> None:
    async def test(wire: MemoryTransport, loop: VirtualLoop) -> None:
        wire.shop.shoppers.set_rate(6)
        while loop.time() < 600:
            due_ms = wire.shop.next_due_ms()
            assert due_ms is not None
            await asyncio.sleep(max(0.0, (due_ms - EPOCH_MS) / 1_000 - loop.time()))
            wire.shop.tick()
        assert 30 < len(wire.shop.truth.orders()) < 90

    run(test)
