"""Reading what a caller sent the way PHP code reads it: loosely, and without trusting types."""

from collections.abc import Mapping, Sequence

import msgspec


def decoded(text: str | None) -> object | None:
    """Decode the JSON inside a form field; None when it is absent or broken."""
    if text is None:
        return None
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    return value


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> Sequence[object]:
    """Return a JSON list, an object's values in order, or an empty list."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def text(value: object) -> str:
    """Return a string as it is, a number as text, and an empty text for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value)


def in_romanian(value: object) -> str:
    """Return a text given plainly or by language, ``{"ro": …}`` first."""
    if isinstance(value, dict):
        return text(value.get("ro", next(iter(value.values()), "")))
    return text(value)


def whole(value: object) -> int | None:
    """Return a whole number written as number or text, else None."""
    written = text(value).strip()
    return int(written) if written.isascii() and written.isdigit() else None


def flag(value: object) -> bool | None:
    """Return 0/1, "0"/"1" or a boolean as a boolean, else None."""
    if isinstance(value, bool):
        return value
    return {"0": False, "1": True}.get(text(value).strip())


def is_blank(value: object) -> bool:
    """Tell whether a field counts as not sent: null or an empty text."""
    return value is None or (isinstance(value, str) and not value.strip())


def skus_in(payload: object) -> frozenset[str]:
    """Collect the SKUs a write names, whichever of the documented shapes it has."""
    found: set[str] = set()
    if isinstance(payload, dict):
        found.update(text(sku) for sku in sequence(payload.get("skus")))
        items = sequence(payload.get("products"))
    else:
        items = sequence(payload)
    for item in items:
        fields = mapping(item)
        found.add(text(fields.get("sku")))
        found.update(text(mapping(v).get("sku")) for v in sequence(fields.get("versions")))
    return frozenset(found - {""})
