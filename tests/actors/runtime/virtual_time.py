"""An event loop that never waits: its time jumps to what is due next."""

import asyncio
import functools
import selectors
from collections.abc import Awaitable, Callable
from typing import Any


class _Jumping(selectors.SelectSelector):
    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that will not happen")
        self.loop.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.now = 1000.0
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


def clock_ns() -> int:
    """The metrics' clock for tests: the time of the loop that runs."""
    return int(asyncio.get_running_loop().time() * 1e9)


def in_virtual_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async test on a loop of its own whose time jumps."""

    @functools.wraps(test)
    def run(**arguments: Any) -> None:
        async def whole() -> None:
            await test(**arguments)
            # An actor system at rest leaves nothing behind.
            assert asyncio.all_tasks() == {asyncio.current_task()}

        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(whole())

    return run


def now() -> float:
    return asyncio.get_running_loop().time()
