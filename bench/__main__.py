"""All benchmarks in one run: a table for people, JSON and a picture for later."""

import argparse
import tempfile
import time
from pathlib import Path

import msgspec

from bench import actors, intake, million, outbox, scanning, startup
from bench.plot import write_plot

RESULTS = Path(__file__).resolve().parent / "results"


class Effort(msgspec.Struct, frozen=True):
    """How much is measured."""

    pairs: dict[int, int]
    burst_s: float
    stored_orders: int
    actor_rounds: int


WHOLE = Effort({1: 8, 16: 8, 64: 14, 256: 8}, 1.5, 1_000_000, 7)
QUICK = Effort({1: 2, 16: 2, 64: 4, 256: 2}, 1.0, 100_000, 3)


class Results(msgspec.Struct):
    """One run. A run in which books and acknowledgements differ ends without results."""

    took_s: float
    intake: list[intake.Intake]
    intake_resident_mb: float
    actors: actors.ActorNumbers
    startup: startup.StartUp
    outbox: outbox.OutboxDifference
    million: million.Million
    scans: scanning.Scans


def measure(effort: Effort) -> Results:
    """Run everything, one thing after the other, each in a folder of its own."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="magazie-bench-") as name:
        folder = Path(name)
        places = {
            part: folder / part for part in ("intake", "startup", "outbox", "million", "scans")
        }
        for place in places.values():
            place.mkdir()
        _say("order intake beside the floor")
        rows, resident_mb = intake.measure(
            places["intake"], in_flight=effort.pairs, seconds=effort.burst_s
        )
        _say("actors beside bare queues")
        asked = actors.measure(loop_name="uvloop", rounds=effort.actor_rounds)
        _say("start-up with 100,000 products")
        started = startup.measure(places["startup"], products=100_000, open_orders=10_000)
        _say("outbox difference over 100,000 products")
        differed = outbox.measure(places["outbox"], products=100_000, changed=10_000)
        _say(f"intake with {effort.stored_orders:,} stored orders")
        stored = million.measure(
            places["million"],
            stored_orders=effort.stored_orders,
            in_flight=64,
            pairs=effort.pairs[64],
            seconds=effort.burst_s,
        )
        _say(f"scans of {scanning.TERMINALS} terminals beside the floor")
        scanned = scanning.measure(
            places["scans"], pairs=effort.pairs[16], seconds=2 * effort.burst_s
        )
    took_s = time.perf_counter() - began
    return Results(took_s, rows, resident_mb, asked, started, differed, stored, scanned)


def table(found: Results) -> str:
    """The figures, a line each, with what is expected of them."""
    lines = [
        "orders per second over HTTP, durable, 5 lines each; ratio = ours / bare floor",
        f"{'in flight':>10} {'ours':>9} {'floor':>9} {'ratio':>7} {'quartiles':>13}"
        f" {'p50 ms':>8} {'p99 ms':>8} {'floor p99':>10} {'loop lag ms':>12}",
    ]
    for row in found.intake:
        low, high = row.ratio_quartiles
        lines.append(
            f"{row.in_flight:>10} {row.ours.per_s:>9,.0f} {row.floor.per_s:>9,.0f}"
            f" {row.ratio:>7.2f} {f'{low:.2f}-{high:.2f}':>13} {row.ours.p50_ms:>8.2f}"
            f" {row.ours.p99_ms:>8.2f} {row.floor.p99_ms:>10.2f} {row.ours.worst_lag_ms:>12.1f}"
        )
    low, high = found.million.ratio_quartiles
    slow_low, slow_high = found.million.slowed_quartiles
    ask = found.actors
    lines += [
        "(expected at 64 in flight: 0.60 or more)",
        "",
        f"with {found.million.stored_orders:,} stored orders, 64 in flight:"
        f" {found.million.full.per_s:,.0f}/s, {found.million.ratio:.2f} of the floor"
        f" ({low:.2f}-{high:.2f}), {found.million.slowed:.2f} of an empty storeroom"
        f" ({slow_low:.2f}-{slow_high:.2f})",
        f"asks per second: {ask.ask_many.actors_per_s:,.0f} of 100 callers,"
        f" {ask.ask_many.ratio:.2f} of bare queues; one caller {ask.ask_one.ratio:.2f}",
        f"bytes per idle actor: {ask.idle_bytes:.0f} (expected below 1,000);"
        f" bare queue and task {ask.floor_idle_bytes:.0f}",
        f"start-up, {found.startup.products:,} products and {found.startup.open_orders:,} open"
        f" orders: {found.startup.seconds:.2f} s (expected 3 at most),"
        f" {found.startup.resident_mb:.0f} MB (200 at most), longest loop block"
        f" {found.startup.longest_block_ms:.0f} ms",
        f"outbox, {found.outbox.changed:,} of {found.outbox.products:,} changed: first request"
        f" ready after {found.outbox.everything_first_s:.2f} s comparing everything,"
        f" {found.outbox.named_first_s:.2f} s when told which; nothing to send"
        f" {found.outbox.nothing_s:.2f} s; longest loop block"
        f" {found.outbox.longest_block_ms:.0f} ms (expected 50 at most)",
        f"scans, {found.scans.terminals} terminals, {found.scans.orders_per_s:.0f} orders/s beside:"
        f" {found.scans.ours.per_s:,.0f}/s, {found.scans.ratio:.2f} of the floor (expected 0.60),"
        f" p99 {found.scans.ours.p99_ms:.1f} ms (20 at most)",
        f"whole run {found.took_s:.0f} s; stored orders = acknowledged orders, sums exact",
    ]
    return "\n".join(lines)


def _say(what: str) -> None:
    print(f"… {what}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the effort")
    options = parser.parse_args()
    found = measure(QUICK if options.quick else WHOLE)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    write_plot(RESULTS / "intake.svg", found.intake)
    print(table(found))


if __name__ == "__main__":
    main()
