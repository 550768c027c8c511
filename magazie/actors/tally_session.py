"""One tally: goods counted at a terminal, and the one movement that comes of it."""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from magazie.actors.field_faults import FieldsRefusedError, refuse_if_any
from magazie.actors.marked import answered_before, keep_answer
from magazie.actors.movement_actor import MovementActor
from magazie.actors.news import RecordNews
from magazie.actors.picking_answers import encoded
from magazie.actors.picking_messages import OpMark, ScanCode, UndoLast
from magazie.actors.picking_surroundings import PickingSurroundings
from magazie.actors.repeats import answered_again, answered_elsewhere
from magazie.actors.runtime import NOT_NOW, AsyncioActor
from magazie.actors.tally_alerts import tell_differences
from magazie.actors.tally_answers import TallyShown, show_tally
from magazie.actors.tally_log import completion_of, kind_of, logged, refused, result_of
from magazie.actors.tally_messages import (
    Announce,
    CompleteTally,
    LeaveTally,
    OpenTally,
    OperateTally,
    ResumePosting,
    SetLine,
    ShowTally,
    TakeTally,
    TallyCommand,
    TallyNotFoundError,
    TallyRefusedError,
    TallyTouchedError,
    Withdraw,
)
from magazie.actors.tally_movement import (
    SOURCE,
    announced,
    faults_of,
    movement_of,
    refused_lines,
)
from magazie.actors.terminal_log import product_of, tracked_of
from magazie.model.finder import Finding, identify
from magazie.model.ids import encode_id
from magazie.model.tally import (
    Tally,
    TallyKind,
    TallyOutcome,
    TallyState,
    Witness,
)
from magazie.model.tally_rules import (
    GoodsNow,
    TallyDecision,
    TallyRuleError,
    UnfinishedLine,
    Why,
    complete,
    last_scan,
    leave,
    may_work,
    reopened,
    scan,
    set_quantity,
    take_over,
    undo,
)
from magazie.model.tracking import NOTHING_NOTED, Tracking
from magazie.model.walking import place_key
from magazie.storage import tallies as rows
from magazie.storage.idempotency import StoredAnswer
from magazie.storage.movements import Movement
from magazie.storage.reads.picking_goods import PickedGoods
from magazie.storage.reads.shelf_witness import witnesses
from magazie.storage.tallies import PlaceTakenError, TallyOperation
from magazie.storage.terminal_operations import Known, OperationKnownError, TerminalBusyError

logger = logging.getLogger(__name__)

POST_WITHIN_S: Final = 30.0
"""A thousand lines, some at a time."""


