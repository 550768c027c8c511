import asyncio
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from magazie.storage import (
    DiskFullError,
    Storage,
    StorageClosedError,
    TransactionLostError,
    Unit,
    UnitMisuseError,
)
from tests.storage.conftest import OpenStorage
from tests.storage.note_units import add_note, all_bodies, bodies_in, counted


class RefusedError(Exception):
    pass


def add_then_raise(body: str, error: BaseException) -> Unit[None]:
    def unit(connection: sqlite3.Connection) -> None:
        add_note(body)(connection)
        raise error

    return unit


async def together(storage: Storage, *units: Unit[object]) -> list[object]:
    return await asyncio.gather(*(storage.write(unit) for unit in units), return_exceptions=True)


@pytest.mark.parametrize("error", [RefusedError("no"), KeyError("x"), asyncio.CancelledError()])
async def test_only_the_unit_that_raises_is_rolled_back(
    storage: Storage, error: BaseException
) -> None:
    results = await together(storage, add_note("a"), add_then_raise("b", error), add_note("c"))
    assert results[0] == 1
    assert type(results[1]) is type(error)
    assert results[2] == 2
    assert await storage.read(all_bodies) == ["a", "c"]
    assert await storage.read(counted) == 2
    metrics = storage.metrics
    assert (metrics.commits, metrics.units, metrics.failures, metrics.lost) == (1, 2, 1, 0)


async def test_a_unit_that_raises_alone_is_rolled_back(storage: Storage) -> None:
    error = RefusedError("no")
    with pytest.raises(RefusedError) as raised:
        await storage.write(add_then_raise("a", error))
    assert raised.value is error
    assert await storage.read(all_bodies) == []
    assert await storage.write(add_note("a")) == 1


@pytest.mark.parametrize("neighbours", [0, 1])
async def test_a_unit_may_raise_what_its_writer_is_handling(
    storage: Storage, neighbours: int
) -> None:
    others = [add_note(f"{number}") for number in range(neighbours)]
    results: list[object] = []
    try:
        await storage.write(add_then_raise("a", RefusedError("no")))
    except RefusedError as error:
        results = await together(storage, add_then_raise("a", error), *others)
    assert [type(result) for result in results] == [RefusedError, int][: neighbours + 1]


@pytest.mark.parametrize("neighbours", [0, 1])
async def test_stop_iteration_reaches_its_owner_as_an_error(
    storage: Storage, neighbours: int
) -> None:
    others = [add_note(f"{number}") for number in range(neighbours)]
    results = await together(storage, add_then_raise("a", StopIteration()), *others)
    assert isinstance(results[0], RuntimeError)
    assert results[1:] == [1] * neighbours


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELEC nothing", sqlite3.OperationalError),
        ("INSERT INTO nowhere VALUES (1)", sqlite3.OperationalError),
        ("INSERT INTO notes (body) VALUES ('taken')", sqlite3.IntegrityError),
        ("INSERT INTO replies VALUES (99, 'to nothing')", sqlite3.IntegrityError),
        ("INSERT INTO notes (id, body) VALUES ('text', 'x')", sqlite3.IntegrityError),
    ],
)
async def test_broken_sql_fails_its_unit_alone(
    storage: Storage, sql: str, error: type[Exception]
) -> None:
    await storage.write(add_note("taken"))

    def broken(connection: sqlite3.Connection) -> None:
        add_note("half")(connection)
        connection.execute(sql)

    results = await together(storage, add_note("a"), broken, add_note("c"))
    assert [type(result) for result in results] == [int, error, int]
    assert await storage.read(all_bodies) == ["taken", "a", "c"]


def _with_block(connection: sqlite3.Connection) -> None:
    with connection:
        add_note("b")(connection)


@pytest.mark.parametrize(
    ("misuse", "error"),
    [
        (lambda connection: connection.commit(), UnitMisuseError),
        (lambda connection: connection.execute("COMMIT"), sqlite3.DatabaseError),
        (lambda connection: connection.execute("END"), sqlite3.DatabaseError),
        (lambda connection: connection.execute("ROLLBACK"), sqlite3.DatabaseError),
        (lambda connection: connection.rollback(), sqlite3.DatabaseError),
        (lambda connection: connection.executescript("SELECT 1;"), sqlite3.DatabaseError),
        (_with_block, sqlite3.DatabaseError),
    ],
)
@pytest.mark.parametrize("neighbours", [0, 2])
async def test_a_unit_cannot_end_the_transaction_it_shares(
    storage: Storage, misuse: Unit[object], error: type[Exception], neighbours: int
) -> None:
    def unit(connection: sqlite3.Connection) -> None:
        add_note("half")(connection)
        misuse(connection)

    if not neighbours:
        with pytest.raises(error):
            await storage.write(unit)
        assert await storage.read(all_bodies) == []
    else:
        results = await together(storage, add_note("a"), unit, add_note("c"))
        assert [type(result) for result in results[::2]] == [int, int]
        assert isinstance(results[1], error)
        assert await storage.read(all_bodies) == ["a", "c"]


async def test_a_unit_may_use_a_savepoint_of_its_own(storage: Storage) -> None:
    def unit(connection: sqlite3.Connection) -> None:
        add_note("kept")(connection)
        connection.execute("SAVEPOINT inner_step")
        add_note("undone")(connection)
        connection.execute("ROLLBACK TO inner_step")
        connection.execute("RELEASE inner_step")

    await together(storage, unit, add_note("other"))
    assert await storage.read(all_bodies) == ["kept", "other"]


