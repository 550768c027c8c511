import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.storage import image_fetches
from magazie.storage.image_fetches import ImageFetch
from magazie.storage.migrate import PACKAGE_MIGRATIONS, load_migrations
from tests.storage.schema import with_schema

SITES = ["http://a.ro", "http://a.ro.example", "http://b.ro", "https://a.ro:8443"]
urls = st.builds(lambda site, path: f"{site}/{path}", st.sampled_from(SITES), st.text(max_size=3))


@pytest.fixture(scope="module")
def books() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection


@given(st.sets(urls), st.sets(st.sampled_from(SITES)), st.sets(urls), st.integers(1, 9))
def test_due_is_what_is_missing_elsewhere_and_not_under_way(
    books: sqlite3.Connection, missing: set[str], busy: set[str], running: set[str], limit: int
) -> None:
    books.execute("DELETE FROM missing_images")
    books.executemany("INSERT INTO missing_images VALUES (?, 1, '')", [(it,) for it in missing])
    books.executemany("INSERT INTO missing_images VALUES (?, 2, '')", [(it,) for it in missing])
    found = image_fetches.due_urls(books, 0, limit, running=running, not_from=busy)
    due = {it for it in missing - running if not it.startswith(tuple(busy))}

    assert len(found) == len(set(found)) == min(limit, len(due))
    assert set(found) <= due


def test_only_what_a_product_lacks_is_due(books: sqlite3.Connection) -> None:
    books.execute("DELETE FROM missing_images")
    image_fetches.store(books, ImageFetch("http://a.ro/1", 1, "", "empty", 5, 1))
    assert image_fetches.due_urls(books, 9, 9) == []
    assert image_fetches.next_due_ms(books, 1) is None
    books.execute("INSERT INTO missing_images VALUES ('http://a.ro/1', 1, 'empty')")
    assert image_fetches.due_urls(books, 4, 9) == []
    assert image_fetches.next_due_ms(books, 4) == 5
    assert image_fetches.due_urls(books, 5, 9) == ["http://a.ro/1"]


def test_books_from_before_know_what_their_products_lack() -> None:
    first, *later = load_migrations(PACKAGE_MIGRATIONS)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(first.sql)
    images = """[{"url":"u"},{"url":"u"},{"url":"v","problem":"p"},{"media":"m"},
        {"url":"w","media":"m"}]"""
    for product_id, kept in ((1, images), (2, "[]"), (3, '[{"url":"u"}]')):
        connection.execute(
            "INSERT INTO products (id, code, code_key, name, images, created_ms, changed_ms)"
            " VALUES (?1, ?1, ?1, 'x', ?2, 1, 1)",
            (product_id, kept),
        )
    for migration in later:
        connection.executescript(migration.sql)
    rows = connection.execute("SELECT * FROM missing_images ORDER BY 1, 2").fetchall()
    connection.close()

    assert rows == [("u", 1, ""), ("u", 3, ""), ("v", 1, "p")]
