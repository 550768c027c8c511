"""What can be asked of a PickingSession and of the PickQueue, and how they refuse.

Every operation of a terminal carries an ``OpMark``. One that was applied before is answered as it
was then and changes nothing.
"""

from typing import Literal

import msgspec

from magazie.actors.runtime import Rejection
from magazie.model.picking import PickingMode, Rest

RefusedReason = Literal[
    "op_reused",
    "session_open",
    "tally_open",
    "nothing_to_pick",
    "no_such_order",
    "ambiguous_order",
    "order_closed",
    "order_changed",
    "order_taken",
    "too_many_orders",
    "no_such_line",
    "more_than_picked",
    "more_than_missing",
    "line_without_product",
    "quantity_not_allowed",
    "bad_quantity",
]


class PickingRefusedError(Rejection):
    """It cannot be; ``reason`` is a word of the catalogue."""

    def __init__(self, reason: RefusedReason, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason: RefusedReason = reason


class SessionNotFoundError(Rejection):
    """No such picking session."""


class OpMark(msgspec.Struct, frozen=True, gc=False):
    """Which operation of which terminal, sent by whom; ``digest`` is of its content.

    ``at_ms`` is what the terminal's clock showed, right or wrong.
    """

    terminal: str
    op: str
    seq: int
    digest: bytes
    who: str
    at_ms: int | None = None


class ScanCode(msgspec.Struct, frozen=True, gc=False):
    """A code was scanned; thousandths of how many. ``serial`` and ``lot`` as they were read."""

    code: str
    quantity_milli: int = 1000
    serial: str = ""
    lot: str = ""


class UndoLast(msgspec.Struct, frozen=True):
    """Take the terminal's last scan back."""


class SkipLine(msgspec.Struct, frozen=True):
    """Leave a line for later."""

    line: int


class PutBack(msgspec.Struct, frozen=True):
    """Goods went back to their shelf."""

    line: int
    quantity_milli: int


class ShortPick(msgspec.Struct, frozen=True):
    """So much of a line was not found."""

    line: int
    quantity_milli: int
    reason: str
    rest: Rest


Command = ScanCode | UndoLast | SkipLine | PutBack | ShortPick


class Operate(msgspec.Struct, frozen=True, gc=False):
    """Do this in the session. Answered by the bytes that the terminal is sent."""

    mark: OpMark
    command: Command


class TakeOver(msgspec.Struct, frozen=True):
    """Go on with the session at another terminal. Answered by ``SessionShown``."""

    mark: OpMark


class Complete(msgspec.Struct, frozen=True):
    """End the session, if nothing is missing. Answered by the bytes that the terminal is sent."""

    mark: OpMark


class Begin(msgspec.Struct, frozen=True):
    """Start the session with these orders. Answered by ``SessionShown``.

    Refused with ``PickingRefusedError``: order_taken, order_closed, nothing_to_pick, tally_open.
    """

    mark: OpMark
    kind: str
    mode: PickingMode
    order_ids: tuple[int, ...]


class Leave(msgspec.Struct, frozen=True):
    """End the session, in which nothing is in hand; answered by whether it is ended."""

    who: str


class Show(msgspec.Struct, frozen=True):
    """Answered by the ``SessionShown``."""


class FollowOrder(msgspec.Struct, frozen=True):
    """An order of the session was changed: a wake-up, harmless at any time."""

    order_id: int


class TellOrders(msgspec.Struct, frozen=True):
    """Tell the orders what is in hand, if they do not know: a wake-up."""


# --- the queue ------------------------------------------------------------------------------


class NextOrder(msgspec.Struct, frozen=True):
    """Hand out the most urgent order that is ready, or show the terminal's open session.

    Answered by ``SessionShown``; refused with nothing_to_pick.
    """

    mark: OpMark
    warehouse: str | None = None


class OpenOrders(msgspec.Struct, frozen=True):
    """Pick these, by id or number as scanned. Answered by ``SessionShown``.

    One that is picked at another terminal is shown as it is there.
    """

    mark: OpMark
    orders: tuple[str, ...]
    mode: PickingMode


class TakeOverOrder(msgspec.Struct, frozen=True):
    """Go on with the session that picks the order, or begin one. Answered by ``SessionShown``."""

    mark: OpMark
    order: str


class LogStray(msgspec.Struct, frozen=True):
    """An operation came without a session that is open. Answered by the bytes to send."""

    mark: OpMark
    kind: str
    code: str = ""


class SessionAt(msgspec.Struct, frozen=True):
    """Answered by the id of the session that is open at a terminal, or None."""

    terminal: str


class SetUrgent(msgspec.Struct, frozen=True):
    """The office wants the order picked before others, or no more. Answered by nothing."""

    order_id: int
    is_urgent: bool
    person: str
