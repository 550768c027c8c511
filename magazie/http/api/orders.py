"""Orders: from shops and other programs, to be read, changed, cancelled and linked."""

import sqlite3
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import (
    CancelOrder,
    EditOrder,
    LinkLine,
    NoteGoodsBack,
    OrderHeld,
    OrderVersionError,
    PlaceOrder,
)
from magazie.actors.settings_book import Role
from magazie.http.api import order_intake as intake
from magazie.http.api.order_shapes import OrderShown, show_order, show_record
from magazie.http.api.texts import Line, Long, Short, Words
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import Moment, QuantityOrNone, RecordId
from magazie.http.paging import Listed, Paging, listed, page_request
from magazie.http.parts import Parts
from magazie.http.problems import ProblemKind, invalid, not_found
from magazie.model.orders import Fulfilment, Invoicing, OrderDetails, OrderStatus
from magazie.storage.orders import OrderKey, find_key
from magazie.storage.reads.orders import FIELDS, HeldLine, OrderFilter, OrderRecord, find_orders
from magazie.storage.reads.orders import read_order as read_record

_TAG = "orders"
_CREATED = 201
_EDIT_TRIES = 3


class OrderQuery(Paging):
    """Which orders. ``q`` is looked for in number, customer, addresses and company."""

    shop: Short | None = None
    source: Short | None = None
    number: Short | None = None
    external_id: Short | None = None
    awb: Short | None = None
    status: OrderStatus | None = None
    fulfilment: Fulfilment | None = None
    invoicing: Invoicing | None = None
    product: RecordId | None = None
    placed_from: Moment | None = None
    placed_to: Moment | None = None
    q: Words | None = None


class EditedLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line's new quantity; 0 takes the line off."""

    line: Annotated[int, Meta(ge=1, le=100_000)]
    quantity: QuantityOrNone


class OrderChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to change of an order from another program; what is left out stays."""

    customer: intake.CustomerIn | None = None
    delivery: intake.DeliveryIn | None = None
    billing: intake.BillingIn | None = None
    payment: Line | intake.PaymentIn | None = None
    observation: Long | None = None
    lines: Annotated[list[EditedLine], Meta(max_length=intake.MOST_LINES)] = []


class LineLink(msgspec.Struct, forbid_unknown_fields=True):
    """The product that a parked line means."""

    product: RecordId


@endpoint(
    "GET",
    "/api/v1/orders",
    role=Role.PICKER,
    tag=_TAG,
    summary="List orders",
    answers={200: Listed[OrderShown]},
)
async def list_orders(call: Call[NoBody, OrderQuery]) -> Outcome:
    """Newest first unless sorted by id, placed_at, changed_at, number or total."""
    query = call.query
    wanted = OrderFilter(
        shop=query.shop,
        source=query.source,
        number=query.number,
        external_id=query.external_id,
        awb=query.awb,
        status=query.status,
        fulfilment=query.fulfilment,
        invoicing=query.invoicing,
        product_id=query.product,
        placed_from_ms=query.placed_from,
        placed_to_ms=query.placed_to,
        text=query.q,
    )
    request = page_request(call, sortable=FIELDS, default="-id")
    page = await call.parts.storage.read(lambda c: find_orders(c, wanted, request))
    return Answer(listed(page, call, [show_record(record) for record in page.rows]))


@endpoint(
    "GET",
    "/api/v1/orders/{id}",
    role=Role.PICKER,
    tag=_TAG,
    summary="Read one order",
    answers={200: OrderShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_order(call: Call[NoBody, NoQuery]) -> Outcome:
    """The ETag is the version that PATCH takes as If-Match."""
    return await _shown(call.parts, call.id("id", "order"))


@endpoint(
    "POST",
    "/api/v1/orders",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Take an order from another program",
    answers={201: OrderShown, 200: OrderShown},
    problems=(ProblemKind.ORDER_DIFFERS, ProblemKind.OVERLOADED),
    takes_key=True,
)
async def place_order(call: Call[intake.OrderIn, NoQuery]) -> Outcome:
    """Takes the order and reserves its goods.

    201 once they are reserved, or after a second with ``reserving`` true while they still
    are. The same order again gives 200 and the order as it is; another content under the same
    source and number gives 409. Its own key keeps the order from being made twice, so an
    ``Idempotency-Key`` is needed only to get the very first answer again.
    """
    parts, order = call.parts, call.body
    if not parts.book.has_warehouse(order.warehouse):
        raise invalid("warehouse", "there is no such warehouse")
    products = intake.products_of(order, parts.nomenclature)
    named = [product_id for product_id in products if product_id is not None]
    draft = intake.draft_of(
        order,
        products,
        await parts.labels.of(named),
        payload=call.raw,
        now_ms=parts.clock.now_ms(),
    )
    held: OrderHeld = await parts.directory.ask(
        OrderActor, ("api", order.source, order.number), PlaceOrder(draft, call.mark)
    )
    if not held.created:
        return await _shown(parts, held.order.id)
    lines = {line: HeldLine(*amounts) for line, amounts in held.held.items()}
    shown = show_order(held.order, lines, reserving=held.reserving)
    return Answer(shown, _CREATED, held.order.version)


@endpoint(
    "PATCH",
    "/api/v1/orders/{id}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Change an order from another program",
    answers={200: OrderShown},
    problems=(
        ProblemKind.NOT_FOUND,
        ProblemKind.EDITED_IN_SHOP,
        ProblemKind.ORDER_CLOSED,
        ProblemKind.VERSION_DIFFERS,
    ),
    takes_key=True,
    takes_version=True,
)
async def edit_order(call: Call[OrderChanges, NoQuery]) -> Outcome:
    """An order of a shop is edited in the shop; it follows here."""
    parts, changes = call.parts, call.body
    order_id = call.id("id", "order")
    quantities = {each.line: int(each.quantity) for each in changes.lines}
    if len(quantities) < len(changes.lines):
        raise invalid("lines", "a line stands there twice")
    for attempt in range(1, _EDIT_TRIES + 1):
        record = await _record(parts, order_id)
        expected = call.expected_version
        message = EditOrder(
            person=call.who.name,
            details=_changed(record.order.details, changes),
            quantities=quantities,
            # what is decided here on a reading holds only for what was read
            expected_version=record.order.version if expected is None else expected,
        )
        try:
            await parts.directory.ask(OrderActor, record.order.key, message)
        except OrderVersionError:
            if expected is not None or attempt == _EDIT_TRIES:
                raise
        else:
            break
    return await _shown(parts, order_id)


@endpoint(
    "POST",
    "/api/v1/orders/{id}/cancel",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Cancel an order",
    answers={200: OrderShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.ORDER_CLOSED, ProblemKind.VERSION_DIFFERS),
    takes_key=True,
    takes_version=True,
)
async def cancel_order(call: Call[NoBody, NoQuery]) -> Outcome:
    """Its goods become free; a shop's order is then cancelled in the shop too.

    Cancelling twice is harmless, so the answer is kept for an ``Idempotency-Key`` after it.
    """
    message = CancelOrder(call.who.name, call.expected_version)
    return await _told(call, message)


@endpoint(
    "POST",
    "/api/v1/orders/{id}/put-back",
    role=Role.PICKER,
    tag=_TAG,
    summary="Note that a cancelled order's goods are on their shelves again",
    answers={200: OrderShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.CONFLICT, ProblemKind.VERSION_DIFFERS),
    takes_key=True,
    takes_version=True,
)
async def put_goods_back(call: Call[NoBody, NoQuery]) -> Outcome:
    """All that was picked for it. The order's alert goes with that. Harmless to repeat."""
    return await _told(call, NoteGoodsBack(call.who.name, call.expected_version))


