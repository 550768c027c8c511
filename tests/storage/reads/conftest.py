import sqlite3
from collections.abc import Iterator

import pytest

from tests.storage.reads.books import empty_books


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with empty_books() as books:
        yield books
