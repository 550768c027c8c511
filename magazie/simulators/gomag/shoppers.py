from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from magazie.simulators.gomag.back_office import product_line
from magazie.simulators.gomag.buyers import random_buyer
from magazie.simulators.gomag.order_records import (
    Buyer,
    Delivery,
    Discount,
    Order,
    OrderLine,
    Payment,
)
from magazie.simulators.gomag.records import Product, StockStatus
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.sales import admit, goods_of
from magazie.simulators.gomag.state import ShopState

_MINUTE_MS = 60_000
_TRIES_PER_LINE = 30
_DELIVERIES = (
    ("Transport National", 1_999, False),
    ("Transport National", 0, False),
    ("Livrare prin FAN Courier", 1_850, False),
    ("Sameday Easybox", 1_499, True),
    ("Ridicare personală", 0, False),
)
_CHANNELS = (("Website", ""), ("Website", ""), ("Website", ""), ("EasySales", "Emag"))
_VOUCHERS = ("TOAMNA10", "BUN-VENIT", "PRIETENI")
_SERVICE_SHARE = 0.06
_VOUCHER_SHARE = 0.15
_AUTOMATIC_SHARE = 0.07
_REMARK_SHARE = 0.1
_PAID_SHARE = 0.9


class OrderDetails(Struct, frozen=True, kw_only=True):
    """What an order has besides its lines; what is None is drawn."""

    buyer: Buyer | None = None
    delivery: Delivery | None = None
    payment: Payment | None = None
    discounts: Sequence[Discount] = ()
    number: str | None = None
    placed: str | None = None
    """A local time to be stored as typed, even one that the clock skipped."""
    status: int = 1
    currency: str = "RON"
    observation: str = ""
    sales_channel: str = "Website"
    sales_agent: str = ""