@endpoint(
    "POST",
    "/api/v1/orders/{id}/lines/{line}/link",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Link a parked line to a product",
    answers={200: OrderShown},
    problems=(ProblemKind.NOT_FOUND, ProblemKind.VERSION_DIFFERS),
    takes_key=True,
    takes_version=True,
)
async def link_line(call: Call[LineLink, NoQuery]) -> Outcome:
    """The line's goods are claimed at once. Linking it again to the same is harmless."""
    if not call.parts.nomenclature.exists(call.body.product):
        raise invalid("product", "there is no such product")
    line = call.path("line")
    if not (line.isascii() and line.isdigit() and len(line) <= 6):  # noqa: PLR2004 - of lines
        raise not_found("line")
    product_id = int(call.body.product)
    message = LinkLine(int(line), product_id, call.who.name, call.expected_version)
    return await _told(call, message)


async def _told(
    call: Call[Any, NoQuery], message: CancelOrder | LinkLine | NoteGoodsBack
) -> Outcome:
    order_id = call.id("id", "order")
    await call.parts.directory.ask(OrderActor, await _key(call.parts, order_id), message)
    return await _shown(call.parts, order_id)


async def _key(parts: Parts, order_id: int) -> OrderKey:
    key = await parts.storage.read(lambda c: find_key(c, order_id))
    if key is None:
        raise not_found("order")
    return key


async def _record(parts: Parts, order_id: int) -> OrderRecord:
    def query(connection: sqlite3.Connection) -> OrderRecord | None:
        return read_record(connection, order_id)

    record = await parts.storage.read(query)
    if record is None:
        raise not_found("order")
    return record


async def _shown(parts: Parts, order_id: int) -> Outcome:
    record = await _record(parts, order_id)
    return Answer(show_record(record), version=record.order.version)


def _changed(details: OrderDetails, changes: OrderChanges) -> OrderDetails:
    changed = details
    if changes.customer is not None:
        changed = replace(
            changed,
            customer=intake.customer_of(changes.customer),
            company=intake.company_of(changes.customer),
        )
    if changes.delivery is not None:
        changed = replace(
            changed,
            shipping=intake.shipping_of(changes.delivery),
            delivery=replace(
                changed.delivery,
                name=changes.delivery.method or changed.delivery.name,
                locker_id=changes.delivery.locker_id or changed.delivery.locker_id,
            ),
        )
    if changes.billing is not None:
        changed = replace(changed, billing=intake.billing_of(changes.billing))
    if changes.payment is not None:
        changed = replace(changed, payment=intake.payment_of(changes.payment))
    if changes.observation is not None:
        changed = replace(changed, observation=changes.observation)
    return changed


ENDPOINTS = (
    list_orders,
    read_order,
    place_order,
    edit_order,
    cancel_order,
    put_goods_back,
    link_line,
)
