"""Orders and order statuses of Gomag's wire as the port knows them.

Field names and types: Gomag API note, "Orders". Numbers there are a program's: the dot is
always the decimal point. An order that does not decode is handed on raw, with what goods
can still be read from it.
"""

import hashlib
from collections.abc import Callable
from typing import TypeVar

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import (
    Collection,
    Odd,
    ShapeError,
    entries_of,
    flag_of,
    id_of,
    text_of,
)
from magazie.model.foreign_numbers import (
    ForeignNumberError,
    read_amount,
    read_price,
    read_quantity,
    read_rate,
)
from magazie.model.html_text import plain_text
from magazie.model.romanian_letters import comma_letters
from magazie.model.romanian_time import TimeFormatError, parse_local
from magazie.ports import (
    Address,
    Carrier,
    Company,
    Delivery,
    Discount,
    LineKind,
    Payment,
    ShopLine,
    ShopOrder,
    ShopStatus,
    StatusType,
    UndecodableOrder,
)

_DIGEST_BYTES = 16
_LONGEST_AWB = 100
_NO_NUMBERS = frozenset({"waiting", "0", "-"})
_DAMAGED = "\ufffd"
_STATUS_TYPES = {kind.value: kind for kind in StatusType}
_Empty = list[msgspec.Raw] | None
_T = TypeVar("_T", bound=msgspec.Struct)


class _Company(msgspec.Struct):
    name: Odd = None
    code: Odd = None
    registration: Odd = msgspec.field(name="registrationNo", default=None)
    bank: Odd = None
    iban: Odd = None


_CompanyField = _Company | str | int | float | bool | _Empty


class _Party(msgspec.Struct):
    company: _CompanyField = None
    firstname: Odd = None
    lastname: Odd = None
    phone: Odd = None
    email: Odd = None
    address: Odd = None
    city: Odd = None
    region: Odd = None
    country: Odd = None
    zipcode: Odd = None
    customer_id: Odd = msgspec.field(name="customerId", default=None)


class _Item(msgspec.Struct):
    id: Odd = None
    type: Odd = None
    sku: Odd = None
    ean: Odd = None
    name: Odd = None
    price: Odd = None
    baseprice: Odd = None
    vat: Odd = None
    quantity: Odd = None


class _Discount(msgspec.Struct):
    value: Odd = None
    name: Odd = None
    voucher: Odd = None


class _Payment(msgspec.Struct):
    name: Odd = None
    online: Odd = None
    completed: Odd = None


class _Delivery(msgspec.Struct):
    name: Odd = None
    total: Odd = None
    date: Odd = None
    locker_id: Odd = msgspec.field(name="lockerId", default=None)


class _Carrier(msgspec.Struct):
    name: Odd = None
    awb: Odd = None


class _Order(msgspec.Struct):
    id: Odd = None
    number: Odd = None
    date: Odd = None
    total: Odd = None
    status: Odd = None
    status_id: Odd = msgspec.field(name="statusId", default=None)
    sales_channel: Odd = None
    currency: Odd = None
    observation: Odd = None
    payment: _Payment | _Empty = None
    delivery: _Delivery | _Empty = None
    shipping: _Party | _Empty = None
    billing: _Party | _Empty = None
    items: list[_Item] | dict[str, _Item] | None = None
    discounts: list[_Discount] | dict[str, _Discount] | None = None
    carrier: _Carrier | str | int | float | bool | _Empty = None


class _Id(msgspec.Struct):
    id: Odd = None


class _Goods(msgspec.Struct):
    id: Odd = None
    items: Collection | str | int | float | bool = None


class _Status(msgspec.Struct):
    id: Odd = None
    name: Odd = None
    type: Odd = None


_order_decoder = msgspec.json.Decoder(_Order)
_goods_decoder = msgspec.json.Decoder(_Goods)
_id_decoder = msgspec.json.Decoder(_Id)
_status_decoder = msgspec.json.Decoder(_Status)
_document_decoder = msgspec.json.Decoder()
_canonical_encoder = msgspec.json.Encoder(order="sorted")


def decode_order(raw: bytes, key: str, observed_ms: int) -> ShopOrder | UndecodableOrder:
    """Read one order; ``key`` is its place in the shop's map, its id where the order has none."""
    try:
        return _order(raw, key, observed_ms)
    except (msgspec.DecodeError, ShapeError) as error:
        external_id, item_ids = _readable_ids(raw)
        return UndecodableOrder(
            external_id=external_id or key or None,
            raw=raw,
            problem=str(error),
            item_ids=item_ids,
        )