class Shoppers:
    """People who order in the shop, at a rate or one by one."""

    def __init__(self, state: ShopState, random: Random, now: Callable[[], int]) -> None:
        self._state = state
        self._random = random
        self._now = now
        self._per_minute = 0.0
        self._round = 0
        self.oversell = False
        """Whether those who come at a rate may order more than there is."""

    @property
    def orders_per_minute(self) -> float:
        """How many orders come in a minute, on average."""
        return self._per_minute

    def set_rate(self, orders_per_minute: float) -> None:
        """Have orders come by themselves from now on; 0 stops them."""
        now_ms = self._now()
        self._per_minute = orders_per_minute
        self._round += 1
        self._await_next(now_ms, self._round)

    def place_random_order(self, *, oversell: bool = False) -> Order | None:
        """Order 1 to 6 drawn lines; None when nothing drawn could be ordered."""
        return self._place_random(self._now(), oversell=oversell)

    def shopper_orders(self, count: int, *, oversell: bool = False) -> list[Order]:
        """Place several random orders at once; fewer when the shelves are empty."""
        placed = (self.place_random_order(oversell=oversell) for _ in range(count))
        return [order for order in placed if order is not None]

    def place(self, lines: list[OrderLine], details: OrderDetails, now_ms: int) -> Order:
        """Enter an order of given lines; stock is not asked."""
        random = self._random
        buyer = details.buyer or random_buyer(random, self._state.customers)
        order_id = self._state.orders.next_id()
        order = Order(
            id=order_id,
            number=details.number or self._state.orders.number_for(order_id),
            placed=details.placed or local_text(now_ms),
            placed_ms=now_ms,
            updated=local_text(now_ms),
            status=details.status,
            buyer=buyer,
            billing=buyer,
            lines=lines,
            discounts=list(details.discounts),
            delivery=details.delivery or self._delivery(),
            payment=details.payment or self._payment(),
            currency=details.currency,
            observation=details.observation,
            sales_channel=details.sales_channel,
            sales_agent=details.sales_agent,
        )
        admit(self._state, order, now_ms)
        return order

    def random_order_at(self, now_ms: int, status: int = 1) -> Order | None:
        """Place a random order at a moment of one's choice; for building a shop's past."""
        return self._place_random(now_ms, oversell=False, status=status)

    def _await_next(self, now_ms: int, round_: int) -> None:
        if self._per_minute <= 0:
            return
        gap_ms = max(1, int(self._random.expovariate(self._per_minute / _MINUTE_MS)))
        self._state.agenda.at(now_ms + gap_ms, lambda due_ms: self._arrive(due_ms, round_))

    def _arrive(self, due_ms: int, round_: int) -> None:
        if round_ == self._round:
            self._place_random(due_ms, oversell=self.oversell)
            self._await_next(due_ms, round_)

    def _place_random(self, now_ms: int, *, oversell: bool, status: int = 1) -> Order | None:
        lines = self._lines(oversell=oversell)
        if not lines:
            return None
        if self._random.random() < _SERVICE_SHARE:
            lines.append(_gift_wrapping())
        channel, agent = self._random.choice(_CHANNELS)
        details = OrderDetails(
            discounts=self._discounts(lines),
            status=status,
            observation="Sunați înainte, vă rog." if self._random.random() < _REMARK_SHARE else "",
            sales_channel=channel,
            sales_agent=agent,
        )
        return self.place(lines, details, now_ms)

    def _lines(self, *, oversell: bool) -> list[OrderLine]:
        ids = list(self._state.catalogue.products)
        chosen: dict[int, OrderLine] = {}
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4, 6)) if ids else 0):
            for _ in range(_TRIES_PER_LINE):
                product = self._state.catalogue.products[self._random.choice(ids)]
                quantity_milli = self._quantity(product)
                if product.id not in chosen and self._on_sale(
                    product, quantity_milli, oversell=oversell
                ):
                    chosen[product.id] = product_line(product, quantity_milli)
                    break
        return list(chosen.values())

    def _on_sale(self, product: Product, quantity_milli: int, *, oversell: bool) -> bool:
        """Whether it can be bought; a bundle, only while its parts can."""
        products = self._state.catalogue.products
        goods = {product.id: quantity_milli}
        if product.bundle:
            goods |= goods_of(self._state, product.id, quantity_milli)
        return all(
            _on_sale(products[part], wanted, oversell=oversell) for part, wanted in goods.items()
        )

    def _quantity(self, product: Product) -> int:
        if product.unit in {"kg", "m"}:
            return self._random.choice((250, 500, 750, 1_000, 1_500, 2_000))
        return self._random.choice((1, 1, 1, 1, 2, 2, 3)) * 1_000

    def _discounts(self, lines: list[OrderLine]) -> list[Discount]:
        goods_bani = sum(line.price_e4 * line.quantity_milli for line in lines) // 100_000
        drawn = self._random.random()
        if drawn < _VOUCHER_SHARE:
            code = self._random.choice(_VOUCHERS)
            return [Discount(name="voucher", value_bani=goods_bani // 10, voucher=code)]
        if drawn < _VOUCHER_SHARE + _AUTOMATIC_SHARE:
            return [Discount(name="Reducere la 2 produse", value_bani=goods_bani // 20)]
        return []

    def _delivery(self) -> Delivery:
        name, fee_bani, to_locker = self._random.choice(_DELIVERIES)
        return Delivery(name, fee_bani, self._random.randint(100, 9_999) if to_locker else 0)

    def _payment(self) -> Payment:
        method = self._random.choice(self._state.payments)
        paid = method.online and self._random.random() < _PAID_SHARE
        return Payment(method.name, online=method.online, completed=paid)


def _on_sale(product: Product, quantity_milli: int, *, oversell: bool) -> bool:
    if not product.enabled or product.price_e4 <= 0 or product.currency != "RON":
        return False
    if oversell or not product.stock_managed or product.backorders:
        return product.stock_status is not StockStatus.NOT_IN_STOCK or oversell
    return product.stock_milli >= quantity_milli


def _gift_wrapping() -> OrderLine:
    return OrderLine(
        product=0,
        sku="",
        name="Ambalare cadou",
        price_e4=99_000,
        base_price_e4=99_000,
        vat_e2=2100,
        quantity_milli=1_000,
        type="service",
    )
