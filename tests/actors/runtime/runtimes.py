"""Two ways of running actors, as a test of both sees them."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pykka

from magazie.actors.runtime import AsyncioActor, AsyncioFuture, AsyncioRegistry

PATIENCE = 5.0


class ThreadGate:
    """Something a handler waits at until the test opens it."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._reached = threading.Event()

    def wait(self) -> None:
        self._reached.set()
        assert self._opened.wait(PATIENCE)

    def open(self) -> None:
        self._opened.set()

    async def reached(self) -> None:
        assert await asyncio.to_thread(self._reached.wait, PATIENCE)


class LoopGate:
    def __init__(self) -> None:
        self._opened = asyncio.Event()
        self._reached = asyncio.Event()

    async def wait(self) -> None:
        self._reached.set()
        await asyncio.wait_for(self._opened.wait(), PATIENCE)

    def open(self) -> None:
        self._opened.set()

    async def reached(self) -> None:
        await asyncio.wait_for(self._reached.wait(), PATIENCE)


async def _from_thread(future: Any) -> Any:
    return await asyncio.to_thread(future.get, timeout=PATIENCE)


async def _from_loop(future: Any) -> Any:
    return await asyncio.wait_for(future, PATIENCE)


async def _stop_threads() -> list[bool]:
    return await asyncio.to_thread(pykka.ActorRegistry.stop_all, timeout=PATIENCE)


async def _stop_on_loop() -> list[bool]:
    return await AsyncioRegistry.stop_all(timeout=PATIENCE)


@dataclass(frozen=True)
class Runtime:
    """One way of running actors, as the tests see it."""

    actor: Any
    future: Callable[[], Any]
    gate: Callable[[], Any]
    registry: Any
    result: Callable[[Any], Awaitable[Any]]
    stop_all: Callable[[], Awaitable[list[bool]]]
    call: Callable[..., Awaitable[Any]]
    in_time: Callable[[Any, float], Awaitable[Any]]


async def _call_here(func: Callable[[], Any]) -> Any:
    return func()


RUNTIMES = {
    "threads": Runtime(
        pykka.ThreadingActor,
        pykka.ThreadingFuture,
        ThreadGate,
        pykka.ActorRegistry,
        _from_thread,
        _stop_threads,
        asyncio.to_thread,
        lambda future, seconds: asyncio.to_thread(future.get, timeout=seconds),
    ),
    "loop": Runtime(
        AsyncioActor,
        AsyncioFuture,
        LoopGate,
        AsyncioRegistry,
        _from_loop,
        _stop_on_loop,
        _call_here,
        lambda future, seconds: future.get(timeout=seconds),
    ),
}
