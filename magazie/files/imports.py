"""What may be said beside a file that is imported, and what comes of it."""

import msgspec

from magazie.model.file_columns import FileKind


class FileOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is said beside a file.

    Attributes:
        skip_bad: apply the good rows although others are bad.
        dry_run: only tell what would be done.
        warehouse: whose prices stand under the plain price column.
        encoding: of a CSV; None finds it.
        delimiter: of a CSV; None finds it.

    """

    skip_bad: bool = False
    dry_run: bool = False
    warehouse: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


class FileTaken(msgspec.Struct, frozen=True):
    """A file was stored, and a job works on it."""

    import_id: int
    job_id: int


class FileResult(msgspec.Struct, frozen=True):
    """What became of a file. ``is_applied`` false: nothing was changed. A job's public result.

    ``created``, ``changed`` and ``unchanged`` count good rows, in a dry run by what they would
    do; ``bad`` rows were wrong in the file, ``refused`` ones while they were applied.
    """

    id: str
    kind: FileKind
    is_applied: bool
    dry_run: bool
    created: int
    changed: int
    unchanged: int
    bad: int
    refused: int
    problems: int
    ignored_columns: tuple[str, ...]
