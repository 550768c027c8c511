"""Whether all that a shop has was shown, though its pages move, repeat, or are miscounted."""

from collections.abc import Iterable

from magazie.ports import OrderPage, ProductPage, ShopOrder


class PagePasses:
    """What the pages of one list showed, read in passes from the first to the last.

    Fewer than the shop counts are a sign that pages moved, or that it counts wrong. Two passes in
    a row that reach the last page and show the same tell the two apart.
    """

    def __init__(self, miscounted: int = 0, shown: Iterable[str] = ()) -> None:
        """``miscounted``: so many the shop is known to count here and not to have.

        ``shown`` are those seen before, by a pass that was broken off.
        """
        self.shown = set(shown)
        self.miscounted = miscounted
        self._before: set[str] | None = None
        self.begin()

    def begin(self) -> None:
        """Begin a pass."""
        self._mine: set[str] = set()
        self._nameless = self._longest = 0
        self._total: int | None = None
        self._reached_end = False

    def note_orders(self, number: int, page: OrderPage) -> bool:
        """Take the pass's next page in; False where none follows it."""
        ids = [order.external_id for order in page.orders]
        ids += [order.external_id or "" for order in page.undecodable]
        goes_on = self._note(number, ids, page.left_out, page.pages, page.total)
        return goes_on and bool(ids)

    def note_products(self, number: int, page: ProductPage) -> bool:
        """Take the pass's next page in; False where none follows it."""
        ids = [item.external_id for item in page.products]
        ids += [each for each in page.undecodable if each != "?"]
        others = len(page.undecodable) - len(ids) + len(page.products)
        return self._note(number, ids, others, page.pages, page.total)

    def _note(self, number: int, ids: list[str], others: int, pages: int, total: int) -> bool:
        """``others``: rows that no id is told of."""
        named = {each for each in ids if each}
        nameless = ids.count("") + others
        rows = len(named) + nameless
        is_repeat = bool(named) and named <= self._mine
        self._mine |= named
        self._nameless += nameless
        self._longest = max(self._longest, rows)
        # what comes while the pages are read is none of theirs; what goes may hide another
        self._total = total if self._total is None else self._total
        # past the end a shop may show its last page for ever, which is shorter than others
        is_short = rows < self._longest or rows * pages < total
        self._reached_end = not is_repeat or is_short
        return bool(rows) and not is_repeat and number < pages

    def ended(self, *, is_part: bool = False) -> bool:
        """End a pass that was read to its last page; True where another would show no more.

        ``is_part``: it began after the first page.
        """
        self.shown |= self._mine
        short = (self._total or 0) - len(self.shown) - self._nameless
        is_conclusive = self._reached_end and not is_part
        is_same = is_conclusive and self._mine == self._before
        self._before = self._mine if is_conclusive else None
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
