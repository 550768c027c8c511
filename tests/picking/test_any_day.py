"""Whatever people do in a day, each order knows in the end what truly lies in its box."""

import random
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from magazie.actors import picking_session
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import SettleOrder
from magazie.actors.picking_answers import SessionShown
from magazie.actors.picking_messages import (
    Command,
    Leave,
    PutBack,
    ScanCode,
    ShortPick,
    SkipLine,
    UndoLast,
)
from magazie.actors.picking_session import PickingSession
from magazie.actors.runtime import Rejection
from magazie.model.picking import PickingMode, Rest
from tests.picking.picking_room import P1, P2, P3, PickingRoom

CODES = ("2000000001012", "2000000001029", "2000000001036", "CAN-BAX", "nimic")
TERMINALS = ("T1", "T2", "T3")
ORDERS = 5
STEPS = 120
_MOVES = frozenset({"counted", "undone", "put_back"})
_IN_SESSION = """
    SELECT l.order_id, sum(l.picked_milli) / 1000, o.is_cancelled
    FROM picking_orders AS o JOIN picking_lines AS l USING (session_id, order_id)
    WHERE o.is_verified = ? AND session_id = ? GROUP BY 1
"""


class Day:
    """Three terminals, an office, some orders; ``boxes`` is what was truly taken for each."""

    def __init__(self, room: PickingRoom, chance: random.Random) -> None:
        self.boxes: Counter[int] = Counter()
        self.numbers: dict[int, str] = {}
        self._room = room
        self._chance = chance
        self._sessions: dict[str, int] = {}
        self._sent: list[tuple[int, str, Command, str, dict[str, Any]]] = []

    async def begin(self) -> None:
        chance = self._chance
        for number in range(ORDERS):
            lines = [
                (chance.choice((P1, P1, P2, P3)), chance.randint(1, 7))
                for _ in range(chance.randint(1, 3))
            ]
            self.numbers[await self._room.order(f"Z{number}", *lines)] = f"Z{number}"

    async def something_happens(self) -> None:
        (doing,) = self._chance.choices(
            (
                self._open,
                self._work,
                self._end,
                self._send_again,
                self._office,
                self._sweep,
                self._restart,
            ),
            (10, 55, 10, 5, 10, 9, 1),
        )
        with suppress(Rejection):
            await doing(self._chance.choice(TERMINALS))

    # --- terminals --------------------------------------------------------------------

    async def _open(self, terminal: str) -> None:
        chance, room = self._chance, self._room
        orders = chance.sample(list(self.numbers), chance.choice((1, 1, 1, 2)))
        match chance.randrange(4):
            case 0:
                shown = await room.next(terminal)
            case 1:
                shown = await room.take_over(terminal, orders[0])
            case _:
                one = (PickingMode.PICK, PickingMode.PICK, PickingMode.CHECK)
                mode = PickingMode.CLUSTER if len(orders) > 1 else chance.choice(one)
                shown = await room.open(terminal, *orders, mode=mode)
        if isinstance(shown, SessionShown):
            self._sessions[terminal] = shown.session_id

    async def _work(self, terminal: str) -> None:
        if (session := self._sessions.get(terminal)) is None:
            return
        chance = self._chance
        state = await self._room.state(session)
        lines = [line for order in state.orders for line in order.lines]
        number = chance.choice([line.line for line in lines] or [1])
        milli = 1000 * chance.randint(1, 4)
        (command,) = chance.choices(
            (
                ScanCode(chance.choice([line.code for line in lines] or list(CODES)), 1000),
                ScanCode(chance.choice(CODES), 1000 * chance.choice((1, 1, 2))),
                UndoLast(),
                PutBack(number, milli),
                ShortPick(number, milli, "negasit", chance.choice(list(Rest))),
                SkipLine(number),
            ),
            (60, 12, 8, 10, 8, 2),
        )
        await self._do(session, terminal, command)

    async def _end(self, terminal: str) -> None:
        if (session := self._sessions.get(terminal)) is None:
            return
        if self._chance.random() < 0.7:
            await self._make_ready(session, terminal)
        answer = await self._room.complete(session, terminal)
        if answer["outcome"] == "completed":
            for order, picked, is_cancelled in await self._room.rows(_IN_SESSION, 1, session):
                if not is_cancelled:
                    self.boxes[order] = picked

    async def _make_ready(self, session: int, terminal: str) -> None:
        for order in (await self._room.state(session)).orders:
            for line in order.lines:
                if back := int(line.to_put_back):
                    await self._do(session, terminal, PutBack(line.line, back * 1000))
                elif missing := int(line.ordered) - int(line.picked):
                    rest = self._chance.choice(list(Rest))
                    command = ShortPick(line.line, missing * 1000, "negasit", rest)
                    await self._do(session, terminal, command)

    async def _do(self, session: int, terminal: str, command: Command) -> None:
        op = f"w{len(self._sent)}"
        before = await self._in_hand(session)
        answer = await self._room.do(session, terminal, command, op)
        self._sent.append((session, terminal, command, op, answer))
        after = await self._in_hand(session)
        assert answer.get("outcome") in _MOVES or after == before
        for order, pieces in after.items():
            self.boxes[order] += pieces - before[order]

    async def _send_again(self, _terminal: str) -> None:
        """An answer was lost."""
        if self._sent:
            session, terminal, command, op, answer = self._chance.choice(self._sent[-6:])
            assert await self._room.do(session, terminal, command, op) == answer

    async def _in_hand(self, session: int) -> dict[int, int]:
        rows = await self._room.rows(_IN_SESSION, 0, session)
        return {order: pieces for order, pieces, _ in rows}

    # --- the others -------------------------------------------------------------------

    async def _office(self, _terminal: str) -> None:
        chance, room = self._chance, self._room
        order = chance.choice(list(self.numbers))
        match chance.randrange(4):
            case 0:
                await room.cancel(self.numbers[order])
            case 1 | 2:
                lines = (await room.stored(order)).lines
                quantities = {chance.choice(lines).line: chance.randint(0, 8)}
                await room.edit(self.numbers[order], quantities)
            case _:
                if self._sessions:
                    session = chance.choice(list(self._sessions.values()))
                    await room.ask(PickingSession, session, Leave("birou"))

    async def _sweep(self, _terminal: str) -> None:
        await self._room.settle()

    async def _restart(self, _terminal: str) -> None:
        await self._room.restart()


@pytest.mark.parametrize("seed", [1, 2, 15, 31])
async def test_every_order_knows_what_is_in_its_box(
    room: PickingRoom, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking_session, "TOLD_AFTER_S", 3600.0)  # the sweep alone tells them
    day = Day(room, random.Random(seed))
    await day.begin()
    for _ in range(STEPS):
        await day.something_happens()
    for number in day.numbers.values():
        await room.ask(OrderActor, ("api", "telefon", number), SettleOrder())
    await room.settle()
    for order, number in day.numbers.items():
        picked = sum(line.picked_milli for line in (await room.stored(order)).lines) // 1000
        now = room.picks.of_order(order)
        if now is not None:  # one that was cancelled hears of it only at the end
            picked = (await day._in_hand(now)).get(order, picked)
        assert picked == day.boxes[order], number
