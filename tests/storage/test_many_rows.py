"""Many rows to a statement: nothing is lost, doubled or miscounted at the seams."""

import sqlite3

import pytest

from magazie.storage.many_rows import ManyRows

SEAMS = (0, 1, 15, 16, 17, 32, 50)


def _table() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    return connection


def _rows(count: int) -> list[tuple[object, ...]]:
    return [(number, f"thing {number}") for number in range(count)]


@pytest.mark.parametrize("count", SEAMS)
def test_all_rows_are_there_once_and_counted(count: int) -> None:
    connection = _table()
    assert ManyRows("INSERT INTO things", 2).insert(connection, _rows(count)) == count
    assert connection.execute("SELECT * FROM things ORDER BY id").fetchall() == _rows(count)


@pytest.mark.parametrize("known", [0, 14, 16, 20])
def test_rows_that_are_left_out_are_not_counted(known: int) -> None:
    connection = _table()
    insert = ManyRows("INSERT INTO things", 2, "ON CONFLICT (id) DO NOTHING")
    insert.insert(connection, [(known, "was here")])
    assert insert.insert(connection, _rows(21)) == 20
    stored = connection.execute("SELECT name FROM things WHERE id = ?", (known,)).fetchone()
    assert stored == ("was here",)


@pytest.mark.parametrize("wrong", [0, 15, 16, 20])
def test_a_row_that_breaks_a_rule_is_refused(wrong: int) -> None:
    rows = _rows(21)
    rows[wrong] = (wrong, None)
    with pytest.raises(sqlite3.IntegrityError):
        ManyRows("INSERT INTO things", 2).insert(_table(), rows)
