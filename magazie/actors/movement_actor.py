"""One document that moves goods: stored whole, then posted to the stock line by line."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
import structlog
from msgspec.structs import replace

from magazie.actors.field_faults import FieldFault, refuse_if_any
from magazie.actors.marked import answered_before, keep_answer
from magazie.actors.movement_messages import (
    CreateMovement,
    MovementDiffersError,
    MovementNotFoundError,
    ReadMovement,
    ResumeMovement,
)
from magazie.actors.movement_rules import IS_A_BUNDLE, faults_of, leaving
from magazie.actors.news import NewsDesk, RecordNews
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.runtime import AsyncioActor, Directory, Rejection
from magazie.actors.settings_book import SettingsBook
from magazie.actors.stock_actor import StockActor
from magazie.actors.stock_messages import (
    Leg,
    LinePosted,
    PostMovementLine,
    ReadStock,
    ShelfState,
)
from magazie.model.decimals import Milli, format_milli
from magazie.model.ids import IdSource, encode_id
from magazie.ports import Clock
from magazie.storage import movements as rows
from magazie.storage.alerts import raise_alert
from magazie.storage.bundles import any_bundle
from magazie.storage.idempotency import StoredAnswer
from magazie.storage.movements import (
    Movement,
    MovementKey,
    MovementKind,
    MovementLine,
    MovementState,
)
from magazie.storage.stock import StaleRevisionError, has_ledger
from magazie.storage.storage import Storage

AT_ONCE: Final = 32
"""Lines that wait for the stock at the same time."""

_LONGEST_PROBLEM: Final = 300
_log = structlog.get_logger(__name__)


class MovementActor(AsyncioActor):
    """Owns one document; its key is (source, idempotency key). Asks StockActors.

    The document is stored before any line is posted. Posting is keyed (movement, line) in the
    ledger, so after a crash the lines not known to be posted are simply asked for again.
    """

    def __init__(
        self,
        key: MovementKey,
        *,
        storage: Storage,
        clock: Clock,
        news: NewsDesk,
        directory: Directory,
        nomenclature: Nomenclature,
        book: SettingsBook,
        ids: IdSource,
        stock_actor: type[AsyncioActor] = StockActor,
    ) -> None:
        """``stock_actor`` is who is asked under a product's id."""
        super().__init__()
        self._key = key
        self._storage = storage
        self._clock = clock
        self._news = news
        self._directory = directory
        self._nomenclature = nomenclature
        self._book = book
        self._ids = ids
        self._stock_actor = stock_actor
        self._movement: Movement | None = None

    async def on_start(self) -> None:
        """Load the document, if there is one."""
        if self.reloading:
            await self._storage.settled()
        self._movement = await self._storage.read(lambda c: rows.load(c, self._key))

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case CreateMovement():
                return await self._create(message)
            case ResumeMovement():
                return await self._post(self._known())
            case ReadMovement():
                return self._known()
        raise TypeError(f"MovementActor does not know {type(message).__name__}")

    def _known(self) -> Movement:
        if self._movement is None:
            raise MovementNotFoundError("no such movement")
        return self._movement

    # --- the document -----------------------------------------------------------------

    async def _create(self, message: CreateMovement) -> Movement | StoredAnswer:
        earlier = await answered_before(self._storage, message.mark)
        if earlier is not None:
            return earlier
        movement = self._movement or await self._stored(message)
        if movement.content_hash != _hash_of(message):
            raise MovementDiffersError("a movement with this key is here with another content")
        return await self._post(movement, message)

    async def _stored(self, message: CreateMovement) -> Movement:
        refuse_if_any(faults_of(message, self._book, self._nomenclature))
        refuse_if_any(await self._opened_before(message))
        refuse_if_any(await self._not_there(message))
        source, idempotency_key = self._key
        movement = Movement(
            id=self._ids.next_id(),
            source=source,
            idempotency_key=idempotency_key,
            kind=message.kind,
            warehouse=message.warehouse,
            to_warehouse=message.to_warehouse,
            reference=message.reference,
            supplier=message.supplier,
            content_hash=_hash_of(message),
            created_by=message.created_by,
            created_ms=self._clock.now_ms(),
            lines=tuple(
                MovementLine(
                    number, line.product_id, line.quantity_milli, line.unit_cost_e4, line.note
                )
                for number, line in enumerate(message.lines, start=1)
            ),
        )

        def unit(connection: sqlite3.Connection) -> None:
            if not rows.insert(connection, movement):
                raise StaleRevisionError(f"movement {self._key} is stored already")
            _refuse_bundles(connection, movement)

        await self._storage.write(unit)
        self._movement = movement
        self._tell()
        return movement

    async def _opened_before(self, message: CreateMovement) -> list[FieldFault]:
        """An opening of what is in the ledger already would count goods twice."""
        if message.kind != MovementKind.OPENING:
            return []
        known = await self._storage.read(
            lambda c: [has_ledger(c, line.product_id, message.warehouse) for line in message.lines]
        )
        return [
            FieldFault(f"lines[{index}].product", "its stock is known already: adjust it instead")
            for index, is_known in enumerate(known)
            if is_known
        ]

    async def _not_there(self, message: CreateMovement) -> list[FieldFault]:
        """Goods that would leave and are not on hand, over all lines of the product."""
        wanted = leaving(message)
        states = await self._ask_all([(product_id, ReadStock()) for product_id in wanted])
        on_hand: dict[int, int] = {}
        for product_id, state in zip(wanted, states, strict=True):
            if isinstance(state, BaseException):
                raise state
            on_hand[product_id] = _on_hand(cast("Sequence[ShelfState]", state), message.warehouse)
        return [
            FieldFault(
                f"lines[{index}].quantity",
                f"only {format_milli(Milli(on_hand[line.product_id]))} on hand",
            )
            for index, line in enumerate(message.lines)
            if on_hand.get(line.product_id, 0) < wanted.get(line.product_id, 0)
        ]

    # --- posting ----------------------------------------------------------------------

    async def _post(self, movement: Movement, message: CreateMovement | None = None) -> Movement:
        """Ask the stock for every line that is owed, then store what became of them.

        The answer to ``message`` is kept, where it wants that, once nothing is owed any more.
        """
        if movement.state is MovementState.POSTED:
            return movement
        owed = [line for line in movement.lines if line.is_owed]
        asked = [(line.product_id, _as_stock_hears(movement, line)) for line in owed]
        decided = {
            line.line: _decided(line, answer)
            for line, answer in zip(owed, await self._ask_all(asked), strict=True)
        }
        lines = tuple(decided.get(line.line, line) for line in movement.lines)
        is_done = not any(line.is_owed for line in lines)
        if lines == movement.lines and not is_done:
            return movement
        settled = replace(
            movement,
            lines=lines,
            state=MovementState.POSTED if is_done else MovementState.POSTING,
            revision=movement.revision + 1,
        )
        await self._settle(movement, settled, message)
        return settled

    async def _settle(
        self, before: Movement, after: Movement, message: CreateMovement | None
    ) -> None:
        now_ms = self._clock.now_ms()
        refused = [
            line
            for was, line in zip(before.lines, after.lines, strict=True)
            if line.problem and not was.problem
        ]

        def unit(connection: sqlite3.Connection) -> None:
            rows.settle(connection, before, after)
            for line in refused:
                subject = f"movement:{after.id}/line:{line.line}"
                facts = {
                    "movement": after.kind.value,
                    "reference": after.reference,
                    "line": str(line.line),
                    "problem": line.problem,
                }
                raise_alert(connection, "movement_line_refused", subject, facts, now_ms)
            if message is not None and after.state is MovementState.POSTED:
                keep_answer(connection, message.mark, message.encode, after, now_ms)

        await self._storage.write(unit)
        self._movement = after
        self._tell()

    async def _ask_all(self, asked: Sequence[tuple[int, object]]) -> list[object]:
        """Ask the stock of each product, not too many at a time; what failed is the answer."""
        answers: list[object] = []
        for start in range(0, len(asked), AT_ONCE):
            answers += await asyncio.gather(
                *(
                    self._directory.ask(self._stock_actor, product_id, message)
                    for product_id, message in asked[start : start + AT_ONCE]
                ),
                return_exceptions=True,
            )
        return answers

    def _tell(self) -> None:
        movement = self._known()
        self._news.tell(RecordNews("movement", encode_id(movement.id), movement.revision))


