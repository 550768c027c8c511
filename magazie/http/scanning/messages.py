"""What terminals send, and how it is read."""

import hashlib
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from magazie.actors.picking_answers import ErrorShown
from magazie.actors.picking_messages import ScanCode
from magazie.http.fields import Quantity, QuantityOrNone, read_field
from magazie.model.picking import PickingMode, Rest
from magazie.model.picking_rules import LONGEST_REASON
from magazie.model.romanian_time import TimeFormatError, parse_rfc3339

LONGEST_MESSAGE: Final = 64 * 1024
"""Bytes of a message that is read."""
LONGEST_LOGGED_CODE: Final = 1024
MOST_ORDERS: Final = 40
LONGEST_NUMBER: Final = 200
"""Characters of a serial or lot number, with what the reader put around it."""

Op = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(pattern=r"^[\w.:-]([\w .:-]{0,62}[\w.:-])?\Z")]
Text = Annotated[str, Meta(max_length=LONGEST_MESSAGE)]
OrderText = Annotated[str, Meta(min_length=1, max_length=200)]
NumberText = Annotated[str, Meta(max_length=LONGEST_NUMBER)]
_PLAIN: Final = r"[^\x00-\x1f\x7f]"
DocumentText = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=rf"^{_PLAIN}*[^\s\x00-\x1f\x7f]{_PLAIN}*\Z")
]
PlaceText = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^{_PLAIN}+\Z")]
SupplierText = Annotated[str, Meta(max_length=200, pattern=rf"^{_PLAIN}*\Z")]
LineNumber = Annotated[int, Meta(ge=1, le=1_000_000)]


class Hello(msgspec.Struct, tag_field="type", tag="hello"):
    """The first message. Without a token the browser's session tells who it is.

    ``pairing`` is the token that the terminal got when it was paired.
    """

    protocol: int
    terminal: Name
    token: Annotated[str, Meta(max_length=512)] | None = None
    pairing: Annotated[str, Meta(max_length=512)] | None = None


class Ping(msgspec.Struct, tag_field="type", tag="ping"):
    """Is anybody there?"""


class Message(msgspec.Struct, kw_only=True):
    """What every later message carries."""

    op: Op
    seq: Annotated[int, Meta(ge=0, le=2**53)]
    session: str | None = None
    tally: Annotated[str, Meta(max_length=64)] | None = None
    at: Annotated[str, Meta(max_length=64)] | None = None


class Next(Message, tag_field="type", tag="next"):
    """Hand me an order."""

    warehouse: Annotated[str, Meta(max_length=100)] | None = None


class Open(Message, tag_field="type", tag="open", kw_only=True):
    """I pick these."""

    orders: Annotated[list[OrderText], Meta(max_length=MOST_ORDERS)] = []
    order: OrderText | None = None
    mode: PickingMode = PickingMode.PICK


class Scan(Message, tag_field="type", tag="scan", kw_only=True):
    """I scanned this."""

    code: Text
    quantity: Quantity = Quantity(1000)
    serial: NumberText = ""
    lot: NumberText | None = None  # null, so that scans without one keep their digest


class Undo(Message, tag_field="type", tag="undo"):
    """Not that."""


class Skip(Message, tag_field="type", tag="skip", kw_only=True):
    """Later."""

    line: LineNumber


class PutBack(Message, tag_field="type", tag="put_back", kw_only=True):
    """It is on its shelf again."""

    line: LineNumber
    quantity: Quantity


class Short(Message, tag_field="type", tag="short", kw_only=True):
    """There is no more of it."""

    line: LineNumber
    quantity: Quantity
    reason: Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
    rest: Rest


class TakeOver(Message, tag_field="type", tag="take_over"):
    """I go on with this: an order, or a tally."""

    order: OrderText | None = None

    def __post_init__(self) -> None:
        """Refuse a message that names neither."""
        if self.order is None and self.tally is None:
            raise ValueError("take_over names an order or a tally")


class Complete(Message, tag_field="type", tag="complete"):
    """Done. Of a tally, what was announced and did not come may be meant to be missing."""

    accept_missing: bool | None = None


class Receive(Message, tag_field="type", tag="receive"):
    """I count a delivery: an announced one, or one of this reference."""

    reception: Annotated[str, Meta(max_length=64)] | None = None
    reference: DocumentText | None = None
    supplier: SupplierText = ""
    warehouse: Annotated[str, Meta(max_length=100)] | None = None

    def __post_init__(self) -> None:
        """Refuse a message that names both, or neither."""
        if (self.reception is None) is (self.reference is None):
            raise ValueError("receive names a reception, or gives a reference")


