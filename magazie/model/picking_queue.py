"""Which order is picked next: urgent ones, then those whose courier leaves first."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

import msgspec

from magazie.model.romanian_letters import fold
from magazie.model.romanian_time import BUCHAREST

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
MOST_CUTOFFS: Final = 100


class Cutoff(msgspec.Struct, frozen=True):
    """When the parcels of a way of delivery must be ready: Romanian time, each day.

    ``delivery`` is the name that orders give it; letter case and diacritics do not count.
    """

    delivery: str
    time: str

    @property
    def is_time(self) -> bool:
        """Whether the time is one, such as 16:30."""
        return _TIME.fullmatch(self.time) is not None


class PickingSettings(msgspec.Struct, frozen=True):
    """How people pick here.

    ``quantity_entry``: a scan may count more than what was scanned. ``terminals_paired_only``:
    nobody scans at a terminal that is not paired.
    """

    quantity_entry: bool = True
    cutoffs: tuple[Cutoff, ...] = ()
    terminals_paired_only: bool = False


class ReadyOrder(msgspec.Struct, frozen=True):
    """An order all goods of which are reserved.

    ``is_rest``: it was picked in part, and what was missing waits. Its goods were looked for
    once, so nobody is sent for them again by the queue itself.
    """

    order_id: int
    number: str
    source: str
    warehouse: str
    placed_at_ms: int
    delivery: str
    due_ms: int | None
    is_urgent: bool
    lines: int
    pieces_milli: int
    is_rest: bool = False


class QueuedOrder(msgspec.Struct, frozen=True):
    """A ready order, and when its parcel must be ready; None where nothing says when."""

    order: ReadyOrder
    leaves_ms: int | None


def queue_of(
    orders: Sequence[ReadyOrder], settings: PickingSettings, now_ms: int
) -> list[QueuedOrder]:
    """The orders, next one first: urgent, by when their courier leaves, oldest."""
    times = {fold(cutoff.delivery): cutoff for cutoff in settings.cutoffs if cutoff.is_time}
    queued = []
    for order in orders:
        cutoff = times.get(fold(order.delivery))
        leaves_ms = next_cutoff_ms(cutoff.time, now_ms) if cutoff is not None else None
        if order.due_ms is not None:
            leaves_ms = order.due_ms if leaves_ms is None else min(leaves_ms, order.due_ms)
        queued.append(QueuedOrder(order, leaves_ms))
    return sorted(queued, key=_rank)


def next_cutoff_ms(clock: str, now_ms: int) -> int:
    """The next moment at which clocks in Romania show this time, today or tomorrow."""
    now = datetime.fromtimestamp(now_ms / 1000, BUCHAREST)
    hour, minute = clock.split(":")
    for days in (0, 1):
        day = now.date() + timedelta(days=days)
        moment = datetime.combine(day, time(int(hour), int(minute)), BUCHAREST)
        at_ms = round(moment.timestamp() * 1000)
        if at_ms >= now_ms:
            return at_ms
    return at_ms


def _rank(queued: QueuedOrder) -> tuple[bool, bool, bool, int, int, int]:
    order = queued.order
    return (
        order.is_rest,
        not order.is_urgent,
        queued.leaves_ms is None,
        queued.leaves_ms or 0,
        order.placed_at_ms,
        order.order_id,
    )
