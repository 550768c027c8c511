"""What an edit of several things at once makes of a product's record. Pure."""

from collections.abc import Iterable
from typing import Any

from magazie.actors.product_messages import EditProduct, PriceMovedError
from magazie.storage.products import Attribute, Product


def edited(product: Product, message: EditProduct) -> dict[str, Any]:
    """The changed parts of the record beside those that the edit gives whole.

    Raises:
        PriceMovedError: a price is another one than the edit was reckoned from.

    """
    for warehouse, price_e4 in message.prices_before.items():
        if product.prices.get(warehouse) != price_e4:
            raise PriceMovedError(warehouse)
    changes: dict[str, Any] = {}
    new = [code for code in message.further_codes if code not in product.codes]
    if new:
        codes = (*product.codes, *dict.fromkeys(new))
        changes["codes"] = tuple(sorted(codes, key=lambda further: further.code))
    if message.selling_prices:
        changes["prices"] = dict(sorted({**product.prices, **message.selling_prices}.items()))
    if message.merged_attributes:
        changes["attributes"] = merged(product.attributes, message.merged_attributes)
    return changes


def merged(attributes: Iterable[Attribute], changes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """Attributes with those of ``changes`` in the place of their names, or last; empty ones go."""
    by_name = {each.name: each for each in attributes}
    by_name |= {each.name: each for each in changes}
    removed = {each.name for each in changes if not each.values}
    return tuple(each for name, each in by_name.items() if name not in removed)
