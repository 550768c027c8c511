"""Statements of the import task: files taken, what is to become of their rows, what went wrong."""

import sqlite3

import msgspec

from magazie.storage import jobs, work_rows
from magazie.storage.jobs import Job, JobKind


class FileImport(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was taken. ``rows`` and ``plan`` are lines of JSON, ``problems`` is JSON."""

    id: int
    kind: str
    content_hash: bytes
    skip_bad: bool
    dry_run: bool
    created_by: str
    created_ms: int
    job_id: int = 0
    rows: bytes
    plan: bytes | None = None
    applied: int = 0
    good: int
    bad: int
    refused: int = 0
    problems: bytes
    problem_count: int
    ignored: str


_COLUMNS = ", ".join(FileImport.__struct_fields__)


def take(connection: sqlite3.Connection, taken: FileImport, subject: str) -> tuple[int, Job]:
    """Store a file and begin its job, or find the same file while it is still worked on.

    Returns:
        The id of the import, and its job.

    """
    row = connection.execute(
        "SELECT f.id, f.job_id FROM file_imports AS f JOIN jobs AS j ON j.id = f.job_id"
        " WHERE f.content_hash = ? AND (j.state = 'waiting' OR j.state = 'running')",
        (taken.content_hash,),
    ).fetchone()
    if row is not None:
        known = jobs.find(connection, row[1])
        if known is not None:
            return row[0], known
    # what was applied is needed no more; what was wrong with it stays
    connection.execute(
        "UPDATE file_imports SET rows = x'', plan = x'' WHERE plan <> x'' AND job_id IN"
        " (SELECT id FROM jobs WHERE state <> 'waiting' AND state <> 'running')"
    )
    work_rows.forget_over(connection)
    job, _ = jobs.start(connection, JobKind.FILE, subject, "{}", taken.created_ms)
    values = msgspec.structs.astuple(msgspec.structs.replace(taken, job_id=job.id))
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO file_imports ({_COLUMNS}) VALUES ({marks})", values)
    return taken.id, job


def find(connection: sqlite3.Connection, import_id: int) -> FileImport | None:
    """The import with this id."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM file_imports WHERE id = ?", (import_id,)
    ).fetchone()
    if row is None:
        return None
    values = dict(zip(FileImport.__struct_fields__, row, strict=True))
    return FileImport(**(values | {it: bool(values[it]) for it in ("skip_bad", "dry_run")}))


def set_plan(
    connection: sqlite3.Connection,
    import_id: int,
    *,
    plan: bytes,
    good: int,
    bad: int,
    problems: bytes,
    problem_count: int,
) -> None:
    """Note what is to become of every row; the rows themselves are in the plan then."""
    connection.execute(
        "UPDATE file_imports SET rows = x'', plan = ?, good = ?, bad = ?, problems = ?,"
        " problem_count = ? WHERE id = ?",
        (plan, good, bad, problems, problem_count, import_id),
    )


def advance(
    connection: sqlite3.Connection,
    record: FileImport,
    *,
    applied: int,
    refused: int,
    problems: bytes | None,
    problem_count: int,
) -> None:
    """Note how many rows of the plan are behind, and how many of them were refused.

    ``problems`` None: there are no new ones.
    """
    connection.execute(
        "UPDATE file_imports SET applied = ?, refused = ?, problems = ifnull(?, problems),"
        " problem_count = ? WHERE id = ?",
        (applied, refused, problems, problem_count, record.id),
    )
    work_rows.forget(connection, record.job_id, applied)
