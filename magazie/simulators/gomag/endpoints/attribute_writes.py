"""Making and changing attributes."""

from collections.abc import Mapping, Sequence

from magazie.simulators.gomag.answers import accepted
from magazie.simulators.gomag.catalogue import slug
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.caps import capped
from magazie.simulators.gomag.faults import FaultKind
from magazie.simulators.gomag.payloads import in_romanian, mapping, sequence, text
from magazie.simulators.gomag.records import Attribute
from magazie.simulators.gomag.state import ShopState

_CAP = 25
_VERSIONS = "versions"
_TYPES = frozenset({"textinput", "textarea", "dropdown", "multipleselect", _VERSIONS})

Fields = Mapping[str, object]


def write_attributes(state: ShopState, call: Call) -> object:
    """``attribute/write``: the answer is a yes whether an attribute was made or not (A22)."""
    items = _items(state, call)
    for fields in items:
        if _is_carried_out(call, fields):
            _make(state, fields)
    echo = items if state.switches.attribute_write_answer == "echo" else []
    return accepted({"attributes": echo}, [])


def patch_attributes(state: ShopState, call: Call) -> object:
    """``attribute/patch``: found by key; the echo proves nothing about unknown ones."""
    items = _items(state, call)
    for fields in items:
        known = _with_key(state, text(fields.get("key")))
        if known is not None and _is_carried_out(call, fields):
            known.name = in_romanian(fields.get("name")) or known.name
            _set_type(known, text(fields.get("type")))
    return accepted({"attributes": items}, [])


def _items(state: ShopState, call: Call) -> Sequence[Fields]:
    items = sequence(mapping(call.payload).get("attributes"))
    return [mapping(item) for item in capped(items, _CAP, state.switches, call.payload)]


def _is_carried_out(call: Call, fields: Fields) -> bool:
    key = text(fields.get("key")) or in_romanian(fields.get("name"))
    fault = call.item_fault(key)
    if fault is FaultKind.ITEM_REFUSED:
        call.refused.append(key)
    return not call.ignored and fault not in {FaultKind.ITEM_REFUSED, FaultKind.ITEM_SKIPPED}


def _make(state: ShopState, fields: Fields) -> None:
    """Make what has a name, a type and a key of its own; all else is dropped silently."""
    name = in_romanian(fields.get("name"))
    kind = text(fields.get("type"))
    if not kind and state.switches.attribute_without_type == "textinput":
        kind = "textinput"
    key = text(fields.get("key")) or slug(name).replace("-", "_")
    if name.strip() and kind in _TYPES and _with_key(state, key) is None:
        _set_type(state.catalogue.attribute(key=key, name=name), kind)


def _with_key(state: ShopState, key: str) -> Attribute | None:
    attributes = state.catalogue.attributes.values()
    return next((known for known in attributes if key and known.key == key), None)


def _set_type(attribute: Attribute, kind: str) -> None:
    if kind == _VERSIONS:
        attribute.is_version = True
    elif kind in _TYPES:
        attribute.type = kind
