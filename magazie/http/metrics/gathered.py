"""Everything counted, at one moment, as values that another thread may read."""

import sqlite3

import msgspec

from magazie.actors.runtime import HistogramSnapshot, RuntimeSnapshot
from magazie.http.parts import Parts
from magazie.http.shop_states import ShopState
from magazie.model.romanian_time import local_date, local_day_bounds
from magazie.storage.metrics import StorageMetrics
from magazie.storage.reads.counts import Counts, count_books
from magazie.storage.reads.figures import DayTotals, day_totals
from magazie.storage.reads.images import ImageCounts, count_images


class RouteSnapshot(msgspec.Struct, frozen=True):
    """The requests of one route."""

    method: str
    path: str
    by_status: dict[int, int]
    seconds: HistogramSnapshot


class Gathered(msgspec.Struct, frozen=True):
    """What the metrics page shows."""

    now_ms: int
    runtime: RuntimeSnapshot
    storage: StorageMetrics
    books: Counts
    images: ImageCounts
    today: DayTotals
    shops: list[ShopState]
    routes: list[RouteSnapshot]
    in_flight: int
    shed: int
    webhooks_refused: int
    sockets: int
    sockets_dropped: int
    terminals: int
    scan_outcomes: dict[str, int]
    scan_seconds: HistogramSnapshot
    bad_messages: int
    lag_s: float
    worst_lag_s: float


async def gather(parts: Parts) -> Gathered:
    """Read every counter now; the worst lag begins anew."""
    today_ms, _ = local_day_bounds(local_date(parts.clock.now_ms()))

    def query(connection: sqlite3.Connection) -> tuple[Counts, ImageCounts, DayTotals]:
        today = day_totals(connection, today_ms)
        return count_books(connection), count_images(connection), today

    books, images, today = await parts.storage.read(query)
    shops = await parts.shop_states.all()
    traffic = parts.traffic
    return Gathered(
        now_ms=parts.clock.now_ms(),
        runtime=parts.runtime_metrics.snapshot(),
        storage=msgspec.convert(msgspec.to_builtins(parts.storage.metrics), StorageMetrics),
        books=books,
        images=images,
        today=today,
        shops=shops,
        routes=[
            RouteSnapshot(route.method, route.path, dict(route.by_status), route.seconds.snapshot())
            for route in traffic.routes
            if route.by_status
        ],
        in_flight=traffic.in_flight,
        shed=traffic.shed,
        webhooks_refused=traffic.webhooks_refused,
        sockets=traffic.sockets,
        sockets_dropped=traffic.sockets_dropped,
        terminals=traffic.scanning.terminals,
        scan_outcomes=dict(traffic.scanning.outcomes),
        scan_seconds=traffic.scanning.seconds.snapshot(),
        bad_messages=traffic.scanning.bad_messages,
        lag_s=parts.lag.last,
        worst_lag_s=parts.lag.take_worst(),
    )
