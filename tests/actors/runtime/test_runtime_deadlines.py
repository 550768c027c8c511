"""Every ask has an end, and asks made for it end no later."""

import asyncio
import random
from typing import Any

import pykka
import pytest

from magazie.actors.runtime import (
    AsyncioActor,
    DeadlineExceededError,
    Directory,
    RuntimeMetrics,
)
from tests.actors.runtime.virtual_time import clock_ns, in_virtual_time, now


class Sleeper(AsyncioActor):
    """Sleeps as long as it is told and notes what it did."""

    def __init__(self, key: Any = None) -> None:
        super().__init__()
        self.done: list[Any] = []

    async def on_receive(self, message: float) -> float:
        await asyncio.sleep(message)
        self.done.append(message)
        return message


class Asking(AsyncioActor):
    def __init__(self, directory: Directory) -> None:
        super().__init__()
        self.directory = directory
        self.heard: list[tuple[float, str]] = []

    async def on_receive(self, message: tuple[float, float, float | None]) -> Any:
        before, ask_for, timeout = message
        await asyncio.sleep(before)
        try:
            await self.directory.ask(Sleeper, "nested", ask_for, timeout=timeout)
        except pykka.Timeout as error:
            self.heard.append((now(), type(error).__name__))


@pytest.fixture
def sleepers(directory: Directory) -> Directory:
    directory.register(Sleeper, Sleeper)
    directory.register(Asking, lambda _: Asking(directory))
    return directory


@in_virtual_time
async def test_an_ask_has_a_deadline_that_nobody_asked_for(
    sleepers: Directory, metrics: RuntimeMetrics
) -> None:
    began = now()
    with pytest.raises(pykka.Timeout) as caught:
        await sleepers.ask(Sleeper, 1, 60.0)
    assert now() - began == pytest.approx(5.0, abs=0.01)
    assert type(caught.value) is pykka.Timeout  # begun: its outcome is unknown
    await asyncio.sleep(60)
    cell = metrics.of(Sleeper).messages[float]
    assert (cell.timeouts, cell.expired, cell.handled) == (1, 0, 1)
    assert metrics.of(Sleeper).drops == 0


@in_virtual_time
async def test_the_default_is_the_directorys() -> None:
    directory = Directory(
        metrics=RuntimeMetrics(clock_ns=clock_ns), default_timeout=0.5, random=random.Random(1)
    )
    directory.register(Sleeper, Sleeper)
    began = now()
    with pytest.raises(pykka.Timeout):
        await directory.ask(Sleeper, 1, 1.0)
    assert now() - began == pytest.approx(0.5, abs=0.01)
    await asyncio.sleep(1)


@in_virtual_time
async def test_what_expired_before_it_began_is_not_run(
    sleepers: Directory, metrics: RuntimeMetrics
) -> None:
    running = sleepers.ask(Sleeper, 1, 10.0, timeout=20.0)
    began = now()
    with pytest.raises(DeadlineExceededError, match="float to Sleeper"):
        await sleepers.ask(Sleeper, 1, 1.0, timeout=3.0)
    assert now() - began == pytest.approx(3.0, abs=0.01)
    assert await running == 10.0
    await asyncio.sleep(5)
    actor = sleepers.ref(Sleeper, 1).actor_inbox.actor
    assert actor is not None
    assert actor.done == [10.0]
    cell = metrics.of(Sleeper).messages[float]
    assert (cell.timeouts, cell.expired, cell.handled) == (1, 1, 1)


async def test_what_expired_while_the_loop_was_busy_is_not_run(directory: Directory) -> None:
    """The deadline's timer had no turn: the drain itself has to notice."""

    class Blocking(AsyncioActor):
        def on_receive(self, message: float) -> str:  # type: ignore[override] # Pykka's plain hook
            ends_at = now() + message
            while now() < ends_at:
                pass
            return "done"

    directory.register(Blocking, lambda _: Blocking())
    blocking = directory.ask(Blocking, 1, 0.06, timeout=1.0)
    expired = directory.ask(Blocking, 1, 0.0, timeout=0.03)
    in_time = directory.ask(Blocking, 1, 0.0, timeout=1.0)
    assert await blocking == "done"
    with pytest.raises(DeadlineExceededError):
        await expired
    assert await in_time == "done"


