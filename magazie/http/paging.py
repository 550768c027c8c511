"""Lists: ``limit``, ``cursor`` and ``sort``, the same everywhere."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Container, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from msgspec import Meta

from magazie.http.endpoint import Call
from magazie.http.problems import ProblemError, invalid
from magazie.storage.reads.keyset import Page, PageRequest

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT: Final = 50
MOST_LIMIT: Final = 200

Limit = Annotated[int, Meta(ge=1, le=MOST_LIMIT, description="At most so many items")]
Cursor = Annotated[
    str, Meta(max_length=2000, description="The `next` of the page before, with the same filters")
]
Sort = Annotated[
    str, Meta(max_length=200, description="Fields to sort by, `-` before one for descending")
]


class Paging(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The query fields of every list; a list's own filters are added to them."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor | None = None
    sort: Sort | None = None


class ShortPaging(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The query fields of lists that are in memory as a whole, in one fixed order."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor | None = None


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list; ``next`` is null at the end."""

    items: list[T]
    next: str | None


_SqlInteger = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class _Place(msgspec.Struct, array_like=True, frozen=True):
    """What a cursor holds: of which list it is, and the sort values it comes after."""

    of: bytes
    after: tuple[_SqlInteger | str, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Place).decode


def page_request(call: Call[Any, Paging], *, sortable: Container[str], default: str) -> PageRequest:
    """Which page a request asks for.

    Raises:
        ProblemError: the cursor belongs to another list, or a sort field is not known.

    """
    query = call.query
    sort = _sort(query.sort or default, sortable)
    after = None
    if query.cursor is not None:
        after = _after(query.cursor, _fingerprint(call))
    return PageRequest(sort, query.limit, after)


def listed(page: Page[T], call: Call[Any, Paging], shown: list[U]) -> Listed[U]:
    """The answer with these items, shown from the page's rows."""
    if page.after is None:
        return Listed(shown, None)
    place = _encode(_Place(_fingerprint(call), page.after))
    return Listed(shown, urlsafe_b64encode(place).decode().rstrip("="))


def sliced(call: Call[Any, ShortPaging], items: Sequence[U]) -> Listed[U]:
    """The asked for page of a list that is in memory as a whole.

    Raises:
        ProblemError: the cursor belongs to another list.

    """
    start = 0
    if call.query.cursor is not None:
        after = _after(call.query.cursor, _fingerprint(call))
        if len(after) != 1 or not isinstance(after[0], int) or after[0] < 0:
            raise _bad_cursor()
        start = after[0]
    end = start + call.query.limit
    if end >= len(items):
        return Listed(list(items[start:]), None)
    place = _encode(_Place(_fingerprint(call), (end,)))
    return Listed(list(items[start:end]), urlsafe_b64encode(place).decode().rstrip("="))


def _sort(text: str, sortable: Container[str]) -> tuple[tuple[str, bool], ...]:
    fields = tuple((name.removeprefix("-"), name.startswith("-")) for name in text.split(","))
    names = [name for name, _ in fields]
    for name in names:
        if name not in sortable:
            raise invalid("sort", f"cannot sort by {name!r}")
    if len(set(names)) < len(names):
        raise invalid("sort", "a field stands there twice")
    return fields


def _fingerprint(call: Call[Any, Any]) -> bytes:
    """A cursor is good for the list, the filters and the order it was made under."""
    bound = msgspec.structs.asdict(call.query) | {"cursor": None, "limit": 0}
    text = repr((call.request.path, sorted(bound.items())))
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _after(cursor: str, of: bytes) -> tuple[int | str, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = _decode(urlsafe_b64decode(padded.encode()))
    except (ValueError, msgspec.MsgspecError) as error:
        raise _bad_cursor() from error
    if place.of != of:
        raise _bad_cursor()
    return place.after


def _bad_cursor() -> ProblemError:
    return invalid("cursor", "it is not of this list with these filters and this order")
