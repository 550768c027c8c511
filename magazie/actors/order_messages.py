"""What can be asked of an OrderActor, and what it answers."""

from collections.abc import Mapping

import msgspec

from magazie.actors.runtime import Rejection
from magazie.model.orders import Fulfilment, OrderDetails, OrderLine
from magazie.ports import ShopOrder
from magazie.storage.idempotency import IdempotencyMark
from magazie.storage.orders import Order


class OrderDiffersError(Rejection):
    """An order with this source and number is here, and says something else."""


class OrderNotFoundError(Rejection):
    """No such order."""


class OrderClosedError(Rejection):
    """The order is cancelled, or its goods have left: it can no longer be changed so."""


class OrderVersionError(Rejection):
    """The order was changed since the caller read it."""


class LineNotFoundError(Rejection):
    """The order has no such line, or the line cannot be linked."""


class LineLinkedError(Rejection):
    """The line has its product already."""


class UnknownProductError(Rejection):
    """No such product."""


class EditedInShopError(Rejection):
    """The order belongs to a shop: what is asked must be changed there."""


class OrderChangedError(Rejection):
    """The order wants other goods by now than the picker knows of."""


class GoodsWantedError(Rejection):
    """The order is not cancelled: what is in hand for it is put back at a terminal."""


class OrderDraft(msgspec.Struct, frozen=True, gc=False):
    """A new order from another program, checked and with its lines linked where possible."""

    source: str
    number: str
    warehouse: str
    placed_at_ms: int
    currency: str
    total_bani: int
    details: OrderDetails
    lines: tuple[OrderLine, ...]
    payload: bytes
    digest: bytes


class PlaceOrder(msgspec.Struct, frozen=True, gc=False):
    """Take an order from another program. Answered by ``OrderHeld``.

    The same order again answers with the one that is here; another content under the same
    source and number is refused with ``OrderDiffersError``.
    """

    draft: OrderDraft
    mark: IdempotencyMark | None = None


class ObserveOrder(msgspec.Struct, frozen=True):
    """A read of the shop shows the order so. Answered by ``OrderHeld``.

    ``wants_nothing`` says that the shop's status cancels or returns it. An observation older
    than the one known is ignored.
    """

    shop: str
    seen: ShopOrder
    read_no: int
    warehouse: str | None
    wants_nothing: bool


class SettleOrder(msgspec.Struct, frozen=True):
    """Finish what the order owes: a wake-up, harmless at any time."""


class LinkParkedLines(msgspec.Struct, frozen=True):
    """A product was linked: link the lines that waited for it. A wake-up."""


class LinkLine(msgspec.Struct, frozen=True):
    """Tie a parked line to a product by hand. Answered by ``OrderHeld``."""

    line: int
    product_id: int
    person: str
    expected_version: int | None = None


class CancelOrder(msgspec.Struct, frozen=True):
    """Cancel here; a shop's order is then cancelled in the shop too. Answered by ``OrderHeld``."""

    person: str
    expected_version: int | None = None


class EditOrder(msgspec.Struct, frozen=True):
    """Change an order from another program. None leaves a part alone.

    ``quantities`` maps line numbers to the new quantity in thousandths (0 drops the line).
    A shop's order takes only what the shop does not hold, which is nothing yet: it is
    refused with ``EditedInShopError``.
    """

    person: str
    details: OrderDetails | None = None
    quantities: Mapping[int, int] | None = None
    expected_version: int | None = None


class SetPicked(msgspec.Struct, frozen=True):
    """What its picking session has of the order, in full. Answered by ``OrderHeld``.

    ``lines`` maps line numbers to (in hand in thousandths, whether the rest is let go); lines
    left out stay as they are. ``event`` is an entry for the timeline, if any. ``expected`` names
    the quantity ordered of every line that the session knows of; where the order has others it is
    refused with ``OrderChangedError``, and an order that is cancelled or has left with
    ``OrderClosedError``.
    """

    person: str
    fulfilment: Fulfilment
    lines: Mapping[int, tuple[int, bool]]
    event: str = ""
    expected: Mapping[int, int] | None = None


class NoteGoodsBack(msgspec.Struct, frozen=True):
    """All that was picked for a cancelled order is on its shelves again. Answered by ``OrderHeld``.

    Refused with ``GoodsWantedError`` while the order is not cancelled.
    """

    person: str
    expected_version: int | None = None


class OrderHeld(msgspec.Struct, frozen=True, gc=False):
    """The order as it stands, and what it holds: product → line → (reserved, shortage).

    ``created`` is True when this command made it; ``reserving`` when its claims are still
    being set.
    """

    order: Order
    held: Mapping[int, tuple[int, int]]
    created: bool = False
    reserving: bool = False
