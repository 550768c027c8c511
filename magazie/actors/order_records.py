"""How an order's record comes to be and changes. Pure: nothing here waits or stores."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.order_messages import (
    GoodsWantedError,
    LineNotFoundError,
    ObserveOrder,
    OrderChangedError,
    OrderClosedError,
    OrderDraft,
    SetPicked,
)
from magazie.model.bundles import held_bundles
from magazie.model.decimals import E4, MAX_AMOUNT_BANI, Milli, line_amount_bani
from magazie.model.orders import (
    Fulfilment,
    Invoicing,
    LineKind,
    OrderDetails,
    OrderLine,
    claims_of,
)
from magazie.ports import ShopOrder
from magazie.storage.orders import Order, OrderEvent

NO_ID = 0
"""Of an order that is not stored yet."""


def from_draft(draft: OrderDraft, lines: tuple[OrderLine, ...], now_ms: int) -> Order:
    """The record of an order that another program sent."""
    return Order(
        id=NO_ID,
        origin="api",
        source=draft.source,
        external_id=draft.number,
        number=draft.number,
        warehouse=draft.warehouse,
        placed_at_ms=draft.placed_at_ms,
        placed_raw="",
        taken_at_ms=now_ms,
        currency=draft.currency,
        total_bani=draft.total_bani,
        fulfilment=Fulfilment.OPEN,
        cancelled_by="",
        invoicing=Invoicing.NONE,
        taken_status_id="",
        shop_status_id="",
        shop_status="",
        details=draft.details,
        read_no=0,
        digest=draft.digest,
        claims_wanted=1,
        claims_set=0,
        version=1,
        revision=1,
        changed_ms=now_ms,
        lines=lines,
    )


def first_seen(message: ObserveOrder, lines: tuple[OrderLine, ...], now_ms: int) -> Order:
    """The record of a shop's order that is seen for the first time."""
    seen = message.seen
    nothing = message.wants_nothing
    return Order(
        id=NO_ID,
        origin="shop",
        source=message.shop,
        external_id=seen.external_id,
        number=seen.number,
        warehouse=message.warehouse,
        placed_at_ms=seen.placed_at_ms,
        placed_raw=seen.placed_raw,
        taken_at_ms=now_ms,
        currency=seen.currency,
        total_bani=seen.total_bani,
        fulfilment=Fulfilment.CANCELLED if nothing else Fulfilment.OPEN,
        cancelled_by="shop" if nothing else "",
        invoicing=Invoicing.NONE,
        taken_status_id=seen.status_id,
        shop_status_id=seen.status_id,
        shop_status=seen.status,
        details=details_of(seen),
        read_no=message.read_no,
        digest=seen.digest,
        claims_wanted=1,
        claims_set=0,
        version=1,
        revision=1,
        changed_ms=now_ms,
        lines=lines,
    )


def followed_fulfilment(
    fulfilment: Fulfilment, cancelled_by: str, *, wants_nothing: bool
) -> tuple[Fulfilment, str]:
    """An order's fulfilment once its shop was seen to want that, and who cancelled it, if so."""
    if wants_nothing:
        if fulfilment in {Fulfilment.PART_SHIPPED, Fulfilment.SHIPPED}:
            return fulfilment, cancelled_by
        return Fulfilment.CANCELLED, cancelled_by or "shop"
    if fulfilment is Fulfilment.CANCELLED and cancelled_by == "shop":
        return Fulfilment.OPEN, ""
    return fulfilment, cancelled_by


def claimed(lines: tuple[OrderLine, ...]) -> Mapping[int, Mapping[int, tuple[int, int]]]:
    """What the lines would claim of an order that is not cancelled."""
    return claims_of(lines, cancelled=False)


def held_by_bundles(
    order: Order, claims: Mapping[int, Mapping[int, tuple[int, int]]]
) -> dict[int, tuple[int, int]]:
    """Line → (reserved, shortage) of lines on bundles, from claims: product → line → the same."""
    return {
        line.line: held_bundles(
            0 if order.is_cancelled else line.wanted_milli,
            line.parts,
            {part_id: lines[line.line] for part_id, lines in claims.items() if line.line in lines},
        )
        for line in order.lines
        if line.parts
    }


