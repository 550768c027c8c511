from msgspec import Struct, field

from magazie.simulators.gomag.agenda import Agenda
from magazie.simulators.gomag.catalogue import Catalogue
from magazie.simulators.gomag.order_book import OrderBook
from magazie.simulators.gomag.order_records import (
    Carrier,
    Currency,
    Customer,
    OrderStatus,
    PaymentMethod,
)
from magazie.simulators.gomag.planted import Planted
from magazie.simulators.gomag.switches import Switches

DEMO_SHOP_URL = "https://www.magazin-demo.example"
DEMO_API_KEY = "demo-cheie-gomag"


class UnknownInShopError(LookupError):
    """The shop has no such product, order, line or status."""


class ShopProfile(Struct, frozen=True):
    """Who the shop is, and which keys open it."""

    shop_url: str = DEMO_SHOP_URL
    """The canonical address, as ``ApiShop`` must name it."""
    media_url: str = DEMO_SHOP_URL
    """Where its pictures are served."""
    api_keys: dict[str, tuple[str, ...]] = field(default_factory=lambda: {DEMO_API_KEY: ()})
    """Key to the addresses it may use, by beginning after ``/api/v1/``; empty = all."""


class ShopState:
    """Everything one shop knows. It has no clock; whoever changes it says when."""

    def __init__(self, switches: Switches, profile: ShopProfile) -> None:
        self.switches = switches
        self.profile = profile
        self.agenda = Agenda()
        self.catalogue = Catalogue()
        self.orders = OrderBook()
        self.customers: dict[int, Customer] = {}
        self.statuses = _STATUSES
        self.payments = _PAYMENTS
        self.currencies = _CURRENCIES
        self.carriers = _CARRIERS
        self.planted = Planted()
        """What was planted in it on purpose."""

    def status(self, status_id: int) -> OrderStatus | None:
        """Return a status of the shop's list, or None."""
        return next((s for s in self.statuses if s.id == status_id), None)

    def multiplier_e5(self, currency: str) -> int | None:
        """Return a currency's value in RON in 1/100000, or None when it is not active."""
        return next((c.multiplier_e5 for c in self.currencies if c.code == currency), None)


_STATUSES = (
    OrderStatus(1, "Comanda noua", "new", "sale"),
    OrderStatus(2, "Comanda telefonica", "phone", "sale"),
    OrderStatus(18, "Livrata", "delivered", "sale"),
    OrderStatus(8, "Platita", "paid", "sale"),
    OrderStatus(3, "Comanda Finalizata (Facturata)", "finalised", "sale"),
    OrderStatus(4, "Neplatita", "unpaid", "sale"),
    OrderStatus(5, "Returnata", "returned", "return"),
    OrderStatus(6, "Comanda preluata", "taken", "sale"),
    OrderStatus(7, "Anulata", "cancelled", "cancel"),
)
_PAYMENTS = (
    PaymentMethod("ramburs", "Ramburs la curier", online=False),
    PaymentMethod("ordindeplata", "Ordin de plată", online=False),
    PaymentMethod("mobilpay", "Card online (Netopia) ", online=True),
    PaymentMethod("euplatesc", "EuPlătesc", online=True),
    PaymentMethod("", "PayPal", online=True),
    PaymentMethod("btpay", "iPay BT", online=True),
)
_CURRENCIES = (Currency("EUR", 502_677), Currency("RON", 100_000))
_CARRIERS = (
    Carrier("fancourier", "FAN Courier", can_generate=True),
    Carrier("samedaycourier", "Sameday", can_generate=True),
    Carrier("urgentcargus", "Cargus", can_generate=True),
    Carrier("system", "AWB introdus manual", can_generate=False),
)
