from collections.abc import Callable, Mapping

from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.order_rows import order_row
from magazie.simulators.gomag.endpoints.paging import page_size, paged
from magazie.simulators.gomag.order_records import Order
from magazie.simulators.gomag.payloads import whole
from magazie.simulators.gomag.romanian_time import is_day
from magazie.simulators.gomag.state import ShopState
from magazie.simulators.gomag.switches import Switches

_ANY_LATER = "~"

Filter = Callable[[Order], bool]


def read_orders(state: ShopState, call: Call) -> object:
    """``order/read``: days are Romanian days, both ends included.

    There is no filter by id. A parameter it does not know is ignored, and the newest orders come.
    """
    switches = state.switches
    first, last = _days(call.query, switches)
    filters = _filters(call.query, switches)
    found = [o for o in state.orders.newest_first(first, last) if all(f(o) for f in filters)]
    if switches.order_sort == "ascending_id":
        found.sort(key=lambda order: order.id)
    size = switches.default_page_size
    if switches.order_limit_honoured:
        size = page_size(call.query, switches)
    page = paged(found, size, call, switches)
    total = page.total + switches.orders_not_shown
    return {
        "total": str(total),
        "page": page.page,
        "pages": -(-total // size) or page.pages,
        "orders": {str(order.id): order_row(state, order) for order in page.rows} or [],
        "shippingAsProduct": switches.shipping_as_product,
    }


def _days(query: Mapping[str, str], switches: Switches) -> tuple[str, str]:
    """Return the first and the last day of placing asked for."""
    first, last = "", _ANY_LATER
    if is_day(query.get("startDate", "")):
        first = query["startDate"]
    if is_day(query.get("endDate", "")):
        last = query["endDate"]
    if is_day(query.get("date", "")):
        first = max(first, query["date"])
        if switches.date_filter == "on_day":
            last = min(last, query["date"])
    return first, last


def _filters(query: Mapping[str, str], switches: Switches) -> list[Filter]:
    filters: list[Filter] = []
    day = query.get("updated", "")
    if is_day(day):
        filters.append(_updated(day, switches))
    if query.get("number"):
        filters.append(lambda order: order.number == query["number"])
    if query.get("statusIds"):
        filters.append(_with_status(query["statusIds"], switches))
    if query.get("customer"):
        customer = whole(query["customer"])
        filters.append(lambda order: order.billing.customer_id == customer)
    if query.get("awbNumber"):
        awb = query["awbNumber"]
        filters.append(lambda order: order.shipment is not None and order.shipment.awb == awb)
    return filters


def _updated(day: str, switches: Switches) -> Filter:
    if switches.updated_filter == "on_day":
        return lambda order: order.updated[:10] == day
    return lambda order: order.updated[:10] >= day


def _with_status(written: str, switches: Switches) -> Filter:
    wanted = [whole(part) for part in written.split(",")]
    if switches.several_status_ids == "first_only":
        wanted = wanted[:1]
    return lambda order: order.status in wanted
