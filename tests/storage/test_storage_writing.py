import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from magazie.storage import Executor, Storage, StorageClosedError, Unit, UnitMisuseError
from tests.storage.conftest import OpenStorage
from tests.storage.note_units import add_note, all_bodies, bodies_in, counted


async def test_a_unit_is_answered_with_its_result_and_is_in_the_file(
    storage: Storage, path: Path
) -> None:
    assert await storage.write(add_note("a")) == 1
    assert bodies_in(path) == ["a"]


async def test_units_run_in_the_order_of_their_writes(storage: Storage) -> None:
    await asyncio.gather(*(storage.write(add_note(f"{number}")) for number in range(1200)))
    assert await storage.read(all_bodies) == [f"{number}" for number in range(1200)]


async def test_each_waiter_gets_its_own_result(storage: Storage) -> None:
    ids = await asyncio.gather(*(storage.write(add_note(f"{number}")) for number in range(700)))
    assert ids == list(range(1, 701))


async def test_concurrent_writers_share_commits(storage: Storage) -> None:
    async def write_some(writer: int) -> None:
        for number in range(5):
            await storage.write(add_note(f"{writer}/{number}"))

    await asyncio.gather(*(write_some(writer) for writer in range(64)))
    metrics = storage.metrics
    assert metrics.units == 64 * 5
    assert metrics.commits <= 20
    assert sum(metrics.units_per_commit.counts) == metrics.commits
    assert metrics.units_per_commit.total == metrics.units


async def test_a_batch_holds_no_more_than_512_units(storage: Storage) -> None:
    await asyncio.gather(*(storage.write(add_note(f"{number}")) for number in range(1025)))
    assert storage.metrics.commits == 3
    assert storage.metrics.units_per_commit.counts[-1] == 0


class SteppedExecutor:
    """Another executor, with a clock that the test moves."""

    def __init__(self, inner: Executor) -> None:
        self.synchronous = inner.synchronous
        self.open_writer = inner.open_writer
        self.open_reader = inner.open_reader
        self.now = 0.0

    @property
    def clock(self) -> Callable[[], float]:
        return lambda: self.now


async def test_no_unit_begins_in_a_batch_that_has_run_long(
    open_storage: OpenStorage, executor_factory: Callable[[], Executor]
) -> None:
    executor = SteppedExecutor(executor_factory())
    storage = await open_storage(executor_factory=lambda: executor)

    def slow(number: int) -> Unit[int]:
        def unit(connection: sqlite3.Connection) -> int:
            executor.now += 0.011
            return number

        return unit

    results = await asyncio.gather(*(storage.write(slow(number)) for number in range(5)))
    assert results == [0, 1, 2, 3, 4]
    assert storage.metrics.commits == 3  # two, two and one


async def test_settled_waits_for_what_was_submitted_before(storage: Storage) -> None:
    writes = [asyncio.create_task(storage.write(add_note(f"{number}"))) for number in range(600)]
    await asyncio.sleep(0)
    await storage.settled()
    assert len(await storage.read(all_bodies)) == 600
    await asyncio.gather(*writes)


async def test_settled_counts_failed_units_and_cancelled_waiters(storage: Storage) -> None:
    good = asyncio.create_task(storage.write(add_note("a")))
    bad = asyncio.create_task(storage.write(add_note("a")))
    gone = asyncio.create_task(storage.write(add_note("b")))
    await asyncio.sleep(0)
    gone.cancel()
    await storage.settled()
    assert good.done() or await good == 1
    with pytest.raises(sqlite3.IntegrityError):
        await bad
    assert await storage.read(all_bodies) == ["a", "b"]


async def test_settled_of_an_idle_writer_does_not_wait(storage: Storage) -> None:
    await storage.write(add_note("a"))
    with pytest.raises(StopIteration):
        storage.settled().send(None)


async def test_a_cancelled_waiter_disturbs_nobody(storage: Storage) -> None:
    tasks = [asyncio.create_task(storage.write(add_note(f"{number}"))) for number in range(100)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[1::2] == list(range(2, 101, 2))
    assert all(isinstance(result, asyncio.CancelledError) for result in results[::2])
    assert await storage.read(counted) == 100


async def test_cancelling_the_writers_own_task_cancels_who_waits_and_no_more(
    storage: Storage,
) -> None:
    waiting = asyncio.create_task(storage.write(add_note("a")))
    await asyncio.sleep(0)
    for task in asyncio.all_tasks():
        if task.get_name() == "storage writer":
            task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await storage.write(add_note("b"))
    assert "b" in await storage.read(all_bodies)


async def test_closing_commits_what_is_in_line_and_refuses_more(
    storage: Storage, path: Path
) -> None:
    tasks = [asyncio.create_task(storage.write(add_note(f"{number}"))) for number in range(3000)]
    await asyncio.sleep(0)
    await storage.close()
    await asyncio.gather(*tasks)
    assert len(bodies_in(path)) == 3000
    with pytest.raises(StorageClosedError):
        await storage.write(add_note("late"))
    with pytest.raises(StorageClosedError):
        await storage.read(all_bodies)
    await storage.settled()
    await storage.close()


async def test_closing_leaves_one_file(storage: Storage, path: Path) -> None:
    await storage.write(add_note("a"))
    await storage.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_the_writers_settings_are_those_durability_stands_on(
    path: Path, migrations: Path
) -> None:
    storage = await Storage.open(path, migrations=migrations)

    def settings(connection: sqlite3.Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    assert await storage.write(settings) == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
    }
    await storage.close()


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    return connection.execute("SELECT body FROM notes")


def _generator(connection: sqlite3.Connection) -> Iterator[str]:
    return (body for (body,) in connection.execute("SELECT body FROM notes"))


@pytest.mark.parametrize("query", [_cursor, _generator])
@pytest.mark.parametrize("neighbours", [0, 2])
async def test_a_result_that_is_not_fetched_is_refused(
    storage: Storage, query: Unit[object], neighbours: int
) -> None:
    await storage.write(add_note("a"))
    others = [storage.write(add_note(f"{number}")) for number in range(neighbours)]
    results = await asyncio.gather(storage.write(query), *others, return_exceptions=True)
    assert isinstance(results[0], UnitMisuseError)
    assert results[1:] == [2, 3][:neighbours]
    with pytest.raises(UnitMisuseError):
        await storage.read(query)
