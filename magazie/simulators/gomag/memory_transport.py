import asyncio
from collections.abc import Awaitable, Callable

from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.exchange import FateKind, SimRequest, SimResponse

_MS = 1_000


class MemoryTransport:
    """Carries requests to a shop in the same process, and fails as a network does.

    Time passes only in ``asyncio.sleep``, so it works on a virtual-time loop.

    Args:
        shop: who answers.
        latency_ms: drawn once for the way there and once for the way back.
    """

    def __init__(self, shop: GomagShop, latency_ms: Callable[[], int] = lambda: 0) -> None:
        self.shop = shop
        self.online = True
        """False: every connection is refused."""
        self._latency_ms = latency_ms

    async def call(self, request: SimRequest, timeout_ms: int = 30_000) -> SimResponse:
        """Send a request and wait for its answer.

        Raises:
            ConnectionRefusedError: never sent.
            ConnectionResetError: sent, and the connection broke; it may have been applied.
            TimeoutError: sent, and no answer in time; it may have been applied, or may yet be.
        """
        if not self.online:
            raise ConnectionRefusedError("the shop is offline")
        async with asyncio.timeout(timeout_ms / _MS):
            return await self._exchange(request)

    async def _exchange(self, request: SimRequest) -> SimResponse:
        await asyncio.sleep(self._latency_ms() / _MS)
        response = self.shop.handle(request)
        fate = response.fate
        if fate.kind is FateKind.REFUSE:
            raise ConnectionRefusedError("nobody listens")
        if fate.kind is FateKind.HANG:
            await _forever()
        await asyncio.sleep((fate.delay_ms + self._latency_ms()) / _MS)
        if fate.kind in {FateKind.DROP_BEFORE, FateKind.DROP_AFTER}:
            raise ConnectionResetError("connection reset by peer")
        return response


def _forever() -> Awaitable[None]:
    """Return what never ends; the caller's deadline cancels it."""
    return asyncio.get_running_loop().create_future()
