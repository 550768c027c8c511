from collections.abc import Mapping

from magazie.simulators.gomag.answers import accepted
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.caps import capped
from magazie.simulators.gomag.faults import FaultKind
from magazie.simulators.gomag.payloads import mapping, sequence, text
from magazie.simulators.gomag.records import Product
from magazie.simulators.gomag.romanian_time import local_text
from magazie.simulators.gomag.shelf import BadFieldError, apply_change, read_change
from magazie.simulators.gomag.state import ShopState

_CAP = 1_000


def write_inventory(state: ShopState, call: Call) -> object:
    """``product/inventory``: stock and price of up to 1,000 items.

    Every item has its own outcome in ``data``; the envelope says success all the same.
    """
    items = sequence(mapping(call.payload).get("products"))
    answer: dict[str, list[dict[str, object]]] = {}
    for item in capped(items, _CAP, state.switches, call.payload):
        fields = mapping(item)
        rows = _work_on(state, call, fields)
        if rows:
            answer.setdefault(_key(state, fields), []).extend(rows)
    return accepted(answer or [], "REQUEST_SUCCESS")


def _key(state: ShopState, item: Mapping[str, object]) -> str:
    return text(item.get("ean")) if state.switches.inventory_answer_key == "ean" else ""


def _work_on(state: ShopState, call: Call, item: Mapping[str, object]) -> list[dict[str, object]]:
    """Carry out one item and return its rows."""
    sku, ean = text(item.get("sku")), text(item.get("ean"))
    fault = call.item_fault(sku or ean)
    if fault is FaultKind.ITEM_REFUSED:
        return [_refusal(call, sku, ean, "600", "NOT_ADJUSTABLE")]
    if fault is FaultKind.ITEM_SKIPPED:
        return []
    products = _meant(state, sku, ean)
    if not products:
        return [_refusal(call, sku, ean, "404", "MISSING_ITEMS")]
    try:
        change = read_change(item, state)
    except BadFieldError as error:
        return [_refusal(call, sku, ean, "600", str(error))]
    call.increments += 1 if change.add_milli else 0
    if not call.ignored:
        for product in products:
            apply_change(product, change, state.switches)
            product.updated = local_text(call.now_ms)
    if fault is FaultKind.ITEM_MISSING:
        return []
    if sku:
        return [{"sku": sku, "ean": ean, "status": "200"}]
    return [{"sku": product.sku, "ean": ean, "status": "200"} for product in products]


def _meant(state: ShopState, sku: str, ean: str) -> list[Product]:
    """Find the products of an item: by SKU, and by EAN only where no SKU is given."""
    if sku:
        found = state.catalogue.by_sku(sku)
        return found if state.switches.repeated_sku == "all" else found[:1]
    found = state.catalogue.by_ean(ean)
    return found if state.switches.shared_ean == "all" else found[:1]


def _refusal(call: Call, sku: str, ean: str, status: str, code: str) -> dict[str, object]:
    call.refused.append(sku or ean)
    return {"sku": sku, "ean": ean, "status": status, "errorMessage": code}
