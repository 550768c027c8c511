"""The brake: a mistake must not empty a shop or reprice it without a person's word.

A wrong import, a source warehouse chosen by error or a spreadsheet with a shifted column shows up
as many items going to zero, or many prices changing, at once. Such rows are held; the rest of the
traffic goes on.
"""

import enum
from collections.abc import Hashable, Iterable
from typing import Final, Generic, TypeVar

import msgspec

_HELD_ABOVE_PERCENT: Final = 30
_HELD_ABOVE_ROWS: Final = 20

Key = TypeVar("Key", bound=Hashable)


class ChangedField(enum.Enum):
    """What of an item is to change in the shop."""

    STOCK = "stock"
    PRICE = "price"


class ProposedChange(msgspec.Struct, Generic[Key], frozen=True, kw_only=True):
    """One value about to be sent to a shop; values are scaled integers of one unit.

    Attributes:
        key: Names the row; one row per item and field.
        field: What changes.
        before: The last acknowledged value, else the listed one. None where neither is known:
            a value that was never known cannot be overwritten by mistake.
        after: The value to send.
        by_claims: Whether orders and shipping alone explain it.
        consented: Whether a person asked for just this, by a bulk action or by releasing it.
        held_before: Whether it was held when last judged, and nobody has released it since.
    """

    key: Key
    field: ChangedField
    before: int | None
    after: int
    by_claims: bool = False
    consented: bool = False
    held_before: bool = False


def held(changes: Iterable[ProposedChange[Key]], items_total: int) -> frozenset[Key]:
    """Return the keys of the rows that wait for a person; all others may go.

    Zeroed stock and changed prices are judged apart. A kind is held, all its rows, when it
    touches more than 30 % of the shop's items and more than 20 rows. Pass every pending row of
    the shop, not one chunk of them, or a large mistake goes through in small pieces. A row held
    before stays held while it would still zero or reprice, however few are left: releasing one
    row of a mistake does not release the others.

    Args:
        changes: The rows about to go.
        items_total: Linked items of the shop.
    """
    zeroed: set[Key] = set()
    repriced: set[Key] = set()
    waiting: set[Key] = set()
    for change in changes:
        if change.consented or not (_zeroes(change) or _reprices(change)):
            continue
        (zeroed if change.field is ChangedField.STOCK else repriced).add(change.key)
        if change.held_before:
            waiting.add(change.key)
    for kind in (zeroed, repriced):
        if _is_mass(len(kind), items_total):
            waiting |= kind
    return frozenset(waiting)


def _zeroes(change: ProposedChange[Key]) -> bool:
    return (
        change.field is ChangedField.STOCK
        and not change.by_claims
        and change.before is not None
        and change.before > 0 >= change.after
    )


def _reprices(change: ProposedChange[Key]) -> bool:
    return (
        change.field is ChangedField.PRICE
        and change.before is not None
        and change.before != change.after
    )


def _is_mass(rows: int, items_total: int) -> bool:
    return rows > _HELD_ABOVE_ROWS and rows * 100 > items_total * _HELD_ABOVE_PERCENT
