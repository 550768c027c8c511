"""Which lot and serial numbers are in hand for an order, out of the log of its picking. Pure."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from magazie.model.tracking import NOTHING_NOTED, Note


class LoggedCount(msgspec.Struct, frozen=True):
    """An operation that changed what is in hand for a line; ``undoes`` the scan taken back."""

    session: int
    number: int
    line: int
    product_id: int
    delta_milli: int
    undoes: int | None = None
    note: Note = NOTHING_NOTED


class NotedGoods(msgspec.Struct, frozen=True):
    """So much of a product is in hand for a line of the order under this number."""

    line: int
    product_id: int
    note: Note
    milli: int


def noted_goods(log: Iterable[LoggedCount]) -> list[NotedGoods]:
    """What of all that was counted for one order is still in hand and has a number.

    ``log`` is in the order in which it came, over all sessions of the order. What was put back is
    taken for what was fetched last.
    """
    kept: list[LoggedCount] = []
    for entry in log:
        if entry.delta_milli > 0:
            kept.append(entry)
        elif entry.undoes is not None:
            undone = (entry.session, entry.undoes)
            kept = [each for each in kept if (each.session, each.number) != undone]
        else:
            kept = _without_last(kept, entry)
    found: dict[tuple[int, int, Note], int] = {}
    for each in kept:
        if each.note != NOTHING_NOTED:
            key = (each.line, each.product_id, each.note)
            found[key] = found.get(key, 0) + each.delta_milli
    return [NotedGoods(*key, milli) for key, milli in sorted(found.items(), key=_by_line)]


def _without_last(kept: list[LoggedCount], back: LoggedCount) -> list[LoggedCount]:
    left_milli = -back.delta_milli
    after = []
    for each in reversed(kept):
        if (each.line, each.product_id) == (back.line, back.product_id) and left_milli > 0:
            taken = min(each.delta_milli, left_milli)
            left_milli -= taken
            if each.delta_milli > taken:
                after.append(replace(each, delta_milli=each.delta_milli - taken))
        else:
            after.append(each)
    return after[::-1]


def _by_line(item: tuple[tuple[int, int, Note], int]) -> tuple[int, int, str, str]:
    (line, product_id, note), _milli = item
    return (line, product_id, note.serial, note.lot)
