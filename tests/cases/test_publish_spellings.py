"""A code that the shop has in another spelling is the same code: nothing is made beside it."""

import pytest

from magazie.model.publishing import PublicationState, PublishProblem
from tests.cases.publish_room import lay_out, make, publication, publish, skus
from tests.rules.storeroom import Storeroom, in_storeroom


@pytest.mark.parametrize("there", ["cana-1", "CANA-1 ", " Cana-1"])
@in_storeroom({"P1": 5})
async def test_an_item_of_the_same_code_in_another_spelling_is_in_the_way(
    room: Storeroom, there: str
) -> None:
    ours = await lay_out(room)
    cup = await make(room, "CANA-1", ours["Căni"])
    room.shop.add(there, 1)
    await room.syncs["magazin"].catalogue.reader.read(_untold, is_whole=True)
    room.shop.forget_requests()

    result = await publish(room, cup)

    assert (result.published, result.refused) == (0, 1)
    told = await publication(room, cup)
    assert (told.state, told.problems) == (PublicationState.REFUSED, (PublishProblem.SKU_IN_USE,))
    assert skus(room) == sorted(["P1", there])
    assert not room.shop.requests("product/write"), "told before anything is sent"


async def _untold(*_told: object) -> None:
    pass
