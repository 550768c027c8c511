"""What the control address takes. Figures are scaled integers, as their names say."""

from msgspec import Struct

from magazie.simulators.gomag.back_office import OrderedItem
from magazie.simulators.gomag.shoppers import OrderDetails
from magazie.simulators.gomag.webhooks import WebhookSettings


class PlaceOrder(Struct, forbid_unknown_fields=True, kw_only=True):
    """An order of given lines, or ``random`` drawn ones."""

    lines: list[OrderedItem] = []
    details: OrderDetails | None = None
    random: int = 0
    oversell: bool = False


class SetShoppers(Struct, forbid_unknown_fields=True):
    """How often orders come by themselves."""

    orders_per_minute: float
    oversell: bool = False


class SetWebhook(Struct, forbid_unknown_fields=True):
    """Where webhook calls go (not a Gomag contract) and how; without a URL they stop."""

    url: str | None
    settings: WebhookSettings = WebhookSettings(enabled=True)


class SetMaintenance(Struct, forbid_unknown_fields=True):
    """A maintenance window that starts after some seconds."""

    duration_ms: int
    after_ms: int = 0


class ShareBudget(Struct, forbid_unknown_fields=True):
    """What another program spends of the budgets."""

    reads_per_minute: int = 0
    writes_per_minute: int = 0


class Reset(Struct, forbid_unknown_fields=True):
    """A new shop in place of the old one; what is None stays as it was."""

    seed: int | None = None
    products: int | None = None


class _Act(Struct, tag_field="act", forbid_unknown_fields=True):
    """Something done by hand; ``act`` names it."""


class SetStatus(_Act, tag="set_status"):
    """Move an order to a status given by id or name."""

    order: int
    status: int | str


class CancelOrder(_Act, tag="cancel_order"):
    """Cancel an order."""

    order: int


class DeleteOrder(_Act, tag="delete_order"):
    """Delete an order."""

    order: int


class EditOrder(_Act, tag="edit_order"):
    """Give an order other lines."""

    order: int
    lines: list[OrderedItem]


class SetQuantity(_Act, tag="set_quantity"):
    """Change the quantity of a line, counted from 0."""

    order: int
    line: int
    quantity_milli: int


class AttachInvoice(_Act, tag="attach_invoice"):
    """Write an invoice on an order."""

    order: int
    series: str
    number: str


class AttachShipment(_Act, tag="attach_shipment"):
    """Write a courier and an AWB on an order."""

    order: int
    carrier: str
    awb: str


class SetStock(_Act, tag="set_stock"):
    """Type a stock."""

    sku: str
    stock_milli: int


class SetPrice(_Act, tag="set_price"):
    """Type a list price."""

    sku: str
    price_e4: int


class SetPromotion(_Act, tag="set_promotion"):
    """Start a promotional price, or end it with null."""

    sku: str
    price_e4: int | None


class SetEan(_Act, tag="set_ean"):
    """Type another EAN."""

    sku: str
    ean: str


class SetImages(_Act, tag="set_images"):
    """Give a product other pictures, by name or whole address."""

    sku: str
    names: list[str]


class AddProduct(_Act, tag="add_product"):
    """Put a new product on the shelves."""

    sku: str
    name: str
    price_e4: int = 100_000
    stock_milli: int = 1_000


class RenameSku(_Act, tag="rename_sku"):
    """Change a SKU."""

    sku: str
    new_sku: str


class DeleteProduct(_Act, tag="delete_product"):
    """Delete a product."""

    sku: str


class RestoreProduct(_Act, tag="restore_product"):
    """Bring a deleted product back under a new id."""

    sku: str


OrderAct = (
    SetStatus | CancelOrder | DeleteOrder | EditOrder | SetQuantity | AttachInvoice | AttachShipment
)
ProductAct = (
    SetStock
    | SetPrice
    | SetPromotion
    | SetEan
    | SetImages
    | AddProduct
    | RenameSku
    | DeleteProduct
    | RestoreProduct
)
Act = OrderAct | ProductAct
