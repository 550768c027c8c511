import sqlite3
from pathlib import Path

import pytest

from magazie.storage import (
    DatabaseTooNewError,
    DatabaseUnusableError,
    Migration,
    MigrationAlteredError,
    MigrationError,
    load_migrations,
)
from magazie.storage.connection import WriterConnection, writer_uri
from magazie.storage.migrate import migrate
from tests.storage.conftest import OpenStorage
from tests.storage.note_units import add_note, all_bodies

FIRST = Migration(1, "first", "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT) STRICT;")
SECOND = Migration(2, "second", "ALTER TABLE notes ADD COLUMN colour TEXT;")


def versions(path: Path) -> list[tuple[int, str]]:
    connection = sqlite3.connect(path)
    rows: list[tuple[int, str]] = connection.execute(
        "SELECT version, name FROM schema_migrations"
    ).fetchall()
    connection.close()
    return rows


def content(path: Path) -> bytes:
    return path.read_bytes()


def write_nonsense(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


async def test_the_folders_files_are_applied_in_order_and_once(
    open_storage: OpenStorage, path: Path
) -> None:
    for _ in range(2):
        storage = await open_storage()
        await storage.close()
    assert versions(path) == [(1, "notes"), (2, "references")]


async def test_a_database_goes_on_from_where_it_stands(
    open_storage: OpenStorage, path: Path
) -> None:
    storage = await open_storage(migrations=[FIRST])
    await storage.write(add_note("kept"))
    await storage.close()
    storage = await open_storage(migrations=[FIRST, SECOND])
    assert await storage.read(all_bodies) == ["kept"]
    await storage.close()
    assert versions(path) == [(1, "first"), (2, "second")]


async def test_a_newer_database_is_refused_and_not_touched(
    open_storage: OpenStorage, path: Path
) -> None:
    storage = await open_storage(migrations=[FIRST, SECOND])
    await storage.close()
    before = content(path)
    with pytest.raises(DatabaseTooNewError, match=r"version 2.*up to 1") as raised:
        await open_storage(migrations=[FIRST])
    assert (raised.value.database_version, raised.value.known_version) == (2, 1)
    assert content(path) == before


async def test_an_altered_migration_is_named(open_storage: OpenStorage) -> None:
    storage = await open_storage(migrations=[FIRST])
    await storage.close()
    altered = Migration(1, "first", FIRST.sql.replace("body", "text"))
    with pytest.raises(MigrationAlteredError, match="0001_first"):
        await open_storage(migrations=[altered, SECOND])


async def test_line_endings_do_not_alter_a_migration(open_storage: OpenStorage) -> None:
    lines = FIRST.sql.replace(" (", " (\n").replace(", ", ",\n")
    storage = await open_storage(migrations=[Migration(1, "first", lines)])
    await storage.close()
    again = [Migration(1, "first", lines.replace("\n", "\r\n"))]
    assert await (await open_storage(migrations=again)).read(all_bodies) == []


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("CREATE TABLE good (a TEXT) STRICT; CREATE TABLE", "0002_bad failed: incomplete input"),
        ("CREATE TABLE good (a TEXT) STRICT; SELEC 1;", "0002_bad failed: near"),
        ("CREATE TABLE good (a TEXT) STRICT; COMMIT;", "0002_bad failed: not authorized"),
        ("CREATE TABLE loose (a TEXT);", "not STRICT: loose"),
        (
            "CREATE TABLE good (a INTEGER REFERENCES notes) STRICT; INSERT INTO good VALUES (9)",
            "dangling references in: good",
        ),
    ],
)
async def test_a_migration_that_fails_leaves_nothing(
    open_storage: OpenStorage, path: Path, sql: str, told: str
) -> None:
    with pytest.raises(MigrationError, match=told):
        await open_storage(migrations=[FIRST, Migration(2, "bad", sql)])
    assert versions(path) == [(1, "first")]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'good'").fetchall() == []
    connection.close()
    storage = await open_storage(migrations=[FIRST, SECOND])
    assert await storage.read(all_bodies) == []


def test_a_connection_is_usable_after_a_migration_failed_on_it(path: Path) -> None:
    connection = WriterConnection(writer_uri(path))
    with pytest.raises(MigrationError):
        migrate(connection, path, [FIRST, Migration(2, "bad", "SELEC 1;")])
    migrate(connection, path, [FIRST, SECOND])
    connection.close()
    assert versions(path) == [(1, "first"), (2, "second")]


async def test_references_hold_once_it_is_open(open_storage: OpenStorage) -> None:
    storage = await open_storage()
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await storage.write(lambda c: c.execute("INSERT INTO replies VALUES (9, 'x')") and None)


async def test_a_table_others_refer_to_can_be_rebuilt(open_storage: OpenStorage) -> None:
    rebuild = Migration(
        3,
        "rebuild",
        """
        CREATE TABLE new_notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
        INSERT INTO new_notes SELECT id, body FROM notes;
        DROP TABLE notes;
        ALTER TABLE new_notes RENAME TO notes;
        """,
    )
    known = load_migrations(Path(__file__).with_name("migrations"))
    storage = await open_storage(migrations=known)
    await storage.write(add_note("a"))
    await storage.write(lambda c: c.execute("INSERT INTO replies VALUES (1, 'x')") and None)
    await storage.close()
    storage = await open_storage(migrations=[*known, rebuild])
    assert await storage.read(all_bodies) == ["a"]
    assert await storage.read(lambda c: c.execute("SELECT * FROM replies").fetchall()) == [(1, "x")]


async def test_another_programs_database_is_refused(open_storage: OpenStorage, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = content(path)
    with pytest.raises(DatabaseUnusableError, match="another program"):
        await open_storage()
    assert content(path) == before


async def test_a_file_that_is_no_database_is_refused(open_storage: OpenStorage, path: Path) -> None:
    write_nonsense(path)
    with pytest.raises(DatabaseUnusableError, match="not a database"):
        await open_storage()


async def test_a_missing_folder_is_named(open_storage: OpenStorage, path: Path) -> None:
    path.parent.rmdir()
    with pytest.raises(DatabaseUnusableError, match="unable to open"):
        await open_storage()


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["0001_a.sql", "0003_c.sql"], "0003_c stands where number 0002"),
        (["0002_b.sql"], "0002_b stands where number 0001"),
        (["0001_a.sql", "0001_b.sql"], "0001_b stands where number 0002"),
        (["1_a.sql"], "is not named like"),
    ],
)
def test_files_out_of_sequence_are_named(tmp_path: Path, names: list[str], told: str) -> None:
    for name in names:
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(MigrationError, match=told):
        load_migrations(tmp_path)


async def test_versions_out_of_sequence_are_refused(open_storage: OpenStorage) -> None:
    with pytest.raises(MigrationError, match="0002_second stands where number 0001"):
        await open_storage(migrations=[SECOND])
