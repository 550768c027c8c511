from collections.abc import Callable

from msgspec import Struct

from magazie.simulators.gomag.order_records import Order
from magazie.simulators.gomag.planted import Planted
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.state import ShopState, UnknownInShopError


class ProductTruth(Struct, frozen=True, kw_only=True):
    """What the shop really holds of one product."""

    id: int
    sku: str
    ean: str
    name: str
    enabled: bool
    stock_managed: bool
    stock_milli: int
    stock_status: str
    base_price_e4: int
    price_e4: int
    vat_included: bool
    currency: str


class LineTruth(Struct, frozen=True, kw_only=True):
    """One line of an order as the shop holds it."""

    product: int
    type: str
    sku: str
    quantity_milli: int
    price_e4: int


class OrderTruth(Struct, frozen=True, kw_only=True):
    """One order as the shop holds it; ``placed_ms`` is UTC, ``placed`` what reads show."""

    id: int
    number: str
    placed: str
    placed_ms: int
    updated: str
    status_id: int
    status: str
    total_bani: int
    holds_stock: bool
    lines: tuple[LineTruth, ...]
    notes: tuple[str, ...]


class Truth:
    """What is so in the shop now, for tests to compare with; no request is spent on it."""

    def __init__(self, state: ShopState, settle: Callable[[], int]) -> None:
        self._state = state
        self._settle = settle

    def products(self) -> list[ProductTruth]:
        """Return every product, by id."""
        self._settle()
        return [_product(product) for product in self._state.catalogue.products.values()]

    def stock(self) -> dict[str, int]:
        """Return stock in thousandths by SKU; of a SKU that occurs twice, the oldest product's."""
        found: dict[str, int] = {}
        for product in self.products():
            found.setdefault(product.sku, product.stock_milli)
        return found

    def prices(self) -> dict[str, int]:
        """Return list prices in 1/10000 by SKU, as ``stock``."""
        found: dict[str, int] = {}
        for product in self.products():
            found.setdefault(product.sku, product.base_price_e4)
        return found

    def orders(self) -> list[OrderTruth]:
        """Return every order, by id."""
        self._settle()
        orders = sorted(self._state.orders.by_id.values(), key=lambda order: order.id)
        return [self._order(order) for order in orders]

    def order(self, order_id: int) -> OrderTruth:
        """Return one order by internal id.

        Raises:
            UnknownInShopError: there is none.
        """
        self._settle()
        order = self._state.orders.by_id.get(order_id)
        if order is None:
            raise UnknownInShopError(f"order {order_id}")
        return self._order(order)

    def statuses(self) -> dict[int, str]:
        """Return the status name of every order, by internal id."""
        return {order.id: order.status for order in self.orders()}

    def planted(self) -> Planted:
        """Return what was planted in the shop; hands and writes may have changed it since."""
        return self._state.planted

    def _order(self, order: Order) -> OrderTruth:
        status = self._state.status(order.status)
        return OrderTruth(
            id=order.id,
            number=order.number,
            placed=order.placed,
            placed_ms=order.placed_ms,
            updated=order.updated,
            status_id=order.status,
            status=status.name if status else "",
            total_bani=order.total_bani,
            holds_stock=order.holds_stock,
            lines=tuple(
                LineTruth(
                    product=line.product,
                    type=line.type,
                    sku=line.sku,
                    quantity_milli=line.quantity_milli,
                    price_e4=line.price_e4,
                )
                for line in order.lines
            ),
            notes=tuple(order.notes),
        )


def _product(product: Product) -> ProductTruth:
    return ProductTruth(
        id=product.id,
        sku=product.sku,
        ean=product.ean,
        name=product.name,
        enabled=product.enabled,
        stock_managed=product.stock_managed,
        stock_milli=product.stock_milli,
        stock_status=product.stock_status.value,
        base_price_e4=product.base_price_e4,
        price_e4=product.price_e4,
        vat_included=product.vat_included,
        currency=product.currency,
    )
