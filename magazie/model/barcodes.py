"""Which barcode stands on a product's sticker, and the own codes of goods without an EAN."""

import enum
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from magazie.model.codes import in_store_ean, normalise_gtin

_NUMBERS: Final = 10**10  # an in-store EAN has room for ten digits
_EAN_13: Final = 13
_GTIN_8: Final = 8
_OWN_PREFIX: Final = "020"  # of the 14-digit form: GS1 leaves 20 to a company's own use
_NARROWEST_UM: Final = 190  # a module that hand scanners still read, in thousandths of a mm
_QUIET_MODULES: Final = 20
_EAN_MODULES: Final = 95
_CODE_128_MODULES: Final = 35  # start, check and stop
_CHARACTER_MODULES: Final = 11


class Symbology(enum.StrEnum):
    """A kind of barcode."""

    EAN_13 = "ean13"
    CODE_128 = "code128"


class Barcode(msgspec.Struct, frozen=True):
    """What is to be encoded; of an EAN-13 all thirteen digits."""

    symbology: Symbology
    text: str

    @property
    def modules(self) -> int:
        """How many of its narrowest bars it is wide at most, with the quiet zones."""
        if self.symbology is Symbology.EAN_13:
            return _EAN_MODULES + _QUIET_MODULES
        return _CODE_128_MODULES + _CHARACTER_MODULES * len(self.text) + _QUIET_MODULES

    def fits(self, width_mm: int) -> bool:
        """Whether a scanner can read it at this width."""
        return self.modules * _NARROWEST_UM <= width_mm * 1000


def barcode_of(text: str) -> Barcode | None:
    """EAN-13 where the text is one (or an UPC), else Code 128; None for letters it has not."""
    gtin = normalise_gtin(text)
    if gtin is not None and gtin.startswith("0") and len(text.strip()) != _GTIN_8:
        return Barcode(Symbology.EAN_13, gtin[1:])
    text = text.strip()
    return Barcode(Symbology.CODE_128, text) if text.isascii() and text.isprintable() else None


def is_own_code(text: str) -> bool:
    """Whether it is an EAN of the range that is free inside one company."""
    gtin = normalise_gtin(text)
    return gtin is not None and gtin.startswith(_OWN_PREFIX) and len(text.strip()) == _EAN_13


def own_codes(product_id: int) -> Iterator[str]:
    """In-store EANs for a product, the first of which mostly is free; the same each time."""
    digest = hashlib.blake2b(product_id.to_bytes(8), digest_size=8, person=b"own code").digest()
    first = int.from_bytes(digest) % _NUMBERS
    for step in range(_NUMBERS):
        yield in_store_ean((first + step) % _NUMBERS)


def own_code_among(codes: Iterable[str]) -> str | None:
    """The own code that a product has already."""
    return next((code for code in codes if is_own_code(code)), None)
