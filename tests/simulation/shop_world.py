"""One shop, one storeroom, some days: what happens in them is drawn from a seed."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import SetPrice, SetSync
from magazie.actors.runtime import Rejection
from magazie.service import DATABASE, Service
from magazie.settings import parse_settings
from magazie.simulators.gomag import (
    DEMO_API_KEY,
    DEMO_SHOP_URL,
    FaultKind,
    GomagShop,
    MemoryTransport,
    build_shop,
)
from magazie.storage import jobs
from magazie.storage.books import check_books
from magazie.storage.executors import LoopExecutor
from magazie.storage.movements import MovementKind
from tests.simulation.simulated_outside import (
    ShopInMemory,
    Trace,
    VirtualClock,
    simulated_outside,
)

DAY_S = 24 * 3600.0
STARTS_MS = 1_791_000_000_000  # autumn: the clocks change within the first hundred days
SHOP = "magazin"

FAULT_RATES = {
    FaultKind.THROTTLE: 0.02,
    FaultKind.SERVER_ERROR: 0.02,
    FaultKind.SERVER_ERROR_AFTER: 0.02,
    FaultKind.HTML_PAGE: 0.02,
    FaultKind.HTML_PAGE_AFTER: 0.02,
    FaultKind.CUT_JSON: 0.02,
    FaultKind.LOST_BEFORE: 0.02,
    FaultKind.LOST_AFTER: 0.02,
    FaultKind.REFUSE: 0.02,
    FaultKind.HANG: 0.01,
    FaultKind.PHP_WARNING: 0.02,
    FaultKind.BOM: 0.02,
    FaultKind.IGNORED: 0.01,
    FaultKind.ITEM_REFUSED: 0.02,
    FaultKind.ITEM_MISSING: 0.02,
    FaultKind.ITEM_SKIPPED: 0.02,
    FaultKind.ENVELOPE_REFUSED: 0.01,
    FaultKind.LATE_LANDING: 0.01,
}
LATE_MS = 90_000

LIES = frozenset({FaultKind.IGNORED, FaultKind.LATE_LANDING})
"""Faults after which only a read-back can tell what the shop has."""


@dataclass
class Pace:
    """How much happens in a day."""

    products: int = 200
    orders_a_day: float = 20
    edits_a_day: float = 10
    storeroom_a_day: float = 10
    restarts_a_day: float = 5
    poll_seconds: int = 600
    flush_seconds: int = 60
    lies: bool = True
    """Whether the shop says yes and does nothing, and people change its stock by hand."""


@dataclass
class ShopWorld:
    """Drives the shop, the storeroom and the faults. ``seed`` decides everything."""

    seed: int
    folder: Path
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"world {self.seed}")
        self.clock = VirtualClock(STARTS_MS)
        self.trace = Trace()
        self.starts = 0
        self.movements = 0
        self.service: Service | None = None
        self.executor: LoopExecutor | None = None
        self.wire: ShopInMemory | None = None
        self.shop: GomagShop = None  # type: ignore[assignment]  # made once the loop runs

    # --- the process ------------------------------------------------------------------

    def settings(self) -> str:
        return f"""
