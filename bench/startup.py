"""How long a large storeroom takes to start, and what it holds then."""

import time
from pathlib import Path

import msgspec

from bench.books import add_orders, filling, make_books
from bench.child import Server


class StartUp(msgspec.Struct):
    """From the start of the process to its ready line, interpreter and imports included."""

    products: int
    open_orders: int
    seconds: float
    resident_mb: float
    longest_block_ms: float


def measure(folder: Path, *, products: int, open_orders: int) -> StartUp:
    """Make the books, then start Magazie on them three times; the middle one counts."""
    settings = make_books(folder, products, is_sold=True)
    with filling(folder) as connection:
        add_orders(connection, count=open_orders, products=products, is_open=True)
    runs = sorted((_start(settings) for _ in range(3)), key=lambda run: run[0])
    seconds, resident_mb, block_ms = runs[1]
    return StartUp(products, open_orders, seconds, resident_mb, block_ms)


def _start(settings: Path) -> tuple[float, float, float]:
    began = time.perf_counter()
    with Server("bench.served", str(settings)) as server:
        seconds = time.perf_counter() - began
        standing = server.standing()
        return seconds, standing.resident_mb, standing.worst_lag_ms
