"""Long work: followed, listed, cancelled."""

import sqlite3
from typing import Any

import msgspec

from magazie.actors.settings_book import Role
from magazie.http.api.texts import Short
from magazie.http.endpoint import Answer, Call, LanguageQuery, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, MomentText, id_text, moment_text
from magazie.http.job_results import worded_result
from magazie.http.page_texts import Language
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemError, ProblemKind, not_found
from magazie.model.work_troubles import WorkTrouble
from magazie.storage.jobs import Job, JobKind, JobProblem, JobProgress, JobState, find
from magazie.storage.reads.jobs import FIELDS, JobFilter, find_jobs

_TAG = "jobs"


class JobQuery(Paging):
    """Which jobs; ``subject`` is the shop that most of them are about.

    ``lang`` is the language of each problem's ``message``, else the browser's.
    """

    kind: JobKind | None = None
    subject: Short | None = None
    state: JobState | None = None
    lang: Language | None = None


class JobStarted(msgspec.Struct, frozen=True):
    """The work goes on under this id."""

    job: IdText


class JobProblemShown(msgspec.Struct, frozen=True):
    """What went wrong with what, and what to do: in one language, and in both.

    ``code`` is null of what an earlier version told.
    """

    subject: str
    message: str
    code: WorkTrouble | None
    ro: str
    en: str


class JobShown(msgspec.Struct, frozen=True):
    """A job. ``total`` is null while it is not known; ``result`` is there once it is done."""

    id: IdText
    kind: JobKind
    subject: str
    state: JobState
    done: int
    total: int | None
    progress: JobProgress | None
    problems: list[JobProblemShown]
    result: msgspec.Raw | None
    created_at: MomentText
    changed_at: MomentText


@endpoint(
    "GET",
    "/api/v1/jobs",
    role=Role.OFFICE,
    tag=_TAG,
    summary="List jobs",
    answers={200: Listed[JobShown]},
)
async def list_jobs(call: Call[NoBody, JobQuery]) -> Outcome:
    """Newest first unless sorted by id or created_at."""
    query = call.query
    wanted = JobFilter(query.kind, query.subject, query.state)
    request = page_request(call, sortable=FIELDS, default="-id")
    page = await call.parts.storage.read(lambda c: find_jobs(c, wanted, request))
    return Answer(listed(page, call, [_show(job, call.language) for job in page.rows]))


@endpoint(
    "GET",
    "/api/v1/jobs/{id}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Follow one job",
    answers={200: JobShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_job(call: Call[NoBody, LanguageQuery]) -> Outcome:
    """Ask again every second or so, or wait for its news on /ws/events."""
    return await _found(call, call.id("id", "job"))


@endpoint(
    "POST",
    "/api/v1/jobs/{id}/cancel",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Cancel a job",
    answers={200: JobShown},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def cancel_job(call: Call[NoBody, NoQuery]) -> Outcome:
    """What it did stays done. A job that is over stays as it is."""
    job_id = call.id("id", "job")
    await call.parts.cancel_job(job_id)
    return await _found(call, job_id)


async def require_as_asked(
    call: Call[Any, Any], job_id: int, arguments: bytes, does_other: str
) -> None:
    """See that a job which was under way already does what was asked for.

    Raises:
        ProblemError: it does something else.

    """

    def query(connection: sqlite3.Connection) -> Job | None:
        return find(connection, job_id)

    job = await call.parts.storage.read(query)
    if job is None or job.arguments.encode() != arguments:
        detail = f"job {id_text(job_id)} {does_other}; wait for its end"
        raise ProblemError(ProblemKind.CONFLICT, detail)


async def _found(call: Call[Any, Any], job_id: int) -> Answer:
    def query(connection: sqlite3.Connection) -> Job | None:
        return find(connection, job_id)

    job = await call.parts.storage.read(query)
    if job is None:
        raise not_found("job")
    return Answer(_show(job, call.language))


def _show(job: Job, language: Language) -> JobShown:
    return JobShown(
        id=id_text(job.id),
        kind=job.kind,
        subject=job.subject,
        state=job.state,
        done=job.done,
        total=job.total,
        progress=job.progress,
        problems=[_show_problem(each, language) for each in job.problems],
        result=worded_result(job, language),
        created_at=moment_text(job.created_ms),
        changed_at=moment_text(job.changed_ms),
    )


def _show_problem(problem: JobProblem, language: Language) -> JobProblemShown:
    ro, en = problem.words("ro"), problem.words("en")
    message = ro if language is Language.RO else en
    return JobProblemShown(problem.subject, message, problem.trouble, ro, en)


ENDPOINTS = (list_jobs, read_job, cancel_job)
