"""Making, changing and deleting categories."""

from collections.abc import Callable, Mapping

from magazie.simulators.gomag.answers import accepted
from magazie.simulators.gomag.endpoints.call import Call
from magazie.simulators.gomag.endpoints.caps import capped
from magazie.simulators.gomag.faults import FaultKind
from magazie.simulators.gomag.payloads import in_romanian, is_blank, mapping, sequence, text, whole
from magazie.simulators.gomag.records import Category
from magazie.simulators.gomag.state import ShopState

_CAP = 25

Fields = Mapping[str, object]
Row = dict[str, object]


def write_categories(state: ShopState, call: Call) -> object:
    """``category/write``: names may repeat; the answer rarely tells the new id (A20, A21)."""
    return _each(state, call, lambda fields: _make(state, call, fields))


def patch_categories(state: ShopState, call: Call) -> object:
    """``category/patch``: by id; what is not sent stays."""
    return _each(state, call, lambda fields: _change(state, call, fields))


def delete_categories(state: ShopState, call: Call) -> object:
    """``category/delete``: only empty ones go; the echo does not tell which."""
    groups = capped(
        sequence(mapping(call.payload).get("categories")), _CAP, state.switches, call.payload
    )
    if not call.ignored:
        for group in groups:
            for written in sequence(mapping(group).get("ids")):
                _delete(state, whole(written) or 0)
    return accepted(call.payload, [])


def _each(state: ShopState, call: Call, work: Callable[[Fields], tuple[str, Row] | None]) -> object:
    items = sequence(mapping(call.payload).get("categories"))
    answer: dict[str, list[Row]] = {}
    for item in capped(items, _CAP, state.switches, call.payload):
        fields = mapping(item)
        fault = call.item_fault(_name(fields))
        if fault is FaultKind.ITEM_SKIPPED:
            continue
        if fault is FaultKind.ITEM_REFUSED:
            told: tuple[str, Row] | None = _refusal(call, fields, "600", "REFUSED")
        else:
            told = work(fields)
        if told is not None and fault is not FaultKind.ITEM_MISSING:
            key, row = told
            answer.setdefault(key, []).append(row)
    return accepted({"categories": answer or []}, [])


def _make(state: ShopState, call: Call, fields: Fields) -> tuple[str, Row] | None:
    sent = fields.get("name")
    if isinstance(sent, dict) and is_blank(sent.get("ro")):
        return None  # named in other languages only: neither made nor told, as recorded
    name = in_romanian(sent)
    parent = whole(fields.get("parent_id")) or 0
    if not name.strip():
        return _refusal(call, fields, "600", "MISSING_NAME")
    if parent and parent not in state.catalogue.categories:
        return _refusal(call, fields, "404", "MISSING_PARENT")
    made = state.catalogue.next_category_id()
    if not call.ignored:
        made = _made_or_known(state, name, parent, whole(fields.get("position")) or 0)
    by_id = {"as_recorded": isinstance(sent, dict), "id": True, "name": False}
    key = str(made) if by_id[state.switches.category_answer_key] else name
    return key, {"name": sent, "status": "200", "errorMessage": ""}


def _made_or_known(state: ShopState, name: str, parent: int, position: int) -> int:
    if state.switches.repeated_category == "reused":
        for known in state.catalogue.categories.values():
            if (known.parent, known.name) == (parent, name):
                return known.id
    return state.catalogue.add_category(name, parent, position).id


def _change(state: ShopState, call: Call, fields: Fields) -> tuple[str, Row]:
    category = state.catalogue.categories.get(whole(fields.get("id")) or 0)
    if category is None:
        return _refusal(call, fields, "404", "MISSING_ITEMS")
    name = in_romanian(fields.get("name")) or category.name
    parent = _parent_sent(fields, category)
    above = {node.id for node in state.catalogue.path(parent)}
    if parent and (parent not in state.catalogue.categories or category.id in above):
        return _refusal(call, fields, "404", "MISSING_PARENT")
    if not call.ignored:
        position = whole(fields.get("position"))
        category.position = category.position if position is None else position
        state.catalogue.move_category(category, name, parent)
    key = str(category.id)
    return key, {"id": key, "status": "200", "errorMessage": ""}


def _parent_sent(fields: Fields, category: Category) -> int:
    """The new parent; an empty text, as recorded, is not sent, and what is not sent stays."""
    sent = fields.get("parent_id")
    return category.parent if is_blank(sent) else whole(sent) or 0


def _delete(state: ShopState, category: int) -> None:
    catalogue = state.catalogue
    inside = catalogue.within(category)
    holds = any(inside.intersection(p.categories.values()) for p in catalogue.products.values())
    if category in catalogue.categories and len(inside) == 1 and not holds:
        catalogue.remove_category(category)


def _name(fields: Fields) -> str:
    return in_romanian(fields.get("name"))


def _refusal(call: Call, fields: Fields, status: str, code: str) -> tuple[str, Row]:
    key = text(fields.get("id")) or _name(fields)
    call.refused.append(key)
    return key, {"name": fields.get("name"), "status": status, "errorMessage": code}
