"""Following a job on the terminal, and summing it up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from rich.table import Table

from magazie.commands.failure import CommandError
from magazie.commands.output import note, progress_bar, result_console, say
from magazie.model.matching import MatchAction
from magazie.storage import jobs
from magazie.storage.jobs import JobProblem, JobProgress, JobState
from magazie.storage.storage import Storage
from magazie.sync.import_report import ROWS_IN_RESULT, ImportResult

_LOOK_EVERY_S: Final = 0.5
_ROWS_SHOWN: Final = 40


_NOTHING: Final = msgspec.Raw(b"null")


class JobSeen(msgspec.Struct):
    """A job as the API and the books tell it; ``result`` is JSON, null until it is done."""

    state: JobState
    done: int
    total: int | None
    problems: list[JobProblem] = []
    result: msgspec.Raw = _NOTHING
    progress: JobProgress | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen in it."""
        return self.state not in {JobState.WAITING, JobState.RUNNING}


class _SyncResult(msgspec.Struct):
    items: int = 0


def looking_at(storage: Storage, job_id: int) -> Callable[[], Awaitable[JobSeen]]:
    """How to see a job in books that this process has open.

    The function given raises ``CommandError`` when the job is gone.
    """

    async def look() -> JobSeen:
        job = await storage.read(lambda c: jobs.find(c, job_id))
        if job is None:
            raise CommandError("The job is gone from the books; start it again.")
        return JobSeen(
            state=job.state,
            done=job.done,
            total=job.total,
            problems=[JobProblem(it.subject, it.words("en")) for it in job.problems],
            result=msgspec.Raw(job.result.encode()) if job.result is not None else _NOTHING,
            progress=job.progress,
        )

    return look


async def follow(look: Callable[[], Awaitable[JobSeen]], title: str) -> JobSeen:
    """Show how far a job is until it is over.

    Args:
        look: gives the job as it stands.
        title: what the bar is called.

    """
    with progress_bar() as bar:
        task = bar.add_task(title, total=None)
        while True:
            seen = await look()
            bar.update(
                task, completed=seen.done, total=seen.total, description=_titled(title, seen)
            )
            if seen.is_over:
                return seen
            await asyncio.sleep(_LOOK_EVERY_S)


def _titled(title: str, seen: JobSeen) -> str:
    told = seen.progress
    if told is None:
        return title
    named = f"{title}, page {told.pages} of {told.pages_total or '?'}"
    if told.images_fetched is not None:
        return f"{named}, {told.images_fetched} of {told.images} images here"
    return f"{named}, {told.images} images" if told.images else named


def report(seen: JobSeen, *, kind: str, dry_run: bool) -> None:
    """Sum a job up that is over."""
    for problem in seen.problems:
        note(f"{problem.subject}: {problem.message}")
    if seen.state is not JobState.DONE:
        note(f"The {kind} is {seen.state}.")
    elif kind == "import":
        _report_import(msgspec.json.decode(seen.result, type=ImportResult), dry_run=dry_run)
    else:
        say(f"{msgspec.json.decode(seen.result, type=_SyncResult).items} items listed")


def _report_import(result: ImportResult, *, dry_run: bool) -> None:
    console = result_console()
    counts = Table(title="would be done" if dry_run else "done", title_justify="left")
    counts.add_column("items")
    counts.add_column("number", justify="right")
    for label, number in (
        ("created", result.created),
        ("linked", result.linked),
        ("kept as they were", result.kept),
        ("left to a person", result.left),
        ("left out by a person", result.ignored),
    ):
        counts.add_row(label, str(number))
    console.print(counts)
    rows = [row for row in result.rows if dry_run or row.action is MatchAction.ASK]
    if not rows:
        return
    table = Table(title="items", title_justify="left")
    for column in ("id", "SKU", "action", "why"):
        table.add_column(column)
    for row in rows[:_ROWS_SHOWN]:
        table.add_row(row.external_id, row.sku, row.action, row.why)
    console.print(table)
    if len(rows) > _ROWS_SHOWN or len(result.rows) == ROWS_IN_RESULT:
        say("and more; the shop's import preview has them all")
