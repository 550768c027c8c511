import asyncio
import sqlite3
from pathlib import Path

import pytest

from magazie.storage import AiosqliteExecutor, Storage, StorageClosedError, Unit
from tests.storage.conftest import OpenStorage
from tests.storage.note_units import add_note, all_bodies, counted


async def test_a_read_sees_what_was_acknowledged_before(storage: Storage) -> None:
    for number in range(50):
        await storage.write(add_note(f"{number}"))
        assert await storage.read(counted) == number + 1


async def test_a_read_sees_one_state_throughout_and_never_half_a_batch(storage: Storage) -> None:
    async def write() -> None:
        for number in range(60):
            await asyncio.gather(*(storage.write(add_note(f"{number}/{i}")) for i in range(3)))

    def both(connection: sqlite3.Connection) -> tuple[int, int, int]:
        first = counted(connection)
        (rows,) = connection.execute("SELECT count(*) FROM notes").fetchone()
        return first, rows, counted(connection)

    writing = asyncio.create_task(write())
    seen = set()
    while not writing.done():
        first, rows, again = await storage.read(both)
        assert first == rows == again
        seen.add(first)
    assert len(seen) > 1
    await writing


async def test_a_read_cannot_write(storage: Storage) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await storage.read(add_note("a"))
    assert await storage.read(all_bodies) == []


async def test_a_query_that_raises_leaves_its_reader_usable(open_storage: OpenStorage) -> None:
    storage = await open_storage(readers=1)
    with pytest.raises(sqlite3.OperationalError):
        await storage.read(lambda connection: connection.execute("SELEC").fetchall())
    assert await storage.read(all_bodies) == []


async def test_more_queries_than_readers_wait_their_turn(open_storage: OpenStorage) -> None:
    storage = await open_storage(readers=2)
    order: list[int] = []

    def query(number: int) -> Unit[int]:
        def run(connection: sqlite3.Connection) -> int:
            order.append(number)
            return counted(connection)

        return run

    tasks = [asyncio.create_task(storage.read(query(number))) for number in range(20)]
    await asyncio.sleep(0)
    assert storage.metrics.reads_waiting == 18
    await asyncio.gather(*tasks)
    assert sorted(order) == list(range(20))
    # each of two readers took them in turn, however long the other one stalled
    last = [-1, -1]
    for number in order:
        reader = max((reader for reader in (0, 1) if last[reader] < number), key=last.__getitem__)
        last[reader] = number
    assert storage.metrics.reads == 20
    assert storage.metrics.reads_waiting == 0


async def test_cancelled_queries_give_their_turn_and_their_reader_back(
    open_storage: OpenStorage,
) -> None:
    storage = await open_storage(readers=1)
    tasks = [asyncio.create_task(storage.read(all_bodies)) for _ in range(6)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[1::2] == [[], [], []]
    assert await storage.read(all_bodies) == []


async def test_a_turn_that_came_just_as_its_query_was_cancelled_goes_to_the_next(
    open_storage: OpenStorage,
) -> None:
    storage = await open_storage(readers=1)
    running = asyncio.create_task(storage.read(all_bodies))
    waiting = asyncio.create_task(storage.read(all_bodies))
    await asyncio.sleep(0)
    running.add_done_callback(lambda _: waiting.cancel())
    await running
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await storage.read(all_bodies) == []


async def test_closing_refuses_the_queries_that_wait(open_storage: OpenStorage) -> None:
    storage = await open_storage(readers=1)
    tasks = [asyncio.create_task(storage.read(all_bodies)) for _ in range(3)]
    await asyncio.sleep(0)
    await storage.close()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == []
    assert [type(result) for result in results[1:]] == [StorageClosedError] * 2


async def test_a_cancelled_query_is_interrupted_where_it_runs(path: Path, migrations: Path) -> None:
    storage = await Storage.open(
        path, migrations=migrations, executor_factory=AiosqliteExecutor, readers=1
    )
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def endless(connection: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchone()

    task = asyncio.create_task(storage.read(endless))
    await begun.wait()
    await asyncio.sleep(0.01)  # let the statement itself begin
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.wait_for(storage.read(all_bodies), 5) == []
    await storage.close()
