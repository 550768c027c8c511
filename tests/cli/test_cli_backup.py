import os
import signal
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Start
from tests.cli.processes import CONFIG, SHOP, run
from tests.cli.test_cli_access import add_token, add_user


def names(database: Path, table: str) -> list[str]:
    query = f"SELECT name FROM {table} ORDER BY name"
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute(query)]


def test_round_trip_beside_the_service(folder: Path, start: Start) -> None:
    service = start("serve").ready()
    add_user(folder, "ana", "parola-anei")

    taken = run(folder, "backup", "copy.db")
    assert taken.returncode == 0, taken.stderr
    add_user(folder, "later", "parola-mai-noua")
    refused = run(folder, "restore", "copy.db")
    service.end()
    restored = run(folder, "restore", "copy.db")

    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600
    assert refused.returncode == 1
    assert f"in use by process {service.pid}" in refused.stderr
    assert restored.returncode == 0, restored.stderr
    assert names(folder / "data" / "magazie.db", "users") == ["ana"]
    assert names(folder / "data" / "magazie.db.before-restore", "users") == ["ana", "later"]
    assert start("serve").ready().end() == 0


def test_nothing_secret_is_in_a_backup(folder: Path, start: Start) -> None:
    config = CONFIG + SHOP.format(url="http://127.0.0.1:1")
    (folder / "magazie.toml").write_text(config)
    start("serve").ready()
    token = add_token(folder, "labels", "admin")
    local = (folder / "data" / "local.json").read_text()

    assert run(folder, "backup", "copy.db").returncode == 0

    copy = (folder / "copy.db").read_bytes()
    assert b"magazin" in copy
    assert b"demo-cheie-gomag" not in copy
    assert token.encode() not in copy
    assert local.split('"token":"')[1].split('"')[0].encode() not in copy


def test_no_earlier_database_is_lost(folder: Path) -> None:
    add_token(folder, "first", "admin")
    assert run(folder, "backup", "first.db").returncode == 0
    add_token(folder, "second", "admin")
    assert run(folder, "restore", "first.db").returncode == 0
    add_token(folder, "third", "admin")
    assert run(folder, "restore", "first.db").returncode == 0

    data = folder / "data"
    assert names(data / "magazie.db", "tokens") == ["first"]
    assert names(data / "magazie.db.before-restore", "tokens") == ["first", "second"]
    assert names(data / "magazie.db.before-restore-2", "tokens") == ["first", "third"]


def test_what_a_killed_service_committed_is_kept_aside(folder: Path, start: Start) -> None:
    add_token(folder, "first", "admin")
    assert run(folder, "backup", "first.db").returncode == 0
    service = start("serve").ready()
    add_token(folder, "in the log only", "admin")
    service.end(signal.SIGKILL)
    assert (folder / "data" / "magazie.db-wal").stat().st_size > 0

    assert run(folder, "restore", "first.db").returncode == 0

    data = folder / "data"
    assert names(data / "magazie.db", "tokens") == ["first"]
    assert names(data / "magazie.db.before-restore", "tokens") == ["first", "in the log only"]


def test_a_damaged_database_can_be_replaced(folder: Path) -> None:
    add_token(folder, "first", "admin")
    assert run(folder, "backup", "first.db").returncode == 0
    database = folder / "data" / "magazie.db"
    database.write_bytes(b"no database at all" * 1000)

    restored = run(folder, "restore", "first.db")

    assert restored.returncode == 0, restored.stderr
    assert names(database, "tokens") == ["first"]
    aside = folder / "data" / "magazie.db.before-restore"
    assert aside.read_bytes().startswith(b"no database at all")


def foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE guests (name TEXT)")


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE schema_migrations (version, name, checksum)")
        connection.executemany(
            "INSERT INTO schema_migrations VALUES (?, 'later', 'x')", [(n,) for n in range(1, 999)]
        )


def cut(file: Path) -> None:
    run(file.parent, "backup", str(file))
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda _file: None, "There is no file"),
        (foreign, "belongs to another program"),
        (newer, "Start the newer program"),
        (lambda file: file.write_bytes(b""), "is empty"),
        (lambda file: file.write_text("text " * 999), "not a database"),
        (cut, "cannot be used as the database"),
    ],
)
def test_what_is_no_backup_is_refused(folder: Path, make: object, told: str) -> None:
    add_token(folder, "first", "admin")
    file = folder / "given.db"
    assert callable(make)
    make(file)

    ended = run(folder, "restore", str(file))

    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert names(folder / "data" / "magazie.db", "tokens") == ["first"]
    assert not list((folder / "data").glob("*before-restore*"))


def test_a_restore_of_the_database_itself_is_refused(folder: Path) -> None:
    add_token(folder, "first", "admin")

    ended = run(folder, "restore", "data/magazie.db")

    assert ended.returncode == 1
    assert "is the database itself" in ended.stderr


def test_a_backup_needs_books_and_a_place(folder: Path) -> None:
    nothing = run(folder, "backup", "copy.db")
    add_token(folder, "first", "admin")
    nowhere = run(folder, "backup", "no/such/folder/copy.db")

    assert nothing.returncode == 1
    assert "There is no database at data/magazie.db" in nothing.stderr
    assert nowhere.returncode == 1
    assert "its folder does not exist" in nowhere.stderr
