"""Proving the books: every promise, one after the other, over one committed state."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from magazie.storage.books import (
    alerts,
    bulk,
    bundles,
    claims,
    constraints,
    feeds,
    file,
    images,
    links,
    movements,
    orders,
    outbox,
    picking,
    publications,
    references,
    stock,
    tallies,
)
from magazie.storage.books.findings import Fault, Finding, Proof
from magazie.storage.books.picture import read_still
from magazie.storage.books.words import teach

PROOFS: Final[tuple[Proof, ...]] = (
    *file.PROOFS,
    *constraints.PROOFS,
    *references.PROOFS,
    *stock.PROOFS,
    *claims.PROOFS,
    *bundles.PROOFS,
    *movements.PROOFS,
    *orders.PROOFS,
    *picking.PROOFS,
    *tallies.PROOFS,
    *links.PROOFS,
    *images.PROOFS,
    *feeds.PROOFS,
    *outbox.PROOFS,
    *publications.PROOFS,
    *bulk.PROOFS,
    *alerts.PROOFS,
)

Progress = Callable[[int, int, str], None]
"""Told (proofs done, all proofs, the one that begins)."""


class BooksReport(msgspec.Struct, frozen=True):
    """What was found: nothing but ``owed`` in books that are right."""

    faults: tuple[Fault, ...]
    owed: tuple[str, ...]
    """Steps still to come, a line each."""


def check_books(
    path: Path, *, settled: bool = False, progress: Progress | None = None
) -> BooksReport:
    """Prove the books in a database file, also beside the service that writes it.

    Nothing is written, and no lock is taken that anybody waits for. Blocks: call it away from
    an event loop that has other work.

    Args:
        path: The database file.
        settled: The books should be at rest, so that each owed step is a fault.
        progress: Told before each proof.

    Raises:
        DatabaseTooNewError: A newer program wrote the database.
        DatabaseOutdatedError: An older program wrote it.
        MigrationAlteredError: Its schema comes from other migrations of the same numbers.
        DatabaseUnusableError: It is not there, or cannot be read.

    """
    found = read_still(path, lambda connection: _search(connection, progress))
    faults = {
        Fault(each.kind, each.subject, each.text)
        for each in found
        if settled or isinstance(each, Fault)
    }
    owed = set() if settled else {str(each) for each in found if not isinstance(each, Fault)}
    return BooksReport(tuple(sorted(faults)), tuple(sorted(owed)))


def _search(connection: sqlite3.Connection, progress: Progress | None) -> list[Finding]:
    teach(connection)
    found: list[Finding] = []
    for number, proof in enumerate(PROOFS):
        if progress is not None:
            progress(number, len(PROOFS), proof.name)
        found += _findings(connection, proof)
    return found


def _findings(connection: sqlite3.Connection, proof: Proof) -> Iterator[Finding]:
    """What one proof finds; damage that stops it is a fault too, and does not stop the others."""
    try:
        yield from proof.find(connection)
    except (sqlite3.Error, msgspec.MsgspecError, ValueError) as error:
        yield Fault("unprovable", proof.name, f"the search ended early: {error}")
