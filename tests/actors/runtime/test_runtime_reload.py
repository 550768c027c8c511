"""An activation that fails is replaced; what waits is not lost."""

import asyncio
import itertools
import random
from typing import Any

import pytest

from magazie.actors.runtime import (
    ActorQuarantinedError,
    AsyncioActor,
    BackOff,
    DeadlineExceededError,
    Directory,
    Rejection,
    RuntimeMetrics,
)
from tests.actors.runtime.keepers import Fails, Keeper, Store, keeping
from tests.actors.runtime.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_drop_and_reload_keeps_order_and_loses_nothing(
    keepers: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    messages: list[Any] = [1, 2, Fails, 3, 4, Fails, 5, Fails, Fails, 6]
    futures = [keepers.ask(Keeper, "key", message) for message in messages]
    keepers.tell(Keeper, "key", 7)
    answers = await asyncio.gather(*futures, return_exceptions=True)
    await asyncio.sleep(1)
    assert [answer if isinstance(answer, int) else "failed" for answer in answers] == [
        *(1, 2, "failed", 3, 4, "failed", 5, "failed", "failed", 6)
    ]
    assert store.values["key"] == [1, 2, 3, 4, 5, 6, 7]
    assert store.starts == [("key", False), *[("key", True)] * 4]
    assert store.failures == ["key"] * 4
    assert metrics.of(Keeper).drops == 4
    assert metrics.of(Keeper).live == 1


@in_virtual_time
async def test_what_comes_while_an_activation_is_replaced_lines_up_behind(
    keepers: Directory, store: Store
) -> None:
    futures = [keepers.ask(Keeper, 1, message) for message in (Fails, 0)]
    for number in range(1, 20):
        await asyncio.sleep(0.0003)
        futures.append(keepers.ask(Keeper, 1, number))
    await asyncio.gather(*futures, return_exceptions=True)
    assert store.values[1] == list(range(20))


@in_virtual_time
async def test_an_idle_key_is_not_reloaded_until_it_is_needed(
    keepers: Directory, store: Store
) -> None:
    with pytest.raises(Fails):
        await keepers.ask(Keeper, 1, Fails)
    await asyncio.sleep(100)
    assert store.starts == [(1, False)]
    assert await keepers.ask(Keeper, 1, "read") == []
    assert store.starts == [(1, False), (1, True)]


@in_virtual_time
async def test_a_failed_tell_drops_the_activation_too(keepers: Directory, store: Store) -> None:
    keepers.tell(Keeper, 1, Fails)
    assert await keepers.ask(Keeper, 1, "read") == []
    assert store.failures == [1]
    assert store.starts == [(1, False), (1, True)]


@in_virtual_time
async def test_the_first_failed_start_is_tried_again_unnoticed(
    keepers: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    store.starts_that_fail = 1
    began = now()
    assert await keepers.ask(Keeper, 1, "hello") == 1
    assert now() - began < 0.1
    assert store.starts == [(1, False), (1, True)]
    assert metrics.of(Keeper).failed_activations == 1
    assert store.failures == []


@in_virtual_time
async def test_the_second_failed_start_answers_the_asks_and_keeps_the_tells(
    keepers: Directory, store: Store
) -> None:
    store.starts_that_fail = 3
    keepers.tell(Keeper, 1, "told")
    with pytest.raises(Fails, match="cannot load"):
        await keepers.ask(Keeper, 1, "asked")
    assert len(store.starts) == 2
    await asyncio.sleep(10)
    assert store.starts == [(1, False), *[(1, True)] * 3]
    assert await keepers.ask(Keeper, 1, "read") == ["told"]


@in_virtual_time
async def test_a_rejection_on_start_refuses_the_asks_and_is_no_failure(
    directory: Directory, metrics: RuntimeMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    class Unknown(Rejection):
        pass

    class Absent(AsyncioActor):
        async def on_start(self) -> None:
            raise Unknown

    directory.register(Absent, lambda _: Absent())
    for _ in range(10):
        asks = [directory.ask(Absent, 1, number) for number in range(3)]
        answers = await asyncio.gather(*asks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unknown] * 3
    assert directory.live(Absent) == 0
    assert metrics.of(Absent).failed_activations == 0
    assert caplog.records == []
    directory.tell(Absent, 1, "told")
    await asyncio.sleep(1)
    assert metrics.of(Absent).messages[str].dead_letters == 1


@in_virtual_time
async def test_starts_back_off_up_to_the_ceiling(directory: Directory, store: Store) -> None:
    times: list[float] = []

    class NeverStarts(AsyncioActor):
        async def on_start(self) -> None:
            times.append(now())
            raise Fails

    directory.register(NeverStarts, lambda _: NeverStarts())
    directory.tell(NeverStarts, 1, "wait for me")
    await asyncio.sleep(300)
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses[0] == 0.0
    for index, pause in enumerate(pauses[1:]):
        longest = min(30.0, 0.1 * 2**index)
        assert longest / 2 <= pause <= longest
    assert pauses[-1] >= 15.0
    assert await directory.stop([], deadline=1.0) == []


@in_virtual_time
async def test_an_ask_waits_for_the_next_start_no_longer_than_its_deadline(
    store: Store, metrics: RuntimeMetrics
) -> None:
    backoff = BackOff(base=40.0, ceiling=40.0)
    directory = keeping(store, Directory(metrics=metrics, random=random.Random(1), backoff=backoff))
    store.starts_that_fail = 2
    with pytest.raises(Fails):
        await directory.ask(Keeper, 1, "hello")
    began = now()
    with pytest.raises(DeadlineExceededError):
        await directory.ask(Keeper, 1, "again", timeout=2.0)
    assert now() - began == pytest.approx(2.0, abs=0.01)
    assert await directory.ask(Keeper, 1, "read", timeout=99.0) == []


@in_virtual_time
async def test_an_actor_that_keeps_failing_is_quarantined_and_comes_back(
    keepers: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    store.starts_that_fail = 5
    keepers.tell(Keeper, 1, "kept")
    await asyncio.sleep(0.75)  # starts at 0, 0, 0.1, 0.3 and 0.7 s at the latest
    assert metrics.of(Keeper).failed_activations == 5
    assert metrics.of(Keeper).quarantines == 1
    began = now()
    with pytest.raises(ActorQuarantinedError, match=r"Keeper\(1\) failed repeatedly") as caught:
        await keepers.ask(Keeper, 1, "hello", timeout=60.0)
    assert now() == began
    assert 0.0 < caught.value.retry_after <= 30.0
    keepers.tell(Keeper, 1, "kept too")
    await asyncio.sleep(caught.value.retry_after + 0.1)
    assert await keepers.ask(Keeper, 1, "read") == ["kept", "kept too"]


@in_virtual_time
async def test_failures_within_the_window_quarantine_even_with_successes_between(
    keepers: Directory, metrics: RuntimeMetrics
) -> None:
    for _ in range(4):
        with pytest.raises(Fails):
            await keepers.ask(Keeper, 1, Fails)
        await keepers.ask(Keeper, 1, "fine")
    assert metrics.of(Keeper).quarantines == 0
    waiting = [keepers.ask(Keeper, 1, message) for message in (Fails, "behind")]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Fails, ActorQuarantinedError]
    assert metrics.of(Keeper).quarantines == 1
    await asyncio.sleep(100)
    with pytest.raises(Fails):
        await keepers.ask(Keeper, 1, Fails)
    assert await keepers.ask(Keeper, 1, "fine") == 5


@in_virtual_time
async def test_a_failure_after_a_success_is_a_first_one_even_in_one_go(
    keepers: Directory, store: Store
) -> None:
    began = now()
    futures = [keepers.ask(Keeper, 1, message) for message in (1, Fails, 2, Fails, 3, Fails, 4)]
    await asyncio.gather(*futures, return_exceptions=True)
    assert now() - began < 0.05
    assert store.values[1] == [1, 2, 3, 4]


@in_virtual_time
async def test_success_makes_the_next_failure_a_first_one(keepers: Directory) -> None:
    began = now()
    for _ in range(2):
        futures = [keepers.ask(Keeper, 1, message) for message in (Fails, "read")]
        await asyncio.gather(*futures, return_exceptions=True)
    assert now() - began < 0.05
