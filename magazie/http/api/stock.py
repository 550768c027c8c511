"""What is on hand, the ledger, and the documents that move goods."""

import sqlite3
from typing import Annotated

import msgspec
from msgspec import Meta

from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import CreateMovement, NewLine
from magazie.actors.settings_book import Role
from magazie.http.api.texts import SOMETHING, Line, Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import (
    IdText,
    MomentText,
    Price,
    PriceText,
    QuantityText,
    RecordId,
    SignedQuantity,
    id_text,
    moment_text,
    price_text,
    quantity_text,
)
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.problems import ProblemKind, not_found
from magazie.model.decimals import E4, Milli
from magazie.model.ids import encode_id
from magazie.storage.idempotency import StoredAnswer
from magazie.storage.movements import Movement, MovementKind, MovementLine, MovementState
from magazie.storage.reads.movements import FIELDS as MOVEMENT_FIELDS
from magazie.storage.reads.movements import MovementFilter, find_movements
from magazie.storage.reads.movements import read_movement as read_document
from magazie.storage.reads.stock import (
    LEDGER_FIELDS,
    STOCK_FIELDS,
    LedgerLeg,
    LedgerRow,
    StockFilter,
    StockRow,
    find_ledger,
    find_stock,
)

_TAG = "stock"
_CREATED = 201

_encode = msgspec.json.Encoder().encode


class StockQuery(Paging):
    """Which stock rows. ``short`` wants products for which orders wait, or those without."""

    product: RecordId | None = None
    warehouse: Short | None = None
    short: bool | None = None


class StockShown(msgspec.Struct, frozen=True):
    """One product in one warehouse. Available is what is on hand and not reserved."""

    product: IdText
    warehouse: str
    on_hand: QuantityText
    reserved: QuantityText
    available: QuantityText


class LedgerQuery(Paging):
    """Which part of the ledger."""

    warehouse: Short | None = None


class EntryShown(msgspec.Struct, frozen=True):
    """One entry: what came or went, and the balance it left. ``movement`` is its document."""

    seq: int
    movement: str
    line: int
    warehouse: str
    leg: LedgerLeg
    kind: MovementKind
    delta: QuantityText
    on_hand: QuantityText
    reference: str
    at: MomentText


class MovementLineIn(msgspec.Struct, forbid_unknown_fields=True):
    """One line. Only the quantity of an adjustment may be negative; an opening may be 0."""

    product: RecordId
    quantity: SignedQuantity
    unit_cost: Price | None = None
    note: Annotated[str, Meta(max_length=500)] = ""


class MovementIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A document that moves goods. ``to_warehouse`` is for transfers alone."""

    kind: MovementKind
    warehouse: Short
    to_warehouse: Short | None = None
    reference: Annotated[str, Meta(min_length=1, max_length=200, pattern=SOMETHING)]
    supplier: Line = ""
    lines: Annotated[list[MovementLineIn], Meta(min_length=1, max_length=1000)]


class MovementLineShown(msgspec.Struct, frozen=True):
    """One line; one that the stock refused for good has its ``problem`` and is not posted."""

    line: int
    product: IdText
    quantity: QuantityText
    unit_cost: PriceText | None
    note: str
    posted: bool
    problem: str
    on_hand: dict[str, QuantityText]


class MovementShown(msgspec.Struct, frozen=True):
    """A document. ``posting`` until every line is in the ledger or refused."""

    id: IdText
    kind: MovementKind
    state: MovementState
    warehouse: str
    to_warehouse: str | None
    reference: str
    supplier: str
    lines: list[MovementLineShown]
    created_by: str
    created_at: MomentText


class MovementQuery(Paging):
    """Which movements; ``warehouse`` is on either side."""

    kind: MovementKind | None = None
    state: MovementState | None = None
    warehouse: Short | None = None
    reference: Line | None = None
    product: RecordId | None = None


@endpoint(
    "GET",
    "/api/v1/stock",
    role=Role.PICKER,
    tag=_TAG,
    summary="List what is in stock",
    answers={200: Listed[StockShown]},
)
async def list_stock(call: Call[NoBody, StockQuery]) -> Outcome:
    """A row for each product and warehouse that knows it, by product unless sorted otherwise."""
    query = call.query
    wanted = StockFilter(query.product, query.warehouse, query.short)
    request = page_request(call, sortable=STOCK_FIELDS, default="product,warehouse")
    page = await call.parts.storage.read(lambda c: find_stock(c, wanted, request))
    return Answer(listed(page, call, [_stock(row) for row in page.rows]))


@endpoint(
    "GET",
    "/api/v1/stock/{product}/ledger",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read a product's ledger",
    answers={200: Listed[EntryShown]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_ledger(call: Call[NoBody, LedgerQuery]) -> Outcome:
    """Newest first unless sorted by seq."""
    product_id = call.id("product", "product")
    if not call.parts.nomenclature.exists(product_id):
        raise not_found("product")
    warehouse = call.query.warehouse
    request = page_request(call, sortable=LEDGER_FIELDS, default="-seq")
    page = await call.parts.storage.read(lambda c: find_ledger(c, product_id, warehouse, request))
    return Answer(listed(page, call, [_entry(row) for row in page.rows]))


@endpoint(
    "POST",
    "/api/v1/stock/movements",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Receive, adjust, transfer or open stock",
    answers={201: MovementShown},
    problems=(ProblemKind.CONFLICT,),
    takes_key=True,
)
async def create_movement(call: Call[MovementIn, NoQuery]) -> Outcome:
    """The document is stored whole, then its lines are posted.

    A line that cannot be refuses the whole document (422). What the stock refuses only then,
    because goods left meanwhile, stays out with its ``problem``. Give an ``Idempotency-Key``
    so that a repetition after a broken connection moves nothing twice.
    """
    body, parts = call.body, call.parts
    mark = call.mark
    key = mark.key if mark is not None else encode_id(parts.ids.next_id())
    answer: Movement | StoredAnswer = await parts.directory.ask(
        MovementActor,
        (f"api:{call.who.scope}", key),
        CreateMovement(
            kind=body.kind,
            warehouse=body.warehouse,
            to_warehouse=body.to_warehouse,
            reference=body.reference,
            supplier=body.supplier,
            lines=tuple(_line(line) for line in body.lines),
            created_by=call.who.name,
            mark=mark,
            encode=_created,
        ),
        timeout=_POST_WITHIN_S,
    )
    if isinstance(answer, StoredAnswer):
        return answer
    is_final = answer.state is MovementState.POSTED
    return Answer(_movement(answer), _CREATED, is_final=is_final)


@endpoint(
    "GET",
    "/api/v1/stock/movements",
    role=Role.PICKER,
    tag=_TAG,
    summary="List movements",
    answers={200: Listed[MovementShown]},
)
async def list_movements(call: Call[NoBody, MovementQuery]) -> Outcome:
    """Newest first unless sorted by id or created_at."""
    query = call.query
    wanted = MovementFilter(
        query.kind, query.state, query.warehouse, query.reference, query.product
    )
    request = page_request(call, sortable=MOVEMENT_FIELDS, default="-id")
    page = await call.parts.storage.read(lambda c: find_movements(c, wanted, request))
    return Answer(listed(page, call, [_movement(it) for it in page.rows]))


@endpoint(
    "GET",
    "/api/v1/stock/movements/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one movement",
    answers={200: MovementShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_movement(call: Call[NoBody, NoQuery]) -> Outcome:
    """With the balances its lines left."""
    movement_id = call.id("id", "movement")

    def query(connection: sqlite3.Connection) -> Movement | None:
        return read_document(connection, movement_id)

    movement = await call.parts.storage.read(query)
    if movement is None:
        raise not_found("movement")
    return Answer(_movement(movement))


_POST_WITHIN_S = 30.0
"""A thousand lines, some at a time."""


def _stock(row: StockRow) -> StockShown:
    return StockShown(
        id_text(row.product_id),
        row.warehouse,
        quantity_text(Milli(row.on_hand_milli)),
        quantity_text(Milli(row.reserved_milli)),
        quantity_text(Milli(row.on_hand_milli - row.reserved_milli)),
    )


def _entry(row: LedgerRow) -> EntryShown:
    name = row.movement
    return EntryShown(
        seq=row.seq,
        movement=id_text(int(name[2:])) if name.startswith("m:") else name,
        line=row.line,
        warehouse=row.warehouse,
        leg=row.leg,
        kind=row.kind,
        delta=quantity_text(Milli(row.delta_milli)),
        on_hand=quantity_text(Milli(row.on_hand_milli)),
        reference=row.reference,
        at=moment_text(row.at_ms),
    )


def _line(body: MovementLineIn) -> NewLine:
    cost = body.unit_cost
    return NewLine(
        int(body.product), int(body.quantity), int(cost) if cost is not None else None, body.note
    )


def _movement(movement: Movement) -> MovementShown:
    return MovementShown(
        id=id_text(movement.id),
        kind=movement.kind,
        state=movement.state,
        warehouse=movement.warehouse,
        to_warehouse=movement.to_warehouse,
        reference=movement.reference,
        supplier=movement.supplier,
        lines=[_line_shown(line) for line in movement.lines],
        created_by=movement.created_by,
        created_at=moment_text(movement.created_ms),
    )


def _line_shown(line: MovementLine) -> MovementLineShown:
    cost = line.unit_cost_e4
    return MovementLineShown(
        line=line.line,
        product=id_text(line.product_id),
        quantity=quantity_text(Milli(line.quantity_milli)),
        unit_cost=price_text(E4(cost)) if cost is not None else None,
        note=line.note,
        posted=line.posted,
        problem=line.problem,
        on_hand={at: quantity_text(Milli(left)) for at, left in line.on_hand_milli.items()},
    )


def _created(movement: Movement) -> StoredAnswer:
    return StoredAnswer(_CREATED, _encode(_movement(movement)))


ENDPOINTS = (
    list_stock,
    read_ledger,
    create_movement,
    list_movements,
    read_movement,
)