class TallySession(AsyncioActor):
    """Owns one tally. Asks the MovementActor; tells the news desk.

    Every operation is in the log, with its answer, before it is answered. What was counted is
    stored in state ``posting`` before the movement is asked for, under the tally's own key, so
    that however often it is asked for, there is one; only then is the tally done.
    """

    def __init__(self, tally_id: int, around: PickingSurroundings) -> None:
        """Nothing is read until the first message."""
        super().__init__()
        self._id = tally_id
        self._around = around
        self._tally: Tally | None = None
        self._revision = 0
        self._known: Known = {}

    async def on_start(self) -> None:
        """Load the tally, if it was begun."""
        if self.reloading:
            await self._around.storage.settled()
        stored, known = await self._around.storage.read(
            lambda c: (rows.load(c, self._id), rows.known_operations(c, self._id))
        )
        if stored is not None:
            self._tally, self._revision, self._known = stored.tally, stored.revision, known

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case OperateTally():
                return await self._operate(message.mark, message.command)
            case OpenTally():
                return await self._open(message)
            case TakeTally():
                return await self._take(message)
            case Announce():
                return await self._announce(message)
            case Withdraw():
                return await self._withdraw(message.kind)
            case ShowTally():
                return await self._shown()
            case ResumePosting():
                return await self._resume()
        raise TypeError(f"TallySession does not know {type(message).__name__}")

    # --- beginning --------------------------------------------------------------------

    async def _announce(self, message: Announce) -> Tally | StoredAnswer:
        earlier = await answered_before(self._around.storage, message.mark)
        if earlier is not None:
            return earlier
        refuse_if_any(faults_of(message, self._around.book, self._around.nomenclature))
        tally, now_ms = announced(self._id, message), self._around.clock.now_ms()

        def unit(connection: sqlite3.Connection) -> None:
            rows.insert(connection, tally, message.created_by, now_ms)
            keep_answer(connection, message.mark, message.encode, tally, now_ms)

        await self._around.storage.write(unit)
        self._tally, self._revision = tally, 1
        self._tell_news()
        return tally

    async def _open(self, message: OpenTally) -> TallyShown:
        if self._tally is not None:
            return await self._shown()
        mark, now_ms = message.mark, self._around.clock.now_ms()
        empty = message.tally
        tally = replace(empty, operations=1)
        kind = "receive" if empty.kind is TallyKind.RECEPTION else "count"
        opened = self._opened(empty, tally, mark, kind, now_ms)

        def unit(connection: sqlite3.Connection) -> None:
            rows.insert(connection, tally, mark.who, now_ms)
            rows.log(connection, [opened])

        try:
            await self._around.storage.write(unit)
        except PlaceTakenError as error:
            raise TallyRefusedError("location_taken") from error
        except TerminalBusyError as error:
            raise _busy(error) from error
        self._tally, self._revision = tally, 1
        self._known[mark.terminal, mark.op] = (mark.digest, b"")
        self._tell_news()
        return await self._shown()

    async def _take(self, message: TakeTally) -> TallyShown:
        mark, tally = message.mark, self._require()
        if (mark.terminal, mark.op) in self._known:
            return await self._shown()
        if tally.state not in {TallyState.WAITING, TallyState.OPEN}:
            raise TallyNotFoundError("the tally has ended")
        after = take_over(tally, mark.terminal, mark.who)
        now_ms = self._around.clock.now_ms()
        try:
            await self._store(after, [self._opened(tally, after, mark, message.kind, now_ms)])
        except TerminalBusyError as error:
            raise _busy(error) from error
        return await self._shown()

    def _opened(
        self, before: Tally, after: Tally, mark: OpMark, kind: str, now_ms: int
    ) -> TallyOperation:
        """Answered with the tally as it stands whenever it is asked again."""
        decision = TallyDecision(after, TallyOutcome.COUNTED)
        outcome = "taken_over" if kind == "take_over" else "opened"
        return replace(logged(before, mark, kind, decision, b"", now_ms), outcome=outcome)

    async def _withdraw(self, kind: TallyKind) -> None:
        tally = self._require()
        if tally.kind is not kind:
            raise TallyNotFoundError(f"no such {kind}")
        if tally.state is TallyState.LEFT:
            return
        if tally.state not in {TallyState.WAITING, TallyState.OPEN}:
            raise TallyTouchedError("it is complete already")
        if kind is TallyKind.RECEPTION and not tally.is_untouched:
            raise TallyTouchedError("goods are counted already")
        await self._store(replace(tally, state=TallyState.LEFT, terminal=None), [])

    # --- operations -------------------------------------------------------------------

    async def _operate(self, mark: OpMark, command: TallyCommand) -> bytes:
        key = (mark.terminal, mark.op)
        if key in self._known:
            await self._post()  # the operation may be the one that is not posted yet
            return answered_again(self._known[key], mark)
        tally = self._require()
        trouble = may_work(tally, mark.terminal)
        if trouble is TallyOutcome.NO_TALLY:
            raise TallyNotFoundError("the tally is not open")
        try:
            if trouble is None:
                operation = await self._decide(tally, mark, command)
            else:
                operation = await self._refuse_other(tally, mark, command)
        except OperationKnownError:
            return await answered_elsewhere(self._around.storage, mark)
        await self._post()
        return self._known[operation.terminal, operation.op][1]

    async def _decide(self, tally: Tally, mark: OpMark, command: TallyCommand) -> TallyOperation:
        now_ms, kind = self._around.clock.now_ms(), kind_of(command)
        found, note = None, NOTHING_NOTED
        unfinished: tuple[UnfinishedLine, ...] = ()
        try:
            match command:
                case ScanCode():
                    found = identify(command.code, await self._around.named(command.code))
                    now = await self._goods_now(tally, command, found)
                    note = now.tracked.note
                    decision = scan(tally, found, mark.terminal, now, command.quantity_milli)
                case UndoLast():
                    witness = await self._witness_of_last(tally, mark.terminal)
                    decision = undo(tally, mark.terminal, witness)
                case SetLine():
                    decision = await self._set(tally, command)
                case LeaveTally():
                    decision = leave(tally)
                case CompleteTally():
                    decision, unfinished = await self._complete(tally, command)
        except TallyRuleError as error:
            after, operation = refused(tally, mark, kind, error.reason, now_ms)
            await self._store(after, [operation])
            return operation
        goods = await self._goods(decision.tally, found)
        answer = (
            completion_of(mark, decision, unfinished)
            if isinstance(command, CompleteTally)
            else result_of(mark, decision, goods, found)
        )
        scanned = command if isinstance(command, ScanCode) else None
        operation = logged(
            tally,
            mark,
            kind,
            decision,
            encoded(answer),
            now_ms,
            scanned=scanned,
            found=found,
            note=note,
        )
        await self._store(decision.tally, [operation])
        return operation

    async def _refuse_other(
        self, tally: Tally, mark: OpMark, command: TallyCommand
    ) -> TallyOperation:
        after = replace(tally, operations=tally.operations + 1)
        decision = TallyDecision(after, TallyOutcome.OWNED_BY_OTHER)
        answer = encoded(result_of(mark, decision, {}))
        now_ms = self._around.clock.now_ms()
        operation = logged(tally, mark, kind_of(command), decision, answer, now_ms)
        await self._store(after, [operation])
        return operation

    async def _goods_now(self, tally: Tally, command: ScanCode, found: Finding) -> GoodsNow:
        product_id = product_of(found)
        if product_id is None:
            return GoodsNow(tracked=tracked_of(command, found, {}, {}))
        goods = await self._around.goods.of({product_id})
        its = goods.get(product_id)
        place = place_key(its.location) if its is not None else ""
        return GoodsNow(
            self._around.nomenclature.parts_of(product_id) is not None,
            place == place_key(tally.location),
            await self._witness(tally, product_id),
            tracked_of(command, found, goods, {}),
        )

    async def _set(self, tally: Tally, command: SetLine) -> TallyDecision:
        line, tracking = tally.line(command.line), Tracking.NONE
        if line is not None:
            goods = await self._goods(tally)
            its = goods.get(line.product_id)
            tracking = its.tracking if its is not None else tracking
        witness = await self._witness_of_line(tally, command.line)
        return set_quantity(tally, command.line, command.quantity_milli, witness, tracking)

    async def _complete(
        self, tally: Tally, command: CompleteTally
    ) -> tuple[TallyDecision, tuple[UnfinishedLine, ...]]:
        here: frozenset[int] = frozenset()
        if tally.kind is TallyKind.COUNT:
            place, goods = place_key(tally.location), await self._goods(tally)
            here = frozenset(
                line.product_id
                for line in tally.lines
                if line.product_id in goods and place_key(goods[line.product_id].location) == place
            )
        return complete(tally, accepts_missing=command.accepts_missing, here=here)

    async def _witness_of_last(self, tally: Tally, terminal: str) -> Witness | None:
        last = last_scan(tally, terminal)
        return await self._witness_of_line(tally, last.line) if last is not None else None

    async def _witness_of_line(self, tally: Tally, number: int) -> Witness | None:
        line = tally.line(number)
        return await self._witness(tally, line.product_id) if line is not None else None

    async def _witness(self, tally: Tally, product_id: int) -> Witness | None:
        if tally.kind is not TallyKind.COUNT:
            return None
        found = await self._around.storage.read(
            lambda c: witnesses(c, [product_id], tally.warehouse)
        )
        return found[product_id]

    # --- the movement -----------------------------------------------------------------

    async def _resume(self) -> None:
        try:
            await self._post()
        except NOT_NOW as error:
            logger.warning("tally_posting_owed tally=%s reason=%r", self._id, error)

    async def _post(self) -> None:
        """Make the movement that is owed; the same one, however often."""
        tally = self._tally
        if tally is None or tally.state is not TallyState.POSTING:
            return
        try:
            movement: Movement = await self._around.directory.ask(
                MovementActor,
                (SOURCE, encode_id(tally.id)),
                movement_of(tally),
                timeout=POST_WITHIN_S,
            )
        except FieldsRefusedError as error:
            await self._reopen(tally, error)
            return
        await self._store(replace(tally, state=TallyState.DONE), [], movement_id=movement.id)

    async def _reopen(self, tally: Tally, error: FieldsRefusedError) -> None:
        """Nothing is stored of the movement: what it cannot say is counted again."""
        lines = refused_lines(tally, error)
        if not lines:
            raise error
        after = reopened(tally, lines)
        number = tally.operations
        terminal, op = await self._around.storage.read(
            lambda c: rows.operation_numbered(c, tally.id, number)
        )
        digest, _ = self._known[terminal, op]
        why: Why = "moved" if tally.kind is TallyKind.COUNT else "refused"
        unfinished = tuple(UnfinishedLine(line, why) for line in sorted(lines))
        decision = TallyDecision(after, TallyOutcome.INCOMPLETE)
        mark = OpMark(terminal, op, 0, digest, tally.who)
        answer = encoded(completion_of(mark, decision, unfinished))
        try:
            await self._store(after, [], anew=(number, answer))
        except TerminalBusyError:  # it has begun something else meanwhile
            await self._store(replace(after, terminal=None), [], anew=(number, answer))
        self._known[terminal, op] = (digest, answer)

    # --- the record -------------------------------------------------------------------

    async def _store(
        self,
        after: Tally,
        log: Sequence[TallyOperation],
        *,
        movement_id: int | None = None,
        anew: tuple[int, bytes] | None = None,
    ) -> None:
        """Persist, then take over, the changed tally with what was done to it."""
        before, revision = self._require(), self._revision + 1
        now_ms = self._around.clock.now_ms()

        def unit(connection: sqlite3.Connection) -> None:
            rows.update(connection, before, after, revision, now_ms, movement_id=movement_id)
            rows.log(connection, log)
            if anew is not None:
                number, answer = anew
                rows.answer_anew(connection, after.id, number, TallyOutcome.INCOMPLETE, answer)
            if after.state is TallyState.DONE:
                tell_differences(connection, after, now_ms)

        await self._around.storage.write(unit)
        self._tally, self._revision = after, revision
        for operation in log:
            key = (operation.terminal, operation.op)
            self._known[key] = (operation.digest, operation.answer)
        self._tell_news()

    def _tell_news(self) -> None:
        self._around.news.tell(RecordNews("tally", encode_id(self._id), self._revision))

    async def _goods(self, tally: Tally, found: Finding | None = None) -> Mapping[int, PickedGoods]:
        product_ids = {line.product_id for line in tally.lines}
        if (product_id := product_of(found)) is not None:
            product_ids.add(product_id)
        known = self._around.goods.known(product_ids)
        return known if known is not None else await self._around.goods.of(product_ids)

    async def _shown(self) -> TallyShown:
        tally = self._require()
        return TallyShown(self._id, show_tally(tally, self._revision, await self._goods(tally)))

    def _require(self) -> Tally:
        if self._tally is None:
            raise TallyNotFoundError("no such tally")
        return self._tally


def _busy(error: TerminalBusyError) -> TallyRefusedError:
    return TallyRefusedError("session_open" if error.reason == "session_open" else "tally_open")
