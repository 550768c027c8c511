"""What operations do to a tally. Pure: each is decided anew on the tally alone.

A scan counts whole or not at all. What was scanned is remembered, so that the last scan can be
undone; what was set is not, and it forgets the scans of its line before it. A line all of whose
scans are undone is untouched again.
"""

from collections.abc import Container, Iterable
from typing import Literal

import msgspec
from msgspec.structs import replace

from magazie.model.decimals import MAX_QUANTITY_MILLI
from magazie.model.finder import ONE_MILLI, Ambiguous, Finding, Identity, ThingKind, Unknown
from magazie.model.tally import (
    Noted,
    Tally,
    TallyKind,
    TallyLine,
    TallyOutcome,
    TallyState,
    Witness,
    postings,
)
from magazie.model.tracking import (
    NOT_TRACKED,
    NOTHING_NOTED,
    Note,
    Tracked,
    Tracking,
    lacking,
)

MOST_LINES = 1000
"""As many as one movement has."""

TallyRefusal = Literal[
    "no_such_line",
    "bad_quantity",
    "quantity_not_allowed",
    "number_needed",
    "too_many_lines",
    "nothing_counted",
]
"""Why an operation cannot be."""
Why = Literal["missing", "uncounted", "moved", "refused"]


class TallyRuleError(Exception):
    """The operation makes no sense for the tally; nothing changes."""

    def __init__(self, reason: TallyRefusal) -> None:
        super().__init__(reason)
        self.reason: TallyRefusal = reason


class TallyDecision(msgspec.Struct, frozen=True):
    """The tally after an operation, what came of it, and where.

    ``delta_milli`` is what the line's count changed by; ``undoes`` the operation taken back.
    """

    tally: Tally
    outcome: TallyOutcome
    line: int | None = None
    delta_milli: int = 0
    undoes: int | None = None


class GoodsNow(msgspec.Struct, frozen=True):
    """A product as it is while it is counted. ``is_here``: its place is the one that is counted.

    ``witness`` is what the books say of it, where a shelf is counted; ``tracked`` what is asked of
    goods that come in, and what was told of them.
    """

    is_bundle: bool = False
    is_here: bool = True
    witness: Witness | None = None
    tracked: Tracked = NOT_TRACKED


class UnfinishedLine(msgspec.Struct, frozen=True):
    """Why a tally is not complete yet."""

    line: int
    why: Why


class LoggedCount(msgspec.Struct, frozen=True):
    """An operation of the log that changed a count, or set it."""

    number: int
    line: int
    delta_milli: int
    terminal: str
    undoes: int | None
    is_set: bool
    note: Note = NOTHING_NOTED


def may_work(tally: Tally, terminal: str) -> TallyOutcome | None:
    """Why the terminal may not work on the tally; None where it may."""
    if not tally.is_open or tally.terminal is None:
        return TallyOutcome.NO_TALLY
    return None if terminal == tally.terminal else TallyOutcome.OWNED_BY_OTHER


def scan(
    tally: Tally,
    found: Finding,
    terminal: str,
    now: GoodsNow,
    quantity_milli: int = ONE_MILLI,
) -> TallyDecision:
    """Count what was scanned, whole or not at all.

    Goods that come in and are tracked count only with their lot or serial number. A serial number
    is one piece's, whichever code was scanned, and counts once.

    Raises:
        TallyRuleError: it comes to nothing or to more than can be, there are too many lines, or
            several pieces are one scan of goods with a serial number each.

    """
    match found:
        case Unknown():
            return _numbered(tally, TallyOutcome.UNKNOWN_CODE)
        case Ambiguous():
            return _numbered(tally, TallyOutcome.AMBIGUOUS_CODE)
        case Identity(kind=ThingKind.PRODUCT):
            if now.is_bundle:
                return _numbered(tally, TallyOutcome.BUNDLE)
            return _scan_goods(tally, found, terminal, now, quantity_milli)
    return _numbered(tally, TallyOutcome.NOT_GOODS)


def _scan_goods(
    tally: Tally, found: Identity, terminal: str, now: GoodsNow, quantity_milli: int
) -> TallyDecision:
    amount, too_fine = divmod(found.pieces_milli * quantity_milli, ONE_MILLI)
    if too_fine:
        raise TallyRuleError("bad_quantity")
    if tally.kind is TallyKind.COUNT or now.tracked.tracking is Tracking.NONE:
        return _count(tally, found.id, amount, terminal, now)
    if now.tracked.tracking is Tracking.SERIAL:
        if quantity_milli != ONE_MILLI:
            raise TallyRuleError("quantity_not_allowed")
        amount = ONE_MILLI
    line = tally.line_of(found.id)
    serials = [note.serial for note, _ in tally.numbers(line)] if line is not None else []
    lacks = lacking(now.tracked.tracking, now.tracked.note, serials)
    if lacks is not None:
        return _numbered(tally, TallyOutcome(lacks), line.number if line is not None else None)
    return _count(tally, found.id, amount, terminal, now)


