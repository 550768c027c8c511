"""Operations of terminals, whatever they were for: under one id a terminal sends only one.

Picking sessions and tallies keep a log each. An id that is in one of them is not free in the other:
triggers leave such a row out, as the index of the log itself does.
"""

import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec.structs import astuple, replace

from magazie.storage.many_rows import ManyRows

Known = dict[tuple[str, str], tuple[bytes, bytes]]
"""(terminal, op) → (digest, answer) of operations that were done."""


class OperationKnownError(Exception):
    """The terminal sent an operation under this id before; nothing of this unit may stay."""


class TerminalBusyError(Exception):
    """The terminal has something else open; ``reason`` is a word of the catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TerminalOperation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation as it is logged, whatever it was for. Columns: see the migrations."""

    terminal: str
    op: str
    terminal_seq: int
    digest: bytes
    kind: str
    outcome: str
    who: str
    number: int | None = None
    code: str = ""
    serial: str = ""
    lot: str = ""
    product_id: int | None = None
    delta_milli: int = 0
    undoes: int | None = None
    at_ms: int | None = None
    received_ms: int
    answer: bytes = b""

    def values(self) -> tuple[object, ...]:
        """Its columns, in the order of its fields."""
        # str(): what is more than a plain string sqlite3 takes through its adapters, at a price
        return astuple(replace(self, outcome=str(self.outcome)))


class OperationLog:
    """The log of picking sessions, or that of tallies."""

    def __init__(self, table: str, owner: str, kept: type[TerminalOperation]) -> None:
        """``kept`` has a field for each column that is written; ``owner`` is one of them."""
        fields = kept.__struct_fields__
        self._known = f"SELECT terminal, op, digest, answer FROM {table} WHERE {owner} = ?"
        head = f"INSERT INTO {table} ({', '.join(fields)})"
        self._rows = ManyRows(head, len(fields), "ON CONFLICT (terminal, op) DO NOTHING")

    def append(
        self, connection: sqlite3.Connection, operations: Sequence[TerminalOperation]
    ) -> None:
        """Append operations.

        Raises:
            OperationKnownError: one of them is in this log, or in the other.

        """
        rows = [operation.values() for operation in operations]
        if self._rows.insert(connection, rows) != len(rows):
            told = ", ".join(f"{operation.op} of {operation.terminal}" for operation in operations)
            raise OperationKnownError(f"one of the operations {told}")

    def known(self, connection: sqlite3.Connection, owner_id: int) -> Known:
        """Every operation of a session or of a tally."""
        rows = connection.execute(self._known, (owner_id,)).fetchall()
        return {(terminal, op): (digest, answer) for terminal, op, digest, answer in rows}


class KnownOperation(msgspec.Struct, frozen=True):
    """What an operation said, by its digest, what it was answered, and where."""

    digest: bytes
    answer: bytes
    kind: str
    session_id: int | None
    tally_id: int | None


def find_operation(connection: sqlite3.Connection, terminal: str, op: str) -> KnownOperation | None:
    """What the terminal was answered under this id; None when it is new."""
    row = connection.execute(
        "SELECT digest, answer, kind, session_id, NULL FROM picking_operations"
        " WHERE terminal = ?1 AND op = ?2 UNION ALL"
        " SELECT digest, answer, kind, NULL, tally_id FROM tally_operations"
        " WHERE terminal = ?1 AND op = ?2",
        (terminal, op),
    ).fetchone()
    return KnownOperation(*row) if row is not None else None


def refuse_second(connection: sqlite3.Connection, terminal: str, *, but_tally: int = 0) -> None:
    """Refuse to open something more at a terminal at which a tally is open.

    Raises:
        TerminalBusyError: there is one, other than ``but_tally``.

    """
    row = connection.execute(
        "SELECT 1 FROM tallies INDEXED BY tallies_terminal"
        " WHERE state = 'open' AND terminal IS NOT NULL AND terminal = ? AND id <> ?",
        (terminal, but_tally),
    ).fetchone()
    if row is not None:
        raise TerminalBusyError("tally_open")


def refuse_picking(connection: sqlite3.Connection, terminal: str) -> None:
    """Refuse to open a tally at a terminal at which orders are picked.

    Raises:
        TerminalBusyError: a picking session is open there.

    """
    row = connection.execute(
        "SELECT 1 FROM picking_sessions INDEXED BY picking_sessions_terminal"
        " WHERE state = 'open' AND terminal = ?",
        (terminal,),
    ).fetchone()
    if row is not None:
        raise TerminalBusyError("session_open")
