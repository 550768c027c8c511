"""What requests say of products, and the commands that come of it."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from magazie.actors.product_messages import ProductCommand, SetSync, UpdateProduct
from magazie.actors.product_rules import MOST_PARTS
from magazie.http.api.texts import Code, Line, Name, Short
from magazie.http.fields import Price, Quantity, Rate, RecordId, Weight
from magazie.model.bundles import BundlePart, Parts
from magazie.model.tracking import Tracking
from magazie.storage.idempotency import IdempotencyMark
from magazie.storage.products import (
    AdditionalCode,
    Attribute,
    CodeKind,
    ProductDraft,
    ProductImage,
    SyncSwitches,
)

_ONE_PIECE_MILLI: Final = 1000


class CodeIn(msgspec.Struct, forbid_unknown_fields=True):
    """A further code: of one piece unless ``pieces`` says of how many."""

    code: Code
    kind: CodeKind = CodeKind.ADDITIONAL
    pieces: Quantity | None = None


class AttributeIn(msgspec.Struct, forbid_unknown_fields=True):
    """A named property with its values."""

    name: Name
    values: Annotated[tuple[Line, ...], Meta(max_length=100)]


class ImageIn(msgspec.Struct, forbid_unknown_fields=True):
    """An image: the address it is fetched from, the hash of one that is here, or both."""

    url: Annotated[str, Meta(max_length=2000, pattern="^(https?://|$)")] = ""
    media: Annotated[str, Meta(max_length=64, pattern="^([0-9a-f]{64}|$)")] = ""


class SyncIn(msgspec.Struct, forbid_unknown_fields=True):
    """What a shop is told of the product; what is left out stays."""

    stock: bool | None = None
    price: bool | None = None


class LinkIn(msgspec.Struct, forbid_unknown_fields=True):
    """A shop's item to be tied to the product."""

    shop: Short
    external_id: Short
    sku: Short


class PartIn(msgspec.Struct, forbid_unknown_fields=True):
    """A part of a bundle, and how much of it one bundle holds."""

    product: RecordId
    quantity: Quantity


class ProductIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new product. ``prices`` is by warehouse, RON with VAT; ``sync`` is by shop.

    ``bundle`` lists the parts of goods that are kept as their parts; empty where those are not
    known yet. Null: the product is no bundle. ``tracking`` is what pickers note of it.
    """

    code: Code
    name: Name
    ean: Short = ""
    additional_codes: Annotated[list[CodeIn], Meta(max_length=200)] = []
    description: str = ""
    brand: Line = ""
    family: Short = ""
    unit: Short = "buc"
    vat_rate: Rate | None = None
    weight: Weight | None = None
    location: Short = ""
    tracking: Tracking = Tracking.NONE
    category_id: RecordId | None = None
    attributes: Annotated[list[AttributeIn], Meta(max_length=300)] = []
    images: Annotated[list[ImageIn], Meta(max_length=100)] = []
    prices: dict[str, Price] = {}
    sync: dict[str, SyncIn] = {}
    links: Annotated[list[LinkIn], Meta(max_length=100)] = []
    bundle: Annotated[list[PartIn], Meta(max_length=MOST_PARTS)] | None = None


class ProductChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to change; what is left out stays."""

    code: Code | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    ean: Short | UnsetType = UNSET
    description: str | UnsetType = UNSET
    brand: Line | UnsetType = UNSET
    family: Short | UnsetType = UNSET
    unit: Short | UnsetType = UNSET
    vat_rate: Rate | UnsetType | None = UNSET
    weight: Weight | UnsetType | None = UNSET
    location: Short | UnsetType = UNSET
    tracking: Tracking | UnsetType = UNSET
    category_id: RecordId | UnsetType | None = UNSET
    attributes: Annotated[list[AttributeIn], Meta(max_length=300)] | UnsetType = UNSET
    images: Annotated[list[ImageIn], Meta(max_length=100)] | UnsetType = UNSET
    sync: dict[str, SyncIn] = {}
    bundle: Annotated[list[PartIn], Meta(max_length=MOST_PARTS)] | UnsetType | None = UNSET


def draft_of(body: ProductIn) -> ProductDraft:
    """The draft of a new product."""
    codes = sorted((code_of(it) for it in body.additional_codes), key=lambda it: it.code)
    return ProductDraft(
        code=body.code,
        ean=body.ean,
        name=body.name,
        description=body.description,
        brand=body.brand,
        family=body.family.strip(),
        unit=body.unit,
        vat_rate_e2=_number(body.vat_rate),
        weight_milli=_number(body.weight),
        location=body.location,
        tracking=body.tracking,
        category_id=_number(body.category_id),
        attributes=_attributes(body.attributes),
        images=_images(body.images),
        codes=tuple(codes),
        prices={at: int(price) for at, price in sorted(body.prices.items())},
        sync={
            shop: SyncSwitches(it.stock is not False, it.price is not False)
            for shop, it in sorted(body.sync.items())
        },
        bundle=_bundle(body.bundle),
    )


def code_of(body: CodeIn) -> AdditionalCode:
    """A further code."""
    return AdditionalCode(body.code, body.kind, int(body.pieces or _ONE_PIECE_MILLI))


def commands_of(
    changes: ProductChanges,
    version: int | None,
    mark: IdempotencyMark | None,
) -> Iterator[ProductCommand]:
    """What the changes come to.

    Only the first command can be held to the caller's version, and only a lone one can keep
    the answer in its own unit.
    """
    touches_record = any(
        getattr(changes, field) is not UNSET
        for field in ProductChanges.__struct_fields__
        if field != "sync"
    )
    kept = mark if len(changes.sync) + touches_record <= 1 else None
    if touches_record or not changes.sync:
        yield UpdateProduct(
            code=changes.code,
            ean=changes.ean,
            name=changes.name,
            description=changes.description,
            brand=changes.brand,
            family=UNSET if changes.family is UNSET else changes.family.strip(),
            unit=changes.unit,
            vat_rate_e2=_number_if_set(changes.vat_rate),
            weight_milli=_number_if_set(changes.weight),
            location=changes.location,
            tracking=changes.tracking,
            category_id=_number_if_set(changes.category_id),
            attributes=UNSET if changes.attributes is UNSET else _attributes(changes.attributes),
            images=UNSET if changes.images is UNSET else _images(changes.images),
            bundle=UNSET if changes.bundle is UNSET else _bundle(changes.bundle),
            expected_version=version,
            mark=kept,
        )
        version = None
    for shop, switches in changes.sync.items():
        yield SetSync(
            shop=shop,
            stock=switches.stock,
            price=switches.price,
            expected_version=version,
            mark=kept,
        )
        version = None


def _number(value: int | None) -> int | None:
    """The plain integer of a field's own type."""
    return int(value) if value is not None else None


def _number_if_set(value: int | UnsetType | None) -> int | UnsetType | None:
    return value if value is UNSET else _number(value)


def _attributes(given: list[AttributeIn]) -> tuple[Attribute, ...]:
    return tuple(Attribute(it.name, it.values) for it in given)


def _bundle(given: list[PartIn] | None) -> Parts | None:
    if given is None:
        return None
    parts = [BundlePart(int(it.product), int(it.quantity)) for it in given]
    return tuple(sorted(parts, key=lambda part: part.product_id))


def _images(given: list[ImageIn]) -> tuple[ProductImage, ...]:
    return tuple(ProductImage(url=it.url, media=it.media) for it in given)
