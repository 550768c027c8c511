"""A still picture of the database: beside its writer or not, without leaving a trace.

A read-only connection to a database with a write-ahead log makes the log and its index where
they are missing, and leaves them behind. So which way is safe depends on what lies there:

* log and index: a process serves the database, or one was killed. A reader finds all it needs.
* no log: nobody has it open, and the file alone is the whole database. It is read as a file
  that does not change, and read again if it did change meanwhile.
* a log without its index: somebody copied or restored the files. A private copy is read.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from magazie.storage.connection import ReaderConnection, reader_uri
from magazie.storage.errors import DatabaseUnusableError, StorageError
from magazie.storage.migrate import PACKAGE_MIGRATIONS, check_applied, load_migrations

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_TRIES: Final = 3
_CACHE_KIB: Final = 128 * 1024


class DatabaseOutdatedError(StorageError):
    """The database was written by an older program and is not brought up to date yet."""

    def __init__(self, database_version: int, known_version: int) -> None:
        """Versions count migrations."""
        super().__init__(
            f"The database is at version {database_version}, this program needs version "
            f"{known_version}. Start the service once: it brings the database up to date. "
            "Nothing was changed."
        )
        self.database_version = database_version
        self.known_version = known_version


def read_still(path: Path, work: Work[T]) -> T:
    """Run ``work`` over one committed state of the database; nothing is written anywhere near.

    Raises:
        DatabaseTooNewError: A newer program wrote it.
        DatabaseOutdatedError: An older program wrote it.
        MigrationAlteredError: Its schema comes from other migrations of the same numbers.
        DatabaseUnusableError: There is no such file, or it cannot be read.

    """
    for _ in range(_TRIES):
        before = _traces(path)
        if before.is_indexed and before.log is not None:
            return _read(reader_uri(path), path, work)
        try:
            result = _read_unserved(path, work, has_log=bool(before.log))
        except DatabaseUnusableError:
            if _traces(path) == before:
                raise
            continue
        if _traces(path) == before:
            return result
    raise DatabaseUnusableError(path, "it is changed again and again while it is read")


class _Traces(NamedTuple):
    """What tells that somebody opened or changed the database since."""

    inode: int
    size: int
    mtime_ns: int
    log: int | None
    """Bytes of the write-ahead log."""
    is_indexed: bool


def _traces(path: Path) -> _Traces:
    try:
        file = path.stat()
    except OSError as error:
        raise DatabaseUnusableError(path, error.strerror or "it cannot be read") from error
    try:
        log = _beside(path, "-wal").stat().st_size
    except FileNotFoundError:
        log = None
    return _Traces(file.st_ino, file.st_size, file.st_mtime_ns, log, _beside(path, "-shm").exists())


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _read_unserved(path: Path, work: Work[T], *, has_log: bool) -> T:
    if not has_log:
        return _read(reader_uri(path) + "&immutable=1", path, work)
    with tempfile.TemporaryDirectory(prefix="magazie-check-") as folder:
        copy = Path(folder) / "books.db"
        for suffix in ("", "-wal"):
            shutil.copyfile(_beside(path, suffix), _beside(copy, suffix))
        return _read(reader_uri(copy), path, work)


def _read(uri: str, path: Path, work: Work[T]) -> T:
    try:
        with closing(ReaderConnection(uri)) as connection:
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute("BEGIN")
            _require_present_version(connection, path)
            return work(connection)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnusableError(path, str(error)) from error


def _require_present_version(connection: sqlite3.Connection, path: Path) -> None:
    migrations = load_migrations(PACKAGE_MIGRATIONS)
    version = check_applied(connection, path, migrations)
    if version < len(migrations):
        raise DatabaseOutdatedError(version, len(migrations))
