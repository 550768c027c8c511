"""The shapes the shop answers in. There is no single envelope."""

import json
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from magazie.simulators.gomag.exchange import Pairs
from magazie.simulators.gomag.switches import Switches

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=UTF-8"


class Reply(Struct, frozen=True):
    """An answer before the journey: status, Content-Type, body and further headers."""

    status: int
    content_type: str
    body: bytes
    headers: Pairs = ()


class RefusedError(Exception):
    """The shop says no to a whole request.

    Args:
        code: the number in ``error``, as text.
        messages: the shop's codes.
        data: what is echoed, or None to leave ``status`` and ``data`` out.
    """

    def __init__(self, code: str, messages: Sequence[str], data: object = None) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = list(messages)
        self.data = data

    def envelope(self) -> dict[str, object]:
        """Return the answer's JSON."""
        if self.data is None:
            return {"error": self.code, "message": self.messages}
        return {
            "error": self.code,
            "status": self.code,
            "message": self.messages,
            "data": self.data,
        }


def no_data() -> RefusedError:
    """Return the refusal for a write that names nothing the shop knows."""
    return RefusedError("404", ["NO DATA"])


def accepted(data: object, message: object = ()) -> dict[str, object]:
    """Return the envelope of a good write: its ``error`` is "200"."""
    return {"error": "200", "status": "200", "message": message, "data": data}


def missing_api_user() -> dict[str, object]:
    """Return what a caller without a valid key gets."""
    return {"error": 100, "message": "Missing Api User"}


def json_reply(value: object, switches: Switches) -> Reply:
    """Encode a JSON answer."""
    if switches.escape_unicode:
        return Reply(200, JSON_TYPE, json.dumps(value, separators=(",", ":")).encode())
    return Reply(200, JSON_TYPE, msgspec.json.encode(value))


def html_reply(status: int, title: str, headers: Pairs = ()) -> Reply:
    """Write a page for people, as proxies and error handlers do."""
    page = (
        f'<!DOCTYPE html>\r\n<html lang="ro"><head><title>{title}</title></head>\r\n'
        f"<body><h1>{title}</h1><p>Magazinul nu poate r&#259;spunde acum.</p></body></html>\r\n"
    )
    return Reply(status, HTML_TYPE, page.encode(), headers)