def decode_statuses(entries: list[tuple[str, bytes]]) -> tuple[ShopStatus, ...]:
    """Read the shop's list of order statuses.

    Entries without id or name are left out, and so are those whose name came damaged: taken
    for a new name, it would hide which status that is.
    """
    statuses = []
    for key, raw in entries:
        try:
            wire = decode_damaged(_status_decoder, raw)
            status_id, name = id_of(wire.id, "id") or key, text_of(wire.name, "name").strip()
            word = text_of(wire.type, "type").strip().casefold()
        except (msgspec.DecodeError, ShapeError):
            continue
        if status_id and name and _DAMAGED not in name:
            statuses.append(ShopStatus(id=status_id, name=name, type=_STATUS_TYPES.get(word)))
    return tuple(statuses)


def _order(raw: bytes, key: str, observed_ms: int) -> ShopOrder:
    wire = decode_damaged(_order_decoder, raw)
    placed_raw = text_of(wire.date, "date")
    status, status_id = text_of(wire.status, "status").strip(), id_of(wire.status_id, "statusId")
    _required(status or status_id, "status")
    billing = _part(wire.billing, _Party, "billing")
    return ShopOrder(
        external_id=_required(id_of(wire.id, "id") or key, "id"),
        number=_required(text_of(wire.number, "number").strip(), "number"),
        placed_at_ms=_placed_ms(placed_raw, observed_ms),
        placed_raw=placed_raw,
        status=status,
        status_id=status_id,
        currency=_required(text_of(wire.currency, "currency").strip().upper(), "currency"),
        total_bani=_required_number(read_amount, wire.total, "total"),
        lines=_lines(wire.items),
        discounts=_discounts(wire.discounts),
        delivery=_delivery(_part(wire.delivery, _Delivery, "delivery"), observed_ms),
        shipping=_address(_part(wire.shipping, _Party, "shipping")),
        billing=_address(billing),
        company=_legal_person(billing.company),
        customer_id=id_of(billing.customer_id, "customerId"),
        payment=_payment(_part(wire.payment, _Payment, "payment")),
        observation=_letters(wire.observation, "observation"),
        sales_channel=text_of(wire.sales_channel, "sales_channel").strip(),
        raw=raw,
        digest=_digest(raw),
        carrier=_carrier(wire.carrier),
    )


def _placed_ms(text: str, observed_ms: int) -> int:
    try:
        placed_ms = parse_local(text, observed_ms).ms
    except TimeFormatError as error:
        raise ShapeError(f"date: {error}") from None
    if placed_ms is None:
        raise ShapeError("date: missing")
    return placed_ms


def _lines(items: list[_Item] | dict[str, _Item] | None) -> tuple[ShopLine, ...]:
    if items is None:
        # Taken for an order without goods, it would let go of what is reserved for it.
        raise ShapeError("items: missing")
    return tuple(_line(item) for item in (items.values() if isinstance(items, dict) else items))


def _line(item: _Item) -> ShopLine:
    # A kind we do not know is taken for goods: a person then sees it, nothing is forgotten.
    is_service = text_of(item.type, "items.type").strip().casefold() == LineKind.SERVICE
    return ShopLine(
        kind=LineKind.SERVICE if is_service else LineKind.PRODUCT,
        item_id=id_of(item.id, "items.id"),
        sku=text_of(item.sku, "items.sku"),
        ean=text_of(item.ean, "items.ean"),
        name=comma_letters(plain_text(text_of(item.name, "items.name"))),
        quantity_milli=_required_number(read_quantity, item.quantity, "items.quantity"),
        price_e4=_required_number(_signed_price, item.price, "items.price"),
        base_price_e4=_number(_signed_price, item.baseprice, "items.baseprice"),
        vat_rate_e2=_number(read_rate, item.vat, "items.vat"),
    )


def _discounts(
    discounts: list[_Discount] | dict[str, _Discount] | None,
) -> tuple[Discount, ...]:
    return tuple(
        Discount(
            name=_letters(discount.name, "discounts.name"),
            value_bani=_required_number(read_amount, discount.value, "discounts.value"),
            voucher=text_of(discount.voucher, "discounts.voucher").strip(),
        )
        for discount in (discounts.values() if isinstance(discounts, dict) else discounts or ())
    )


