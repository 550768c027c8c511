from collections.abc import Mapping

from magazie.simulators.gomag.answers import RefusedError, no_data
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.figures import UnreadableFigureError, scaled
from magazie.simulators.gomag.order_records import (
    Buyer,
    Company,
    Delivery,
    Discount,
    Order,
    OrderLine,
    Payment,
)
from magazie.simulators.gomag.payloads import is_blank, mapping, sequence, text
from magazie.simulators.gomag.romanian_time import is_moment, local_text
from magazie.simulators.gomag.sales import admit
from magazie.simulators.gomag.state import ShopState

_NEEDED_SHIPPING = ("lastname", "firstname", "address", "city", "region", "country")
_PAYMENT_NAMES = {
    "online": "Card online (Netopia) ",
    "op": "Ordin de plată",
    "cod": "Ramburs la curier",
}


def add_order(state: ShopState, call: Call) -> object:
    """``order/add``: enter an order from outside. Its answer has no envelope.

    The answer's ``date`` repeats what was sent, readable or not. Nothing keeps a repeated call
    from adding the order again (A34).
    """
    sent = mapping(call.payload)
    if not sent:
        raise no_data()
    problems = _problems(state, sent)
    if problems:
        raise RefusedError("600", problems, call.payload)
    try:
        order = _order(state, sent, call.now_ms)
    except UnreadableFigureError as error:
        raise RefusedError("600", ["INVALID_NUMBER"], call.payload) from error
    if not call.ignored:
        admit(state, order, call.now_ms)
    return {
        "id": order.id,
        "number": order.number,
        "date": text(sent.get("date")) or local_text(call.now_ms),
    }


def _problems(state: ShopState, sent: Mapping[str, object]) -> list[str]:
    codes = [f"MISSING_{n.upper()}" for n in ("number", "payment") if is_blank(sent.get(n))]
    shipping = mapping(sent.get("shipping"))
    codes += [
        f"MISSING_SHIPPING_{n.upper()}" for n in _NEEDED_SHIPPING if not text(shipping.get(n))
    ]
    products = sequence(sent.get("products"))
    if not products:
        codes.append("MISSING_PRODUCTS")
    if state.switches.unknown_order_sku == "refused":
        skus = [text(mapping(item).get("sku")) for item in products]
        codes += ["MISSING_ITEMS" for sku in skus if not state.catalogue.by_sku(sku)]
    currency = text(sent.get("currency"))
    if currency and state.multiplier_e5(currency) is None:
        codes.append("INVALID_CURRENCY")
    number = text(sent.get("number"))
    if state.switches.repeated_order_number == "refused" and state.orders.with_number(number):
        codes.append("EXISTING_NUMBER")
    return codes


def _order(state: ShopState, sent: Mapping[str, object], now_ms: int) -> Order:
    placed = text(sent.get("date"))
    if not is_moment(placed):
        placed = local_text(now_ms)
    shipping = mapping(sent.get("shipping"))
    return Order(
        id=state.orders.next_id(),
        number=text(sent["number"]),
        placed=placed,
        placed_ms=now_ms,
        updated=local_text(now_ms),
        status=1,
        buyer=_buyer(shipping),
        billing=_buyer(mapping(sent.get("billing")) or shipping),
        lines=[_line(state, mapping(item)) for item in sequence(sent["products"])],
        discounts=[_discount(mapping(item)) for item in sequence(sent.get("discounts"))],
        delivery=Delivery(fee_bani=_figure(sent.get("shippingValue"), 2)),
        payment=_payment(state, sent),
        currency=text(sent.get("currency")) or "RON",
    )


def _line(state: ShopState, item: Mapping[str, object]) -> OrderLine:
    sku = text(item.get("sku"))
    product = next(iter(state.catalogue.by_sku(sku)), None)
    price_e4 = _figure(item.get("price"), 4)
    return OrderLine(
        product=0 if product is None else product.id,
        sku=sku,
        ean="" if product is None else product.ean,
        name=text(item.get("name")),
        price_e4=price_e4,
        base_price_e4=price_e4,
        vat_e2=_figure(item.get("tax"), 2),
        quantity_milli=_figure(item.get("quantity"), 3),
    )


def _discount(item: Mapping[str, object]) -> Discount:
    return Discount(
        name=text(item.get("name")),
        value_bani=_figure(item.get("value"), 2),
        voucher=text(item.get("voucher")),
    )


def _payment(state: ShopState, sent: Mapping[str, object]) -> Payment:
    key, kind = text(sent.get("paymentKey")), text(sent.get("payment"))
    chosen = next((p for p in state.payments if key and p.key == key), None)
    return Payment(
        name=chosen.name if chosen else _PAYMENT_NAMES.get(kind, kind),
        online=chosen.online if chosen else kind == "online",
        completed=text(sent.get("paymentStatus")) == "payed",
    )


def _buyer(sent: Mapping[str, object]) -> Buyer:
    company = None
    if text(sent.get("company")):
        company = Company(
            name=text(sent["company"]),
            code=text(sent.get("companyCode")),
            registration=text(sent.get("companyNo")),
            bank=text(sent.get("companyBank")),
            iban=text(sent.get("companyIban")),
        )
    return Buyer(
        firstname=text(sent.get("firstname")),
        lastname=text(sent.get("lastname")),
        phone=text(sent.get("phone")),
        email=text(sent.get("email")),
        address=text(sent.get("address")),
        city=text(sent.get("city")),
        region=text(sent.get("region")),
        country=text(sent.get("country")) or "Romania",
        zipcode=text(sent.get("zipcode")),
        company=company,
    )


def _figure(value: object, scale: int) -> int:
    return 0 if is_blank(value) else scaled(value, scale)