@in_virtual_time
async def test_a_nested_ask_inherits_the_earlier_deadline(sleepers: Directory) -> None:
    began = now()
    with pytest.raises(pykka.Timeout):
        await sleepers.ask(Asking, 1, (1.0, 100.0, 50.0), timeout=3.0)
    await asyncio.sleep(0.1)
    asking = sleepers.ref(Asking, 1).actor_inbox.actor
    assert asking is not None
    [(at, error)] = asking.heard
    assert at - began == pytest.approx(3.0, abs=0.01)
    assert error == "Timeout"
    await asyncio.sleep(100)


@in_virtual_time
async def test_a_nested_ask_may_have_less_time_but_not_more(sleepers: Directory) -> None:
    began = now()
    await sleepers.ask(Asking, 1, (1.0, 100.0, 0.5), timeout=3.0)
    assert now() - began == pytest.approx(1.5, abs=0.01)
    await asyncio.sleep(100)


@in_virtual_time
async def test_a_handler_past_its_deadline_runs_on_but_asks_no_more(
    sleepers: Directory, metrics: RuntimeMetrics
) -> None:
    with pytest.raises(pykka.Timeout):
        await sleepers.ask(Asking, 1, (10.0, 1.0, None), timeout=3.0)
    await asyncio.sleep(20)
    asking = sleepers.ref(Asking, 1).actor_inbox.actor
    assert asking is not None
    assert [error for _, error in asking.heard] == ["DeadlineExceededError"]
    assert metrics.of(Sleeper).activations == 0


@in_virtual_time
async def test_a_tell_has_no_deadline_and_what_it_asks_has_the_default(
    sleepers: Directory,
) -> None:
    began = now()
    sleepers.tell(Asking, 1, (100.0, 100.0, None))
    await asyncio.sleep(150)
    asking = sleepers.ref(Asking, 1).actor_inbox.actor
    assert asking is not None
    [(at, _)] = asking.heard
    assert at - began == pytest.approx(105.0, abs=0.01)
    await asyncio.sleep(100)


@in_virtual_time
async def test_no_time_left_means_not_sent(sleepers: Directory, metrics: RuntimeMetrics) -> None:
    with pytest.raises(DeadlineExceededError):
        await sleepers.ask(Sleeper, 1, 1.0, timeout=0.0)
    await asyncio.sleep(5)
    assert metrics.of(Sleeper).messages[float].handled == 0


@in_virtual_time
async def test_each_asker_is_woken_at_its_own_time(sleepers: Directory) -> None:
    began = now()
    woken: list[float] = []

    async def ask(key: int, patience: float) -> None:
        try:
            await sleepers.ask(Sleeper, key, 100.0, timeout=patience)
        except pykka.Timeout:
            woken.append(round(now() - began, 2))

    patiences = [3.0, 1.0, 2.0, 1.5, 7.0, 1.0, 0.25]
    await asyncio.gather(*(ask(key, patience) for key, patience in enumerate(patiences)))
    assert woken == sorted(patiences)
    await asyncio.sleep(100)


@in_virtual_time
async def test_an_asker_that_is_gone_is_not_counted_as_woken(
    sleepers: Directory, metrics: RuntimeMetrics
) -> None:
    begun, waiting = sleepers.ask(Sleeper, 1, 60.0), sleepers.ask(Sleeper, 1, 0.0)
    await asyncio.sleep(1)
    begun.cancel()
    waiting.cancel()
    await asyncio.sleep(100)
    cell = metrics.of(Sleeper).messages[float]
    assert (cell.timeouts, cell.expired, cell.cancelled_askers) == (0, 1, 2)


@in_virtual_time
async def test_asks_share_one_timer(sleepers: Directory) -> None:
    loop = asyncio.get_running_loop()
    for key in range(100):
        assert await sleepers.ask(Sleeper, key, 0.0) == 0.0
    assert len([handle for handle in loop._scheduled if not handle.cancelled()]) == 1  # type: ignore[attr-defined] # asyncio's own heap
    await asyncio.sleep(10)
    assert loop._scheduled == []  # type: ignore[attr-defined] # as above


@in_virtual_time
async def test_what_was_answered_as_expired_is_not_run_even_if_the_timer_was_early(
    sleepers: Directory, metrics: RuntimeMetrics
) -> None:
    running = sleepers.ask(Sleeper, 1, 1.0)
    expired = sleepers.ask(Sleeper, 1, 2.0)
    await asyncio.sleep(0.5)
    sleepers.ref(Sleeper, 1).actor_inbox.kind.pending[expired].expire()
    assert await running == 1.0
    with pytest.raises(DeadlineExceededError):
        await expired
    await asyncio.sleep(5)
    assert metrics.of(Sleeper).messages[float].handled == 1
