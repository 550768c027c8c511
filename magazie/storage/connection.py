"""The two kinds of SQLite connection: the one that writes, and those that only read.

Both stand on a class whose ``commit`` runs the next job instead of COMMIT. That lets a
wrapper that offers only the methods of a connection on its own thread (aiosqlite) run any
function there in one hop.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from magazie.storage.errors import DatabaseUnusableError, UnitMisuseError

SAVEPOINT = "magazie_unit"
"""The batch runner's own savepoint; a unit may use others."""

_BUSY_TIMEOUT_S = 5.0
_CACHED_STATEMENTS = 1024
_WRITER_CACHE_KIB = 64 * 1024
_READER_CACHE_KIB = 16 * 1024
_WAL_KEPT_BYTES = 64 * 1024 * 1024


class JobConnection(sqlite3.Connection):
    """A connection that runs jobs: ``commit`` takes and runs the next one."""

    def __init__(self, database: str) -> None:
        super().__init__(
            database,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            cached_statements=_CACHED_STATEMENTS,
            uri=True,
        )
        self.jobs: deque[Callable[[], None]] = deque()
        self._running = False

    def commit(self) -> None:
        """Run the next job, to its end.

        Raises:
            UnitMisuseError: There is none, or this is called from within one.
        """
        if self._running or not self.jobs:
            raise UnitMisuseError("A unit must not commit: its transaction is shared.")
        self._running = True
        try:
            self.jobs.popleft()()
        finally:
            self._running = False


class WriterConnection(JobConnection):
    """The connection that writes.

    Transactions begin and end through the methods below only; any other way, such as
    ``execute("COMMIT")``, ``with connection:`` or ``executescript`` in a unit, is refused
    with ``sqlite3.DatabaseError: not authorized``, so a unit cannot end what others share.
    """

    def __init__(self, database: str) -> None:
        super().__init__(database)
        self._ours = False
        self.set_authorizer(self._authorize)

    def _authorize(
        self,
        action: int,
        _first: str | None,
        _second: str | None,
        _database: str | None,
        _trigger: str | None,
    ) -> int:
        if action == sqlite3.SQLITE_TRANSACTION and not self._ours:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def _transaction(self, statement: str) -> None:
        self._ours = True
        try:
            self.execute(statement)
        finally:
            self._ours = False

    # The trailing comment keeps these apart, in the statement cache, from a unit's own text.

    def begin(self) -> None:
        """Open a transaction that may write."""
        self._transaction("BEGIN IMMEDIATE -- batch")

    def commit_transaction(self) -> None:
        """Make durable what the transaction did."""
        self._transaction("COMMIT -- batch")

    def rollback_transaction(self) -> None:
        """Undo the transaction, if one is open."""
        if self.in_transaction:
            self._transaction("ROLLBACK -- batch")

    def configure(self, path: Path, synchronous: str) -> None:
        """Set what the database and this connection need, foreign keys apart.

        Raises:
            DatabaseUnusableError: The file system gives no write-ahead log.
        """
        self.execute(f"PRAGMA synchronous = {synchronous}")
        (mode,) = self.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise DatabaseUnusableError(path, "its file system allows no write-ahead log")
        self.execute("PRAGMA wal_autocheckpoint = 0")
        self.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
        self.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        self.execute("PRAGMA temp_store = MEMORY")

    def enforce_foreign_keys(self) -> None:
        """From here on every reference must hold; migrations run before."""
        self.execute("PRAGMA foreign_keys = ON")


class ReaderConnection(JobConnection):
    """A connection that cannot write."""

    def __init__(self, database: str) -> None:
        super().__init__(database)
        self.execute("PRAGMA query_only = ON")
        self.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB}")
        self.execute("PRAGMA temp_store = MEMORY")


def writer_uri(path: Path) -> str:
    """The address under which SQLite opens, or creates, the file for writing."""
    return f"file:{quote(str(path))}?mode=rwc"


def reader_uri(path: Path) -> str:
    """The address under which SQLite opens an existing file for reading only."""
    return f"file:{quote(str(path))}?mode=ro"
