"""JSON whose texts PHP has damaged: broken UTF-8, control characters, half surrogate pairs."""

import re
from typing import TypeVar

import msgspec

_T = TypeVar("_T")

_CONTROL_BYTES = re.compile(rb"[\x00-\x1f]")
_LONE_HIGH = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_LONE_LOW = re.compile(
    rb"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}",
)


def repaired(body: bytes) -> bytes:
    """Undo the damage; what cannot be known becomes U+FFFD, what cannot be shown a blank."""
    text = body.decode("utf-8", "replace").encode()
    text = _CONTROL_BYTES.sub(b" ", text)
    return _LONE_LOW.sub(rb"\\ufffd", _LONE_HIGH.sub(rb"\\ufffd", text))


def decode_damaged(decoder: "msgspec.json.Decoder[_T]", raw: bytes) -> _T:
    """Decode, and once more repaired where a text is not UTF-8.

    Raises:
        msgspec.DecodeError: the JSON has another fault, or another shape.
    """
    try:
        return decoder.decode(raw)
    except UnicodeDecodeError:
        return decoder.decode(repaired(raw))
