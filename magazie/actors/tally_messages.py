"""What can be asked of a TallySession and of the TallyDesk, and how they refuse.

Every operation of a terminal carries an ``OpMark``. One that was applied before is answered as it
was then and changes nothing.
"""

from typing import Literal

import msgspec

from magazie.actors.marked import AnswerEncoder
from magazie.actors.picking_messages import OpMark, ScanCode, UndoLast
from magazie.actors.runtime import Rejection
from magazie.actors.tally_answers import TallyStateShown
from magazie.model.tally import Tally, TallyKind
from magazie.model.tally_rules import TallyRefusal
from magazie.storage.idempotency import IdempotencyMark

OpeningRefusal = Literal[
    "session_open",
    "tally_open",
    "no_such_reception",
    "reception_closed",
    "location_taken",
    "no_such_warehouse",
    "no_warehouse",
    "no_place",
]
TallyReason = TallyRefusal | OpeningRefusal


class TallyRefusedError(Rejection):
    """It cannot be; ``reason`` is a word of the catalogue.

    ``tally`` is the one that is in the way, where there is one.
    """

    def __init__(self, reason: TallyReason, tally: TallyStateShown | None = None) -> None:
        super().__init__(reason)
        self.reason: TallyReason = reason
        self.tally = tally


class TallyNotFoundError(Rejection):
    """No such tally, or it is not open any more."""


class TallyTouchedError(Rejection):
    """Something is counted already, or it is complete."""


class AnnouncedLine(msgspec.Struct, frozen=True):
    """So much of a product is to come; cost in 1/10000 RON."""

    product_id: int
    quantity_milli: int
    unit_cost_e4: int | None = None


class Announce(msgspec.Struct, frozen=True, kw_only=True):
    """The office says what will come. Answered by the ``Tally``, which waits.

    Refused with ``FieldsRefusedError`` where a line cannot be.
    """

    warehouse: str
    reference: str
    supplier: str
    lines: tuple[AnnouncedLine, ...]
    created_by: str
    mark: IdempotencyMark | None = None
    encode: AnswerEncoder[Tally] | None = None


class Withdraw(msgspec.Struct, frozen=True):
    """The delivery does not come, or the count is given up. Harmless to repeat; answers nothing.

    A reception is refused with ``TallyTouchedError`` once something is counted: those goods are
    here. What was counted of a shelf is let go, until that is complete. Refused with
    ``TallyNotFoundError`` where it is none of the ``kind``.
    """

    kind: TallyKind


class OpenTally(msgspec.Struct, frozen=True):
    """Begin a tally that nobody announced, as it is. Answered by ``TallyShown``."""

    mark: OpMark
    tally: Tally


class TakeTally(msgspec.Struct, frozen=True):
    """A terminal begins with a tally, or goes on with it. Answered by ``TallyShown``."""

    mark: OpMark
    kind: str


class SetLine(msgspec.Struct, frozen=True):
    """So much of a line is there."""

    line: int
    quantity_milli: int


class LeaveTally(msgspec.Struct, frozen=True):
    """The terminal lets it go."""


class CompleteTally(msgspec.Struct, frozen=True):
    """It is all; ``accepts_missing``: what was announced and did not come is meant."""

    accepts_missing: bool = False


TallyCommand = ScanCode | UndoLast | SetLine | LeaveTally | CompleteTally


class OperateTally(msgspec.Struct, frozen=True):
    """Do this. Answered by the bytes that the terminal is sent.

    Refused with ``TallyNotFoundError`` where the tally is not open at any terminal.
    """

    mark: OpMark
    command: TallyCommand


class ShowTally(msgspec.Struct, frozen=True):
    """Answered by the ``TallyShown``."""


class ResumePosting(msgspec.Struct, frozen=True):
    """Make the movement, if it is owed: a wake-up, harmless at any time."""


# --- the desk -------------------------------------------------------------------------------


class ReceiveGoods(msgspec.Struct, frozen=True):
    """Count a delivery: an announced one by its id, or one of this reference.

    Answered by ``TallyShown``; one that is open at another terminal is shown as it is there.
    """

    mark: OpMark
    reception: str | None = None
    reference: str = ""
    supplier: str = ""
    warehouse: str | None = None


class CountPlace(msgspec.Struct, frozen=True):
    """Count what lies at a place. Answered by ``TallyShown``."""

    mark: OpMark
    location: str
    warehouse: str | None = None


class TakeOverTally(msgspec.Struct, frozen=True):
    """Go on with a tally at this terminal. Answered by ``TallyShown``."""

    mark: OpMark
    tally_id: int | None


class LogStrayTally(msgspec.Struct, frozen=True):
    """An operation came for a tally that is not open. Answered by the bytes to send."""

    mark: OpMark
    kind: str
    code: str = ""


class TallyAt(msgspec.Struct, frozen=True):
    """Answered by the id of the tally that is open at a terminal, or None."""

    terminal: str
