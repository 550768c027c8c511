"""The odd scalars and collections of Gomag's PHP.

One field comes as text, number, truth value, ``null`` or not at all; an empty map comes as
``[]``, and a list may turn into a map with gaps in its keys (Gomag API note: "PHP quirks").
"""

from typing import TypeAlias

import msgspec

from magazie.gomag.damaged_json import decode_damaged
from magazie.model.item_problems import ItemProblemCode

Collection: TypeAlias = list[msgspec.Raw] | dict[str, msgspec.Raw] | None
Odd: TypeAlias = str | int | float | bool | Collection


_LANGUAGE = "ro"
_odd_decoder = msgspec.json.Decoder(Odd)


class ShapeError(ValueError):
    """A field holds something this field cannot be; the message names the field."""

    def __init__(
        self, text: str, code: ItemProblemCode = ItemProblemCode.UNREADABLE, value: str = ""
    ) -> None:
        """``code`` and ``value`` are for the field of an item."""
        super().__init__(text)
        self.code = code
        self.values = {"value": value} if value else {}


def text_of(value: Odd, field: str) -> str:
    """Text as sent; empty for every way PHP writes nothing.

    Raises:
        ShapeError: ``true``, or a collection with something in it.
    """
    if isinstance(value, str):
        return value
    if value is None or value is False or value in ([], {}):
        return ""
    if value is True or isinstance(value, list | dict):
        told = f"{field}: a text is expected, not {_kind(value)}"
        raise ShapeError(told, ItemProblemCode.NOT_A_TEXT)
    return str(value)


def language_text(value: Odd, field: str) -> str:
    """A text that may come once for each language: the Romanian one, else the first that is one.

    Raises:
        ShapeError: as ``text_of``.
    """
    if not isinstance(value, dict) or not value:
        return text_of(value, field)
    texts = {
        language: text_of(decode_damaged(_odd_decoder, bytes(raw)), field)
        for language, raw in value.items()
    }
    return texts.get(_LANGUAGE) or next((text for text in texts.values() if text), "")


def id_of(value: Odd, field: str) -> str:
    """An id as text; empty where there is none, which PHP also writes as ``0``.

    Raises:
        ShapeError: as ``text_of``.
    """
    text = text_of(value, field).strip()
    return "" if text == "0" else text


def flag_of(value: Odd, field: str) -> bool | None:
    """A truth value written as ``1``, ``"1"`` or ``true``; None where nothing is said.

    Raises:
        ShapeError: anything else.
    """
    if isinstance(value, bool):
        return value
    text = text_of(value, field).strip().casefold()
    if text in {"1", "true"}:
        return True
    if text in {"0", "false"}:
        return False
    if not text:
        return None
    told = f"{field}: {text[:40]!r} is neither 0 nor 1"
    raise ShapeError(told, ItemProblemCode.NOT_A_FLAG, text[:40])


def entries_of(value: Collection) -> list[tuple[str, bytes]]:
    """Key and raw JSON of each entry in the order sent; a list's entries have empty keys."""
    if isinstance(value, dict):
        return [(key, bytes(raw)) for key, raw in value.items()]
    return [("", bytes(raw)) for raw in value or ()]


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a map"
    return "a list" if isinstance(value, list) else repr(value)
