import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from magazie.storage import LoopExecutor, Storage, StorageClosedError, TransactionLostError
from tests.storage.conftest import MIGRATIONS
from tests.storage.note_units import add_note, all_bodies, bodies_in
from tests.storage.virtual_time import run_virtually


class Run:
    """Some writers and a reader, on a seed; crashed at a drawn moment where that is asked for."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.chance = random.Random(seed)
        self.trace: list[tuple[float, str]] = []
        self.submitted: list[str] = []
        self.acknowledged: list[str] = []

    async def open(self) -> Storage:
        self.executor = LoopExecutor(self.chance, longest_wait_s=0.01)
        return await Storage.open(
            self.path, migrations=MIGRATIONS, executor_factory=lambda: self.executor
        )

    async def work(self, storage: Storage) -> None:
        await asyncio.gather(*(self._write(storage, n) for n in range(8)), self._read(storage))

    async def _write(self, storage: Storage, writer: int) -> None:
        for number in range(6):
            await asyncio.sleep(self.chance.uniform(0, 0.02))
            body = f"{writer}/{number}"
            self.submitted.append(body)
            await storage.write(add_note(body))
            self.acknowledged.append(body)
            self._note(f"acknowledged {body}")

    async def _read(self, storage: Storage) -> None:
        for _ in range(10):
            await asyncio.sleep(self.chance.uniform(0, 0.02))
            seen = await storage.read(all_bodies)
            self._note(f"saw {seen}")

    def _note(self, event: str) -> None:
        self.trace.append((asyncio.get_running_loop().time(), event))

    async def whole(self) -> None:
        storage = await self.open()
        await self.work(storage)
        await storage.close()

    async def crashed(self) -> list[str]:
        """Crash it; gives what the next start finds."""
        storage = await self.open()
        tasks = [asyncio.create_task(self.work(storage))]
        await asyncio.sleep(self.chance.uniform(0, 0.15))
        self.executor.crash()
        acknowledged = len(self.acknowledged)
        await asyncio.sleep(1)
        assert len(self.acknowledged) == acknowledged
        await self._cancel_everything()
        assert len(self.acknowledged) == acknowledged
        assert all(task.cancelled() for task in tasks)
        storage = await self.open()
        found = await storage.read(all_bodies)
        await storage.write(add_note("after the restart"))
        await storage.close()
        return found

    async def _cancel_everything(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def test_a_seed_run_twice_gives_equal_traces(tmp_path: Path) -> None:
    runs = [Run(tmp_path / f"{index}.db", seed) for index, seed in enumerate([7, 7, 8])]
    for run in runs:
        run_virtually(run.whole())
    first, second, other = (run.trace for run in runs)
    assert first == second
    assert first != other
    assert len(runs[0].acknowledged) == 48


def test_after_a_crash_exactly_the_committed_units_are_there(tmp_path: Path) -> None:
    unanswered = unfinished = 0
    for seed in range(25):
        run = Run(tmp_path / f"{seed}.db", seed)
        found = run_virtually(run.crashed())
        assert found == run.submitted[: len(found)]  # whole batches, in their order
        assert set(run.acknowledged) <= set(found)
        unanswered += len(found) > len(run.acknowledged)
        unfinished += len(found) < len(run.submitted)
        assert bodies_in(run.path) == [*found, "after the restart"]
    assert unanswered > 0  # crashed after COMMIT, before the answer
    assert unfinished > 0  # crashed before COMMIT


def test_what_still_asks_after_a_crash_is_cancelled(tmp_path: Path) -> None:
    async def main() -> list[str]:
        run = Run(tmp_path / "a.db", 1)
        storage = await run.open()
        ended: list[str] = []

        async def clean_up() -> None:
            try:
                await asyncio.sleep(10)
            finally:
                for name, asking in {
                    "write": storage.write(add_note("a")),
                    "read": storage.read(all_bodies),
                    "backup": storage.backup(tmp_path / "copy.db"),
                    "close": storage.close(),
                }.items():
                    try:
                        await asking
                    except asyncio.CancelledError:
                        ended.append(name)

        task = asyncio.create_task(clean_up())
        await asyncio.sleep(0.1)
        run.executor.crash()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ended

    assert run_virtually(main()) == ["write", "read", "backup", "close"]
    assert bodies_in(tmp_path / "a.db") == []


def test_a_crash_at_the_commit_itself_leaves_nothing_of_the_batch(tmp_path: Path) -> None:
    async def main() -> list[str]:
        commits = 0
        executors: list[LoopExecutor] = []

        def before_commit() -> None:
            nonlocal commits
            commits += 1
            if commits == 4:  # after two migrations and one unit
                executors[0].crash()

        def factory() -> LoopExecutor:
            executors.append(LoopExecutor(random.Random(1), before_commit=before_commit))
            return executors[-1]

        async def start() -> Storage:
            return await Storage.open(
                tmp_path / "a.db", migrations=MIGRATIONS, executor_factory=factory
            )

        storage = await start()
        await storage.write(add_note("before"))
        lost = [asyncio.create_task(storage.write(add_note(body))) for body in "ab"]
        await asyncio.sleep(10)
        assert not any(task.done() for task in lost)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(*lost, return_exceptions=True)
        storage = await start()
        found = await storage.read(all_bodies)
        await storage.close()
        return found

    assert run_virtually(main()) == ["before"]


def io_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("simulated")
    error.sqlite_errorcode = code
    return error


def test_commits_can_be_made_to_fail(tmp_path: Path) -> None:
    async def main() -> tuple[list[type], list[BaseException], list[str]]:
        due: list[BaseException] = []
        fatal: list[BaseException] = []

        def before_commit() -> None:
            if due:
                raise due.pop()

        storage = await Storage.open(
            tmp_path / "a.db",
            migrations=MIGRATIONS,
            executor_factory=lambda: LoopExecutor(random.Random(1), before_commit=before_commit),
            fatal=fatal.append,
        )
        outcomes: list[type] = []
        for error in (None, io_error(sqlite3.SQLITE_NOMEM), None, io_error(sqlite3.SQLITE_IOERR)):
            due[:] = [error] if error else []
            (result,) = await asyncio.gather(
                storage.write(add_note(f"{len(outcomes)}")), return_exceptions=True
            )
            outcomes.append(type(result))
        bodies = await storage.read(all_bodies)
        await storage.close()
        return outcomes, fatal, bodies

    outcomes, fatal, bodies = run_virtually(main())
    assert outcomes == [int, TransactionLostError, int, StorageClosedError]
    assert [type(error) for error in fatal] == [sqlite3.OperationalError]
    assert bodies == ["0", "2"]
