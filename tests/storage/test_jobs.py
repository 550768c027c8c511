import sqlite3
from collections.abc import Iterator

import pytest

from magazie.storage import jobs
from magazie.storage.jobs import MOST_PROBLEMS, Job, JobProblem, JobState
from tests.storage.schema import with_schema


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        yield connection


def started(connection: sqlite3.Connection, kind: str = "import", subject: str = "a") -> Job:
    job, is_new = jobs.start(connection, kind, subject, '{"all":true}', 10)
    assert is_new
    return job


def test_a_job_starts_waiting(connection: sqlite3.Connection) -> None:
    job = started(connection)
    assert job == Job(
        job.id, "import", "a", JobState.WAITING, 0, None, '{"all":true}', (), None, 10, 10
    )
    assert jobs.find(connection, job.id) == job
    assert jobs.find(connection, job.id + 1) is None


def test_a_kind_runs_once_for_a_subject(connection: sqlite3.Connection) -> None:
    first = started(connection)
    assert jobs.start(connection, "import", "a", "{}", 20) == (first, False)
    jobs.advance(connection, first.id, done=1, total=2, now_ms=21)
    again, is_new = jobs.start(connection, "import", "a", "{}", 22)
    assert (again.id, again.state, is_new) == (first.id, JobState.RUNNING, False)

    others = {started(connection, "import", "b").id, started(connection, "sync", "a").id}
    assert first.id not in others
    assert jobs.finish(connection, first.id, result="{}", now_ms=30)
    assert started(connection).id not in {first.id, *others}


def test_progress_and_problems_add_up(connection: sqlite3.Connection) -> None:
    job = started(connection)
    one, two, three = (JobProblem(str(n), "x") for n in range(3))
    assert jobs.advance(connection, job.id, done=5, total=9, problems=[one], now_ms=20)
    assert jobs.advance(connection, job.id, done=7, total=9, problems=[two], now_ms=30)
    running = jobs.find(connection, job.id)
    assert running is not None
    assert (running.state, running.done, running.total) == (JobState.RUNNING, 7, 9)
    assert running.problems == (one, two)

    assert jobs.finish(connection, job.id, result='{"n":7}', problems=[three], now_ms=40)
    done = jobs.find(connection, job.id)
    assert done is not None
    assert (done.state, done.done, done.result) == (JobState.DONE, 7, '{"n":7}')
    assert (done.problems, done.changed_ms, done.is_over) == ((one, two, three), 40, True)


def test_problems_are_bounded(connection: sqlite3.Connection) -> None:
    job = started(connection)
    many = [JobProblem(str(n), "x") for n in range(MOST_PROBLEMS + 5)]
    jobs.advance(connection, job.id, done=1, total=1, problems=many, now_ms=1)
    kept = jobs.find(connection, job.id)
    assert kept is not None
    assert kept.problems == tuple(many[:MOST_PROBLEMS])


def test_a_cancelled_job_learns_it_at_the_next_step(connection: sqlite3.Connection) -> None:
    job = started(connection)
    jobs.advance(connection, job.id, done=3, total=9, now_ms=20)
    assert jobs.cancel(connection, job.id, 30)

    assert not jobs.advance(connection, job.id, done=4, total=9, now_ms=40)
    assert not jobs.finish(connection, job.id, result="{}", now_ms=40)
    assert not jobs.cancel(connection, job.id, 40)
    over = jobs.find(connection, job.id)
    assert over is not None
    assert (over.state, over.done, over.changed_ms) == (JobState.CANCELLED, 3, 30)


def test_a_failed_job_says_why(connection: sqlite3.Connection) -> None:
    job = started(connection)
    why = JobProblem("page 7", "the shop answered HTML")
    assert jobs.fail(connection, job.id, why, 20)
    failed = jobs.find(connection, job.id)
    assert failed is not None
    assert (failed.state, failed.problems) == (JobState.FAILED, (why,))


def test_jobs_are_taken_up_again_and_listed(connection: sqlite3.Connection) -> None:
    ids = [started(connection, "import", str(n)).id for n in range(5)]
    jobs.advance(connection, ids[1], done=1, total=2, now_ms=1)
    jobs.cancel(connection, ids[2], 1)
    jobs.finish(connection, ids[3], result="1", now_ms=1)

    assert [job.id for job in jobs.under_way(connection)] == [ids[0], ids[1], ids[4]]
    first = jobs.newest(connection, 2)
    assert [job.id for job in first] == [ids[4], ids[3]]
    rest = jobs.newest(connection, 9, before_id=first[-1].id)
    assert [job.id for job in rest] == [ids[2], ids[1], ids[0]]
