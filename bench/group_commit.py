"""Group commit at its barest: a thread that writes all rows that wait in one transaction."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

Waiting = tuple[T, "asyncio.Future[None]"]


class GroupCommit(Generic[T]):
    """What was written is answered once its transaction is committed."""

    def __init__(
        self, path: Path, insert: Callable[[sqlite3.Connection, Sequence[T]], None]
    ) -> None:
        """``insert`` puts all rows of one batch in."""
        self._loop = asyncio.get_running_loop()
        self._path = path
        self._insert = insert
        self._ready = threading.Condition()
        self._waiting: list[Waiting[T]] = []
        self._open = True
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def write(self, row: T) -> asyncio.Future[None]:
        waiter = self._loop.create_future()
        with self._ready:
            self._waiting.append((row, waiter))
            self._ready.notify()
        return waiter

    def close(self) -> None:
        with self._ready:
            self._open = False
            self._ready.notify()
        self._thread.join()

    def _serve(self) -> None:
        connection = connect(self._path)
        while True:
            with self._ready:
                while not self._waiting and self._open:
                    self._ready.wait()
                batch, self._waiting = self._waiting, []
            if not batch:
                break
            connection.execute("BEGIN IMMEDIATE")
            self._insert(connection, [row for row, _ in batch])
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_answer, [waiter for _, waiter in batch])
        connection.close()


def _answer(waiters: Sequence["asyncio.Future[None]"]) -> None:
    for waiter in waiters:
        waiter.set_result(None)


def connect(path: Path) -> sqlite3.Connection:
    """Open a floor's database for writing, under the settings that the service uses."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=1024)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    return connection
