"""Products of Gomag's wire as the port knows them.

Field names and types: Gomag API note, "Products - read". A field that cannot be read is
left empty and named in ``problems``; only a row without id is no product.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import (
    Odd,
    ShapeError,
    entries_of,
    flag_of,
    id_of,
    text_of,
)
from magazie.model.foreign_numbers import (
    Dialect,
    ForeignNumberError,
    read_price,
    read_quantity,
    read_rate,
)
from magazie.model.html_text import plain_text
from magazie.model.item_problems import ItemProblem, ItemProblemCode
from magazie.model.romanian_letters import comma_letters
from magazie.ports import ShopProduct

_T = TypeVar("_T")
_V = TypeVar("_V")
_Entry = tuple[str, bytes]
_Path = tuple[tuple[str, str], ...]


class _Product(msgspec.Struct):
    id: Odd = None
    sku: Odd = None
    ean: Odd = None
    name: Odd = None
    description: Odd = None
    short_description: Odd = None
    brand: Odd = None
    unit: Odd = msgspec.field(name="um", default=None)
    url: Odd = None
    weight: Odd = None
    enabled: Odd = None
    parent: Odd = None
    group_key: Odd = None
    stock_management: Odd = msgspec.field(name="stockManagement", default=None)
    backorders: Odd = msgspec.field(name="allowOrdersWhenOutOfStock", default=None)
    stock: Odd = None
    base_price: Odd = None
    price: Odd = None
    vat_included: Odd = None
    vat: Odd = None
    currency: Odd = None
    categories: Odd = None
    attributes: Odd = None
    images: Odd = None
    bundle_items: Odd = msgspec.field(name="bundleItems", default=None)


class _Category(msgspec.Struct):
    id: Odd = None
    name: Odd = None


class _Attribute(msgspec.Struct):
    id: Odd = None
    name: Odd = None
    value: Odd = None


class _Part(msgspec.Struct):
    sku: Odd = None
    quantity: Odd = None


_product_decoder = msgspec.json.Decoder(_Product)
_odd_decoder = msgspec.json.Decoder(Odd)
_path_decoder = msgspec.json.Decoder(list[_Category] | dict[str, _Category])
_attribute_decoder = msgspec.json.Decoder(_Attribute)
_part_decoder = msgspec.json.Decoder(_Part)


class _Reader:
    """Reads field after field and remembers what could not be read."""

    def __init__(self) -> None:
        self.problems: list[ItemProblem] = []

    def read(self, read: Callable[[_V], _T], value: _V, field: str, instead: _T) -> _T:
        try:
            return read(value)
        except (msgspec.DecodeError, ShapeError, ForeignNumberError) as error:
            self.problems.append(_problem(field, error))
            return instead

    def each(self, read: Callable[[_Entry], _T], value: Odd, field: str) -> tuple[_T, ...]:
        """The entries of a list or map that can be read and hold something."""
        nothing: list[_Entry] = []
        entries = self.read(partial(_entries, field=field), value, field, nothing)
        found = (self.read(read, entry, field, None) for entry in entries)
        return tuple(one for one in found if one)

    def text(self, value: Odd, field: str) -> str:
        return self.read(partial(text_of, field=field), value, field, "")

    def shown(self, value: Odd, field: str) -> str:
        return comma_letters(plain_text(self.text(value, field)))

    def number(self, read: Callable[[Odd], int | None], value: Odd, field: str) -> int | None:
        return self.read(read, value, field, None)

    def flag(self, value: Odd, field: str, *, instead: bool) -> bool:
        read = self.read(partial(flag_of, field=field), value, field, None)
        return instead if read is None else read


def _problem(field: str, error: Exception) -> ItemProblem:
    match error:
        case ForeignNumberError():
            code, values = ItemProblemCode(error.fault.value), error.values
        case ShapeError():
            code, values = error.code, error.values
        case _:
            code, values = ItemProblemCode.UNREADABLE, {}
    return ItemProblem(code, {"field": field, **values})


def decode_product(raw: bytes, key: str) -> ShopProduct | str:
    """Read one product; a row that is none gives its id, or ``?``.

    ``key`` is the row's place in the shop's map, the product's id where the row has none.
    """
    try:
        wire = decode_damaged(_product_decoder, raw)
        external_id = id_of(wire.id, "id") or key
    except (msgspec.DecodeError, ShapeError):
        return key or "?"
    return _product(wire, external_id, raw) if external_id else "?"


def _product(wire: _Product, external_id: str, raw: bytes) -> ShopProduct:
    reader = _Reader()
    return ShopProduct(
        external_id=external_id,
        sku=reader.text(wire.sku, "sku"),
        ean=reader.text(wire.ean, "ean"),
        name=reader.shown(wire.name, "name"),
        description=comma_letters(reader.text(wire.description, "description")),
        short_description=reader.shown(wire.short_description, "short_description"),
        brand=reader.text(wire.brand, "brand").strip(),
        unit=reader.text(wire.unit, "um").strip(),
        url=reader.text(wire.url, "url").strip(),
        weight_milli=reader.number(read_quantity, wire.weight, "weight"),
        enabled=reader.flag(wire.enabled, "enabled", instead=True),
        parent_id=reader.read(partial(id_of, field="parent"), wire.parent, "parent", ""),
        group_key=reader.text(wire.group_key, "group_key").strip(),
        stock_managed=reader.flag(wire.stock_management, "stockManagement", instead=True),
        backorders=reader.flag(wire.backorders, "allowOrdersWhenOutOfStock", instead=False),
        stock_milli=reader.number(_signed_quantity, wire.stock, "stock"),
        base_price_e4=reader.number(_price, wire.base_price, "base_price"),
        price_e4=reader.number(_price, wire.price, "price"),
        vat_included=reader.flag(wire.vat_included, "vat_included", instead=False),
        vat_rate_e2=reader.number(read_rate, wire.vat, "vat"),
        currency=reader.text(wire.currency, "currency").strip().upper(),
        categories=reader.each(_path, wire.categories, "categories"),
        attributes=reader.each(_attribute, wire.attributes, "attributes"),
        images=reader.read(partial(_values, field="images"), wire.images, "images", ()),
        bundle=reader.each(_part, wire.bundle_items, "bundleItems"),
        problems=tuple(reader.problems),
        raw=raw,
    )


def _path(entry: _Entry) -> _Path:
    steps = decode_damaged(_path_decoder, entry[1])
    return tuple(
        (id_of(step.id, "categories.id"), text_of(step.name, "categories.name"))
        for step in (steps.values() if isinstance(steps, dict) else steps)
    )


def _attribute(entry: _Entry) -> tuple[str, str, tuple[str, ...]]:
    key, raw = entry
    wire = decode_damaged(_attribute_decoder, raw)
    return (
        id_of(wire.id, "attributes.id") or key,
        text_of(wire.name, "attributes.name"),
        _values(wire.value, "attributes.value"),
    )


def _values(value: Odd, field: str) -> tuple[str, ...]:
    """The texts of a list, of a map, or of a single text; empty ones left out."""
    if isinstance(value, list | dict):
        odd = (decode_damaged(_odd_decoder, raw) for _, raw in entries_of(value))
        return tuple(text for one in odd if (text := text_of(one, field)))
    return (text,) if (text := text_of(value, field)) else ()


def _part(entry: _Entry) -> tuple[str, int]:
    wire = decode_damaged(_part_decoder, entry[1])
    sku, quantity_milli = text_of(wire.sku, "bundleItems.sku"), read_quantity(wire.quantity)
    if not sku or not quantity_milli:
        told = "bundleItems: SKU or quantity missing"
        raise ShapeError(told, ItemProblemCode.PART_INCOMPLETE)
    return sku, quantity_milli


def _entries(value: Odd, field: str) -> list[_Entry]:
    if isinstance(value, list | dict):
        return entries_of(value)
    if text_of(value, field):
        raise ShapeError(f"{field}: a list or map is expected", ItemProblemCode.NOT_A_LIST)
    return []


def _signed_quantity(value: object) -> int | None:
    return read_quantity(value, signed=True)


def _price(value: object) -> int | None:
    # Gomag writes prices of products with four decimals, so text with three was written by
    # something else, and its dot may group thousands.
    dialect = Dialect.HAND if isinstance(value, str) else Dialect.WIRE
    return read_price(value, dialect=dialect)
