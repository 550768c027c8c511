"""What operations do to a picking session. Pure: each is decided anew on the session alone.

A scan counts whole or not at all, on one pick. What was counted is remembered scan by scan, so
that the last one can be undone: of each pick the remembered scans never come to more than what
was taken in this session.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from magazie.model.bundles import Parts, part_wanted
from magazie.model.finder import Ambiguous, Finding, Identity, ThingKind, Unknown
from magazie.model.picking import (
    Counted,
    Outcome,
    Pick,
    PickedOrder,
    PickingState,
    Rest,
    SessionState,
)
from magazie.model.tracking import NOT_TRACKED, Tracked, Tracking, lacking, serial_key

_ONE_MILLI = 1000
LONGEST_REASON = 200

Refusal = Literal[
    "no_such_line",
    "more_than_picked",
    "more_than_missing",
    "line_without_product",
    "quantity_not_allowed",
    "bad_quantity",
]
"""Why a command cannot be."""


class RefusedOperationError(Exception):
    """The command makes no sense for its line or its goods; nothing changes."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


class Decision(msgspec.Struct, frozen=True):
    """The session after an operation, what came of it, and where.

    ``delta_milli`` is what the pick's count changed by; ``undoes`` the operation taken back;
    ``serial`` the serial number taken in hand, as they are compared: no order has it but this.
    """

    session: PickingState
    outcome: Outcome
    pick: int | None = None
    delta_milli: int = 0
    undoes: int | None = None
    serial: str = ""


class LineNow(msgspec.Struct, frozen=True):
    """A line of an order as it stands: how much of it is to be picked in all."""

    line: int
    product_id: int | None
    wanted_milli: int
    in_hand_milli: int = 0
    parts: Parts = ()


class OrderNow(msgspec.Struct, frozen=True):
    """An order as it stands."""

    order_id: int
    is_cancelled: bool
    lines: tuple[LineNow, ...]


class OpenLine(msgspec.Struct, frozen=True):
    """Why a session is not complete yet."""

    pick: int
    why: Literal["missing", "to_put_back", "line_without_product"]


# --- scanning -------------------------------------------------------------------------------


def may_work(session: PickingState, terminal: str) -> Outcome | None:
    """Why the terminal may not work in the session; None where it may."""
    if not session.is_open:
        return Outcome.NO_SESSION
    return None if terminal == session.terminal else Outcome.OWNED_BY_OTHER


def scan(
    session: PickingState,
    found: Finding,
    terminal: str,
    quantity_milli: int = _ONE_MILLI,
    tracked: Tracked = NOT_TRACKED,
) -> Decision:
    """Count what was scanned on the pick that waits for it, whole or not at all.

    Goods that are tracked count only with their lot or serial number. A serial number is one
    piece's, whichever code of the product was scanned, and is in hand once, for one order.

    Raises:
        RefusedOperationError: several pieces at once, of goods with a serial number each; or no
            whole thousandth of a piece.

    """
    if all(order.is_cancelled for order in session.orders):
        return _numbered(session, Outcome.ORDER_CANCELLED)
    match found:
        case Unknown():
            return _numbered(session, Outcome.UNKNOWN_CODE)
        case Ambiguous():
            return _numbered(session, Outcome.AMBIGUOUS_CODE)
        case Identity(kind=ThingKind.PRODUCT):
            return _scan_goods(session, found, terminal, quantity_milli, tracked)
    return _numbered(session, Outcome.NOT_IN_ORDER)


def _scan_goods(
    session: PickingState, found: Identity, terminal: str, quantity_milli: int, tracked: Tracked
) -> Decision:
    mine = [pick for pick in session.picks if pick.product_id == found.id]
    alive = [pick for pick in mine if not _is_cancelled(session, pick) and _is_there(pick)]
    if not alive:
        is_cancelled = any(_is_cancelled(session, pick) for pick in mine)
        return _numbered(session, Outcome.ORDER_CANCELLED if is_cancelled else Outcome.NOT_IN_ORDER)
    amount, too_fine = divmod(found.pieces_milli * quantity_milli, _ONE_MILLI)
    if too_fine:
        raise RefusedOperationError("bad_quantity")
    tracking = _tracking(session, alive[0], tracked)
    if tracking is Tracking.SERIAL:
        if quantity_milli != _ONE_MILLI:
            raise RefusedOperationError("quantity_not_allowed")
        amount = _ONE_MILLI
    bins = {order.order_id: order.bin for order in session.orders}
    waiting = sorted(alive, key=lambda pick: (pick.skipped, bins[pick.order_id], pick.number))
    fitting = next((pick for pick in waiting if session.open_milli(pick) >= amount), None)
    # what was given up and is found after all
    fitting = fitting or next(
        (pick for pick in waiting if pick.wanted_milli - pick.picked_milli >= amount), None
    )
    if fitting is None:
        nearest = next((pick for pick in waiting if session.open_milli(pick)), waiting[0])
        return _numbered(session, Outcome.OVER, nearest.number)
    lacks = _lacking(session, found.id, tracking, tracked)
    if lacks is not None:
        return _numbered(session, lacks, fitting.number)
    number = session.operations + 1
    picked = fitting.picked_milli + amount
    after = replace(
        fitting,
        picked_milli=picked,
        short_milli=min(fitting.short_milli, fitting.wanted_milli - picked),
    )
    counted_now = Counted(number, fitting.number, amount, terminal, tracked.note)
    counted = (*session.counted, counted_now)
    changed = replace(_with_pick(session, after), counted=counted)
    decision = _numbered(changed, Outcome.COUNTED, fitting.number, amount)
    is_serial = tracking is Tracking.SERIAL
    return replace(decision, serial=serial_key(tracked.note.serial)) if is_serial else decision


