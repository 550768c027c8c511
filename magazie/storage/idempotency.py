"""Statements for answers kept under a client's Idempotency-Key.

The record is written in the unit of the effect itself, so one is there exactly if the other is.
"""

import sqlite3
from typing import Final

import msgspec

KEPT_MS: Final = 30 * 24 * 60 * 60 * 1000
"""How long an answer is kept: 30 days."""


class IdempotencyMark(msgspec.Struct, frozen=True):
    """One request of one client: whose, what, under which key, and a hash of its body."""

    client: str
    method: str
    path: str
    key: str
    body_hash: bytes


class StoredAnswer(msgspec.Struct, frozen=True):
    """An HTTP answer: the status and the body as first sent."""

    status: int
    answer: bytes


class KeyReusedError(Exception):
    """The client used this key before for a request with another body."""


class AnsweredMeanwhileError(Exception):
    """The same request was answered since it was looked up; nothing of this unit may stay."""


def find(connection: sqlite3.Connection, mark: IdempotencyMark) -> StoredAnswer | None:
    """The answer that this request got before; None when it is new.

    Raises:
        KeyReusedError: The key stands for another body.

    """
    row = connection.execute(
        "SELECT body_hash, status, answer FROM idempotency"
        " WHERE client = ? AND method = ? AND path = ? AND key = ?",
        (mark.client, mark.method, mark.path, mark.key),
    ).fetchone()
    if row is None:
        return None
    if row[0] != mark.body_hash:
        raise KeyReusedError(f"key {mark.key!r} was used before with another body")
    return StoredAnswer(row[1], row[2])


def store(
    connection: sqlite3.Connection, mark: IdempotencyMark, answer: StoredAnswer, now_ms: int
) -> None:
    """Keep the answer of a request that ``find`` does not know.

    Raises:
        AnsweredMeanwhileError: An answer is kept under this key.

    """
    cursor = connection.execute(
        "INSERT INTO idempotency (client, method, path, key, body_hash, status, answer,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            mark.client,
            mark.method,
            mark.path,
            mark.key,
            mark.body_hash,
            answer.status,
            answer.answer,
            now_ms,
        ),
    )
    if cursor.rowcount != 1:
        raise AnsweredMeanwhileError(mark.key)


def purge(connection: sqlite3.Connection, now_ms: int, limit: int = 1000) -> int:
    """Forget answers older than 30 days, a limited number at a time; answers how many."""
    return connection.execute(
        "DELETE FROM idempotency WHERE (client, method, path, key) IN ("
        "SELECT client, method, path, key FROM idempotency WHERE created_ms < ?"
        " ORDER BY created_ms LIMIT ?)",
        (now_ms - KEPT_MS, limit),
    ).rowcount
