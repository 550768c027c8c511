"""What an actor costs, against a bare asyncio queue and task in the same minutes.

Rounds of all variants alternate, so that a noisy moment hurts each of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from magazie.actors.runtime import AsyncioActor, Directory, RuntimeMetrics
from magazie.commands.heap import resident_bytes

CALLERS = 100
STOCKS_PER_ORDER = 5
PRODUCTS = 500


@dataclass(frozen=True, slots=True)
class Rates:
    """Operations per second, the median of the rounds, and the ratio to the floor's."""

    floor_per_s: float
    actors_per_s: float
    ratio: float


@dataclass(frozen=True, slots=True)
class ActorNumbers:
    """What one run measured.

    Attributes:
        event_loop: which event loop it ran on.
        ask_one: asks by one caller to one actor.
        ask_many: asks by 100 callers to 100 actors of a directory.
        ask_many_typical: the same, a ref to each actor held.
        tell: messages told to one actor.
        orders: one ask to a new order actor that asks five stock actors one after the other,
            64 at a time; the floor's order is a plain coroutine that asks five queues.
        activation_us: microseconds from the first ask to a key to its answer, less an ask.
        idle_bytes: memory of one idle actor, its directory entry included.
        floor_idle_bytes: memory of one queue with its task.
    """

    event_loop: str
    ask_one: Rates
    ask_many: Rates
    tell: Rates
    orders: Rates
    activation_us: float
    idle_bytes: float
    floor_idle_bytes: float


class Echo(AsyncioActor):
    """Answers what it is sent."""

    async def on_receive(self, message: Any) -> Any:
        return message


class Stock(AsyncioActor):
    """Stands for the keeper of one product's stock."""

    folds = frozenset({int})

    def __init__(self, product: int) -> None:
        super().__init__()
        self.product = product
        self.free = 0

    async def on_fold(self, messages: Any) -> Any:
        self.free += sum(messages)
        return [self.free] * len(messages)


class Order(AsyncioActor):
    """Stands for an order that claims stock for each of its lines."""

    def __init__(self, directory: Directory, number: int) -> None:
        super().__init__()
        self._directory = directory
        self.number = number

    async def on_start(self) -> None:
        self.lines: list[int] = []

    async def on_receive(self, message: Any) -> Any:
        for product in message:
            self.lines.append(await self._directory.ask(Stock, product, 1))
        return self.number


class BareActor:
    """The floor: a queue, and a task that takes one message after the other from it."""

    __slots__ = ("queue", "task")

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[Any, asyncio.Future[Any] | None]] = asyncio.Queue()
        self.task = asyncio.get_running_loop().create_task(self._run())

    def ask(self, message: Any) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((message, future))
        return future

    def tell(self, message: Any) -> None:
        self.queue.put_nowait((message, None))

    async def receive(self, message: Any) -> Any:
        return message

    async def _run(self) -> None:
        while True:
            message, future = await self.queue.get()
            answer = await self.receive(message)
            if future is not None:
                future.set_result(answer)


def new_directory() -> Directory:
    directory = Directory(metrics=RuntimeMetrics(), random=random.Random(1))

    def echo(_key: int) -> Echo:
        return Echo()

    def order(key: int) -> Order:
        return Order(directory, key)

    directory.register(Echo, echo)
    directory.register(Stock, Stock, max_live=100_000)
    directory.register(Order, order, idle_after=900.0)
    return directory


async def _timed(count: int, run: Callable[[], Awaitable[None]]) -> float:
    gc.collect()
    began = time.perf_counter()
    await run()
    return count / (time.perf_counter() - began)


async def _one_caller(ask: Callable[[int], Awaitable[Any]], count: int) -> float:
    async def run() -> None:
        for number in range(count):
            await ask(number)

    return await _timed(count, run)


async def _many_callers(ask: Callable[[int, int], Awaitable[Any]], count: int) -> float:
    each = count // CALLERS

    async def caller(index: int) -> None:
        for number in range(each):
            await ask(index, number)

    async def run() -> None:
        await asyncio.gather(*(caller(index) for index in range(CALLERS)))

    return await _timed(each * CALLERS, run)


async def _tells(
    tell: Callable[[int], None], ask: Callable[[int], Awaitable[Any]], count: int, chunk: int
) -> float:
    async def run() -> None:
        for start in range(0, count, chunk):
            for number in range(start, start + chunk):
                tell(number)
            await ask(0)

    return await _timed(count, run)


async def _orders(order: Callable[[int, list[int]], Awaitable[Any]], count: int) -> float:
    numbers = iter(range(count))
    chance = random.Random(7)
    baskets = [chance.sample(range(PRODUCTS), STOCKS_PER_ORDER) for _ in range(count)]

    async def caller() -> None:
        for number in numbers:
            await order(number, baskets[number])

    async def run() -> None:
        await asyncio.gather(*(caller() for _ in range(64)))

    return await _timed(count, run)


