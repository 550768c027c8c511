"""The batch runner: many units of work in one transaction, a savepoint each."""

import inspect
import sqlite3
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeAlias, TypeVar

import msgspec

from magazie.storage.connection import SAVEPOINT, WriterConnection
from magazie.storage.errors import DiskFullError, TransactionLostError, UnitMisuseError
from magazie.storage.joint import JointUnit

T = TypeVar("T")

Unit: TypeAlias = Callable[[sqlite3.Connection], T]
"""A plain, synchronous function of the connection. It fetches what it returns, leaves
transactions alone, and lets SQLite errors other than ``IntegrityError`` pass."""

_COROUTINE = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_PRIMARY_CODE = 0xFF
_SET = f"SAVEPOINT {SAVEPOINT}"
_KEEP = f"RELEASE {SAVEPOINT}"
_UNDO = f"ROLLBACK TO {SAVEPOINT}"


class BatchResult(msgspec.Struct):
    """What became of a batch.

    ``results`` has an entry for each unit that is dealt with, in their order; an entry is void
    where ``failures`` has the same index. Units after those were not touched.
    """

    results: list[object]
    failures: dict[int, BaseException]
    committed: bool
    changes: int
    """Rows inserted, updated or deleted."""
    run_s: float
    commit_s: float
    fatal: sqlite3.Error | None = None
    """Set when nothing can be said of the database any more."""


class _UnitEndsTransactionError(Exception):
    """A failed unit could not be rolled back alone: the transaction must go with it."""

    def __init__(self, culprit: BaseException) -> None:
        super().__init__()
        self.culprit = culprit


def run_batch(
    connection: WriterConnection,
    units: Sequence[Unit[object]],
    *,
    clock: Callable[[], float],
    budget_s: float,
) -> BatchResult:
    """Run units, first to last, in one transaction; commit; say what became of each.

    A unit that raises is rolled back alone and fails with its own error. If the transaction
    goes with it, or cannot be committed, every other unit that was begun fails with
    ``TransactionLostError``; if none can be opened, all of them do. No further unit begins
    once ``budget_s`` has passed.
    """
    started = clock()
    changed_before = connection.total_changes
    result = BatchResult([], {}, committed=False, changes=0, run_s=0.0, commit_s=0.0)
    try:
        connection.begin()
    except sqlite3.Error as error:
        result.results = [None] * len(units)
        _lose(connection, result, error)
        return result
    try:
        if len(units) == 1:
            _run_alone(connection, units[0], result)
        else:
            _run_units(connection, units, result, clock, started + budget_s)
    except _UnitEndsTransactionError as error:
        result.run_s = clock() - started
        _lose(connection, result, error.culprit)
        return result
    ran = clock()
    result.run_s = ran - started
    _commit(connection, result)
    result.commit_s = clock() - ran
    result.changes = connection.total_changes - changed_before
    return result


def call_fetched(function: Unit[T], connection: sqlite3.Connection) -> T:
    """Run a unit or query and give its result, which needs the connection no more.

    Raises:
        UnitMisuseError: The result is a cursor or another iterator, which would read later,
            elsewhere, and outside its transaction.
    """
    value = function(connection)
    if hasattr(type(value), "__next__"):
        raise UnitMisuseError(f"A unit or query returns fetched rows, not {type(value).__name__}.")
    return value


def release_cursors(error: BaseException) -> None:
    """Let go of the cursors that the frames of a failed function still hold open.

    A coroutine's frame is left alone: an error that a coroutine is handling may be raised
    again in a unit, and clearing the frame of a coroutine that waits would end it.
    """
    link: BaseException | None = error
    while link is not None:
        for frame, _ in traceback.walk_tb(link.__traceback__):
            if not frame.f_code.co_flags & _COROUTINE:
                with suppress(RuntimeError):  # it is running
                    frame.clear()
        link = link.__context__


def _run_alone(connection: WriterConnection, unit: Unit[object], result: BatchResult) -> None:
    """Run the only unit: the transaction serves as its savepoint, which saves a twentieth."""
    try:
        result.results.append(call_fetched(unit, connection))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is its owner's
        result.results.append(None)
        result.failures[0] = _as_owners_error(error)
        release_cursors(error)
        raise _UnitEndsTransactionError(error) from None


