"""A whole service over simulated shops, on a virtual clock: what the tests of the rules act in.

A test is an async function that is given a ``Storeroom``; ``in_storeroom`` runs it on a loop of
its own. It begins at rest: every item linked, its stock opened as the shop has it, all of it
told and acknowledged.
"""

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from magazie.model.romanian_time import format_rfc3339
from magazie.service import DATABASE, Service
from magazie.settings import parse_settings
from magazie.simulators.gomag import DEMO_API_KEY, DEMO_SHOP_URL, Switches
from magazie.storage.executors import LoopExecutor
from magazie.sync.shop_sync import ShopSync
from tests.rules.room_books import MAIN, OTHER, SHOP, SIDE
from tests.rules.room_people import RoomPeople
from tests.rules.shop_side import ShopSide
from tests.simulation.simulated_outside import VirtualClock, simulated_outside
from tests.simulation.virtual_loop import run_virtually
from tests.storage.fresh_books import lay_fresh_books

__all__ = [
    "DAY",
    "HOUR",
    "MAIN",
    "MINUTE",
    "OTHER",
    "SHOP",
    "SIDE",
    "STARTS_MS",
    "Setting",
    "Storeroom",
    "in_storeroom",
    "live",
]

STARTS_MS = 1_789_462_800_000
"""2026-09-15 12:00 in Romania: far from midnight and from the nights the clock changes."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0
NEWS_S = 0.2
"""What was just done has reached the outboxes after this."""
ROUND_S = 3.0
"""A round of requests has ended after this, where the shop is well."""
QUIET = {"taken": ""}
"""For tests that are not about statuses: no order is told to be taken."""

Story = Callable[..., Awaitable[None]]


class RoomClock(VirtualClock):
    """Wall time that follows the loop's, and can be put forward."""

    def __init__(self, starts_ms: int) -> None:
        super().__init__(starts_ms)
        self._skipped_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self._skipped_ms

    def skip(self, seconds: float) -> None:
        """It is later at once: what waits for the loop's time waits on."""
        self._skipped_ms += round(seconds * 1000)


@dataclass
class Storeroom(RoomPeople):
    """What there is, what happens, what is so."""

    folder: Path
    sides: Mapping[str, ShopSide]
    clock: RoomClock
    orders_from_ms: int = 0
    poll_seconds: int = 60
    status_map: Mapping[str, str] = field(default_factory=dict)
    product_ids: dict[str, int] = field(default_factory=dict)
    starts: int = 0
    documents: int = 0
    watches_catalogue: bool = False
    _service: Service | None = None
    _executor: LoopExecutor | None = None

    # --- the process ------------------------------------------------------------------

    def _settings(self) -> str:
        statuses = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in self.status_map.items())
        shops = "".join(
            f"""
[[shops]]
name = "{name}"
base_url = "https://api.{name}.example"
shop_url = "{DEMO_SHOP_URL}"
api_key = "{DEMO_API_KEY}"
webhook_secret = "secretul {name}"
stock_warehouse = "{MAIN}"
price_warehouse = "{MAIN}"
orders_from = "{format_rfc3339(self.orders_from_ms)}"
poll_seconds = {self.poll_seconds}
status_map = {{ {statuses} }}
"""
            for name in self.sides
        )
        return f"""
[service]
data_dir = "{self.folder}"
[[warehouses]]
code = "{MAIN}"
name = "Depozit"
[[warehouses]]
code = "{SIDE}"
name = "Raft"
{shops}"""

    async def start(self) -> None:
        """Start the process; it is not said that it has read its shops yet."""
        self.starts += 1
        name = f"start {self.starts}"
        self._executor = executor = LoopExecutor(random.Random(name))
        self._service = Service(
            parse_settings(self._settings()),
            simulated_outside(self.clock, name, lambda shop: self.sides[shop].connect()),
            executor_factory=lambda: executor,
            watch_lag=False,
            watch_catalogue=self.watches_catalogue,
        )
        await self._service.start()

    async def crash(self) -> None:
        """Die at once, as a killed process does: the ports first, then the tasks."""
        service, executor = self.service, self._executor
        assert executor is not None
        executor.crash()
        for side in self.sides.values():
            assert side.wire is not None
            side.wire.is_dead = True
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        service.release_folder()
        self._service = None
        self.prove_books()

    async def crash_and_restart(self) -> None:
        """As after a power cut; returns once the orders of every shop are read whole."""
        await self.crash()
        await self.start()
        await self.until(lambda: all(sync.is_complete for sync in self.syncs.values()))

    async def stop(self) -> None:
        """End in order; the books must then be right, and no shop was asked to count."""
        if self._service is not None:
            await self._service.stop()
        self.prove_books()
        for side in self.sides.values():
            assert side.engine.journal.increments() == 0

    @property
    def service(self) -> Service:
        assert self._service is not None, "the service is not running"
        return self._service

    @property
    def syncs(self) -> dict[str, ShopSync]:
        return self.service.shops

    @property
    def shop(self) -> ShopSide:
        """The first shop, or the only one."""
        return self.sides[SHOP]

    # --- time ------------------------------------------------------------------------

    async def pass_time(self, seconds: float) -> None:
        """Nothing happens from outside for so long."""
        await asyncio.sleep(seconds)

    async def until(self, is_so: Callable[[], bool], within_s: float = 10 * MINUTE) -> None:
        """Wait for something that must come."""
        async with asyncio.timeout(within_s):
            while not is_so():
                await asyncio.sleep(0.1)

    async def read(self, shop: str = SHOP) -> None:
        """Read the shop's newest orders and changes now."""
        await self.syncs[shop].reader.read_recent()

    async def flush(self, shop: str | None = None, wait_s: float = ROUND_S) -> None:
        """Send what is pending now, and let the round end."""
        await asyncio.sleep(NEWS_S)
        for name, sync in self.syncs.items():
            if shop in {None, name}:
                sync.flush()
        await asyncio.sleep(wait_s)


