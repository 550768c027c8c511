"""One item of a shop, whole: everything that the shop last said of it."""

import sqlite3

import msgspec

from magazie.actors.settings_book import Role
from magazie.http.api.shop_listing import ListingShown, show_item
from magazie.http.api.shop_paths import shop_of
from magazie.http.endpoint import Answer, Call, LanguageQuery, NoBody, Outcome, endpoint
from magazie.http.fields import (
    PriceText,
    QuantityText,
    RateText,
    price_text,
    quantity_text,
    rate_text,
)
from magazie.http.item_problem_words import (
    ItemProblemWords,
    in_language,
    item_problem_words,
)
from magazie.http.page_texts import Language
from magazie.http.problems import ProblemKind, not_found
from magazie.model.decimals import E4, Milli, RateE2
from magazie.ports import ShopProduct
from magazie.storage import listing as rows
from magazie.storage.reads.listing import ListingRow, read_item


class ItemAttribute(msgspec.Struct, frozen=True):
    """An attribute with the values that the item has."""

    id: str
    name: str
    values: tuple[str, ...]


class ItemPart(msgspec.Struct, frozen=True):
    """A part of a bundle, by the shop's SKU."""

    sku: str
    quantity: QuantityText


class ListingItemShown(msgspec.Struct, frozen=True):
    """An item whole. ``price`` of the row is the list price; ``price_now`` holds promotions.

    ``categories`` are paths of names, root first. ``description`` is as the shop has it: it
    may hold scripts. ``problems`` say in one language what could not be read, ``explanations``
    in both.
    """

    row: ListingShown
    description: str
    short_description: str
    brand: str
    unit: str
    url: str
    weight: QuantityText | None
    is_enabled: bool
    is_stock_managed: bool
    takes_backorders: bool
    price_now: PriceText | None
    vat_rate: RateText | None
    is_vat_included: bool
    currency: str
    categories: tuple[tuple[str, ...], ...]
    attributes: list[ItemAttribute]
    images: tuple[str, ...]
    bundle: list[ItemPart]
    problems: tuple[str, ...]
    explanations: list[ItemProblemWords]


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/listing/{row}",
    role=Role.PICKER,
    tag="shops",
    summary="Show one item of a shop",
    answers={200: ListingItemShown},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_listing_item(call: Call[NoBody, LanguageQuery]) -> Outcome:
    """As the shop last said; ``lang`` is the language of its problems."""
    shop, external_id = shop_of(call).name, call.path("row")

    def query(connection: sqlite3.Connection) -> tuple[ListingRow | None, ShopProduct | None]:
        return (
            read_item(connection, shop, external_id),
            rows.product(connection, shop, external_id),
        )

    row, item = await call.parts.storage.read(query)
    if row is None or item is None:
        raise not_found("item")
    return Answer(_show(row, item, call.language))


def _show(row: ListingRow, item: ShopProduct, language: Language) -> ListingItemShown:
    explained = item_problem_words(item.problems)
    weight, price, rate = item.weight_milli, item.price_e4, item.vat_rate_e2
    return ListingItemShown(
        row=show_item(row, language),
        description=item.description,
        short_description=item.short_description,
        brand=item.brand,
        unit=item.unit,
        url=item.url,
        weight=quantity_text(Milli(weight)) if weight is not None else None,
        is_enabled=item.enabled,
        is_stock_managed=item.stock_managed,
        takes_backorders=item.backorders,
        price_now=price_text(E4(price)) if price is not None else None,
        vat_rate=rate_text(RateE2(rate)) if rate is not None else None,
        is_vat_included=item.vat_included,
        currency=item.currency,
        categories=tuple(tuple(name for _, name in path) for path in item.categories),
        attributes=[ItemAttribute(*each) for each in item.attributes],
        images=item.images,
        bundle=[ItemPart(sku, quantity_text(Milli(milli))) for sku, milli in item.bundle],
        problems=in_language(explained, language),
        explanations=explained,
    )


ENDPOINTS = (read_listing_item,)
