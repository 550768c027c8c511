"""Orders a second over HTTP, Magazie against the floor, in alternating bursts."""

import sqlite3
import statistics
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec

from bench import floor
from bench.books import FIRST_PRODUCT, make_books
from bench.child import Child, Server
from bench.load import Burst, BurstResult
from bench.orders import LINES, PRODUCTS, reserved_by
from magazie.service import DATABASE

SETTLED_S: Final = 0.5
"""After the last answer, what is noted behind it (that the claims are set) is written too."""


class Side(msgspec.Struct):
    """One server in the comparison."""

    per_s: float
    quartiles_per_s: tuple[float, float]
    p50_ms: float
    p99_ms: float
    worst_lag_ms: float


class Intake(msgspec.Struct):
    """One number of orders in flight. ``ratio`` is the median over the pairs of bursts."""

    in_flight: int
    ratio: float
    ratio_quartiles: tuple[float, float]
    pairs: int
    ours: Side
    floor: Side


class Runner:
    """The servers, the load, and what each server has acknowledged."""

    def __init__(self, load: Child, servers: Mapping[str, Server]) -> None:
        self._load = load
        self.servers = servers
        self.results: dict[str, list[BurstResult]] = {name: [] for name in servers}

    def burst(self, name: str, in_flight: int, seconds: float) -> BurstResult:
        """Send to one server for a while."""
        results = self.results[name]
        first = results[-1].after if results else 0
        burst = Burst(self.servers[name].port, in_flight, seconds, first)
        result = msgspec.json.decode(self._load.ask(msgspec.json.encode(burst)), type=BurstResult)
        results.append(result)
        return result

    def acknowledged(self, name: str) -> int:
        """Orders that the server has said yes to."""
        results = self.results[name]
        return results[-1].after if results else 0

    def compare(self, in_flight: int, pairs: int, seconds: float) -> dict[str, list[BurstResult]]:
        """Give each server its turn, in changing order, so many times; after a short warm-up."""
        names = list(self.servers)
        for name in names:
            self.burst(name, in_flight, seconds / 3)
            self.servers[name].standing()
        found: dict[str, list[BurstResult]] = {name: [] for name in names}
        for pair in range(pairs):
            for name in names if pair % 2 else reversed(names):
                found[name].append(self.burst(name, in_flight, seconds))
        return found


def quartiles(values: list[float]) -> tuple[float, float]:
    """The first and the third."""
    if len(values) < 2:
        return values[0], values[0]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def ratios(ours: list[BurstResult], theirs: list[BurstResult]) -> list[float]:
    """Of each pair of bursts, how many times their rate ours was."""
    return [one.per_s / other.per_s for one, other in zip(ours, theirs, strict=True)]


def side(results: list[BurstResult], server: Server) -> Side:
    """What one server's bursts came to."""
    rates = [result.per_s for result in results]
    return Side(
        statistics.median(rates),
        quartiles(rates),
        statistics.median(result.p50_ms for result in results),
        statistics.median(result.p99_ms for result in results),
        server.standing().worst_lag_ms,
    )


def measure(
    folder: Path, *, in_flight: Mapping[int, int], seconds: float
) -> tuple[list[Intake], float]:
    """Compare at each number in flight, with its number of pairs.

    Answers the rows and the megabytes that Magazie held at the end.

    Raises:
        SystemExit: what a server stored is not what it acknowledged: the run is void.

    """
    places = {"ours": folder / "ours", "floor": folder / "floor"}
    for place in places.values():
        place.mkdir()
    settings = make_books(places["ours"], PRODUCTS)
    floor.make(places["floor"] / floor.DATABASE)
    rows = []
    with ExitStack() as stack:
        servers = {
            "ours": stack.enter_context(Server("bench.served", str(settings))),
            "floor": stack.enter_context(Server("bench.floor", str(places["floor"]))),
        }
        run = Runner(stack.enter_context(Child("bench.load")), servers)
        for clients, pairs in in_flight.items():
            found = run.compare(clients, pairs, seconds)
            rows.append(row(clients, found, servers))
            time.sleep(SETTLED_S)
            check_ours(places["ours"], run.acknowledged("ours"))
            check_floor(places["floor"], run.acknowledged("floor"))
        resident_mb = servers["ours"].standing().resident_mb
    return rows, resident_mb


def row(
    in_flight: int, found: Mapping[str, list[BurstResult]], servers: Mapping[str, Server]
) -> Intake:
    """One line of the table."""
    to_floor = ratios(found["ours"], found["floor"])
    return Intake(
        in_flight,
        statistics.median(to_floor),
        quartiles(to_floor),
        len(to_floor),
        side(found["ours"], servers["ours"]),
        side(found["floor"], servers["floor"]),
    )


def check_ours(folder: Path, acknowledged: int) -> None:
    """See that Magazie stored exactly what it acknowledged, and reserved exactly its goods."""
    connection = sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)
    (orders, owing) = connection.execute(
        "SELECT count(*), ifnull(sum(claims_set < claims_wanted), 0) FROM orders"
        " WHERE source = 'bench'"
    ).fetchone()
    (lines,) = connection.execute(
        "SELECT count(*) FROM order_lines AS l JOIN orders AS o ON o.id = l.order_id"
        " WHERE o.source = 'bench'"
    ).fetchone()
    reserved = dict(
        connection.execute(
            "SELECT c.product_id, sum(c.reserved_milli) FROM claims AS c"
            " JOIN orders AS o ON o.id = c.order_id WHERE o.source = 'bench'"
            " GROUP BY c.product_id"
        ).fetchall()
    )
    connection.close()
    sums = [reserved.get(FIRST_PRODUCT + product, 0) for product in range(PRODUCTS)]
    _same("magazie", (orders, owing, lines), (acknowledged, 0, acknowledged * LINES))
    _same("magazie's stock", sums, reserved_by(0, acknowledged))


def check_floor(folder: Path, acknowledged: int) -> None:
    """The same of the floor."""
    connection = sqlite3.connect(f"file:{folder / floor.DATABASE}?mode=ro", uri=True)
    (orders,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    (lines,) = connection.execute("SELECT count(*) FROM order_lines").fetchone()
    stock = connection.execute("SELECT reserved_milli FROM stock ORDER BY product").fetchall()
    connection.close()
    _same("floor", (orders, lines), (acknowledged, acknowledged * LINES))
    _same("the floor's stock", [reserved for (reserved,) in stock], reserved_by(0, acknowledged))


def _same(what: str, stored: object, expected: object) -> None:
    if stored != expected:
        raise SystemExit(f"void: {what} stored {stored}, acknowledged {expected}")
