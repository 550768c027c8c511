"""Broken promises about files and bulk edits."""

from typing import Final

from tests.storage.books.corruption import Corruption, broken

ONE_ROW: Final = "CAST('{}' || char(10) AS BLOB)"


def job(kind: str = "file", state: str = "running") -> str:
    return (
        "INSERT INTO jobs (id, kind, subject, state, arguments, created_ms, changed_ms)"
        f" VALUES (70, '{kind}', '0000000000008', '{state}', '{{}}', 1, 1)"
    )


def file(
    file_id: int = 8,
    *,
    plan: str = ONE_ROW,
    good: int = 1,
    applied: int = 0,
    refused: int = 0,
    problems: int = 0,
) -> str:
    return (
        "INSERT INTO file_imports (id, kind, content_hash, skip_bad, dry_run, created_by,"
        " created_ms, job_id, rows, plan, applied, good, bad, refused, problems, problem_count,"
        f" ignored) VALUES ({file_id}, 'prices', x'00', 0, 0, 'ana', 1, 70, x'', {plan},"
        f" {applied}, {good}, 0, {refused}, x'5b5d', {problems}, '[]')"
    )


def edit(*, planned: int = 1) -> str:
    return f"INSERT INTO product_edits VALUES (70, {ONE_ROW}, 2, {planned}, 0, 0, 0, x'', x'')"


BULK: Final[tuple[Corruption, ...]] = (
    broken(
        "a file that a job of another kind works on",
        job("import"),
        file(),
        found={("file_import", "file:8")},
    ),
    broken(
        "a file with fewer rows planned than are good",
        job(),
        file(good=2),
        found={("file_import_rows", "file:8")},
    ),
    broken(
        "a file without a plan that was applied",
        job(),
        file(plan="NULL", applied=1),
        found={("file_import_rows", "file:8")},
    ),
    broken(
        "a file whose refused rows nobody was told of",
        job(),
        file(applied=1, refused=1),
        found={("file_import_rows", "file:8")},
    ),
    broken(
        "a file whose job ended before its last row",
        job(state="done"),
        file(),
        found={("file_import_rows", "file:8")},
    ),
    broken(
        "an edit with another plan than it counts",
        job("product_edits"),
        edit(planned=2),
        found={("product_edit", "job:70")},
    ),
    broken(
        "an edit whose job ended before its last product",
        job("product_edits", "done"),
        edit(),
        found={("product_edit", "job:70")},
    ),
    broken(
        "a row applied that is in no plan",
        job("product_edits"),
        edit(),
        "INSERT INTO work_rows VALUES (70, 1)",
        found={("work_row", "job:70")},
    ),
    broken(
        "a row kept behind the note of it",
        job(),
        file(applied=1),
        "INSERT INTO work_rows VALUES (70, 0)",
        found={("work_row", "job:70")},
    ),
)
