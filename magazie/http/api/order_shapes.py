"""Orders as other programs read them."""

import enum
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from magazie.http.fields import (
    AmountText,
    IdText,
    MomentText,
    PriceText,
    QuantityText,
    RateText,
    amount_text,
    id_text,
    moment_text,
    price_text,
    quantity_text,
    rate_text,
)
from magazie.model.orders import (
    Address,
    Fulfilment,
    Invoicing,
    LineKind,
    OrderDetails,
    OrderLine,
    OrderStatus,
    derive_status,
)
from magazie.storage.orders import Order
from magazie.storage.reads.orders import HeldLine, OrderRecord


class OrderOrigin(enum.StrEnum):
    """Where an order came from: a shop that is read, or another program through this API."""

    SHOP = "shop"
    API = "api"


class OrderProblemKind(enum.StrEnum):
    """What keeps an order from being fulfilled as it is."""

    UNLINKED_LINE = "unlinked_line"
    NO_WAREHOUSE = "no_warehouse"


class CompanyShown(msgspec.Struct, frozen=True, gc=False):
    """The legal person on the bill."""

    name: str
    tax_id: str
    registration: str
    bank: str
    iban: str


class CustomerShown(msgspec.Struct, frozen=True, gc=False):
    """Who ordered."""

    name: str
    phone: str
    email: str
    company: CompanyShown | None


class AddressShown(msgspec.Struct, frozen=True, gc=False):
    """Where papers go."""

    name: str
    company: str
    phone: str
    email: str
    county: str
    city: str
    address: str
    postcode: str
    country: str


class DeliveryShown(msgspec.Struct, frozen=True, gc=False):
    """Where goods go, how, and what that costs the customer."""

    name: str
    company: str
    phone: str
    email: str
    county: str
    city: str
    address: str
    postcode: str
    country: str
    method: str
    fee: AmountText
    locker_id: str
    due_at: MomentText | None


class LinePartShown(msgspec.Struct, frozen=True, gc=False):
    """A part that a line on a bundle claims, and how much of it one bundle holds."""

    product: IdText
    quantity: QuantityText


class LineShown(msgspec.Struct, frozen=True, gc=False):
    """One line; ``product`` is null while its SKU is not linked to one.

    A line on a bundle has ``parts``: those are what it claims.
    """

    line: int
    kind: LineKind
    product: IdText | None
    sku: str
    name: str
    quantity: QuantityText
    reserved: QuantityText
    shortage: QuantityText
    picked: QuantityText
    shipped: QuantityText
    price: PriceText
    vat_rate: RateText | None
    parts: list[LinePartShown]


class DiscountShown(msgspec.Struct, frozen=True, gc=False):
    """A positive amount taken off the whole order."""

    name: str
    value: AmountText
    voucher: str


class CarrierShown(msgspec.Struct, frozen=True, gc=False):
    """Who carries the order's parcel, and its number (AWB); empty where only one is known."""

    name: str
    awb: str


class PaymentShown(msgspec.Struct, frozen=True, gc=False):
    """How the customer pays."""

    name: str
    online: bool
    completed: bool


class OrderProblem(msgspec.Struct, frozen=True, gc=False):
    """Something a person must see to; ``line`` where one line is meant."""

    kind: OrderProblemKind
    line: int | None
    text: str


class OrderShown(msgspec.Struct, frozen=True, gc=False):
    """An order. ``reserving`` says that its goods are still being claimed."""

    has_etag: ClassVar[bool] = True

    id: IdText
    origin: OrderOrigin
    source: str
    shop: str | None
    external_id: str
    number: str
    version: int
    status: OrderStatus
    shop_status: str
    fulfilment: Fulfilment
    invoicing: Invoicing
    reserving: bool
    warehouse: str | None
    placed_at: MomentText
    taken_at: MomentText
    changed_at: MomentText
    currency: str
    total: AmountText
    customer: CustomerShown
    billing: AddressShown
    delivery: DeliveryShown
    lines: list[LineShown]
    discounts: list[DiscountShown]
    payment: PaymentShown
    carrier: CarrierShown | None
    observation: str
    problems: list[OrderProblem]


NOTHING_HELD = HeldLine(0, 0)


