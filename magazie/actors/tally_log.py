"""What an operation on a tally is answered, and how it stands in the log. Pure."""

from collections.abc import Mapping

from msgspec.structs import replace

from magazie.actors.picking_answers import ErrorShown, encoded, with_goods
from magazie.actors.picking_messages import OpMark, ScanCode, UndoLast
from magazie.actors.tally_answers import (
    TallyResult,
    UnfinishedLineShown,
    quantity_or_none,
)
from magazie.actors.tally_messages import (
    CompleteTally,
    LeaveTally,
    SetLine,
    TallyCommand,
    TallyReason,
)
from magazie.actors.terminal_log import REFUSED, entry, product_of
from magazie.model.finder import Finding
from magazie.model.ids import encode_id
from magazie.model.tally import Tally, TallyOutcome
from magazie.model.tally_rules import TallyDecision, UnfinishedLine
from magazie.model.tracking import NOTHING_NOTED, Note
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.tallies import TallyOperation

_KINDS = {
    ScanCode: "scan",
    UndoLast: "undo",
    SetLine: "set",
    LeaveTally: "leave",
    CompleteTally: "complete",
}


def kind_of(command: TallyCommand) -> str:
    """The message's type."""
    return _KINDS[type(command)]


def logged(
    before: Tally,
    mark: OpMark,
    kind: str,
    decision: TallyDecision,
    answer: bytes,
    now_ms: int,
    *,
    scanned: ScanCode | None = None,
    found: Finding | None = None,
    note: Note = NOTHING_NOTED,
) -> TallyOperation:
    """The operation as the log of its tally keeps it; ``before`` is the tally before it."""
    line = decision.tally.line(decision.line) if decision.line is not None else None
    code = scanned.code if scanned is not None else ""
    done = entry(TallyOperation, mark, kind, decision.outcome, answer, now_ms, code=code, note=note)
    return replace(
        done,
        tally_id=before.id,
        number=before.operations + 1,
        line=decision.line,
        product_id=line.product_id if line is not None else product_of(found),
        delta_milli=decision.delta_milli,
        counted_milli=line.counted_milli if line is not None else None,
        undoes=decision.undoes,
    )


def refused(
    before: Tally, mark: OpMark, kind: str, reason: TallyReason, now_ms: int
) -> tuple[Tally, TallyOperation]:
    """An operation that could not be, as it is answered and logged."""
    answer = encoded(ErrorShown(reason=reason, op=mark.op))
    after = replace(before, operations=before.operations + 1)
    done = entry(TallyOperation, mark, kind, REFUSED, answer, now_ms)
    return after, replace(done, tally_id=before.id, number=after.operations)


def result_of(
    mark: OpMark,
    decision: TallyDecision,
    goods: Mapping[int, PickedGoods],
    found: Finding | None = None,
) -> TallyResult:
    """What the terminal is told."""
    tally = decision.tally
    result = TallyResult(op=mark.op, outcome=decision.outcome, tally=encode_id(tally.id))
    if decision.outcome is TallyOutcome.OWNED_BY_OTHER:
        return replace(result, owner=tally.terminal, owner_name=tally.who)
    line = tally.line(decision.line) if decision.line is not None else None
    result = with_goods(result, found, line.product_id if line is not None else None, goods)
    if line is None:
        return result
    return replace(
        result,
        line=line.number,
        counted=quantity_or_none(line.counted_milli),
        expected=quantity_or_none(line.expected_milli),
    )


def completion_of(
    mark: OpMark, decision: TallyDecision, unfinished: tuple[UnfinishedLine, ...]
) -> TallyResult:
    """What the terminal is told of the end, or of what keeps it from coming."""
    tally, lines = decision.tally, []
    for each in unfinished:
        line = tally.line(each.line)
        if line is not None:
            lines.append(
                UnfinishedLineShown(
                    each.line,
                    each.why,
                    quantity_or_none(line.expected_milli),
                    quantity_or_none(line.counted_milli),
                )
            )
    is_incomplete = decision.outcome is TallyOutcome.INCOMPLETE
    return TallyResult(
        op=mark.op,
        outcome=decision.outcome,
        tally=encode_id(tally.id),
        lines=lines if is_incomplete else None,
    )
