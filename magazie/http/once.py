"""Idempotency-Key: the same request again gets the first answer again."""

import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from magazie.http.identity import Identity
from magazie.http.problems import ProblemError, ProblemKind
from magazie.ports import Clock
from magazie.storage import Storage
from magazie.storage.idempotency import (
    IdempotencyMark,
    KeyReusedError,
    StoredAnswer,
    find,
    store,
)

HEADER: Final = "Idempotency-Key"
_SANE: Final = re.compile(r"[\x21-\x7e]{1,128}")

Running = tuple[str, str, str, str]
"""(client, method, path, key)."""


def mark_of(request: web.Request, who: Identity, body: bytes) -> IdempotencyMark | None:
    """What the request's key stands for; None when it brings none.

    Raises:
        ProblemError: the key is not 1 to 128 visible ASCII characters.

    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _SANE.fullmatch(key):
        raise ProblemError(ProblemKind.MALFORMED, f"{HEADER} is 1 to 128 visible ASCII characters")
    digest = hashlib.blake2b(body, digest_size=16)
    digest.update(b"?" + request.query_string.encode())
    return IdempotencyMark(who.scope, request.method, request.path, key, digest.digest())


class OnceOnly:
    """Runs each marked request once, and answers its repetitions from what is kept.

    Only successes are kept: a refusal changed nothing, so the key stays free for another try.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        """Answers are kept in the storage for 30 days."""
        self._storage = storage
        self._clock = clock
        self._running: dict[Running, bytes] = {}

    async def run(
        self, mark: IdempotencyMark, work: Callable[[], Awaitable[tuple[StoredAnswer, bool]]]
    ) -> tuple[StoredAnswer, bool]:
        """Do the work, unless its answer is kept; answers it, and whether it is a repetition.

        ``work`` gives the answer, and whether it is final and to be kept.

        Raises:
            ProblemError: the key belongs to another request, or this one still runs.

        """
        running = (mark.client, mark.method, mark.path, mark.key)
        known = self._running.get(running)
        if known is not None:
            if known != mark.body_hash:
                raise _reused()
            raise ProblemError(
                ProblemKind.STILL_RUNNING,
                "the request with this key has not been answered yet",
                headers={"Retry-After": "1"},
            )
        self._running[running] = mark.body_hash
        try:
            kept = await self._storage.read(lambda c: find(c, mark))
            if kept is not None:
                return kept, True
            answer, is_final = await work()
            if is_final:
                now_ms = self._clock.now_ms()
                await self._storage.write(lambda c: _keep(c, mark, answer, now_ms))
        except KeyReusedError as error:
            raise _reused() from error
        finally:
            del self._running[running]
        return answer, False


def _keep(
    connection: sqlite3.Connection, mark: IdempotencyMark, answer: StoredAnswer, now_ms: int
) -> None:
    """Keep the answer, unless the unit of the effect has kept one."""
    if find(connection, mark) is None:
        store(connection, mark, answer, now_ms)


def _reused() -> ProblemError:
    return ProblemError(
        ProblemKind.KEY_REUSED, "the key was used before for a request with another body"
    )
