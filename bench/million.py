"""Taking orders beside a million stored ones, against the same with none and the floor."""

import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec

from bench import floor
from bench.books import add_orders, filling, make_books
from bench.child import Child, Server
from bench.intake import (
    SETTLED_S,
    Runner,
    Side,
    check_floor,
    check_ours,
    quartiles,
    ratios,
    side,
)
from bench.orders import PRODUCTS
from magazie.service import DATABASE

STORED_PRODUCTS = 5_000
"""The stored orders are spread over more products than the new ones name, among them those."""


class Million(msgspec.Struct):
    """``ratio`` is to the floor, ``slowed`` to the same service without stored orders."""

    stored_orders: int
    in_flight: int
    ratio: float
    ratio_quartiles: tuple[float, float]
    slowed: float
    slowed_quartiles: tuple[float, float]
    full: Side
    empty: Side
    floor: Side
    filled_s: float
    database_mb: float
    ready_s: float


def measure(
    folder: Path, *, stored_orders: int, in_flight: int, pairs: int, seconds: float
) -> Million:
    """Fill one data folder, then let three servers take turns."""
    places = {name: folder / name for name in ("full", "empty", "floor")}
    for place in places.values():
        place.mkdir()
    full = make_books(places["full"], STORED_PRODUCTS)
    empty = make_books(places["empty"], PRODUCTS)
    floor.make(places["floor"] / floor.DATABASE)
    began = time.perf_counter()
    with filling(places["full"]) as connection:
        add_orders(connection, count=stored_orders, products=STORED_PRODUCTS, is_open=False)
    filled_s = time.perf_counter() - began
    size_mb = (places["full"] / DATABASE).stat().st_size / 1e6
    with ExitStack() as stack:
        began = time.perf_counter()
        servers = {"full": stack.enter_context(Server("bench.served", str(full)))}
        ready_s = time.perf_counter() - began
        servers["empty"] = stack.enter_context(Server("bench.served", str(empty)))
        servers["floor"] = stack.enter_context(Server("bench.floor", str(places["floor"])))
        run = Runner(stack.enter_context(Child("bench.load")), servers)
        found = run.compare(in_flight, pairs, seconds)
        time.sleep(SETTLED_S)
        check_ours(places["full"], run.acknowledged("full"))
        check_ours(places["empty"], run.acknowledged("empty"))
        check_floor(places["floor"], run.acknowledged("floor"))
        to_floor = ratios(found["full"], found["floor"])
        slowed = ratios(found["full"], found["empty"])
        return Million(
            stored_orders=stored_orders,
            in_flight=in_flight,
            ratio=statistics.median(to_floor),
            ratio_quartiles=quartiles(to_floor),
            slowed=statistics.median(slowed),
            slowed_quartiles=quartiles(slowed),
            full=side(found["full"], servers["full"]),
            empty=side(found["empty"], servers["empty"]),
            floor=side(found["floor"], servers["floor"]),
            filled_s=filled_s,
            database_mb=size_mb,
            ready_s=ready_s,
        )
