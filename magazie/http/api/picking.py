"""Picking: the queue of work, sessions and their log, figures, the catalogue of messages."""

import sqlite3
from datetime import date
from typing import Final

from magazie.actors.pick_queue import QUEUE_KEY, PickQueue
from magazie.actors.picking_answers import SessionShown, StateShown
from magazie.actors.picking_messages import Leave, SetUrgent, Show
from magazie.actors.picking_session import PickingSession
from magazie.actors.settings_actor import SETTINGS_KEY, SettingsActor
from magazie.actors.settings_book import Role
from magazie.actors.settings_messages import SetPicking
from magazie.http.api.picking_shapes import (
    FiguresQuery,
    FiguresShown,
    LeftShown,
    MessagesShown,
    OrderNotesShown,
    PickingSettingsShown,
    QueuedShown,
    QueueQuery,
    SessionListed,
    SessionQuery,
    UrgentIn,
    show_figures,
    show_notes,
    show_queued,
    show_session,
    show_settings,
)
from magazie.http.api.terminal_log_shapes import OperationShown, show_operation
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.paging import Listed, Paging, listed, page_request, sliced
from magazie.http.picking_words import MESSAGES
from magazie.http.problems import ProblemError, ProblemKind, invalid, not_found
from magazie.model.noted_goods import NotedGoods, noted_goods
from magazie.model.picking_queue import (
    Cutoff,
    PickingSettings,
    queue_of,
)
from magazie.model.romanian_time import local_date, local_day_bounds
from magazie.storage.orders import find_key
from magazie.storage.reads.figures import DayOfPerson, figures
from magazie.storage.reads.operations import OPERATION_FIELDS
from magazie.storage.reads.picking import (
    SESSION_FIELDS,
    SessionFilter,
    find_operations,
    find_sessions,
)
from magazie.storage.reads.picking_notes import counts_for
from magazie.storage.reads.picking_queue import ready_orders

_TAG = "picking"
_MOST_DAYS: Final = 92


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
    return Answer(sliced(call, [show_queued(it) for it in queued]))


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
    return Answer(listed(page, call, [show_session(row) for row in page.rows]))


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
    return Answer(listed(page, call, [show_operation(row) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/picking/orders/{order}/noted",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read the serial and lot numbers that were noted for an order",
    answers={200: OrderNotesShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_notes(call: Call[NoBody, NoQuery]) -> Outcome:
    """Of what is in hand for it, over all its sessions; what was put back last is not in it."""
    order_id = call.id("order", "order")

    def query(connection: sqlite3.Connection) -> list[NotedGoods] | None:
        if find_key(connection, order_id) is None:
            return None
        return noted_goods(counts_for(connection, order_id))

    goods = await call.parts.storage.read(query)
    if goods is None:
        raise not_found("order")
    return Answer(show_notes(order_id, goods))


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
    summary="Read what people did at terminals",
    answers={200: FiguresShown},
)
async def read_figures(call: Call[NoBody, FiguresQuery]) -> Outcome:
    """By person and day: picks, errors caught, time per order, pieces received and counted.

    At most 92 days.
    """
    today = local_date(call.parts.clock.now_ms())
    first = _day("day_from", call.query.day_from, today)
    last = _day("day_to", call.query.day_to, max(first, today))
    if not first <= last or (last - first).days >= _MOST_DAYS:
        raise invalid("day_to", f"must not be before day_from, nor {_MOST_DAYS} days after it")
    from_ms, to_ms = local_day_bounds(first)[0], local_day_bounds(last)[1]

    def query(connection: sqlite3.Connection) -> list[DayOfPerson]:
        return figures(connection, from_ms, to_ms)

    rows = await call.parts.storage.read(query)
    return Answer(FiguresShown([show_figures(row) for row in rows]))


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
    return Answer(show_settings(call.parts.book.view.picking))


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
        body.quantity_entry,
        tuple(Cutoff(it.delivery, it.time) for it in body.cutoffs),
        body.terminals_paired_only,
    )
    await call.parts.directory.ask(SettingsActor, SETTINGS_KEY, SetPicking(picking))
    return Answer(show_settings(call.parts.book.view.picking))


def _day(field: str, text: str | None, otherwise: date) -> date:
    if text is None:
        return otherwise
    try:
        day = date.fromisoformat(text)
        local_day_bounds(day)
    except (ValueError, OverflowError) as error:
        raise invalid(field, f"{text!r} is not a day of the calendar") from error
    return day


ENDPOINTS = (
    list_queue,
    set_urgent,
    list_sessions,
    read_session,
    list_operations,
    read_notes,
    leave_session,
    read_figures,
    read_messages,
    read_settings,
    set_settings,
)
