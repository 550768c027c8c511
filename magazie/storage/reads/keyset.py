"""Pages that follow on by key: a row that comes or goes between two pages moves no other."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

Value = int | str


class PlaceMisfitError(ValueError):
    """The place a page should come after is not one of this order of rows."""


class SortKey(msgspec.Struct, frozen=True):
    """A field to sort by: its SQL expression, never NULL, and the direction."""

    expression: str
    descending: bool = False


class PageRequest(msgspec.Struct, frozen=True):
    """Which page: the order of rows, and the sort values of the row it comes after."""

    sort: tuple[tuple[str, bool], ...]
    """(field, descending); the record's own key is added where it is missing."""
    limit: int
    after: tuple[Value, ...] | None = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Rows of one page; ``after`` asks for the next one, None at the end."""

    rows: tuple[T, ...]
    after: tuple[Value, ...] | None


class Source(msgspec.Struct, frozen=True):
    """Where rows come from: what to select, from what, and what they may be sorted by.

    ``unique`` names the sort fields that together tell any two rows apart.
    """

    columns: str
    tables: str
    fields: Mapping[str, str]
    unique: tuple[str, ...]


class Conditions:
    """The filters of one query, gathered with the values they compare with."""

    def __init__(self) -> None:
        """Nothing is filtered yet."""
        self.clauses: list[str] = []
        self.values: list[object] = []

    def add(self, clause: str, *values: object) -> None:
        """Keep only rows for which the clause holds; its ``?`` stand for the values."""
        self.clauses.append(clause)
        self.values += values

    def equal(self, expression: str, value: object | None) -> None:
        """Keep rows with this value; None filters nothing."""
        if value is not None:
            self.add(f"{expression} = ?", value)


def fetch(
    connection: sqlite3.Connection,
    source: Source,
    conditions: Conditions,
    request: PageRequest,
    make: Callable[..., T],
) -> Page[T]:
    """Fetch one page; ``make`` is called with the selected columns of each row.

    Raises:
        KeyError: the request sorts by a field that the source does not name.
        PlaceMisfitError: ``after`` does not fit the order.

    """
    keys = _keys(source, request.sort)
    clauses, values = list(conditions.clauses), list(conditions.values)
    if request.after is not None:
        if len(request.after) != len(keys):
            raise PlaceMisfitError("the place does not fit the order of rows")
        clause, behind = _after(keys, request.after)
        clauses.append(clause)
        values += behind
    where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
    order = ", ".join(f"{key.expression} {'DESC' if key.descending else 'ASC'}" for key in keys)
    expressions = ", ".join(key.expression for key in keys)
    found = connection.execute(
        f"SELECT {source.columns}, {expressions} FROM {source.tables}{where}"
        f" ORDER BY {order} LIMIT ?",
        (*values, request.limit + 1),
    ).fetchall()
    kept = found[: request.limit]
    after = tuple(kept[-1][-len(keys) :]) if len(found) > request.limit else None
    return Page(tuple(make(*row[: -len(keys)]) for row in kept), after)


def maker(kind: type[S]) -> Callable[..., S]:
    """What makes a struct of the columns of a row, words of enums included."""
    names = [field.name for field in msgspec.structs.fields(kind)]

    def make(*columns: object) -> S:
        return msgspec.convert(dict(zip(names, columns, strict=True)), kind)

    return make


def _keys(source: Source, sort: Sequence[tuple[str, bool]]) -> list[SortKey]:
    """The order of rows, made total by the unique fields."""
    named = {field for field, _ in sort}
    last = sort[-1][1] if sort else False
    whole = [*sort, *((field, last) for field in source.unique if field not in named)]
    return [SortKey(source.fields[field], descending) for field, descending in whole]


def _after(keys: Sequence[SortKey], after: Sequence[Value]) -> tuple[str, list[Value]]:
    """Rows behind the one with these sort values."""
    if len({key.descending for key in keys}) == 1:
        sign = "<" if keys[0].descending else ">"
        names = ", ".join(key.expression for key in keys)
        marks = ", ".join("?" * len(keys))
        return f"({names}) {sign} ({marks})", list(after)
    # Directions differ: equal in the first n fields, and behind in the next one.
    alternatives, values = [], []
    for count, key in enumerate(keys):
        equal = [f"{earlier.expression} = ?" for earlier in keys[:count]]
        behind = f"{key.expression} {'<' if key.descending else '>'} ?"
        alternatives.append(" AND ".join([*equal, behind]))
        values += [*after[:count], after[count]]
    return f"({' OR '.join(f'({each})' for each in alternatives)})", values
