"""Statements of the MovementActor: the documents that move goods, and which lines are posted."""

import enum
import sqlite3
from collections.abc import Mapping

import msgspec

from magazie.storage.stock import StaleRevisionError

MovementKey = tuple[str, str]
"""(source, idempotency key): the natural key, enforced by the database."""


class MovementKind(enum.StrEnum):
    """What a document does with goods."""

    OPENING = "opening"
    RECEPTION = "reception"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"


class MovementState(enum.StrEnum):
    """Whether lines are still owed to the stock."""

    POSTING = "posting"
    POSTED = "posted"


class MovementLine(msgspec.Struct, frozen=True):
    """One line. It is owed to the stock until it is posted or, with a problem, refused for good.

    ``on_hand_milli`` is by warehouse what the line left there, once it is in the ledger.
    """

    line: int
    product_id: int
    quantity_milli: int
    unit_cost_e4: int | None = None
    note: str = ""
    posted: bool = False
    problem: str = ""
    on_hand_milli: Mapping[str, int] = {}

    @property
    def is_owed(self) -> bool:
        """Whether the stock has neither taken nor refused it, as far as is known here."""
        return not self.posted and not self.problem


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it stands in the books."""

    id: int
    source: str
    idempotency_key: str
    kind: MovementKind
    warehouse: str
    to_warehouse: str | None = None
    reference: str
    supplier: str = ""
    content_hash: bytes
    state: MovementState = MovementState.POSTING
    created_by: str
    created_ms: int
    revision: int = 1
    lines: tuple[MovementLine, ...]

    @property
    def ledger_name(self) -> str:
        """How the ledger calls it."""
        return ledger_name(self.id)

    @property
    def problems(self) -> tuple[tuple[int, str], ...]:
        """(line, why) of every line that the stock refused."""
        return tuple((line.line, line.problem) for line in self.lines if line.problem)


_COLUMNS = (
    "id, source, idempotency_key, kind, warehouse, to_warehouse, reference, supplier,"
    " content_hash, state, created_by, created_ms, revision"
)


def ledger_name(movement_id: int) -> str:
    """How the ledger calls the movement with this id."""
    return f"m:{movement_id}"


def insert(connection: sqlite3.Connection, movement: Movement) -> bool:
    """Store a new document; False when its key is taken."""
    cursor = connection.execute(
        f"INSERT INTO movements ({_COLUMNS}) VALUES ({', '.join('?' * 13)})"
        " ON CONFLICT (source, idempotency_key) DO NOTHING",
        (
            movement.id,
            movement.source,
            movement.idempotency_key,
            movement.kind,
            movement.warehouse,
            movement.to_warehouse,
            movement.reference,
            movement.supplier,
            movement.content_hash,
            movement.state,
            movement.created_by,
            movement.created_ms,
            movement.revision,
        ),
    )
    if cursor.rowcount != 1:
        return False
    connection.executemany(
        "INSERT INTO movement_lines (movement_id, line, product_id, quantity_milli,"
        " unit_cost_e4, note) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                movement.id,
                line.line,
                line.product_id,
                line.quantity_milli,
                line.unit_cost_e4,
                line.note,
            )
            for line in movement.lines
        ],
    )
    return True


def settle(connection: sqlite3.Connection, before: Movement, after: Movement) -> None:
    """Store what became of lines; ``after.revision`` is the one the document is to have.

    Raises:
        StaleRevisionError: another activation wrote since.

    """
    cursor = connection.execute(
        "UPDATE movements SET state = ?, revision = ? WHERE id = ? AND revision = ?",
        (after.state, after.revision, after.id, after.revision - 1),
    )
    if cursor.rowcount != 1:
        raise StaleRevisionError(f"movement {after.id} at revision {after.revision - 1}")
    connection.executemany(
        "UPDATE movement_lines SET posted = ?, problem = ? WHERE movement_id = ? AND line = ?",
        [
            (line.posted, line.problem, after.id, line.line)
            for was, line in zip(before.lines, after.lines, strict=True)
            if (was.posted, was.problem) != (line.posted, line.problem)
        ],
    )


def load(connection: sqlite3.Connection, key: MovementKey) -> Movement | None:
    """The document under this natural key, with the balances its lines left."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM movements WHERE source = ? AND idempotency_key = ?", key
    ).fetchone()
    if row is None:
        return None
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["kind"] = MovementKind(values["kind"])
    values["state"] = MovementState(values["state"])
    on_hand: dict[int, dict[str, int]] = {}
    for line, warehouse, left_milli in connection.execute(
        "SELECT line, warehouse, on_hand_milli FROM ledger WHERE movement = ?",
        (ledger_name(row[0]),),
    ).fetchall():
        on_hand.setdefault(line, {})[warehouse] = left_milli
    lines = connection.execute(
        "SELECT line, product_id, quantity_milli, unit_cost_e4, note, posted, problem"
        " FROM movement_lines WHERE movement_id = ? ORDER BY line",
        (row[0],),
    ).fetchall()
    return Movement(
        lines=tuple(
            MovementLine(
                line, product_id, quantity, cost, note, bool(posted), problem, on_hand.get(line, {})
            )
            for line, product_id, quantity, cost, note, posted, problem in lines
        ),
        **values,
    )


def find_key(connection: sqlite3.Connection, movement_id: int) -> MovementKey | None:
    """The natural key of the document with this id."""
    row: MovementKey | None = connection.execute(
        "SELECT source, idempotency_key FROM movements WHERE id = ?", (movement_id,)
    ).fetchone()
    return row


def owing_keys(connection: sqlite3.Connection, limit: int) -> list[MovementKey]:
    """Documents with lines still owed to the stock, oldest first."""
    return connection.execute(
        "SELECT source, idempotency_key FROM movements INDEXED BY movements_owing"
        " WHERE state = 'posting' ORDER BY id LIMIT ?",
        (limit,),
    ).fetchall()
