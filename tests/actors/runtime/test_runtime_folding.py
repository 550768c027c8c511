"""Adjacent messages of one type are handed over together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pykka
import pytest

from magazie.actors.runtime import (
    AsyncioActor,
    DeadlineExceededError,
    Directory,
    Rejection,
    RuntimeMetrics,
    TurnCancelledError,
)
from tests.actors.runtime.virtual_time import in_virtual_time


@dataclass(frozen=True)
class Add:
    number: int


@dataclass(frozen=True)
class Multiply:
    number: int


class Read:
    pass


class Refused(Rejection):
    pass


class Sum(AsyncioActor):
    """Adds up; its store remembers what was stored, by activation."""

    folds = frozenset({Add, Multiply})

    def __init__(self, store: list[Any]) -> None:
        super().__init__()
        self.store = store

    async def on_start(self) -> None:
        self.store.append("start")

    async def on_receive(self, message: Any) -> Any:
        await asyncio.sleep(1)
        self.store.append("read")
        return list(self.store)

    async def on_fold(self, messages: Sequence[Add | Multiply]) -> Sequence[Any]:
        await asyncio.sleep(1)
        numbers = [message.number for message in messages]
        if any(number < 0 for number in numbers):
            self.store.append(("fails", numbers))
            raise ValueError(f"negative among {numbers}")
        self.store.append((type(messages[0]).__name__, numbers))
        return [Refused("zero") if number == 0 else number * 10 for number in numbers]


@pytest.fixture
def store() -> list[Any]:
    return []


@pytest.fixture
def sums(directory: Directory, store: list[Any]) -> Directory:
    directory.register(Sum, lambda _: Sum(store))
    return directory


async def outcomes(*futures: Any) -> list[Any]:
    found = await asyncio.gather(*futures, return_exceptions=True)
    return [type(one) if isinstance(one, BaseException) else one for one in found]


@in_virtual_time
async def test_adjacent_messages_of_one_type_are_one_batch_and_order_is_kept(
    sums: Directory, store: list[Any]
) -> None:
    messages = [Add(1), Add(2), Multiply(3), Add(4), Read(), Add(5), Add(6), Add(7)]
    answers = await asyncio.gather(*(sums.ask(Sum, 1, message, timeout=99) for message in messages))
    assert answers[:4] == [10, 20, 30, 40]
    assert answers[5:] == [50, 60, 70]
    assert store == [
        "start",
        ("Add", [1, 2]),
        ("Multiply", [3]),
        ("Add", [4]),
        "read",
        ("Add", [5, 6, 7]),
    ]


@in_virtual_time
async def test_what_comes_while_a_batch_is_handled_makes_the_next_batch(
    sums: Directory, store: list[Any]
) -> None:
    first = [sums.ask(Sum, 1, Add(1)), sums.ask(Sum, 1, Add(2))]
    await asyncio.sleep(0.5)
    second = [sums.ask(Sum, 1, Add(3)), sums.ask(Sum, 1, Add(4))]
    assert await asyncio.gather(*first, *second) == [10, 20, 30, 40]
    assert store == ["start", ("Add", [1, 2]), ("Add", [3, 4])]


@in_virtual_time
async def test_tells_and_asks_fold_together(sums: Directory, store: list[Any]) -> None:
    sums.tell(Sum, 1, Add(1))
    asked = sums.ask(Sum, 1, Add(2))
    sums.tell(Sum, 1, Add(3))
    assert await asked == 20
    assert store == ["start", ("Add", [1, 2, 3])]


@in_virtual_time
async def test_a_rejection_among_the_answers_reaches_its_asker_only(
    sums: Directory, store: list[Any], metrics: RuntimeMetrics
) -> None:
    futures = [sums.ask(Sum, 1, Add(number)) for number in (1, 0, 2)]
    assert await outcomes(*futures) == [10, Refused, 20]
    assert await outcomes(sums.ask(Sum, 1, Add(0))) == [Refused]
    assert metrics.of(Sum).drops == 0
    assert metrics.of(Sum).messages[Add].rejections == 2
    assert store == ["start", ("Add", [1, 0, 2]), ("Add", [0])]


@in_virtual_time
async def test_a_failed_batch_is_handled_singly_and_only_the_culprit_gets_the_error(
    sums: Directory, store: list[Any], metrics: RuntimeMetrics
) -> None:
    futures = [sums.ask(Sum, 1, Add(number), timeout=99) for number in (1, 2, -3, 4, 5)]
    late = sums.ask(Sum, 1, Read(), timeout=99)
    assert await outcomes(*futures) == [10, 20, ValueError, 40, 50]
    await late
    assert store == [
        "start",
        ("fails", [1, 2, -3, 4, 5]),
        ("Add", [1]),
        ("Add", [2]),
        ("fails", [-3]),
        "start",  # the culprit's error drops the activation; the next one gets the rest, in order
        ("Add", [4]),
        ("Add", [5]),
        "read",
    ]
    assert metrics.of(Sum).drops == 1
    assert metrics.of(Sum).messages[Add].failures == 1


@in_virtual_time
async def test_an_actor_that_stands_alone_survives_its_culprits(store: list[Any]) -> None:
    ref = Sum.start(store)
    futures = [ref.ask(Add(number), timeout=99) for number in (-1, 2, -3)]
    assert await outcomes(*futures) == [ValueError, 20, ValueError]
    assert ref.is_alive()
    assert store == [
        "start",
        ("fails", [-1, 2, -3]),
        ("fails", [-1]),
        ("Add", [2]),
        ("fails", [-3]),
    ]


@in_virtual_time
async def test_messages_of_a_failed_batch_count_as_begun(sums: Directory) -> None:
    """Their askers cannot be told that nothing was run, and what was begun runs to its end."""
    futures = [sums.ask(Sum, 1, Add(number), timeout=1.5) for number in (1, -2, 3)]
    assert await outcomes(*futures) == [pykka.Timeout] * 3
    assert (await sums.ask(Sum, 1, Read()))[-2:] == [("Add", [3]), "read"]


@in_virtual_time
async def test_what_expired_waiting_is_left_out_of_the_batch(
    sums: Directory, store: list[Any]
) -> None:
    first = sums.ask(Sum, 1, Add(1))
    await asyncio.sleep(0.5)
    futures = [
        sums.ask(Sum, 1, Add(2)),
        sums.ask(Sum, 1, Add(3), timeout=0.1),
        sums.ask(Sum, 1, Add(4)),
    ]
    assert await outcomes(first, *futures) == [10, 20, DeadlineExceededError, 40]
    assert store == ["start", ("Add", [1]), ("Add", [2, 4])]


@in_virtual_time
async def test_a_cancelled_await_fails_the_whole_batch(
    directory: Directory, metrics: RuntimeMetrics
) -> None:
    calls: list[int] = []

    class Cancelled(AsyncioActor):
        folds = frozenset({Add})

        async def on_fold(self, messages: Sequence[Add]) -> Sequence[Any]:
            calls.append(len(messages))
            raise asyncio.CancelledError

    directory.register(Cancelled, lambda _: Cancelled())
    futures = [directory.ask(Cancelled, 1, Add(number)) for number in range(3)]
    assert await outcomes(*futures) == [TurnCancelledError] * 3
    assert calls == [3]
    assert metrics.of(Cancelled).drops == 1


@in_virtual_time
async def test_a_cancelled_drain_answers_the_whole_batch(sums: Directory) -> None:
    futures = [sums.ask(Sum, 1, Add(number)) for number in range(3)]
    behind = sums.ask(Sum, 1, Read())
    await asyncio.sleep(0.5)
    sums.ref(Sum, 1).actor_inbox.task.cancel()
    assert await outcomes(*futures, behind) == [pykka.ActorDeadError] * 4
    assert await sums.ask(Sum, 1, Add(1)) == 10


@in_virtual_time
async def test_the_wrong_number_of_answers_is_an_error(directory: Directory) -> None:
    class Forgetful(AsyncioActor):
        folds = frozenset({Add})

        async def on_fold(self, messages: Sequence[Add]) -> Sequence[Any]:
            return []

    directory.register(Forgetful, lambda _: Forgetful())
    with pytest.raises(ValueError, match="0 answers to 1 messages"):
        await directory.ask(Forgetful, 1, Add(1))


@in_virtual_time
async def test_several_unexpected_answers_drop_the_activation_once(
    directory: Directory, metrics: RuntimeMetrics
) -> None:
    class Failing(AsyncioActor):
        folds = frozenset({Add})

        async def on_fold(self, messages: Sequence[Add]) -> Sequence[Any]:
            return [KeyError(message.number) if message.number < 0 else 1 for message in messages]

    directory.register(Failing, lambda _: Failing())
    futures = [directory.ask(Failing, 1, Add(number)) for number in (-1, 2, -3)]
    assert await outcomes(*futures) == [KeyError, 1, KeyError]
    assert metrics.of(Failing).drops == 1
    assert metrics.of(Failing).messages[Add].failures == 2


@in_virtual_time
async def test_a_nested_ask_of_a_batch_may_take_as_long_as_its_last_asker_waits(
    directory: Directory,
) -> None:
    class Nested(AsyncioActor):
        async def on_receive(self, message: float) -> float:
            await asyncio.sleep(message)
            return message

    class Asking(AsyncioActor):
        folds = frozenset({Add})

        async def on_fold(self, messages: Sequence[Add]) -> Sequence[Any]:
            answer = await directory.ask(Nested, 1, 10.0, timeout=99.0)
            return [answer] * len(messages)

    directory.register(Nested, lambda _: Nested())
    directory.register(Asking, lambda _: Asking())
    short = directory.ask(Asking, 1, Add(1), timeout=3.0)
    long = directory.ask(Asking, 1, Add(2), timeout=20.0)
    assert await outcomes(short, long) == [pykka.Timeout, 10.0]


@in_virtual_time
async def test_a_type_that_folds_goes_through_on_receive_by_default() -> None:
    class Plain(AsyncioActor):
        folds = frozenset({Add})

        async def on_receive(self, message: Add) -> int:
            return message.number

    ref = Plain.start()
    assert await asyncio.gather(*(ref.ask(Add(number)) for number in range(3))) == [0, 1, 2]
