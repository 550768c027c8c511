"""Orders that were picked and are wanted otherwise since: what a person must do. Pure."""

import enum
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from magazie.model.orders import Fulfilment, LineKind, OrderLine


class Amiss(msgspec.Struct, frozen=True):
    """Line → thousandths to be put back, and to be fetched, of an order that nobody picks now."""

    put_back: Mapping[int, int]
    fetch: Mapping[int, int]

    @property
    def is_nothing(self) -> bool:
        """Whether what was picked is what is wanted."""
        return not self.put_back and not self.fetch


class Judging(enum.Enum):
    """What a change of an order does to the alert that it was changed after it was picked."""

    LEAVE = enum.auto()
    CLEAR = enum.auto()
    JUDGE = enum.auto()


_LIES_READY = frozenset({Fulfilment.PICKED, Fulfilment.OPEN})


def judging_of(
    was: Fulfilment,
    lines_before: Sequence[OrderLine],
    now: Fulfilment,
    lines_after: Sequence[OrderLine],
) -> Judging:
    """Whether the change may leave goods picked that nobody wants, and nobody knows of it.

    While an order is being picked its terminal is shown what changes. One that is open again is
    handed out again. What was shown to a terminal before the order was cancelled is its to do.
    """
    in_hand = any(line.picked_milli for line in lines_after)
    if not in_hand and not any(line.picked_milli for line in lines_before):
        return Judging.LEAVE
    if now is Fulfilment.PICKING:
        return Judging.LEAVE
    if now is Fulfilment.PICKED:
        is_same = was is Fulfilment.PICKED and lines_before == lines_after
        return Judging.LEAVE if is_same else Judging.JUDGE
    if now is Fulfilment.CANCELLED and in_hand:
        if was is Fulfilment.CANCELLED:
            return Judging.LEAVE
        return Judging.JUDGE if was in _LIES_READY else Judging.CLEAR
    return Judging.CLEAR


def amiss(lines: Iterable[OrderLine], picked_of: Mapping[int, int], *, cancelled: bool) -> Amiss:
    """What is to be done to an order that was picked.

    Args:
        lines: As they are now.
        picked_of: Line → thousandths ordered when it was picked, where that is another number.
        cancelled: Nothing is wanted.

    """
    put_back: dict[int, int] = {}
    fetch: dict[int, int] = {}
    for line in lines:
        if line.kind is not LineKind.PRODUCT:
            continue
        wanted = 0 if cancelled else line.wanted_milli
        more = line.quantity_milli - picked_of.get(line.line, line.quantity_milli)
        if line.picked_milli > wanted:
            put_back[line.line] = line.picked_milli - wanted
        elif wanted > line.picked_milli and more > 0:
            fetch[line.line] = min(more, wanted - line.picked_milli)
    return Amiss(put_back, fetch)


class LineEdit(msgspec.Struct, frozen=True):
    """A line's quantity before and after one edit."""

    line: int
    was_milli: int
    now_milli: int


def ordered_before(edits: Iterable[Iterable[LineEdit]]) -> dict[int, int]:
    """Line → what was ordered before these edits, the first one first."""
    before: dict[int, int] = {}
    for edit in edits:
        for line in edit:
            before.setdefault(line.line, line.was_milli)
    return before
