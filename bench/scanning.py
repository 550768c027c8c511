"""Durable scans a second with many terminals, against a bare echo with group commit.

``python -m bench.scanning`` runs it alone and prints a line of JSON.
"""

import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec

from bench import scan_floor
from bench.books import make_books
from bench.child import Child, Server
from bench.orders import PRODUCTS
from bench.scan_load import Scanned, Scanning
from magazie.service import DATABASE
from magazie.storage.books import check_books

TERMINALS: Final = 50


class ScanSide(msgspec.Struct):
    """One server in the comparison."""

    per_s: float
    p50_ms: float
    p99_ms: float


class Scans(msgspec.Struct):
    """``ratio`` is the median over the pairs of bursts; ``orders_per_s`` came in beside ours."""

    terminals: int
    ratio: float
    pairs: int
    ours: ScanSide
    floor: ScanSide
    orders_per_s: float


def measure(
    folder: Path, *, terminals: int = TERMINALS, pairs: int = 6, seconds: float = 3.0
) -> Scans:
    """Give each server its turn, in changing order; the books are proved at the end.

    Raises:
        SystemExit: the books are not right, or a scan is missing: the run is void.

    """
    places = {"ours": folder / "ours", "floor": folder / "floor"}
    for place in places.values():
        place.mkdir()
    settings = make_books(places["ours"], PRODUCTS)
    scan_floor.make(places["floor"] / scan_floor.DATABASE)
    found: dict[str, list[Scanned]] = {"ours": [], "floor": []}
    with ExitStack() as stack:
        servers = {
            "ours": stack.enter_context(Server("bench.served", str(settings))),
            "floor": stack.enter_context(Server("bench.scan_floor", str(places["floor"]))),
        }
        load = stack.enter_context(Child("bench.scan_load"))

        def burst(name: str, length: float) -> Scanned:
            work = Scanning(servers[name].port, terminals, length, name == "ours", 1)
            return msgspec.json.decode(load.ask(msgspec.json.encode(work)), type=Scanned)

        for name in servers:
            burst(name, seconds / 3)
        for pair in range(pairs):
            for name in servers if pair % 2 else reversed(servers):
                found[name].append(burst(name, seconds))
    report = check_books(places["ours"] / DATABASE)
    # the bench writes its products past their owner
    faults = [fault for fault in report.faults if fault.kind.startswith(("pick", "claim"))]
    if faults:
        raise SystemExit(f"void: {faults[:3]}")
    pairs_of = zip(found["ours"], found["floor"], strict=True)
    return Scans(
        terminals,
        statistics.median(one.per_s / other.per_s for one, other in pairs_of),
        pairs,
        _side(found["ours"]),
        _side(found["floor"]),
        statistics.median(it.orders / it.seconds for it in found["ours"]),
    )


def _side(results: list[Scanned]) -> ScanSide:
    return ScanSide(
        statistics.median(result.per_s for result in results),
        statistics.median(result.p50_ms for result in results),
        statistics.median(result.p99_ms for result in results),
    )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="magazie-bench-") as name:
        result = measure(Path(name))
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")


if __name__ == "__main__":
    main()
