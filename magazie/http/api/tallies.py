"""Receptions that the office announces or terminals begin, and counts of shelves."""

import sqlite3

import msgspec

from magazie.actors.settings_book import Role
from magazie.actors.tally_messages import Announce, AnnouncedLine, Withdraw
from magazie.actors.tally_session import TallySession
from magazie.http.api.tally_shapes import (
    CountListed,
    CountShown,
    ReceptionIn,
    ReceptionListed,
    ReceptionShown,
    TallyQuery,
    announced_row,
    list_count,
    list_reception,
    show_count,
    show_reception,
)
from magazie.http.api.terminal_log_shapes import TallyOperationShown, show_tally_operation
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.model.tally import Tally, TallyKind
from magazie.storage.idempotency import StoredAnswer
from magazie.storage.reads.keyset import Page
from magazie.storage.reads.operations import OPERATION_FIELDS
from magazie.storage.reads.picking_goods import PickedGoods, read_goods
from magazie.storage.reads.tallies import (
    TALLY_FIELDS,
    TallyFilter,
    TallyOperationRow,
    TallyRow,
    find_tallies,
    find_tally_operations,
    is_tally,
    read_tally,
)

_TAG = "stock"
_CREATED = 201

_encode = msgspec.json.Encoder().encode
_Found = tuple[TallyRow, Tally, dict[int, PickedGoods]]


@endpoint(
    "POST",
    "/api/v1/receptions",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Announce a delivery",
    answers={201: ReceptionShown},
    takes_key=True,
)
async def announce_reception(call: Call[ReceptionIn, NoQuery]) -> Outcome:
    """It waits for a terminal to count what comes. Nothing is in stock before that is complete."""
    body, parts = call.body, call.parts
    wanted = {int(line.product) for line in body.lines}
    goods = await parts.storage.read(lambda c: read_goods(c, wanted))
    now_ms, who = parts.clock.now_ms(), call.who.name

    def shown(tally: Tally) -> ReceptionShown:
        return show_reception(announced_row(tally, who, now_ms), tally, goods)

    answer: Tally | StoredAnswer = await parts.directory.ask(
        TallySession,
        parts.ids.next_id(),
        Announce(
            warehouse=_warehouse(call),
            reference=body.reference,
            supplier=body.supplier,
            lines=tuple(
                AnnouncedLine(
                    int(line.product),
                    int(line.quantity),
                    int(line.unit_cost) if line.unit_cost is not None else None,
                )
                for line in body.lines
            ),
            created_by=who,
            mark=call.mark,
            encode=lambda tally: StoredAnswer(_CREATED, _encode(shown(tally))),
        ),
    )
    return answer if isinstance(answer, StoredAnswer) else Answer(shown(answer), _CREATED)


