from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from magazie.simulators.gomag.catalogue import slug
from magazie.simulators.gomag.figures import with_vat
from magazie.simulators.gomag.order_records import AttachedInvoice, Order, OrderLine, Shipment
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.sales import replace_lines, set_status, strike, touch
from magazie.simulators.gomag.shelf import follow_stock
from magazie.simulators.gomag.state import ShopState, UnknownInShopError


class OrderedItem(Struct, frozen=True, kw_only=True):
    """One line somebody orders.

    Price and name default to the product's; ``product`` lets a line point at a product id the shop
    no longer has.
    """

    sku: str
    quantity_milli: int = 1_000
    price_e4: int | None = None
    name: str = ""
    product: int | None = None
    type: str = "product"


class BackOffice:
    """What the shop's own people do by hand. Each act is dated now."""

    def __init__(self, state: ShopState, now: Callable[[], int]) -> None:
        self._state = state
        self._now = now

    def product(self, sku: str) -> Product:
        """Return the first product of a SKU.

        Raises:
            UnknownInShopError: there is none.
        """
        self._now()  # what was due before must have happened
        found = self._state.catalogue.by_sku(sku)
        if not found:
            raise UnknownInShopError(f"product {sku}")
        return found[0]

    def order(self, order_id: int) -> Order:
        """Return an order by internal id.

        Raises:
            UnknownInShopError: there is none.
        """
        self._now()
        found = self._state.orders.by_id.get(order_id)
        if found is None:
            raise UnknownInShopError(f"order {order_id}")
        return found

    def set_stock(self, sku: str, stock_milli: int) -> None:
        """Type a stock, in thousandths."""
        product = self._dated(sku)
        product.stock_milli = stock_milli
        follow_stock(product, self._state.switches)

    def set_price(self, sku: str, price_e4: int) -> None:
        """Type a list price, in 1/10000."""
        self._dated(sku).base_price_e4 = price_e4

    def set_promotion(self, sku: str, price_e4: int | None) -> None:
        """Start a promotional price, or end it with None."""
        self._dated(sku).special_price_e4 = price_e4

    def set_stock_managed(self, sku: str, *, managed: bool) -> None:
        """Switch stock keeping of a product on or off."""
        self._dated(sku).stock_managed = managed

    def set_ean(self, sku: str, ean: str) -> None:
        """Type another EAN."""
        self._state.catalogue.relabel(self._dated(sku), ean)

    def set_images(self, sku: str, names: Sequence[str]) -> None:
        """Give a product other pictures: names (see ``OddPicture``) or whole addresses."""
        self._dated(sku).images = list(names)

    def add_product(self, sku: str, name: str, *, price_e4: int, stock_milli: int) -> int:
        """Put a new product on the shelves, in no category, and return its id."""
        now = local_text(self._now())
        new_id = self._state.catalogue.next_product_id()
        product = Product(
            id=new_id,
            sku=sku,
            name=name,
            slug=f"{slug(name)}-{new_id}",
            parent=new_id,
            base_price_e4=price_e4,
            stock_milli=stock_milli,
            created=now,
            updated=now,
        )
        follow_stock(product, self._state.switches)
        self._state.catalogue.add(product)
        return new_id

    def rename_sku(self, sku: str, new_sku: str) -> None:
        """Change a SKU; the product keeps its id."""
        self._state.catalogue.rename(self._dated(sku), new_sku)

    def delete_product(self, sku: str) -> None:
        """Delete a product; orders keep their lines."""
        self._state.catalogue.remove(self.product(sku))

    def restore_product(self, sku: str) -> int:
        """Bring a deleted product back as the shop does, under a new id, and return it.

        Raises:
            UnknownInShopError: no product of that SKU was deleted.
        """
        catalogue = self._state.catalogue
        now = local_text(self._now())
        if sku not in catalogue.removed:
            raise UnknownInShopError(f"deleted product {sku}")
        old = catalogue.removed.pop(sku)
        new_id = catalogue.next_product_id()
        parent = new_id if old.parent == old.id else old.parent
        catalogue.add(replace(old, id=new_id, parent=parent, created=now, updated=now))
        return new_id

    def set_status(self, order_id: int, status: int | str) -> None:
        """Move an order to a status given by id or name.

        Raises:
            UnknownInShopError: no such order or status.
        """
        order = self.order(order_id)
        known = [s.id for s in self._state.statuses if status in (s.id, s.name)]
        if not known:
            raise UnknownInShopError(f"status {status}")
        set_status(self._state, order, known[0], self._now())

    def cancel_order(self, order_id: int) -> None:
        """Cancel an order."""
        kind = next(s.id for s in self._state.statuses if s.type == "cancel")
        self.set_status(order_id, kind)

    def delete_order(self, order_id: int) -> None:
        """Delete an order without a trace."""
        order = self.order(order_id)
        strike(self._state, order, self._now())

    def edit_order(self, order_id: int, items: Sequence[OrderedItem]) -> None:
        """Give an order other lines."""
        order = self.order(order_id)
        lines = [self.line(item) for item in items]
        replace_lines(self._state, order, lines, self._now())

    def set_quantity(self, order_id: int, line: int, quantity_milli: int) -> None:
        """Change the quantity of a line, counted from 0; nothing removes it.

        Raises:
            UnknownInShopError: no such order or line.
        """
        order = self.order(order_id)
        if not 0 <= line < len(order.lines):
            raise UnknownInShopError(f"line {line} of order {order_id}")
        lines = list(order.lines)
        lines[line] = replace(lines[line], quantity_milli=quantity_milli)
        kept = [kept for kept in lines if kept.quantity_milli]
        replace_lines(self._state, order, kept, self._now())

    def attach_invoice(self, order_id: int, series: str, number: str) -> None:
        """Write an invoice of the shop's own billing on an order."""
        order = self.order(order_id)
        now_ms = self._now()
        order.invoice = AttachedInvoice(series, number, local_text(now_ms))
        touch(self._state, order, now_ms, content=False)

    def attach_shipment(self, order_id: int, carrier: str, awb: str) -> None:
        """Write a courier and an AWB on an order."""
        order = self.order(order_id)
        order.shipment = Shipment(carrier, awb)
        touch(self._state, order, self._now(), content=False)

    def line(self, item: OrderedItem) -> OrderLine:
        """Make an order line of an ordered item; an unknown SKU becomes a free line."""
        product = next(iter(self._state.catalogue.by_sku(item.sku)), None)
        if product is None or item.product is not None:
            price_e4 = item.price_e4 or 0
            return OrderLine(
                product=item.product or 0,
                sku=item.sku,
                name=item.name or item.sku,
                price_e4=price_e4,
                base_price_e4=price_e4,
                vat_e2=2100,
                quantity_milli=item.quantity_milli,
                type=item.type,
            )
        return product_line(product, item.quantity_milli, item.price_e4, item.type)

    def _dated(self, sku: str) -> Product:
        product = self.product(sku)
        product.updated = local_text(self._now())
        return product


def product_line(
    product: Product, quantity_milli: int, price_e4: int | None = None, kind: str = "product"
) -> OrderLine:
    """Make an order line of a product at its price with VAT, rounded to the ban."""
    return OrderLine(
        product=product.id,
        sku=product.sku,
        ean=product.ean,
        name=product.name,
        price_e4=_gross(product, product.price_e4) if price_e4 is None else price_e4,
        base_price_e4=_gross(product, product.base_price_e4),
        vat_e2=product.vat_e2,
        quantity_milli=quantity_milli,
        type=kind,
    )


def _gross(product: Product, price_e4: int) -> int:
    gross_e4 = price_e4 if product.vat_included else with_vat(price_e4, product.vat_e2)
    return (gross_e4 + 50) // 100 * 100