def _refuse_bundles(connection: sqlite3.Connection, movement: Movement) -> None:
    """A product may have become a bundle since the message was looked at."""
    bundle = any_bundle(connection, [line.product_id for line in movement.lines])
    refuse_if_any(
        [
            FieldFault(f"lines[{index}].product", IS_A_BUNDLE)
            for index, line in enumerate(movement.lines)
            if line.product_id == bundle
        ]
    )


def _hash_of(message: CreateMovement) -> bytes:
    content = (
        message.kind,
        message.warehouse,
        message.to_warehouse,
        message.reference,
        message.supplier,
        message.lines,
    )
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=32).digest()


def _on_hand(states: Sequence[ShelfState], warehouse: str) -> int:
    return next((state.on_hand_milli for state in states if state.warehouse == warehouse), 0)


def _as_stock_hears(movement: Movement, line: MovementLine) -> PostMovementLine:
    legs: tuple[Leg, ...] = (Leg(movement.warehouse, line.quantity_milli),)
    if movement.to_warehouse is not None:
        legs = (
            Leg(movement.warehouse, -line.quantity_milli),
            Leg(movement.to_warehouse, line.quantity_milli),
        )
    return PostMovementLine(
        movement=movement.ledger_name,
        line=line.line,
        kind=movement.kind,
        reference=movement.reference,
        legs=legs,
    )


def _decided(line: MovementLine, answer: object) -> MovementLine:
    """The line after the stock's answer; without a clear one it stays owed."""
    match answer:
        case LinePosted():
            return replace(line, posted=True, on_hand_milli=answer.on_hand_milli)
        case Rejection():
            return replace(line, problem=str(answer)[:_LONGEST_PROBLEM])
    _log.warning("movement_line_owed", line=line.line, reason=repr(answer))
    return line