async def _rounds(rounds: int, scale: int) -> dict[str, list[tuple[float, float]]]:
    bare = [BareActor() for _ in range(PRODUCTS)]
    found: dict[str, list[tuple[float, float]]] = {}

    async def bare_order(_number: int, basket: list[int]) -> None:
        for product in basket:
            await bare[product].ask(1)

    for _ in range(rounds):
        directory = new_directory()

        def ask_same(number: int, directory: Directory = directory) -> Awaitable[Any]:
            return directory.ask(Echo, 0, number)

        def ask(index: int, number: int, directory: Directory = directory) -> Awaitable[Any]:
            return directory.ask(Echo, index, number)

        def tell(number: int, directory: Directory = directory) -> None:
            directory.tell(Echo, 0, number)

        def order(
            number: int, basket: list[int], directory: Directory = directory
        ) -> Awaitable[Any]:
            return directory.ask(Order, number, basket)

        pairs = {
            "ask_one": (
                await _one_caller(bare[0].ask, scale),
                await _one_caller(ask_same, scale),
            ),
            "ask_many": (
                await _many_callers(lambda index, number: bare[index].ask(number), scale),
                await _many_callers(ask, scale),
            ),
            "tell": (
                await _tells(bare[0].tell, bare[0].ask, scale * 5, 500),
                await _tells(tell, ask_same, scale * 5, 500),
            ),
            "orders": (
                await _orders(bare_order, scale // 10),
                await _orders(order, scale // 10),
            ),
        }
        for name, pair in pairs.items():
            found.setdefault(name, []).append(pair)
        await directory.stop([Order, Stock, Echo], deadline=5.0)
    for each in bare:
        each.task.cancel()
    return found


def _rates(pairs: list[tuple[float, float]]) -> Rates:
    floor = statistics.median(pair[0] for pair in pairs)
    actors = statistics.median(pair[1] for pair in pairs)
    return Rates(floor, actors, statistics.median(pair[1] / pair[0] for pair in pairs))


async def _activation_us(scale: int) -> float:
    directory = new_directory()
    cold = await _one_caller(lambda number: directory.ask(Echo, number, number), scale)
    warm = await _one_caller(lambda number: directory.ask(Echo, number, number), scale)
    await directory.stop([Echo], deadline=5.0)
    return (1 / cold - 1 / warm) * 1e6


async def _idle_bytes(variant: str, count: int) -> float:
    """Hold many idle actors in this process and see what it grew by."""
    directory = new_directory()
    held: list[Any] = []
    gc.collect()
    before = resident_bytes()
    if variant == "actors":
        for start in range(0, count, 1000):
            await asyncio.gather(
                *(directory.ask(Echo, key, 0) for key in range(start, start + 1000))
            )
    else:
        for start in range(0, count, 1000):
            held += [BareActor() for _ in range(1000)]
            await asyncio.gather(*(each.ask(0) for each in held[start:]))
    gc.collect()
    grown = (resident_bytes() - before) / count
    for each in held:
        each.task.cancel()
    return grown


def _idle_bytes_apart(variant: str, count: int) -> float:
    """Measure memory in a process of its own: this one has free memory to reuse."""
    command = [sys.executable, __file__, "--idle-bytes", variant, "--actors", str(count)]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=found)  # noqa: S603 - this file itself
    return float(done.stdout)


def run_on(loop_name: str, main: Callable[[], Any]) -> Any:
    if loop_name == "uvloop":
        import uvloop  # noqa: PLC0415 - not on every platform

        return uvloop.run(main())
    return asyncio.run(main())


def measure(
    *, loop_name: str = "asyncio", rounds: int = 7, scale: int = 20_000, actors: int = 100_000
) -> ActorNumbers:
    """Measure and give the numbers.

    Args:
        loop_name: `asyncio` or `uvloop`.
        rounds: how often each variant is run; medians are given.
        scale: asks in a round.
        actors: idle actors held for the memory figures.
    """
    found = run_on(loop_name, lambda: _rounds(rounds, scale))
    return ActorNumbers(
        event_loop=loop_name,
        ask_one=_rates(found["ask_one"]),
        ask_many=_rates(found["ask_many"]),
        tell=_rates(found["tell"]),
        orders=_rates(found["orders"]),
        activation_us=statistics.median(
            run_on(loop_name, lambda: _activation_us(scale)) for _ in range(rounds)
        ),
        idle_bytes=_idle_bytes_apart("actors", actors),
        floor_idle_bytes=_idle_bytes_apart("bare", actors // 5),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scale", type=int, default=20_000)
    parser.add_argument("--actors", type=int, default=100_000)
    parser.add_argument("--idle-bytes", choices=["actors", "bare"])
    options = parser.parse_args()
    if options.idle_bytes:
        print(asyncio.run(_idle_bytes(options.idle_bytes, options.actors)))
        return
    numbers = measure(
        loop_name=options.loop, rounds=options.rounds, scale=options.scale, actors=options.actors
    )
    print(json.dumps(asdict(numbers), indent=2))


if __name__ == "__main__":
    main()
