"""Statements for long work: one job of a kind and subject runs at a time, and outlives restarts."""

import enum
import sqlite3
from collections.abc import Sequence
from typing import Final

import msgspec

from magazie.model.work_troubles import WorkTrouble, trouble_words

MOST_PROBLEMS: Final = 1000
"""Problems kept with one job; further ones are dropped."""


class JobKind(enum.StrEnum):
    """What a job does."""

    SYNC = "sync"
    IMPORT = "import"
    SYNC_SWITCHES = "sync_switches"
    FILE = "file"
    PUBLISH = "publish"
    SHOP_MAPS = "shop_maps"
    """Categories and attributes are made in the shop."""
    PRODUCT_EDITS = "product_edits"


class JobState(enum.StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that went wrong in a job: with what, and what.

    ``message`` is the reason of the ``trouble``, in English or the shop's own words; without one
    it is all that an earlier version told.
    """

    subject: str
    message: str
    trouble: WorkTrouble | None = None

    def words(self, language: str) -> str:
        """What happened and what to do, in ``ro`` or ``en``; an earlier version's text as it is."""
        if self.trouble is None:
            return self.message
        return trouble_words(self.trouble, self.message, language)


class JobProgress(msgspec.Struct, frozen=True):
    """How far work by pages is; ``seconds_left`` at the pace so far.

    ``images`` counts the addresses of images on the items read so far. An import has products
    made of them, and then tells all that products name, and how many of them are here.
    """

    pages: int
    pages_total: int | None
    seconds_left: int | None
    images: int = 0
    images_fetched: int | None = None


class Job(msgspec.Struct, frozen=True):
    """A job as it stands. ``arguments`` and ``result`` are JSON; ``total`` None = not known."""

    id: int
    kind: JobKind
    subject: str
    state: JobState
    done: int
    total: int | None
    arguments: str
    problems: tuple[JobProblem, ...]
    result: str | None
    created_ms: int
    changed_ms: int
    progress: JobProgress | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen in it."""
        return self.state not in {JobState.WAITING, JobState.RUNNING}


_COLUMNS = (
    "id, kind, subject, state, done, total, arguments, problems, result, created_ms, changed_ms,"
    " progress"
)
_UNDER_WAY = "(state = 'waiting' OR state = 'running')"
_decode_progress = msgspec.json.Decoder(JobProgress).decode
_decode_problems = msgspec.json.Decoder(tuple[JobProblem, ...]).decode


def start(
    connection: sqlite3.Connection, kind: JobKind, subject: str, arguments: str, now_ms: int
) -> tuple[Job, bool]:
    """Begin a job, or give the one of this kind and subject that is under way.

    Returns:
        The job, and whether it is new.

    """
    cursor = connection.execute(
        "INSERT INTO jobs (kind, subject, state, arguments, created_ms, changed_ms)"
        " VALUES (?1, ?2, 'waiting', ?3, ?4, ?4) ON CONFLICT DO NOTHING",
        (kind, subject, arguments, now_ms),
    )
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM jobs WHERE kind = ? AND subject = ? AND {_UNDER_WAY}",
        (kind, subject),
    ).fetchone()
    return _job(row), cursor.rowcount == 1


def advance(
    connection: sqlite3.Connection,
    job_id: int,
    *,
    done: int,
    total: int | None,
    problems: Sequence[JobProblem] = (),
    now_ms: int,
    progress: JobProgress | None = None,
) -> bool:
    """Note how far a job is, adding problems. False: it is over or was cancelled; stop."""
    told = msgspec.json.encode(progress).decode() if progress is not None else None
    connection.execute("UPDATE jobs SET progress = ? WHERE id = ?", (told, job_id))
    return _change(connection, job_id, JobState.RUNNING, (done, total), problems, None, now_ms)


def finish(
    connection: sqlite3.Connection,
    job_id: int,
    *,
    result: str,
    problems: Sequence[JobProblem] = (),
    now_ms: int,
) -> bool:
    """End a job with its result, JSON. False: it was over before."""
    return _change(connection, job_id, JobState.DONE, None, problems, result, now_ms)


def fail(connection: sqlite3.Connection, job_id: int, problem: JobProblem, now_ms: int) -> bool:
    """End a job that cannot go on. False: it was over before."""
    return _change(connection, job_id, JobState.FAILED, None, (problem,), None, now_ms)


def cancel(connection: sqlite3.Connection, job_id: int, now_ms: int) -> bool:
    """End a job by a person's word; what it did stays done. False: it was over before."""
    return _change(connection, job_id, JobState.CANCELLED, None, (), None, now_ms)


def find(connection: sqlite3.Connection, job_id: int) -> Job | None:
    """The job with this id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return _job(row) if row is not None else None


def under_way(connection: sqlite3.Connection) -> list[Job]:
    """Jobs that wait or were running, oldest first: those to take up again after a start."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM jobs WHERE {_UNDER_WAY} ORDER BY id"
    ).fetchall()
    return [_job(row) for row in rows]


def newest(connection: sqlite3.Connection, limit: int, before_id: int | None = None) -> list[Job]:
    """A page of jobs, newest first; ``before_id`` is the last one of the page before."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM jobs WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
        (before_id, limit),
    ).fetchall()
    return [_job(row) for row in rows]


def _change(
    connection: sqlite3.Connection,
    job_id: int,
    state: JobState,
    progress: tuple[int, int | None] | None,
    problems: Sequence[JobProblem],
    result: str | None,
    now_ms: int,
) -> bool:
    row = connection.execute(
        f"SELECT done, total, problems FROM jobs WHERE id = ? AND {_UNDER_WAY}", (job_id,)
    ).fetchone()
    if row is None:
        return False
    done, total = progress if progress is not None else row[:2]
    known = _decode_problems(row[2])
    connection.execute(
        "UPDATE jobs SET state = ?, done = ?, total = ?, problems = ?, result = ?,"
        " changed_ms = ? WHERE id = ?",
        (
            state,
            done,
            total,
            msgspec.json.encode((*known, *problems)[:MOST_PROBLEMS]).decode(),
            result,
            now_ms,
            job_id,
        ),
    )
    return True


def _job(row: tuple[object, ...]) -> Job:
    values = list(row)
    values[3] = JobState(str(row[3]))
    values[7] = _decode_problems(str(row[7]))
    values[11] = _decode_progress(str(row[11])) if row[11] is not None else None
    return Job(*values)  # type: ignore[arg-type]  # STRICT columns in this order
