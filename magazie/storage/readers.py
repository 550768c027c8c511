"""Reading: a few read-only connections, whole answers only."""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from magazie.storage.batch import Unit, call_fetched, release_cursors
from magazie.storage.connection import ReaderConnection
from magazie.storage.errors import StorageClosedError
from magazie.storage.executors import Worker
from magazie.storage.metrics import StorageMetrics

T = TypeVar("T")


class Readers:
    """A pool of readers; a query that finds none free waits its turn, first come first served.

    A query sees one committed state of the database from its first statement to its last.
    """

    def __init__(
        self, workers: Sequence[Worker[ReaderConnection]], metrics: StorageMetrics
    ) -> None:
        self._workers = tuple(workers)
        self._free = deque(workers)
        self._waiting: deque[asyncio.Future[Worker[ReaderConnection]]] = deque()
        self._metrics = metrics
        self._closed = False

    @property
    def waiting(self) -> int:
        """Queries that wait for a free reader."""
        return len(self._waiting)

    async def read(self, query: Unit[T]) -> T:
        """Run a query and give what it fetched.

        If the caller is cancelled the statement that runs is interrupted.

        Raises:
            StorageClosedError: Storage is closed.
            UnitMisuseError: The query returned a cursor or an iterator.
            Exception: Whatever the query raised.
        """
        worker = await self._take()
        self._metrics.reads += 1
        try:
            return await worker.run(partial(run_query, query=query))
        except asyncio.CancelledError:
            worker.interrupt()
            raise
        finally:
            self._give_back(worker)

    async def close(self) -> None:
        """Refuse whoever waits, let the running queries end, and close the connections."""
        self._closed = True
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(_closed())
        for worker in self._workers:
            await worker.close()

    async def _take(self) -> Worker[ReaderConnection]:
        if self._closed:
            raise _closed()
        if self._free:
            return self._free.popleft()
        turn: asyncio.Future[Worker[ReaderConnection]] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._give_back(turn.result())
            raise

    def _give_back(self, worker: Worker[ReaderConnection]) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._free.append(worker)


def run_query(connection: ReaderConnection, query: Unit[T]) -> T:
    """Run a query over one committed state of the database."""
    connection.execute("BEGIN")
    try:
        return call_fetched(query, connection)
    except BaseException as error:
        release_cursors(error)
        raise
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _closed() -> StorageClosedError:
    return StorageClosedError("Storage is closed.")
