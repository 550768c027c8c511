"""Picking: the queue of work, sessions and their log, figures, the catalogue of messages."""

import enum
import json
import sqlite3
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_answers import SessionShown, StateShown
from magazie.actors.picking_messages import Leave, SetUrgent, Show
from magazie.actors.picking_session import PickingSession
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import SetPicking
from magazie.http.api.texts import Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import (
    IdText,
    MomentText,
    QuantityText,
    RecordId,
    id_text,
    moment_text,
    quantity_text,
)
from magazie.http.paging import Listed, Paging, ShortPaging, listed, page_request, sliced
from magazie.http.picking_words import MESSAGES, PickingMessage
from magazie.http.problems import ProblemError, ProblemKind, invalid
from magazie.model.decimals import Milli
from magazie.model.picking import PickingMode, SessionState
from magazie.model.picking_queue import (
    MOST_CUTOFFS,
    Cutoff,
    PickingSettings,
    QueuedOrder,
    queue_of,
)
from magazie.model.romanian_time import local_date, local_day_bounds
from magazie.storage.reads.picking import (
    OPERATION_FIELDS,
    SESSION_FIELDS,
    DayOfPicker,
    OperationRow,
    SessionFilter,
    SessionRow,
    figures,
    find_operations,
    find_sessions,
)
from magazie.storage.reads.picking_queue import ready_orders

_TAG = "picking"
_MOST_DAYS: Final = 92

Day = Annotated[
    str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="A Romanian day", examples=["2026-11-25"])
]


class QueueQuery(ShortPaging, forbid_unknown_fields=True, kw_only=True):
    """Orders of one warehouse, or of all."""

    warehouse: Short | None = None


class QueuedShown(msgspec.Struct, frozen=True):
    """An order that is ready; ``leaves_at`` is when its parcel must be.

    ``rest`` says that it was picked in part, and what was missing waits.
    """

    order: IdText
    number: str
    source: str
    warehouse: str
    placed_at: MomentText
    delivery: str
    leaves_at: MomentText | None
    urgent: bool
    rest: bool
    lines: int
    pieces: QuantityText


class UrgentIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whether it goes before all others."""

    urgent: bool


class SessionQuery(Paging, forbid_unknown_fields=True, kw_only=True):
    """Which sessions."""

    state: SessionState | None = None
    terminal: Short | None = None
    picker: Short | None = None
    order: RecordId | None = None


class SessionListed(msgspec.Struct, frozen=True):
    """A session in the list; its lines are read one by one."""

    id: IdText
    mode: PickingMode
    state: SessionState
    terminal: str
    picker: str
    orders: list[IdText]
    opened_at: MomentText
    ended_at: MomentText | None
    version: int


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


class LeftShown(msgspec.Struct, frozen=True):
    """Whether the session is ended: with goods in hand it is not."""

    left: bool


class FiguresQuery(msgspec.Struct, forbid_unknown_fields=True):
    """From one day to another, both included; today where nothing is said."""

    day_from: Day | None = None
    day_to: Day | None = None


class DayFigures(msgspec.Struct, frozen=True):
    """What one person did on one day. ``picks`` are scans that counted."""

    day: str
    picker: str
    picks: int
    pieces: QuantityText
    errors_caught: int
    undone: int
    orders: int
    seconds_per_order: int | None


class FiguresShown(msgspec.Struct, frozen=True):
    """By day, then by person."""

    days: list[DayFigures]


class MessagesShown(msgspec.Struct, frozen=True):
    """Everything a terminal says, in both languages."""

    messages: list[PickingMessage]


class CutoffIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """When the parcels of a way of delivery, named as on orders, must be ready each day."""

    delivery: Annotated[str, Meta(min_length=1, max_length=100)]
    time: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["16:30"])]


class PickingSettingsShown(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How people pick. ``quantity_entry``: a scan may be given a quantity."""

    quantity_entry: bool = True
    cutoffs: Annotated[list[CutoffIn], Meta(max_length=MOST_CUTOFFS)] = []


