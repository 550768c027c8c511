"""A Gomag shop as the port wants it."""

import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import msgspec

from magazie.gomag.catalogue import CatalogueReading
from magazie.gomag.client import GomagClient
from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.envelope import Answer, confirmed
from magazie.gomag.odd_values import Collection, entries_of
from magazie.gomag.paging import PAGE_ROWS, Page, decode_rows
from magazie.gomag.publishing import PUBLISH_LIMIT, CatalogueWriting
from magazie.gomag.reading import read_rows
from magazie.gomag.wire_inventory import decode_outcomes, encode_items
from magazie.gomag.wire_orders import decode_order, decode_statuses
from magazie.gomag.wire_products import decode_product
from magazie.ports import (
    BudgetState,
    InventoryItem,
    ItemOutcome,
    NewAttribute,
    NewCategory,
    OrderPage,
    OrderWindow,
    ProductPage,
    PublishAnswer,
    PublishedProduct,
    Refused,
    ShopAttribute,
    ShopCategory,
    ShopOrder,
    ShopProduct,
    ShopStatus,
    Throttled,
    Transport,
    UndecodableOrder,
    Unreadable,
    Urgency,
)

_INVENTORY_LIMIT = 1000
_logger = logging.getLogger(__name__)
_collection_decoder = msgspec.json.Decoder(Collection)


