"""A picking session: what is to be fetched for one order or several, and what is in hand.

Values only; what changes them stands in ``picking_rules``. Quantities are thousandths. A line of
a session (a *pick*) is one product for one line of an order; a line on a bundle becomes a pick
for each of its parts. Picks are numbered within the session, for good.
"""

import enum
from collections.abc import Iterator, Mapping

import msgspec

from magazie.model.bundles import BundlePart, bundles_in, part_wanted
from magazie.model.tracking import NOTHING_NOTED, Note


class PickingMode(enum.StrEnum):
    """How people work."""

    PICK = "pick"
    CLUSTER = "cluster"
    CHECK = "check"


class SessionState(enum.StrEnum):
    """Whether a session still goes on; one that is left had nothing in hand."""

    OPEN = "open"
    COMPLETED = "completed"
    LEFT = "left"


class Rest(enum.StrEnum):
    """What becomes of goods that were not found: they stay reserved, or are let go."""

    KEEP = "keep"
    RELEASE = "release"


class Outcome(enum.StrEnum):
    """What became of an operation."""

    COUNTED = "counted"
    OVER = "over"
    NOT_IN_ORDER = "not_in_order"
    UNKNOWN_CODE = "unknown_code"
    AMBIGUOUS_CODE = "ambiguous_code"
    ORDER_CANCELLED = "order_cancelled"
    SERIAL_NEEDED = "serial_needed"
    LOT_NEEDED = "lot_needed"
    SERIAL_USED = "serial_used"
    SERIAL_ELSEWHERE = "serial_elsewhere"
    OWNED_BY_OTHER = "owned_by_other"
    NO_SESSION = "no_session"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    SKIPPED = "skipped"
    PUT_BACK = "put_back"
    SHORT_PICKED = "short_picked"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"


class Pick(msgspec.Struct, frozen=True, gc=False):
    """One product for one line of an order.

    ``base_milli`` was in hand already when the session began. ``part_milli`` is how much of the
    product one bundle holds, 0 where the line is on no bundle. ``product_id`` None: the line
    waits for its product, and nothing of it can be picked.
    """

    number: int
    order_id: int
    line: int
    product_id: int | None
    wanted_milli: int
    base_milli: int = 0
    picked_milli: int = 0
    short_milli: int = 0
    reason: str = ""
    rest: Rest = Rest.KEEP
    skipped: int = 0
    part_milli: int = 0

    @property
    def key(self) -> tuple[int, int, int | None]:
        """What it is for."""
        return (self.order_id, self.line, self.product_id)


class PickedOrder(msgspec.Struct, frozen=True):
    """An order of the session, and the bin its goods go to.

    ``is_verified``: it was picked before, and is only counted again.
    """

    order_id: int
    bin: int
    is_cancelled: bool = False
    is_verified: bool = False


class Counted(msgspec.Struct, frozen=True, gc=False):
    """What is left of a scan that counted: the operation, where, how much, what was noted."""

    operation: int
    pick: int
    milli: int
    terminal: str
    note: Note = NOTHING_NOTED


class PickingState(msgspec.Struct, frozen=True):
    """A session as it stands. ``operations`` numbers the last one; ``skips`` the last skip."""

    id: int
    mode: PickingMode
    terminal: str
    who: str
    orders: tuple[PickedOrder, ...]
    picks: tuple[Pick, ...] = ()
    counted: tuple[Counted, ...] = ()
    state: SessionState = SessionState.OPEN
    operations: int = 0
    skips: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state is SessionState.OPEN

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was taken or put back since it began."""
        return all(pick.picked_milli == pick.base_milli for pick in self.picks)

    @property
    def holds_cancelled(self) -> bool:
        """Whether goods of a cancelled order are in hand; only this session shows that."""
        cancelled = {order.order_id for order in self.orders if order.is_cancelled}
        return any(pick.picked_milli and pick.order_id in cancelled for pick in self.picks)

    def pick(self, number: int) -> Pick | None:
        """The pick of this number."""
        return next((pick for pick in self.picks if pick.number == number), None)

    def order(self, order_id: int) -> PickedOrder | None:
        """An order of the session."""
        return next((order for order in self.orders if order.order_id == order_id), None)

    def due_milli(self, pick: Pick) -> int:
        """How much is to be in hand at the end: what is wanted without what was not found.

        Of a bundle a part of which is missing, only whole ones are worth fetching.
        """
        if not pick.part_milli:
            return pick.wanted_milli - pick.short_milli
        siblings = list(self._siblings(pick))
        if not any(other.short_milli for other in siblings):
            return pick.wanted_milli
        whole = min(
            bundles_in(other.wanted_milli - other.short_milli, _part(other)) for other in siblings
        )
        return min(pick.wanted_milli, part_wanted(whole, _part(pick)))

    def open_milli(self, pick: Pick) -> int:
        """How much is still to be fetched."""
        return max(0, self.due_milli(pick) - pick.picked_milli)

    def to_put_back_milli(self, pick: Pick) -> int:
        """How much is in hand that nobody wants any more."""
        return max(0, pick.picked_milli - self.due_milli(pick))

    def noted(self, pick: Pick) -> list[tuple[Note, int]]:
        """The numbers that are in hand of a pick, and how much under each."""
        noted: dict[Note, int] = {}
        for each in self.counted:
            if each.pick == pick.number and each.note != NOTHING_NOTED:
                noted[each.note] = noted.get(each.note, 0) + each.milli
        return list(noted.items())

    def _siblings(self, pick: Pick) -> Iterator[Pick]:
        for other in self.picks:
            if other.part_milli and (other.order_id, other.line) == (pick.order_id, pick.line):
                yield other


class LinePicked(msgspec.Struct, frozen=True):
    """What the session says of one line of an order, in the order's own units."""

    picked_milli: int
    short_milli: int = 0
    released_milli: int = 0
    reason: str = ""


def picked_lines(session: PickingState, order_id: int) -> Mapping[int, LinePicked]:
    """What is in hand for each line of an order; whole bundles where a line is on one.

    What was not found and is to be let go counts as released.
    """
    by_line: dict[int, list[Pick]] = {}
    for pick in session.picks:
        if pick.order_id == order_id and pick.product_id is not None:
            by_line.setdefault(pick.line, []).append(pick)
    return {line: _line_picked(picks) for line, picks in by_line.items()}


def _line_picked(picks: list[Pick]) -> LinePicked:
    shorts = [pick for pick in picks if pick.short_milli]
    reason = "; ".join(dict.fromkeys(pick.reason for pick in shorts))
    is_released = any(pick.rest is Rest.RELEASE for pick in shorts)
    parts = [pick for pick in picks if pick.part_milli]
    if not parts:
        (pick,) = picks
        picked, short = pick.picked_milli, pick.short_milli
    else:
        picked = min(bundles_in(pick.picked_milli, _part(pick)) for pick in parts)
        short = max(_bundles_short(pick) for pick in parts)
    return LinePicked(picked, short, short if is_released else 0, reason)


def _bundles_short(pick: Pick) -> int:
    """How many bundles lack this part; a bundle that lacks a piece of it lacks it."""
    return -(-pick.short_milli // pick.part_milli) * 1000


def _part(pick: Pick) -> BundlePart:
    return BundlePart(pick.product_id or 0, pick.part_milli)