def _tracking(session: PickingState, pick: Pick, tracked: Tracked) -> Tracking:
    """What is noted of its goods: nothing where they are only counted again."""
    order = session.order(pick.order_id)
    is_verified = order is not None and order.is_verified
    return Tracking.NONE if is_verified else tracked.tracking


def _lacking(
    session: PickingState, product_id: int, tracking: Tracking, tracked: Tracked
) -> Outcome | None:
    """Why goods that would fit do not count yet."""
    if tracking is Tracking.NONE:
        return None  # nearly always: what was counted so far need not be gone through
    lacks = lacking(tracking, tracked.note, serials_of(session, product_id))
    if lacks is not None:
        return Outcome(lacks)
    holder = tracked.holder
    if tracking is not Tracking.SERIAL or holder is None:
        return None
    is_here = session.order(holder.order_id) is not None
    return Outcome.SERIAL_USED if is_here else Outcome.SERIAL_ELSEWHERE


def serials_of(session: PickingState, product_id: int) -> list[str]:
    """The serial numbers of a product that are in hand, as they were noted."""
    of_it = {pick.number for pick in session.picks if pick.product_id == product_id}
    return [it.note.serial for it in session.counted if it.pick in of_it and it.note.serial]


def undo(session: PickingState, terminal: str) -> Decision:
    """Take the terminal's last scan back that still counts."""
    last = next((scan for scan in reversed(session.counted) if scan.terminal == terminal), None)
    pick = session.pick(last.pick) if last is not None else None
    if last is None or pick is None:
        return _numbered(session, Outcome.NOTHING_TO_UNDO)
    after = replace(pick, picked_milli=pick.picked_milli - last.milli)
    counted = tuple(scan for scan in session.counted if scan is not last)
    changed = replace(_with_pick(session, after), counted=counted)
    return replace(
        _numbered(changed, Outcome.UNDONE, pick.number, -last.milli), undoes=last.operation
    )


# --- commands that name a line --------------------------------------------------------------


def skip(session: PickingState, number: int) -> Decision:
    """Leave a pick for later: it goes behind all others.

    Raises:
        RefusedOperationError: there is no such pick.

    """
    pick = _named(session, number)
    changed = replace(
        _with_pick(session, replace(pick, skipped=session.skips + 1)), skips=session.skips + 1
    )
    return _numbered(changed, Outcome.SKIPPED, number)


def put_back(session: PickingState, number: int, quantity_milli: int) -> Decision:
    """Goods went back to their shelf.

    Raises:
        RefusedOperationError: there is no such pick, or less than that in hand.

    """
    pick = _named(session, number)
    if not 0 < quantity_milli <= pick.picked_milli:
        raise RefusedOperationError("more_than_picked")
    after = replace(pick, picked_milli=pick.picked_milli - quantity_milli)
    counted = without_last(session.counted, number, quantity_milli)
    changed = replace(_with_pick(session, after), counted=counted)
    return _numbered(changed, Outcome.PUT_BACK, number, -quantity_milli)


def short(
    session: PickingState, number: int, quantity_milli: int, reason: str, rest: Rest
) -> Decision:
    """So much of a pick was not found; said again, it is so much in all.

    Raises:
        RefusedOperationError: there is no such pick, it waits for its product, or less is missing.

    """
    pick = _named(session, number)
    if pick.product_id is None:
        raise RefusedOperationError("line_without_product")
    if not 0 < quantity_milli <= pick.wanted_milli - pick.picked_milli:
        raise RefusedOperationError("more_than_missing")
    after = replace(pick, short_milli=quantity_milli, reason=reason, rest=rest)
    return _numbered(_with_pick(session, after), Outcome.SHORT_PICKED, number)


# --- the session as a whole -----------------------------------------------------------------


def take_over(session: PickingState, terminal: str, who: str) -> PickingState:
    """Another terminal goes on with it; what is in hand stays."""
    return replace(session, terminal=terminal, who=who, operations=session.operations + 1)


def complete(session: PickingState) -> tuple[Decision, tuple[OpenLine, ...]]:
    """End the session, if nothing is missing and nothing is to be put back."""
    faults = tuple(_faults(session))
    if faults:
        return _numbered(session, Outcome.INCOMPLETE), faults
    return _numbered(replace(session, state=SessionState.COMPLETED), Outcome.COMPLETED), ()


