"""The one writer: collects units and commits them in groups."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar, cast

from magazie.storage.batch import BatchResult, Unit, has_code, run_batch
from magazie.storage.checkpoint import Checkpoints, empty_log
from magazie.storage.connection import WriterConnection
from magazie.storage.errors import StorageClosedError, TransactionLostError
from magazie.storage.executors import Worker
from magazie.storage.metrics import StorageMetrics

T = TypeVar("T")

_MOST_UNITS = 512
_BUDGET_S = 0.02
_ROUNDS_FOR_FOLLOWERS = 16
"""Rounds of the event loop between two batches: whoever was just answered can put the unit that
follows from it into the next batch (an order is stored, then its goods are claimed), and so can
the requests that come meanwhile. A batch that began at once would leave them a whole commit
behind, and many small batches write the same pages again and again. It costs who waits alone: with
one order in flight the median rose from 1.70 to 1.92 ms."""


class Writer:
    """Runs units in the order they are submitted, all that wait in one transaction.

    A batch takes at most 512 units and begins none after 20 ms, so that one batch does not
    keep the next waiting for long. While it runs, the next one collects. There is a task only
    while there are units.

    Args:
        worker: Holds the connection that writes; closed by ``close``.
        clock: Seconds, safe to call where the worker runs functions.
        checkpoints: Says when the log is to be moved into the database.
        metrics: Kept up to date.
        fatal: Called once, with the error, when COMMIT meets an I/O error: it is then unknown
            what is stored. If it returns, all who wait get ``StorageClosedError``, and
            nothing is written any more.
    """

    def __init__(
        self,
        worker: Worker[WriterConnection],
        *,
        clock: Callable[[], float],
        checkpoints: Checkpoints,
        metrics: StorageMetrics,
        fatal: Callable[[BaseException], None],
    ) -> None:
        self._worker = worker
        self._clock = clock
        self._checkpoints = checkpoints
        self._metrics = metrics
        self._fatal = fatal
        self._loop = asyncio.get_running_loop()
        self._units: list[Unit[object]] = []
        self._waiters: list[asyncio.Future[object]] = []
        self._submitted = 0
        self._done = 0
        self._settling: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._given_up = False

    @property
    def queue_depth(self) -> int:
        """Units that wait, those of the running batch not counted."""
        return len(self._units) - self._metrics.in_flight

    def submit(self, unit: Unit[T]) -> "asyncio.Future[T]":
        """Put a unit in line; the future is done after its COMMIT, or when it has failed.

        Cancelling the future does not keep the unit from running.

        Raises:
            StorageClosedError: The writer is closed.
        """
        if self._closed:
            raise StorageClosedError("Storage is closed.")
        waiter: asyncio.Future[object] = self._loop.create_future()
        self._units.append(unit)
        self._waiters.append(waiter)
        self._submitted += 1
        if self._task is None:
            self._start()
        return cast("asyncio.Future[T]", waiter)

    async def settled(self) -> None:
        """Wait until every unit submitted so far is committed or has failed."""
        if self._done == self._submitted:
            return
        settled: asyncio.Future[None] = self._loop.create_future()
        self._settling.append((self._submitted, settled))
        await settled

    async def close(self) -> None:
        """Take no more units, run those that wait, empty the log and close the connection."""
        self._closed = True
        while self._task is not None:
            await asyncio.wait([self._task])
        if not self._given_up:
            with suppress(sqlite3.Error):  # what the log keeps is read at the next start
                await self._worker.run(empty_log)
        await self._worker.close()

    def _start(self) -> None:
        self._task = self._loop.create_task(self._drain(), name="storage writer")
        self._task.add_done_callback(self._after_drain)

    async def _drain(self) -> None:
        while self._units:
            if await self._run_next_batch():
                await self._checkpoint()
            for _ in range(_ROUNDS_FOR_FOLLOWERS):
                await asyncio.sleep(0)

    def _after_drain(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            self._abandon()
        elif error := task.exception():
            self._give_up(error)
        elif self._units:  # submitted since the task had looked
            self._start()

    async def _run_next_batch(self) -> bool:
        """Run the units that wait, as many as a batch holds. True: a checkpoint is due."""
        units = self._units[:_MOST_UNITS]
        self._metrics.in_flight = len(units)
        result = await self._worker.run(
            partial(run_batch, units=units, clock=self._clock, budget_s=_BUDGET_S)
        )
        if result.fatal is not None:
            raise result.fatal
        self._count(result)
        self._answer(result)
        return self._checkpoints.after_batch(result.changes)

    async def _checkpoint(self) -> None:
        try:
            done = await self._worker.run(self._checkpoints.checkpoint)
        except sqlite3.Error as error:
            if has_code(error, sqlite3.SQLITE_IOERR):
                raise
            # A full disk, or a lock: what is committed stays safe in the log.
            self._checkpoints.after_failure()
            self._metrics.checkpoint_failures += 1
        else:
            self._checkpoints.after_checkpoint(done)
            self._metrics.checkpoints += 1

    def _answer(self, result: BatchResult) -> None:
        """Tell those whose units the batch dealt with, in their order."""
        for index, (waiter, value) in enumerate(zip(self._waiters, result.results, strict=False)):
            if waiter.done():  # its caller was cancelled
                continue
            if index in result.failures:
                waiter.set_exception(result.failures[index])
            else:
                waiter.set_result(value)
        self._leave_queue(len(result.results))

    def _count(self, result: BatchResult) -> None:
        metrics = self._metrics
        if result.failures:
            lost = sum(isinstance(told, TransactionLostError) for told in result.failures.values())
            metrics.lost += lost
            metrics.failures += len(result.failures) - lost
        if result.committed:
            stored = len(result.results) - len(result.failures)
            metrics.commits += 1
            metrics.units += stored
            metrics.units_per_commit.observe(stored)
            metrics.run_s.observe(result.run_s)
            metrics.commit_s.observe(result.commit_s)

    def _give_up(self, error: BaseException) -> None:
        """Write no more: it is unknown what the running batch stored."""
        self._closed = self._given_up = True
        self._fatal(error)
        for waiter in self._waiters:
            if not waiter.done():
                told = StorageClosedError(f"Storage was given up: {error}")
                told.__cause__ = error
                waiter.set_exception(told)
        self._leave_queue(len(self._units))

    def _abandon(self) -> None:
        """The writer's task is cancelled, as when its loop ends: so is whoever waits for it."""
        for waiter in self._waiters:
            waiter.cancel()
        for _, settled in self._settling:
            settled.cancel()
        self._leave_queue(len(self._units))

    def _leave_queue(self, dealt_with: int) -> None:
        """Drop the first units, whose waiters are told, and tell who waited for just that."""
        del self._units[:dealt_with], self._waiters[:dealt_with]
        self._metrics.in_flight = 0
        self._done += dealt_with
        while self._settling and self._settling[0][0] <= self._done:
            _, settled = self._settling.popleft()
            if not settled.done():
                settled.set_result(None)
