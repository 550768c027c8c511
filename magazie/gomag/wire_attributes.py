"""Attributes of Gomag's wire: the list as it is read, and the request that adds to it.

Field names and types: Gomag API note, "Attributes". The values that products carry cannot be
read here, only their number; some attributes have no key.
"""

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.gomag.odd_values import Odd, ShapeError, flag_of, id_of, language_text, text_of
from magazie.ports import NewAttribute, ShopAttribute


class _Attribute(msgspec.Struct):
    id: Odd = None
    key: Odd = None
    type: Odd = None
    name: Odd = None
    is_version: Odd = None


_attribute_decoder = msgspec.json.Decoder(_Attribute)


def decode_attribute(raw: bytes, key: str) -> ShopAttribute | str:
    """Read one attribute; a row that is none gives its id, or ``?``.

    ``key`` is the row's place in the shop's map, the attribute's id where the row has none.
    """
    try:
        wire = decode_damaged(_attribute_decoder, raw)
        own_id = id_of(wire.id, "id") or key
        attribute = ShopAttribute(
            id=own_id,
            key=text_of(wire.key, "key"),
            name=language_text(wire.name, "name"),
            type=text_of(wire.type, "type").strip(),
            is_version=flag_of(wire.is_version, "is_version") or False,
        )
    except (msgspec.DecodeError, ShapeError):
        return key or "?"
    return attribute if own_id else "?"


def encode_attribute(attribute: NewAttribute) -> dict[str, object]:
    """The request's JSON; without a key the shop makes one of the name."""
    fields: dict[str, object] = {"name": attribute.name, "type": attribute.type}
    if attribute.key:
        fields["key"] = attribute.key
    return {"attributes": [fields]}
