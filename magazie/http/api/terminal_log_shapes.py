"""Logs of picking sessions and of tallies as the API shows them."""

import enum

import msgspec

from magazie.http.fields import (
    IdText,
    MomentText,
    QuantityText,
    id_text,
    moment_text,
    quantity_text,
)
from magazie.model.decimals import Milli
from magazie.storage.reads.picking import OperationRow
from magazie.storage.reads.tallies import TallyOperationRow


class OperationKind(enum.StrEnum):
    """What a terminal asked for."""

    NEXT = "next"
    OPEN = "open"
    TAKE_OVER = "take_over"
    SCAN = "scan"
    UNDO = "undo"
    SKIP = "skip"
    PUT_BACK = "put_back"
    SHORT = "short"
    COMPLETE = "complete"


class OperationOutcome(enum.StrEnum):
    """What became of it: the outcomes that terminals are told, and three that the log adds."""

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
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    SKIPPED = "skipped"
    PUT_BACK = "put_back"
    SHORT_PICKED = "short_picked"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    OPENED = "opened"
    TAKEN_OVER = "taken_over"
    REFUSED = "refused"


class OperationShown(msgspec.Struct, frozen=True):
    """What was done. ``at`` is the terminal's clock, which may be wrong; ``received_at`` ours."""

    number: int
    kind: OperationKind
    outcome: OperationOutcome
    terminal: str
    picker: str
    code: str
    serial: str
    lot: str
    line: int | None
    order: IdText | None
    product: IdText | None
    change: QuantityText
    picked: QuantityText | None
    at: MomentText | None
    received_at: MomentText


class TallyOperationKind(enum.StrEnum):
    """What a terminal asked for of a reception or a count."""

    RECEIVE = "receive"
    COUNT = "count"
    TAKE_OVER = "take_over"
    SCAN = "scan"
    UNDO = "undo"
    SET = "set"
    LEAVE = "leave"
    COMPLETE = "complete"


class TallyOperationOutcome(enum.StrEnum):
    """What became of it: the outcomes that terminals are told, and three that the log adds."""

    COUNTED = "counted"
    SURPLUS = "surplus"
    UNEXPECTED = "unexpected"
    ASTRAY = "astray"
    UNKNOWN_CODE = "unknown_code"
    AMBIGUOUS_CODE = "ambiguous_code"
    SERIAL_NEEDED = "serial_needed"
    LOT_NEEDED = "lot_needed"
    SERIAL_USED = "serial_used"
    BUNDLE = "bundle"
    NOT_GOODS = "not_goods"
    OWNED_BY_OTHER = "owned_by_other"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    SET = "set"
    LEFT = "left"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    OPENED = "opened"
    TAKEN_OVER = "taken_over"
    REFUSED = "refused"


class TallyOperationShown(msgspec.Struct, frozen=True):
    """What was done. ``at`` is the terminal's clock, which may be wrong; ``received_at`` ours.

    ``counted`` is how much of the line there was after it.
    """

    number: int
    kind: TallyOperationKind
    outcome: TallyOperationOutcome
    terminal: str
    picker: str
    code: str
    serial: str
    lot: str
    line: int | None
    product: IdText | None
    change: QuantityText
    counted: QuantityText | None
    at: MomentText | None
    received_at: MomentText


def show_operation(row: OperationRow) -> OperationShown:
    """An entry of the log."""
    return OperationShown(
        number=row.number,
        kind=OperationKind(row.kind),
        outcome=OperationOutcome(row.outcome),
        terminal=row.terminal,
        picker=row.who,
        code=row.code,
        serial=row.serial,
        lot=row.lot,
        line=row.pick,
        order=id_text(row.order_id) if row.order_id is not None else None,
        product=id_text(row.product_id) if row.product_id is not None else None,
        change=quantity_text(Milli(row.delta_milli)),
        picked=quantity_text(Milli(row.picked_milli)) if row.picked_milli is not None else None,
        at=moment_text(row.at_ms) if row.at_ms is not None else None,
        received_at=moment_text(row.received_ms),
    )


def show_tally_operation(row: TallyOperationRow) -> TallyOperationShown:
    """An entry of a tally's log."""
    return TallyOperationShown(
        number=row.number,
        kind=TallyOperationKind(row.kind),
        outcome=TallyOperationOutcome(row.outcome),
        terminal=row.terminal,
        picker=row.who,
        code=row.code,
        serial=row.serial,
        lot=row.lot,
        line=row.line,
        product=id_text(row.product_id) if row.product_id is not None else None,
        change=quantity_text(Milli(row.delta_milli)),
        counted=quantity_text(Milli(row.counted_milli)) if row.counted_milli is not None else None,
        at=moment_text(row.at_ms) if row.at_ms is not None else None,
        received_at=moment_text(row.received_ms),
    )
