"""What terminals are sent: the shapes of the scanning protocol."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from magazie.model.decimals import Milli, format_milli
from magazie.model.finder import Finding, Identity, ThingKind
from magazie.model.ids import encode_id
from magazie.model.orders import OrderStatus
from magazie.model.picking import (
    Outcome,
    Pick,
    PickedOrder,
    PickingMode,
    PickingState,
    SessionState,
)
from magazie.model.tracking import Note, Tracking
from magazie.model.walking import walking_key
from magazie.storage.orders import Order
from magazie.storage.reads.picking_goods import PickedGoods

R = TypeVar("R", bound=msgspec.Struct)


class NotedShown(msgspec.Struct, frozen=True):
    """So many in hand under a serial or lot number."""

    serial: str
    lot: str
    quantity: str


class LineShown(msgspec.Struct, frozen=True):
    """A line to fetch. ``line`` numbers it within the session, ``order_line`` on its order.

    ``tracking`` says what is asked for with each scan of it; ``codes`` are then all it is scanned
    by, so that a terminal can ask without a connection. ``noted`` is what was noted in this
    session.
    """

    line: int
    order_line: int
    product: str | None
    code: str
    name: str
    image: str | None
    location: str
    unit: str
    ordered: str
    picked: str
    short_picked: str
    to_put_back: str
    skipped: bool
    tracking: Tracking
    codes: list[str]
    noted: list[NotedShown]


class OrderInSession(msgspec.Struct, frozen=True):
    """An order of the session, its lines in the order in which one walks past them."""

    order: str
    number: str
    bin: int
    status: OrderStatus
    lines: list[LineShown]


class StateShown(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="state"):
    """A session as it stands. ``walk`` is the one way through all orders, by line."""

    op: str | UnsetType = UNSET
    session: str
    mode: PickingMode
    state: SessionState
    orders: list[OrderInSession]
    walk: list[int]
    owner: str
    owner_name: str
    version: int


class OpenLineShown(msgspec.Struct, frozen=True):
    """Why the session is not complete."""

    line: int
    order: str
    ordered: str
    picked: str
    to_put_back: str
    why: Literal["missing", "to_put_back", "line_without_product"]


class Result(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="result"
):
    """What became of an operation. A line is named where one is meant.

    ``found`` says what an order's or a parcel's number was, where one was scanned for goods;
    ``held_by`` is the number of the order that has the serial number in hand.
    """

    op: str
    outcome: Outcome
    session: str = ""
    line: int | None = None
    picked: str | None = None
    ordered: str | None = None
    to_put_back: str | None = None
    bin: int | None = None
    order: str | None = None
    number: str | None = None
    code: str | None = None
    name: str | None = None
    found: str | None = None
    held_by: str | None = None
    owner: str | None = None
    owner_name: str | None = None
    lines: list[OpenLineShown] | None = None


class ErrorShown(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="error"
):
    """What cannot be; ``reason`` is a word of the catalogue.

    ``tally`` is the one that is in the way, ``owner`` the terminal where it is.
    """

    reason: str
    op: str | None = None
    detail: str | None = None
    tally: str | None = None
    owner: str | None = None
    owner_name: str | None = None


class SessionShown(msgspec.Struct, frozen=True):
    """A session for whoever asked, and the number under which its messages go."""

    session_id: int
    shown: StateShown


_encode = msgspec.json.Encoder().encode


def encoded(answer: msgspec.Struct) -> bytes:
    """The message as it goes over the wire."""
    return _encode(answer)


def quantity(milli: int) -> str:
    """A quantity as the API writes it."""
    return format_milli(Milli(milli))


def with_goods(
    result: R, found: Finding | None, product_id: int | None, goods: Mapping[int, PickedGoods]
) -> R:
    """The result, naming the goods that were scanned or meant, or what it was if it is no goods.

    ``product_id`` is of the line that is meant.
    """
    if isinstance(found, Identity):
        if found.kind is ThingKind.PRODUCT:
            product_id = found.id
        else:
            result = msgspec.structs.replace(result, found=found.kind)
    its = goods.get(product_id) if product_id is not None else None
    if its is None:
        return result
    return msgspec.structs.replace(result, code=its.code, name=its.name)


def codes_asked(its: PickedGoods | None, tracking: Tracking) -> list[str]:
    """All that goods are scanned by, where a number is asked for with each scan of them."""
    if its is None or tracking is Tracking.NONE:
        return []
    return [named.code for named in its.named]


def show_numbers(numbers: Iterable[tuple[Note, int]]) -> list[NotedShown]:
    """So much under each serial or lot number."""
    return [NotedShown(note.serial, note.lot, quantity(milli)) for note, milli in numbers]


def show_session(
    session: PickingState,
    revision: int,
    orders: Mapping[int, Order],
    goods: Mapping[int, PickedGoods],
) -> StateShown:
    """The session as terminals show it."""
    walked = sorted(
        (pick for pick in session.picks if pick.wanted_milli or pick.picked_milli),
        key=lambda pick: (pick.skipped, walking_key(_location(pick, goods)), pick.number),
    )
    return StateShown(
        session=encode_id(session.id),
        mode=session.mode,
        state=session.state,
        orders=[
            OrderInSession(
                order=encode_id(each.order_id),
                number=orders[each.order_id].number,
                bin=each.bin,
                status=_status(session, each),
                lines=[
                    _line(session, pick, orders[each.order_id], goods)
                    for pick in walked
                    if pick.order_id == each.order_id
                ],
            )
            for each in session.orders
        ],
        walk=[pick.number for pick in walked],
        owner=session.terminal,
        owner_name=session.who,
        version=revision,
    )


def _status(session: PickingState, order: PickedOrder) -> OrderStatus:
    if order.is_cancelled:
        return OrderStatus.CANCELLED
    is_done = session.state is SessionState.COMPLETED
    return OrderStatus.PICKED if is_done else OrderStatus.PICKING


def _location(pick: Pick, goods: Mapping[int, PickedGoods]) -> str:
    its = goods.get(pick.product_id) if pick.product_id is not None else None
    return its.location if its is not None else ""


def _line(
    session: PickingState, pick: Pick, order: Order, goods: Mapping[int, PickedGoods]
) -> LineShown:
    its = goods.get(pick.product_id) if pick.product_id is not None else None
    own = next((line for line in order.lines if line.line == pick.line), None)
    place = session.order(pick.order_id)
    is_verified = place is not None and place.is_verified
    tracking = its.tracking if its is not None and not is_verified else Tracking.NONE
    return LineShown(
        line=pick.number,
        order_line=pick.line,
        product=encode_id(pick.product_id) if pick.product_id is not None else None,
        code=its.code if its is not None else own.sku if own is not None else "",
        name=its.name if its is not None else own.name if own is not None else "",
        image=f"/media/{its.image}?size=160" if its is not None and its.image else None,
        location=its.location if its is not None else "",
        unit=its.unit if its is not None else "",
        ordered=quantity(pick.wanted_milli),
        picked=quantity(pick.picked_milli),
        short_picked=quantity(pick.short_milli),
        to_put_back=quantity(session.to_put_back_milli(pick)),
        skipped=pick.skipped > 0,
        tracking=tracking,
        codes=codes_asked(its, tracking),
        noted=show_numbers(session.noted(pick)),
    )
