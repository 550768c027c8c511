"""What depends on the event loop: another implementation, a task factory, a hard end."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pykka
import pytest
import uvloop

from magazie.actors.runtime import AsyncioActor, Directory, RuntimeMetrics


class Echo(AsyncioActor):
    async def on_receive(self, message: Any) -> Any:
        if isinstance(message, BaseException):
            raise message
        if isinstance(message, float):
            await asyncio.sleep(message)
        return message


def new_directory() -> Directory:
    directory = Directory(metrics=RuntimeMetrics(), random=random.Random(1))
    directory.register(Echo, lambda _: Echo(), idle_after=0.01)
    return directory


def with_task_factory() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_task_factory(
        lambda its_loop, coro, **options: asyncio.Task(coro, loop=its_loop, **options)
    )
    return loop


@pytest.mark.parametrize(
    "loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop, with_task_factory]
)
def test_each_loop_serves(loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def main() -> None:
        directory = new_directory()
        answers = await asyncio.gather(*(directory.ask(Echo, key % 7, key) for key in range(100)))
        assert answers == list(range(100))
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(pykka.Timeout):
            await directory.ask(Echo, 1, 0.2, timeout=0.05)
        assert 0.045 <= loop.time() - began < 0.19
        assert await directory.ask(Echo, 1, "after") == "after"
        await asyncio.sleep(0.05)
        assert directory.passivate_idle() == 7
        running = directory.ask(Echo, 1, 60.0)
        assert await directory.stop([Echo], deadline=0.05) == ["Echo(1)"]
        with pytest.raises(pykka.ActorDeadError):
            await running
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main())


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt])
def test_what_ends_the_process_is_not_kept_by_an_actor(end: type[BaseException]) -> None:
    asked: list[asyncio.Future[Any]] = []

    async def main() -> None:
        directory = new_directory()
        asked.append(directory.ask(Echo, 1, end("now")))
        await asyncio.sleep(10)

    with asyncio.Runner() as runner, pytest.raises(end, match="now"):
        runner.run(main())
    assert isinstance(asked[0].exception(), pykka.ActorDeadError)


def test_a_loop_that_ends_in_the_middle_still_answers() -> None:
    """Every drain is cancelled by the runner, at work or just begun."""
    asked: list[asyncio.Future[Any]] = []

    async def main() -> None:
        directory = new_directory()
        asked.append(directory.ask(Echo, 1, 60.0))
        await asyncio.sleep(0.01)
        asked.append(directory.ask(Echo, 2, 60.0))

    with asyncio.Runner() as runner:
        runner.run(main())
    assert [type(future.exception()) for future in asked] == [pykka.ActorDeadError] * 2


def test_a_new_loop_gets_actors_of_its_own() -> None:
    async def main() -> Any:
        ref = Echo.start()
        answer = await ref.ask("hello")
        await ref.stop()
        return answer

    assert [asyncio.run(main()) for _ in range(3)] == ["hello"] * 3