def _count(
    tally: Tally, product_id: int, amount: int, terminal: str, now: GoodsNow
) -> TallyDecision:
    line = tally.line_of(product_id)
    if line is None:
        if len(tally.lines) >= MOST_LINES:
            raise TallyRuleError("too_many_lines")
        number = max((each.number for each in tally.lines), default=0) + 1
        is_astray = tally.kind is TallyKind.COUNT and not now.is_here
        line = TallyLine(number, product_id, is_astray=is_astray)
        tally = replace(tally, lines=(*tally.lines, line))
    counted = (line.counted_milli or 0) + amount
    if amount <= 0 or counted > MAX_QUANTITY_MILLI:
        raise TallyRuleError("bad_quantity")
    after = _seen(tally, replace(line, counted_milli=counted), now.witness)
    noted = Noted(
        tally.operations + 1,
        line.number,
        amount,
        terminal,
        is_first=line.counted_milli is None,
        note=now.tracked.note,
    )
    changed = replace(_with_line(tally, after), noted=(*tally.noted, noted))
    return _numbered(changed, _outcome(tally, after), line.number, amount)


def _outcome(tally: Tally, line: TallyLine) -> TallyOutcome:
    if line.is_astray:
        return TallyOutcome.ASTRAY
    if not tally.is_announced:
        return TallyOutcome.COUNTED
    if line.expected_milli is None:
        return TallyOutcome.UNEXPECTED
    is_surplus = (line.counted_milli or 0) > line.expected_milli
    return TallyOutcome.SURPLUS if is_surplus else TallyOutcome.COUNTED


def last_scan(tally: Tally, terminal: str) -> Noted | None:
    """The scan that the terminal would undo."""
    return next((note for note in reversed(tally.noted) if note.terminal == terminal), None)


def undo(tally: Tally, terminal: str, witness: Witness | None = None) -> TallyDecision:
    """Take the terminal's last scan back that still counts; ``witness`` is of its product."""
    last = last_scan(tally, terminal)
    line = tally.line(last.line) if last is not None else None
    if last is None or line is None:
        return _numbered(tally, TallyOutcome.NOTHING_TO_UNDO)
    noted, is_untouched = _forget(tally.noted, last)
    if is_untouched:
        after = replace(line, counted_milli=None, first=None, last=None)
    else:
        left = (line.counted_milli or 0) - last.milli
        after = _seen(tally, replace(line, counted_milli=left), witness)
    changed = replace(_with_line(tally, after), noted=noted)
    decision = _numbered(changed, TallyOutcome.UNDONE, line.number, -last.milli)
    return replace(decision, undoes=last.operation)


def set_quantity(
    tally: Tally,
    number: int,
    quantity_milli: int,
    witness: Witness | None = None,
    tracking: Tracking = Tracking.NONE,
) -> TallyDecision:
    """So much of a line is there, whatever was counted before. Of a shelf, it is counted anew.

    Raises:
        TallyRuleError: there is no such line, so much cannot be, or the goods come in with a
            number each scan of them tells.

    """
    line = tally.line(number)
    if line is None:
        raise TallyRuleError("no_such_line")
    if not 0 <= quantity_milli <= MAX_QUANTITY_MILLI:
        raise TallyRuleError("bad_quantity")
    if quantity_milli and tally.kind is TallyKind.RECEPTION and tracking is not Tracking.NONE:
        raise TallyRuleError("number_needed")
    after = replace(line, counted_milli=quantity_milli, is_refused=False, first=None, last=None)
    noted = tuple(note for note in tally.noted if note.line != number)
    changed = replace(_with_line(tally, _seen(tally, after, witness)), noted=noted)
    delta_milli = quantity_milli - (line.counted_milli or 0)
    return _numbered(changed, TallyOutcome.SET, number, delta_milli)


# --- the tally as a whole -------------------------------------------------------------------


def take_over(tally: Tally, terminal: str, who: str) -> Tally:
    """A terminal begins with it, or goes on with it; what is counted stays."""
    return replace(
        tally,
        state=TallyState.OPEN,
        terminal=terminal,
        who=who,
        operations=tally.operations + 1,
    )