class Count(Message, tag_field="type", tag="count", kw_only=True):
    """I count what lies here."""

    location: PlaceText
    warehouse: Annotated[str, Meta(max_length=100)] | None = None


class Set(Message, tag_field="type", tag="set", kw_only=True):
    """So much of it is there."""

    tally: Annotated[str, Meta(max_length=64)]
    line: LineNumber
    quantity: QuantityOrNone


class Leave(Message, tag_field="type", tag="leave", kw_only=True):
    """I let the tally go."""

    tally: Annotated[str, Meta(max_length=64)]


PickingOperation = Next | Open | Scan | Undo | Skip | PutBack | Short | TakeOver | Complete
TallyOperation = Receive | Count | Set | Leave
Operation = PickingOperation | TallyOperation
Said = Hello | Ping | PickingOperation | TallyOperation


class Welcome(msgspec.Struct, frozen=True, tag_field="type", tag="welcome"):
    """Who the terminal is, and the session or the tally that is open there."""

    terminal: str
    session: str | None
    name: str
    tally: str | None = None


class Lost(msgspec.Struct, frozen=True, tag_field="type", tag="lost"):
    """Another terminal goes on with the session."""

    to: str
    session: str


class TallyLost(msgspec.Struct, frozen=True, tag_field="type", tag="lost"):
    """Another terminal goes on with the tally."""

    to: str
    tally: str


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    """Yes."""


class BadMessageError(Exception):
    """What came is no message."""

    def __init__(self, answer: ErrorShown) -> None:
        super().__init__(answer.reason)
        self.answer = answer


class _Heard(msgspec.Struct):
    """As much of a bad message as can be told back."""

    op: Any = None
    type: Any = None


BadReason = Literal["too_long", "not_text", "not_json", "unknown_type", "no_op", "invalid"]

_TYPES: Final = frozenset(
    ("hello", "ping", "next", "open", "scan", "undo", "skip", "put_back", "short", "take_over")
) | {"complete", "receive", "count", "set", "leave"}
_NOT_JSON: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_decode = msgspec.json.Decoder(Said, dec_hook=read_field).decode
_hear = msgspec.json.Decoder(_Heard).decode
_encode = msgspec.json.Encoder(enc_hook=int).encode  # of quantities, which are numbers


def read_message(text: str) -> Said:
    """Read what a terminal sent.

    Raises:
        BadMessageError: it is not JSON, not of a known type, or something in it cannot be.

    """
    # counted in bytes only where letters alone do not tell
    if len(text) > LONGEST_MESSAGE or (
        len(text) * 4 > LONGEST_MESSAGE and len(text.encode(errors="replace")) > LONGEST_MESSAGE
    ):
        raise BadMessageError(ErrorShown(reason="too_long"))
    try:
        message: Said = _decode(text)
    except msgspec.ValidationError as error:
        raise BadMessageError(_fault(text, str(error))) from error
    except _NOT_JSON as error:
        raise BadMessageError(ErrorShown(reason="not_json")) from error
    return message


def _fault(text: str, detail: str) -> ErrorShown:
    """What is wrong with a text of which only the beginning may have been read."""
    try:
        heard = _hear(text)
    except msgspec.ValidationError:  # no object at all
        return ErrorShown(reason="unknown_type")
    except _NOT_JSON:
        return ErrorShown(reason="not_json")
    op = heard.op if isinstance(heard.op, str) and heard.op else None
    if not isinstance(heard.type, str) or heard.type not in _TYPES:
        return ErrorShown(reason="unknown_type", op=op)
    if op is None and heard.type not in {"hello", "ping"}:
        return ErrorShown(reason="no_op")
    return ErrorShown(reason="invalid", op=op, detail=detail)


def digest_of(message: Operation) -> bytes:
    """Tells the content of an operation from any other under the same id."""
    content = {
        field: value
        for field in message.__struct_fields__
        if field not in {"op", "seq"} and (value := getattr(message, field)) is not None
    }
    told = _encode((type(message).__name__, content))
    return hashlib.blake2b(told, digest_size=16).digest()


def command_of(message: Scan) -> ScanCode:
    """The scan as an actor takes it; no code of anything is longer than what is kept of it."""
    code = message.code[:LONGEST_LOGGED_CODE]
    return ScanCode(code, int(message.quantity), message.serial, message.lot or "")


def terminal_time(text: str | None) -> int | None:
    """What the terminal's clock showed; None where that is no time. It is only noted."""
    try:
        return parse_rfc3339(text) if text is not None else None
    except TimeFormatError:
        return None