@endpoint(
    "GET",
    "/api/v1/receptions",
    role=Role.PICKER,
    tag=_TAG,
    summary="List receptions",
    answers={200: Listed[ReceptionListed]},
)
async def list_receptions(call: Call[NoBody, TallyQuery]) -> Outcome:
    """Newest first unless sorted by id or created_at; several states with commas between."""
    page = await _page(call, TallyKind.RECEPTION)
    return Answer(listed(page, call, [list_reception(row) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/receptions/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one reception",
    answers={200: ReceptionShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_reception(call: Call[NoBody, NoQuery]) -> Outcome:
    """With what was announced, what was counted and how they differ."""
    row, tally, goods = await _read(call, TallyKind.RECEPTION)
    return Answer(show_reception(row, tally, goods))


@endpoint(
    "GET",
    "/api/v1/receptions/{id}/operations",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read the log of a reception",
    answers={200: Listed[TallyOperationShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def list_reception_operations(call: Call[NoBody, Paging]) -> Outcome:
    """Every operation with its outcome, first one first; sorts by number."""
    return await _log(call, TallyKind.RECEPTION)


@endpoint(
    "DELETE",
    "/api/v1/receptions/{id}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Withdraw a reception",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.CONFLICT),
    takes_key=True,
)
async def withdraw_reception(call: Call[NoBody, NoQuery]) -> Outcome:
    """Only while nothing is counted. Its record stays, as left; harmless to repeat."""
    message = Withdraw(TallyKind.RECEPTION)
    await call.parts.directory.ask(TallySession, call.id("id", "reception"), message)
    return Answer(None, 204)


@endpoint(
    "GET",
    "/api/v1/counts",
    role=Role.PICKER,
    tag=_TAG,
    summary="List counts of shelves",
    answers={200: Listed[CountListed]},
)
async def list_counts(call: Call[NoBody, TallyQuery]) -> Outcome:
    """Newest first unless sorted by id or created_at; several states with commas between."""
    page = await _page(call, TallyKind.COUNT)
    return Answer(listed(page, call, [list_count(row) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/counts/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one count",
    answers={200: CountShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_count(call: Call[NoBody, NoQuery]) -> Outcome:
    """What should have been there is told once it is done, so that nobody counts towards it."""
    row, tally, goods = await _read(call, TallyKind.COUNT)
    return Answer(show_count(row, tally, goods))


@endpoint(
    "GET",
    "/api/v1/counts/{id}/operations",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read the log of a count",
    answers={200: Listed[TallyOperationShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def list_count_operations(call: Call[NoBody, Paging]) -> Outcome:
    """Every operation with its outcome, first one first; sorts by number."""
    return await _log(call, TallyKind.COUNT)


@endpoint(
    "DELETE",
    "/api/v1/counts/{id}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Give a count up",
    answers={204: None},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.CONFLICT),
    takes_key=True,
)
async def give_count_up(call: Call[NoBody, NoQuery]) -> Outcome:
    """Until it is complete. Nothing of it is posted; its record stays, as left."""
    await call.parts.directory.ask(TallySession, call.id("id", "count"), Withdraw(TallyKind.COUNT))
    return Answer(None, 204)


def _warehouse(call: Call[ReceptionIn, NoQuery]) -> str:
    """The warehouse that is meant; the only one where none is named."""
    if call.body.warehouse is not None:
        return call.body.warehouse
    known = list(call.parts.book.view.warehouses)
    if len(known) != 1:
        raise invalid("warehouse", "there are several: name one")
    return known[0]


async def _page(call: Call[NoBody, TallyQuery], kind: TallyKind) -> Page[TallyRow]:
    query = call.query
    states = query.state.split(",") if query.state is not None else None
    wanted = TallyFilter(kind, states, query.warehouse)
    request = page_request(call, sortable=TALLY_FIELDS, default="-id")
    return await call.parts.storage.read(lambda c: find_tallies(c, wanted, request))


async def _log(call: Call[NoBody, Paging], kind: TallyKind) -> Outcome:
    tally_id = call.id("id", kind.value)
    request = page_request(call, sortable=OPERATION_FIELDS, default="number")

    def query(connection: sqlite3.Connection) -> Page[TallyOperationRow] | None:
        if not is_tally(connection, tally_id, kind):
            return None
        return find_tally_operations(connection, tally_id, request)

    page = await call.parts.storage.read(query)
    if page is None:
        raise not_found(kind.value)
    return Answer(listed(page, call, [show_tally_operation(row) for row in page.rows]))


async def _read(call: Call[NoBody, NoQuery], kind: TallyKind) -> _Found:
    tally_id = call.id("id", kind.value)

    def query(connection: sqlite3.Connection) -> _Found | None:
        found = read_tally(connection, tally_id, kind)
        if found is None:
            return None
        row, tally = found
        return row, tally, read_goods(connection, {line.product_id for line in tally.lines})

    found = await call.parts.storage.read(query)
    if found is None:
        raise not_found(kind.value)
    return found


ENDPOINTS = (
    announce_reception,
    list_receptions,
    read_reception,
    list_reception_operations,
    withdraw_reception,
    list_counts,
    read_count,
    list_count_operations,
    give_count_up,
)
