"""The code on a packaging is found by a scan, and names no single piece."""

from magazie.actors.product_messages import AddCode, RemoveCode
from magazie.storage.products import AdditionalCode, CodeKind
from tests.actors.house import House

BOX = "5941234567899"
BOX_KEY = "g:05941234567899"


async def test_a_packaging_is_no_identity(house: House) -> None:
    made = await house.create("CAN-330", codes=(AdditionalCode(BOX, CodeKind.PACKAGING, 12_000),))
    other = await house.create("CAN-331", ean=BOX)
    assert house.nomenclature.by_code(BOX) == (made.id, other.id)
    assert house.nomenclature.named_by(BOX_KEY) == (other.id,)
    house.restart()
    await house.nomenclature.load(house.storage)
    assert house.nomenclature.by_code(BOX) == (made.id, other.id)
    assert house.nomenclature.named_by(BOX_KEY) == (other.id,)
    assert house.nomenclature.named_by("c:can-330") == (made.id,)


async def test_a_code_that_is_the_pieces_too_is_one(house: House) -> None:
    box = AdditionalCode(BOX, CodeKind.PACKAGING, 12_000)
    made = await house.create("CAN-330", ean=BOX, codes=(box,))
    assert house.nomenclature.named_by(BOX_KEY) == (made.id,)


async def test_packagings_come_and_go(house: House) -> None:
    made = await house.create("CAN-330")
    box = AdditionalCode(BOX, CodeKind.PACKAGING, 12_000)
    await house.product(made.id, AddCode(code=box))
    assert house.nomenclature.named_by(BOX_KEY) == ()
    assert house.nomenclature.by_code(BOX) == (made.id,)
    await house.product(made.id, RemoveCode(code=BOX))
    assert house.nomenclature.by_code(BOX) == ()
    await house.product(made.id, AddCode(code=AdditionalCode(BOX)))
    assert house.nomenclature.named_by(BOX_KEY) == (made.id,)
    assert house.nomenclature.named_by("c:nimic") == ()
