"""Changing price and stock of one product, as a write or a hand does it."""

from collections.abc import Mapping

from msgspec import Struct

from magazie.simulators.gomag.figures import (
    UnreadableFigureError,
    scaled,
    with_vat,
    without_vat,
)
from magazie.simulators.gomag.payloads import flag, is_blank, text
from magazie.simulators.gomag.records import Product, StockStatus
from magazie.simulators.gomag.state import ShopState
from magazie.simulators.gomag.switches import Switches


class BadFieldError(ValueError):
    """A field of an item cannot be used; the message is the shop's code for it."""


class ShelfChange(Struct, kw_only=True):
    """What one item asks to change; None leaves a thing alone."""

    stock_milli: int | None = None
    add_milli: int = 0
    stock_status: StockStatus | None = None
    stock_managed: bool | None = None
    backorders: bool | None = None
    price_e4: int | None = None
    special_e4: int | None = None
    ends_special: bool = False
    list_price_e4: int | None = None
    price_has_vat: bool | None = None
    vat_e2: int | None = None
    currency: str | None = None


def read_change(item: Mapping[str, object], state: ShopState) -> ShelfChange:
    """Read the price and stock fields of an item.

    Raises:
        BadFieldError: a field holds what the shop cannot use; nothing was changed.
    """
    ends, special = _special(item, state.switches)
    return ShelfChange(
        stock_milli=_figure(item, "stock", 3),
        add_milli=_figure(item, "addStock", 3) or 0,
        stock_status=_stock_status(item),
        stock_managed=_flag(item, "stockManagement"),
        backorders=_flag(item, "allowBackorders"),
        price_e4=_figure(item, "price", 4),
        special_e4=special,
        ends_special=ends,
        list_price_e4=_figure(item, "listPrice", 4),
        price_has_vat=_flag(item, "priceWithVat"),
        vat_e2=_figure(item, "vat", 2),
        currency=_currency(item, state),
    )


def apply_change(product: Product, change: ShelfChange, switches: Switches) -> None:
    """Carry out a change on one product."""
    if change.vat_e2 is not None:
        product.vat_e2 = change.vat_e2
    if change.currency is not None:
        product.currency = change.currency
    _apply_prices(product, change, switches)
    if change.stock_managed is not None:
        product.stock_managed = change.stock_managed
    if change.backorders is not None:
        product.backorders = change.backorders
    if change.stock_milli is not None:
        product.stock_milli = change.stock_milli
    product.stock_milli += change.add_milli
    if change.stock_status is not None:
        product.stock_status = change.stock_status
    elif change.stock_milli is not None or change.add_milli:
        follow_stock(product, switches)


def follow_stock(product: Product, switches: Switches) -> None:
    """Turn ``stock_status`` where the shop does so by itself (A16)."""
    rule = switches.stock_status_follows
    if rule == "never" or (rule == "managed_only" and not product.stock_managed):
        return
    if product.stock_milli <= 0:
        if product.stock_status is StockStatus.IN_STOCK:
            product.stock_status = StockStatus.NOT_IN_STOCK
    elif product.stock_status is StockStatus.NOT_IN_STOCK:
        product.stock_status = StockStatus.IN_STOCK


def _apply_prices(product: Product, change: ShelfChange, switches: Switches) -> None:
    has_vat = change.price_has_vat
    if has_vat is None:
        assumed = {"with_vat": True, "without_vat": False}
        has_vat = assumed.get(switches.price_without_flag, product.vat_included)

    def stored(price_e4: int) -> int:
        if has_vat == product.vat_included:
            return price_e4
        convert = without_vat if has_vat else with_vat
        return convert(price_e4, product.vat_e2)

    if change.price_e4 is not None:
        product.base_price_e4 = stored(change.price_e4)
    if change.list_price_e4 is not None:
        product.list_price_e4 = change.list_price_e4
    if change.ends_special:
        product.special_price_e4 = None
    elif change.special_e4 is not None:
        product.special_price_e4 = stored(change.special_e4)


def _special(item: Mapping[str, object], switches: Switches) -> tuple[bool, int | None]:
    """Return whether the promotion ends, and the new promotional price (A17)."""
    if "specialPrice" not in item:
        return False, None
    value = item["specialPrice"]
    rule = switches.special_price_removed_by
    if value is None:
        return rule == "zero_empty_or_null", None
    price_e4 = 0 if is_blank(value) else _figure(item, "specialPrice", 4) or 0
    if price_e4 > 0:
        return False, price_e4
    return rule != "nothing", None


def _figure(item: Mapping[str, object], name: str, scale: int) -> int | None:
    value = item.get(name)
    if is_blank(value):
        return None
    try:
        return scaled(value, scale)
    except UnreadableFigureError as error:
        raise BadFieldError(f"INVALID_{name.upper()}") from error


def _flag(item: Mapping[str, object], name: str) -> bool | None:
    return flag(item.get(name))


def _stock_status(item: Mapping[str, object]) -> StockStatus | None:
    written = item.get("stockStatus")
    if is_blank(written):
        return None
    try:
        return StockStatus(text(written))
    except ValueError as error:
        raise BadFieldError("INVALID_STOCKSTATUS") from error


def _currency(item: Mapping[str, object], state: ShopState) -> str | None:
    written = item.get("currency")
    if is_blank(written):
        return None
    if state.multiplier_e5(text(written)) is None:
        raise BadFieldError("INVALID_CURRENCY")
    return text(written)