class GomagShop:
    """Implements ``ShopPort`` for one shop."""

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        shop_url: str,
        api_key: Callable[[], str],
        transport: Transport,
        random: random.Random,
        read_timeout_s: float = 30.0,
        write_timeout_s: float = 30.0,
    ) -> None:
        """Describe the shop; nothing is sent.

        Args:
            name: The shop's name here, for the log.
            base_url: Of the API, as ``https://api.gomag.ro``.
            shop_url: The shop's canonical address, with scheme and ``www`` as customers see it.
            api_key: Read at each request; may raise ``LookupError``, ``OSError``, ``ValueError``.
            transport: This shop's own.
            random: A seeded stream of this shop's own.
            read_timeout_s: For one read.
            write_timeout_s: For one write.
        """
        self._name = name
        self._client = GomagClient(
            name=name,
            base_url=base_url,
            shop_url=shop_url,
            api_key=api_key,
            transport=transport,
            random=random,
            read_timeout_s=read_timeout_s,
            write_timeout_s=write_timeout_s,
        )
        self._catalogue = CatalogueReading(self._client, name=name)
        self._publishing = CatalogueWriting(self._client)

    @property
    def inventory_limit(self) -> int:
        """Most items in one combined request."""
        return _INVENTORY_LIMIT

    @property
    def publish_limit(self) -> int:
        """Most products in one write."""
        return PUBLISH_LIMIT

    def budget(self) -> BudgetState:
        """What is left of the request budget now."""
        return self._client.budget()

    async def orders(
        self, window: OrderWindow, page: int, *, observed_ms: int, urgency: Urgency = Urgency.ORDERS
    ) -> OrderPage:
        """One page of a window; orders placed outside the days asked for are left out.

        Raises:
            ValueError: more than one day by ``updated``; the parameter takes a single day.
            ShopError: as the client.
        """
        query = (*_window_query(window), ("page", str(page)), ("limit", str(PAGE_ROWS)))
        rows = await read_rows(
            self._client, "order/read", query, "orders", page=page, urgency=urgency
        )
        orders, undecodable = await _decode_orders(rows, observed_ms)
        left_out = 0
        if window.by == "placed":
            first, last = window.first_day.isoformat(), window.last_day.isoformat()
            inside = [one for one in orders if first <= one.placed_raw.strip()[:10] <= last]
            left_out = len(orders) - len(inside)
            if left_out:
                _logger.warning(
                    "orders outside the window",
                    extra={"shop": self._name, "count": left_out},
                )
            orders = inside
        return OrderPage(
            page=rows.page,
            pages=rows.pages,
            total=rows.total,
            orders=tuple(orders),
            undecodable=tuple(undecodable),
            left_out=left_out,
        )

    async def order_by_number(self, number: str, *, observed_ms: int) -> ShopOrder | None:
        """The order whose number is exactly this one; what else the shop sends is ignored.

        Raises:
            Unreadable: it is not among the orders sent, but one of those does not decode.
            ShopError: as the client.
        """
        query = (("number", number),)
        rows = await read_rows(
            self._client, "order/read", query, "orders", page=1, urgency=Urgency.ORDERS
        )
        orders, undecodable = await _decode_orders(rows, observed_ms)
        for order in orders:
            if order.number == number.strip():
                return order
        if undecodable:
            raise Unreadable(f"order {undecodable[0].external_id}: {undecodable[0].problem}")
        return None

    async def statuses(self) -> tuple[ShopStatus, ...]:
        """The shop's own list of order statuses."""
        return await self._client.read(
            "order/status/read", (), _statuses_of, urgency=Urgency.STATUS
        )

    async def set_order_status(self, external_id: str, status_id: str) -> None:
        """Move one order, both named by the shop's own ids; names change nothing, silently.

        Raises:
            Refused: an id is no number (nothing is sent), or the shop says no.
            ShopError: as the client.
        """
        if not (_is_id(external_id) and _is_id(status_id)):
            raise Refused("not sent", ("order and status must be given by the shop's ids",))
        change = {"orders": [{"order": int(external_id), "status": int(status_id)}]}
        await self._client.write("order/status", "data", change, confirmed, urgency=Urgency.STATUS)

    async def products(
        self, page: int, *, urgency: Urgency = Urgency.CATALOGUE, updated_since: date | None = None
    ) -> ProductPage:
        """One page of items; versions are items of their own."""
        query = [("page", str(page)), ("limit", str(PAGE_ROWS))]
        if updated_since is not None:
            query.append(("updated", updated_since.isoformat()))
        rows = await read_rows(
            self._client, "product/read", query, "products", page=page, urgency=urgency
        )
        decoded = await decode_rows(rows, decode_product)
        return ProductPage(
            page=rows.page,
            pages=rows.pages,
            total=rows.total,
            products=_unique_products(decoded),
            undecodable=tuple(one for one in decoded if isinstance(one, str)),
        )

    async def product(
        self, external_id: str, *, urgency: Urgency = Urgency.STOCK
    ) -> ShopProduct | None:
        """The item with this id; None only when the shop answers that it has none.

        Raises:
            Unreadable: other products came instead, or this one is none.
            ShopError: as the client.
        """
        query = (("id", external_id),)
        rows = await read_rows(
            self._client, "product/read", query, "products", page=1, urgency=urgency
        )
        decoded = await decode_rows(rows, decode_product)
        for product in decoded:
            if isinstance(product, ShopProduct) and product.external_id == external_id:
                return product
        if decoded:
            raise Unreadable(f"product {external_id} was asked for, others were sent")
        return None

    async def product_by_sku(
        self, sku: str, *, urgency: Urgency = Urgency.PUBLISH
    ) -> tuple[ShopProduct, ...]:
        """The items with exactly this SKU.

        Raises:
            Unreadable: the shop sent a part of its other items instead.
            ShopError: as the client.
        """
        return await self._catalogue.products_of(sku, urgency)

    async def categories(self) -> tuple[ShopCategory, ...]:
        """The whole category tree, parents before children; names letter for letter."""
        return await self._catalogue.categories()

    async def attributes(self) -> tuple[ShopAttribute, ...]:
        """All attributes that can be read; a shop may hand out only the first hundred."""
        return await self._catalogue.attributes()

    async def create_category(self, category: NewCategory) -> None:
        """Make a category; a new reading of the tree tells its id.

        Raises:
            Refused: the shop says no.
            ShopError: as the client.
        """
        await self._publishing.create_category(category)

    async def create_attribute(self, attribute: NewAttribute) -> None:
        """Make an attribute; the shop's yes is the same whether it did, so read it back.

        Raises:
            Refused: the shop says no.
            ShopError: as the client.
        """
        await self._publishing.create_attribute(attribute)

    async def create_products(
        self, products: Sequence[PublishedProduct]
    ) -> Mapping[str, PublishAnswer]:
        """Write new products, all in one request.

        Refusals are answers here, also where the shop refused the request as a whole: with
        several products in it, those without a failure of their own are ``MISSING``.

        Raises:
            ValueError: too many, a SKU twice or none, no category, name or stock.
            ShopError: as the client.
        """
        return await self._publishing.create_products(products)

    async def change_products(
        self, products: Sequence[PublishedProduct]
    ) -> Mapping[str, PublishAnswer]:
        """Change products found by SKU; empty texts and collections are left as they are.

        Raises:
            ValueError: too many, a SKU twice or none, or no category.
            ShopError: as the client.
        """
        return await self._publishing.change_products(products)

    async def send_inventory(self, items: Sequence[InventoryItem]) -> Mapping[str, ItemOutcome]:
        """Tell absolute stock and price, all in one request.

        Raises:
            ValueError: too many items, a SKU twice, or an item that tells nothing.
            ShopError: the request as a whole failed; as the client.
        """
        skus = [item.sku for item in items]
        if len(skus) > _INVENTORY_LIMIT or len(set(skus)) < len(skus):
            raise ValueError(f"at most {_INVENTORY_LIMIT} items of different SKU, not {len(skus)}")
        if any(item.stock_milli is None and item.price_e4 is None for item in items):
            raise ValueError("an item must tell a stock or a price")
        if not skus:
            return {}
        return await self._client.write(
            "product/inventory",
            "data",
            encode_items(items),
            lambda answer: decode_outcomes(confirmed(answer).body, skus),
            urgency=Urgency.STOCK,
        )

    async def test(self) -> str:
        """One cheap read, without patience.

        Raises:
            ShopError: as the client; ``Throttled`` at once while the shop is left in peace.
        """
        if self.budget().blocked_until_s > 0:
            raise Throttled("the shop is left in peace after a refusal; try again shortly")
        statuses = await self._client.read(
            "order/status/read", (), _statuses_of, urgency=Urgency.ORDERS, retries=0
        )
        return f"The shop answers and takes the key; it has {len(statuses)} order statuses."


