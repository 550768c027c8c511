"""What was planted in a shop on purpose, so that whoever imports it can be judged."""

from enum import StrEnum

from msgspec import Struct


class PlantKind(StrEnum):
    """What is odd about the products of a plant."""

    SKU_CASE = "sku_case"
    """Two products whose SKUs differ in letter case."""
    SKU_SPACES = "sku_spaces"
    """Two products whose SKUs differ in blanks."""
    SKU_NO_BREAK_SPACE = "sku_no_break_space"
    """Two products whose SKUs differ in a blank that does not look like one."""
    SKU_FULL_WIDTH = "sku_full_width"
    """Two products, one SKU in full-width letters."""
    SKU_REPEATED = "sku_repeated"
    """Two products with one SKU."""
    EAN_SHARED = "ean_shared"
    """Two products with one EAN."""
    KNOWN_BY_SKU = "known_by_sku"
    """The SKU is a known product's code."""
    KNOWN_BY_EAN = "known_by_ean"
    """The EAN is a known product's, under another code."""
    KNOWN_BY_BOTH = "known_by_both"
    """SKU and EAN are the same known product's."""
    UPC = "upc"
    """Twelve digits; the known product has them with the zero that makes thirteen."""
    UPC_LOST_ZERO = "upc_lost_zero"
    """Eleven digits: a UPC that went through a program that took it for a number."""
    CONFLICT = "conflict"
    """The SKU is one known product's, the EAN another's."""
    SKU_PLACEHOLDER = "sku_placeholder"
    """The SKU says nothing: 0, a dash, nothing at all, zeros."""
    EAN_PLACEHOLDER = "ean_placeholder"
    """The EAN says nothing; products without any are not counted."""
    EAN_JUNK = "ean_junk"
    """The EAN is something else."""
    FAMILY = "family"
    """Versions of one product."""
    BUNDLE = "bundle"
    """A bundle whose parts the shop sells."""
    BUNDLE_UNKNOWN_PART = "bundle_unknown_part"
    """A bundle one of whose parts the shop does not sell."""
    DESCRIPTION_SCRIPT = "description_script"
    """The description would run something in a browser."""
    PICTURE_MISSING = "picture_missing"
    PICTURE_EMPTY = "picture_empty"
    PICTURE_WEB_PAGE = "picture_web_page"
    PICTURE_CUT = "picture_cut"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_STALLS = "picture_stalls"
    PICTURE_TO_LOOPBACK = "picture_to_loopback"
    PICTURE_TO_PRIVATE = "picture_to_private"
    PICTURE_TO_ITSELF = "picture_to_itself"
    PICTURE_PRIVATE = "picture_private"
    """Its address is a private one."""
    PICTURE_FILE = "picture_file"
    """Its address is a file's."""
    PICTURE_REPEATED = "picture_repeated"
    """A good picture, listed twice."""


class Plant(Struct, frozen=True, kw_only=True):
    """Products that are odd together; ``detail`` is the text that makes them so."""

    kind: PlantKind
    products: tuple[int, ...]
    """By id; for twins the older first."""
    detail: str


class KnownGoods(Struct, frozen=True, kw_only=True):
    """A product that whoever imports the shop is to have before."""

    code: str
    ean: str
    name: str


class Planted(Struct, frozen=True, kw_only=True):
    """All that was planted; nothing else in the shop is odd in these ways."""

    plants: tuple[Plant, ...] = ()
    known: tuple[KnownGoods, ...] = ()
