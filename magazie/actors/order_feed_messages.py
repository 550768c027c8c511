"""What can be asked of an OrderFeed."""

import msgspec

from magazie.ports import OrderPage, ShopStatus


class BeginRead(msgspec.Struct, frozen=True):
    """Number a read that is about to start; answered by its number (int)."""

    hinted: bool = False


class TakePage(msgspec.Struct, frozen=True):
    """One page of orders was read. Answered by ``PageTaken``.

    ``chosen`` takes orders whatever their age: a person asked for them.
    """

    read_no: int
    page: OrderPage
    chosen: bool = False


class PageTaken(msgspec.Struct, frozen=True):
    """What became of the page.

    ``is_known``: every order on it had been taken before, unchanged. ``unsettled``: orders
    that could not be handed over now; the read is not complete and is made again.
    """

    is_known: bool
    created: int
    changed: int
    unsettled: int
    order_ids: tuple[int, ...] = ()


class DismissOrders(msgspec.Struct, frozen=True):
    """A person has seen to orders that cannot be understood: their goods are told again.

    Answered by how many waited. One that changes in the shop comes back.
    """

    external_ids: tuple[str, ...]
    person: str


class CompleteRead(msgspec.Struct, frozen=True):
    """Every page of both windows was taken; the read began at ``began_ms``.

    ``placed_from_ms`` is where the window by placing date starts; ``seen`` holds the
    external ids that it showed. ``again_from_ms``: where pages never came right, nothing is missed
    by it, and the next whole read reaches back to then once more.
    """

    read_no: int
    began_ms: int
    placed_from_ms: int
    seen: frozenset[str]
    again_from_ms: int | None = None

    @property
    def reached_ms(self) -> int:
        """Until when all that was in the shop is known by it."""
        return self.began_ms if self.again_from_ms is None else self.again_from_ms


class PollEnded(msgspec.Struct, frozen=True):
    """After a complete read: all that was placed or changed since was read too.

    ``read_no`` numbers the first of the reads that make up the poll.
    """

    read_no: int


class ReadFailed(msgspec.Struct, frozen=True):
    """Orders cannot be read since ``since_ms``; an alert after five minutes."""

    since_ms: int
    reason: str


class StoreStatuses(msgspec.Struct, frozen=True):
    """The shop's own list of statuses was read."""

    statuses: tuple[ShopStatus, ...]


class ReadFeed(msgspec.Struct, frozen=True):
    """Answered by ``FeedState``."""


class FeedState(msgspec.Struct, frozen=True):
    """Where the reading stands."""

    read_no: int
    complete_read_no: int
    complete_at_ms: int | None
    last_hint_ms: int | None
    statuses_known: bool
