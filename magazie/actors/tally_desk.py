"""Who counts what: the one place that opens tallies, so that a terminal has one thing open."""

from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from magazie.actors.picking_answers import ErrorShown, encoded
from magazie.actors.picking_messages import Leave, OpMark
from magazie.actors.picking_session import PickingSession
from magazie.actors.picking_surroundings import PickingSurroundings
from magazie.actors.repeats import done_once, kept
from magazie.actors.runtime import AsyncioActor
from magazie.actors.tally_answers import TallyResult, TallyShown
from magazie.actors.tally_messages import (
    CountPlace,
    LogStrayTally,
    OpenTally,
    ReceiveGoods,
    ShowTally,
    TakeOverTally,
    TakeTally,
    TallyAt,
    TallyNotFoundError,
    TallyRefusedError,
)
from magazie.actors.tally_session import TallySession
from magazie.actors.terminal_log import REFUSED, entry
from magazie.model.ids import BadIdError, decode_id
from magazie.model.tally import Tally, TallyKind, TallyLine, TallyOutcome, TallyState
from magazie.model.tally_rules import MOST_LINES
from magazie.model.walking import place_key
from magazie.storage import tallies as rows
from magazie.storage.reads.shelf_witness import products_at
from magazie.storage.terminal_operations import KnownOperation

DESK_KEY: Final = "tallies"
_OPEN: Final = frozenset({TallyState.WAITING, TallyState.OPEN})