def show_record(record: OrderRecord) -> OrderShown:
    """An order as the books have it."""
    return show_order(record.order, record.held, reserving=record.is_reserving)


def show_order(order: Order, held: Mapping[int, HeldLine], *, reserving: bool) -> OrderShown:
    """An order and what its lines hold."""
    details = order.details
    is_shops = order.origin == "shop"
    parked = [line for line in order.lines if line.is_parked]
    return OrderShown(
        id=id_text(order.id),
        origin=OrderOrigin.SHOP if is_shops else OrderOrigin.API,
        source=order.source,
        shop=order.source if is_shops else None,
        external_id=order.external_id,
        number=order.number,
        version=order.version,
        status=derive_status(
            order.fulfilment,
            order.invoicing,
            claims_owed=reserving or order.warehouse is None,
            shortage_milli=sum([line.shortage_milli for line in held.values()]),
            parked_lines=len(parked),
        ),
        shop_status=order.shop_status,
        fulfilment=order.fulfilment,
        invoicing=order.invoicing,
        reserving=reserving,
        warehouse=order.warehouse,
        placed_at=moment_text(order.placed_at_ms),
        taken_at=moment_text(order.taken_at_ms),
        changed_at=moment_text(order.changed_ms),
        currency=order.currency,
        total=amount_text(order.total_bani),
        customer=_customer(details),
        billing=_address(details.billing),
        delivery=_delivery(details),
        lines=[_line(line, held.get(line.line, NOTHING_HELD)) for line in order.lines],
        discounts=[
            DiscountShown(each.name, amount_text(each.value_bani), each.voucher)
            for each in details.discounts
        ],
        payment=PaymentShown(
            details.payment.name, details.payment.online, details.payment.completed
        ),
        carrier=CarrierShown(details.carrier.name, details.carrier.awb)
        if details.carrier.name or details.carrier.awb
        else None,
        observation=details.observation,
        problems=_problems(order, parked),
    )


def _line(line: OrderLine, held: HeldLine) -> LineShown:
    product_id, rate = line.product_id, line.vat_rate_e2
    return LineShown(
        line.line,
        line.kind,
        id_text(product_id) if product_id is not None else None,
        line.sku,
        line.name,
        quantity_text(line.quantity_milli),
        quantity_text(held.reserved_milli),
        quantity_text(held.shortage_milli),
        quantity_text(line.picked_milli),
        quantity_text(held.shipped_milli),
        price_text(line.price_e4),
        rate_text(rate) if rate is not None else None,
        [
            LinePartShown(id_text(part.product_id), quantity_text(part.quantity_milli))
            for part in line.parts
        ]
        if line.parts
        else [],
    )


def _customer(details: OrderDetails) -> CustomerShown:
    customer, company = details.customer, details.company
    return CustomerShown(
        customer.name,
        customer.phone,
        customer.email,
        CompanyShown(company.name, company.tax_id, company.registration, company.bank, company.iban)
        if company is not None
        else None,
    )


def _address(address: Address) -> AddressShown:
    return AddressShown(
        address.name,
        address.company,
        address.phone,
        address.email,
        address.county,
        address.city,
        address.address,
        address.postcode,
        address.country,
    )


def _delivery(details: OrderDetails) -> DeliveryShown:
    to, how = details.shipping, details.delivery
    return DeliveryShown(
        to.name,
        to.company,
        to.phone,
        to.email,
        to.county,
        to.city,
        to.address,
        to.postcode,
        to.country,
        how.name,
        amount_text(how.fee_bani),
        how.locker_id,
        moment_text(how.due_ms) if how.due_ms is not None else None,
    )


def _problems(order: Order, parked: list[OrderLine]) -> list[OrderProblem]:
    if order.is_cancelled:
        return []
    problems = [
        OrderProblem(
            OrderProblemKind.UNLINKED_LINE,
            line.line,
            f"no product is linked to {line.sku or line.item_id or line.name!r}",
        )
        for line in parked
    ]
    if order.warehouse is None:
        text = "its goods are not reserved: choose the shop's stock_warehouse"
        problems.append(OrderProblem(OrderProblemKind.NO_WAREHOUSE, None, text))
    return problems
