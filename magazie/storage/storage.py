"""The database as the rest of the program sees it: write, read, back up."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from magazie.storage.backup import copy_into
from magazie.storage.batch import Unit
from magazie.storage.checkpoint import Checkpoints
from magazie.storage.connection import ReaderConnection, WriterConnection
from magazie.storage.errors import DatabaseUnusableError
from magazie.storage.executors import AiosqliteExecutor, Executor, Worker
from magazie.storage.metrics import StorageMetrics
from magazie.storage.migrate import (
    PACKAGE_MIGRATIONS,
    Migration,
    check_applied,
    check_sequence,
    load_migrations,
    migrate,
)
from magazie.storage.readers import Readers
from magazie.storage.writer import Writer

T = TypeVar("T")

_EXIT_IO_ERROR = 74  # EX_IOERR of sysexits.h
_log = structlog.get_logger(__name__)


def end_process(error: BaseException) -> None:
    """End at once, without clean-up: after a failed COMMIT nothing here may be trusted."""
    _log.critical("database commit failed, ending the process", exc_info=error)
    os._exit(_EXIT_IO_ERROR)


class Storage:
    """A database file, opened.

    Writes are grouped: all units that wait share a transaction, each in its own savepoint, and
    are answered after its COMMIT. Units run in the order in which ``write`` was awaited.
    """

    def __init__(
        self,
        path: Path,
        executor: Executor,
        writer: Writer,
        readers: Readers,
        checkpoints: Checkpoints,
        metrics: StorageMetrics,
    ) -> None:
        """For ``open``."""
        self._path = path
        self._executor = executor
        self._writer = writer
        self._readers = readers
        self._checkpoints = checkpoints
        self._metrics = metrics
        self._closing = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        migrations: Sequence[Migration] | Path = PACKAGE_MIGRATIONS,
        executor_factory: Callable[[], Executor] = AiosqliteExecutor,
        readers: int = 2,
        fatal: Callable[[BaseException], None] = end_process,
    ) -> "Storage":
        """Open a database file, made and brought up to date where that is due.

        The caller holds the ``ProcessLock`` of its folder.

        Args:
            path: The file; its folder exists.
            migrations: The schema's steps, or the folder with their files.
            executor_factory: Where functions of the connections run.
            readers: How many queries can run at once.
            fatal: What to do when COMMIT meets an I/O error; the default ends the process.

        Raises:
            DatabaseTooNewError: A newer program wrote it; nothing was touched.
            MigrationAlteredError: An applied migration has another text now.
            MigrationError: A migration is at fault, or failed.
            DatabaseUnusableError: The file is no database of this program.
        """
        if isinstance(migrations, Path):
            migrations = load_migrations(migrations)
        check_sequence(migrations)
        executor = executor_factory()
        metrics = StorageMetrics()
        checkpoints = Checkpoints(path)
        async with AsyncExitStack() as opened:
            writer = await _open_writer(executor, path, migrations)
            opened.push_async_callback(writer.close)
            pool: list[Worker[ReaderConnection]] = []
            for _ in range(readers):
                pool.append(await executor.open_reader(path))
                opened.push_async_callback(pool[-1].close)
            opened.pop_all()
        return cls(
            path,
            executor,
            Writer(
                writer,
                clock=executor.clock,
                checkpoints=checkpoints,
                metrics=metrics,
                fatal=fatal,
            ),
            Readers(pool, metrics),
            checkpoints,
            metrics,
        )

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit in its own savepoint; give its result once it is committed.

        If the caller is cancelled the unit runs nevertheless.

        Raises:
            TransactionLostError: Nothing of the unit is stored, as its transaction was lost;
                ``DiskFullError`` where the disk is full.
            StorageClosedError: Storage is closed, or was given up after an I/O error.
            UnitMisuseError: The unit returned a cursor or an iterator, or called ``commit``.
            BaseException: Whatever the unit raised; nothing of it is stored.
        """
        return await self._writer.submit(unit)

    async def read(self, query: Unit[T]) -> T:
        """Run a query, which sees one committed state throughout, and give what it fetched.

        Raises:
            StorageClosedError: Storage is closed.
            UnitMisuseError: The query returned a cursor or an iterator.
            BaseException: Whatever the query raised.
        """
        return await self._readers.read(query)

    async def settled(self) -> None:
        """Wait until every unit submitted before this call is committed or has failed."""
        await self._writer.settled()

    async def backup(self, target: Path) -> None:
        """Write what is committed now to a file of its own, on the disk when this returns.

        A file that has this name is replaced, in one step. A caller who is cancelled still
        waits for the copy's end.

        Raises:
            BackupTargetError: The file cannot be written there.
            sqlite3.Error, OSError: Copying failed; the target is as it was.
        """
        reader = await self._executor.open_reader(self._path)
        try:
            await reader.run(partial(copy_into, target=target))
        finally:
            await reader.close()

    async def close(self) -> None:
        """Commit what is in line, refuse more, and close the file. Closing twice is harmless."""
        async with self._closing:
            if not self._closed:
                await self._readers.close()
                await self._writer.close()
                self._closed = True

    @property
    def metrics(self) -> StorageMetrics:
        """The counters, and the load at this moment. The object is the storage's own."""
        self._metrics.queue_depth = self._writer.queue_depth
        self._metrics.reads_waiting = self._readers.waiting
        self._metrics.wal_bytes = self._checkpoints.log_bytes()
        return self._metrics


async def _open_writer(
    executor: Executor, path: Path, migrations: Sequence[Migration]
) -> Worker[WriterConnection]:
    """Connect for writing, with the schema up to date and references enforced."""

    def prepare(connection: WriterConnection) -> None:
        connection.configure(path, executor.synchronous)
        migrate(connection, path, migrations)
        connection.enforce_foreign_keys()

    try:
        if path.exists():  # noqa: ASYNC240 - one look, at the start
            await _check_before_touching(executor, path, migrations)
        writer = await executor.open_writer(path)
        try:
            await writer.run(prepare)
        except BaseException:
            await writer.close()
            raise
    except sqlite3.Error as error:
        raise DatabaseUnusableError(path, str(error)) from error
    return writer


async def _check_before_touching(
    executor: Executor, path: Path, migrations: Sequence[Migration]
) -> None:
    reader = await executor.open_reader(path)
    try:
        await reader.run(partial(check_applied, path=path, migrations=migrations))
    finally:
        await reader.close()
