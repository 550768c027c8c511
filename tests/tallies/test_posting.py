"""A tally makes one movement, wherever the process dies."""

import random
from typing import Any

import pytest

from magazie.actors.movement_actor import MovementActor
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import UpdateProduct
from magazie.actors.tally_session import TallySession
from magazie.model.bundles import BundlePart
from magazie.model.tally import TallyState
from magazie.sync.sweep import Sweep
from tests.picking.picking_room import P1, P2
from tests.tallies.tally_room import E1, E2, TallyRoom, id_of


class KilledError(Exception):
    """The process ends here."""


async def counted(room: TallyRoom) -> int:
    reception = await room.announce((P1, 3), (P2, 4))
    await room.receiving("T1", reception)
    await room.counts_on(reception, E1, 3)
    await room.counts_on(reception, E2, 5)
    return reception


RECEIVED = [("reception", P1, 3), ("reception", P2, 5)]


def dies_before_the_movement(patch: pytest.MonkeyPatch) -> None:
    async def dies(_self: object, _message: object) -> Any:
        raise KilledError

    patch.setattr(MovementActor, "on_receive", dies)


def dies_with_the_movement_stored(patch: pytest.MonkeyPatch) -> None:
    async def dies(_self: object, *_: object) -> Any:
        raise KilledError

    patch.setattr(MovementActor, "_post", dies)


def dies_after_the_movement(patch: pytest.MonkeyPatch) -> None:
    store = TallySession._store

    async def dies(self: TallySession, after: Any, log: Any, **fields: Any) -> None:
        if after.state is TallyState.DONE:
            raise KilledError
        await store(self, after, log, **fields)

    patch.setattr(TallySession, "_store", dies)


DEATHS = [dies_before_the_movement, dies_with_the_movement_stored, dies_after_the_movement]


async def die(room: TallyRoom, reception: int, death: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        death(patch)
        with pytest.raises(KilledError):
            await room.completes(reception, op="c")
    assert await room.rows("SELECT state FROM tallies WHERE id = ?", reception) == [("posting",)]
    await room.restart()


@pytest.mark.parametrize("death", DEATHS)
async def test_the_terminal_sends_its_completion_again(room: TallyRoom, death: Any) -> None:
    reception = await counted(room)
    await die(room, reception, death)
    assert (await room.completes(reception, op="c"))["outcome"] == "completed"
    assert (await room.tally_shown(reception)).state is TallyState.DONE
    assert await room.moved(reception) == RECEIVED
    assert (await room.on_hand(P1), await room.on_hand(P2)) == (1003, 1005)
    assert len(await room.alerts_of("reception_differs")) == 1


@pytest.mark.parametrize("death", DEATHS)
async def test_the_sweep_wakes_what_is_not_posted(room: TallyRoom, death: Any) -> None:
    reception = await counted(room)
    await die(room, reception, death)
    await Sweep(storage=room.storage, directory=room.directory, clock=room.clock).wake()
    assert (await room.tally_shown(reception)).state is TallyState.DONE
    assert await room.moved(reception) == RECEIVED
    assert (await room.completes(reception, op="c"))["outcome"] == "completed"
    assert await room.moved(reception) == RECEIVED


@pytest.mark.parametrize("seed", range(8))
async def test_any_number_of_deaths_makes_one_movement(room: TallyRoom, seed: int) -> None:
    chance = random.Random(seed)
    reception = await counted(room)
    for _ in range(chance.randint(1, 4)):
        with pytest.MonkeyPatch.context() as patch:
            chance.choice(DEATHS)(patch)
            try:
                await room.completes(reception, op="c")
            except KilledError:
                await room.restart()
    assert (await room.completes(reception, op="c"))["outcome"] == "completed"
    assert await room.moved(reception) == RECEIVED
    assert (await room.on_hand(P1), await room.on_hand(P2)) == (1003, 1005)


@pytest.mark.parametrize("death", DEATHS)
async def test_a_count_adjusts_once(room: TallyRoom, death: Any) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 998)
    await die(room, count, death)
    refused = await room.counting("T2", "A-2")
    assert refused["reason"] == "location_taken"
    assert (await room.completes(count, op="c"))["outcome"] == "completed"
    assert await room.moved(count) == [("adjustment", P2, -2)]
    assert await room.on_hand(P2) == 998
    again = id_of(await room.counting("T2", "A-2"))
    await room.counts_on(again, E2, 998, "T2")
    await room.completes(again, "T2")
    assert await room.moved(again) == []


async def test_a_terminal_may_begin_something_else_while_it_is_posted(room: TallyRoom) -> None:
    count = id_of(await room.counting("T1", "A-2"))
    await room.counts_on(count, E2, 100)
    await die(room, count, dies_before_the_movement)
    await room.adjust(P2, -300)
    other = id_of(await room.receiving("T1", "NIR 1"))
    answer = await room.completes(count, op="c")  # 900 fewer cannot be
    assert answer["lines"][0]["why"] == "moved"
    state = await room.tally_shown(count)
    assert (state.state, state.terminal) == ("open", None)
    assert (await room.tally_shown(other)).terminal == "T1"


async def test_a_product_that_became_a_bundle_is_set_to_none(room: TallyRoom) -> None:
    await room.product(4, "SET-9", ean="2000000001098")
    reception = await room.announce((4, 2), (P1, 1))
    await room.receiving("T1", reception)
    await room.counts_on(reception, "SET-9", 2)
    await room.counts_on(reception, E1)
    await room.ask(ProductActor, 4, UpdateProduct(bundle=(BundlePart(P2, 1000),)))
    assert await room.counts_on(reception, "SET-9") == "bundle"
    answer = await room.completes(reception)
    assert [(it["line"], it["why"]) for it in answer["lines"]] == [(1, "refused")]
    assert (await room.completes(reception))["lines"][0]["why"] == "refused"
    await room.sets(reception, 1, 0)
    assert (await room.completes(reception, accepts=True))["outcome"] == "completed"
    assert await room.moved(reception) == [("reception", P1, 1)]
