"""Statements for rows of long work: which have had their effect, noted in the unit of that effect.

The work itself notes how far it is some rows at a time. What was applied since its last note is
known here, so that a stop at any moment makes no row come twice, over what a person may have
changed in between.
"""

import sqlite3

import msgspec


class WorkRow(msgspec.Struct, frozen=True):
    """One row of a job, by its place in the job's plan; of one without a plan, the product's id."""

    job_id: int
    number: int


class RowDoneError(Exception):
    """The row has had its effect; nothing of this unit may stay."""


def note(connection: sqlite3.Connection, row: WorkRow) -> None:
    """Say that a row has its effect in this unit.

    Raises:
        RowDoneError: it had it before.

    """
    cursor = connection.execute(
        "INSERT INTO work_rows (job_id, number) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (row.job_id, row.number),
    )
    if cursor.rowcount != 1:
        raise RowDoneError(f"row {row.number} of job {row.job_id}")


def done(connection: sqlite3.Connection, job_id: int) -> frozenset[int]:
    """The rows of a job that have had their effect and that the job has not noted."""
    rows = connection.execute("SELECT number FROM work_rows WHERE job_id = ?", (job_id,))
    return frozenset(row[0] for row in rows.fetchall())


def forget(connection: sqlite3.Connection, job_id: int, below: int) -> None:
    """The job itself has noted that all rows below this one are behind."""
    connection.execute("DELETE FROM work_rows WHERE job_id = ? AND number < ?", (job_id, below))


def forget_over(connection: sqlite3.Connection) -> None:
    """Forget the rows of jobs that are over, which a cancelled one leaves."""
    connection.execute(
        "DELETE FROM work_rows WHERE job_id IN"
        " (SELECT id FROM jobs WHERE state <> 'waiting' AND state <> 'running')"
    )
