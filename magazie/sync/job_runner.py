"""Long work that people start and follow: one of a kind and subject at a time."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from magazie.actors.news import NewsDesk, RecordNews
from magazie.model.ids import encode_id
from magazie.ports import Clock
from magazie.storage import jobs
from magazie.storage.batch import Unit
from magazie.storage.errors import TransactionLostError
from magazie.storage.jobs import Job, JobKind, JobProblem, JobProgress
from magazie.storage.storage import Storage
from magazie.sync.job_troubles import trouble_of

logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Told (done, total) items, and more where there is more to tell."""

    async def __call__(
        self, done: int, total: int | None, more: JobProgress | None = None, /
    ) -> None:
        """Note it; not each call is written down."""


Work = Callable[[Job, Progress], Awaitable[object]]
"""Does the job; what it answers is stored as the result (JSON)."""

NOTE_EVERY_S = 1.0
"""Progress is written down at most this often."""
STORE_AGAIN_S = 5.0
"""How a job ended is stored again after this, where the disk was full."""


class JobRunner:
    """Starts jobs, follows them, resumes after a restart those that were under way."""

    def __init__(
        self, *, storage: Storage, clock: Clock, news: NewsDesk, works: Mapping[JobKind, Work]
    ) -> None:
        """``works``: what each kind of job does. Every one of them may be repeated."""
        self._storage = storage
        self._clock = clock
        self._news = news
        self._works = works
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._subjects: dict[int, str] = {}

    async def resume(self, subject: str | None = None) -> int:
        """Start again what a stop or a pause interrupted, of one subject or all; how many."""
        unfinished = [
            job
            for job in await self._storage.read(jobs.under_way)
            if job.id not in self._tasks and subject in {None, job.subject}
        ]
        for job in unfinished:
            self._launch(job)
        return len(unfinished)

    async def pause(self, subject: str) -> None:
        """End the tasks of one subject; its jobs stay under way in the books."""
        tasks = [self._tasks[job_id] for job_id, it in self._subjects.items() if it == subject]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start(
        self,
        kind: JobKind,
        subject: str,
        arguments: bytes = b"{}",
        beside: Callable[[sqlite3.Connection, Job], None] | None = None,
    ) -> int:
        """Start a job, or find the one of this kind and subject that is under way; its id.

        ``beside`` is told the job in the unit that starts it, and may write what belongs to that.
        """
        now_ms = self._clock.now_ms()
        text = arguments.decode()

        def unit(connection: sqlite3.Connection) -> Job:
            job, _ = jobs.start(connection, kind, subject, text, now_ms)
            if beside is not None:
                beside(connection, job)
            return job

        job = await self._storage.write(unit)
        if job.id not in self._tasks:
            self._launch(job)
        return job.id

    async def cancel(self, job_id: int) -> bool:
        """Stop a job where it is; False when none with this id is under way."""
        now_ms = self._clock.now_ms()
        found = await self._storage.write(lambda c: jobs.cancel(c, job_id, now_ms))
        task = self._tasks.get(job_id)
        if task is not None:
            task.cancel()
        if found:
            self._news.tell(RecordNews("job", encode_id(job_id), 0))
        return found

    async def stop(self) -> None:
        """End the tasks; the jobs stay under way in the books and are resumed."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _launch(self, job: Job) -> None:
        task = asyncio.get_running_loop().create_task(self._run(job), name=f"job {job.kind}")
        self._tasks[job.id] = task
        self._subjects[job.id] = job.subject
        task.add_done_callback(lambda _: self._forget(job.id))

    def _forget(self, job_id: int) -> None:
        self._tasks.pop(job_id, None)
        self._subjects.pop(job_id, None)

    async def _run(self, job: Job) -> None:
        loop = asyncio.get_running_loop()
        noted_at = loop.time() - NOTE_EVERY_S
        untold: tuple[int, int | None, JobProgress | None] | None = None

        async def note(done: int, total: int | None, more: JobProgress | None) -> None:
            now_ms = self._clock.now_ms()
            await self._storage.write(
                lambda c: jobs.advance(
                    c, job.id, done=done, total=total, now_ms=now_ms, progress=more
                )
            )

        async def progress(
            done: int, total: int | None, more: JobProgress | None = None, /
        ) -> None:
            nonlocal noted_at, untold
            if loop.time() - noted_at < NOTE_EVERY_S:
                untold = (done, total, more)
                return
            noted_at, untold = loop.time(), None
            await note(done, total, more)
            self._news.tell(RecordNews("job", encode_id(job.id), 0))

        try:
            result = await self._works[job.kind](job, progress)
            if untold is not None:
                await note(*untold)  # it ended with what was not worth a note by itself
        except asyncio.CancelledError:
            raise
        except Exception as error:
            logger.exception("job_failed job=%s kind=%s", job.id, job.kind)
            now_ms = self._clock.now_ms()
            trouble, reason = trouble_of(error)
            problem = JobProblem(job.subject, reason, trouble)
            await self._store_end(lambda c: jobs.fail(c, job.id, problem, now_ms))
        else:
            now_ms = self._clock.now_ms()
            text = msgspec.json.encode(result).decode()
            await self._store_end(lambda c: jobs.finish(c, job.id, result=text, now_ms=now_ms))
        self._news.tell(RecordNews("job", encode_id(job.id), 0))

    async def _store_end(self, unit: Unit[bool]) -> None:
        """Note how a job ended, on a full disk as soon as there is room: else it never ends."""
        while True:
            try:
                await self._storage.write(unit)
            except TransactionLostError as error:
                logger.warning("job_end_not_stored reason=%s", error)
                await asyncio.sleep(STORE_AGAIN_S)
            else:
                return
