"""The metrics page, written from what was gathered."""

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from magazie.actors.runtime import HistogramSnapshot, MessageSnapshot
from magazie.http.metrics.families import Labels, counter, cumulative, gauge, histogram
from magazie.http.metrics.gathered import Gathered
from magazie.storage.metrics import Histogram

_NO_LABELS: Final[Labels] = {}

_ACTOR_COUNTERS: Final = {
    "activations": "Actors that were loaded",
    "failed_activations": "Actors that could not be loaded",
    "drops": "Activations dropped because a handler failed",
    "quarantines": "Actors left alone after repeated failures",
    "passivations": "Actors let go because they were idle",
    "evictions": "Actors let go to make room",
}
_MESSAGE_COUNTERS: Final = {
    "handled": "Messages whose handler ended",
    "rejections": "Messages the domain refused",
    "failures": "Messages whose handler failed",
    "timeouts": "Askers woken by their deadline",
    "expired": "Messages not begun because their deadline had passed",
    "rejected_full": "Messages a full mailbox turned away",
    "dead_letters": "Messages nobody handled",
    "long_turns": "Turns longer than 50 ms",
}
_STORAGE_COUNTERS: Final = {
    "commits": "Transactions committed",
    "units": "Units committed",
    "failures": "Units that failed by themselves",
    "lost": "Units lost with their transaction",
    "checkpoints": "Checkpoints of the write-ahead log",
    "reads": "Queries begun",
}
_STORAGE_GAUGES: Final = {
    "queue_depth": "Units that wait",
    "in_flight": "Units of the running batch",
    "wal_bytes": "Size of the write-ahead log",
    "reads_waiting": "Queries that wait for a reader",
}
_IMAGE_GAUGES: Final = {
    "fetched": "Addresses whose image is here",
    "failed": "Addresses of images that a product lacks and that failed",
    "waiting": "Addresses of images that were not tried yet",
}
_OUTBOX_GAUGES: Final = {
    "pending": "Values the shop is not known to have",
    "in_doubt": "Values sent and not yet answered for",
    "parked": "Values the shop refused, waiting for another try",
    "held": "Values held for a person",
    "suspect": "Values to be read back",
    "statuses_due": "Order statuses to be told",
}


