"""The file itself: sound pages and indexes, the schema its migrations make, references kept.

An intact schema and sound indexes prove every UNIQUE and NOT NULL that it states.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator

from magazie.storage.books.findings import Fault, Finding, Proof
from magazie.storage.books.schema import migrated, schema_of


def _integrity(connection: sqlite3.Connection) -> Iterator[Finding]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Fault("integrity", "file", line)


def _foreign_keys(connection: sqlite3.Connection) -> Iterator[Finding]:
    broken = Counter(
        (table, parent)
        for table, _row, parent, _key in connection.execute("PRAGMA foreign_key_check")
    )
    for (table, parent), count in broken.items():
        yield Fault("foreign_key", table, f"{count} rows name rows of {parent} that are not there")


def _schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    wanted, found = migrated(), schema_of(connection)
    for kind, name in sorted(wanted.keys() | found.keys()):
        if (kind, name) not in found:
            yield Fault("schema", name, f"this {kind} is missing")
        elif (kind, name) not in wanted:
            yield Fault("schema", name, f"this {kind} is not of our making")
        elif wanted[kind, name] != found[kind, name]:
            yield Fault("schema", name, f"this {kind} is not as its migrations made it")


PROOFS = (
    Proof("integrity", _integrity),
    Proof("schema", _schema),
    Proof("foreign_key", _foreign_keys),
)
