"""A job that a full disk broke off is told to be over as soon as there is room."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from magazie.actors.news import NewsDesk
from magazie.model.work_troubles import WorkTrouble
from magazie.storage import Storage, jobs
from magazie.storage.batch import Unit
from magazie.storage.errors import DiskFullError
from magazie.storage.jobs import Job, JobKind, JobState
from magazie.sync import job_runner
from magazie.sync.job_runner import JobRunner, Progress
from tests.actors.house import SetClock
from tests.storage.fresh_books import open_fresh


class Disk:
    """The storage as the runner sees it, with room or without."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.is_full = False
        self.refused = 0

    async def write(self, unit: Unit[Any]) -> Any:
        if self.is_full:
            self.refused += 1
            raise DiskFullError
        return await self.storage.write(unit)

    async def read(self, query: Unit[Any]) -> Any:
        return await self.storage.read(query)


@pytest.fixture
async def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Disk]:
    monkeypatch.setattr(job_runner, "STORE_AGAIN_S", 0.001)
    storage = await open_fresh(tmp_path / "magazie.db")
    yield Disk(storage)
    await storage.close()


async def ended(disk: Disk, *, breaks: bool) -> Job:
    """How a job is told to have ended whose disk was full just then."""

    async def work(_job: Job, progress: Progress) -> object:
        disk.is_full = True
        if breaks:
            await progress(1, 2)
        return {}

    runner = JobRunner(
        storage=disk,  # type: ignore[arg-type]  # what it asks of storage
        clock=SetClock(),
        news=NewsDesk(),
        works={JobKind.SYNC: work},
    )
    job_id = await runner.start(JobKind.SYNC, "magazin")
    async with asyncio.timeout(10):
        while disk.refused < 1 + breaks:
            await asyncio.sleep(0.001)
        disk.is_full = False
        while True:
            job = await disk.read(lambda c: jobs.find(c, job_id))
            if job.is_over:
                await runner.stop()
                return job
            await asyncio.sleep(0.001)


async def test_a_job_that_a_full_disk_broke_off_ends(disk: Disk) -> None:
    job = await ended(disk, breaks=True)
    assert job.state is JobState.FAILED
    assert [problem.trouble for problem in job.problems] == [WorkTrouble.DISK_FULL]


async def test_a_job_that_was_done_as_the_disk_was_full_is_done(disk: Disk) -> None:
    assert (await ended(disk, breaks=False)).state is JobState.DONE
