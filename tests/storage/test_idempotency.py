import sqlite3
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from magazie.storage import idempotency
from magazie.storage.idempotency import (
    KEPT_MS,
    AnsweredMeanwhileError,
    IdempotencyMark,
    KeyReusedError,
    StoredAnswer,
)
from tests.storage.schema import with_schema

MARK = IdempotencyMark("erp", "POST", "/api/v1/products", "k1", b"hash")
ANSWER = StoredAnswer(201, b'{"id": 1}')


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with with_schema() as connection:
        yield connection


def test_the_first_answer_is_given_again(connection: sqlite3.Connection) -> None:
    assert idempotency.find(connection, MARK) is None
    idempotency.store(connection, MARK, ANSWER, now_ms=1)
    assert idempotency.find(connection, MARK) == ANSWER


def test_another_body_under_the_key_is_refused(connection: sqlite3.Connection) -> None:
    idempotency.store(connection, MARK, ANSWER, now_ms=1)
    with pytest.raises(KeyReusedError):
        idempotency.find(connection, replace(MARK, body_hash=b"other"))


@pytest.mark.parametrize("field", ["client", "method", "path", "key"])
def test_a_key_belongs_to_one_address_of_one_client(
    connection: sqlite3.Connection, field: str
) -> None:
    idempotency.store(connection, MARK, ANSWER, now_ms=1)
    assert idempotency.find(connection, replace(MARK, **{field: "other"})) is None


def test_an_answer_is_never_written_over(connection: sqlite3.Connection) -> None:
    idempotency.store(connection, MARK, ANSWER, now_ms=1)
    with pytest.raises(AnsweredMeanwhileError):
        idempotency.store(connection, MARK, StoredAnswer(500, b""), now_ms=2)
    assert idempotency.find(connection, MARK) == ANSWER


def test_answers_are_kept_for_thirty_days(connection: sqlite3.Connection) -> None:
    for index in range(5):
        idempotency.store(connection, replace(MARK, key=str(index)), ANSWER, now_ms=index)

    assert idempotency.purge(connection, KEPT_MS + 3, limit=2) == 2
    assert idempotency.purge(connection, KEPT_MS + 3, limit=2) == 1
    assert idempotency.purge(connection, KEPT_MS + 3, limit=2) == 0
    left = connection.execute("SELECT key FROM idempotency ORDER BY key").fetchall()
    assert left == [("3",), ("4",)]
