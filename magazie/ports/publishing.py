"""What is written into a shop: categories, attributes, products."""

import msgspec

from magazie.ports.item_answers import ItemAnswer


class NewCategory(msgspec.Struct, frozen=True):
    """A category to be made in the shop, under ``parent_id`` (None: at the root)."""

    name: str
    parent_id: str | None = None


class NewAttribute(msgspec.Struct, frozen=True):
    """An attribute to be made in the shop; ``type`` as ``ShopAttribute.type``."""

    name: str
    key: str
    type: str = "textinput"


class AttributeValue(msgspec.Struct, frozen=True):
    """A product's value of one attribute; several where the type takes several."""

    key: str
    name: str
    type: str
    values: tuple[str, ...]


class PublishedVersion(msgspec.Struct, frozen=True):
    """One sellable version of a published product. Prices are gross: with VAT."""

    sku: str
    ean: str
    price_e4: int
    stock_milli: int | None
    """None in a change: the shop's stock is left alone. New versions need one."""
    weight_milli: int | None
    options: tuple[AttributeValue, ...] = ()
    """What tells it from the other versions of its family."""


class PublishedProduct(msgspec.Struct, frozen=True):
    """What is written into a shop: one product with its versions (mostly one)."""

    name: str
    description: str
    brand: str
    vat_rate_e2: int
    group_key: str
    categories: tuple[tuple[str, ...], ...]
    """Paths of names, root first: Gomag addresses categories by name, and makes unknown ones."""
    attributes: tuple[AttributeValue, ...]
    images: tuple[tuple[str, tuple[str, ...]], ...]
    """(address, SKUs of the versions that it shows), the main one first."""
    versions: tuple[PublishedVersion, ...]
    enabled: bool = True


class PublishAnswer(msgspec.Struct, frozen=True):
    """What a shop said of one SKU of a write; ``external_id`` where the answer told it.

    Answers echo what was sent: only a reading proves what the shop has.
    """

    answer: ItemAnswer
    external_id: str | None = None
    reason: str = ""