def _window_query(window: OrderWindow) -> tuple[tuple[str, str], ...]:
    first, last = window.first_day.isoformat(), window.last_day.isoformat()
    if window.by == "placed":
        return ("startDate", first), ("endDate", last)
    if window.by == "updated" and first == last:
        return (("updated", first),)
    raise ValueError(f"no window by {window.by} from {first} to {last}")


async def _decode_orders(
    rows: Page, observed_ms: int
) -> tuple[list[ShopOrder], list[UndecodableOrder]]:
    orders: dict[str, ShopOrder] = {}
    undecodable = []
    for order in await decode_rows(rows, partial(decode_order, observed_ms=observed_ms)):
        if isinstance(order, UndecodableOrder):
            undecodable.append(order)
        else:
            orders.setdefault(order.external_id, order)
    return list(orders.values()), undecodable


def _unique_products(decoded: Iterable[ShopProduct | str]) -> tuple[ShopProduct, ...]:
    products: dict[str, ShopProduct] = {}
    for one in decoded:
        if isinstance(one, ShopProduct):
            products.setdefault(one.external_id, one)
    return tuple(products.values())


def _statuses_of(answer: Answer) -> tuple[ShopStatus, ...]:
    try:
        statuses = decode_statuses(entries_of(decode_damaged(_collection_decoder, answer.body)))
    except msgspec.DecodeError as error:
        raise Unreadable(f"not a list of order statuses: {error}") from None
    if not statuses:
        raise Unreadable("the list of order statuses is empty")
    return statuses


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit()
