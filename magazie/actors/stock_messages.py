"""What can be asked of a StockActor. All of it may be repeated without harm."""

from collections.abc import Mapping

import msgspec


class SetClaim(msgspec.Struct, frozen=True, gc=False):
    """Make the order's claim on this product exactly this; answered by ``ClaimHeld``.

    ``lines`` maps the order's line number to (ordered, picked) in thousandths; empty means
    cancelled. ``touch`` names the shop and the order read that saw the change, when a shop's
    own program changed its stock for it.
    """

    order_id: int
    warehouse: str
    placed_at_ms: int
    revision: int
    lines: Mapping[int, tuple[int, int]]
    touch: tuple[str, int] | None = None


class TouchStock(msgspec.Struct, frozen=True):
    """A shop changed the product's stock by itself, for an order that claims nothing here.

    ``read_no`` numbers the order read that saw it. Answered by nothing.
    """

    shop: str
    read_no: int


class ClaimHeld(msgspec.Struct, frozen=True, gc=False):
    """What the order holds now: line → (reserved, shortage) in thousandths."""

    revision: int
    lines: Mapping[int, tuple[int, int]]


class Leg(msgspec.Struct, frozen=True):
    """One side of a movement line: goods into (positive) or out of a warehouse."""

    warehouse: str
    delta_milli: int


class PostMovementLine(msgspec.Struct, frozen=True):
    """Write one line of a goods movement into the ledger; answered by ``LinePosted``.

    The key is (movement, line): posted twice, it counts once. Both legs of a transfer are
    posted together. A leg that would take more than is on hand and unpicked is refused
    (``Rejection``) and nothing is written.
    """

    movement: str
    line: int
    kind: str
    reference: str
    legs: tuple[Leg, ...]


class LinePosted(msgspec.Struct, frozen=True):
    """The line is in the ledger: warehouse → on hand, and the orders that lost goods."""

    on_hand_milli: Mapping[str, int]
    robbed_orders: tuple[int, ...] = ()


class ReadStock(msgspec.Struct, frozen=True):
    """Answered by a tuple of ``ShelfState``, one for each warehouse that knows the product."""


class ShelfState(msgspec.Struct, frozen=True):
    """A stock row: thousandths on hand, reserved and available in one warehouse."""

    warehouse: str
    on_hand_milli: int
    reserved_milli: int

    @property
    def available_milli(self) -> int:
        """What can still be sold."""
        return self.on_hand_milli - self.reserved_milli
