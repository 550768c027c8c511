"""What a proof is, and what it finds."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator

import msgspec


class Fault(msgspec.Struct, frozen=True, order=True):
    """A promise that the books break. ``subject`` names the record as alerts do."""

    kind: str
    subject: str
    text: str

    def __str__(self) -> str:
        """One line."""
        return _line(self.kind, self.subject, self.text)


class Owed(msgspec.Struct, frozen=True, order=True):
    """A step that is still to come: wrong only in books that should be at rest."""

    kind: str
    subject: str
    text: str

    def __str__(self) -> str:
        """One line."""
        return _line(self.kind, self.subject, self.text)


Finding = Fault | Owed


class Proof(msgspec.Struct, frozen=True):
    """One promise, and the search for whatever breaks it."""

    name: str
    find: Callable[[sqlite3.Connection], Iterable[Finding]]


def proof(kind: str, query: str) -> Proof:
    """A promise that holds when the query finds no (subject, text)."""
    return Proof(kind, lambda connection: _found(connection, Fault, kind, query))


def owed(kind: str, query: str) -> Proof:
    """Steps still to come: one for each (subject, text) that the query finds."""
    return Proof(kind, lambda connection: _found(connection, Owed, kind, query))


def _found(
    connection: sqlite3.Connection, made: type[Fault] | type[Owed], kind: str, query: str
) -> Iterator[Finding]:
    for subject, text in connection.execute(query):
        yield made(kind, subject, text)


def _line(kind: str, subject: str, text: str) -> str:
    return " ".join(f"{kind} {subject}: {text}".split())
