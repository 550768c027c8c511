"""What is to become of each product of a bulk edit, reckoned before the first one is changed."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from magazie.actors.product_edits import merged
from magazie.actors.product_messages import EditProduct
from magazie.actors.product_rules import faults_of
from magazie.actors.settings_book import SettingsBook
from magazie.model.decimals import E4, RateE2, format_e4, format_rate
from magazie.model.ids import encode_id
from magazie.model.repricing import repriced
from magazie.model.romanian_faults import in_romanian
from magazie.model.tracking import Tracking
from magazie.storage.product_edits import EditOrder, PriceChange
from magazie.storage.products import Attribute, Product
from magazie.storage.work_rows import WorkRow

_WHOLE = ("category_id", "brand", "unit", "vat_rate_e2", "location", "tracking")


class PlannedEdit(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One product, its new price, and what that was reckoned from; None where it was not."""

    product_id: int
    price_e4: int | None = None
    price_before_e4: int | None = None


class EditedFields(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that a bulk edit changes, as one product has them. Part of a public result."""

    category_id: str | UnsetType | None = UNSET
    brand: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    vat_rate: str | UnsetType | None = UNSET
    location: str | UnsetType = UNSET
    tracking: Tracking | UnsetType = UNSET
    attributes: tuple[Attribute, ...] | UnsetType = UNSET
    price: str | UnsetType | None = UNSET


class EditedRow(msgspec.Struct, frozen=True):
    """One product that changes, before and after. Part of a job's public result."""

    product: str
    code: str
    name: str
    before: EditedFields
    after: EditedFields


class LeftRow(msgspec.Struct, frozen=True):
    """A product that is left as it is, and why, in both languages. Part of a public result."""

    product: str
    code: str
    ro: str
    en: str


class EditRefusedError(Exception):
    """The product cannot be changed so; the message says why."""


def plan_edit(
    product: Product, order: EditOrder, book: SettingsBook
) -> tuple[PlannedEdit, EditedRow] | None:
    """What becomes of one product; None: it is so already.

    Raises:
        EditRefusedError: it cannot be.

    """
    changes: dict[str, Any] = {
        name: value for name in _WHOLE if (value := getattr(order.fields, name)) is not UNSET
    }
    if order.fields.attributes is not UNSET:
        changes["attributes"] = merged(product.attributes, order.fields.attributes)
    planned = PlannedEdit(product.id)
    if order.price is not None:
        price_e4 = _price(product, order.price)
        before_e4 = product.prices.get(order.price.warehouse)
        changes["prices"] = product.prices
        if price_e4 != before_e4:
            changes["prices"] = {**product.prices, order.price.warehouse: price_e4}
            reckoned_from = before_e4 if order.price.percent_e2 is not None else None
            planned = PlannedEdit(product.id, price_e4, reckoned_from)
    after = replace(product, **changes)
    if after == product:
        return None
    faults = faults_of(after, book)
    if faults:
        raise EditRefusedError(faults[0].message)
    shown = EditedRow(
        encode_id(product.id),
        product.code,
        product.name,
        _shown(product, after, order),
        _shown(after, product, order),
    )
    return planned, shown


def command_of(planned: PlannedEdit, order: EditOrder, row: WorkRow) -> EditProduct:
    """What the product is asked, once."""
    fields = {name: getattr(order.fields, name) for name in _WHOLE}
    attributes = order.fields.attributes
    prices: dict[str, int] = {}
    before: dict[str, int] = {}
    if order.price is not None and planned.price_e4 is not None:
        prices[order.price.warehouse] = planned.price_e4
        if planned.price_before_e4 is not None:
            before[order.price.warehouse] = planned.price_before_e4
    return EditProduct(
        **fields,
        merged_attributes=() if attributes is UNSET else attributes,
        selling_prices=prices,
        prices_before=before,
        row=row,
        by_person=True,
    )


def left(product_id: int, code: str, reason: str) -> LeftRow:
    """A product that is left as it is; ``reason`` is in English."""
    return LeftRow(encode_id(product_id), code, in_romanian(reason), reason)


def _price(product: Product, change: PriceChange) -> int:
    if change.percent_e2 is None:
        return change.value_e4 or 0
    before_e4 = product.prices.get(change.warehouse)
    if before_e4 is None:
        raise EditRefusedError("the product has no price in this warehouse")
    price_e4 = repriced(E4(before_e4), change.percent_e2, change.decimals)
    if price_e4 <= 0:
        raise EditRefusedError("the price would be 0 or less")
    return price_e4


def _shown(product: Product, other: Product, order: EditOrder) -> EditedFields:
    """The fields in which the product differs from the other one."""
    names: Iterable[str] = (*_WHOLE, "attributes")
    differ = {name for name in names if getattr(product, name) != getattr(other, name)}
    warehouse = order.price.warehouse if order.price is not None else ""
    price_e4 = product.prices.get(warehouse)
    rate_e2, category_id = product.vat_rate_e2, product.category_id
    shown: dict[str, Any] = {
        "category_id": encode_id(category_id) if category_id is not None else None,
        "brand": product.brand,
        "unit": product.unit,
        "vat_rate": format_rate(RateE2(rate_e2)) if rate_e2 is not None else None,
        "location": product.location,
        "tracking": product.tracking,
        "attributes": product.attributes,
        "price": format_e4(E4(price_e4)) if price_e4 is not None else None,
    }
    if price_e4 != other.prices.get(warehouse):
        differ.add("price")
    return EditedFields(
        **{name: value for name, value in shown.items() if name in differ or f"{name}_e2" in differ}
    )
