"""What is counted, and that it is counted right."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.actors.runtime import (
    AsyncioActor,
    Directory,
    Histogram,
    LoopLag,
    Rejection,
    RuntimeMetrics,
)
from tests.actors.runtime.virtual_time import in_virtual_time


class Worker(AsyncioActor):
    async def on_start(self) -> None:
        await asyncio.sleep(0.25)

    async def on_receive(self, message: float) -> float:
        await asyncio.sleep(message)
        if message == 0.0:
            raise Rejection
        return message


@pytest.fixture
def workers(directory: Directory) -> Directory:
    directory.register(Worker, lambda _: Worker())
    return directory


@in_virtual_time
async def test_work_is_counted_by_class_and_message_type(
    workers: Directory, metrics: RuntimeMetrics
) -> None:
    seconds = [0.01, 0.02, 0.1, 0.0]
    futures = [workers.ask(Worker, 1, each) for each in seconds]
    await asyncio.gather(*futures, return_exceptions=True)
    found = metrics.snapshot().actors["Worker"]
    assert (found.live, found.activations, found.failed_activations) == (1, 1, 0)
    assert found.activation.seconds == pytest.approx(0.25)
    assert found.depth_max == 4
    assert found.depth_counts == [0, 0, 0, 1]
    work = found.messages["float"]
    assert (work.handled, work.rejections, work.failures, work.long_turns) == (4, 1, 0, 1)
    assert work.turns.count == 4
    assert work.turns.seconds == pytest.approx(0.13)
    assert work.wait.seconds == pytest.approx(0.25 * 4 + 0.01 * 3 + 0.02 * 2 + 0.1)


@in_virtual_time
async def test_the_snapshot_is_json_and_iteration_gives_the_live_counts(
    workers: Directory, metrics: RuntimeMetrics
) -> None:
    await workers.ask(Worker, 1, 0.01)
    read_back = json.loads(json.dumps(asdict(metrics.snapshot())))
    assert read_back["actors"]["Worker"]["messages"]["float"]["handled"] == 1
    [of_class] = metrics
    assert of_class is metrics.of(Worker)
    assert list(of_class.messages) == [float]


@in_virtual_time
async def test_a_folded_batch_is_one_turn_of_many_messages(
    directory: Directory, metrics: RuntimeMetrics
) -> None:
    class Folding(Worker):
        folds = frozenset({float})

        async def on_fold(self, messages: Any) -> Any:
            await asyncio.sleep(0.01)
            return messages

    directory.register(Folding, lambda _: Folding())
    await asyncio.gather(*(directory.ask(Folding, 1, number / 10) for number in range(10)))
    work = metrics.snapshot().actors["Folding"].messages["float"]
    assert (work.handled, work.turns.count, work.wait.count) == (10, 1, 10)


@given(durations=st.lists(st.integers(0, 10**13)))
def test_a_histogram_counts_each_duration_below_its_bound(durations: list[int]) -> None:
    histogram = Histogram()
    for duration in durations:
        histogram.record(duration)
    for bound, count in histogram.cumulative():
        assert count == sum(duration < round(bound * 1e9) for duration in durations)
    found = histogram.snapshot()
    assert found.count == len(durations)
    assert found.seconds == pytest.approx(sum(durations) / 1e9)
    assert not durations or found.buckets[-1][1] == len(durations)


async def test_loop_lag_sees_a_blocked_loop() -> None:
    lag = LoopLag(interval=0.01)
    lag.start()
    lag.start()
    await asyncio.sleep(0.025)
    ends_at = asyncio.get_running_loop().time() + 0.06
    while asyncio.get_running_loop().time() < ends_at:
        pass
    await asyncio.sleep(0.02)
    assert 0.03 < lag.worst < 1.0
    assert lag.samples >= 2
    assert lag.take_worst() > 0.03
    assert lag.worst == 0.0
    await lag.stop()
    await lag.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
