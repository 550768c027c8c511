"""Whatever moves while a shelf is counted, the books say in the end what lies there."""

import random

import pytest

from magazie.actors.picking_messages import ScanCode
from tests.picking.picking_room import P2, session_id
from tests.tallies.tally_room import E2, TallyRoom, id_of

PARTS = 4
"""Parts of the shelf; a person counts one after the other."""


class Shelf:
    """What truly lies there, part by part, and who comes by."""

    def __init__(self, room: TallyRoom, chance: random.Random) -> None:
        self.parts = [250 + chance.choice((-3, 0, 2)) for _ in range(PARTS)]
        self.in_boxes = 0
        self._room = room
        self._chance = chance
        self._orders = 0

    @property
    def there(self) -> int:
        return sum(self.parts)

    async def something_happens(self) -> None:
        await self._chance.choice(
            (self._goods_come, self._goods_are_picked, self._goods_are_sold, self._nothing)
        )()

    async def _goods_come(self) -> None:
        pieces = self._chance.randint(1, 9)
        await self._room.receive((P2, pieces))
        self.parts[self._chance.randrange(PARTS)] += pieces

    async def _goods_are_picked(self) -> None:
        """By another terminal; sometimes the order hears of it only later."""
        room, pieces = self._room, self._chance.randint(1, 5)
        self._orders += 1
        order = await room.order(f"P{self._orders}", (P2, pieces))
        terminal = f"P{self._orders}"
        session = session_id(await room.open(terminal, order))
        answer = await room.do(session, terminal, ScanCode(E2, pieces * 1000))
        assert answer["outcome"] == "counted"
        self.parts[self._chance.randrange(PARTS)] -= pieces
        self.in_boxes += pieces
        if self._chance.random() < 0.5:
            assert (await room.complete(session, terminal))["outcome"] == "completed"

    async def _goods_are_sold(self) -> None:
        self._orders += 1
        await self._room.order(f"S{self._orders}", (P2, 2))

    async def _nothing(self) -> None:
        pass


@pytest.mark.parametrize("seed", range(20))
async def test_an_honest_count_leaves_true_books(room: TallyRoom, seed: int) -> None:
    chance = random.Random(seed)
    shelf = Shelf(room, chance)
    count = id_of(await room.counting("T1", "A-2"))
    for part in range(PARTS):
        await room.counts_on(count, E2, shelf.parts[part])
        if chance.random() < 0.4:
            await shelf.something_happens()
    if chance.random() < 0.2:
        await room.settle()
    answer = await room.completes(count)
    while answer["outcome"] != "completed":
        assert answer["lines"][0]["why"] == "moved"
        await room.sets(count, 1, shelf.there)
        await shelf.something_happens()
        answer = await room.completes(count)
    await room.settle()
    assert await room.on_hand(P2) - shelf.in_boxes == shelf.there
