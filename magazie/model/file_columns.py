"""What the columns of a file of products, codes or prices are called, in Romanian and English."""

import enum
import re
from typing import Final

import msgspec

from magazie.model.romanian_letters import fold


class FileKind(enum.StrEnum):
    """What a file is about."""

    PRODUCTS = "products"
    CODES = "codes"
    PRICES = "prices"


class Columns(msgspec.Struct, frozen=True):
    """What stands in which column: field → place, warehouse → place of its price."""

    fields: dict[str, int]
    prices: dict[str, int]
    width: int
    ignored: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def known(self) -> int:
        """How many columns are understood."""
        return len(self.fields) + len(self.prices)


_NAMES: Final = {
    "code": ("code", "cod", "cod produs", "product code", "sku"),
    "name": ("name", "denumire", "nume", "denumire produs", "product name"),
    "ean": ("ean", "ean13", "gtin", "cod bare", "cod de bare", "barcode"),
    "description": ("description", "descriere"),
    "brand": ("brand", "marca", "producator"),
    "unit": ("unit", "um", "u m", "unitate", "unitate de masura"),
    "vat_rate": ("vat", "vat rate", "tva", "cota tva"),
    "weight": ("weight", "greutate", "weight kg", "greutate kg"),
    "location": ("location", "locatie", "raft"),
    "tracking": ("tracking", "urmarire"),
    "category_id": ("category id", "id categorie"),
    "additional_code": ("additional code", "cod suplimentar", "cod aditional", "further code"),
    "pieces": ("pieces", "bucati", "buc"),
    "price": ("price", "pret", "pret cu tva", "price with vat"),
}
_BY_NAME: Final = {name: field for field, names in _NAMES.items() for name in names}
_OF_KIND: Final = {
    FileKind.PRODUCTS: frozenset(_NAMES) - {"pieces"},
    FileKind.CODES: frozenset({"code", "additional_code", "pieces"}),
    FileKind.PRICES: frozenset({"code", "price"}),
}
_PRICE_IN: Final = re.compile(r"\s*(?:price|pre[țţt])\s*[: ]\s*(\S.*?)\s*", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


def columns_of(header: list[str], kind: FileKind, warehouses: frozenset[str]) -> Columns:
    """Understand the first line of a file; a column nobody knows is left out.

    The price of a warehouse stands under ``price CODE`` or ``preț CODE``.
    """
    fields: dict[str, int] = {}
    prices: dict[str, int] = {}
    ignored, repeated = [], []
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    for place, title in enumerate(header[:width]):
        field = _BY_NAME.get(_BETWEEN.sub(" ", fold(title)).strip())
        named = _PRICE_IN.fullmatch(title)
        if field in _OF_KIND[kind]:
            into, key = fields, field
        elif named and named[1] in warehouses and "price" in _OF_KIND[kind]:
            into, key = prices, named[1]
        else:
            ignored.append(title.strip())
            continue
        if key in into:
            repeated.append(title.strip())
        into.setdefault(key, place)
    return Columns(fields, prices, width, tuple(ignored), tuple(repeated))