def leave(tally: Tally) -> TallyDecision:
    """Its terminal lets it go. What is counted waits for anybody; what nobody announced ends."""
    if not tally.is_untouched:
        state = TallyState.OPEN
    else:
        state = TallyState.WAITING if tally.is_announced else TallyState.LEFT
    return _numbered(replace(tally, state=state, terminal=None), TallyOutcome.LEFT)


def complete(
    tally: Tally, *, accepts_missing: bool, here: Container[int] = frozenset()
) -> tuple[TallyDecision, tuple[UnfinishedLine, ...]]:
    """End the tally, if nothing keeps it open. ``here`` are the products of the counted place.

    Raises:
        TallyRuleError: a reception of nothing.

    """
    if tally.kind is TallyKind.COUNT:
        tally = _without_strangers(tally, here)
        faults = tuple(_shelf_faults(tally))
    else:
        if not any(line.counted_milli for line in tally.lines):
            raise TallyRuleError("nothing_counted")
        faults = tuple(_reception_faults(tally, accepts_missing=accepts_missing))
    if faults:
        return _numbered(tally, TallyOutcome.INCOMPLETE), faults
    state = TallyState.POSTING if postings(tally) else TallyState.DONE
    return _numbered(replace(tally, state=state), TallyOutcome.COMPLETED), ()


def reopened(tally: Tally, lines: Container[int]) -> Tally:
    """The stock cannot take these lines: they are to be looked at again."""
    return replace(
        tally,
        state=TallyState.OPEN,
        lines=tuple(
            replace(line, is_refused=True) if line.number in lines else line for line in tally.lines
        ),
    )


def _without_strangers(tally: Tally, here: Container[int]) -> Tally:
    """A product that was given another place meanwhile is not decided about here."""
    if all(line.is_astray or line.product_id in here for line in tally.lines):
        return tally
    return replace(
        tally,
        lines=tuple(
            line if line.product_id in here else replace(line, is_astray=True)
            for line in tally.lines
        ),
    )


def _shelf_faults(tally: Tally) -> Iterable[UnfinishedLine]:
    for line in tally.lines:
        if line.is_astray:
            continue
        if line.counted_milli is None:
            yield UnfinishedLine(line.number, "uncounted")
        elif line.is_moved:
            yield UnfinishedLine(line.number, "moved")


def _reception_faults(tally: Tally, *, accepts_missing: bool) -> Iterable[UnfinishedLine]:
    for line in tally.lines:
        counted = line.counted_milli or 0
        if counted and line.is_refused:
            yield UnfinishedLine(line.number, "refused")
        elif not accepts_missing and counted < (line.expected_milli or 0):
            yield UnfinishedLine(line.number, "missing")


# --- shared ---------------------------------------------------------------------------------


def remembered(log: Iterable[LoggedCount]) -> tuple[Noted, ...]:
    """Go through the log once more: the scans that can still be undone."""
    noted: tuple[Noted, ...] = ()
    touched: set[int] = set()
    for entry in log:
        if entry.is_set:
            noted = tuple(note for note in noted if note.line != entry.line)
            touched.add(entry.line)
        elif entry.undoes is not None:
            last = next(note for note in noted if note.operation == entry.undoes)
            noted, is_untouched = _forget(noted, last)
            if is_untouched:
                touched.discard(entry.line)
        else:
            is_first = entry.line not in touched
            touched.add(entry.line)
            scan = Noted(
                entry.number,
                entry.line,
                entry.delta_milli,
                entry.terminal,
                is_first=is_first,
                note=entry.note,
            )
            noted = (*noted, scan)
    return noted


def _forget(noted: tuple[Noted, ...], last: Noted) -> tuple[tuple[Noted, ...], bool]:
    """Without one scan; whether its line is untouched then."""
    left = tuple(note for note in noted if note is not last)
    if not last.is_first:
        return left, False
    heir = next((note for note in left if note.line == last.line), None)
    if heir is None:
        return left, True
    return tuple(replace(note, is_first=True) if note is heir else note for note in left), False


def _seen(tally: Tally, line: TallyLine, witness: Witness | None) -> TallyLine:
    if tally.kind is not TallyKind.COUNT:
        return line
    return replace(line, first=line.first or witness, last=witness)


def _numbered(
    tally: Tally, outcome: TallyOutcome, line: int | None = None, delta_milli: int = 0
) -> TallyDecision:
    after = replace(tally, operations=tally.operations + 1)
    return TallyDecision(after, outcome, line, delta_milli)


def _with_line(tally: Tally, after: TallyLine) -> Tally:
    return replace(
        tally,
        lines=tuple(after if line.number == after.number else line for line in tally.lines),
    )