def _delivery(delivery: _Delivery, observed_ms: int) -> Delivery:
    try:
        due_ms = parse_local(text_of(delivery.date, "delivery.date"), observed_ms).ms
    except TimeFormatError:
        due_ms = None  # a wish written freely; it stays readable in the raw order
    return Delivery(
        name=_letters(delivery.name, "delivery.name"),
        fee_bani=_number(read_amount, delivery.total, "delivery.total") or 0,
        locker_id=id_of(delivery.locker_id, "delivery.lockerId"),
        due_ms=due_ms,
    )


def _carrier(carrier: _Carrier | str | float | _Empty) -> Carrier:
    """Who carries it; a shape that is not the documented one keeps no order from being taken.

    While a shop waits for its courier it says so in the number's place.
    """
    if not isinstance(carrier, _Carrier):
        return Carrier()
    try:
        name = _letters(carrier.name, "carrier.name")
        awb = text_of(carrier.awb, "carrier.awb").strip()
    except ShapeError:
        return Carrier()
    is_number = awb.casefold() not in _NO_NUMBERS and len(awb) <= _LONGEST_AWB
    return Carrier(name, awb if is_number else "")


def _payment(payment: _Payment) -> Payment:
    return Payment(
        name=_letters(payment.name, "payment.name"),
        online=flag_of(payment.online, "payment.online") or False,
        completed=flag_of(payment.completed, "payment.completed") or False,
    )


def _address(party: _Party) -> Address:
    names = (_letters(party.firstname, "firstname"), _letters(party.lastname, "lastname"))
    company = _legal_person(party.company)
    return Address(
        name=" ".join(name for name in names if name),
        company="" if company is None else company.name,
        phone=text_of(party.phone, "phone").strip(),
        email=text_of(party.email, "email").strip(),
        county=_letters(party.region, "region"),
        city=_letters(party.city, "city"),
        address=_letters(party.address, "address"),
        postcode=text_of(party.zipcode, "zipcode").strip(),
        country=_letters(party.country, "country"),
    )


def _legal_person(company: _CompanyField) -> Company | None:
    """The company of an address: an object in bills, a bare name in deliveries."""
    if not isinstance(company, _Company):
        name = _letters(company, "company")
        return Company(name=name) if name else None
    name = _letters(company.name, "company.name")
    tax_id = text_of(company.code, "company.code").strip()
    if not name and not tax_id:
        return None
    return Company(
        name=name,
        tax_id=tax_id,
        registration=text_of(company.registration, "company.registrationNo").strip(),
        bank=_letters(company.bank, "company.bank"),
        iban=text_of(company.iban, "company.iban").strip(),
    )


def _readable_ids(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The id of a broken order and of its goods, as far as they can be read."""
    try:
        goods = decode_damaged(_goods_decoder, raw)
    except msgspec.DecodeError:
        return "", ()
    items = entries_of(goods.items) if isinstance(goods.items, list | dict) else []
    found = (_readable_id(item) for _, item in items)
    return _readable_id(raw), tuple(dict.fromkeys(item_id for item_id in found if item_id))


def _readable_id(raw: bytes) -> str:
    try:
        return id_of(decode_damaged(_id_decoder, raw).id, "id")
    except (msgspec.DecodeError, ShapeError):
        return ""


def _digest(raw: bytes) -> bytes:
    canonical = _canonical_encoder.encode(decode_damaged(_document_decoder, raw))
    return hashlib.blake2b(canonical, digest_size=_DIGEST_BYTES).digest()


def _part(value: _T | _Empty, kind: type[_T], field: str) -> _T:
    if isinstance(value, kind):
        return value
    if value:
        raise ShapeError(f"{field}: a list is not expected")
    return kind()


def _letters(value: Odd, field: str) -> str:
    return comma_letters(text_of(value, field)).strip()


def _required(text: str, field: str) -> str:
    if not text:
        raise ShapeError(f"{field}: missing")
    return text


def _signed_price(value: object) -> int | None:
    return read_price(value, signed=True)


def _number(read: Callable[[object], int | None], value: Odd, field: str) -> int | None:
    try:
        return read(value)
    except ForeignNumberError as error:
        raise ShapeError(f"{field}: {error}") from None


def _required_number(read: Callable[[object], int | None], value: Odd, field: str) -> int:
    number = _number(read, value, field)
    if number is None:
        raise ShapeError(f"{field}: missing")
    return number
