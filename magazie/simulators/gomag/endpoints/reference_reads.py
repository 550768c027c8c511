"""Reads of the shop's own short lists, most of them without any envelope."""

from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.paging import LARGEST_PAGE, paged
from magazie.simulators.gomag.figures import shortest
from magazie.simulators.gomag.order_records import Customer
from magazie.simulators.gomag.payloads import whole
from magazie.simulators.gomag.state import ShopState


def read_statuses(state: ShopState, _call: Call) -> object:
    """``order/status/read``: a bare list; ``key`` and ``type`` only by switch (S4)."""
    if state.switches.status_types:
        return [{"id": s.id, "name": s.name, "key": s.key, "type": s.type} for s in state.statuses]
    return [{"id": status.id, "name": status.name} for status in state.statuses]


def read_payments(state: ShopState, _call: Call) -> object:
    """``payment/read``: a bare list; some keys are empty."""
    return [{"key": p.key, "name": p.name, "online": int(p.online)} for p in state.payments]


def read_currencies(state: ShopState, _call: Call) -> object:
    """``currency/read``: a bare list."""
    return [
        {"name": c.code, "currency": c.code, "multiplier": shortest(c.multiplier_e5, 5)}
        for c in state.currencies
    ]


def read_carriers(state: ShopState, _call: Call) -> object:
    """``awb/carrier/read``: a bare list."""
    return [
        {"key": c.key, "name": c.name, "canGenerateAwb": int(c.can_generate)}
        for c in state.carriers
    ]


def read_customers(state: ShopState, call: Call) -> object:
    """``customer/read``: accounts by id, found by account, e-mail or phone."""
    customer = whole(call.query.get("customer"))
    email, phone = call.query.get("email"), call.query.get("phone")
    found = [
        c
        for c in state.customers.values()
        if (customer is None or c.id == customer)
        and (not email or c.buyer.email == email)
        and (not phone or c.buyer.phone == phone)
    ]
    page = paged(found, LARGEST_PAGE, call, state.switches)
    return {
        "total": str(page.total),
        "page": page.page,
        "pages": page.pages,
        "customers": {str(c.id): _customer_row(c) for c in page.rows} or [],
    }


def _customer_row(customer: Customer) -> dict[str, object]:
    return {
        "type": "client",
        "firstname": customer.buyer.firstname,
        "lastname": customer.buyer.lastname,
        "active": "1",
        "password": None,
        "phone": customer.buyer.phone,
        "fax": None,
        "email": customer.buyer.email,
        "registration": customer.registered,
        "countOrderAll": None,
        "totalOrderAll": None,
        "countOrdersAll": None,
        "totalOrdersAll": None,
        "tagsNames": None,
    }
