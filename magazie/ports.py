"""What the inside asks of the outside: time, chance, transport and the shop.

Adapters implement these; ``service`` injects them. Nothing here does I/O.
Numbers are scaled integers (see ``model.decimals``), times UTC epoch milliseconds.
"""

import enum
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from magazie.model.orders import (
    Address,
    Company,
    Delivery,
    Discount,
    LineKind,
    Payment,
)

__all__ = [
    "Address",
    "BudgetState",
    "Clock",
    "Company",
    "Delivery",
    "Discount",
    "HttpRequest",
    "HttpResponse",
    "InventoryItem",
    "ItemAnswer",
    "ItemOutcome",
    "LineKind",
    "NotApplied",
    "OrderPage",
    "OrderWindow",
    "OutcomeUnknown",
    "Payment",
    "ProductPage",
    "Refused",
    "ShopError",
    "ShopLine",
    "ShopOrder",
    "ShopPort",
    "ShopProduct",
    "ShopStatus",
    "StatusType",
    "Throttled",
    "Transport",
    "TransportError",
    "Unauthorized",
    "UndecodableOrder",
    "Unreachable",
    "Unreadable",
    "Urgency",
]


class Clock(Protocol):
    """The wall clock; sleeping is the event loop's."""

    def now_ms(self) -> int:
        """UTC now, in epoch milliseconds."""


# --- transport ---------------------------------------------------------------------------


class HttpRequest(msgspec.Struct, frozen=True):
    """One outgoing request. ``form`` is sent url-encoded; both empty means a bare GET."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    form: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 30.0


class HttpResponse(msgspec.Struct, frozen=True):
    """An answer as it arrived. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """The request got no complete answer."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        """``sent`` False only when it is sure that no byte of it reached the other side."""
        super().__init__(reason)
        self.sent = sent


class Transport(Protocol):
    """Carries requests; raises only ``TransportError``."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send and wait for the whole answer, at most ``request.timeout_s``."""


# --- what a shop can answer --------------------------------------------------------------


class ShopError(Exception):
    """A shop did not do what was asked. Subclasses say whether it may have happened."""


class NotApplied(ShopError):
    """Surely nothing changed at the shop: it can be sent again as before."""


class Throttled(NotApplied):
    """The shop's budget is spent."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        """``retry_after_s`` is the shop's own word, where it gave one."""
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Unreachable(NotApplied):
    """The connection was refused or never opened."""


class Unauthorized(NotApplied):
    """The key is wrong, or lacks this method; a person must act."""


class Refused(NotApplied):
    """The shop understood and said no to the whole request."""

    def __init__(self, code: str, messages: Sequence[str]) -> None:
        """``code`` is the shop's error code, ``messages`` its own words."""
        super().__init__(f"{code}: {', '.join(messages) or 'no reason given'}")
        self.code = code
        self.messages = tuple(messages)


class OutcomeUnknown(ShopError):
    """It may or may not have happened: timeout, reset, 5xx or noise after sending."""


class Unreadable(OutcomeUnknown):
    """Something answered, but not the shop's program: HTML, PHP noise, cut JSON."""


# --- orders as a shop tells them ---------------------------------------------------------


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


# --- the catalogue as a shop tells it ----------------------------------------------------


class ShopProduct(msgspec.Struct, frozen=True):
    """One sellable item of a shop (each version is an item of its own).

    ``base_price_e4`` is the list price with VAT; ``price_e4`` holds promotions and is
    never taken as ours. A value that could not be read is None and named in ``problems``.
    """

    external_id: str
    sku: str
    ean: str
    name: str
    description: str
    short_description: str
    brand: str
    unit: str
    url: str
    weight_milli: int | None
    enabled: bool
    parent_id: str
    group_key: str
    stock_managed: bool
    backorders: bool
    stock_milli: int | None
    base_price_e4: int | None
    price_e4: int | None
    vat_included: bool
    vat_rate_e2: int | None
    currency: str
    categories: tuple[tuple[tuple[str, str], ...], ...]
    """Paths of (category id, name), root first."""
    attributes: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(attribute id, name, values)."""
    images: tuple[str, ...]
    bundle: tuple[tuple[str, int], ...]
    """(SKU, quantity_milli) of the parts, for a bundle."""
    problems: tuple[str, ...]
    raw: bytes


class ProductPage(msgspec.Struct, frozen=True):
    """One page of a shop's products."""

    page: int
    pages: int
    total: int
    products: tuple[ShopProduct, ...]
    undecodable: tuple[str, ...]
    """Ids (or '?') of rows that are not products."""


# --- the combined stock and price request ------------------------------------------------


class InventoryItem(msgspec.Struct, frozen=True):
    """Absolute values for one item; None leaves that field alone at the shop."""

    sku: str
    stock_milli: int | None = None
    price_e4: int | None = None
    """Gross price: with VAT."""


class ItemAnswer(enum.StrEnum):
    """What a shop said of one item of a combined request."""

    DONE = "done"
    UNKNOWN_ITEM = "unknown_item"
    REFUSED = "refused"
    MISSING = "missing"
    """The answer does not mention it: it may or may not have been applied."""


class ItemOutcome(msgspec.Struct, frozen=True):
    """One item's answer, with the shop's own words where it refused."""

    answer: ItemAnswer
    reason: str = ""


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

    async def send_inventory(self, items: Sequence[InventoryItem]) -> Mapping[str, ItemOutcome]:
        """Tell absolute stock and price of at most ``inventory_limit`` items; outcome by SKU."""

    async def test(self) -> str:
        """One cheap read that proves address and key; returns a sentence for a person."""

    def budget(self) -> BudgetState:
        """What is left of the request budget now."""

    @property
    def inventory_limit(self) -> int:
        """Most items in one combined request."""
