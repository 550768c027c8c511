"""One committed state, read beside anybody, without a trace."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from magazie.storage import Storage
from magazie.storage.books import DatabaseOutdatedError, check_books
from magazie.storage.books.picture import read_still
from magazie.storage.errors import (
    DatabaseTooNewError,
    DatabaseUnusableError,
    MigrationAlteredError,
)
from magazie.storage.lock import ProcessLock
from magazie.storage.migrate import PACKAGE_MIGRATIONS, load_migrations
from tests.storage.books.spoiling import spoil

Contents = dict[str, tuple[bytes, int]]

RECEIVE = """
INSERT INTO movements (id, source, idempotency_key, kind, warehouse, reference, content_hash,
    state, created_by, created_ms) VALUES (:id, 'test', :id, 'reception', 'raft', 'r', x'00',
    'posted', '', 1);
INSERT INTO movement_lines VALUES (:id, 1, 1, 1000, NULL, '', 1, '');
UPDATE balances SET on_hand_milli = on_hand_milli + 1000
    WHERE product_id = 1 AND warehouse = 'raft';
INSERT INTO ledger (movement, line, product_id, warehouse, leg, kind, delta_milli, on_hand_milli,
    reference, at_ms) SELECT 'm:' || :id, 1, 1, 'raft', 'in', 'reception', 1000, on_hand_milli,
    'r', 1 FROM balances WHERE product_id = 1 AND warehouse = 'raft'
"""

LATEST = len(load_migrations(PACKAGE_MIGRATIONS))


def contents(folder: Path) -> Contents:
    return {
        file.name: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.iterdir()
        if not file.name.endswith("-shm")  # readers mark there what they read
    }


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def receive(connection: sqlite3.Connection, *, movement: int) -> None:
    """One more cup, with its document."""
    for statement in RECEIVE.split(";"):
        connection.execute(statement, {"id": movement})


@pytest.fixture
def writer(books: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who has the books open, with a fault in the log and not in the file."""
    with closing(sqlite3.connect(books, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE orders SET cancelled_by = 'office' WHERE id = 1")
        yield connection


def kinds(path: Path) -> list[str]:
    return [fault.kind for fault in check_books(path).faults]


def test_closed_books_are_left_as_they_are(books: Path) -> None:
    before = contents(books.parent)

    assert check_books(books).faults == ()
    assert contents(books.parent) == before
    assert names_in(books.parent) == {"books.db"}


def test_books_in_use_are_left_as_they_are(books: Path, writer: sqlite3.Connection) -> None:
    before, names = contents(books.parent), names_in(books.parent)

    assert kinds(books) == ["cancelled_by"]
    assert contents(books.parent) == before
    assert names_in(books.parent) == names == {"books.db", "books.db-wal", "books.db-shm"}


@pytest.mark.parametrize("left", [("", "-wal", "-shm"), ("", "-wal")], ids=["killed", "copied"])
def test_a_hot_log_is_read_and_left_as_it_is(
    books: Path, writer: sqlite3.Connection, tmp_path: Path, left: tuple[str, ...]
) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    for suffix in left:
        shutil.copyfile(f"{books}{suffix}", folder / f"books.db{suffix}")
    before, names = contents(folder), names_in(folder)

    assert kinds(folder / "books.db") == ["cancelled_by"]
    assert contents(folder) == before
    assert names_in(folder) == names


def test_an_open_transaction_of_another_is_not_seen_and_not_waited_for(
    books: Path, writer: sqlite3.Connection
) -> None:
    writer.execute("UPDATE orders SET cancelled_by = ''  WHERE id = 1")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM balances")

    assert check_books(books).faults == ()


def test_the_lock_of_a_serving_process_is_neither_needed_nor_taken(books: Path) -> None:
    with ProcessLock(books.parent):
        assert check_books(books).faults == ()

    with ProcessLock(books.parent):
        pass


async def test_one_state_is_seen_while_others_write(books: Path) -> None:
    storage = await Storage.open(books)
    written = 0

    async def write_on() -> None:
        nonlocal written
        while written < 60:
            await storage.write(partial(receive, movement=1000 + written))
            written += 1

    writing = asyncio.create_task(write_on())
    seen = set()
    async with asyncio.timeout(20):
        while not writing.done():
            seen.add((await asyncio.to_thread(check_books, books)).faults)
        await writing
    await storage.close()

    assert seen == {()}


def test_a_file_that_changes_meanwhile_is_read_again(books: Path) -> None:
    read: list[str] = []

    def work(connection: sqlite3.Connection) -> str:
        if not read:
            spoil(books, "UPDATE warehouses SET name = 'Nou' WHERE code = 'raft'")
        query = "SELECT name FROM warehouses WHERE code = 'raft'"
        read.append(connection.execute(query).fetchone()[0])
        return read[-1]

    assert read_still(books, work) == "Nou"
    assert len(read) == 2


def test_a_file_that_never_stops_changing_is_not_believed(books: Path) -> None:
    def work(_connection: sqlite3.Connection) -> None:
        spoil(books, "UPDATE products SET version = version + 1")

    with pytest.raises(DatabaseUnusableError, match="changed again and again"):
        read_still(books, work)


def test_newer_books_are_refused(books: Path) -> None:
    spoil(books, f"INSERT INTO schema_migrations VALUES ({LATEST + 1}, 'later', '')")

    told = f"version {LATEST + 1}, this program knows versions up to {LATEST}"
    with pytest.raises(DatabaseTooNewError, match=told):
        check_books(books)


def test_older_books_are_refused(books: Path) -> None:
    spoil(books, "DELETE FROM schema_migrations")

    with pytest.raises(
        DatabaseOutdatedError, match=f"version 0, this program needs version {LATEST}"
    ):
        check_books(books)


def test_books_of_altered_migrations_are_refused(books: Path) -> None:
    spoil(books, "UPDATE schema_migrations SET checksum = ''")

    with pytest.raises(MigrationAlteredError):
        check_books(books)


def test_no_file_is_no_books_and_stays_none(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="No such file"):
        check_books(tmp_path / "books.db")

    assert names_in(tmp_path) == set()


def test_a_folder_is_no_books(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError):
        check_books(tmp_path)


@pytest.mark.parametrize("content", [b"not a database, only text" * 100, b"SQLite format 3\0"])
def test_another_file_is_no_books(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "books.db"
    path.write_bytes(content)

    with pytest.raises(DatabaseUnusableError):
        check_books(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_no_books(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    spoil(path, "CREATE TABLE notes (text TEXT)")

    with pytest.raises(DatabaseUnusableError, match="belongs to another program"):
        check_books(path)
