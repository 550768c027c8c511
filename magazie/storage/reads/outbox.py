"""What waits to be told to a shop, why, and what it last acknowledged."""

import enum
import sqlite3
from typing import Final

import msgspec

from magazie.storage.outbox_items import ItemRow, pending_or_open
from magazie.storage.outbox_statuses import StatusRow, open_statuses
from magazie.storage.reads.keyset import Page, PageRequest, PlaceMisfitError, Value

_NEVER_MS: Final = 2**62


class OutboxField(enum.StrEnum):
    """What is told of an item."""

    STOCK = "stock"
    PRICE = "price"


class WaitingState(enum.StrEnum):
    """Where one value stands."""

    WAITING = "waiting"
    IN_DOUBT = "in_doubt"
    PARKED = "parked"
    HELD = "held"


class WaitingItem(msgspec.Struct, frozen=True):
    """One field of one item that the shop is not known to have as it should."""

    row: ItemRow
    state: WaitingState


def find_waiting(
    connection: sqlite3.Connection,
    shop: str,
    state: WaitingState | None,
    now_ms: int,
    page: PageRequest,
) -> Page[WaitingItem]:
    """One page of what waits, sorted by since when. What is pending is found by comparing all.

    Raises:
        PlaceMisfitError: ``page.after`` is no place among these.

    """
    found = [
        WaitingItem(row, state_of(row, now_ms))
        for row in pending_or_open(connection, shop)
        if row.is_pending or row.doubt
    ]
    wanted = [item for item in found if state is None or item.state is state]
    is_newest_first = page.sort[0][1]
    kept = sorted(wanted, key=_place, reverse=is_newest_first)
    if page.after is not None:
        last = _checked(page.after)
        kept = [item for item in kept if (_place(item) < last) is is_newest_first]
        kept = [item for item in kept if _place(item) != last]
    shown = kept[: page.limit]
    after = _place(shown[-1]) if len(kept) > page.limit else None
    return Page(tuple(shown), after)


def find_due_statuses(connection: sqlite3.Connection, shop: str, limit: int) -> list[StatusRow]:
    """Milestones that the shop is still to be told, the oldest first."""
    return open_statuses(connection, shop)[:limit]


def state_of(row: ItemRow, now_ms: int) -> WaitingState:
    """Where the value stands."""
    if row.held:
        return WaitingState.HELD
    if row.is_parked(now_ms):
        return WaitingState.PARKED
    return WaitingState.IN_DOUBT if row.doubt else WaitingState.WAITING


def _checked(after: tuple[Value, ...]) -> tuple[int, str]:
    match after:
        case (int(since), str(name)):
            return since, name
    raise PlaceMisfitError("the place does not fit the order of rows")


def _place(item: WaitingItem) -> tuple[int, str]:
    since = item.row.pending_since_ms
    return (since if since is not None else _NEVER_MS, f"{item.row.external_id}/{item.row.field}")
