"""CHECK constraints: SQLite reads them over on a read-only connection, so they are asked here."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from magazie.storage.books.findings import Fault, Finding, Proof
from magazie.storage.books.schema import migrated

_TEXT: Final = r"'(?:[^']|'')*'"
_COMMENT_OR_TEXT: Final = re.compile(rf"--[^\n]*|{_TEXT}")
_CHECK_OR_PAREN: Final = re.compile(rf"{_TEXT}|\bCHECK\s*\(|[()]")


def _checks(connection: sqlite3.Connection) -> Iterator[Finding]:
    for table, conditions in _by_table().items():
        yield from _table(connection, table, conditions)


@cache
def _by_table() -> Mapping[str, Sequence[str]]:
    found = {
        table: list(conditions_of(statement or ""))
        for (kind, table), statement in migrated().items()
        if kind == "table"
    }
    return {table: conditions for table, conditions in found.items() if conditions}


def _table(
    connection: sqlite3.Connection, table: str, conditions: Sequence[str]
) -> Iterator[Finding]:
    """One pass over the table; NULL is no breach."""
    counts = ", ".join(f"count(CASE WHEN NOT ({condition}) THEN 1 END)" for condition in conditions)
    broken = connection.execute(f"SELECT {counts} FROM {table}").fetchone()
    for condition, count in zip(conditions, broken, strict=True):
        if count:
            yield Fault("check", table, f"{count} rows break CHECK ({condition})")


def conditions_of(statement: str) -> Iterator[str]:
    """The conditions of a CREATE TABLE statement: its columns' and its own."""
    bare = _COMMENT_OR_TEXT.sub(lambda found: found[0] if found[0][0] == "'" else "", statement)
    start, depth = 0, 0
    for token in _CHECK_OR_PAREN.finditer(bare):
        word = token[0]
        if word.startswith("CHECK") and not depth:
            start, depth = token.end(), 1
        elif word.endswith("(") and depth:
            depth += 1
        elif word == ")" and depth:
            depth -= 1
            if not depth:
                yield " ".join(bare[start : token.start()].split())


PROOFS = (Proof("check", _checks),)
