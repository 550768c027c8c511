"""One shop, whatever its kind."""

import enum
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from magazie.ports.item_answers import InventoryItem, ItemOutcome
from magazie.ports.publishing import (
    NewAttribute,
    NewCategory,
    PublishAnswer,
    PublishedProduct,
)
from magazie.ports.shop_catalogue import (
    ProductPage,
    ShopAttribute,
    ShopCategory,
    ShopProduct,
)
from magazie.ports.shop_orders import OrderPage, OrderWindow, ShopOrder, ShopStatus


class Urgency(enum.IntEnum):
    """Who goes first when the shop's budget is short; lower goes first."""

    ORDERS = 0
    STOCK = 1
    STATUS = 2
    PUBLISH = 3
    CATALOGUE = 4


class BudgetState(msgspec.Struct, frozen=True):
    """How much of a shop's request budget is left, by our own and the shop's count."""

    read_left: float
    write_left: float
    blocked_until_s: float
    """Loop time before which nothing is sent, after a throttle; 0 when free."""


class ShopPort(Protocol):
    """One shop, whatever its kind. Every method may raise ``ShopError``."""

    async def orders(
        self, window: OrderWindow, page: int, *, observed_ms: int, urgency: Urgency = Urgency.ORDERS
    ) -> OrderPage:
        """One page of orders; newest first where the shop sorts so. Pages start at 1."""

    async def order_by_number(self, number: str, *, observed_ms: int) -> ShopOrder | None:
        """The one order with this number as customers see it, or None."""

    async def statuses(self) -> tuple[ShopStatus, ...]:
        """The shop's own list of order statuses."""

    async def set_order_status(self, external_id: str, status_id: str) -> None:
        """Move one order; returning means the shop said yes."""

    async def products(
        self, page: int, *, urgency: Urgency = Urgency.CATALOGUE, updated_since: date | None = None
    ) -> ProductPage:
        """One page of items by ascending id. Pages start at 1."""

    async def product(
        self, external_id: str, *, urgency: Urgency = Urgency.STOCK
    ) -> ShopProduct | None:
        """The item with this id, or None when the shop no longer has it."""

    async def product_by_sku(
        self, sku: str, *, urgency: Urgency = Urgency.PUBLISH
    ) -> tuple[ShopProduct, ...]:
        """The items with exactly this SKU: none, one, or several where the shop has doubles."""

    async def categories(self) -> tuple[ShopCategory, ...]:
        """The whole category tree, parents before children."""

    async def attributes(self) -> tuple[ShopAttribute, ...]:
        """All attributes that the shop knows."""

    async def create_category(self, category: NewCategory) -> None:
        """Make a category; a new reading of the tree tells its id."""

    async def create_attribute(self, attribute: NewAttribute) -> None:
        """Make an attribute; a new reading tells whether the shop did, and its id."""

    async def create_products(
        self, products: Sequence[PublishedProduct]
    ) -> Mapping[str, PublishAnswer]:
        """Write at most ``publish_limit`` new products; answer by SKU."""

    async def change_products(
        self, products: Sequence[PublishedProduct]
    ) -> Mapping[str, PublishAnswer]:
        """Change at most ``publish_limit`` products that the shop has, found by SKU.

        The shop wants each version's price even for another change: give the one it has.
        Categories, attributes and images given replace what was there.
        """

    async def send_inventory(self, items: Sequence[InventoryItem]) -> Mapping[str, ItemOutcome]:
        """Tell absolute stock and price of at most ``inventory_limit`` items; outcome by SKU."""

    async def test(self) -> str:
        """One cheap read that proves address and key; returns a sentence for a person."""

    def budget(self) -> BudgetState:
        """What is left of the request budget now."""

    @property
    def inventory_limit(self) -> int:
        """Most items in one combined request."""

    @property
    def publish_limit(self) -> int:
        """Most products in one write."""
