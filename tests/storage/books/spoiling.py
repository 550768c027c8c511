"""Writing into a database what its owners never would."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple


class Loosened(NamedTuple):
    """A table to be made again with a part of its statement replaced."""

    table: str
    was: str
    now: str


def spoil(path: Path, *statements: str, loosened: Iterable[Loosened] = ()) -> None:
    """Run statements without constraints that could refuse them, and leave no log behind."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            connection.execute(f"PRAGMA {pragma}")
        for each in loosened:
            _make_again(connection, each)
        for statement in statements:
            connection.execute(statement)


def _make_again(connection: sqlite3.Connection, loosened: Loosened) -> None:
    table = loosened.table
    (made,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = ?", (table,)
    ).fetchone()
    indexes = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND type = 'index' AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
    assert loosened.was in made
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute(f"ALTER TABLE {table} RENAME TO earlier")
    connection.execute(made.replace(loosened.was, loosened.now))
    connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM earlier")
    connection.execute("DROP TABLE earlier")
    for (index,) in indexes:
        connection.execute(index)
