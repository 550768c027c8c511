"""The sixth pitfall: asks that wait for each other, and those that only look like it."""

import asyncio
import contextlib
from typing import Any

import pytest

from magazie.actors.runtime import (
    AskCycleError,
    AsyncioActor,
    Directory,
)
from tests.actors.runtime.scripted import Scripted, see
from tests.actors.runtime.virtual_time import in_virtual_time


@in_virtual_time
async def test_06_an_ask_that_comes_back_to_a_waiting_actor_fails_at_once(
    scripted: Directory,
) -> None:
    def ask_through(*path: str) -> Any:
        async def ask_next(_: Scripted) -> Any:
            return await scripted.ask(Scripted, path[0], ask_through(*path[1:]))

        return ask_next if path else see

    loop = asyncio.get_running_loop()
    began = loop.time()
    for path in (["a"], ["b", "a"], ["b", "c", "a"], ["b", "c", "b"]):
        with pytest.raises(AskCycleError):
            await scripted.ask(Scripted, "a", ask_through(*path))
        await asyncio.sleep(1)
    assert await scripted.ask(Scripted, "a", ask_through("b", "c", "d")) == []
    assert loop.time() - began < 10


@in_virtual_time
async def test_06_an_actor_that_asks_while_it_starts_is_part_of_the_cycle(
    scripted: Directory,
) -> None:
    class AsksOnStart(AsyncioActor):
        async def on_start(self) -> None:
            await scripted.ask(Scripted, "a", see)

    scripted.register(AsksOnStart, lambda _: AsksOnStart())

    async def ask_starting(_: Scripted) -> None:
        await scripted.ask(AsksOnStart, 1, "hello")

    with pytest.raises(AskCycleError):
        await scripted.ask(Scripted, "a", ask_starting)


@in_virtual_time
async def test_06_a_finished_turn_is_not_part_of_a_cycle(scripted: Directory) -> None:
    async def ask_later(actor: Scripted) -> None:
        async def later() -> None:
            await asyncio.sleep(100)
            actor.seen.append(await scripted.ask(Scripted, actor.key, "from a task of mine"))

        actor.task = asyncio.ensure_future(later())  # type: ignore[attr-defined] # held for its life

    async def wait_for_it(actor: Scripted) -> asyncio.Task[None]:
        return actor.task  # type: ignore[attr-defined, no-any-return] # as above

    await scripted.ask(Scripted, "a", ask_later)
    task = await scripted.ask(Scripted, "a", wait_for_it)
    await task
    assert await scripted.ask(Scripted, "a", see) == ["from a task of mine"] * 2


@in_virtual_time
async def test_06_whoever_gave_up_waiting_is_not_part_of_a_cycle(scripted: Directory) -> None:
    async def ask_the_first(_: Scripted) -> Any:
        await asyncio.sleep(1)
        return await scripted.ask(Scripted, "first", "from the third", timeout=60.0)

    async def give_up(actor: Scripted) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await scripted.ask(Scripted, "third", ask_the_first, timeout=60.0)

    async def carry_on(_: Scripted) -> None:
        await scripted.ask(Scripted, "second", give_up)
        await asyncio.sleep(3)

    await scripted.ask(Scripted, "first", carry_on, timeout=60.0)
    assert await scripted.ask(Scripted, "first", see) == ["from the third"]


@in_virtual_time
async def test_06_a_tell_starts_a_new_chain(scripted: Directory) -> None:
    async def tell_back(_: Scripted) -> None:
        scripted.tell(Scripted, "a", "news")

    async def ask_b(_: Scripted) -> None:
        await scripted.ask(Scripted, "b", tell_back)

    await scripted.ask(Scripted, "a", ask_b)
    assert await scripted.ask(Scripted, "a", see) == ["news"]


@in_virtual_time
async def test_06_an_actor_cannot_wait_for_its_own_end() -> None:
    async def stop_and_wait(actor: Scripted) -> None:
        await actor.actor_ref.stop()

    ref = Scripted.start()
    with pytest.raises(AskCycleError):
        await ref.ask(stop_and_wait)
    assert await ref.stop() is True
