"""Logs of picking sessions and of tallies as the API shows them."""

import enum
from typing import TypedDict

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
from magazie.storage.reads.operations import LoggedRow
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


class _LoggedShown(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of an operation, whatever it was for."""

    number: int
    terminal: str
    picker: str
    code: str
    serial: str
    lot: str
    product: IdText | None
    change: QuantityText
    at: MomentText | None
    received_at: MomentText


class OperationShown(_LoggedShown, frozen=True, kw_only=True):
    """What was done. ``at`` is the terminal's clock, which may be wrong; ``received_at`` ours."""

    kind: OperationKind
    outcome: OperationOutcome
    line: int | None
    order: IdText | None
    picked: QuantityText | None


class TallyOperationShown(_LoggedShown, frozen=True, kw_only=True):
    """What was done. ``at`` is the terminal's clock, which may be wrong; ``received_at`` ours.

    ``counted`` is how much of the line there was after it.
    """

    kind: TallyOperationKind
    outcome: TallyOperationOutcome
    line: int | None
    counted: QuantityText | None


def show_operation(row: OperationRow) -> OperationShown:
    """An entry of a session's log."""
    return OperationShown(
        **_logged(row),
        kind=OperationKind(row.kind),
        outcome=OperationOutcome(row.outcome),
        line=row.pick,
        order=id_text(row.order_id) if row.order_id is not None else None,
        picked=_quantity(row.picked_milli),
    )


def show_tally_operation(row: TallyOperationRow) -> TallyOperationShown:
    """An entry of a tally's log."""
    return TallyOperationShown(
        **_logged(row),
        kind=TallyOperationKind(row.kind),
        outcome=TallyOperationOutcome(row.outcome),
        line=row.line,
        counted=_quantity(row.counted_milli),
    )


class _Logged(TypedDict):
    number: int
    terminal: str
    picker: str
    code: str
    serial: str
    lot: str
    product: str | None
    change: str
    at: str | None
    received_at: str


def _logged(row: LoggedRow) -> _Logged:
    return {
        "number": row.number,
        "terminal": row.terminal,
        "picker": row.who,
        "code": row.code,
        "serial": row.serial,
        "lot": row.lot,
        "product": id_text(row.product_id) if row.product_id is not None else None,
        "change": quantity_text(Milli(row.delta_milli)),
        "at": moment_text(row.at_ms) if row.at_ms is not None else None,
        "received_at": moment_text(row.received_ms),
    }


def _quantity(milli: int | None) -> str | None:
    return quantity_text(Milli(milli)) if milli is not None else None
