"""How an order and its picking session see each other. Pure."""

from collections.abc import Mapping

from msgspec.structs import replace

from magazie.actors.order_messages import NoteGoodsBack, SetPicked
from magazie.actors.order_records import goods_ordered
from magazie.actors.picking_messages import Begin, PickingRefusedError
from magazie.model.orders import Fulfilment, LineKind
from magazie.model.picking import (
    PickedOrder,
    PickingMode,
    PickingState,
    SessionState,
    picked_lines,
)
from magazie.model.picking_rules import LineNow, OrderNow, begun
from magazie.storage.orders import Order

MOST_ORDERS = 40
PICKABLE = frozenset({Fulfilment.OPEN, Fulfilment.PICKING, Fulfilment.PICKED})


def as_picked(order: Order, *, is_verified: bool) -> OrderNow:
    """The order as a picker is asked for it; one that is verified is to be what was picked."""
    return OrderNow(
        order.id,
        order.fulfilment not in PICKABLE,
        tuple(
            LineNow(line.line, line.product_id, line.picked_milli, parts=line.parts)
            if is_verified
            else LineNow(
                line.line, line.product_id, line.wanted_milli, line.picked_milli, line.parts
            )
            for line in order.lines
            if line.kind is LineKind.PRODUCT
        ),
    )


def has_work(session: PickingState, orders: Mapping[int, Order]) -> bool:
    """Whether there is anything to do in a session that begins.

    Of an order that was picked, cancelled and is wanted again all may be in hand already: it is
    only completed. So is one that is being picked, and by nobody.
    """
    if any(session.open_milli(it) or session.to_put_back_milli(it) for it in session.picks):
        return True
    return any(
        it.picked_milli and orders[it.order_id].fulfilment is not Fulfilment.PICKED
        for it in session.picks
    )


def told_of(
    session: PickingState, place: PickedOrder, orders: Mapping[int, Order], *, is_final: bool
) -> SetPicked | NoteGoodsBack | None:
    """What the session tells an order; None where there is nothing it should hear.

    One that is cancelled hears at the end that its goods are on their shelves again. One that is
    only counted again hears what was not found: it is picked without that.
    """
    order = orders[place.order_id]
    is_left = session.state is SessionState.LEFT
    if place.is_verified:
        return _checked(session, place, order) if is_final and not place.is_cancelled else None
    if place.is_cancelled and (order.is_cancelled or not is_left):
        is_over = is_final or is_left
        return NoteGoodsBack(session.who) if is_over and order.is_cancelled else None
    expected = goods_ordered(order.lines) if is_final else None
    lines = {
        line: (its.picked_milli, its.released_milli > 0)
        for line, its in picked_lines(session, place.order_id).items()
    }
    if is_final:
        is_whole = (
            all(lines.get(line, (0, False))[0] >= milli for line, milli in expected.items())
            if expected is not None
            else True
        )
        event = "picked" if is_whole else "part_picked"
        return SetPicked(session.who, Fulfilment.PICKED, lines, event, expected)
    in_hand = {line: (milli, False) for line, (milli, _) in lines.items()}
    if is_left:
        has_any = any(milli for milli, _ in in_hand.values())
        after = Fulfilment.PICKED if has_any else Fulfilment.OPEN
        return SetPicked(session.who, after, in_hand, "picking_left")
    event = "" if order.fulfilment is Fulfilment.PICKING else "picking"
    return SetPicked(session.who, Fulfilment.PICKING, in_hand, event)


def _checked(session: PickingState, place: PickedOrder, order: Order) -> SetPicked:
    lacking = {
        line: (its.picked_milli, its.released_milli > 0)
        for line, its in picked_lines(session, place.order_id).items()
        if its.short_milli
    }
    event = "part_picked" if lacking else "checked"
    return SetPicked(session.who, order.fulfilment, lacking, event, goods_ordered(order.lines))


def session_of(message: Begin, orders: Mapping[int, Order], session_id: int) -> PickingState:
    """The session that begins with these orders, as they stand.

    Raises:
        PickingRefusedError: they cannot be picked, or not together, or there is nothing to pick.

    """
    refuse_unpickable(message, orders)
    mark, mode = message.mark, message.mode
    empty = PickingState(session_id, mode, mark.terminal, mark.who, ())
    places = []
    for place, order_id in enumerate(message.order_ids, start=1):
        order = orders[order_id]
        is_verified = mode is PickingMode.CHECK and order.fulfilment is Fulfilment.PICKED
        now = as_picked(order, is_verified=is_verified)
        places.append((PickedOrder(order_id, place, is_verified=is_verified), now))
    session = replace(begun(empty, places), operations=1)
    if not has_work(session, orders):
        raise PickingRefusedError("nothing_to_pick")
    return session


def refuse_unpickable(message: Begin, orders: Mapping[int, Order]) -> None:
    """See that these orders can be picked, and together.

    Raises:
        PickingRefusedError: they cannot.

    """
    if not 0 < len(message.order_ids) <= MOST_ORDERS or (
        len(message.order_ids) > 1 and message.mode is not PickingMode.CLUSTER
    ):
        raise PickingRefusedError("too_many_orders")
    for order_id in message.order_ids:
        order = orders.get(order_id)
        if order is None:
            raise PickingRefusedError("no_such_order")
        if order.fulfilment not in PICKABLE:
            raise PickingRefusedError("order_closed", f"order {order.number}: {order.fulfilment}")
