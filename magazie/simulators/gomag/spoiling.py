"""Damage done to a good answer on its way out."""

from collections.abc import Callable, Collection

from msgspec.structs import replace

from magazie.simulators.gomag.answers import HTML_TYPE, Reply, html_reply
from magazie.simulators.gomag.faults import FaultKind
from magazie.simulators.gomag.switches import Switches

_WARNING = (
    b"<br />\n<b>Warning</b>:  Undefined array key 0 in <b>/var/www/api/index.php</b> "
    b"on line <b>214</b><br />\n"
)
_FIRST_OF_SEVERAL = 0xC0
_PLAIN = 0x80


def spoiled(reply: Reply, faults: Collection[FaultKind], switches: Switches) -> Reply:
    """Return the answer as the struck faults leave it."""
    if FaultKind.SERVER_ERROR_AFTER in faults:
        return html_reply(switches.server_error_status, "Bad Gateway")
    if FaultKind.HTML_PAGE_AFTER in faults:
        return html_reply(200, "Mentenanță")
    for kind in faults:
        if kind in _DAMAGE:
            reply = _DAMAGE[kind](reply)
    return reply


def _break_letter(reply: Reply) -> Reply:
    """Drop the rest of the first letter of several bytes; add half a letter where none is."""
    body = reply.body
    start = next((i for i, byte in enumerate(body) if byte >= _FIRST_OF_SEVERAL), None)
    if start is None:
        cut = body.rfind(b'"')
        return replace(reply, body=body[:cut] + b"\xc8" + body[cut:] if cut >= 0 else b"\xc8")
    end = start + 1
    while end < len(body) and _PLAIN <= body[end] < _FIRST_OF_SEVERAL:
        end += 1
    return replace(reply, body=body[: start + 1] + body[end:])


_DAMAGE: dict[FaultKind, Callable[[Reply], Reply]] = {
    FaultKind.PHP_WARNING: lambda reply: replace(reply, body=_WARNING + reply.body),
    FaultKind.BOM: lambda reply: replace(reply, body=b"\xef\xbb\xbf" + reply.body),
    FaultKind.CUT_JSON: lambda reply: replace(reply, body=reply.body[: len(reply.body) * 2 // 3]),
    FaultKind.EMPTY_BODY: lambda reply: replace(reply, body=b""),
    FaultKind.BROKEN_UTF8: _break_letter,
    FaultKind.JSON_AS_HTML: lambda reply: replace(reply, content_type=HTML_TYPE),
}