def write_page(gathered: Gathered) -> bytes:
    """The page in Prometheus' text format. Takes some milliseconds: not for the event loop."""
    registry = CollectorRegistry()
    registry.register(_Page(gathered))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Page(Collector):
    """One scrape."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered

    def collect(self) -> Iterable[Metric]:
        """Every family."""
        gathered = self._gathered
        yield from _actors(gathered)
        yield from _storage(gathered)
        yield from _shops(gathered)
        yield from _http(gathered)
        yield from _books(gathered)
        yield from _images(gathered)
        yield from _picking(gathered)

    def describe(self) -> Iterable[Metric]:
        """Nothing: names are not checked before the scrape."""
        return ()


def _actors(gathered: Gathered) -> Iterator[Metric]:
    actors = gathered.runtime.actors
    live = (({"class": name}, each.live) for name, each in actors.items())
    yield gauge("actors_live", "Actors in memory", live)
    depth = (({"class": name}, each.depth_max) for name, each in actors.items())
    yield gauge("actor_mailbox_deepest", "Most messages that ever waited for one", depth)
    for field, text in _ACTOR_COUNTERS.items():
        values = (({"class": name}, getattr(each, field)) for name, each in actors.items())
        yield counter(f"actor_{field}", text, values)
    cells: list[tuple[Labels, MessageSnapshot]] = [
        ({"class": name, "message": message}, cell)
        for name, each in actors.items()
        for message, cell in each.messages.items()
    ]
    for field, text in _MESSAGE_COUNTERS.items():
        counts = ((labels, getattr(cell, field)) for labels, cell in cells)
        yield counter(f"actor_messages_{field}", text, counts)
    turns = ((labels, _durations(cell.turns)) for labels, cell in cells)
    yield histogram("actor_turn_seconds", "Handling a message or a folded batch", turns)
    waits = ((labels, _durations(cell.wait)) for labels, cell in cells)
    yield histogram("actor_wait_seconds", "Waiting in a mailbox", waits)


def _storage(gathered: Gathered) -> Iterator[Metric]:
    storage = gathered.storage
    for field, text in _STORAGE_COUNTERS.items():
        yield counter(f"storage_{field}", text, [(_NO_LABELS, getattr(storage, field))])
    for field, text in _STORAGE_GAUGES.items():
        yield gauge(f"storage_{field}", text, [(_NO_LABELS, getattr(storage, field))])
    for field, text, values in (
        ("units_per_commit", "Units in one transaction", storage.units_per_commit),
        ("run_seconds", "Running the units of a batch", storage.run_s),
        ("commit_seconds", "COMMIT, the wait for the disk included", storage.commit_s),
    ):
        yield histogram(f"storage_{field}", text, [(_NO_LABELS, _observations(values))])


def _shops(gathered: Gathered) -> Iterator[Metric]:
    shops, now_ms = gathered.shops, gathered.now_ms
    told = [({"shop": shop.name}, shop.outbox) for shop in shops if shop.outbox is not None]
    for field, text in _OUTBOX_GAUGES.items():
        values = ((labels, getattr(outbox, field)) for labels, outbox in told)
        yield gauge(f"outbox_{field}", text, values)
    ages = ((labels, _age_s(outbox.oldest_pending_ms, now_ms)) for labels, outbox in told)
    yield gauge("outbox_oldest_pending_seconds", "Age of the oldest pending value", ages)
    budgets = [({"shop": shop.name}, shop.budget) for shop in shops if shop.budget is not None]
    reads = ((labels, budget.read_left) for labels, budget in budgets)
    yield gauge("shop_budget_read_left", "Reads left of the shop's budget", reads)
    writes = ((labels, budget.write_left) for labels, budget in budgets)
    yield gauge("shop_budget_write_left", "Writes left of the shop's budget", writes)
    lags = (
        ({"shop": shop.name}, _age_s(shop.feed.complete_at_ms, now_ms))
        for shop in shops
        if shop.feed.complete_at_ms is not None
    )
    yield gauge("feed_complete_age_seconds", "Since the last whole read of orders began", lags)
    failing = (({"shop": shop.name}, _age_s(shop.failing_since_ms, now_ms)) for shop in shops)
    yield gauge(
        "feed_failing_seconds", "Since when orders cannot be read; 0 when they can", failing
    )


def _http(gathered: Gathered) -> Iterator[Metric]:
    routes = gathered.routes
    answers = (
        ({"method": route.method, "route": route.path, "status": str(status)}, count)
        for route in routes
        for status, count in route.by_status.items()
    )
    yield counter("http_requests", "Requests answered", answers)
    seconds = (
        ({"method": route.method, "route": route.path}, _durations(route.seconds))
        for route in routes
    )
    yield histogram("http_request_seconds", "Answering a request", seconds)
    yield gauge("http_in_flight", "Requests under way", [(_NO_LABELS, gathered.in_flight)])
    yield counter("http_shed", "Requests refused as too many", [(_NO_LABELS, gathered.shed)])
    refused = [(_NO_LABELS, gathered.webhooks_refused)]
    yield counter("webhooks_refused", "Hints without the right secret", refused)
    yield gauge("event_sockets", "Connections that hear the news", [(_NO_LABELS, gathered.sockets)])
    dropped = [(_NO_LABELS, gathered.sockets_dropped)]
    yield counter("event_sockets_dropped", "Connections that did not keep up", dropped)
    yield gauge("loop_lag_seconds", "Lag of the event loop", [(_NO_LABELS, gathered.lag_s)])
    worst = [(_NO_LABELS, gathered.worst_lag_s)]
    yield gauge("loop_lag_worst_seconds", "Worst lag since the last scrape", worst)


def _books(gathered: Gathered) -> Iterator[Metric]:
    books = gathered.books
    for field, value in (
        ("products", books.products),
        ("orders", books.orders),
        ("orders_open", books.orders_open),
        ("orders_owing", books.orders_owing),
        ("alerts_open", books.alerts_open),
        ("jobs_running", books.jobs_running),
    ):
        yield gauge(f"books_{field}", f"How many {field.replace('_', ' ')}", [(_NO_LABELS, value)])


def _images(gathered: Gathered) -> Iterator[Metric]:
    for field, text in _IMAGE_GAUGES.items():
        yield gauge(f"images_{field}", text, [(_NO_LABELS, getattr(gathered.images, field))])


def _picking(gathered: Gathered) -> Iterator[Metric]:
    terminals = [(_NO_LABELS, gathered.terminals)]
    yield gauge("picking_terminals", "Terminals that are connected", terminals)
    sessions = [(_NO_LABELS, gathered.books.picking_sessions)]
    yield gauge("picking_sessions", "Picking sessions that are open", sessions)
    tallies = [(_NO_LABELS, gathered.books.tallies_open)]
    yield gauge("tallies_open", "Receptions and counts that are open", tallies)
    posting = [(_NO_LABELS, gathered.books.tallies_posting)]
    yield gauge("tallies_posting", "Those whose movement is owed", posting)
    today = gathered.today
    pieces = [
        ({"work": "picked"}, today.picked_milli / 1000),
        ({"work": "received"}, today.received_milli / 1000),
        ({"work": "counted"}, today.counted_milli / 1000),
    ]
    yield gauge("terminal_pieces_today", "Pieces that passed terminals this Romanian day", pieces)
    outcomes = (({"outcome": key}, count) for key, count in gathered.scan_outcomes.items())
    yield counter("picking_operations", "Operations of terminals, answered", outcomes)
    seconds = [(_NO_LABELS, _durations(gathered.scan_seconds))]
    yield histogram("picking_operation_seconds", "From an operation to its answer", seconds)
    bad = [(_NO_LABELS, gathered.bad_messages)]
    yield counter("picking_bad_messages", "What terminals sent and was no message", bad)


def _durations(snapshot: HistogramSnapshot) -> tuple[list[tuple[float, int]], int, float]:
    return snapshot.buckets, snapshot.count, snapshot.seconds


def _observations(values: Histogram) -> tuple[list[tuple[float, int]], int, float]:
    return list(cumulative(values.bounds, values.counts)), sum(values.counts), values.total


def _age_s(since_ms: int | None, now_ms: int) -> float:
    return max(0, now_ms - since_ms) / 1000 if since_ms is not None else 0.0
