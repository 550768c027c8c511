import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Start
from tests.cli.processes import CONFIG, SHOP, run
from tests.cli.test_cli_access import add_token


@pytest.fixture
def books(folder: Path, start: Start) -> Path:
    """The database of a service that has imported a shop's goods, and serves on."""
    url = start("simulate", "gomag", "--port", "0", "--products", "9").ready().url
    config = CONFIG + SHOP.format(url=url) + "flush_seconds = 3600\n"
    (folder / "magazie.toml").write_text(config)
    start("serve").ready()
    assert run(folder, "shop", "import", "magazin").returncode == 0
    return folder / "data" / "magazie.db"


@pytest.mark.usefixtures("books")
def test_right_books_beside_the_service(folder: Path) -> None:
    ended = run(folder, "check")

    assert ended.returncode == 0, ended.stdout
    assert "The books are right" in ended.stderr
    # the shop was not told yet: owed, and no fault
    owed = ended.stdout.splitlines()
    assert owed
    assert all(line.startswith("owed: ") for line in owed)

    settled = run(folder, "check", "--settled")
    assert settled.returncode == 1
    assert len(settled.stdout.splitlines()) == len(owed)


def test_each_fault_is_a_line_and_fails_the_command(books: Path, folder: Path) -> None:
    with closing(sqlite3.connect(books)) as connection, connection:
        changed = connection.execute(
            "UPDATE balances SET on_hand_milli = on_hand_milli + 1000"
            " WHERE product_id IN (SELECT product_id FROM balances LIMIT 2)"
        )
        assert changed.rowcount == 2

    ended = run(folder, "check")

    faults = [line for line in ended.stdout.splitlines() if not line.startswith("owed: ")]
    assert ended.returncode == 1
    assert len(faults) == 2
    assert "wrong in 2 places" in ended.stderr


def test_there_must_be_books(folder: Path) -> None:
    ended = run(folder, "check")

    assert ended.returncode == 1
    assert "There is no database at data/magazie.db" in ended.stderr


def test_newer_books_are_not_judged(folder: Path) -> None:
    add_token(folder, "first", "admin")
    with closing(sqlite3.connect(folder / "data" / "magazie.db")) as connection, connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'later', 'x')")

    ended = run(folder, "check")

    assert ended.returncode == 1
    assert "version 9999" in ended.stderr
