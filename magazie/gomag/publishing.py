"""Writing into a shop's catalogue: categories, attributes and products."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from magazie.gomag.client import GomagClient
from magazie.gomag.envelope import Answer, RefusedAnswer, confirmed
from magazie.gomag.publish_answers import product_answers, refused_answers, row_failures
from magazie.gomag.wire_attributes import encode_attribute
from magazie.gomag.wire_categories import encode_category
from magazie.gomag.wire_publish import encode_changes, encode_new
from magazie.ports import (
    ItemAnswer,
    NewAttribute,
    NewCategory,
    PublishAnswer,
    PublishedProduct,
    Refused,
    Unreadable,
    Urgency,
)

PUBLISH_LIMIT = 25
"""Most products, categories or attributes in one write (Gomag API note: "Batch caps")."""

_Encode = Callable[[Iterable[PublishedProduct]], object]


class CatalogueWriting:
    """Writes through one shop's client. Nothing is ever sent twice; raises only ``ShopError``."""

    def __init__(self, client: GomagClient) -> None:
        self._client = client

    async def create_category(self, category: NewCategory) -> None:
        """Make one category.

        Raises:
            Refused: the shop says no to it.
            Unreadable: it says yes, but not to this one.
        """
        answer = await self._send("category/write", encode_category(category))
        if not _raise_failure(answer, "categories"):
            raise Unreadable("the answer does not mention the category")

    async def create_attribute(self, attribute: NewAttribute) -> None:
        """Make one attribute; an empty yes may be a no, so only a reading tells.

        Raises:
            Refused: the shop says no to it.
        """
        answer = await self._send("attribute/write", encode_attribute(attribute))
        _raise_failure(answer, "attributes")

    async def create_products(
        self, products: Sequence[PublishedProduct]
    ) -> Mapping[str, PublishAnswer]:
        """Write new products, all in one request.

        Raises:
            ValueError: too many, a SKU twice or none, or something that the shop requires lacks.
        """
        _check(products)
        if any(version.stock_milli is None for one in products for version in one.versions):
            raise ValueError("a new version needs a stock")
        if not all(product.name.strip() for product in products):
            raise ValueError("a new product needs a name")
        return await self._write("product/write", products, encode_new)

    async def change_products(
        self, products: Sequence[PublishedProduct]
    ) -> Mapping[str, PublishAnswer]:
        """Change products, all in one request; empty texts and collections are left alone.

        Raises:
            ValueError: as ``create_products``; names and stock are not required.
        """
        _check(products)
        return await self._write("product/patch", products, encode_changes)

    async def _write(
        self, path: str, products: Sequence[PublishedProduct], encode: _Encode
    ) -> Mapping[str, PublishAnswer]:
        skus = [version.sku for product in products for version in product.versions]
        if not skus:
            return {}
        try:
            answer = await self._send(path, encode(products))
        except RefusedAnswer as error:
            reason = str(error)
            if len(products) > 1:
                return refused_answers(error.body, skus, reason)
            told = product_answers(error.body, skus)
            refused = PublishAnswer(ItemAnswer.REFUSED, reason=reason)
            return {
                sku: one if one.answer is ItemAnswer.UNKNOWN_ITEM or one.reason else refused
                for sku, one in told.items()
            }
        return product_answers(answer.body, skus)

    async def _send(self, path: str, payload: object) -> Answer:
        return await self._client.write(path, "data", payload, confirmed, urgency=Urgency.PUBLISH)


def _check(products: Sequence[PublishedProduct]) -> None:
    skus = [version.sku for product in products for version in product.versions]
    if len(products) > PUBLISH_LIMIT or len(set(skus)) < len(skus):
        raise ValueError(f"at most {PUBLISH_LIMIT} products of different SKU")
    if not all(product.versions for product in products) or not all(map(str.strip, skus)):
        raise ValueError("every product needs versions, and every version a SKU")
    paths = [path for product in products for path in product.categories]
    if not all(product.categories for product in products) or not all(map(_is_path, paths)):
        raise ValueError("every product needs a category, even to change something else")


def _is_path(path: Sequence[str]) -> bool:
    return bool(path) and all(map(str.strip, path))


def _raise_failure(answer: Answer, plural: str) -> bool:
    """Raise the first refusal among the answer's rows; tells whether there were any rows."""
    failures = row_failures(answer.body, plural)
    for reason in failures:
        if reason:
            raise Refused("600", (reason,))
    return bool(failures)
