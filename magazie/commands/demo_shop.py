"""The demonstration's shop, which outlives the process that simulates it."""

import asyncio
import pickle
from pathlib import Path
from typing import Final

import msgspec

from magazie.commands.failure import CommandError
from magazie.outside import SystemClock
from magazie.simulators.gomag.catalogue import Catalogue
from magazie.simulators.gomag.engine import GomagShop
from magazie.simulators.gomag.order_records import Customer, Order
from magazie.simulators.gomag.planted import KnownGoods, Planted
from magazie.simulators.gomag.server import RunningSimulator, start_gomag_simulator
from magazie.simulators.gomag.webhooks import WebhookSettings

FILE_NAME: Final = "demo-shop.pickle"
"""In the data folder; also says that the folder is a demonstration's."""

_SAVE_EVERY_S: Final = 2.0
_SAVES_COST_AT_MOST: Final = 0.02
"""Share of the time that may go into saving, where the shop has grown large."""
_IDS_SKIPPED: Final = 1_000


class _Kept(msgspec.Struct):
    """What is kept of a shop: its goods, its orders, its customers, its traps."""

    catalogue: Catalogue
    orders: list[Order]
    customers: dict[int, Customer]
    planted: Planted


class DemoShop:
    """A simulated shop with a file of its own."""

    def __init__(self, simulator: RunningSimulator, file: Path) -> None:
        """For ``open``."""
        self._simulator = simulator
        self._file = file
        self._saved = 0
        self._saving: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, folder: Path, *, products: int, webhook: str, secret: str) -> "DemoShop":
        """Simulate the shop of this folder on a free port; a new one where none is kept.

        Args:
            folder: the data folder.
            products: of a new shop.
            webhook: is called when orders change.
            secret: signs those calls.

        Raises:
            CommandError: what is kept cannot be read by this version.

        """
        file = folder / FILE_NAME
        kept = await asyncio.to_thread(_read, file)
        simulator = await start_gomag_simulator(
            now_ms=SystemClock().now_ms,
            products=products if kept is None else 1,
            orders=60 if kept is None else 0,
            planted=True,
            webhook=webhook,
        )
        engine = simulator.engine
        engine.webhooks.configure(WebhookSettings(enabled=True, secret=secret))
        if kept is not None:
            _put_back(engine, kept)
        shop = cls(simulator, file)
        shop._save()
        shop._saving = asyncio.create_task(shop._keep_saving())
        return shop

    @property
    def url(self) -> str:
        """Where it is simulated."""
        return self._simulator.url

    @property
    def known_goods(self) -> tuple[KnownGoods, ...]:
        """What the company sold before it had the shop."""
        return self._simulator.engine.truth.planted().known

    def open_doors(self, orders_per_minute: float) -> None:
        """Have orders come by themselves from now on."""
        self._simulator.engine.shoppers.set_rate(orders_per_minute)

    async def close(self) -> None:
        """Keep the shop as it is now, and end it."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._simulator.stop()
        self._save()

    async def _keep_saving(self) -> None:
        """A process that is killed takes no more than the last seconds of its shop with it."""
        loop = asyncio.get_running_loop()
        pause_s = _SAVE_EVERY_S
        while True:
            await asyncio.sleep(pause_s)
            if self._changes() != self._saved:
                began_s = loop.time()
                self._save()
                pause_s = max(_SAVE_EVERY_S, (loop.time() - began_s) / _SAVES_COST_AT_MOST)

    def _changes(self) -> int:
        """Grows with every order placed and every request that writes."""
        engine = self._simulator.engine
        writes = [e.number for e in engine.journal.entries if e.method != "GET"]
        return engine.webhooks.made + len(engine.state.orders.by_id) + max(writes, default=0)

    def _save(self) -> None:
        state = self._simulator.engine.state
        self._saved = self._changes()
        orders = list(state.orders.by_id.values())
        kept = _Kept(state.catalogue, orders, state.customers, state.planted)
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(pickle.dumps(kept))
        fresh.replace(self._file)


def _read(file: Path) -> _Kept | None:
    try:
        kept = pickle.loads(file.read_bytes())  # noqa: S301 - written by this program, in its folder
    except FileNotFoundError:
        return None
    except Exception as error:
        raise CommandError(
            f"The demonstration's shop in {file} was kept by another version and cannot be read. "
            f"Remove the folder {file.parent}, or name another with --data."
        ) from error
    if not isinstance(kept, _Kept):
        raise CommandError(f"{file} holds no shop of a demonstration. Name another folder.")
    return kept


def _put_back(engine: GomagShop, kept: _Kept) -> None:
    state = engine.state
    state.catalogue = kept.catalogue
    state.customers = kept.customers
    state.planted = kept.planted
    for order in kept.orders:
        state.orders.add(order)
    # an id that a killed process gave out after the last save must not come again
    last = max((order.id for order in kept.orders), default=0)
    while state.orders.next_id() < last + _IDS_SKIPPED:
        pass
