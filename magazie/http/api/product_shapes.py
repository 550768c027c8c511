"""Products as other programs read them."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from magazie.http.fields import (
    IdText,
    MomentText,
    PriceText,
    QuantityText,
    RateText,
    id_text,
    moment_text,
    price_text,
    quantity_text,
    rate_text,
)
from magazie.http.image_words import ImageWords, image_words
from magazie.http.item_problem_words import (
    ItemProblemWords,
    in_language,
    item_problem_words,
)
from magazie.http.page_texts import Language
from magazie.http.publish_words import (
    PublishDetailWords,
    PublishWords,
    publish_detail_words,
    publish_words,
)
from magazie.model.decimals import E4, Milli, RateE2
from magazie.model.image_fetches import ImageProblem
from magazie.model.publishing import PublicationState
from magazie.model.tracking import Tracking
from magazie.storage.products import CodeKind, LinkState, Product, ProductImage
from magazie.storage.publications import Publication


class CodeShown(msgspec.Struct, frozen=True):
    """A further code, and how many pieces it stands for."""

    code: str
    kind: CodeKind
    pieces: QuantityText


class AttributeShown(msgspec.Struct, frozen=True):
    """A named property with its values."""

    name: str
    values: tuple[str, ...]


class ImageShown(msgspec.Struct, frozen=True):
    """An image: where it comes from, the hash it is kept under, why it is not here.

    Without ``media`` and ``problem`` it was not tried yet; ``/media/{media}`` sends it.
    """

    url: str
    media: str
    problem: ImageProblem | None
    explanation: ImageWords | None


class SyncShown(msgspec.Struct, frozen=True):
    """What a shop is told of the product."""

    stock: bool
    price: bool


class LinkShown(msgspec.Struct, frozen=True):
    """A shop's item tied to the product."""

    shop: str
    external_id: str
    sku: str
    state: LinkState


class PartShown(msgspec.Struct, frozen=True):
    """A part of a bundle, and how much of it one bundle holds."""

    product: IdText
    quantity: QuantityText


class PublishedShown(msgspec.Struct, frozen=True):
    """How far publishing the product to a shop is; ``detail`` says more, as ``explanation`` does.

    What the shop itself said stands there in its own words.
    """

    shop: str
    state: PublicationState
    problems: list[PublishWords]
    detail: str
    explanation: PublishDetailWords | None


class ProductShown(msgspec.Struct, frozen=True):
    """A product. ``prices`` is by warehouse, RON with VAT.

    ``sync`` is by shop; a shop that is not named is told everything. ``bundle`` is null unless
    the product is kept as its parts, and empty while those are not known. ``problems`` says in
    one language what could not be taken over from a shop, ``explanations`` in both; it has those
    of ``publications`` too, as ``shop: code``.
    """

    has_etag: ClassVar[bool] = True

    id: IdText
    version: int
    code: str
    ean: str
    additional_codes: list[CodeShown]
    name: str
    description: str
    brand: str
    family: str
    unit: str
    vat_rate: RateText | None
    weight: QuantityText | None
    location: str
    tracking: Tracking
    category_id: IdText | None
    attributes: list[AttributeShown]
    images: list[ImageShown]
    prices: dict[str, PriceText]
    sync: dict[str, SyncShown]
    links: list[LinkShown]
    bundle: list[PartShown] | None
    publications: list[PublishedShown]
    problems: tuple[str, ...]
    created_at: MomentText
    changed_at: MomentText
    explanations: list[ItemProblemWords]


InShops = Sequence[tuple[str, Publication]]
"""(shop, how far publishing to it is), by shop."""


def show_product(product: Product, in_shops: InShops, language: Language) -> ProductShown:
    """A product as the books have it."""
    explained = item_problem_words(product.problems)
    rate, weight = product.vat_rate_e2, product.weight_milli
    return ProductShown(
        id=id_text(product.id),
        version=product.version,
        code=product.code,
        ean=product.ean,
        additional_codes=[
            CodeShown(it.code, it.kind, quantity_text(Milli(it.pieces_milli)))
            for it in product.codes
        ],
        name=product.name,
        description=product.description,
        brand=product.brand,
        family=product.family,
        unit=product.unit,
        vat_rate=rate_text(RateE2(rate)) if rate is not None else None,
        weight=quantity_text(Milli(weight)) if weight is not None else None,
        location=product.location,
        tracking=product.tracking,
        category_id=id_text(product.category_id) if product.category_id is not None else None,
        attributes=[AttributeShown(it.name, it.values) for it in product.attributes],
        images=[_show_image(it) for it in product.images],
        prices={at: price_text(E4(price)) for at, price in product.prices.items()},
        sync={shop: SyncShown(it.stock, it.price) for shop, it in product.sync.items()},
        links=[LinkShown(it.shop, it.external_id, it.sku, it.state) for it in product.links],
        bundle=[
            PartShown(id_text(it.product_id), quantity_text(Milli(it.quantity_milli)))
            for it in product.bundle
        ]
        if product.bundle is not None
        else None,
        publications=[_show_publication(shop, it, language) for shop, it in in_shops],
        problems=(
            *in_language(explained, language),
            *(f"{shop}: {problem}" for shop, it in in_shops for problem in it.problems),
        ),
        created_at=moment_text(product.created_ms),
        changed_at=moment_text(product.changed_ms),
        explanations=explained,
    )


def _show_publication(shop: str, it: Publication, language: Language) -> PublishedShown:
    explained = publish_detail_words(it.detail)
    return PublishedShown(
        shop=shop,
        state=it.state,
        problems=[publish_words(each) for each in it.problems],
        detail=explained.of(language) if explained is not None else "",
        explanation=explained,
    )


def _show_image(image: ProductImage) -> ImageShown:
    problem = ImageProblem(image.problem) if image.problem else None
    return ImageShown(image.url, image.media, problem, image_words(image.problem))
