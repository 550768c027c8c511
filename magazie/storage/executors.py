"""Where the functions of a connection run: on threads in service, on the loop in simulation.

A worker holds one connection and runs functions on it one after another. Writer and readers
stand on workers and know nothing else of threads or loops.

For a simulation the database is an ordinary file, best on a memory file system (``/dev/shm``):
it outlives ``LoopExecutor.crash`` and is opened again by the next executor, as after a real
crash of the process.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, NoReturn, Protocol, TypeVar

import aiosqlite

from magazie.storage.connection import (
    JobConnection,
    ReaderConnection,
    WriterConnection,
    reader_uri,
    writer_uri,
)

R = TypeVar("R")
C = TypeVar("C", bound=JobConnection)
C_co = TypeVar("C_co", bound=JobConnection, covariant=True)


class Worker(Protocol[C_co]):
    """Runs functions on its connection, one after another, in the order they came."""

    async def run(self, function: Callable[[C_co], R]) -> R:
        """Run a function of the connection and give its result, or raise its error.

        A caller who is cancelled does not know whether it ran, or will.
        """

    def interrupt(self) -> None:
        """Stop the statement that is running, if one is; its function sees an error."""

    async def close(self) -> None:
        """Close the connection once everything handed over before has run."""


class Executor(Protocol):
    """Opens workers on a database file."""

    synchronous: str
    """SQLite's own word for when it waits for the disk."""

    @property
    def clock(self) -> Callable[[], float]:
        """Seconds that only ever rise; safe to call from where functions run."""

    async def open_writer(self, path: Path) -> Worker[WriterConnection]:
        """Connect for writing; the file is made if it is not there."""

    async def open_reader(self, path: Path) -> Worker[ReaderConnection]:
        """Connect for reading only."""


class AiosqliteExecutor:
    """For service: each connection has its own thread, aiosqlite's."""

    synchronous = "FULL"

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock

    @property
    def clock(self) -> Callable[[], float]:
        """A performance counter."""
        return self._clock

    async def open_writer(self, path: Path) -> "AiosqliteWorker[WriterConnection]":
        """Connect for writing; the file is made if it is not there."""
        return await AiosqliteWorker.connect(writer_uri(path), WriterConnection)

    async def open_reader(self, path: Path) -> "AiosqliteWorker[ReaderConnection]":
        """Connect for reading only."""
        return await AiosqliteWorker.connect(reader_uri(path), ReaderConnection)


class AiosqliteWorker(Generic[C]):
    """A connection on aiosqlite's thread, where ``commit`` runs what is handed over."""

    def __init__(self, proxy: aiosqlite.Connection, connection: C) -> None:
        self._proxy = proxy
        self._connection = connection
        self._jobs = connection.jobs

    @classmethod
    async def connect(cls, uri: str, kind: Callable[[str], C]) -> "AiosqliteWorker[C]":
        """Start the thread and open the connection on it.

        Raises:
            sqlite3.Error: The file cannot be opened.
        """
        made: list[C] = []
        failed: list[sqlite3.Error] = []

        def build(database: str, **_options: object) -> sqlite3.Connection:
            try:
                made.append(kind(database))
            except sqlite3.Error as error:
                # aiosqlite would leave its thread behind, to outlive the loop it reports to
                failed.append(error)
                return sqlite3.Connection(":memory:")
            return made[0]

        proxy = await aiosqlite.connect(uri, factory=build)
        if failed:
            await proxy.close()
            raise failed[0]
        return cls(proxy, made[0])

    async def run(self, function: Callable[[C], R]) -> R:
        """Run a function of the connection on its thread."""
        results: list[R] = []
        # aiosqlite queues the commit before it first waits: jobs and commits stay in step.
        self._jobs.append(lambda: results.append(function(self._connection)))
        await self._proxy.commit()
        return results[0]

    def interrupt(self) -> None:
        """Stop the statement that is running, if one is."""
        with suppress(sqlite3.ProgrammingError):  # it is closed: nothing is running
            self._connection.interrupt()

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._proxy.close()


