"""What a product's record may hold."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from magazie.actors.field_faults import FieldFault
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.settings_book import SettingsBook
from magazie.model.bundles import Parts
from magazie.model.codes import normalise_code
from magazie.model.decimals import MAX_PRICE_E4, MAX_QUANTITY_MILLI, MAX_RATE_E2
from magazie.model.tracking import Tracking
from magazie.storage.products import AdditionalCode, ProductDraft

MOST_PARTS: Final = 100
_LONGEST: Final = {
    "code": 100,
    "ean": 60,
    "name": 500,
    "description": 200_000,
    "brand": 200,
    "family": 100,
    "unit": 20,
    "location": 100,
}
MOST_IMAGES: Final = 100
_MOST: Final = {"attributes": 300, "images": MOST_IMAGES, "codes": 200, "problems": 100}


def faults_of(draft: ProductDraft, book: SettingsBook) -> list[FieldFault]:
    """Everything about the record that cannot be, in the order of the fields."""
    return [
        *_texts(draft),
        *_tracking(draft),
        *_numbers(draft),
        *_codes(draft),
        *(
            fault
            for warehouse, price_e4 in draft.prices.items()
            for fault in price_faults(warehouse, price_e4, book)
        ),
        *(fault for shop in draft.sync for fault in shop_faults(f"sync.{shop}", shop, book)),
    ]


def price_faults(warehouse: str, price_e4: int, book: SettingsBook) -> Iterator[FieldFault]:
    """What is wrong with a price in a warehouse."""
    field = f"prices.{warehouse}"
    if not book.has_warehouse(warehouse):
        yield FieldFault(field, "there is no such warehouse")
    if not 0 <= price_e4 <= MAX_PRICE_E4:
        yield FieldFault(field, "must be from 0 to 10000000")


def shop_faults(field: str, shop: str, book: SettingsBook) -> Iterator[FieldFault]:
    """What is wrong with naming this shop."""
    if book.shop(shop) is None:
        yield FieldFault(field, "there is no such shop")


def bundle_faults(
    product_id: int, bundle: Parts | None, nomenclature: Nomenclature
) -> Iterator[FieldFault]:
    """What is wrong with making the product a bundle of these parts."""
    if bundle is None:
        return
    if len(bundle) > MOST_PARTS:
        yield FieldFault("bundle", f"must have at most {MOST_PARTS} parts")
    if nomenclature.bundles_with(product_id):
        yield FieldFault("bundle", "the product is a part of another bundle")
    seen: set[int] = set()
    for index, part in enumerate(bundle):
        field = f"bundle[{index}]"
        if part.product_id == product_id or not nomenclature.exists(part.product_id):
            yield FieldFault(f"{field}.product", "must be another product")
        elif nomenclature.parts_of(part.product_id) is not None:
            yield FieldFault(f"{field}.product", "is a bundle itself")
        if part.product_id in seen:
            yield FieldFault(f"{field}.product", "is given twice")
        seen.add(part.product_id)
        if not 0 < part.quantity_milli <= MAX_QUANTITY_MILLI:
            yield FieldFault(f"{field}.quantity", "must be more than 0 and at most 1000000")


def _texts(draft: ProductDraft) -> Iterator[FieldFault]:
    for field, longest in _LONGEST.items():
        if len(getattr(draft, field)) > longest:
            yield FieldFault(field, f"must have at most {longest} characters")
    for field, most in _MOST.items():
        if len(getattr(draft, field)) > most:
            yield FieldFault(field, f"must have at most {most} entries")
    if normalise_code(draft.code) is None:
        yield FieldFault("code", "must be a code, not empty or a placeholder such as 0 or -")
    for field in ("name", "unit"):
        if not getattr(draft, field).strip():
            yield FieldFault(field, "must not be empty")


def _tracking(draft: ProductDraft) -> Iterator[FieldFault]:
    if draft.bundle is not None and draft.tracking is not Tracking.NONE:
        yield FieldFault("tracking", "is noted of a bundle's parts, not of the bundle")


def _numbers(draft: ProductDraft) -> Iterator[FieldFault]:
    if draft.vat_rate_e2 is not None and not 0 <= draft.vat_rate_e2 <= MAX_RATE_E2:
        yield FieldFault("vat_rate", "must be from 0 to 100")
    if draft.weight_milli is not None and not 0 <= draft.weight_milli <= MAX_QUANTITY_MILLI:
        yield FieldFault("weight", "must be from 0 to 1000000")


def _codes(draft: ProductDraft) -> Iterator[FieldFault]:
    seen = Counter(normalise_code(further.code) for further in draft.codes)
    for index, further in enumerate(draft.codes):
        field = f"additional_codes[{index}]"
        yield from _code(field, further)
        if seen[normalise_code(further.code)] > 1:
            yield FieldFault(f"{field}.code", "is given twice")


def _code(field: str, further: AdditionalCode) -> Iterator[FieldFault]:
    if normalise_code(further.code) is None or len(further.code) > _LONGEST["code"]:
        yield FieldFault(f"{field}.code", "must be a code of at most 100 characters")
    if not 0 < further.pieces_milli <= MAX_QUANTITY_MILLI:
        yield FieldFault(f"{field}.pieces", "must be more than 0 and at most 1000000")