def _faults(session: PickingState) -> Iterable[OpenLine]:
    for pick in session.picks:
        if session.to_put_back_milli(pick):
            yield OpenLine(pick.number, "to_put_back")
        elif session.open_milli(pick):
            why: Literal["missing", "line_without_product"] = "missing"
            yield OpenLine(pick.number, why if pick.product_id else "line_without_product")


def follow(session: PickingState, order: OrderNow) -> PickingState:
    """Bring the session to what the order wants now; what is in hand stays in hand."""
    wanted = {} if order.is_cancelled else _wanted(order)
    known = {pick.key: pick for pick in session.picks if pick.order_id == order.order_id}
    wanted = _linked_since(known, wanted, order.order_id)
    picks = []
    for pick in session.picks:
        if pick.order_id != order.order_id:
            picks.append(pick)
            continue
        wish = wanted.pop(pick.key, None)
        picks.append(_following(pick, wish))
    numbers = {pick.number for pick in picks}
    is_first = bool(session.orders) and session.orders[0].order_id == order.order_id
    for (order_id, line, product_id), wish in sorted(wanted.items(), key=_by_line):
        own = line if is_first and line not in numbers else max(numbers, default=0) + 1
        numbers.add(own)
        picks.append(
            Pick(
                number=own,
                order_id=order_id,
                line=line,
                product_id=product_id,
                wanted_milli=wish.wanted_milli,
                base_milli=wish.in_hand_milli,
                picked_milli=wish.in_hand_milli,
                part_milli=wish.part_milli,
            )
        )
    orders = tuple(
        replace(each, is_cancelled=order.is_cancelled) if each.order_id == order.order_id else each
        for each in session.orders
    )
    return replace(session, picks=tuple(picks), orders=orders)


class _Wish(msgspec.Struct, frozen=True):
    wanted_milli: int
    in_hand_milli: int
    part_milli: int = 0


_Key = tuple[int, int, int | None]


def _wanted(order: OrderNow) -> dict[_Key, _Wish]:
    wishes: dict[_Key, _Wish] = {}
    for line in order.lines:
        if not line.wanted_milli and not line.in_hand_milli:
            continue
        if line.product_id is not None and line.parts:
            for part in line.parts:
                wishes[order.order_id, line.line, part.product_id] = _Wish(
                    part_wanted(line.wanted_milli, part),
                    part_wanted(line.in_hand_milli, part),
                    part.quantity_milli,
                )
        else:
            wishes[order.order_id, line.line, line.product_id] = _Wish(
                line.wanted_milli, line.in_hand_milli
            )
    return wishes


def _linked_since(
    known: Mapping[_Key, Pick], wanted: dict[_Key, _Wish], order_id: int
) -> dict[_Key, _Wish]:
    """A pick that waited for its product stays, wanting nothing; the product's is a new one."""
    for key in known:
        if key[0] == order_id and key[2] is None and key not in wanted:
            wanted[key] = _Wish(0, 0)
    return wanted


def _by_line(item: tuple[_Key, _Wish]) -> tuple[int, int]:
    (_, line, product_id), _wish = item
    return (line, product_id or 0)


def _following(pick: Pick, wish: _Wish | None) -> Pick:
    wanted = wish.wanted_milli if wish is not None else 0
    still_missing = max(0, wanted - pick.picked_milli)
    return replace(pick, wanted_milli=wanted, short_milli=min(pick.short_milli, still_missing))


# --- shared ---------------------------------------------------------------------------------


def without_last(
    counted: tuple[Counted, ...], pick: int, quantity_milli: int
) -> tuple[Counted, ...]:
    """The remembered scans once so much of a pick went back, the latest first."""
    left = []
    for scan in reversed(counted):
        if scan.pick == pick and quantity_milli > 0:
            kept = scan.milli - min(scan.milli, quantity_milli)
            quantity_milli -= scan.milli - kept
            if kept:
                left.append(replace(scan, milli=kept))
        else:
            left.append(scan)
    return tuple(reversed(left))


def begun(session: PickingState, orders: Iterable[tuple[PickedOrder, OrderNow]]) -> PickingState:
    """A new session with these orders."""
    listed = tuple(orders)
    session = replace(session, orders=tuple(each for each, _ in listed))
    for _, now in listed:
        session = follow(session, now)
    return session


def _numbered(
    session: PickingState, outcome: Outcome, pick: int | None = None, delta_milli: int = 0
) -> Decision:
    return Decision(replace(session, operations=session.operations + 1), outcome, pick, delta_milli)


def _named(session: PickingState, number: int) -> Pick:
    pick = session.pick(number)
    if pick is None:
        raise RefusedOperationError("no_such_line")
    return pick


def _with_pick(session: PickingState, after: Pick) -> PickingState:
    return replace(
        session,
        picks=tuple(after if pick.number == after.number else pick for pick in session.picks),
    )


def _is_cancelled(session: PickingState, pick: Pick) -> bool:
    order = session.order(pick.order_id)
    return order is not None and order.is_cancelled


def _is_there(pick: Pick) -> bool:
    """Whether the order wants it now; a line taken off the order is not in it."""
    return pick.wanted_milli > 0
