"""How the service is doing, as JSON for operators and the status page."""

import sqlite3

import msgspec

from magazie.actors.runtime import ClassMetrics
from magazie.actors.settings_book import Role
from magazie.http.api.outbox import OutboxSummary, show_summary
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import MomentText, QuantityText, moment_text, quantity_text
from magazie.http.parts import Parts
from magazie.http.shop_states import ShopState
from magazie.model.decimals import Milli
from magazie.setting_rules import ShopKind
from magazie.storage.metrics import StorageMetrics
from magazie.storage.reads.counts import Counts, count_books

_MS = 1_000_000


class ActorsShown(msgspec.Struct, frozen=True):
    """The actors of one class. Means are in milliseconds."""

    live: int
    activations: int
    failed_activations: int
    drops: int
    quarantines: int
    passivations: int
    evictions: int
    handled: int
    rejections: int
    failures: int
    timeouts: int
    expired: int
    rejected_full: int
    dead_letters: int
    deepest_mailbox: int
    mean_turn_ms: float
    mean_wait_ms: float


class StorageShown(msgspec.Struct, frozen=True):
    """The database since the start, and its load now."""

    commits: int
    units: int
    failures: int
    lost: int
    queue_depth: int
    in_flight: int
    wal_bytes: int
    checkpoints: int
    reads: int
    reads_waiting: int
    mean_units_per_commit: float
    mean_commit_ms: float


class BooksShown(msgspec.Struct, frozen=True):
    """How much the books hold; quantities over all warehouses and units."""

    products: int
    orders: int
    orders_open: int
    orders_owing: int
    on_hand: QuantityText
    reserved: QuantityText
    alerts_open: int
    jobs_running: int


class BudgetShown(msgspec.Struct, frozen=True):
    """What is left of a shop's request budget."""

    read_left: float
    write_left: float


class FeedShown(msgspec.Struct, frozen=True):
    """The reading of a shop's orders."""

    is_complete: bool
    failing_since: MomentText | None
    reads: int
    last_complete_at: MomentText | None
    last_hint_at: MomentText | None


class ShopOperations(msgspec.Struct, frozen=True):
    """One shop. What is null is not known: the shop is not served, or did not answer in time."""

    name: str
    kind: ShopKind
    is_served: bool
    budget: BudgetShown | None
    orders: FeedShown | None
    outbox: OutboxSummary | None


class HttpShown(msgspec.Struct, frozen=True):
    """Requests since the start."""

    in_flight: int
    answered: int
    failed: int
    shed: int
    sockets: int
    webhooks_refused: int


class Operations(msgspec.Struct, frozen=True):
    """How the service is doing."""

    version: str
    now: MomentText
    loop_lag_ms: float
    books: BooksShown
    actors: dict[str, ActorsShown]
    storage: StorageShown
    http: HttpShown
    shops: list[ShopOperations]


@endpoint(
    "GET",
    "/api/v1/operations",
    role=Role.PICKER,
    tag="operations",
    summary="See how the service is doing",
    answers={200: Operations},
)
async def read_operations(call: Call[NoBody, NoQuery]) -> Outcome:
    """Actors by class, storage, budgets and shops."""
    parts = call.parts

    def query(connection: sqlite3.Connection) -> Counts:
        return count_books(connection)

    books = await parts.storage.read(query)
    shops = await parts.shop_states.all()
    return Answer(
        Operations(
            version=parts.version,
            now=moment_text(parts.clock.now_ms()),
            loop_lag_ms=round(parts.lag.last * 1000, 3),
            books=_books(books),
            actors={each.actor_class.__name__: _actors(each) for each in parts.runtime_metrics},
            storage=_storage(parts.storage.metrics),
            http=_http(parts),
            shops=[_shop(state) for state in shops],
        )
    )


def _actors(metrics: ClassMetrics) -> ActorsShown:
    cells = list(metrics.messages.values())
    handled = sum(cell.handled for cell in cells)
    turns = sum(sum(cell.turns.counts) for cell in cells)
    return ActorsShown(
        live=metrics.live,
        activations=metrics.activations,
        failed_activations=metrics.failed_activations,
        drops=metrics.drops,
        quarantines=metrics.quarantines,
        passivations=metrics.passivations,
        evictions=metrics.evictions,
        handled=handled,
        rejections=sum(cell.rejections for cell in cells),
        failures=sum(cell.failures for cell in cells),
        timeouts=sum(cell.timeouts for cell in cells),
        expired=sum(cell.expired for cell in cells),
        rejected_full=sum(cell.rejected_full for cell in cells),
        dead_letters=sum(cell.dead_letters for cell in cells),
        deepest_mailbox=metrics.depth_max,
        mean_turn_ms=_mean(sum(cell.turns.total_ns for cell in cells) / _MS, turns),
        mean_wait_ms=_mean(sum(cell.wait.total_ns for cell in cells) / _MS, handled),
    )


def _storage(metrics: StorageMetrics) -> StorageShown:
    return StorageShown(
        commits=metrics.commits,
        units=metrics.units,
        failures=metrics.failures,
        lost=metrics.lost,
        queue_depth=metrics.queue_depth,
        in_flight=metrics.in_flight,
        wal_bytes=metrics.wal_bytes,
        checkpoints=metrics.checkpoints,
        reads=metrics.reads,
        reads_waiting=metrics.reads_waiting,
        mean_units_per_commit=_mean(metrics.units_per_commit.total, metrics.commits),
        mean_commit_ms=_mean(metrics.commit_s.total * 1000, metrics.commits),
    )


def _books(counts: Counts) -> BooksShown:
    return BooksShown(
        products=counts.products,
        orders=counts.orders,
        orders_open=counts.orders_open,
        orders_owing=counts.orders_owing,
        on_hand=quantity_text(Milli(counts.on_hand_milli)),
        reserved=quantity_text(Milli(counts.reserved_milli)),
        alerts_open=counts.alerts_open,
        jobs_running=counts.jobs_running,
    )


def _http(parts: Parts) -> HttpShown:
    traffic = parts.traffic
    by_status = [item for route in traffic.routes for item in route.by_status.items()]
    return HttpShown(
        in_flight=traffic.in_flight,
        answered=sum(count for _, count in by_status),
        failed=sum(count for status, count in by_status if status >= 500),  # noqa: PLR2004
        shed=traffic.shed,
        sockets=traffic.sockets,
        webhooks_refused=traffic.webhooks_refused,
    )


def _shop(state: ShopState) -> ShopOperations:
    budget, feed = state.budget, state.feed
    return ShopOperations(
        name=state.name,
        kind=ShopKind(state.kind),
        is_served=state.is_served,
        budget=BudgetShown(round(budget.read_left, 2), round(budget.write_left, 2))
        if budget is not None
        else None,
        orders=FeedShown(
            state.is_complete,
            _moment(state.failing_since_ms),
            feed.read_no,
            _moment(feed.complete_at_ms),
            _moment(feed.last_hint_ms),
        ),
        outbox=show_summary(state.outbox) if state.outbox is not None else None,
    )


def _moment(ms: int | None) -> str | None:
    return moment_text(ms) if ms is not None else None


def _mean(total: float, count: int) -> float:
    return round(total / count, 3) if count else 0.0


ENDPOINTS = (read_operations,)
