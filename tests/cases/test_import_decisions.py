"""What people decide of a shop's items sticks, and is carried out once."""

import pytest

from magazie.actors.listing_messages import DecisionAction, ItemTiedError
from tests.cases.catalogue_room import (
    decide,
    imported,
    make,
    row,
    sell,
)
from tests.rules.storeroom import Storeroom, in_storeroom

EAN = "5941234567899"


@in_storeroom({}, linked=False)
async def test_a_decision_is_undone(room: Storeroom) -> None:
    ours = await make(room, "X", EAN)
    await make(room, "Y", EAN)
    item = sell(room, "P1", EAN)
    await imported(room)
    await decide(room, item, DecisionAction.LINK, ours)
    await decide(room, item, DecisionAction.UNDO)
    found = await row(room, item)
    assert (found.product_id, found.state, found.decision) == (None, "new", "")
    await imported(room)
    assert (await row(room, item)).state == "conflict"
    await decide(room, item, DecisionAction.IGNORE)
    assert (await row(room, item)).state == "ignored"
    assert (await imported(room)).ignored == 1
    await decide(room, item, DecisionAction.UNDO)
    await decide(room, item, DecisionAction.CREATE)
    assert (await imported(room)).created == 1
    with pytest.raises(ItemTiedError):
        await decide(room, item, DecisionAction.UNDO)
    with pytest.raises(ItemTiedError):
        await decide(room, item, DecisionAction.LINK, ours)


@in_storeroom({}, linked=False)
async def test_a_decided_link_that_a_crash_cut_off_is_made_by_the_next_reading(
    room: Storeroom,
) -> None:
    ours = await make(room, "X", EAN)
    await make(room, "Y", EAN)
    item = sell(room, "P1", EAN)
    await imported(room)
    await room.service.storage.write(
        lambda c: (
            c.execute(
                "UPDATE listing SET state = 'new', problem = NULL, decision = 'link',"
                " decided_product = ?, decided_by = 'ana', decided_ms = 1 WHERE external_id = ?",
                (ours, item),
            ).rowcount
        )
    )
    await room.service.storage.write(
        lambda c: c.execute("UPDATE alerts SET state = 'cleared'").rowcount
    )
    await room.crash_and_restart()
    await room.service.shops["magazin"].catalogue.reader.read(_unheard, is_whole=True)
    found = await row(room, item)
    assert (found.product_id, found.state) == (ours, "linked")


async def _unheard(_done: int, _total: int | None, _more: object = None, /) -> None:
    """Nobody follows how far it is."""


@in_storeroom({}, linked=False)
async def test_a_link_by_hand_clears_the_conflict(room: Storeroom) -> None:
    await make(room, "X", EAN)
    room.product_ids["Y"] = await make(room, "Y", EAN)
    item = sell(room, "P1", EAN)
    await imported(room)
    await room.link("Y", "magazin", item)
    await room.pass_time(1)
    assert await room.alerts("import_conflict") == []
    assert (await row(room, item)).state == "linked"
