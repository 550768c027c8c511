from bisect import bisect_left, insort
from collections.abc import Callable

from magazie.simulators.gomag.order_records import Order

_AFTER_ANY_TIME = "~"
_FIRST_NUMBER = 4_040_600_000


class OrderBook:
    """All orders of one shop, kept by the local text of their date as the shop's table is.

    In the hour that the clock repeats, that order is not the order of placing. It is the one a
    caller sees.
    """

    def __init__(self) -> None:
        self.by_id: dict[int, Order] = {}
        self._by_date: list[tuple[str, int]] = []
        self._next_id = 2_700
        self.on_change: Callable[[Order, str, int], None] = lambda _order, _event, _moment_ms: None
        """Told the order, ``created``/``updated``/``deleted`` and the moment, after each change."""

    def next_id(self) -> int:
        """Give out an order id."""
        self._next_id += 1
        return self._next_id

    def number_for(self, order_id: int) -> str:
        """Return the number customers see on an order placed in the shop."""
        return str(_FIRST_NUMBER + order_id)

    def add(self, order: Order) -> None:
        """Enter an order."""
        self.by_id[order.id] = order
        insort(self._by_date, (order.placed, order.id))

    def remove(self, order: Order) -> None:
        """Strike an order; reads no longer know it."""
        del self.by_id[order.id]
        self._by_date.remove((order.placed, order.id))

    def newest_first(self, first_day: str = "", last_day: str = _AFTER_ANY_TIME) -> list[Order]:
        """Return orders placed between two local days, both ends included, newest date first."""
        start = bisect_left(self._by_date, (first_day, 0))
        end = bisect_left(self._by_date, (last_day + _AFTER_ANY_TIME, 0))
        return [self.by_id[order_id] for _, order_id in reversed(self._by_date[start:end])]

    def with_number(self, number: str) -> list[Order]:
        """Return every order that carries a number; the shop does not keep them apart."""
        return [order for order in self.by_id.values() if order.number == number]
