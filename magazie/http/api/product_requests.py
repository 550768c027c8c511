"""What requests say of products, and the commands that come of it."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from magazie.actors.marked import AnswerEncoder
from magazie.actors.product_messages import ProductCommand, SetSync, UpdateProduct
from magazie.http.api.texts import Code, Line, Name, Short
from magazie.http.fields import Price, Quantity, Rate, RecordId, Weight
from magazie.storage.idempotency import IdempotencyMark
from magazie.storage.products import (
    AdditionalCode,
    Attribute,
    CodeKind,
    Product,
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
    """A picture to be fetched."""

    url: Annotated[str, Meta(max_length=2000, pattern="^https?://")]


class SyncIn(msgspec.Struct, forbid_unknown_fields=True):
    """What a shop is told of the product; what is left out stays."""

    stock: bool | None = None
    price: bool | None = None


class LinkIn(msgspec.Struct, forbid_unknown_fields=True):
    """A shop's item to be tied to the product."""

    shop: Short
    external_id: Short
    sku: Short


class ProductIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new product. ``prices`` is by warehouse, RON with VAT; ``sync`` is by shop."""

    code: Code
    name: Name
    ean: Short = ""
    additional_codes: Annotated[list[CodeIn], Meta(max_length=200)] = []
    description: str = ""
    brand: Line = ""
    unit: Short = "buc"
    vat_rate: Rate | None = None
    weight: Weight | None = None
    location: Short = ""
    category_id: RecordId | None = None
    attributes: Annotated[list[AttributeIn], Meta(max_length=300)] = []
    images: Annotated[list[ImageIn], Meta(max_length=100)] = []
    prices: dict[str, Price] = {}
    sync: dict[str, SyncIn] = {}
    links: Annotated[list[LinkIn], Meta(max_length=100)] = []


class ProductChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to change; what is left out stays."""

    code: Code | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    ean: Short | UnsetType = UNSET
    description: str | UnsetType = UNSET
    brand: Line | UnsetType = UNSET
    unit: Short | UnsetType = UNSET
    vat_rate: Rate | UnsetType | None = UNSET
    weight: Weight | UnsetType | None = UNSET
    location: Short | UnsetType = UNSET
    category_id: RecordId | UnsetType | None = UNSET
    attributes: Annotated[list[AttributeIn], Meta(max_length=300)] | UnsetType = UNSET
    images: Annotated[list[ImageIn], Meta(max_length=100)] | UnsetType = UNSET
    sync: dict[str, SyncIn] = {}


def draft_of(body: ProductIn) -> ProductDraft:
    """The draft of a new product."""
    codes = sorted((code_of(it) for it in body.additional_codes), key=lambda it: it.code)
    return ProductDraft(
        code=body.code,
        ean=body.ean,
        name=body.name,
        description=body.description,
        brand=body.brand,
        unit=body.unit,
        vat_rate_e2=_number(body.vat_rate),
        weight_milli=_number(body.weight),
        location=body.location,
        category_id=_number(body.category_id),
        attributes=_attributes(body.attributes),
        images=_images(body.images),
        codes=tuple(codes),
        prices={at: int(price) for at, price in sorted(body.prices.items())},
        sync={
            shop: SyncSwitches(it.stock is not False, it.price is not False)
            for shop, it in sorted(body.sync.items())
        },
    )


def code_of(body: CodeIn) -> AdditionalCode:
    """A further code."""
    return AdditionalCode(body.code, body.kind, int(body.pieces or _ONE_PIECE_MILLI))


def commands_of(
    changes: ProductChanges,
    version: int | None,
    mark: IdempotencyMark | None,
    encode: AnswerEncoder[Product],
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
            unit=changes.unit,
            vat_rate_e2=_number_if_set(changes.vat_rate),
            weight_milli=_number_if_set(changes.weight),
            location=changes.location,
            category_id=_number_if_set(changes.category_id),
            attributes=UNSET if changes.attributes is UNSET else _attributes(changes.attributes),
            images=UNSET if changes.images is UNSET else _images(changes.images),
            expected_version=version,
            mark=kept,
            encode=encode,
        )
        version = None
    for shop, switches in changes.sync.items():
        yield SetSync(
            shop=shop,
            stock=switches.stock,
            price=switches.price,
            expected_version=version,
            mark=kept,
            encode=encode,
        )
        version = None


def _number(value: int | None) -> int | None:
    """The plain integer of a field's own type."""
    return int(value) if value is not None else None


def _number_if_set(value: int | UnsetType | None) -> int | UnsetType | None:
    return value if value is UNSET else _number(value)


def _attributes(given: list[AttributeIn]) -> tuple[Attribute, ...]:
    return tuple(Attribute(it.name, it.values) for it in given)


def _images(given: list[ImageIn]) -> tuple[ProductImage, ...]:
    return tuple(ProductImage(url=it.url) for it in given)
