import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from magazie.simulators.gomag.server import start_gomag_simulator


def run(
    *,
    port: int,
    now_ms: Callable[[], int],
    products: int = 500,
    seed: int = 1,
    orders_per_minute: float = 0.0,
    webhook: str | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve a simulated shop until SIGINT or SIGTERM: ``magazie simulate gomag``.

    Args:
        port: on 127.0.0.1; 0 = any free one.
        now_ms: UTC epoch milliseconds.
        products: sellable products.
        seed: of all chance in the shop.
        orders_per_minute: how often orders come by themselves.
        webhook: a URL to call when orders change (not a Gomag contract).
        announce: gets the line ``ready http://127.0.0.1:PORT``; standard output by default.

    Raises:
        OSError: the port is taken.
    """

    async def serve() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
                loop.add_signal_handler(name, stopped.set)
        running = await start_gomag_simulator(
            port,
            now_ms=now_ms,
            products=products,
            seed=seed,
            orders_per_minute=orders_per_minute,
            webhook=webhook,
        )
        try:
            (announce or _print_line)(f"ready {running.url}")
            await stopped.wait()
        finally:
            await running.stop()

    asyncio.run(serve())


def _print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