def with_quantities(
    lines: tuple[OrderLine, ...], quantities: Mapping[int, int]
) -> tuple[OrderLine, ...]:
    """The lines with these quantities, in thousandths, in place of theirs.

    Raises:
        LineNotFoundError: a line that the order does not have is named.

    """
    unknown = quantities.keys() - {line.line for line in lines}
    if unknown:
        raise LineNotFoundError(f"no line {min(unknown)} on this order")
    return tuple(_with_quantity(line, quantities.get(line.line)) for line in lines)


def _with_quantity(line: OrderLine, quantity_milli: int | None) -> OrderLine:
    if quantity_milli is None:
        return line
    released_milli = min(line.released_milli, quantity_milli)
    return replace(line, quantity_milli=quantity_milli, released_milli=released_milli)


def goods_ordered(lines: tuple[OrderLine, ...]) -> dict[int, int]:
    """Line → thousandths ordered, of the lines that are goods."""
    return {
        line.line: line.quantity_milli
        for line in lines
        if line.kind is LineKind.PRODUCT and line.quantity_milli
    }


def with_picked(order: Order, message: SetPicked) -> Order:
    """The order with what its picking session has of it.

    Raises:
        OrderClosedError: it is cancelled, or its goods have left.
        OrderChangedError: it wants other goods than the session knows of.

    """
    if order.fulfilment not in {Fulfilment.OPEN, Fulfilment.PICKING, Fulfilment.PICKED}:
        raise OrderClosedError(f"the order is {order.fulfilment}")
    if message.expected is not None and message.expected != goods_ordered(order.lines):
        raise OrderChangedError("the order was changed since")
    lines = tuple(_picked(line, message.lines.get(line.line)) for line in order.lines)
    return replace(order, fulfilment=message.fulfilment, lines=lines)


def with_nothing_in_hand(order: Order) -> Order:
    """The cancelled order once its goods are on their shelves again.

    Raises:
        GoodsWantedError: it is not cancelled.

    """
    if not order.is_cancelled:
        raise GoodsWantedError(
            f"the order is {order.fulfilment}: open it at a terminal and put back what is too much"
        )
    lines = tuple(
        replace(line, picked_milli=0) if line.picked_milli else line for line in order.lines
    )
    return replace(order, lines=lines)


def _picked(line: OrderLine, picked: tuple[int, bool] | None) -> OrderLine:
    if picked is None:
        return line
    in_hand, lets_go = picked
    rest = max(0, line.quantity_milli - in_hand)
    released = rest if lets_go else min(line.released_milli, rest)
    return replace(line, picked_milli=in_hand, released_milli=released)


def total_of(lines: tuple[OrderLine, ...], details: OrderDetails) -> int:
    """What an order comes to, in bani: lines and delivery, less discounts.

    Raises:
        FieldsRefusedError: no order can come to that.

    """
    goods = sum([line_amount_bani(E4(it.price_e4), Milli(it.quantity_milli)) for it in lines])
    off = sum([discount.value_bani for discount in details.discounts])
    total = goods + details.delivery.fee_bani - off
    if total < 0:
        raise FieldsRefusedError(FieldFault("lines", "the discounts are more than what is left"))
    if total > MAX_AMOUNT_BANI:
        raise FieldsRefusedError(FieldFault("lines", "the order's sum is too large"))
    return total


def line_changes(
    before: tuple[OrderLine, ...], after: tuple[OrderLine, ...]
) -> list[dict[str, int]]:
    """What an edit changed, for the timeline."""
    was = {line.line: line.quantity_milli for line in before}
    return [
        {"line": line.line, "was_milli": was.get(line.line, 0), "now_milli": line.quantity_milli}
        for line in after
        if was.get(line.line, 0) != line.quantity_milli
    ]


def details_of(seen: ShopOrder) -> OrderDetails:
    """What the shop says beside the lines."""
    return OrderDetails(
        customer=seen.billing,
        billing=seen.billing,
        shipping=seen.shipping,
        company=seen.company,
        discounts=seen.discounts,
        delivery=seen.delivery,
        payment=seen.payment,
        observation=seen.observation,
        sales_channel=seen.sales_channel,
        customer_id=seen.customer_id,
        carrier=seen.carrier,
    )


def public(order: Order) -> Order:
    """The order without what only this house sees."""
    return replace(
        order,
        digest=b"",
        read_no=0,
        claims_wanted=0,
        claims_set=0,
        version=0,
        revision=0,
        changed_ms=0,
    )


def event(kind: str, **data: object) -> OrderEvent:
    """An entry of the timeline."""
    return OrderEvent(kind, msgspec.json.encode(data).decode())
