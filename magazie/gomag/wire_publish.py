"""Products of Gomag's wire as they are written: the requests of ``product/write`` and ``/patch``.

Field names and types: Gomag API note, "Products - write / patch / delete". Numbers go as texts, as
in the recorded requests, made from scaled integers. Texts without a language are the shop's own
language's; attributes were only ever recorded with one named.
"""

from collections.abc import Iterable, Sequence

from magazie.model.decimals import (
    E4,
    Milli,
    RateE2,
    format_e4,
    format_milli,
    format_rate,
)
from magazie.ports import AttributeValue, PublishedProduct, PublishedVersion

_CURRENCY = "RON"
_LANGUAGE = "ro"

Json = dict[str, object]


def encode_new(products: Iterable[PublishedProduct]) -> list[Json]:
    """The JSON of ``product/write``. Sent twice, it leaves one set of categories and images."""
    return [
        {
            **_product(product),
            "versions": [_new_version(version) for version in product.versions],
            "options": {"replaceCategories": 1, "ignoreImagesIfExists": 1},
        }
        for product in products
    ]


def encode_changes(products: Iterable[PublishedProduct]) -> list[Json]:
    """The JSON of ``product/patch``: empty texts and collections are left as the shop has them."""
    return [
        {
            **_product(product),
            "versions": [_version(version) for version in product.versions],
            "options": {
                "replaceCategories": 1,
                "replaceMedia": int(bool(product.images)),
                "ignoreImagesIfExists": int(not product.images),
            },
        }
        for product in products
    ]


def _product(product: PublishedProduct) -> Json:
    skus = [version.sku for version in product.versions]
    fields: Json = {
        "currency": _CURRENCY,
        "vat": format_rate(RateE2(product.vat_rate_e2)),
        "vat_included": 1,
        "enabled": int(product.enabled),
        "categories": [list(path) for path in product.categories],
    }
    texts = {
        "name": product.name,
        "description": product.description,
        "brand": product.brand,
        "group_key": product.group_key,
    }
    fields.update({name: text for name, text in texts.items() if text})
    if product.attributes:
        fields["attributes"] = [
            {**_attribute(value), "type": value.type} for value in product.attributes
        ]
    if product.images:
        fields["images"] = [
            {"url": url, "skus": list(shown) or skus} for url, shown in product.images
        ]
    return fields


def _new_version(version: PublishedVersion) -> Json:
    return {**_version(version), "stockManagement": 1}


def _version(version: PublishedVersion) -> Json:
    fields: Json = {
        "sku": version.sku,
        "price": format_e4(E4(version.price_e4)),
        "priceWithVat": 1,
    }
    if version.ean:
        fields["ean"] = version.ean
    if version.stock_milli is not None:
        fields["stock"] = format_milli(Milli(version.stock_milli))
        fields["stockStatus"] = "instock" if version.stock_milli > 0 else "notinstock"
    if version.weight_milli is not None:
        fields["weight"] = format_milli(Milli(version.weight_milli))
    if version.options:
        fields["options"] = [_attribute(option) for option in version.options]
    return fields


def _attribute(value: AttributeValue) -> Json:
    """Named by key and name; attributes without a key are found by their name alone."""
    values: Sequence[str] = value.values
    fields: Json = {"value": {_LANGUAGE: values[0] if len(values) == 1 else list(values)}}
    if value.key:
        fields["key"] = value.key
    if value.name:
        fields["name"] = {_LANGUAGE: value.name}
    return fields