@dataclass(frozen=True)
class Setting:
    """What a test finds. Each shop sells ``goods``: SKU → pieces.

    Attributes:
        linked: whether everything is taken up, opened and told.
        orders_from_ms: from when on orders are taken; the day before the start unless given.
        tells_taken: whether shops are told that an order is taken; most tests do without.
        watches_catalogue: whether catalogues are read by themselves.
        before_start: done before the service sees the shops first.

    """

    goods: Mapping[str, float] = field(default_factory=lambda: {"P1": 10.0})
    shops: Sequence[str] = (SHOP,)
    linked: bool = True
    starts_ms: int = STARTS_MS
    poll_seconds: int = 60
    tells_taken: bool = False
    orders_from_ms: int | None = None
    switches: Switches | None = None
    watches_catalogue: bool = False
    before_start: Callable[[Storeroom], None] = lambda _room: None

    def furnished(self, folder: Path) -> Storeroom:
        """A storeroom whose service is not started."""
        clock = RoomClock(self.starts_ms)
        sides = {
            name: ShopSide.stocked(name, self.goods, clock.now_ms, self.switches)
            for name in self.shops
        }
        first_ms = self.orders_from_ms
        if first_ms is None:
            first_ms = self.starts_ms - round(DAY) * 1000
        quiet = {} if self.tells_taken else QUIET
        return Storeroom(
            folder,
            sides,
            clock,
            first_ms,
            self.poll_seconds,
            quiet,
            watches_catalogue=self.watches_catalogue,
        )


def live(folder: Path, story: Story, setting: Setting, **arguments: Any) -> None:
    """Run a story in a storeroom on a loop of its own; the books are proved at its end."""

    async def whole() -> None:
        setting.before_start(room)
        await room.start()
        await room.until(lambda: all(sync.is_complete for sync in room.syncs.values()))
        if setting.linked:
            await room.link_all(setting.goods)
            await room.flush(wait_s=15)
        for side in room.sides.values():
            side.forget_requests()
        await story(room, **arguments)
        await room.stop()

    lay_fresh_books(folder / DATABASE)
    room = setting.furnished(folder)
    try:
        run_virtually(whole())
    finally:
        room.stop_peeking()


def in_storeroom(
    goods: Mapping[str, float], **options: Any
) -> Callable[[Story], Callable[..., None]]:
    """Make a test of a story; the options are those of ``Setting``."""
    setting = Setting(goods, **options)

    def decorate(story: Story) -> Callable[..., None]:
        def test(tmp_path: Path, **arguments: Any) -> None:
            live(tmp_path, story, setting, **arguments)

        own = list(inspect.signature(story).parameters.values())[1:]
        folder = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        test.__signature__ = inspect.Signature([folder, *own])  # type: ignore[attr-defined]  # what pytest reads
        test.__name__ = story.__name__
        test.__qualname__ = story.__qualname__
        test.__module__ = story.__module__
        return test

    return decorate
