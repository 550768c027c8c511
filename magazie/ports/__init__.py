"""What the inside asks of the outside: time, transport and the shop.

Adapters implement these; ``service`` injects them. Nothing here does I/O.
Numbers are scaled integers (see ``model.decimals``), times UTC epoch milliseconds.
"""

from magazie.model.orders import Address, Carrier, Company, Delivery, Discount, LineKind, Payment
from magazie.ports.images import ClosingImageSource, ImageSource
from magazie.ports.item_answers import InventoryItem, ItemAnswer, ItemOutcome
from magazie.ports.outside import Clock, HttpRequest, HttpResponse, Transport, TransportError
from magazie.ports.publishing import (
    AttributeValue,
    NewAttribute,
    NewCategory,
    PublishAnswer,
    PublishedProduct,
    PublishedVersion,
)
from magazie.ports.shop import BudgetState, ShopPort, Urgency
from magazie.ports.shop_catalogue import ProductPage, ShopAttribute, ShopCategory, ShopProduct
from magazie.ports.shop_errors import (
    NotApplied,
    OutcomeUnknown,
    Refused,
    ShopError,
    Throttled,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from magazie.ports.shop_orders import (
    OrderPage,
    OrderWindow,
    ShopLine,
    ShopOrder,
    ShopStatus,
    StatusType,
    UndecodableOrder,
)

__all__ = [
    "Address",
    "AttributeValue",
    "BudgetState",
    "Carrier",
    "Clock",
    "ClosingImageSource",
    "Company",
    "Delivery",
    "Discount",
    "HttpRequest",
    "HttpResponse",
    "ImageSource",
    "InventoryItem",
    "ItemAnswer",
    "ItemOutcome",
    "LineKind",
    "NewAttribute",
    "NewCategory",
    "NotApplied",
    "OrderPage",
    "OrderWindow",
    "OutcomeUnknown",
    "Payment",
    "ProductPage",
    "PublishAnswer",
    "PublishedProduct",
    "PublishedVersion",
    "Refused",
    "ShopAttribute",
    "ShopCategory",
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
