"""What a shop's order book holds."""

from msgspec import Struct, field


class OrderStatus(Struct, frozen=True):
    """One status of the shop's own list; ``type`` is sale, return or cancel."""

    id: int
    name: str
    key: str
    type: str


class PaymentMethod(Struct, frozen=True):
    """A way to pay; several real ones have an empty key."""

    key: str
    name: str
    online: bool


class Currency(Struct, frozen=True):
    """A currency and its value in RON, in 1/100000."""

    code: str
    multiplier_e5: int


class Carrier(Struct, frozen=True):
    """A courier the shop knows."""

    key: str
    name: str
    can_generate: bool


class Company(Struct, frozen=True):
    """The firm a bill is made out to."""

    name: str
    code: str = ""
    registration: str = ""
    bank: str = ""
    iban: str = ""


class Buyer(Struct, frozen=True, kw_only=True):
    """Who ordered and where the goods go."""

    firstname: str
    lastname: str
    phone: str
    email: str
    address: str
    city: str
    region: str
    country: str = "Romania"
    zipcode: str = ""
    company: Company | None = None
    customer_id: int = 0
    """The shop account; 0 for a guest."""


class Customer(Struct, frozen=True):
    """A shop account."""

    id: int
    buyer: Buyer
    registered: str


class OrderLine(Struct, kw_only=True):
    """One line. ``product`` is the shop's product id, 0 for a line without one."""

    product: int
    sku: str
    name: str
    price_e4: int
    base_price_e4: int
    vat_e2: int
    quantity_milli: int
    ean: str = ""
    type: str = "product"


class Discount(Struct, frozen=True):
    """What is taken off the total; ``voucher`` is empty for an automatic one."""

    name: str
    value_bani: int
    voucher: str = ""


class Delivery(Struct, frozen=True):
    """How the goods travel; ``locker`` is 0 without one."""

    name: str = "Transport National"
    fee_bani: int = 0
    locker: int = 0


class Payment(Struct, frozen=True):
    """How it is paid, as the order tells it: a name without a key."""

    name: str = "Ramburs la curier"
    online: bool = False
    completed: bool = False


class AttachedInvoice(Struct, frozen=True):
    """The invoice an order shows."""

    series: str
    number: str
    date: str


class Shipment(Struct, frozen=True):
    """Courier and AWB an order shows."""

    carrier: str
    awb: str


class Order(Struct, kw_only=True):
    """An order. ``placed`` and ``updated`` are Romanian local texts, as the shop stores them."""

    id: int
    number: str
    placed: str
    placed_ms: int
    updated: str
    status: int
    buyer: Buyer
    billing: Buyer
    lines: list[OrderLine]
    discounts: list[Discount] = field(default_factory=list)
    delivery: Delivery = Delivery()
    payment: Payment = Payment()
    currency: str = "RON"
    sales_channel: str = "Website"
    sales_agent: str = ""
    observation: str = ""
    invoice: AttachedInvoice | None = None
    shipment: Shipment | None = None
    notes: list[str] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)
    """Stock this order holds now: product id to thousandths."""
    holds_stock: bool = False

    @property
    def total_bani(self) -> int:
        """Lines + delivery − discounts, each line rounded with the whole."""
        lines = sum(line.price_e4 * line.quantity_milli for line in self.lines)
        rounded = (lines + 50_000) // 100_000
        return rounded + self.delivery.fee_bani - sum(d.value_bani for d in self.discounts)
