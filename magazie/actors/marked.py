"""Answers kept under a client's Idempotency-Key, as actors use them.

A command that carries a mark is answered from the books when it was answered before; else its
answer is written in the unit of its effect.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from magazie.actors.runtime import Rejection
from magazie.storage import idempotency as rows
from magazie.storage.idempotency import IdempotencyMark, KeyReusedError, StoredAnswer
from magazie.storage.storage import Storage

T = TypeVar("T")

AnswerEncoder: TypeAlias = Callable[[T], StoredAnswer]
"""Makes the HTTP answer of a result. Plain and quick: it runs inside the unit."""


class IdempotencyKeyReusedError(Rejection):
    """The client used this Idempotency-Key before for a request with another body."""


async def answered_before(storage: Storage, mark: IdempotencyMark | None) -> StoredAnswer | None:
    """The answer this request got before; None when it is new or carries no mark.

    Raises:
        IdempotencyKeyReusedError: The key stands for another body.

    """
    if mark is None:
        return None
    try:
        return await storage.read(lambda c: rows.find(c, mark))
    except KeyReusedError as error:
        raise IdempotencyKeyReusedError(str(error)) from error


def keep_answer(
    connection: sqlite3.Connection,
    mark: IdempotencyMark | None,
    encode: AnswerEncoder[T] | None,
    result: T,
    now_ms: int,
) -> None:
    """Write the answer of a command that carries a mark, in the unit of its effect.

    Raises:
        AnsweredMeanwhileError: Another actor answered the same request since.

    """
    if mark is not None and encode is not None:
        rows.store(connection, mark, encode(result), now_ms)
