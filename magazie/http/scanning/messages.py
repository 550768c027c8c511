"""What terminals send, and how it is read."""

import hashlib
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from magazie.actors.picking_answers import ErrorShown
from magazie.http.fields import Quantity, read_field
from magazie.model.picking import PickingMode, Rest
from magazie.model.picking_rules import LONGEST_REASON
from magazie.model.romanian_time import TimeFormatError, parse_rfc3339

LONGEST_MESSAGE: Final = 64 * 1024
"""Bytes of a message that is read."""
MOST_ORDERS: Final = 40
LONGEST_NUMBER: Final = 200
"""Characters of a serial or lot number, with what the reader put around it."""

Op = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(pattern=r"^[\w.:-]([\w .:-]{0,62}[\w.:-])?$")]
Text = Annotated[str, Meta(max_length=LONGEST_MESSAGE)]
OrderText = Annotated[str, Meta(min_length=1, max_length=200)]
NumberText = Annotated[str, Meta(max_length=LONGEST_NUMBER)]
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


class TakeOver(Message, tag_field="type", tag="take_over", kw_only=True):
    """I go on with this."""

    order: OrderText


class Complete(Message, tag_field="type", tag="complete"):
    """Done."""


Said = Hello | Ping | Next | Open | Scan | Undo | Skip | PutBack | Short | TakeOver | Complete
Operation = Next | Open | Scan | Undo | Skip | PutBack | Short | TakeOver | Complete


class Welcome(msgspec.Struct, frozen=True, tag_field="type", tag="welcome"):
    """Who the terminal is, and the session that is open there."""

    terminal: str
    session: str | None
    name: str


class Lost(msgspec.Struct, frozen=True, tag_field="type", tag="lost"):
    """Another terminal goes on with the session."""

    to: str
    session: str


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
) | {"complete"}
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
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadMessageError(ErrorShown(reason="not_json")) from error
    return message


def _fault(text: str, detail: str) -> ErrorShown:
    try:
        heard = _hear(text)
    except msgspec.ValidationError:  # no object at all
        return ErrorShown(reason="unknown_type")
    op = heard.op if isinstance(heard.op, str) and heard.op else None
    if heard.type not in _TYPES:
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


def terminal_time(text: str | None) -> int | None:
    """What the terminal's clock showed; None where that is no time. It is only noted."""
    try:
        return parse_rfc3339(text) if text is not None else None
    except TimeFormatError:
        return None
