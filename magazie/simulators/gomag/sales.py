"""What an order does to the shop: stock out, stock back, and the order's own dates."""

from collections import Counter

from magazie.simulators.gomag.order_records import Order, OrderLine
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.shelf import follow_stock
from magazie.simulators.gomag.state import ShopState


def admit(state: ShopState, order: Order, now_ms: int) -> None:
    """Enter an order and take its goods out of stock."""
    state.orders.add(order)
    if not _gives_back(state, order.status):
        _take(state, order, now_ms)
    state.orders.on_change(order, "created", now_ms)


def set_status(state: ShopState, order: Order, status: int, now_ms: int) -> None:
    """Move an order to a status; cancelling and returning ones give the goods back once."""
    order.status = status
    if _gives_back(state, status):
        _give_back(state, order, now_ms)
    elif not order.holds_stock and state.switches.reopening_takes_stock:
        _take(state, order, now_ms)
    touch(state, order, now_ms, content=False)


def replace_lines(state: ShopState, order: Order, lines: list[OrderLine], now_ms: int) -> None:
    """Give an order other lines; the stock it holds follows."""
    held = order.holds_stock
    if held:
        _give_back(state, order, now_ms)
    order.lines = lines
    if held:
        _take(state, order, now_ms)
    touch(state, order, now_ms, content=True)


def strike(state: ShopState, order: Order, now_ms: int) -> None:
    """Delete an order; its goods come back and reads no longer know it (A32)."""
    _give_back(state, order, now_ms)
    state.orders.remove(order)
    state.orders.on_change(order, "deleted", now_ms)


def touch(state: ShopState, order: Order, now_ms: int, *, content: bool) -> None:
    """Date a change of an order, where that kind of change is dated (A9)."""
    if content or state.switches.order_updated_by == "any_change":
        order.updated = local_text(now_ms)
    state.orders.on_change(order, "updated", now_ms)


def goods_of(state: ShopState, product_id: int, quantity_milli: int) -> dict[int, int]:
    """Return what leaves the shelves for a product: of a bundle, by rule, its parts (S14)."""
    product = state.catalogue.products.get(product_id)
    rule = state.switches.bundle_stock
    if product is None or not product.bundle or rule == "own":
        return {product_id: quantity_milli}
    goods = Counter({product_id: quantity_milli} if rule == "both" else {})
    for sku, each_milli in product.bundle:
        for part in state.catalogue.by_sku(sku)[:1]:
            goods[part.id] += quantity_milli * each_milli // 1_000
    return goods


def _gives_back(state: ShopState, status: int) -> bool:
    known = state.status(status)
    return known is not None and known.type in state.switches.restoring_types


def _take(state: ShopState, order: Order, now_ms: int) -> None:
    if not state.switches.orders_take_stock:
        return
    wanted: Counter[int] = Counter()
    for line in order.lines:
        if line.type == "product":
            wanted.update(goods_of(state, line.product, line.quantity_milli))
    order.holds_stock = True
    order.taken = {}
    for product_id, quantity_milli in wanted.items():
        product = state.catalogue.products.get(product_id)
        if product is not None and product.stock_managed:
            order.taken[product_id] = quantity_milli
            _move(state, product_id, -quantity_milli, now_ms)


def _give_back(state: ShopState, order: Order, now_ms: int) -> None:
    for product_id, quantity_milli in order.taken.items():
        _move(state, product_id, quantity_milli, now_ms)
    order.taken = {}
    order.holds_stock = False


def _move(state: ShopState, product_id: int, change_milli: int, now_ms: int) -> None:
    product = state.catalogue.products.get(product_id)
    if product is None:
        return
    product.stock_milli += change_milli
    follow_stock(product, state.switches)
    if state.switches.sale_touches_product:
        product.updated = local_text(now_ms)
