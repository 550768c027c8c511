"""Runs a program's coroutine until it ends or somebody ends it."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Final

import structlog

END_WITHIN_S: Final = 9.5
"""What does not end in this time is ended: a service is asked to stop within 10 seconds."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BY_SIGNAL: Final = 128
_STUCK: Final = 70  # EX_SOFTWARE of sysexits.h

_log = structlog.get_logger(__name__)


def run_until_signal(program: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run it on uvloop, where there is one; SIGINT and SIGTERM cancel it and let it clean up.

    So does SIGHUP, which the closing of a terminal sends, unless it was told to be ignored (nohup).
    A second signal ends the process at once.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        ending = _Ending()
        try:
            runner.run(ending.guard(program()))
        finally:
            runner.close()
            ending.done()


class _Ending:
    """The first signal asks, the second and the time limit do not."""

    def __init__(self) -> None:
        self._limit: threading.Timer | None = None
        self._task: asyncio.Task[None] | None = None

    async def guard(self, program: Coroutine[None, None, None]) -> None:
        loop = asyncio.get_running_loop()
        self._task = task = loop.create_task(program)
        for number in _SIGNALS:
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._end, number)
        try:
            await task
        except asyncio.CancelledError:
            if self._limit is None:
                raise

    def done(self) -> None:
        """Everything has ended."""
        if self._limit is not None:
            self._limit.cancel()

    def _end(self, number: signal.Signals) -> None:
        if self._limit is not None or self._task is None:
            os._exit(_BY_SIGNAL + number)
        _log.info("stopping", signal=number.name)
        # a thread, because what hangs may be the loop itself
        self._limit = threading.Timer(END_WITHIN_S, _give_up)
        self._limit.daemon = True
        self._limit.start()
        self._task.cancel()


def _give_up() -> None:
    _log.critical("stopping takes too long, ending the process", seconds=END_WITHIN_S)
    logging.shutdown()
    os._exit(_STUCK)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - there is none for Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