def _run_units(
    connection: WriterConnection,
    units: Sequence[Unit[object]],
    result: BatchResult,
    clock: Callable[[], float],
    deadline: float,
) -> None:
    """Run each unit in its savepoint, or neighbours of one kind together in one.

    Lean: its cost is paid for every unit there is.
    """
    execute = connection.cursor().execute
    position = 0
    while position < len(units):
        unit = units[position]
        if isinstance(unit, JointUnit):
            group = _neighbours(units, position, type(unit))
            position += len(group)
            if len(group) == 1 or not _run_together(connection, group, result):
                for each in group:
                    _run_one(connection, execute, each, result)
        else:
            position += 1
            _run_one(connection, execute, unit, result)
        if clock() >= deadline:
            return


def _run_one(
    connection: WriterConnection,
    execute: Callable[[str], object],
    unit: Unit[object],
    result: BatchResult,
) -> None:
    try:
        execute(_SET)
        value = call_fetched(unit, connection)
        execute(_KEEP)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is its owner's
        result.failures[len(result.results)] = _as_owners_error(error)
        result.results.append(None)
        release_cursors(error)
        _undo_unit(connection, error)
    else:
        result.results.append(value)


def _neighbours(
    units: Sequence[Unit[object]], position: int, kind: type[JointUnit[object]]
) -> list[JointUnit[object]]:
    """The unit at a position and those of its kind right behind it."""
    group: list[JointUnit[object]] = []
    for unit in islice(units, position, None):
        if type(unit) is not kind:
            break
        group.append(unit)
    return group


def _run_together(
    connection: WriterConnection, group: Sequence[JointUnit[object]], result: BatchResult
) -> bool:
    """Run units of one kind at one stroke. False: nothing of that stands, each is to be run alone.

    Raises:
        _UnitEndsTransactionError: The transaction is gone; all of them count as begun.
    """
    try:
        connection.execute(_SET)
        values = group[0].run_together(connection, group)
        connection.execute(_KEEP)
    except BaseException as error:  # noqa: BLE001 - whose it is shows when each runs alone
        release_cursors(error)
        try:
            _undo_unit(connection, error)
        except _UnitEndsTransactionError:
            result.results += [None] * len(group)
            raise
        return False
    result.results += values
    return True


def _undo_unit(connection: WriterConnection, error: BaseException) -> None:
    try:
        connection.execute(_UNDO)
        connection.execute(_KEEP)
    except sqlite3.Error:
        raise _UnitEndsTransactionError(error) from None


def _as_owners_error(error: BaseException) -> BaseException:
    """What the unit's owner is told: its own error, where that can be raised in a coroutine."""
    if has_code(error, sqlite3.SQLITE_FULL):
        told: BaseException = DiskFullError()
    elif isinstance(error, StopIteration):
        told = RuntimeError("A unit raised StopIteration.")
    else:
        return error
    told.__cause__ = error
    return told


def _commit(connection: WriterConnection, result: BatchResult) -> None:
    try:
        connection.commit_transaction()
    except sqlite3.Error as error:
        if has_code(error, sqlite3.SQLITE_IOERR):
            result.fatal = error
        _lose(connection, result, error)
    else:
        result.committed = True


def _lose(connection: WriterConnection, result: BatchResult, cause: BaseException) -> None:
    """Give the transaction up: fail every unit that has not failed by itself."""
    try:
        connection.rollback_transaction()
    except sqlite3.Error as error:
        result.fatal = result.fatal or error
    for index in range(len(result.results)):
        if index not in result.failures:
            result.failures[index] = _lost(cause)


def _lost(cause: BaseException) -> TransactionLostError:
    if has_code(cause, sqlite3.SQLITE_FULL):
        told: TransactionLostError = DiskFullError()
    else:
        told = TransactionLostError(f"The transaction was rolled back: {cause}")
    told.__cause__ = cause
    return told


def has_code(error: BaseException, primary_code: int) -> bool:
    """Whether an error is SQLite's own, of this kind."""
    if not isinstance(error, sqlite3.Error):
        return False
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY_CODE == primary_code
