"""Reading what a request says, and naming the fields that are wrong."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

import msgspec

from magazie.actors.field_faults import FieldFault
from magazie.http.fields import read_field
from magazie.http.problems import ProblemError, ProblemKind, invalid
from magazie.model.control_characters import CONTROL

T = TypeVar("T")
Q = TypeVar("Q", bound=msgspec.Struct)

_PLACE: Final = re.compile(r" - at `(?:key in )?\$(?P<path>.*)`$", re.DOTALL)
_NAMED: Final = re.compile(
    r"Object (?P<fault>contains unknown|missing required) field `(?P<name>.*)`$", re.DOTALL
)
_FAULTS: Final = {
    "contains unknown": "there is no such field",
    "missing required": "the field is missing",
}
# control characters come into a JSON string only as \u00XX
_ESCAPED: Final = b"\\u00"
_LONGEST_NAME: Final = 100


def decode_body(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Read a JSON body.

    Raises:
        ProblemError: it is not JSON (malformed), or fields are wrong (invalid).

    """
    try:
        value = decoder.decode(body)
        if _ESCAPED in body:
            _refuse_control_characters(msgspec.json.decode(body))
    except msgspec.ValidationError as error:
        raise invalid_fields(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(ProblemKind.MALFORMED, f"the body is not JSON: {error}") from error
    return value


def decode_query(kind: type[Q], query: Mapping[str, str]) -> Q:
    """Read the fields of a query; every value comes as a text.

    Raises:
        ProblemError: fields are wrong.

    """
    names = [name for name, _ in query.items()]  # a multidict: its keys come once, its items do not
    if len(set(names)) < len(names) and kind.__struct_config__.forbid_unknown_fields:
        raise invalid(max(names, key=names.count)[:_LONGEST_NAME], "the field stands there twice")
    try:
        value = msgspec.convert(dict(query), kind, strict=False, dec_hook=read_field)
        _refuse_control_characters(dict(query))
    except msgspec.ValidationError as error:
        raise invalid_fields(error) from error
    return value


def invalid_fields(error: msgspec.ValidationError) -> ProblemError:
    """Turn msgspec's sentence into the field and what is wrong with it."""
    text = str(error)
    place = _PLACE.search(text)
    path, message = (place["path"], text[: place.start()]) if place else ("", text)
    path = path.removeprefix(".")
    named = _NAMED.match(message)
    if named is not None:
        name = named["name"][:_LONGEST_NAME]
        path = f"{path}.{name}" if path else name
        message = _FAULTS[named["fault"]]
    fault = FieldFault(path, message.replace("`", ""))
    detail = f"{path}: {fault.message}" if path else fault.message
    return ProblemError(ProblemKind.INVALID, detail, errors=(fault,))


def _refuse_control_characters(value: object) -> None:
    """No text of ours holds a NUL or the like: no document or label could print it."""
    for path, text in _texts(value, ""):
        if CONTROL.search(text):
            message = "control characters are not taken"
            raise ProblemError(
                ProblemKind.INVALID, f"{path}: {message}", errors=(FieldFault(path, message),)
            )


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]")
