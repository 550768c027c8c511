"""From the bytes of an answer to clean JSON, or to the ``ShopError`` that says what it means.

Gomag answers HTTP 200 for failures too and calls success ``"error": "200"`` (Gomag API
note: "Envelopes"). PHP may print a byte order mark, warnings or a whole page before or
instead of the JSON, so the body is judged by its content, never by its content type.
"""

import email.utils
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus

import msgspec

from magazie.gomag.damaged_json import decode_damaged, repaired
from magazie.gomag.odd_values import Odd
from magazie.ports import (
    HttpResponse,
    NotApplied,
    OutcomeUnknown,
    Refused,
    ShopError,
    Throttled,
    Unauthorized,
    Unreadable,
)

Hide = Callable[[str], str]
"""Takes secrets out of a text before it may be kept."""

_EXCERPT_CHARACTERS = 200
_EXCERPT_BYTES = 4096
_MOST_MESSAGES = 10
_BOM = b"\xef\xbb\xbf"
_NOISE_BYTES = 65536
# Gomag's own 428 (Gomag API note: "Rate limits") and the usual 429.
_THROTTLED = frozenset({HTTPStatus.PRECONDITION_REQUIRED, HTTPStatus.TOO_MANY_REQUESTS})
_THROTTLED_CODES = frozenset(str(int(status)) for status in _THROTTLED)
_KEY_CODES = frozenset({"100", "401", "403"})
_NO_ERROR = frozenset({"", "0", "200"})
_FLAG_CODES = frozenset({"1", "true"})
_FAILED_WORDS = frozenset({"failed", "fail", "error"})
_SERVER_CODE = re.compile(r"5[0-9][0-9]")
_NO_DATA = "NO DATA"

# The first thing after the noise that opens like JSON. It is final: trying a later one
# would take the inner part of a cut body for the whole.
_JSON_START = re.compile(rb'(?:^|[>\r\n])(?:\s|\xef\xbb\xbf)*([\[{])(?=\s*["\[{\]}])')
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
_RATE_WORDS = re.compile(r"rate.?limit|too many requests", re.IGNORECASE)
_KEY_WORDS = re.compile(r"api ?user|api ?key|permisi|unauthori[sz]ed", re.IGNORECASE)


class Answer(msgspec.Struct, frozen=True):
    """An answer that is JSON and reports no failure."""

    body: bytes
    """The JSON alone."""
    confirmed: bool
    """The envelope itself says ``200``; an entity or a page without envelope does not."""
    noise: str
    """The start of what was printed before the JSON, empty when nothing was."""


class RefusedAnswer(Refused):
    """A no in the shop's own envelope, which may say more of single items."""

    def __init__(self, code: str, messages: Sequence[str], body: bytes) -> None:
        """``body`` is the envelope's JSON."""
        super().__init__(code, messages)
        self.body = body


class _Head(msgspec.Struct):
    error: Odd = None
    status: Odd = None
    message: Odd = None
    error_message: Odd = msgspec.field(name="errorMessage", default=None)


_Json = _Head | list[msgspec.Raw]
_head_decoder = msgspec.json.Decoder(_Json)
_any_decoder = msgspec.json.Decoder()


