import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.storage.reads.keyset import (
    Conditions,
    PageRequest,
    PlaceMisfitError,
    Source,
    fetch,
)


class Row(NamedTuple):
    id: int
    a: int
    b: str


SOURCE = Source("t.id, t.a, t.b", "t", {"id": "t.id", "a": "t.a", "b": "t.b"}, unique=("id",))
ROWS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "x", "y", "ț"])), max_size=12)
SORTS = st.permutations(["id", "a", "b"]).flatmap(
    lambda names: st.tuples(
        st.just(names), st.integers(0, 3), st.lists(st.booleans(), min_size=3, max_size=3)
    )
)


@contextmanager
def table(rows: list[tuple[int, str]]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT)")
        connection.executemany("INSERT INTO t (a, b) VALUES (?, ?)", rows)
        yield connection


def pages(
    rows: list[tuple[int, str]],
    sort: tuple[tuple[str, bool], ...],
    limit: int,
    conditions: Conditions,
) -> Iterator[tuple[Row, ...]]:
    with table(rows) as connection:
        after = None
        while True:
            page = fetch(connection, SOURCE, conditions, PageRequest(sort, limit, after), make=Row)
            yield page.rows
            after = page.after
            if after is None:
                return


@given(ROWS, SORTS, st.integers(1, 5))
def test_pages_put_together_are_the_whole_in_order(
    rows: list[tuple[int, str]], sort: tuple[list[str], int, list[bool]], limit: int
) -> None:
    names, count, directions = sort
    wanted = tuple(zip(names, directions, strict=False))[:count]

    fetched = list(pages(rows, wanted, limit, Conditions()))

    expected = [Row(number, *row) for number, row in enumerate(rows, start=1)]
    whole = [*wanted, ("id", wanted[-1][1] if wanted else False)]
    for name, descending in reversed(whole):
        expected.sort(key=lambda row: getattr(row, name), reverse=descending)
    assert [row for page in fetched for row in page] == expected
    assert all(len(page) == limit for page in fetched[:-1])
    assert len(fetched[-1]) <= limit


def test_filters_hold_on_every_page() -> None:
    rows = [(number % 2, "x") for number in range(10)]
    conditions = Conditions()
    conditions.equal("t.a", 1)
    conditions.equal("t.b", None)

    fetched = list(pages(rows, (), 3, conditions))

    assert [[row.id for row in page] for page in fetched] == [[2, 4, 6], [8, 10]]


@pytest.mark.parametrize("after", [(), (1,), (1, "x", 1)])
def test_a_place_of_another_order_is_refused(after: tuple[int | str, ...]) -> None:
    request = PageRequest((("a", False),), 3, after)

    with table([]) as connection, pytest.raises(PlaceMisfitError):
        fetch(connection, SOURCE, Conditions(), request, make=Row)
