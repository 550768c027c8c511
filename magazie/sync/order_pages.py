"""Whether every order of a window was shown, though its pages move, repeat, or are miscounted."""

from magazie.ports import OrderPage, ShopOrder

_NAMELESS = "?"


class WindowPages:
    """What pages of one window showed, read in passes from the first to the last.

    Fewer orders than the shop counts are a sign that pages moved, or that it counts wrong. Two
    passes in a row that reach the last page and show the same orders tell the two apart.
    """

    def __init__(self, miscounted: int = 0) -> None:
        """``miscounted``: orders that the shop is known to count in this window and not to have."""
        self.shown: set[str] = set()
        self.miscounted = miscounted
        self._before: set[str] | None = None
        self.begin()

    def begin(self) -> None:
        """Begin a pass."""
        self._mine: set[str] = set()
        self._nameless = self._longest = self._total = 0
        self._reached_end = False

    def note(self, number: int, page: OrderPage) -> bool:
        """Take the pass's next page in; False where none follows it."""
        ids = {order.external_id for order in page.orders}
        ids |= {order.external_id or _NAMELESS for order in page.undecodable}
        rows = len(page.orders) + len(page.undecodable) + page.left_out
        is_repeat = bool(ids) and ids <= self._mine
        self._mine |= ids
        self._nameless += page.left_out
        self._nameless += sum(not order.external_id for order in page.undecodable)
        self._longest = max(self._longest, rows)
        self._total = page.total
        # past the end a shop may show its last page for ever, which is shorter than others
        is_short = rows < self._longest or rows * page.pages < page.total
        self._reached_end = not is_repeat or is_short
        return bool(ids) and not is_repeat and number < page.pages

    def ended(self) -> bool:
        """End a pass that was read to its last page; True where another would show no more."""
        self.shown |= self._mine
        short = self._total - len(self.shown - {_NAMELESS}) - self._nameless
        is_same = self._reached_end and self._mine == self._before
        self._before = self._mine if self._reached_end else None
        if short > self.miscounted and not is_same:
            return False
        self.miscounted = max(0, short)
        return True


def is_oldest_first(page: OrderPage) -> bool | None:
    """Whether the shop shows its oldest orders first; None where this page does not tell."""
    if page.pages <= 1:
        return False  # it is all there is
    if not page.orders:
        return None
    first, last = _age(page.orders[0]), _age(page.orders[-1])
    return first < last if first != last else None


def _age(order: ShopOrder) -> tuple[int, int]:
    """Of orders of one second the shop numbers the later ones higher, where ids are numbers."""
    number = order.external_id
    return (order.placed_at_ms, int(number) if number.isascii() and number.isdigit() else 0)
