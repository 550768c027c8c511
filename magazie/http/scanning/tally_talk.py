"""What a terminal says of tallies, on its way to the actors."""

from typing import Final

from magazie.actors.picking_messages import OpMark, UndoLast
from magazie.actors.tally_answers import TallyShown
from magazie.actors.tally_desk import DESK_KEY, TallyDesk
from magazie.actors.tally_messages import (
    CompleteTally,
    CountPlace,
    LeaveTally,
    LogStrayTally,
    OperateTally,
    ReceiveGoods,
    SetLine,
    TakeOverTally,
    TallyCommand,
    TallyNotFoundError,
)
from magazie.actors.tally_session import POST_WITHIN_S, TallySession
from magazie.http.parts import Parts
from magazie.http.scanning import messages as said
from magazie.http.scanning.messages import LONGEST_LOGGED_CODE, Operation
from magazie.model.ids import BadIdError, decode_id

_OF_BOTH: Final = (said.Scan, said.Undo, said.TakeOver, said.Complete)


def is_of_tally(message: Operation) -> bool:
    """Whether a message is for a tally: by its type, or because it names one."""
    if isinstance(message, _OF_BOTH):
        return message.tally is not None
    return isinstance(message, said.TallyOperation)


async def answer(
    parts: Parts, message: Operation, mark: OpMark, open_here: int | None
) -> TallyShown | bytes:
    """Do what a message for a tally asks for; ``open_here`` is the one open at the terminal."""
    wanted: ReceiveGoods | CountPlace | TakeOverTally
    match message:
        case said.Receive():
            wanted = ReceiveGoods(
                mark,
                message.reception,
                message.reference or "",
                message.supplier,
                message.warehouse,
            )
        case said.Count():
            wanted = CountPlace(mark, message.location, message.warehouse)
        case said.TakeOver():
            wanted = TakeOverTally(mark, _id_of(message))
        case _:
            return await _operate(parts, message, mark, open_here)
    shown: TallyShown | bytes = await parts.directory.ask(TallyDesk, DESK_KEY, wanted)
    return shown


async def _operate(parts: Parts, message: Operation, mark: OpMark, open_here: int | None) -> bytes:
    tally_id = _id_of(message)
    if tally_id is not None and (open_here is None or open_here == tally_id):
        try:
            answer: bytes = await parts.directory.ask(
                TallySession,
                tally_id,
                OperateTally(mark, _command(message)),
                timeout=POST_WITHIN_S if isinstance(message, said.Complete) else None,
            )
        except TallyNotFoundError:
            pass
        else:
            return answer
    code = message.code[:LONGEST_LOGGED_CODE] if isinstance(message, said.Scan) else ""
    kind = str(type(message).__struct_config__.tag)
    stray: bytes = await parts.directory.ask(TallyDesk, DESK_KEY, LogStrayTally(mark, kind, code))
    return stray


def _id_of(message: Operation) -> int | None:
    try:
        return decode_id(message.tally or "")
    except BadIdError:
        return None


def _command(message: Operation) -> TallyCommand:
    match message:
        case said.Scan():
            return said.command_of(message)
        case said.Undo():
            return UndoLast()
        case said.Set():
            return SetLine(message.line, int(message.quantity))
        case said.Leave():
            return LeaveTally()
        case said.Complete():
            return CompleteTally(accepts_missing=bool(message.accept_missing))
    raise TypeError(f"{type(message).__name__} is no command of a tally")
