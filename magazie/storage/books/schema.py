"""The schema as the migrations make it: what every database of this version has."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path

from magazie.storage.connection import WriterConnection
from magazie.storage.migrate import PACKAGE_MIGRATIONS, load_migrations, migrate

Schema = Mapping[tuple[str, str], str | None]
"""(type, name) → the statement that made it."""


@cache
def migrated() -> Schema:
    """The schema of a database that is new; found once, as making one is half of a small proof."""
    with closing(WriterConnection("file::memory:")) as blank:
        migrate(blank, Path(":memory:"), load_migrations(PACKAGE_MIGRATIONS))
        return schema_of(blank)


def schema_of(connection: sqlite3.Connection) -> Schema:
    """The schema of this database, without the planner's own tables."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
    ).fetchall()
    return {(kind, name): sql for kind, name, sql in rows}
