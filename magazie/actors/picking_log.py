"""What an operation is answered, and how it stands in the log. Pure."""

from collections.abc import Mapping

from msgspec.structs import replace

from magazie.actors.picking_answers import (
    ErrorShown,
    OpenLineShown,
    Result,
    encoded,
    quantity,
    with_goods,
)
from magazie.actors.picking_messages import (
    Command,
    OpMark,
    PutBack,
    RefusedReason,
    ScanCode,
    ShortPick,
    SkipLine,
    UndoLast,
)
from magazie.actors.terminal_log import REFUSED, entry, product_of
from magazie.model.finder import Finding
from magazie.model.ids import encode_id
from magazie.model.picking import Outcome, PickingMode, PickingState
from magazie.model.picking_rules import (
    Decision,
    OpenLine,
    RefusedOperationError,
    may_work,
    put_back,
    scan,
    short,
    skip,
    undo,
)
from magazie.model.tracking import NOT_TRACKED, NOTHING_NOTED, Note, Tracked
from magazie.storage.orders import Order
from magazie.storage.picked_serials import PickedSerial
from magazie.storage.picking import Operation
from magazie.storage.reads.picking_goods import PickedGoods

_ONE_MILLI = 1000
_KINDS = {
    ScanCode: "scan",
    UndoLast: "undo",
    SkipLine: "skip",
    PutBack: "put_back",
    ShortPick: "short",
}


def decide(
    session: PickingState,
    mark: OpMark,
    command: Command,
    found: Finding | None,
    tracked: Tracked,
    *,
    takes_quantities: bool,
) -> Decision | RefusedReason:
    """What the command does to the session, or why it cannot be.

    ``tracked`` is of the goods that were found, and what was told of them.
    """
    if may_work(session, mark.terminal) is Outcome.OWNED_BY_OTHER:
        return Decision(_counted_on(session), Outcome.OWNED_BY_OTHER)
    try:
        match command:
            case ScanCode():
                if found is None:
                    raise LookupError("a scan without a finding")
                if command.quantity_milli != _ONE_MILLI and not takes_quantities:
                    return "quantity_not_allowed"
                return scan(session, found, mark.terminal, command.quantity_milli, tracked)
            case UndoLast():
                return undo(session, mark.terminal)
            case SkipLine():
                return skip(session, command.line)
            case PutBack():
                return put_back(session, command.line, command.quantity_milli)
            case ShortPick():
                return short(
                    session, command.line, command.quantity_milli, command.reason, command.rest
                )
    except RefusedOperationError as error:
        return error.reason


def logged(
    session: PickingState,
    mark: OpMark,
    kind: str,
    decision: Decision,
    answer: bytes,
    now_ms: int,
    *,
    command: Command | None = None,
    found: Finding | None = None,
    note: Note = NOTHING_NOTED,
) -> Operation:
    """The operation as the log of its session keeps it; ``session`` is the one before it."""
    after = decision.session
    pick = after.pick(decision.pick) if decision.pick is not None else None
    code = command.code if isinstance(command, ScanCode) else ""
    done = entry(Operation, mark, kind, decision.outcome, answer, now_ms, code=code, note=note)
    return replace(
        done,
        session_id=session.id,
        number=session.operations + 1,
        order_id=pick.order_id if pick is not None else None,
        pick=decision.pick,
        product_id=pick.product_id if pick is not None else product_of(found),
        delta_milli=decision.delta_milli,
        picked_milli=pick.picked_milli if pick is not None else None,
        wanted_milli=pick.wanted_milli if pick is not None else None,
        undoes=decision.undoes,
    )


def refused(
    session: PickingState, mark: OpMark, kind: str, reason: RefusedReason, now_ms: int
) -> tuple[PickingState, Operation]:
    """A command that could not be, as it is answered and logged."""
    after = _counted_on(session)
    answer = encoded(ErrorShown(reason=reason, op=mark.op))
    done = entry(Operation, mark, kind, REFUSED, answer, now_ms)
    return after, replace(done, session_id=session.id, number=after.operations)


def serial_of(decision: Decision) -> PickedSerial | None:
    """The serial number that was taken in hand."""
    pick = decision.session.pick(decision.pick) if decision.pick is not None else None
    if not decision.serial or pick is None or pick.product_id is None:
        return None
    return PickedSerial(pick.product_id, decision.serial, pick.order_id)


def kind_of(command: Command) -> str:
    """The message's type."""
    return _KINDS[type(command)]


def result_of(
    mark: OpMark,
    decision: Decision,
    orders: Mapping[int, Order],
    goods: Mapping[int, PickedGoods],
    found: Finding | None = None,
    tracked: Tracked = NOT_TRACKED,
) -> Result:
    """What the terminal is told."""
    session = decision.session
    result = Result(op=mark.op, outcome=decision.outcome, session=encode_id(session.id))
    if decision.outcome is Outcome.OWNED_BY_OTHER:
        return replace(result, owner=session.terminal, owner_name=session.who)
    pick = session.pick(decision.pick) if decision.pick is not None else None
    result = with_goods(result, found, pick.product_id if pick is not None else None, goods)
    if pick is None:
        return result
    if decision.outcome is Outcome.SERIAL_ELSEWHERE and tracked.holder is not None:
        result = replace(result, held_by=tracked.holder.number)
    place = session.order(pick.order_id)
    put_back_milli = session.to_put_back_milli(pick)
    return replace(
        result,
        line=pick.number,
        picked=quantity(pick.picked_milli),
        ordered=quantity(pick.wanted_milli),
        to_put_back=quantity(put_back_milli) if put_back_milli else None,
        bin=place.bin if place is not None and session.mode is PickingMode.CLUSTER else None,
        order=encode_id(pick.order_id),
        number=orders[pick.order_id].number,
    )


def completion_of(mark: OpMark, decision: Decision, open_lines: tuple[OpenLine, ...]) -> Result:
    """What the terminal is told of the end, or of what keeps it from coming."""
    session = decision.session
    lines = []
    for each in open_lines:
        pick = session.pick(each.pick)
        if pick is not None:
            lines.append(
                OpenLineShown(
                    pick.number,
                    encode_id(pick.order_id),
                    quantity(pick.wanted_milli),
                    quantity(pick.picked_milli),
                    quantity(session.to_put_back_milli(pick)),
                    each.why,
                )
            )
    return Result(
        op=mark.op,
        outcome=decision.outcome,
        session=encode_id(session.id),
        lines=lines if decision.outcome is Outcome.INCOMPLETE else None,
    )


def _counted_on(session: PickingState) -> PickingState:
    return replace(session, operations=session.operations + 1)
