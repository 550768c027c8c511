"""The storage writer against a bare group commit in a thread, on the same work.

A unit is one order: its row, five lines, five balances. Both sides write files of their own
with ``synchronous=FULL``, take turns in short rounds of one run, and are counted afterwards:
a side whose stored orders do not match what it acknowledged ends the run.
"""

import argparse
import asyncio
import itertools
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import uvloop

from magazie.storage import Migration, Storage, Unit

_PRODUCTS = 50
_LINES = 5
_SCHEMA = """
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, customer TEXT NOT NULL,
    total_bani INTEGER NOT NULL
) STRICT;
CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders (id), line INTEGER NOT NULL,
    product INTEGER NOT NULL, quantity_milli INTEGER NOT NULL, price_e4 INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE balances (
    product INTEGER PRIMARY KEY, reserved_milli INTEGER NOT NULL
) STRICT;
"""
_CUSTOMER = '{"name":"Ion Popescu","phone":"0700000000","city":"Cluj-Napoca","county":"Cluj"}'


class Row(msgspec.Struct, frozen=True):
    """Units a second and the slow end of their waits, at one number of units in flight."""

    in_flight: int
    writer_per_s: float
    bare_per_s: float
    ratio: float
    """Median over the pairs of rounds of writer / bare."""
    writer_p50_ms: float
    writer_p99_ms: float
    bare_p50_ms: float
    bare_p99_ms: float
    writer_units_per_commit: float


class Side(Protocol):
    """Something that commits units in groups."""

    async def write(self, unit: Unit[int]) -> int: ...


class BareGroupCommit:
    """The least that group commit takes: a thread, a list, BEGIN, the units, COMMIT.

    No savepoints, no failures, no checkpoints of its own.
    """

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._path = path
        self._ready = threading.Condition()
        self._waiting: list[tuple[Unit[int], asyncio.Future[int]]] = []
        self._open = True
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    async def write(self, unit: Unit[int]) -> int:
        waiter: asyncio.Future[int] = self._loop.create_future()
        with self._ready:
            self._waiting.append((unit, waiter))
            self._ready.notify()
        return await waiter

    def close(self) -> None:
        with self._ready:
            self._open = False
            self._ready.notify()
        self._thread.join()

    def _serve(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None, cached_statements=1024)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.executescript(_SCHEMA)
        while True:
            with self._ready:
                while not self._waiting and self._open:
                    self._ready.wait()
                if not self._waiting:
                    break
                batch, self._waiting = self._waiting, []
            connection.execute("BEGIN IMMEDIATE")
            results = [unit(connection) for unit, _ in batch]
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_answer, batch, results)
        connection.close()


def _answer(batch: list[tuple[Unit[int], "asyncio.Future[int]"]], results: list[int]) -> None:
    for (_, waiter), result in zip(batch, results, strict=True):
        waiter.set_result(result)


def order_unit(number: int) -> Unit[int]:
    """The work of one order, prepared where it is decided."""
    lines = [(number, line, (number + line) % _PRODUCTS, 2000, 499_000) for line in range(_LINES)]
    balances = [((number + line) % _PRODUCTS, 2000) for line in range(_LINES)]

    def unit(connection: sqlite3.Connection) -> int:
        connection.execute(
            "INSERT INTO orders (id, number, customer, total_bani) VALUES (?, ?, ?, ?)",
            (number, f"N{number}", _CUSTOMER, 49_900),
        )
        connection.executemany("INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)", lines)
        connection.executemany(
            "INSERT INTO balances VALUES (?, ?) ON CONFLICT (product)"
            " DO UPDATE SET reserved_milli = reserved_milli + excluded.reserved_milli",
            balances,
        )
        return number

    return unit


async def _round(
    write: Callable[[Unit[int]], Awaitable[int]],
    numbers: "itertools.count[int]",
    in_flight: int,
    seconds: float,
) -> tuple[float, list[float]]:
    """Keep so many units in flight for a while. Gives units a second, and every wait."""
    waits: list[float] = []
    started = time.perf_counter()
    end = started + seconds

    async def client() -> None:
        now = time.perf_counter()
        while now < end:
            await write(order_unit(next(numbers)))
            then, now = now, time.perf_counter()
            waits.append(now - then)

    await asyncio.gather(*(client() for _ in range(in_flight)))
    return len(waits) / (time.perf_counter() - started), waits


