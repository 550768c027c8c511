from magazie.simulators.gomag.answers import RefusedError, accepted, no_data
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.order_records import Order
from magazie.simulators.gomag.payloads import is_blank, mapping, sequence, text, whole
from magazie.simulators.gomag.sales import set_status, touch
from magazie.simulators.gomag.state import ShopState


def write_status(state: ShopState, call: Call) -> object:
    """``order/status``: one order a request, by internal order id and status id.

    Names, numbers and unknown ids change nothing and are answered NO DATA (S5).
    """
    asked = sequence(mapping(call.payload).get("orders"))
    if not asked:
        raise no_data()
    if len(asked) > 1 and state.switches.several_statuses == "refuse":
        raise RefusedError("600", ["TOO_MANY_ITEMS"], call.payload)
    fields = mapping(asked[0])
    order = _order_meant(state, fields.get("order"))
    status = _status_meant(state, fields.get("status"))
    if order is None or status is None:
        if state.switches.unknown_order_status == "no_data":
            raise no_data()
    elif not call.ignored:
        set_status(state, order, status, call.now_ms)
    return accepted(asked[:1], [])


def add_note(state: ShopState, call: Call) -> object:
    """``order/note/add``: nothing keeps a repeated call from adding the note again."""
    fields = mapping(call.payload)
    if is_blank(fields.get("order")) or not text(fields.get("note")):
        raise no_data()
    order = state.orders.by_id.get(whole(fields.get("order")) or 0)
    if order is None:
        if state.switches.unknown_note_order == "no_data":
            raise no_data()
    elif not call.ignored:
        order.notes.append(text(fields["note"]))
        touch(state, order, call.now_ms, content=False)
    return accepted(call.payload, [])


def _order_meant(state: ShopState, written: object) -> Order | None:
    order = state.orders.by_id.get(whole(written) or 0)
    if order is None and state.switches.unknown_order_status == "applied":
        return next(iter(state.orders.with_number(text(written))), None)
    return order


def _status_meant(state: ShopState, written: object) -> int | None:
    number = whole(written)
    if number is not None and state.status(number) is not None:
        return number
    if state.switches.unknown_order_status == "applied":
        return next((s.id for s in state.statuses if s.name == text(written)), None)
    return None
