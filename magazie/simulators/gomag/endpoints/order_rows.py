"""How an order is told: numbers as texts, companies in two shapes, absent keys."""

from magazie.simulators.gomag.figures import fixed, number, shortest
from magazie.simulators.gomag.order_records import Buyer, Order, OrderLine
from magazie.simulators.gomag.romanian_time import NO_TIME
from magazie.simulators.gomag.state import ShopState

_RON_E5 = 100_000


def order_row(state: ShopState, order: Order) -> dict[str, object]:
    """Return one row of ``order/read``."""
    rate_e5 = _rate(state, order)
    status = state.status(order.status)
    invoice = order.invoice
    row: dict[str, object] = {
        "id": str(order.id),
        "number": order.number,
        "date": order.placed,
        "invoice": {
            "series": invoice.series if invoice else "",
            "number": invoice.number if invoice else "0",
            "date": invoice.date if invoice else NO_TIME,
        },
        "total": shortest(_money(order.total_bani, rate_e5), 2),
        "status": status.name if status else "",
        "statusId": str(order.status),
        "sales_channel": order.sales_channel,
        "sales_agent": order.sales_agent,
        "currency": order.currency if rate_e5 == _RON_E5 else "RON",
        "observation": order.observation,
        "payment": {
            "name": order.payment.name,
            "online": str(int(order.payment.online)),
            "completed": str(int(order.payment.completed)),
        },
        "delivery": _delivery(state, order, rate_e5),
        "shipping": {"company": "", **_address(order.buyer), **_zipcode(order.buyer)},
        "items": _items(state, order, rate_e5),
        "billing": _billing(order.billing),
        "discounts": [
            {
                "value": shortest(_money(discount.value_bani, rate_e5), 2),
                "name": discount.name,
                "voucher": discount.voucher,
            }
            for discount in order.discounts
        ],
    }
    if order.shipment is not None:
        row["carrier"] = {"name": order.shipment.carrier, "awb": order.shipment.awb}
    return row


def _rate(state: ShopState, order: Order) -> int:
    if state.switches.foreign_order_amounts == "order_currency":
        return _RON_E5
    return state.multiplier_e5(order.currency) or _RON_E5


def _money(value: int, rate_e5: int) -> int:
    return (value * rate_e5 + _RON_E5 // 2) // _RON_E5


def _delivery(state: ShopState, order: Order, rate_e5: int) -> dict[str, object]:
    fee = 0 if state.switches.shipping_as_product else order.delivery.fee_bani
    return {
        "name": order.delivery.name,
        "total": number(_money(fee, rate_e5), 2),
        "date": NO_TIME,
        "lockerId": order.delivery.locker,
    }


def _items(state: ShopState, order: Order, rate_e5: int) -> list[dict[str, object]]:
    rows = [_item(line, rate_e5) for line in order.lines]
    if state.switches.shipping_as_product and order.delivery.fee_bani:
        fee_e4 = order.delivery.fee_bani * 100
        shipping = OrderLine(
            product=0,
            sku="",
            name=order.delivery.name,
            price_e4=fee_e4,
            base_price_e4=fee_e4,
            vat_e2=2100,
            quantity_milli=1000,
            type="service",
        )
        rows.append(_item(shipping, rate_e5))
    return rows


def _item(line: OrderLine, rate_e5: int) -> dict[str, object]:
    return {
        "id": str(line.product),
        "type": line.type,
        "sku": line.sku,
        "ean": line.ean,
        "name": line.name,
        "price": shortest(_money(line.price_e4, rate_e5), 4),
        "baseprice": shortest(_money(line.base_price_e4, rate_e5), 4),
        "vat": shortest(line.vat_e2, 2),
        "quantity": fixed(line.quantity_milli, 3, 2),
    }


def _address(buyer: Buyer) -> dict[str, object]:
    return {
        "firstname": buyer.firstname,
        "lastname": buyer.lastname,
        "phone": buyer.phone,
        "email": buyer.email,
        "address": buyer.address,
        "city": buyer.city,
        "region": buyer.region,
        "country": buyer.country,
    }


def _zipcode(buyer: Buyer) -> dict[str, object]:
    return {"zipcode": buyer.zipcode} if buyer.zipcode else {}


def _billing(buyer: Buyer) -> dict[str, object]:
    row = _address(buyer)
    if buyer.company is not None:
        company = buyer.company
        row["company"] = {
            "name": company.name,
            "code": company.code,
            "registrationNo": company.registration,
            "bank": company.bank,
            "iban": company.iban,
        }
    if buyer.customer_id:
        row["customerId"] = buyer.customer_id
    return row
