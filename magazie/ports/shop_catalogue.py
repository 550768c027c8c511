"""The catalogue as a shop tells it."""

import msgspec

from magazie.model.item_problems import ItemProblems


class ShopProduct(msgspec.Struct, frozen=True):
    """One sellable item of a shop (each version is an item of its own).

    ``description`` is HTML, not to be trusted; the other texts are plain. ``base_price_e4`` is
    the list price with VAT; ``price_e4`` holds promotions and is never taken as ours. A value
    that could not be read is None and named in ``problems``.
    """

    external_id: str
    sku: str
    ean: str
    name: str
    description: str
    short_description: str
    brand: str
    unit: str
    url: str
    weight_milli: int | None
    enabled: bool
    parent_id: str
    group_key: str
    stock_managed: bool
    backorders: bool
    stock_milli: int | None
    base_price_e4: int | None
    price_e4: int | None
    vat_included: bool
    vat_rate_e2: int | None
    currency: str
    categories: tuple[tuple[tuple[str, str], ...], ...]
    """Paths of (category id, name), root first."""
    attributes: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(attribute id, name, values)."""
    images: tuple[str, ...]
    bundle: tuple[tuple[str, int], ...]
    """(SKU, quantity_milli) of the parts, for a bundle."""
    problems: ItemProblems
    raw: bytes


class ProductPage(msgspec.Struct, frozen=True):
    """One page of a shop's products."""

    page: int
    pages: int
    total: int
    products: tuple[ShopProduct, ...]
    undecodable: tuple[str, ...]
    """Ids (or '?') of rows that are not products."""


class ShopCategory(msgspec.Struct, frozen=True):
    """One category of a shop's tree."""

    id: str
    name: str
    path: tuple[tuple[str, str], ...]
    """(category id, name) from the root down to this one, itself included."""
    position: int


class ShopAttribute(msgspec.Struct, frozen=True):
    """One attribute that a shop knows. Its options cannot be read: they show on products."""

    id: str
    key: str
    """May be empty: some shops have attributes without one."""
    name: str
    type: str
    """As the shop calls it: ``dropdown``, ``multipleselect``, ``textinput``, ``textarea`` …"""
    is_version: bool
    """Whether versions of a product differ by it."""
