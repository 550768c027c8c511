"""Inserting many rows: several to a statement, which costs less than a statement for each."""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Final

Row = tuple[object, ...]

_AT_ONCE: Final = 16
"""Rows of a statement: more gain little, and what is over goes row by row."""


class ManyRows:
    """Inserts any number of rows into a table."""

    __slots__ = ("_each", "_sixteen")

    def __init__(self, head: str, columns: int, tail: str = "") -> None:
        """``head`` and ``tail`` are the statement before and behind its VALUES."""
        values = f"({', '.join('?' * columns)})"
        self._each = f"{head} VALUES {values} {tail}"
        self._sixteen = f"{head} VALUES {', '.join([values] * _AT_ONCE)} {tail}"

    def insert(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> int:
        """Insert rows; answers how many were taken.

        Raises:
            sqlite3.IntegrityError: one of them breaks a rule of the table; the rows before it
                may be there.
        """
        taken = 0
        together = len(rows) - len(rows) % _AT_ONCE
        for first in range(0, together, _AT_ONCE):
            values = list(chain.from_iterable(rows[first : first + _AT_ONCE]))
            taken += connection.execute(self._sixteen, values).rowcount
        if together < len(rows):
            taken += connection.executemany(self._each, rows[together:]).rowcount
        return taken