[service]
data_dir = "{self.folder}"
[[warehouses]]
code = "principal"
name = "Depozit"
[[shops]]
name = "{SHOP}"
base_url = "https://api.example"
shop_url = "{DEMO_SHOP_URL}"
api_key = "{DEMO_API_KEY}"
stock_warehouse = "principal"
price_warehouse = "principal"
flush_seconds = {self.pace.flush_seconds}
poll_seconds = {self.pace.poll_seconds}
"""

    async def open(self) -> None:
        self.shop = build_shop(
            self.seed,
            self.pace.products,
            now_ms=self.clock.now_ms,
            orders=10,
            journal_limit=1000,
        )
        await self.start()

    async def start(self) -> Service:
        """Start the process, as after a crash."""
        self.starts += 1
        name = f"{self.seed}/{self.starts}"
        latency = random.Random(f"latency {name}")
        wire = MemoryTransport(self.shop, lambda: latency.randint(5, 200))
        self.wire = ShopInMemory(wire, self.trace)
        self.executor = LoopExecutor(random.Random(f"storage {name}"))
        executor, transport = self.executor, self.wire
        self.service = Service(
            parse_settings(self.settings()),
            simulated_outside(self.clock, name, lambda _: transport),
            executor_factory=lambda: executor,
            watch_lag=False,
            watch_catalogue=False,
        )
        await self.service.start()
        return self.service

    async def crash(self) -> None:
        """Die at once: the ports first, then the tasks, as a killed process does."""
        service, executor, wire = self.service, self.executor, self.wire
        assert service is not None
        assert executor is not None
        assert wire is not None
        executor.crash()
        wire.is_dead = True
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        service.release_folder()
        self.service = None
        faults = check_books(self.database).faults
        assert faults == (), f"after crash {self.starts}: {faults}"

    @property
    def house(self) -> Service:
        assert self.service is not None
        return self.service

    # --- what happens -----------------------------------------------------------------

    async def import_catalogue(self) -> None:
        sync = self.house.shops[SHOP]
        while not sync.is_complete:
            await asyncio.sleep(1)
        order = sync.import_arguments(rows=None, dry_run=False, opening_stock=True)
        job_id = await sync.start_import(order)
        while True:
            job = await self.house.storage.read(lambda c: jobs.find(c, job_id))
            assert job is not None
            if job.is_over:
                assert job.state == jobs.JobState.DONE, job.problems
                return
            await asyncio.sleep(1)

    async def live_days(self, days: int) -> None:
        """Let the days pass with orders, edits, work in the storeroom, faults and crashes."""
        self.shop.shoppers.set_rate(self.pace.orders_a_day / (24 * 60))
        for _ in range(days):
            self._draw_faults()
            for at_s, act in sorted(self._draw_day(), key=lambda item: item[0]):
                await self._until(at_s)
                await act()
            await self._until(DAY_S)

    async def settle(self, hours: float) -> None:
        """The shop mends, nobody orders: everything owed gets done."""
        self.shop.shoppers.set_rate(0)
        self.shop.clear_faults()
        self.shop.share_budget(reads_per_minute=0, writes_per_minute=0)
        if self.service is None:
            await self.start()
        await asyncio.sleep(hours * 3600)

    async def _until(self, second_of_day: float) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time() % DAY_S
        if second_of_day > now:
            await asyncio.sleep(second_of_day - now)

    def _draw_faults(self) -> None:
        """Each day another mixture; now and then a whole hour of maintenance."""
        self.shop.clear_faults()
        for kind, rate in FAULT_RATES.items():
            if self.chance.random() < 0.5 and (self.pace.lies or kind not in LIES):
                self.shop.set_rate(kind, rate, delay_ms=LATE_MS)
        if self.chance.random() < 0.3:
            from_ms = self.clock.now_ms() + self.chance.randrange(0, 20 * 3600 * 1000)
            self.shop.close_for_maintenance(from_ms, from_ms + 3600 * 1000)
        busy = self.chance.random() < 0.3
        self.shop.share_budget(
            reads_per_minute=20 if busy else 0, writes_per_minute=20 if busy else 0
        )

    def _draw_day(self) -> list[tuple[float, Callable[[], "asyncio.Future[None]"]]]:
        acts: list[tuple[float, Callable[[], object]]] = []
        for rate, act in (
            (self.pace.edits_a_day, self._edit_in_shop),
            (self.pace.storeroom_a_day, self._work_in_storeroom),
            (self.pace.restarts_a_day, self._restart),
        ):
            times = int(rate) + (self.chance.random() < rate % 1)
            acts += [(self.chance.uniform(0, DAY_S - 600), act) for _ in range(times)]
        return acts  # type: ignore[return-value]  # bound coroutine functions

    async def _restart(self) -> None:
        await self.crash()
        await asyncio.sleep(self.chance.uniform(0, 300))
        await self.start()

    async def _edit_in_shop(self) -> None:
        """An operator of the shop does something by hand."""
        orders = [order for order in self.shop.truth.orders()[-40:] if order.lines]
        act = self.chance.choice(("quantity", "cancel", "status", "reopen", "stock", "rename"))
        if act == "stock" and not self.pace.lies:
            return
        if act in {"stock", "rename"}:
            product = self.chance.choice(self.shop.truth.products())
            if act == "stock":
                self.shop.office.set_stock(product.sku, self.chance.randrange(0, 50) * 1000)
            elif self.chance.random() < 0.2:
                self.shop.office.rename_sku(product.sku, f"{product.sku}-{self.starts}")
            return
        if not orders:
            return
        order = self.chance.choice(orders)
        if act == "quantity":
            line = self.chance.randrange(len(order.lines))
            self.shop.office.set_quantity(order.id, line, self.chance.randrange(1, 5) * 1000)
        elif act == "cancel":
            self.shop.office.cancel_order(order.id)
        elif act == "status":
            self.shop.office.set_status(order.id, "Platita")
        else:
            self.shop.office.set_status(order.id, "Comanda noua")

    async def _work_in_storeroom(self) -> None:
        """Goods come, go and are repriced here."""
        products = await self.house.storage.read(
            lambda c: [row[0] for row in c.execute("SELECT id FROM products ORDER BY id")]
        )
        if not products:
            return
        product_id = self.chance.choice(products)
        act = self.chance.choice(("in", "in", "out", "price", "sync"))
        try:
            if act == "price":
                price = SetPrice(
                    warehouse="principal", price_e4=self.chance.randrange(1, 5000) * 1000
                )
                await self.house.directory.ask(ProductActor, product_id, price)
            elif act == "sync":
                switch = SetSync(shop=SHOP, stock=self.chance.random() < 0.7)
                await self.house.directory.ask(ProductActor, product_id, switch)
            else:
                await self._move(product_id, self.chance.randrange(1, 20) * 1000, into=act == "in")
        except Rejection:
            return  # not enough goods to take away

    async def _move(self, product_id: int, quantity_milli: int, *, into: bool) -> None:
        self.movements += 1
        kind = MovementKind.RECEPTION if into else MovementKind.ADJUSTMENT
        await self.house.directory.ask(
            MovementActor,
            ("simulation", str(self.movements)),
            CreateMovement(
                kind=kind,
                warehouse="principal",
                reference=f"document {self.movements}",
                lines=(NewLine(product_id, quantity_milli if into else -quantity_milli),),
                created_by="simulation",
            ),
        )

    # --- what must hold at the end ----------------------------------------------------

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    async def differences(self) -> list[str]:
        """Every linked item whose stock in the shop is not what is available here."""
        rows = await self.house.storage.read(
            lambda c: c.execute(
                "SELECT l.external_id, l.sku, max(0, b.on_hand_milli - (SELECT"
                " ifnull(sum(reserved_milli), 0) FROM claims WHERE product_id = l.product_id))"
                " FROM links AS l JOIN balances AS b ON b.product_id = l.product_id"
                " LEFT JOIN sync_switches AS s ON s.product_id = l.product_id"
                " WHERE l.state = 'linked' AND ifnull(s.stock, 1) = 1"
            ).fetchall()
        )
        shown = {str(product.id): product.stock_milli for product in self.shop.truth.products()}
        return [
            f"{sku}: {have} here, {shown.get(external_id)} in the shop"
            for external_id, sku, have in rows
            if shown.get(external_id) != have
        ]

    async def missing_orders(self) -> list[str]:
        """Orders of the shop that are not here exactly once."""
        held = await self.house.storage.read(
            lambda c: [row[0] for row in c.execute("SELECT external_id FROM orders")]
        )
        first = self.house.book.view.shops[SHOP].orders_from_ms
        placed = [str(order.id) for order in self.shop.truth.orders() if order.placed_ms >= first]
        return [order for order in placed if held.count(order) != 1]
