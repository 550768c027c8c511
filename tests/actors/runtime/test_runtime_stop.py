"""A directory ends in order, in time, and says what would not end."""

import asyncio
import gc
from typing import Any

import pykka
import pytest

from magazie.actors.runtime import (
    AsyncioActor,
    Directory,
)
from tests.actors.runtime.keepers import Fails, Keeper, Store, keeping
from tests.actors.runtime.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_stop_goes_class_by_class_and_lets_later_classes_serve(
    directory: Directory, store: Store
) -> None:
    class Order(AsyncioActor):
        async def on_receive(self, message: int) -> Any:
            await asyncio.sleep(1)
            return await directory.ask(Keeper, f"stock of {message}", message)

        async def on_stop(self) -> None:
            store.values["stopped"].append("order")

    class Goodbye(Keeper):
        async def on_stop(self) -> None:
            store.values["stopped"].append("keeper")

    keeping(store, directory)
    directory.register(Order, lambda _: Order())
    directory.register(Goodbye, lambda key: Goodbye(key, store))
    await directory.ask(Goodbye, 1, "hello")
    running = [directory.ask(Order, key, key) for key in range(3)]
    assert await directory.stop([Order, Keeper], deadline=10.0) == []
    assert await asyncio.gather(*running) == [1, 1, 1]
    assert store.values["stock of 2"] == [2]
    assert store.values["stopped"] == ["order"] * 3 + ["keeper"]
    with pytest.raises(pykka.ActorDeadError):
        await directory.ask(Order, 1, 1)
    with pytest.raises(pykka.ActorDeadError):
        await directory.ref(Order, 99).ask(1)
    directory.tell(Order, 1, 1)


@in_virtual_time
async def test_stop_cancels_what_is_still_at_work_and_names_it(directory: Directory) -> None:
    class Stuck(AsyncioActor):
        async def on_receive(self, message: float) -> None:
            await asyncio.sleep(message)

    directory.register(Stuck, lambda _: Stuck())
    futures = [
        directory.ask(Stuck, key, seconds, timeout=9999.0)
        for key, seconds in enumerate([1.0, 500.0, 2.0, 600.0])
    ]
    behind = directory.ask(Stuck, 1, 1.0, timeout=9999.0)
    began = now()
    assert await directory.stop([Stuck], deadline=10.0) == ["Stuck(1)", "Stuck(3)"]
    assert now() - began == pytest.approx(10.0, abs=0.1)
    answers = await asyncio.gather(*futures, behind, return_exceptions=True)
    dead = pykka.ActorDeadError
    assert [type(answer) for answer in answers] == [type(None), dead, type(None), dead, dead]
    assert directory.live(Stuck) == 0


@in_virtual_time
async def test_stop_names_what_will_not_even_be_cancelled(directory: Directory) -> None:
    class Deaf(AsyncioActor):
        async def on_receive(self, message: float) -> None:
            ends_at = now() + message
            while now() < ends_at:
                try:
                    await asyncio.sleep(ends_at - now())
                except asyncio.CancelledError:
                    continue

    directory.register(Deaf, lambda _: Deaf())
    running = directory.ask(Deaf, 1, 50.0, timeout=9999.0)
    waiting = directory.ask(Deaf, 1, 50.0, timeout=9999.0)
    began = now()
    assert await directory.stop([], deadline=1.0) == ["Deaf(1)"]
    assert now() - began < 5.0
    with pytest.raises(pykka.ActorDeadError):
        await waiting
    assert await running is None


@in_virtual_time
async def test_stop_does_not_start_again_what_fails_meanwhile(
    keepers: Directory, store: Store
) -> None:
    futures = [keepers.ask(Keeper, 1, message) for message in ("slow", Fails, "behind")]
    assert await keepers.stop([], deadline=10.0) == []
    answers = await asyncio.gather(*futures, return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, Fails, pykka.ActorDeadError]
    assert store.starts == [(1, False)]


@in_virtual_time
async def test_stop_survives_an_actor_that_takes_long_to_be_cancelled(
    directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    class Reluctant(AsyncioActor):
        async def on_receive(self, message: float) -> None:
            try:
                await asyncio.sleep(message)
            finally:
                await asyncio.sleep(5)

    directory.register(Reluctant, lambda _: Reluctant())
    running = directory.ask(Reluctant, 1, 500.0, timeout=9999.0)
    assert await directory.stop([], deadline=1.0) == ["Reluctant(1)"]
    await asyncio.sleep(10)
    with pytest.raises(pykka.ActorDeadError):
        await running
    gc.collect()  # a Task that failed would complain now
    assert caplog.records == []


@in_virtual_time
async def test_stop_leaves_no_timer_behind(keepers: Directory) -> None:
    await keepers.ask(Keeper, 1, "hello")
    await keepers.stop([], deadline=1.0)
    scheduled = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined] # its own heap
    assert [handle for handle in scheduled if not handle.cancelled()] == []


@in_virtual_time
async def test_classes_that_stop_does_not_name_stop_last_the_latest_registered_first(
    directory: Directory,
) -> None:
    stopped: list[str] = []

    class First(AsyncioActor):
        async def on_stop(self) -> None:
            stopped.append(type(self).__name__)

    class Second(First):
        pass

    class Third(First):
        pass

    for actor_class in (First, Second, Third):
        directory.register(actor_class, lambda _, made=actor_class: made())
        directory.ref(actor_class, 1)
    assert await directory.stop([Second], deadline=1.0) == []
    assert stopped == ["Second", "Third", "First"]


@in_virtual_time
async def test_stop_refuses_what_waits_for_an_actor_in_trouble(
    keepers: Directory, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.starts_that_fail = 1000
    keepers.tell(Keeper, 1, "told")
    await asyncio.sleep(0.15)
    waiting = keepers.ask(Keeper, 1, "asked")
    assert await keepers.stop([Keeper], deadline=1.0) == []
    with pytest.raises(pykka.ActorDeadError):
        await waiting
    starts = len(store.starts)
    await asyncio.sleep(100)
    assert len(store.starts) == starts
    assert [record for record in caplog.records if record.name == "asyncio"] == []


@in_virtual_time
async def test_many_actors_stop_in_chunks(directory: Directory, store: Store) -> None:
    class Goodbye(Keeper):
        async def on_stop(self) -> None:
            await asyncio.sleep(0.001)
            store.values["gone"].append(self.key)

    directory.register(Goodbye, lambda key: Goodbye(key, store))
    await asyncio.gather(*(directory.ask(Goodbye, key, "hello") for key in range(600)))
    assert await directory.stop([Goodbye], deadline=10.0) == []
    gone = store.values["gone"]
    assert sorted(gone) == list(range(600))
    assert set(gone[:256]) == set(range(256))
