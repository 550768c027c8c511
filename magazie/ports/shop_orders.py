"""Orders as a shop tells them."""

import enum
from datetime import date

import msgspec

from magazie.model.orders import Address, Carrier, Company, Delivery, Discount, LineKind, Payment


class ShopLine(msgspec.Struct, frozen=True):
    """One line of a shop's order. Prices are final unit prices with VAT."""

    kind: LineKind
    item_id: str
    sku: str
    ean: str
    name: str
    quantity_milli: int
    price_e4: int
    base_price_e4: int | None
    vat_rate_e2: int | None


class ShopOrder(msgspec.Struct, frozen=True):
    """A whole order as one read of the shop showed it."""

    external_id: str
    number: str
    placed_at_ms: int
    placed_raw: str
    status: str
    status_id: str
    currency: str
    total_bani: int
    lines: tuple[ShopLine, ...]
    discounts: tuple[Discount, ...]
    delivery: Delivery
    shipping: Address
    billing: Address
    company: Company | None
    customer_id: str
    payment: Payment
    observation: str
    sales_channel: str
    raw: bytes
    """The order's JSON as the shop sent it."""
    digest: bytes
    """16-byte hash of ``raw`` in canonical form: equal digests mean nothing changed."""
    carrier: Carrier = Carrier()


class UndecodableOrder(msgspec.Struct, frozen=True):
    """An order whose shape is not understood; kept raw for a person."""

    external_id: str | None
    raw: bytes
    problem: str
    item_ids: tuple[str, ...]
    """The goods that could still be read from it: their stock is not to be told."""


class OrderPage(msgspec.Struct, frozen=True):
    """One page of a shop's orders, in the order the shop gave."""

    page: int
    pages: int
    total: int
    orders: tuple[ShopOrder, ...]
    undecodable: tuple[UndecodableOrder, ...]


class OrderWindow(msgspec.Struct, frozen=True):
    """Which orders to read: whole Romanian days, both ends included.

    ``by`` is ``placed`` or ``updated``; ``updated`` takes one day at a time, and a shop may
    answer it with that day's orders or with those of that day and later.
    """

    by: str
    first_day: date
    last_day: date


class StatusType(enum.StrEnum):
    """What a shop's status means for goods, where the shop says."""

    SALE = "sale"
    RETURN = "return"
    CANCEL = "cancel"


class ShopStatus(msgspec.Struct, frozen=True):
    """One entry of a shop's own list of order statuses."""

    id: str
    name: str
    type: StatusType | None
