"""Actors are let go when idle or to make room, and come back with their state."""

import asyncio
import random
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.actors.runtime import (
    AsyncioActor,
    BackOff,
    Directory,
    RuntimeMetrics,
)
from tests.actors.runtime.keepers import Fails, Keeper, Store, keeping
from tests.actors.runtime.virtual_time import VirtualLoop, clock_ns, in_virtual_time


@in_virtual_time
async def test_an_idle_actor_is_let_go_and_comes_back_with_its_state(
    directory: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    keeping(store, directory, idle_after=60.0)
    await directory.ask(Keeper, 1, "early")
    await asyncio.sleep(40)
    await directory.ask(Keeper, 2, "late")
    await asyncio.sleep(19)
    assert directory.passivate_idle() == 0
    await asyncio.sleep(6)
    assert directory.passivate_idle() == 1
    assert list(directory.keys(Keeper)) == [2]
    assert metrics.of(Keeper).live == 1
    assert await directory.ask(Keeper, 1, "read") == ["early"]
    assert metrics.of(Keeper).passivations == 1
    assert store.starts == [(1, False), (2, False), (1, False)]


@in_virtual_time
async def test_use_keeps_an_actor(directory: Directory, store: Store) -> None:
    keeping(store, directory, idle_after=60.0)
    for _ in range(20):
        await directory.ask(Keeper, 1, "used")
        await asyncio.sleep(45)
        assert directory.passivate_idle() == 0
    await asyncio.sleep(20)
    assert directory.passivate_idle() == 1


@in_virtual_time
async def test_a_class_with_on_stop_is_stopped_and_again_when_it_was_needed_meanwhile(
    directory: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    class Goodbye(Keeper):
        async def on_stop(self) -> None:
            await asyncio.sleep(5)
            store.values["gone"].append(self.key)

    directory.register(Goodbye, lambda key: Goodbye(key, store), idle_after=60.0)
    await directory.ask(Goodbye, 1, "hello")
    for time in range(1, 4):
        await asyncio.sleep(100)
        assert directory.passivate_idle() == 1
        await asyncio.sleep(1)
        assert await directory.ask(Goodbye, 1, "needed", timeout=60.0) == 1 + time
        assert store.values["gone"] == [1] * time
    await asyncio.sleep(100)
    assert directory.passivate_idle() == 1
    await asyncio.sleep(10)
    assert directory.live(Goodbye) == 0
    assert metrics.of(Goodbye).live == 0
    assert len(store.values["gone"]) == 4


@in_virtual_time
async def test_a_key_in_trouble_is_remembered_until_its_failures_are_old(
    directory: Directory, store: Store
) -> None:
    keeping(store, directory, idle_after=10.0)
    for _ in range(2):
        with pytest.raises(Fails):
            await directory.ask(Keeper, 1, Fails)
        await asyncio.sleep(30)
        assert directory.passivate_idle() == 0
    assert await directory.ask(Keeper, 1, "read") == []
    assert store.starts == [(1, False), (1, True), (1, True)]
    with pytest.raises(Fails):
        await directory.ask(Keeper, 1, Fails)
    await asyncio.sleep(30)
    assert directory.passivate_idle() == 0
    await asyncio.sleep(60)
    assert directory.passivate_idle() == 1
    assert directory.live(Keeper) == 0


@in_virtual_time
async def test_an_actor_at_work_or_pinned_stays(directory: Directory, store: Store) -> None:
    class Slow(AsyncioActor):
        async def on_receive(self, message: float) -> None:
            await asyncio.sleep(message)

    directory.register(Slow, lambda _: Slow(), idle_after=60.0)
    keeping(store, directory, idle_after=60.0)
    store.pinned.add(1)
    working = directory.ask(Slow, 1, 500.0, timeout=1000.0)
    await directory.ask(Keeper, 1, "pinned")
    for _ in range(4):
        await asyncio.sleep(100)
        assert directory.passivate_idle() == 0
    store.pinned.clear()
    await working
    await asyncio.sleep(100)
    assert directory.passivate_idle() == 2


@in_virtual_time
async def test_a_class_kept_for_good_is_never_let_go(directory: Directory, store: Store) -> None:
    keeping(store, directory)
    await directory.ask(Keeper, 1, "stays")
    await asyncio.sleep(100_000)
    assert directory.passivate_idle() == 0
    assert directory.live(Keeper) == 1


@in_virtual_time
async def test_the_longest_idle_makes_room(
    directory: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    keeping(store, directory, max_live=3)
    for key in (1, 2, 3, 1):
        await directory.ask(Keeper, key, "used")
        await asyncio.sleep(1)
    await directory.ask(Keeper, 4, "new")
    assert sorted(directory.keys(Keeper)) == [1, 3, 4]
    await directory.ask(Keeper, 5, "new")
    assert sorted(directory.keys(Keeper)) == [1, 4, 5]
    assert metrics.of(Keeper).evictions == 2
    assert metrics.of(Keeper).live == 3
    assert await directory.ask(Keeper, 2, "read") == ["used"]


@in_virtual_time
async def test_when_none_can_go_the_newcomer_is_let_in_and_counted(
    directory: Directory, store: Store, metrics: RuntimeMetrics
) -> None:
    keeping(store, directory, max_live=2)
    store.pinned.update({1, 2})
    for key in (1, 2, 3):
        await directory.ask(Keeper, key, "hello")
    assert directory.live(Keeper) == 3
    assert metrics.of(Keeper).admitted_over_cap == 1
    await directory.ask(Keeper, 4, "hello")
    assert sorted(directory.keys(Keeper)) == [1, 2, 4]


@in_virtual_time
async def test_a_pinned_crowd_does_not_hide_the_one_that_may_go(
    directory: Directory, store: Store
) -> None:
    keeping(store, directory, max_live=101)
    store.pinned.update(range(100))
    for key in range(101):
        await directory.ask(Keeper, key, "hello")
    for key in range(200, 203):
        await asyncio.sleep(1)
        await directory.ask(Keeper, key, "hello")
    assert 100 not in set(directory.keys(Keeper))


@given(data=st.data())
def test_increments_interleaved_with_passivation_lose_none(data: st.DataObject) -> None:
    """Any mixture of sends, pauses, failures and passivation: each accepted message once."""
    steps = data.draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("send"), st.integers(0, 2)),
                st.tuples(st.just("tell"), st.integers(0, 2)),
                st.tuples(st.just("fail"), st.integers(0, 2)),
                st.tuples(st.just("wait"), st.sampled_from([0.0, 0.0005, 0.01, 5.0, 20.0])),
                st.tuples(st.just("passivate"), st.just(0)),
            ),
            max_size=60,
        )
    )
    max_live = data.draw(st.sampled_from([None, 1, 2]))
    says_goodbye = data.draw(st.booleans())
    store = Store()

    class Leaving(Keeper):
        async def on_stop(self) -> None:
            await asyncio.sleep(0.003)

    kept = Leaving if says_goodbye else Keeper

    async def main() -> None:
        directory = Directory(
            metrics=RuntimeMetrics(clock_ns=clock_ns),
            random=random.Random(1),
            backoff=BackOff(failures=1000),
        )
        directory.register(kept, lambda key: kept(key, store), idle_after=10.0, max_live=max_live)
        asked: list[Any] = []
        sent: dict[int, list[int]] = defaultdict(list)
        for number, (what, value) in enumerate(steps):
            if what in {"send", "tell"}:
                key = int(value)
                sent[key].append(number)
                if what == "send":
                    asked.append(directory.ask(kept, key, number, timeout=10_000.0))
                else:
                    directory.tell(kept, key, number)
            elif what == "fail":
                directory.tell(kept, int(value), Fails)
            elif what == "wait":
                await asyncio.sleep(value)
            else:
                directory.passivate_idle()
        await asyncio.gather(*asked)
        await asyncio.sleep(1000)
        assert {key: values for key, values in store.values.items() if values} == sent
        assert await directory.stop([kept], deadline=1000.0) == []
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())
