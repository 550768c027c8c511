"""Bulk edits of products: what is asked, as its job keeps it, and the statements of the task.

The plan holds what each product is to become in absolute terms, so that a percentage is reckoned
once, whatever happens after.
"""

import sqlite3

import msgspec
from msgspec import UNSET, UnsetType

from magazie.model.tracking import Tracking
from magazie.storage import work_rows
from magazie.storage.products import Attribute
from magazie.storage.reads.products import ProductFilter


class FieldChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of the record to be set; what is UNSET stays. Attributes are merged by name."""

    category_id: int | UnsetType | None = UNSET
    brand: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    vat_rate_e2: int | UnsetType | None = UNSET
    location: str | UnsetType = UNSET
    tracking: Tracking | UnsetType = UNSET
    attributes: tuple[Attribute, ...] | UnsetType = UNSET


class PriceChange(msgspec.Struct, frozen=True, kw_only=True):
    """A new selling price in a warehouse: this one, or so many percent more, rounded once."""

    warehouse: str
    value_e4: int | None = None
    percent_e2: int | None = None
    decimals: int = 2


class EditOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of which products: of these, or of those of a filter."""

    products: tuple[int, ...] | None = None
    wanted: ProductFilter | None = None
    fields: FieldChanges = FieldChanges()
    price: PriceChange | None = None
    dry_run: bool = False


class EditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of one job and how far it is. ``plan`` is lines of JSON, the other bytes JSON.

    ``products`` were chosen; ``planned`` counts the lines, those that are to be changed.
    """

    job_id: int
    plan: bytes
    products: int
    planned: int
    applied: int = 0
    unchanged: int
    left_count: int
    left_rows: bytes
    preview: bytes


_COLUMNS = ", ".join(EditRecord.__struct_fields__)


def find(connection: sqlite3.Connection, job_id: int) -> EditRecord | None:
    """The plan of this job; None: it is not drawn yet."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM product_edits WHERE job_id = ?", (job_id,)
    ).fetchone()
    return EditRecord(**dict(zip(EditRecord.__struct_fields__, row, strict=True))) if row else None


def store_plan(connection: sqlite3.Connection, record: EditRecord) -> None:
    """Keep a plan before its first row is applied; those of jobs that are over are emptied."""
    connection.execute(
        "UPDATE product_edits SET plan = x'' WHERE plan <> x'' AND job_id IN"
        " (SELECT id FROM jobs WHERE state <> 'waiting' AND state <> 'running')"
    )
    work_rows.forget_over(connection)
    values = msgspec.structs.astuple(record)
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO product_edits ({_COLUMNS}) VALUES ({marks})", values)


def advance(
    connection: sqlite3.Connection,
    job_id: int,
    *,
    applied: int,
    left_count: int,
    left_rows: bytes | None,
) -> None:
    """Note how many rows are behind, and what was left. ``left_rows`` None: nothing new."""
    connection.execute(
        "UPDATE product_edits SET applied = ?, left_count = ?, left_rows = ifnull(?, left_rows)"
        " WHERE job_id = ?",
        (applied, left_count, left_rows, job_id),
    )
    work_rows.forget(connection, job_id, applied)
