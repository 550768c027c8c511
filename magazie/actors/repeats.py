"""A terminal's operation is done once: sent again it gets its first answer and changes nothing."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from magazie.actors.picking_answers import ErrorShown, encoded
from magazie.actors.picking_messages import OpMark
from magazie.storage.storage import Storage
from magazie.storage.terminal_operations import (
    KnownOperation,
    OperationKnownError,
    find_operation,
)

T = TypeVar("T")

Append = Callable[[sqlite3.Connection], None]
"""Puts an operation into its log; raises ``OperationKnownError``."""


def answered_again(known: tuple[bytes, bytes], mark: OpMark) -> bytes:
    """The answer given before; an operation of another content has none."""
    digest, answer = known
    if digest == mark.digest:
        return answer
    return encoded(ErrorShown(reason="op_reused", op=mark.op))


async def find_known(storage: Storage, mark: OpMark) -> KnownOperation | None:
    """The operation, in whichever log it is."""
    return await storage.read(lambda c: find_operation(c, mark.terminal, mark.op))


async def answered_elsewhere(storage: Storage, mark: OpMark) -> bytes:
    """What a known operation was answered, wherever that was."""
    known = await find_known(storage, mark)
    if known is None:
        raise LookupError(f"operation {mark.op} is known and not there")
    return answered_again((known.digest, known.answer), mark)


async def done_once(
    storage: Storage,
    mark: OpMark,
    work: Callable[[], Awaitable[T]],
    show: Callable[[KnownOperation], Awaitable[T] | None],
) -> T | bytes:
    """Do the work, if the operation is new.

    ``show`` gives what a known one opened as that stands now, or None where it was answered
    with bytes.
    """
    known = await find_known(storage, mark)
    if known is None:
        return await work()
    if known.digest == mark.digest and not known.answer:
        shown = show(known)
        if shown is not None:
            return await shown
    return answered_again((known.digest, known.answer), mark)


async def kept(storage: Storage, mark: OpMark, answer: bytes, append: Append) -> bytes:
    """Keep an operation that belongs to nothing; answers what it was answered the first time."""
    try:
        await storage.write(append)
    except OperationKnownError:
        known = await find_known(storage, mark)
        if known is not None and known.digest == mark.digest and known.answer:
            return known.answer
        return encoded(ErrorShown(reason="op_reused", op=mark.op))
    return answer
