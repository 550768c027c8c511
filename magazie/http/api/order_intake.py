"""An order from another program: what it may say, and the draft made of it."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from magazie.actors.field_faults import FieldFault
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.order_messages import OrderDraft
from magazie.http.api.texts import Code, Line, Long, Name, Short
from magazie.http.fields import Amount, Moment, Price, Quantity, Rate, RecordId
from magazie.http.problems import ProblemError, ProblemKind, invalid
from magazie.model.decimals import E4, MAX_AMOUNT_BANI, Milli, line_amount_bani
from magazie.model.orders import (
    Address,
    Company,
    Delivery,
    Discount,
    LineKind,
    OrderDetails,
    OrderLine,
    Payment,
)
from magazie.model.romanian_letters import comma_letters
from magazie.storage.reads.product_labels import ProductLabel

MOST_LINES: Final = 500
MOST_DISCOUNTS: Final = 50


class CompanyIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The legal person on the bill."""

    name: Name
    tax_id: Short = ""
    registration: Short = ""
    bank: Line = ""
    iban: Short = ""


class CustomerIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Who ordered; ``company`` may be just its name."""

    name: Name
    phone: Short | None = None
    email: Line | None = None
    company: Line | CompanyIn | None = None


class DeliveryIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Where the goods go."""

    name: Name
    county: Line
    city: Line
    address: Line
    phone: Short | None = None
    email: Line | None = None
    company: Line | None = None
    postcode: Short | None = None
    country: Short | None = None
    method: Line | None = None
    locker_id: Short | None = None


class BillingIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Where the papers go, where that differs from the delivery."""

    name: Name
    county: Line = ""
    city: Line = ""
    address: Line = ""
    phone: Short | None = None
    email: Line | None = None
    company: Line | None = None
    postcode: Short | None = None
    country: Short | None = None


class PaymentIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """How the customer pays."""

    name: Line
    online: bool = False
    completed: bool = False


class DiscountIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A positive amount taken off the whole order."""

    name: Name
    value: Amount
    voucher: Short = ""


class LineIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One line: a product by its id, or by any of its codes as ``sku``."""

    quantity: Quantity
    price: Price
    product: RecordId | None = None
    sku: Code | None = None
    vat_rate: Rate | None = None
    name: Line | None = None


class OrderIn(
    msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, gc=False
):
    """An order from another program. (source, number) names it for good.

    A SKU that means no product, or several, parks its line: a person links it later.
    """

    number: Code
    source: Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")] = "api"
    warehouse: Short
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", examples=["RON"])]
    customer: CustomerIn
    delivery: DeliveryIn
    lines: Annotated[list[LineIn], Meta(min_length=1, max_length=MOST_LINES)]
    billing: BillingIn | None = None
    discounts: Annotated[list[DiscountIn], Meta(max_length=MOST_DISCOUNTS)] = []
    delivery_fee: Amount | None = None
    payment: Line | PaymentIn | None = None
    placed_at: Moment | None = None
    observation: Long = ""


# Fields left out are left out here too, so a field that is added one day changes no digest.
_canonical = msgspec.msgpack.Encoder(enc_hook=int).encode


def digest_of(order: OrderIn) -> bytes:
    """16 bytes that are equal exactly when two orders say the same."""
    return hashlib.blake2b(_canonical(order), digest_size=16).digest()


def products_of(order: OrderIn, nomenclature: Nomenclature) -> list[int | None]:
    """The product of each line; None for a line to be parked.

    Raises:
        ProblemError: a line names no product, two ways of naming one, or one that is not there.

    """
    found: list[int | None] = []
    for index, line in enumerate(order.lines):
        if line.product is not None:
            if line.sku is not None:
                raise invalid(f"lines[{index}]", "either product or sku, not both")
            if not nomenclature.exists(line.product):
                raise invalid(f"lines[{index}].product", "there is no such product")
            found.append(int(line.product))
        elif line.sku is not None:
            meant = nomenclature.by_code(line.sku)
            found.append(meant[0] if len(meant) == 1 else None)
        else:
            raise invalid(f"lines[{index}]", "product or sku is missing")
    return found


def draft_of(
    order: OrderIn,
    products: list[int | None],
    labels: Mapping[int, ProductLabel],
    *,
    payload: bytes,
    now_ms: int,
) -> OrderDraft:
    """The draft of a checked order.

    Raises:
        ProblemError: the sum of the order is below 0 or beyond what amounts can be.

    """
    total_bani = _total(order)
    lines = tuple(
        [
            _line(number, line, product_id, labels.get(product_id) if product_id else None)
            for number, (line, product_id) in enumerate(
                zip(order.lines, products, strict=True), start=1
            )
        ]
    )
    return OrderDraft(
        source=order.source,
        number=order.number,
        warehouse=order.warehouse,
        placed_at_ms=int(order.placed_at) if order.placed_at is not None else now_ms,
        currency=order.currency,
        total_bani=total_bani,
        details=details_of(order),
        lines=lines,
        payload=payload,
        digest=digest_of(order),
    )


def details_of(order: OrderIn) -> OrderDetails:
    """What the order says beside its lines."""
    shipping = shipping_of(order.delivery)
    customer = customer_of(order.customer)
    billing = billing_of(order.billing) if order.billing is not None else None
    return OrderDetails(
        customer=customer,
        billing=billing or msgspec.structs.replace(shipping, name=customer.name),
        shipping=shipping,
        company=company_of(order.customer),
        discounts=tuple(
            Discount(comma_letters(each.name), int(each.value), each.voucher)
            for each in order.discounts
        ),
        delivery=Delivery(
            name=order.delivery.method or "",
            fee_bani=int(order.delivery_fee or 0),
            locker_id=order.delivery.locker_id or "",
        ),
        payment=payment_of(order.payment),
        observation=comma_letters(order.observation),
    )


def customer_of(customer: CustomerIn) -> Address:
    """Who ordered."""
    company = customer.company
    return Address(
        name=comma_letters(customer.name),
        company=comma_letters(company.name if isinstance(company, CompanyIn) else company or ""),
        phone=customer.phone or "",
        email=customer.email or "",
    )


def company_of(customer: CustomerIn) -> Company | None:
    """The legal person on the bill, if the customer is one."""
    company = customer.company
    if not company:
        return None
    if isinstance(company, str):
        return Company(comma_letters(company))
    return Company(
        comma_letters(company.name),
        company.tax_id,
        company.registration,
        company.bank,
        company.iban,
    )


def shipping_of(to: DeliveryIn) -> Address:
    """Where the goods go."""
    return _address(to)


def billing_of(to: BillingIn) -> Address:
    """Where the papers go."""
    return _address(to)


def payment_of(payment: str | PaymentIn | None) -> Payment:
    """How the customer pays."""
    if payment is None:
        return Payment()
    if isinstance(payment, str):
        return Payment(comma_letters(payment))
    return Payment(comma_letters(payment.name), payment.online, payment.completed)


def _address(to: DeliveryIn | BillingIn) -> Address:
    return Address(
        comma_letters(to.name),
        comma_letters(to.company or ""),
        to.phone or "",
        to.email or "",
        comma_letters(to.county),
        comma_letters(to.city),
        comma_letters(to.address),
        to.postcode or "",
        comma_letters(to.country or ""),
    )


def _line(
    number: int, line: LineIn, product_id: int | None, label: ProductLabel | None
) -> OrderLine:
    rate, sku, ean = line.vat_rate, line.sku, ""
    name = comma_letters(line.name) if line.name else ""
    if label is not None:
        name = name or label.name
        sku, ean = sku or label.code, label.ean
        if rate is None and label.vat_rate_e2 is not None:
            rate = Rate(label.vat_rate_e2)
    return OrderLine(
        number,
        LineKind.PRODUCT,
        "",
        sku or "",
        ean,
        name,
        product_id,
        int(line.quantity),
        0,
        int(line.price),
        None,
        int(rate) if rate is not None else None,
    )


def _total(order: OrderIn) -> int:
    total = int(order.delivery_fee or 0)
    for line in order.lines:
        total += line_amount_bani(E4(line.price), Milli(line.quantity))
    if total > MAX_AMOUNT_BANI:
        raise invalid("lines", "the order's sum is too large")
    for discount in order.discounts:
        total -= discount.value
    if total < 0:
        fault = FieldFault("discounts", "they are more than what they are taken from")
        raise ProblemError(ProblemKind.INVALID, fault.message, errors=(fault,))
    return total
