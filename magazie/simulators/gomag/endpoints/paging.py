from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.faults import FaultKind
from magazie.simulators.gomag.payloads import whole
from magazie.simulators.gomag.switches import Switches

LARGEST_PAGE = 100

Row = TypeVar("Row")


class Page(Struct, Generic[Row], frozen=True):
    """The rows of one page and the numbers told with them."""

    rows: Sequence[Row]
    total: int
    page: int
    pages: int


def page_number(query: Mapping[str, str]) -> int:
    """Return the page asked for; anything unreadable or below one is the first."""
    return max(1, whole(query.get("page")) or 1)


def page_size(query: Mapping[str, str], switches: Switches) -> int:
    """Return the ``limit`` asked for, from 1 to 100, else the default (A6)."""
    limit = whole(query.get("limit"))
    return min(limit, LARGEST_PAGE) if limit else switches.default_page_size


def paged(rows: Sequence[Row], size: int, call: Call, switches: Switches) -> Page[Row]:
    """Cut the asked page out of all rows (A7), or another one where a fault says so."""
    page = page_number(call.query)
    total = len(rows)
    pages = -(-total // size) or switches.pages_when_empty
    shown = page
    if switches.beyond_last_page == "repeat_last":
        shown = min(page, max(1, pages))
    start = (shown - 1) * size
    if call.page_fault is FaultKind.PAGE_REPEATS:
        start = max(0, start - size)
    elif call.page_fault is FaultKind.PAGE_DRIFTS:
        start = max(0, start + call.faults.drift())
    return Page(rows[start : start + size], total, page, pages)
