from collections.abc import Mapping, Sequence

from msgspec import Struct

from magazie.simulators.gomag.answers import RefusedError, accepted
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.caps import capped
from magazie.simulators.gomag.endpoints.product_forms import (
    missing_from_new,
    missing_from_patch,
    sku_of,
    versions_of,
)
from magazie.simulators.gomag.endpoints.product_storing import read_version_change, store_product
from magazie.simulators.gomag.faults import FaultKind
from magazie.simulators.gomag.payloads import mapping, sequence, text
from magazie.simulators.gomag.shelf import BadFieldError
from magazie.simulators.gomag.state import ShopState

_CAP = 25


class _Outcome(Struct):
    echo: dict[str, object]
    codes: list[str]
    told: bool = True


def write_products(state: ShopState, call: Call) -> object:
    """``product/write``: create products with their versions; the echo carries new ids."""
    return _batch(state, call, creating=True)


def patch_products(state: ShopState, call: Call) -> object:
    """``product/patch``: change products; price and categories are required all the same."""
    return _batch(state, call, creating=False)


def delete_products(state: ShopState, call: Call) -> object:
    """``product/delete``: by SKU; the echo proves nothing about unknown ones."""
    skus = capped(sequence(mapping(call.payload).get("skus")), _CAP, state.switches, call.payload)
    if not call.ignored:
        for sku in skus:
            for product in state.catalogue.by_sku(text(sku)):
                if state.switches.deleted_products == "gone":
                    state.catalogue.remove(product)
                else:
                    product.enabled = False
    return accepted(call.payload, [])


def _batch(state: ShopState, call: Call, *, creating: bool) -> object:
    items = [
        mapping(item) for item in capped(sequence(call.payload), _CAP, state.switches, call.payload)
    ]
    codes = _codes_of(state, items, creating=creating)
    if state.switches.product_batch_atomic and any(codes):
        raise RefusedError("600", [code for found in codes for code in found], call.payload)
    outcomes = [
        _work_on(state, call, item, found, creating=creating)
        for item, found in zip(items, codes, strict=True)
    ]
    refused = [code for outcome in outcomes for code in outcome.codes]
    data = [outcome.echo for outcome in outcomes if outcome.told]
    whole_refusal = state.switches.write_refusal == "envelope" and bool(refused)
    if whole_refusal or all(outcome.codes for outcome in outcomes):
        raise RefusedError("600", refused, data)
    return accepted(data, [])


def _codes_of(
    state: ShopState, items: Sequence[Mapping[str, object]], *, creating: bool
) -> list[list[str]]:
    seen: set[str] = set()
    found: list[list[str]] = []
    for item in items:
        rule = missing_from_new if creating else missing_from_patch
        codes = rule(item, state) + _unusable(item, state)
        skus = [sku_of(version) for version in versions_of(item)]
        if len(set(skus)) < len(skus) or seen.intersection(skus):
            codes.append("DUPLICATE_SKU")
        seen.update(skus)
        found.append(codes)
    return found


def _unusable(item: Mapping[str, object], state: ShopState) -> list[str]:
    codes: list[str] = []
    for version in versions_of(item):
        try:
            read_version_change(item, version, state)
        except BadFieldError as error:
            codes.append(str(error))
    return codes


def _work_on(
    state: ShopState,
    call: Call,
    item: Mapping[str, object],
    codes: list[str],
    *,
    creating: bool,
) -> _Outcome:
    echo = _echo(item, state)
    sku = next((sku_of(version) for version in versions_of(item)), "")
    fault = call.item_fault(sku)
    if fault is FaultKind.ITEM_REFUSED:
        codes = [*codes, "REFUSED"]
    if codes:
        return _refusal(call, sku, echo, codes)
    if fault is FaultKind.ITEM_SKIPPED:
        return _Outcome(echo, [], told=False)
    if call.ignored:
        ids = [state.catalogue.next_product_id() for _ in versions_of(item)]
    else:
        ids = store_product(state, item, call.now_ms)
    if creating:
        echo["versions"] = [
            {**version, "id": given} for version, given in zip(versions_of(item), ids, strict=True)
        ]
    return _Outcome(echo, [], told=fault is not FaultKind.ITEM_MISSING)


def _refusal(call: Call, sku: str, echo: dict[str, object], codes: list[str]) -> _Outcome:
    call.refused.append(sku)
    return _Outcome({**echo, "error": "600", "status": "600", "message": codes}, codes)


def _echo(item: Mapping[str, object], state: ShopState) -> dict[str, object]:
    echo = dict(item)
    if state.switches.echo_options_as_list and isinstance(echo.get("options"), dict):
        echo["options"] = [echo["options"]]
    return echo
