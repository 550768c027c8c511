"""A connection with the product's schema, for statements that need no more than that."""

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from magazie.storage.migrate import PACKAGE_MIGRATIONS, load_migrations


@contextmanager
def with_schema() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(_migrated())
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


@functools.cache
def _migrated() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in load_migrations(PACKAGE_MIGRATIONS):
            connection.executescript(migration.sql)
        return connection.serialize()
