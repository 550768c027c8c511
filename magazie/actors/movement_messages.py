"""What can be asked of a MovementActor, and how it refuses."""

import msgspec

from magazie.actors.marked import AnswerEncoder
from magazie.actors.runtime import Rejection
from magazie.storage.idempotency import IdempotencyMark
from magazie.storage.movements import Movement, MovementKind


class MovementDiffersError(Rejection):
    """A document with this source and key is here, and says something else."""


class MovementNotFoundError(Rejection):
    """No such document."""


class NewLine(msgspec.Struct, frozen=True):
    """A line to be: a quantity in thousandths, signed for an adjustment; cost in 1/10000 RON."""

    product_id: int
    quantity_milli: int
    unit_cost_e4: int | None = None
    note: str = ""


class CreateMovement(msgspec.Struct, frozen=True, kw_only=True):
    """Store a document and post its lines. Answered by the ``Movement``.

    The same key with the same content is answered by the document that is here, after posting
    what it still owes; with another content it is refused (``MovementDiffersError``). A document
    in which a line cannot be (``FieldsRefusedError``) is not stored at all.

    A line that the stock refuses only after the document is stored stays out of the ledger for
    good, with its problem in the answer and an alert; the other lines are posted. A line that
    could not be posted in time stays owed: the document is answered in state ``posting`` and
    ``ResumeMovement`` goes on with it.
    """

    kind: MovementKind
    warehouse: str
    to_warehouse: str | None = None
    reference: str
    supplier: str = ""
    lines: tuple[NewLine, ...]
    created_by: str
    mark: IdempotencyMark | None = None
    encode: AnswerEncoder[Movement] | None = None


class ResumeMovement(msgspec.Struct, frozen=True):
    """Post what the document still owes: a wake-up, harmless at any time.

    Answered by the ``Movement``.
    """


class ReadMovement(msgspec.Struct, frozen=True):
    """Answered by the ``Movement``."""
