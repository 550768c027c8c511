"""An import goes on over what passes: a page that is not one, a shop out of breath, odd rows."""

import asyncio

import pytest

from magazie.gomag import shop as gomag_shop
from magazie.gomag.wire_products import decode_product
from magazie.ports import ShopProduct
from magazie.simulators.gomag import FaultKind
from magazie.storage.jobs import JobState
from tests.rules.storeroom import SHOP, Storeroom, in_storeroom

READ = "product/read"
MANY = {f"P{number}": 1.0 for number in range(250)}
PAGES = 3


@pytest.mark.parametrize("kind", [FaultKind.HTML_PAGE, FaultKind.THROTTLE, FaultKind.REFUSE])
@pytest.mark.parametrize("path", [READ, "order/read"])
@in_storeroom(MANY, linked=False)
async def test_what_passes_in_a_while_breaks_off_no_import(
    room: Storeroom, kind: FaultKind, path: str
) -> None:
    importing = asyncio.ensure_future(room.import_items())
    # the listing is read whole first; trouble comes after a page of the import itself
    await room.until(lambda: len(room.shop.requests(READ)) > PAGES)
    room.shop.keep_failing(kind, path)
    await room.pass_time(30)
    room.shop.heal()
    job = await importing
    assert job.state is JobState.DONE, job.problems
    assert room.peek("SELECT count(*) FROM links WHERE state = 'linked'") == len(MANY)
    assert room.peek("SELECT count(*) FROM products") == len(MANY)


@in_storeroom(MANY, linked=False)
async def test_a_page_of_rows_that_cannot_be_read_is_not_the_end(
    room: Storeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.syncs[SHOP].catalogue.reader.read(_untold)
    second = sorted(room.peek_all("SELECT external_id FROM listing"), key=lambda row: int(row[0]))
    odd = {str(external_id) for (external_id,) in second[100:200]}

    def decoded(raw: bytes, key: str) -> ShopProduct | str:
        found = decode_product(raw, key)
        return key if isinstance(found, ShopProduct) and found.external_id in odd else found

    monkeypatch.setattr(gomag_shop, "decode_product", decoded)
    await room.import_items()
    assert room.peek("SELECT count(*) FROM links WHERE state = 'linked'") == len(MANY) - len(odd)


async def _untold(*_told: object) -> None:
    pass
