"""No item is lost on pages of the catalogue that repeat or move, in a reading or an import."""

import pytest

from magazie.simulators.gomag import FaultKind
from tests.cases.test_catalogue_reading import MANY, READ, listed, pages_asked, read
from tests.rules.storeroom import Storeroom, in_storeroom

ODD = [FaultKind.PAGE_REPEATS, FaultKind.PAGE_DRIFTS]


def products(room: Storeroom) -> int:
    return room.peek("SELECT count(*) FROM products")


@pytest.mark.parametrize("kind", ODD)
@in_storeroom(MANY, linked=False)
async def test_a_whole_reading_is_whole(room: Storeroom, kind: FaultKind) -> None:
    room.shop.engine.inject(kind, path=READ, page=2)
    await read(room)
    assert listed(room) == set(MANY)


@pytest.mark.parametrize("kind", ODD)
@in_storeroom(MANY, linked=False)
async def test_an_import_makes_all_of_it(room: Storeroom, kind: FaultKind) -> None:
    asked = 0

    def strike() -> None:
        nonlocal asked
        asked += 1
        if asked == 4:  # the reading is over, and the import has its first page
            room.shop.engine.inject(kind, path=READ, page=2)

    room.shop.after(READ, strike, times=4)
    await room.import_items()
    assert products(room) == len(MANY)
    assert listed(room, "created") == set(MANY)


@pytest.mark.parametrize("kind", ODD)
@in_storeroom(MANY, linked=False)
async def test_pages_that_are_always_odd_come_to_an_end(room: Storeroom, kind: FaultKind) -> None:
    room.shop.keep_failing(kind, READ)
    await read(room)
    assert len(pages_asked(room)) < 20
    await read(room, is_whole=True)
    assert listed(room, "gone") == set()
