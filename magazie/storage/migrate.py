"""Numbered SQL migrations, each applied once, in order, whole or not at all."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from magazie.storage.connection import WriterConnection
from magazie.storage.errors import (
    DatabaseTooNewError,
    DatabaseUnusableError,
    MigrationAlteredError,
    MigrationError,
)

PACKAGE_MIGRATIONS = Path(__file__).with_name("migrations")
"""The product's own."""

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_RECORD = """
CREATE TABLE schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT
"""


class Migration(msgspec.Struct, frozen=True):
    """One step of the schema."""

    version: int
    name: str
    sql: str

    @property
    def label(self) -> str:
        """Its file's name without the ending."""
        return f"{self.version:04d}_{self.name}"

    @property
    def checksum(self) -> str:
        """Tells its text from any other; line endings do not count."""
        return hashlib.sha256("\n".join(self.sql.splitlines()).encode()).hexdigest()


class Applied(msgspec.Struct, frozen=True):
    """What a database remembers of a migration."""

    version: int
    name: str
    checksum: str


def load_migrations(folder: Path) -> tuple[Migration, ...]:
    """Read the ``NNNN_name.sql`` files of a folder, in order.

    Raises:
        MigrationError: A file is named otherwise, or the numbers do not run 1, 2, 3, …
    """
    migrations = tuple(_load(file) for file in sorted(folder.glob("*.sql")))
    check_sequence(migrations)
    return migrations


def check_sequence(migrations: Sequence[Migration]) -> None:
    """See that the versions run 1, 2, 3 and so on.

    Raises:
        MigrationError: They do not.
    """
    for expected, migration in enumerate(migrations, start=1):
        if migration.version != expected:
            raise MigrationError(
                f"Migration {migration.label} stands where number {expected:04d} is due."
            )


def check_applied(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]
) -> int:
    """See that these migrations can go on from where the database stands; reads only.

    Returns:
        The version the database is at; 0 when it is new.

    Raises:
        DatabaseTooNewError: It has migrations that are not known here.
        MigrationAlteredError: It had applied one of them with another text.
        DatabaseUnusableError: It is no database of this program.
    """
    try:
        applied = _read_applied(connection, path)
    except sqlite3.DatabaseError as error:
        raise DatabaseUnusableError(path, str(error)) from error
    if len(applied) > len(migrations):
        raise DatabaseTooNewError(applied[-1].version, len(migrations))
    for done, known in zip(applied, migrations, strict=False):
        if (done.version, done.checksum) != (known.version, known.checksum):
            raise MigrationAlteredError(known.label)
    return len(applied)


def migrate(connection: WriterConnection, path: Path, migrations: Sequence[Migration]) -> None:
    """Apply what the database has not applied yet. Foreign keys must not be enforced yet.

    Raises:
        MigrationError: A migration failed and was undone; those before it stay.
        DatabaseTooNewError, MigrationAlteredError, DatabaseUnusableError: As ``check_applied``.
    """
    for migration in migrations[check_applied(connection, path, migrations) :]:
        connection.begin()
        try:
            _apply(connection, migration)
            connection.commit_transaction()
        except sqlite3.Error as error:
            raise MigrationError(f"Migration {migration.label} failed: {error}") from error
        finally:
            connection.rollback_transaction()


def _load(file: Path) -> Migration:
    match = _FILE_NAME.fullmatch(file.name)
    if match is None:
        raise MigrationError(f"{file} is not named like 0001_what_it_does.sql.")
    return Migration(int(match[1]), match[2], file.read_text(encoding="utf-8"))


def _read_applied(connection: sqlite3.Connection, path: Path) -> list[Applied]:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    if not tables:
        return []
    if "schema_migrations" not in tables:
        raise DatabaseUnusableError(path, "it belongs to another program")
    rows = connection.execute(
        "SELECT version, name, checksum FROM schema_migrations ORDER BY version"
    )
    return [Applied(*row) for row in rows.fetchall()]


def _apply(connection: WriterConnection, migration: Migration) -> None:
    if migration.version == 1:
        connection.execute(_RECORD)
    for statement in _statements(migration.sql):
        connection.execute(statement)
    _check_schema(connection, migration)
    connection.execute(
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (?, ?, ?)",
        (migration.version, migration.name, migration.checksum),
    )


def _statements(sql: str) -> Iterator[str]:
    """The statements of a script; semicolons in triggers, texts and comments part nothing."""
    statement = ""
    for piece in re.split(r"(?<=;)", sql):
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _check_schema(connection: WriterConnection, migration: Migration) -> None:
    loose = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND NOT strict AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    if loose:
        names = ", ".join(name for (name,) in loose)
        raise MigrationError(f"Migration {migration.label} leaves tables not STRICT: {names}.")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({table for table, *_ in broken}))
        raise MigrationError(
            f"Migration {migration.label} leaves dangling references in: {tables}."
        )
