"""Picking sessions to test with."""

from magazie.model.bundles import Parts
from magazie.model.finder import Identity, ThingKind
from magazie.model.picking import PickedOrder, PickingMode, PickingState
from magazie.model.picking_rules import LineNow, OrderNow, begun

ONE = 1000
P1, P2, P3 = 101, 102, 103
ORDER = 560


def line(
    number: int, product_id: int | None, quantity: int, in_hand: int = 0, parts: Parts = ()
) -> LineNow:
    return LineNow(number, product_id, quantity * ONE, in_hand * ONE, parts)


def order(*lines: LineNow, order_id: int = ORDER, cancelled: bool = False) -> OrderNow:
    return OrderNow(order_id, cancelled, lines)


def session_of(
    *orders: OrderNow,
    terminal: str = "T1",
    mode: PickingMode = PickingMode.PICK,
    session_id: int = 1,
) -> PickingState:
    empty = PickingState(session_id, mode, terminal, "Ana", ())
    return begun(
        empty, [(PickedOrder(now.order_id, place), now) for place, now in enumerate(orders, 1)]
    )


def goods(product_id: int, pieces: int = 1) -> Identity:
    return Identity(ThingKind.PRODUCT, product_id, pieces * ONE)


def in_hand(session: PickingState) -> dict[int, int]:
    return {pick.number: pick.picked_milli // ONE for pick in session.picks}