class LoopExecutor:
    """For simulation: no threads; every function runs whole in one step of the event loop.

    Each run is preceded and followed by a wait drawn from ``chance``, so that a crash or
    another task may come before a commit, or between it and the answer.

    Args:
        chance: Decides every wait; the same seed on the same loop gives the same run.
        longest_wait_s: Bound of a single wait.
        before_commit: Called where COMMIT is due; what it raises (a ``sqlite3.Error``, with
            ``sqlite_errorcode`` where it matters) is taken for the error of COMMIT.
    """

    synchronous = "OFF"

    def __init__(
        self,
        chance: random.Random,
        *,
        longest_wait_s: float = 0.005,
        before_commit: Callable[[], None] | None = None,
    ) -> None:
        self._chance = chance
        self._longest_wait_s = longest_wait_s
        self._before_commit = before_commit
        self._workers: list[LoopWorker[WriterConnection] | LoopWorker[ReaderConnection]] = []
        self.crashed = False

    @property
    def clock(self) -> Callable[[], float]:
        """The loop's time, which stands still while a function runs."""
        return asyncio.get_running_loop().time

    async def open_writer(self, path: Path) -> "LoopWorker[WriterConnection]":
        """Connect for writing; the file is made if it is not there."""
        self.refuse_the_dead()
        await self.wait()
        connection = _SimulatedWriterConnection(writer_uri(path), self._before_commit)
        worker: LoopWorker[WriterConnection] = LoopWorker(self, connection)
        self._workers.append(worker)
        return worker

    async def open_reader(self, path: Path) -> "LoopWorker[ReaderConnection]":
        """Connect for reading only."""
        self.refuse_the_dead()
        await self.wait()
        worker = LoopWorker(self, ReaderConnection(reader_uri(path)))
        self._workers.append(worker)
        return worker

    def crash(self) -> None:
        """Die as a killed process does: what is committed stays, the rest never was.

        Whoever waits now is never answered. Call this, from anywhere, before cancelling the
        tasks; whatever they ask of storage while they unwind meets ``CancelledError``.
        """
        self.crashed = True
        for worker in self._workers:
            worker.disconnect()

    def refuse_the_dead(self) -> None:
        """See that there was no crash.

        Raises:
            asyncio.CancelledError: There was; nothing that asks belongs to a living process.
        """
        if self.crashed:
            raise asyncio.CancelledError

    async def wait(self) -> None:
        """Let a drawn time pass; for ever, if a crash comes before its end."""
        await asyncio.sleep(self._chance.uniform(0, self._longest_wait_s))
        if self.crashed:
            await _never()


class LoopWorker(Generic[C]):
    """A connection whose functions run on the event loop itself."""

    def __init__(self, executor: LoopExecutor, connection: C) -> None:
        self._executor = executor
        self._connection = connection
        self._turn = asyncio.Lock()

    async def run(self, function: Callable[[C], R]) -> R:
        """Run a function of the connection whole, between two waits."""
        self._executor.refuse_the_dead()
        async with self._turn:
            await self._executor.wait()
            try:
                return function(self._connection)
            finally:
                await self._executor.wait()

    def interrupt(self) -> None:
        """Nothing: a function that runs on the loop cannot be overtaken."""

    def disconnect(self) -> None:
        """Close the connection at once."""
        self._connection.close()

    async def close(self) -> None:
        """Close the connection once everything handed over before has run."""
        self._executor.refuse_the_dead()
        async with self._turn:
            await self._executor.wait()
            self.disconnect()


class _SimulatedWriterConnection(WriterConnection):
    """A writer whose COMMIT may be made to fail."""

    def __init__(self, database: str, before_commit: Callable[[], None] | None) -> None:
        super().__init__(database)
        self._before_commit = before_commit

    def commit_transaction(self) -> None:
        if self._before_commit is not None:
            self._before_commit()
        super().commit_transaction()


async def _never() -> NoReturn:
    await asyncio.get_running_loop().create_future()
    raise AssertionError  # nobody resolves it; its task can only be cancelled
