"""Long work, as those who wait for it follow it."""

import sqlite3

import msgspec

from magazie.storage.jobs import Job, JobKind, JobState, find
from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch


class JobFilter(msgspec.Struct, frozen=True):
    """Which jobs; None filters nothing."""

    kind: JobKind | None = None
    subject: str | None = None
    state: JobState | None = None


FIELDS = {"id": "j.id", "created_at": "j.created_ms"}
_SOURCE = Source("j.id", "jobs AS j", FIELDS, unique=("id",))


def find_jobs(connection: sqlite3.Connection, wanted: JobFilter, page: PageRequest) -> Page[Job]:
    """One page of jobs."""
    conditions = Conditions()
    conditions.equal("j.kind", wanted.kind)
    conditions.equal("j.subject", wanted.subject)
    conditions.equal("j.state", wanted.state)
    found = fetch(connection, _SOURCE, conditions, page, make=int)
    jobs = [find(connection, job_id) for job_id in found.rows]
    return Page(tuple(job for job in jobs if job is not None), found.after)
