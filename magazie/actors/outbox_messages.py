"""What can be asked of a GomagOutbox, and what it answers."""

import enum
from collections.abc import Mapping

import msgspec

from magazie.ports import InventoryItem, ItemOutcome


class LookAtProducts(msgspec.Struct, frozen=True):
    """These products may differ from what the shop has. A wake-up."""

    product_ids: tuple[int, ...]


class LookAtEverything(msgspec.Struct, frozen=True):
    """The shop's settings changed, or the service started: compare everything. A wake-up."""


class LookAtOrders(msgspec.Struct, frozen=True):
    """These orders of the shop changed: they may have milestones to tell. A wake-up."""

    order_ids: tuple[int, ...]


class HasPending(msgspec.Struct, frozen=True):
    """Whether anything may be pending: answered by bool, without a look at each item."""


class BuildSend(msgspec.Struct, frozen=True):
    """Make the next combined request; answered by ``Send``, or None when nothing is to go.

    ``read_no`` numbers the order read just finished, None when orders cannot be read: then
    prices go alone. ``is_fresh`` is False when the read is older than it should be: what is
    sent is then never believed to be what the shop has. ``began_ms`` is when this round of
    requests began: what was sent since and is still in doubt waits for the next round.
    """

    read_no: int | None
    began_ms: int
    is_fresh: bool = True


class Send(msgspec.Struct, frozen=True):
    """A combined request, stored as in doubt before it is handed out.

    ``more``: there is another one to go in the same round.
    """

    number: int
    items: tuple[InventoryItem, ...]
    has_stock: bool
    more: bool


class Outcome(enum.StrEnum):
    """What became of a combined request as a whole."""

    ANSWERED = "answered"
    NOT_APPLIED = "not_applied"
    REFUSED = "refused"
    UNAUTHORIZED = "unauthorized"
    UNKNOWN = "unknown"


class SendEnded(msgspec.Struct, frozen=True):
    """The outcome of a ``Send``; ``items`` by SKU when it was answered.

    Answered by a tuple of ``LostItem``: what the shop no longer knows by that SKU.
    """

    number: int
    outcome: Outcome
    items: Mapping[str, ItemOutcome] = {}
    reason: str = ""


class LostItem(msgspec.Struct, frozen=True):
    """An item the shop does not know by its SKU: renamed there, or gone."""

    external_id: str
    product_id: int
    sku: str


class ReadBackSample(msgspec.Struct, frozen=True):
    """What a read of the shop shows of one item."""

    external_id: str
    stock_milli: int | None
    base_price_e4: int | None
    stock_managed: bool
    backorders: bool


class CompareReadBack(msgspec.Struct, frozen=True):
    """Compare a read of items, begun at ``began_ms``, with what the shop acknowledged.

    ``begun_read`` numbers the newest order read begun by now, ``complete_read`` the newest
    that went through every page. Answered by the number of acknowledgements given up.
    """

    began_ms: int
    begun_read: int
    complete_read: int
    samples: tuple[ReadBackSample, ...]


class RetryItem(msgspec.Struct, frozen=True):
    """A person wants the item tried again now; answered by bool: something was parked."""

    external_id: str


class ReleaseHeld(msgspec.Struct, frozen=True):
    """A person lets held values go; answered by how many. Empty = all."""

    external_ids: tuple[str, ...] = ()


class Resume(msgspec.Struct, frozen=True):
    """A person mended the shop's access: send again."""


class ReadSuspects(msgspec.Struct, frozen=True):
    """Answered by a tuple of external ids to be read back now."""


class NextStatus(msgspec.Struct, frozen=True):
    """The next milestone to tell; answered by ``StatusWrite`` or None. Marks it in doubt.

    ``read_no`` numbers the newest order read that has ended.
    """

    read_no: int


class StatusWrite(msgspec.Struct, frozen=True):
    """Move one order's status. ``must_look`` first: an earlier write's outcome is unknown.

    ``from_status_ids`` are the status it had when it was first written, and those that other
    milestones of ours have put there: any other than these and our own was set by a person.
    """

    order_id: int
    subject: str
    external_id: str
    number: str
    status_id: str
    from_status_ids: frozenset[str]
    must_look: bool


class StatusEnded(msgspec.Struct, frozen=True):
    """What became of a ``StatusWrite``.

    ``seen_status_id`` is what a look at the order showed in place of a write, None when it
    was written. ``was_written`` False: the look itself failed, an earlier write stays in doubt.
    """

    order_id: int
    subject: str
    outcome: Outcome
    read_no: int
    seen_status_id: str | None = None
    was_written: bool = True
    reason: str = ""


class ReadOutbox(msgspec.Struct, frozen=True):
    """Answered by ``OutboxState``."""


class OutboxState(msgspec.Struct, frozen=True):
    """Where the telling of one shop stands, for people and metrics."""

    shop: str
    pending: int
    in_doubt: int
    parked: int
    held: int
    suspect: int
    statuses_due: int
    oldest_pending_ms: int | None
    last_sent_ms: int | None
    last_request: str
    last_answer: str
    stopped: str


class ExplainProduct(msgspec.Struct, frozen=True):
    """Why the shop shows what it shows of a product; answered by a tuple of ``Explanation``."""

    product_id: int


class ExplainOrder(msgspec.Struct, frozen=True):
    """Why the shop shows an order's status; answered by a tuple of ``StatusExplanation``."""

    order_id: int


class Explanation(msgspec.Struct, frozen=True):
    """One field of one item. Stock in thousandths, price in ten-thousandths of RON with VAT."""

    external_id: str
    sku: str
    field: str
    shop_has: int | None
    should_have: int | None
    acknowledged_ms: int | None
    pending_since_ms: int | None
    state: str
    reason: str
    next_try_ms: int | None


class StatusExplanation(msgspec.Struct, frozen=True):
    """One milestone of one order."""

    subject: str
    status: str
    state: str
    reason: str
    since_ms: int
    next_try_ms: int | None
