"""The units and queries that the storage tests share."""

import sqlite3
from pathlib import Path

from magazie.storage import Unit


def add_note(body: str) -> Unit[int]:
    def unit(connection: sqlite3.Connection) -> int:
        cursor = connection.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    return unit


def all_bodies(connection: sqlite3.Connection) -> list[str]:
    return [body for (body,) in connection.execute("SELECT body FROM notes ORDER BY id")]


def counted(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM counts WHERE name = 'notes'").fetchone()
    return int(row[0]) if row else 0


def bodies_in(path: Path) -> list[str]:
    """What a program that opens the file by itself finds."""
    connection = sqlite3.connect(path)
    try:
        return all_bodies(connection)
    finally:
        connection.close()