@endpoint(
    "GET",
    "/api/v1/picking/queue",
    role=Role.PICKER,
    tag=_TAG,
    summary="List the orders that are ready to be picked",
    answers={200: Listed[QueuedShown]},
)
async def list_queue(call: Call[NoBody, QueueQuery]) -> Outcome:
    """In the order in which they are handed out; at most the first thousand."""
    warehouse, parts = call.query.warehouse, call.parts
    ready = await parts.storage.read(lambda c: ready_orders(c, warehouse))
    queued = queue_of(ready, parts.book.view.picking, parts.clock.now_ms())
    return Answer(sliced(call, [_queued(it) for it in queued]))


@endpoint(
    "PUT",
    "/api/v1/picking/queue/{order}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Have an order picked before others",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND,),
    takes_key=True,
)
async def set_urgent(call: Call[UrgentIn, NoQuery]) -> Outcome:
    """Or no longer. Harmless to repeat."""
    message = SetUrgent(call.id("order", "order"), call.body.urgent, call.who.name)
    await call.parts.directory.ask(PickQueue, QUEUE_KEY, message)
    return Answer(None, 204)


@endpoint(
    "GET",
    "/api/v1/picking/sessions",
    role=Role.PICKER,
    tag=_TAG,
    summary="List picking sessions",
    answers={200: Listed[SessionListed]},
)
async def list_sessions(call: Call[NoBody, SessionQuery]) -> Outcome:
    """Newest first unless sorted by id or opened_at."""
    query = call.query
    wanted = SessionFilter(query.state, query.terminal, query.picker, query.order)
    request = page_request(call, sortable=SESSION_FIELDS, default="-id")
    page = await call.parts.storage.read(lambda c: find_sessions(c, wanted, request))
    return Answer(listed(page, call, [_session(row) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/picking/sessions/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one picking session",
    answers={200: StateShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_session(call: Call[NoBody, NoQuery]) -> Outcome:
    """As terminals are shown it."""
    session_id = call.id("id", "picking session")
    answer: SessionShown = await call.parts.directory.ask(PickingSession, session_id, Show())
    return Answer(answer.shown)


@endpoint(
    "GET",
    "/api/v1/picking/sessions/{id}/operations",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read the log of a picking session",
    answers={200: Listed[OperationShown]},
)
async def list_operations(call: Call[NoBody, Paging]) -> Outcome:
    """Every operation with its outcome, first one first; sorts by number."""
    session_id = call.id("id", "picking session")
    request = page_request(call, sortable=OPERATION_FIELDS, default="number")
    page = await call.parts.storage.read(lambda c: find_operations(c, session_id, request))
    return Answer(listed(page, call, [_operation(row) for row in page.rows]))


@endpoint(
    "POST",
    "/api/v1/picking/sessions/{id}/leave",
    role=Role.OFFICE,
    tag=_TAG,
    summary="End a picking session that nobody goes on with",
    answers={200: LeftShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.CONFLICT),
    takes_key=True,
)
async def leave_session(call: Call[NoBody, NoQuery]) -> Outcome:
    """Its orders are ready again. With goods in hand it is taken over at a terminal instead."""
    session_id = call.id("id", "picking session")
    if not await call.parts.directory.ask(PickingSession, session_id, Leave(call.who.name)):
        detail = "goods are in hand: take the order over at a terminal and put them back"
        raise ProblemError(ProblemKind.CONFLICT, detail)
    return Answer(LeftShown(left=True))


@endpoint(
    "GET",
    "/api/v1/picking/figures",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Read what pickers did",
    answers={200: FiguresShown},
)
async def read_figures(call: Call[NoBody, FiguresQuery]) -> Outcome:
    """By person and day: picks, errors caught, time per order; at most 92 days."""
    today = local_date(call.parts.clock.now_ms())
    first = _day("day_from", call.query.day_from, today)
    last = _day("day_to", call.query.day_to, max(first, today))
    if not first <= last or (last - first).days >= _MOST_DAYS:
        raise invalid("day_to", f"must not be before day_from, nor {_MOST_DAYS} days after it")
    from_ms, to_ms = local_day_bounds(first)[0], local_day_bounds(last)[1]

    def query(connection: sqlite3.Connection) -> list[DayOfPicker]:
        return figures(connection, from_ms, to_ms)

    rows = await call.parts.storage.read(query)
    return Answer(FiguresShown([_figures(row) for row in rows]))


@endpoint(
    "GET",
    "/api/v1/picking/messages",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read the catalogue of a terminal's messages",
    answers={200: MessagesShown},
)
async def read_messages(call: Call[NoBody, NoQuery]) -> Outcome:
    """Words in both languages, a sound, a colour and a vibration for each outcome and refusal.

    Words in braces are fields of the message they are shown for.
    """
    del call
    return Answer(MessagesShown(list(MESSAGES)))


@endpoint(
    "GET",
    "/api/v1/settings/picking",
    role=Role.PICKER,
    tag="settings",
    summary="Read how people pick",
    answers={200: PickingSettingsShown},
)
async def read_settings(call: Call[NoBody, NoQuery]) -> Outcome:
    """Cut-off times are Romanian."""
    return Answer(_settings(call.parts.book.view.picking))


@endpoint(
    "PUT",
    "/api/v1/settings/picking",
    role=Role.ADMIN,
    tag="settings",
    summary="Set how people pick",
    answers={200: PickingSettingsShown},
    takes_key=True,
)
async def set_settings(call: Call[PickingSettingsShown, NoQuery]) -> Outcome:
    """Replaces all of it."""
    body = call.body
    picking = PickingSettings(
        body.quantity_entry, tuple(Cutoff(it.delivery, it.time) for it in body.cutoffs)
    )
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, SetPicking(picking))
    return Answer(_settings(call.parts.book.view.picking))


def _queued(queued: QueuedOrder) -> QueuedShown:
    order = queued.order
    return QueuedShown(
        order=id_text(order.order_id),
        number=order.number,
        source=order.source,
        warehouse=order.warehouse,
        placed_at=moment_text(order.placed_at_ms),
        delivery=order.delivery,
        leaves_at=moment_text(queued.leaves_ms) if queued.leaves_ms is not None else None,
        urgent=order.is_urgent,
        rest=order.is_rest,
        lines=order.lines,
        pieces=quantity_text(Milli(order.pieces_milli)),
    )


def _session(row: SessionRow) -> SessionListed:
    return SessionListed(
        id=id_text(row.id),
        mode=row.mode,
        state=row.state,
        terminal=row.terminal,
        picker=row.who,
        orders=[id_text(order_id) for order_id in json.loads(row.orders)],
        opened_at=moment_text(row.opened_ms),
        ended_at=moment_text(row.ended_ms) if row.ended_ms is not None else None,
        version=row.revision,
    )


def _operation(row: OperationRow) -> OperationShown:
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


def _figures(row: DayOfPicker) -> DayFigures:
    return DayFigures(
        day=row.day.isoformat(),
        picker=row.who,
        picks=row.picks,
        pieces=quantity_text(Milli(row.pieces_milli)),
        errors_caught=row.errors_caught,
        undone=row.undone,
        orders=row.orders,
        seconds_per_order=row.busy_ms // (1000 * row.orders) if row.orders else None,
    )


def _day(field: str, text: str | None, otherwise: date) -> date:
    if text is None:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid(field, f"{text!r} is not a day of the calendar") from error


def _settings(picking: PickingSettings) -> PickingSettingsShown:
    cutoffs = [CutoffIn(it.delivery, it.time) for it in picking.cutoffs]
    return PickingSettingsShown(picking.quantity_entry, cutoffs)


ENDPOINTS = (
    list_queue,
    set_urgent,
    list_sessions,
    read_session,
    list_operations,
    leave_session,
    read_figures,
    read_messages,
    read_settings,
    set_settings,
)
