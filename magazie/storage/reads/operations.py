"""Logs of what terminals did, a page at a time: those of picking sessions and of tallies."""

import sqlite3
from typing import Final, Generic, TypeVar

import msgspec

from magazie.storage.reads.keyset import Conditions, Page, PageRequest, Source, fetch, maker

OPERATION_FIELDS: Final = {"number": "p.number"}


class LoggedRow(msgspec.Struct, frozen=True):
    """An operation of a log; its fields are columns of it."""

    number: int
    kind: str
    outcome: str
    terminal: str
    who: str
    code: str
    serial: str
    lot: str
    product_id: int | None
    delta_milli: int
    at_ms: int | None
    received_ms: int


RowT = TypeVar("RowT", bound=LoggedRow)


class OperationSource(Generic[RowT]):
    """The logs in one table."""

    def __init__(self, table: str, owner: str, row: type[RowT]) -> None:
        """``row`` has a field for each column that is read; ``owner`` says whose log it is."""
        self._owner = f"p.{owner} = ?"
        columns = ", ".join(f"p.{field}" for field in row.__struct_fields__)
        self._source = Source(columns, f"{table} AS p", OPERATION_FIELDS, unique=("number",))
        self._make = maker(row)

    def find(self, connection: sqlite3.Connection, owner_id: int, page: PageRequest) -> Page[RowT]:
        """One page of the log of a session or a tally."""
        conditions = Conditions()
        conditions.add(self._owner, owner_id)
        return fetch(connection, self._source, conditions, page, self._make)
