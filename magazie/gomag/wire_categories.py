"""Categories of Gomag's wire: the tree as it is read, and the request that adds to it.

Field names and types: Gomag API note, "Categories". Names are kept letter for letter: a product
write addresses categories by the names on their path, and a name spelled better makes another
branch. A name may be empty; nothing can be published to such a category.
"""

from collections.abc import Iterable

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import Odd, ShapeError, entries_of, id_of, language_text, text_of
from magazie.ports import NewCategory, ShopCategory

_Step = tuple[str, str]


class _Category(msgspec.Struct):
    id: Odd = None
    name: Odd = None
    depth: Odd = None
    position: Odd = None
    parents: Odd = None


class _Parent(msgspec.Struct):
    id: Odd = None
    name: Odd = None
    depth: Odd = None


_category_decoder = msgspec.json.Decoder(_Category)
_parent_decoder = msgspec.json.Decoder(_Parent)


def decode_category(raw: bytes, key: str) -> ShopCategory | str:
    """Read one category; a row that is none gives its id, or ``?``.

    ``key`` is the row's place in the shop's map, the category's id where the row has none.
    """
    try:
        wire = decode_damaged(_category_decoder, raw)
        own_id = id_of(wire.id, "id") or key
        name = language_text(wire.name, "name")
        path = (*_parents(wire.parents), (own_id, name))
        position = _number(wire.position)
    except (msgspec.DecodeError, ShapeError):
        return key or "?"
    if not own_id:
        return "?"
    return ShopCategory(id=own_id, name=name, path=path, position=position)


def parents_first(categories: Iterable[ShopCategory]) -> tuple[ShopCategory, ...]:
    """Order a tree so that every category comes after those above it; one of each id."""
    unique: dict[str, ShopCategory] = {}
    for category in categories:
        unique.setdefault(category.id, category)
    return tuple(sorted(unique.values(), key=lambda category: len(category.path)))


def encode_category(category: NewCategory) -> dict[str, object]:
    """The request's JSON; the name as plain text, so in the shop's own language."""
    fields: dict[str, object] = {"name": category.name, "active": "1", "use_in_menu": "1"}
    if category.parent_id is not None:
        fields["parent_id"] = category.parent_id
    return {"categories": [fields]}


def _parents(value: Odd) -> list[_Step]:
    """The way down from the root; by the depths told, else in the order sent."""
    if not isinstance(value, list | dict):
        if text_of(value, "parents"):
            raise ShapeError("parents: a list or map is expected")
        return []
    steps: list[tuple[int, _Step]] = []
    for place, (key, raw) in enumerate(entries_of(value)):
        wire = decode_damaged(_parent_decoder, raw)
        step = (id_of(wire.id, "parents.id") or key, language_text(wire.name, "parents.name"))
        steps.append((_number(wire.depth, default=place), step))
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def _number(value: Odd, *, default: int = 0) -> int:
    text = text_of(value, "number").strip()
    digits = text.removeprefix("-")
    return int(text[:10]) if digits.isascii() and digits.isdigit() else default