class TallyDesk(AsyncioActor):
    """Owns the log of operations on no tally. Asks TallySessions and PickingSessions."""

    def __init__(self, around: PickingSurroundings) -> None:
        """It keeps nothing: what is open is asked anew each time."""
        super().__init__()
        self._around = around

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case ReceiveGoods():
                return await self._once(message.mark, "receive", partial(self._receive, message))
            case CountPlace():
                return await self._once(message.mark, "count", partial(self._count, message))
            case TakeOverTally():
                return await self._once(
                    message.mark, "take_over", partial(self._take_over, message)
                )
            case LogStrayTally():
                return await self._stray(message.mark, message.kind, message.code)
            case TallyAt():
                return await self._around.storage.read(
                    lambda c: rows.at_terminal(c, message.terminal)
                )
        raise TypeError(f"TallyDesk does not know {type(message).__name__}")

    async def _once(self, mark: OpMark, kind: str, work: Any) -> TallyShown | bytes:
        """Do what was not done before; a tally is shown as it stands, a refusal as it was."""

        def show(known: KnownOperation) -> Awaitable[TallyShown] | None:
            return self._show(known.tally_id) if known.tally_id is not None else None

        async def begin() -> TallyShown | bytes:
            try:
                shown: TallyShown | bytes = await work()
            except TallyRefusedError as error:
                return await self._log(mark, kind, REFUSED, _error_of(mark, error))
            return shown

        return await done_once(self._around.storage, mark, begin, show)

    # --- opening ----------------------------------------------------------------------

    async def _receive(self, message: ReceiveGoods) -> TallyShown:
        mark = message.mark
        if message.reception is not None:
            shown = await self._reception(message.reception)
            if shown.shown.terminal is not None:
                return shown  # it is mine, or shown as it is counted elsewhere
            await self._free(mark)
            try:
                return await self._ask(shown.tally_id, TakeTally(mark, "receive"))
            except TallyNotFoundError as error:
                raise TallyRefusedError("reception_closed") from error
        warehouse = self._warehouse(message.warehouse)
        await self._free(mark)
        return await self._begin(
            mark,
            Tally(
                id=self._around.ids.next_id(),
                kind=TallyKind.RECEPTION,
                reference=message.reference,
                supplier=message.supplier,
                warehouse=warehouse,
                terminal=mark.terminal,
                who=mark.who,
            ),
        )

    async def _count(self, message: CountPlace) -> TallyShown:
        mark, location = message.mark, " ".join(message.location.split())
        place = place_key(location)
        warehouse = self._warehouse(message.warehouse)
        if not place:
            raise TallyRefusedError("no_place")
        open_here, product_ids = await self._around.storage.read(
            lambda c: (rows.at_place(c, warehouse, place), products_at(c, place))
        )
        if open_here is not None:
            with suppress(TallyNotFoundError):  # it was given up at just that moment
                return await self._go_on(mark, open_here)
        if len(product_ids) > MOST_LINES:
            raise TallyRefusedError("too_many_lines")
        await self._free(mark)
        return await self._begin(
            mark,
            Tally(
                id=self._around.ids.next_id(),
                kind=TallyKind.COUNT,
                reference=f"Inventar {location}",
                warehouse=warehouse,
                location=location,
                terminal=mark.terminal,
                who=mark.who,
                lines=tuple(
                    TallyLine(number, product_id)
                    for number, product_id in enumerate(product_ids, start=1)
                ),
            ),
        )

    async def _go_on(self, mark: OpMark, tally_id: int) -> TallyShown:
        """The place is being counted: here, by nobody at the moment, or by somebody else."""
        shown = await self._show(tally_id)
        terminal = shown.shown.terminal
        if terminal == mark.terminal and shown.shown.state is TallyState.OPEN:
            return shown
        if terminal is not None:
            raise TallyRefusedError("location_taken", shown.shown)
        await self._free(mark)
        return await self._ask(tally_id, TakeTally(mark, "count"))

    async def _take_over(self, message: TakeOverTally) -> TallyShown | bytes:
        mark, tally_id = message.mark, message.tally_id
        shown = await self._still_open(tally_id) if tally_id is not None else None
        if tally_id is None or shown is None:
            return await self._stray(mark, "take_over")
        if shown.shown.terminal == mark.terminal:
            return shown
        await self._free(mark)
        try:
            return await self._ask(tally_id, TakeTally(mark, "take_over"))
        except TallyNotFoundError:
            return await self._stray(mark, "take_over")

    async def _still_open(self, tally_id: int) -> TallyShown | None:
        try:
            shown = await self._show(tally_id)
        except TallyNotFoundError:
            return None
        return shown if shown.shown.state in _OPEN else None

    async def _begin(self, mark: OpMark, tally: Tally) -> TallyShown:
        return await self._ask(tally.id, OpenTally(mark, tally))

    async def _reception(self, text: str) -> TallyShown:
        try:
            shown = await self._show(decode_id(text))
        except (BadIdError, TallyNotFoundError) as error:
            raise TallyRefusedError("no_such_reception") from error
        if shown.shown.kind is not TallyKind.RECEPTION:
            raise TallyRefusedError("no_such_reception")
        if shown.shown.state not in _OPEN:
            raise TallyRefusedError("reception_closed")
        return shown

    async def _free(self, mark: OpMark) -> None:
        """Let the terminal's picking go, if nothing is in hand there.

        Raises:
            TallyRefusedError: something else is open there.

        """
        mine = await self._around.storage.read(lambda c: rows.at_terminal(c, mark.terminal))
        if mine is not None:
            raise TallyRefusedError("tally_open", (await self._show(mine)).shown)
        session_id = self._around.picks.of_terminal(mark.terminal)
        if session_id is not None and not await self._around.directory.ask(
            PickingSession, session_id, Leave(mark.who)
        ):
            raise TallyRefusedError("session_open")

    def _warehouse(self, wanted: str | None) -> str:
        """The warehouse that is meant; the only one where none is said."""
        if wanted is not None:
            if not self._around.book.has_warehouse(wanted):
                raise TallyRefusedError("no_such_warehouse")
            return wanted
        known = list(self._around.book.view.warehouses)
        if len(known) != 1:
            raise TallyRefusedError("no_warehouse")
        return known[0]

    async def _show(self, tally_id: int) -> TallyShown:
        return await self._ask(tally_id, ShowTally())

    async def _ask(self, tally_id: int, message: object) -> TallyShown:
        shown: TallyShown = await self._around.directory.ask(TallySession, tally_id, message)
        return shown

    # --- the books --------------------------------------------------------------------

    async def _stray(self, mark: OpMark, kind: str, code: str = "") -> bytes:
        answer = encoded(TallyResult(op=mark.op, outcome=TallyOutcome.NO_TALLY))
        return await self._log(mark, kind, TallyOutcome.NO_TALLY, answer, code)

    async def _log(
        self, mark: OpMark, kind: str, outcome: str, answer: bytes, code: str = ""
    ) -> bytes:
        """Keep an operation on no tally; answers what it was answered the first time."""
        now_ms = self._around.clock.now_ms()
        operation = entry(rows.TallyOperation, mark, kind, outcome, answer, now_ms, code=code)
        return await kept(self._around.storage, mark, answer, lambda c: rows.log(c, [operation]))


def _error_of(mark: OpMark, error: TallyRefusedError) -> bytes:
    if error.tally is None:
        return encoded(ErrorShown(reason=error.reason, op=mark.op))
    return encoded(
        ErrorShown(
            reason=error.reason,
            op=mark.op,
            tally=error.tally.tally,
            owner=error.tally.terminal,
            owner_name=error.tally.owner_name,
        )
    )
