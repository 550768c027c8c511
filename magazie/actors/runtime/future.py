"""The answer to an ask, awaitable on the event loop."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, TypeVar, cast

import pykka

__all__ = ["AsyncioFuture"]

T = TypeVar("T")
J = TypeVar("J")
M = TypeVar("M")
R = TypeVar("R")

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class AsyncioFuture(asyncio.Future[T], pykka.Future[T]):
    """A `pykka.Future` that is an `asyncio.Future`.

    `await`, `asyncio.gather` and `asyncio.wait` take it as it is, without a Task around it.
    Settling a settled future is a no-op: an asker that was cancelled or gave up must not hurt
    the actor that answers it. Awaiting is `asyncio.Future`'s own, written in C: the fourth of
    the names both parents have, and the only one not told apart below.
    """

    def get(self, *, timeout: float | None = None) -> AsyncioFuture[T]:  # type: ignore[override] # blocking is what this runtime must never do
        """Give an awaitable of the value.

        Args:
            timeout: seconds after which awaiting raises `pykka.Timeout`; `None` waits on.

        Returns:
            This future, or one that follows it for at most `timeout` seconds.
        """
        if timeout is None:
            return self
        follower = self._follow(lambda value: value)

        def give_up() -> None:
            if not follower.done():
                asyncio.Future.set_exception(follower, pykka.Timeout(f"{timeout} seconds"))

        timer = self.get_loop().call_later(timeout, give_up)
        follower.add_done_callback(lambda _: timer.cancel())
        return follower

    def set(self, value: T | None = None) -> None:
        """Settle with a value, unless settled already."""
        if not self.done():
            self.set_result(cast("T", value))

    def set_exception(self, exc_info: BaseException | ExcInfo | None = None) -> None:  # type: ignore[override] # takes what either parent takes
        """Settle with an exception, unless settled already.

        Args:
            exc_info: the exception, or the triple of `sys.exc_info()`; by default the
                exception that is being handled.
        """
        if self.done():
            return
        error = exc_info if isinstance(exc_info, BaseException) else (exc_info or sys.exc_info())[1]
        if error is None:
            error = RuntimeError("settled with an exception where none was raised")
        elif isinstance(error, StopIteration):
            # A future cannot carry it: awaiting would mistake it for its own end.
            error = RuntimeError(f"handler raised {error!r}").with_traceback(error.__traceback__)
        asyncio.Future.set_exception(self, error)

    def set_get_hook(self, func: Callable[[float | None], T]) -> None:
        """Settle with what `func(None)` returns: nothing here can wait to be asked.

        Raises:
            asyncio.InvalidStateError: the future is settled already.
        """
        if self.done():
            raise asyncio.InvalidStateError("the future is settled")
        try:
            self.set_result(func(None))
        except Exception as error:  # noqa: BLE001 - whatever the hook raises is the value
            self.set_exception(error)

    def map(self, func: Callable[[T], M]) -> AsyncioFuture[M]:
        """Give a future of `func(value)`."""
        return self._follow(func)

    def filter(
        self: AsyncioFuture[Iterable[J]], func: Callable[[J], bool]
    ) -> AsyncioFuture[Iterable[J]]:
        """Give a future of the items for which `func` holds."""
        return self._follow(lambda items: [item for item in items if func(item)])

    def reduce(
        self: AsyncioFuture[Iterable[J]], func: Callable[[R, J], R], *args: R
    ) -> AsyncioFuture[R]:
        """Give a future of the items folded into one value."""
        fold = cast("Callable[..., R]", functools.reduce)
        return self._follow(lambda items: fold(func, items, *args))

    def join(self: AsyncioFuture[Any], *futures: pykka.Future[Any]) -> AsyncioFuture[Iterable[Any]]:
        """Give a future of the list of this value and those of `futures`."""
        joined: AsyncioFuture[Iterable[Any]] = AsyncioFuture(loop=self.get_loop())
        gathered = asyncio.gather(self, *cast("tuple[AsyncioFuture[Any], ...]", futures))
        gathered.add_done_callback(lambda source: _copy(source, joined, lambda values: values))
        return joined

    def _follow(self, func: Callable[[T], M]) -> AsyncioFuture[M]:
        follower: AsyncioFuture[M] = AsyncioFuture(loop=self.get_loop())
        self.add_done_callback(lambda source: _copy(source, follower, func))
        return follower


def _copy(source: asyncio.Future[T], target: AsyncioFuture[M], func: Callable[[T], M]) -> None:
    if source.cancelled():
        target.cancel()
    elif (error := source.exception()) is not None:
        target.set_exception(error)
    else:
        target.set_get_hook(lambda _: func(source.result()))
