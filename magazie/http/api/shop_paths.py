"""The shop that stands in an address."""

from typing import Any

from magazie.actors.settings_book import ShopSettings
from magazie.http.desks import ShopDesk
from magazie.http.endpoint import Call
from magazie.http.problems import ProblemError, ProblemKind, not_found


def shop_of(call: Call[Any, Any]) -> ShopSettings:
    """The settings of the shop in the address.

    Raises:
        ProblemError: there is no such shop.

    """
    shop = call.parts.book.shop(call.path("shop"))
    if shop is None:
        raise not_found("shop")
    return shop


def desk_of(call: Call[Any, Any]) -> ShopDesk:
    """The tasks of the shop in the address.

    Raises:
        ProblemError: there is no such shop, or it is not served at the moment.

    """
    shop = shop_of(call)
    desk = call.parts.desks.find(shop.name)
    if desk is None:
        raise ProblemError(
            ProblemKind.NOT_READY,
            f"{shop.name} is not served at the moment",
            headers={"Retry-After": "5"},
        )
    return desk