async def test_a_unit_that_takes_the_transaction_with_it_fails_those_before(
    storage: Storage,
) -> None:
    def destroy(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR ROLLBACK INTO notes (id, body) VALUES (1, 'twice')")

    await storage.write(add_note("first"))
    results = await together(storage, add_note("a"), add_note("b"), destroy, add_note("d"))
    assert [type(result) for result in results] == [
        TransactionLostError,
        TransactionLostError,
        sqlite3.IntegrityError,
        int,  # had not begun: it runs in the next transaction
    ]
    assert await storage.read(all_bodies) == ["first", "d"]
    assert (storage.metrics.failures, storage.metrics.lost) == (1, 2)


async def test_a_swallowed_loss_of_the_transaction_is_no_success(storage: Storage) -> None:
    def destroy(connection: sqlite3.Connection) -> None:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT OR ROLLBACK INTO notes (id, body) VALUES (1, 'twice')")

    await storage.write(add_note("first"))
    results = await together(storage, add_note("a"), destroy)
    assert isinstance(results[0], TransactionLostError)
    assert isinstance(results[1], sqlite3.OperationalError)
    with pytest.raises(TransactionLostError):
        await storage.write(destroy)
    assert await storage.read(all_bodies) == ["first"]


def _reply_to_nothing(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO late_replies VALUES (99)")


async def test_a_commit_that_fails_fails_all_and_the_writer_goes_on(
    storage: Storage, path: Path
) -> None:
    results = await together(
        storage, add_note("a"), add_then_raise("b", RefusedError("no")), _reply_to_nothing
    )
    assert [type(result) for result in results] == [
        TransactionLostError,
        RefusedError,
        TransactionLostError,
    ]
    assert isinstance(results[0], TransactionLostError)
    assert isinstance(results[0].__cause__, sqlite3.IntegrityError)
    assert results[0] is not results[2]
    assert await storage.read(all_bodies) == []
    assert await storage.write(add_note("later")) == 1
    assert bodies_in(path) == ["later"]


def _limit_pages(more: int) -> Callable[[sqlite3.Connection], None]:
    def unit(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + more}")

    return unit


def _big_note(name: str) -> Callable[[sqlite3.Connection], int]:
    return add_note(name + "x" * 100_000)


async def test_a_full_disk_says_what_to_do_and_writing_goes_on_once_there_is_room(
    storage: Storage,
) -> None:
    await storage.write(add_note("first"))
    await storage.write(_limit_pages(2))
    with pytest.raises(DiskFullError, match="Free space"):
        await storage.write(_big_note("alone"))
    results = await together(storage, add_note("a"), _big_note("b"), add_note("c"))
    assert [type(result) for result in results] == [int, DiskFullError, int]
    await storage.write(_limit_pages(1000))
    await storage.write(_big_note("fits"))
    assert [body[:5] for body in await storage.read(all_bodies)] == ["first", "a", "c", "fitsx"]


async def test_a_full_disk_that_ends_the_transaction_fails_those_before_too(
    storage: Storage,
) -> None:
    def big_count(connection: sqlite3.Connection) -> None:
        # No trigger and one row: SQLite keeps no journal of the statement to undo it alone.
        connection.execute("INSERT INTO counts VALUES (?, 1)", ("y" * 100_000,))

    await storage.write(_limit_pages(2))
    results = await together(storage, add_note("a"), big_count, add_note("c"))
    assert [type(result) for result in results] == [DiskFullError, DiskFullError, int]
    assert results[0] is not results[1]
    assert isinstance(results[0], DiskFullError)
    assert isinstance(results[0].__cause__, sqlite3.OperationalError)
    assert await storage.read(all_bodies) == ["c"]


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Writes past this size of a file fail with EFBIG, which is an I/O error to SQLite."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_an_io_error_in_commit_is_fatal(open_storage: OpenStorage, path: Path) -> None:
    fatal: list[BaseException] = []
    storage = await open_storage(fatal=fatal.append)
    await storage.write(add_note("stored"))
    log = path.with_name(path.name + "-wal")
    with file_size_limit(log.stat().st_size):
        results = await together(storage, _big_note("a"), add_note("b"))
    assert [type(result) for result in results] == [StorageClosedError, StorageClosedError]
    (error,) = fatal
    assert isinstance(error, sqlite3.OperationalError)
    assert error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR
    with pytest.raises(StorageClosedError):
        await storage.write(add_note("c"))
    await storage.settled()
    await storage.close()
    assert bodies_in(path) == ["stored"]


async def test_a_database_locked_by_another_program_fails_the_batch_only(
    storage: Storage, path: Path
) -> None:
    await storage.write(lambda connection: connection.execute("PRAGMA busy_timeout = 1") and None)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    results = await together(storage, add_note("a"), add_note("b"))
    assert [type(result) for result in results] == [TransactionLostError] * 2
    other.execute("ROLLBACK")
    other.close()
    assert await storage.write(add_note("c")) == 1


async def test_a_failed_unit_holds_no_cursor_open(storage: Storage, path: Path) -> None:
    for number in range(3):
        await storage.write(add_note(f"{number}"))

    def refuse(body: str) -> int:
        raise RefusedError(body)

    def leave_half_read(connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT body FROM notes")
        next(rows)
        sum(refuse(body) for (body,) in connection.execute("SELECT body FROM notes"))

    with pytest.raises(RefusedError) as raised:
        await storage.write(leave_half_read)
    with pytest.raises(RefusedError) as raised_too:
        await storage.read(leave_half_read)
    other = sqlite3.connect(path, isolation_level=None)
    busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    other.close()
    assert busy == 0
    assert raised is not raised_too