async def measure(
    folder: Path,
    *,
    in_flight: Sequence[int] = (1, 16, 64, 256),
    pairs: int = 7,
    seconds: float = 0.5,
) -> list[Row]:
    """Measure both sides in turns, at each number of units in flight."""
    paths = {"writer": folder / "writer.db", "bare": folder / "bare.db"}
    numbers = {"writer": itertools.count(1), "bare": itertools.count(1)}
    acknowledged = {"writer": 0, "bare": 0}
    storage = await Storage.open(paths["writer"], migrations=[Migration(1, "bench", _SCHEMA)])
    bare = BareGroupCommit(paths["bare"])
    rows = []
    try:
        sides: dict[str, Side] = {"writer": storage, "bare": bare}
        for clients in in_flight:
            rates: dict[str, list[float]] = {"writer": [], "bare": []}
            waits: dict[str, list[float]] = {"writer": [], "bare": []}
            units, commits = storage.metrics.units, storage.metrics.commits
            for pair in range(pairs):
                for name in ("writer", "bare") if pair % 2 else ("bare", "writer"):
                    rate, waited = await _round(sides[name].write, numbers[name], clients, seconds)
                    rates[name].append(rate)
                    waits[name] += waited
                    acknowledged[name] += len(waited)
            units, commits = storage.metrics.units - units, storage.metrics.commits - commits
            rows.append(_row(clients, rates, waits, units / commits))
    finally:
        bare.close()
        await storage.close()
    for name, path in paths.items():
        _check(path, acknowledged[name])
    return rows


def _row(
    clients: int,
    rates: dict[str, list[float]],
    waits: dict[str, list[float]],
    units_per_commit: float,
) -> Row:
    percentiles = {
        name: statistics.quantiles((wait * 1000 for wait in waits[name]), n=100) for name in waits
    }
    return Row(
        in_flight=clients,
        writer_per_s=statistics.median(rates["writer"]),
        bare_per_s=statistics.median(rates["bare"]),
        ratio=statistics.median(
            ours / bare for ours, bare in zip(rates["writer"], rates["bare"], strict=True)
        ),
        writer_p50_ms=percentiles["writer"][49],
        writer_p99_ms=percentiles["writer"][98],
        bare_p50_ms=percentiles["bare"][49],
        bare_p99_ms=percentiles["bare"][98],
        writer_units_per_commit=units_per_commit,
    )


def _check(path: Path, acknowledged: int) -> None:
    connection = sqlite3.connect(path)
    (orders,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    (lines,) = connection.execute("SELECT count(*) FROM order_lines").fetchone()
    (reserved,) = connection.execute("SELECT sum(reserved_milli) FROM balances").fetchone()
    connection.close()
    expected = (acknowledged, acknowledged * _LINES, acknowledged * _LINES * 2000)
    if (orders, lines, reserved) != expected:
        raise SystemExit(f"{path.name}: stored {(orders, lines, reserved)}, expected {expected}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="length of one round")
    parser.add_argument("--pairs", type=int, default=7, help="rounds of each side")
    parser.add_argument("--folder", type=Path, help="where the files go; on the disk to measure")
    parser.add_argument("--asyncio", action="store_true", help="asyncio's own loop, not uvloop")
    chosen = parser.parse_args()
    loop_factory = asyncio.new_event_loop if chosen.asyncio else uvloop.new_event_loop
    with (
        tempfile.TemporaryDirectory(dir=chosen.folder) as folder,
        asyncio.Runner(loop_factory=loop_factory) as runner,
    ):
        rows = runner.run(measure(Path(folder), pairs=chosen.pairs, seconds=chosen.seconds))
    print("in flight  writer/s    bare/s  ratio   p50/p99 ms (bare)   units a commit")
    for row in rows:
        print(
            f"{row.in_flight:9}  {row.writer_per_s:8.0f}  {row.bare_per_s:8.0f}"
            f"  {row.ratio:5.2f}   {row.writer_p50_ms:.2f}/{row.writer_p99_ms:.2f}"
            f" ({row.bare_p50_ms:.2f}/{row.bare_p99_ms:.2f})   {row.writer_units_per_commit:.1f}"
        )


if __name__ == "__main__":
    main()