def open_answer(response: HttpResponse, *, hide: Hide) -> Answer:
    """Judge an answer and hand back its JSON.

    Raises:
        Throttled: HTTP 428 or 429, or an envelope that says so.
        Unauthorized: the key is missing, wrong or lacks the method.
        Refused: the shop's program understood and said no.
        NotApplied: something before the shop's program said no (404, a redirect, a block).
        Unreadable: success by HTTP, but no JSON in it.
        OutcomeUnknown: 5xx, or an envelope with a 5xx code.
    """
    status = response.status
    if status in _THROTTLED:
        reason = f"HTTP {status}: {_excerpt(response.body, hide)}"
        raise Throttled(reason, retry_after_s=retry_after_s(response.headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise OutcomeUnknown(f"HTTP {status}: {_excerpt(response.body, hide)}")
    found = _find_json(response.body)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise _refusal_by_status(response, None if found is None else found[1], hide)
    if found is None:
        raise Unreadable(f"no JSON in the answer: {_excerpt(response.body, hide)!r}")
    body, head, noise = found
    if isinstance(head, list):
        return Answer(body=body, confirmed=False, noise=_excerpt(noise, hide))
    failure = _failure_in(head, response.headers, hide)
    if isinstance(failure, Refused):
        raise RefusedAnswer(failure.code, failure.messages, body)
    if failure is not None:
        raise failure
    confirmed = "200" in (_word(head.error), _word(head.status))
    return Answer(body=body, confirmed=confirmed, noise=_excerpt(noise, hide))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds the other side asks us to wait, or None; a date counts from its own ``date``."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until, now = _http_date(text), _http_date(headers.get("date", ""))
    if until is None or now is None:
        return None
    return max(0.0, until - now)


def confirmed(answer: Answer) -> Answer:
    """An answer to a write whose envelope says yes; silence is no yes.

    Raises:
        Unreadable: the envelope says neither.
    """
    if not answer.confirmed:
        raise Unreadable("the answer neither confirms nor refuses")
    return answer


def is_no_data(error: Refused) -> bool:
    """Whether a refusal only says that nothing matched."""
    return error.code == "404" and _NO_DATA in error.messages


def _http_date(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _find_json(body: bytes) -> tuple[bytes, _Json, bytes] | None:
    clean = body.lstrip(b" \t\r\n")
    while clean.startswith(_BOM):
        clean = clean.removeprefix(_BOM).lstrip(b" \t\r\n")
    noise = b""
    if not clean.startswith((b"{", b"[")):
        start = _JSON_START.search(clean, 0, _NOISE_BYTES)
        if start is None:
            return None
        noise, clean = clean[: start.start(1)], clean[start.start(1) :]
    for repair in (bytes, repaired):
        try:
            candidate = repair(clean)
            return candidate, _head_decoder.decode(candidate), noise
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return None


def _refusal_by_status(response: HttpResponse, head: _Json | None, hide: Hide) -> ShopError:
    status, excerpt = response.status, _excerpt(response.body, hide)
    said_by_the_shop = head is not None
    if status == HTTPStatus.UNAUTHORIZED or (status == HTTPStatus.FORBIDDEN and said_by_the_shop):
        return Unauthorized(f"HTTP {status}: {excerpt}")
    failure = _failure_in(head, response.headers, hide) if isinstance(head, _Head) else None
    if failure is not None and not isinstance(failure, OutcomeUnknown):
        return failure
    # A list that is too long for a server before the shop's program can be sent in halves.
    if said_by_the_shop or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused(str(status), (excerpt,))
    if status == HTTPStatus.NOT_FOUND:
        return NotApplied(f"HTTP 404: address or User-Agent wrong: {excerpt}")
    if status < HTTPStatus.BAD_REQUEST:
        return NotApplied(f"HTTP {status}: the address redirects elsewhere; set the new one")
    return NotApplied(f"HTTP {status}: {excerpt}")


def _failure_in(head: _Head, headers: Mapping[str, str], hide: Hide) -> ShopError | None:
    error, status = _word(head.error), _word(head.status)
    bad_status = status.casefold() in _FAILED_WORDS or (status.isdigit() and status != "200")
    if error.casefold() in _NO_ERROR and not bad_status:
        return None
    code = status if bad_status and error.casefold() in _FLAG_CODES | _NO_ERROR else error
    code = _hidden(code, hide)
    messages = tuple(_hidden(text, hide) for text in _messages(head))[:_MOST_MESSAGES]
    reason = ": ".join((code, *messages))
    if code in _THROTTLED_CODES or _RATE_WORDS.search(reason):
        return Throttled(reason, retry_after_s=retry_after_s(headers))
    if code in _KEY_CODES or _KEY_WORDS.search(reason):
        return Unauthorized(reason)
    if _SERVER_CODE.fullmatch(code):
        return OutcomeUnknown(reason)
    return Refused(code, messages)


def _word(value: Odd) -> str:
    """One code of an envelope as text; empty for every way PHP writes nothing."""
    if value is None or value is False or value in ([], {}):
        return ""
    if value is True:
        return "true"
    if isinstance(value, list | dict):
        return "error"
    return str(value).strip()


def _messages(head: _Head) -> Iterator[str]:
    yield from _texts(head.message)
    yield from _texts(head.error_message)
    if isinstance(head.error, list | dict):
        yield from _texts(head.error)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, msgspec.Raw):
        yield from _texts(decode_damaged(_any_decoder, bytes(value)))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _excerpt(body: bytes, hide: Hide) -> str:
    return _hidden(body[:_EXCERPT_BYTES].decode("utf-8", "replace"), hide)


def _hidden(text: str, hide: Hide) -> str:
    return _CONTROL_CHARACTERS.sub(" ", hide(text))[:_EXCERPT_CHARACTERS]
