import gzip
import json

import msgspec
import pytest
from gomag_doubles import KEY, fixture, html, kind_of, ok
from hypothesis import example, given
from hypothesis import strategies as st

from magazie.gomag.damaged_json import decode_damaged, repaired
from magazie.gomag.envelope import (
    Answer,
    RefusedAnswer,
    is_no_data,
    open_answer,
    retry_after_s,
)
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

BOM = b"\xef\xbb\xbf"
GOOD = b'{"error":"200","status":"200","message":[],"data":[]}'
HTML_NOISE = b"<br />\n<b>Warning</b>:  Undefined key in <b>/srv/x.php</b> on line <b>12</b><br />"


def test_a_refusal_keeps_what_the_shop_said_of_single_items() -> None:
    body = b'{"error":"600","message":["MISSING_NAME"],"data":[{"sku":"A"}]}'
    error = failure(HttpResponse(200, {}, b"<br />\n" + body))
    assert isinstance(error, RefusedAnswer)
    assert (error.code, error.messages, error.body) == ("600", ("MISSING_NAME",), body)


def hide(text: str) -> str:
    return text.replace(KEY, "[key]")


def opened(body: bytes, status: int = 200, **headers: str) -> Answer:
    return open_answer(HttpResponse(status=status, headers=headers, body=body), hide=hide)


def failure(response: HttpResponse) -> ShopError:
    with pytest.raises(ShopError) as caught:
        open_answer(response, hide=hide)
    return caught.value


@pytest.mark.parametrize(
    "case",
    json.loads(fixture("envelopes_success.json")),
    ids=lambda case: case["shape"],
)
def test_every_success_shape_opens(case: dict[str, object]) -> None:
    answer = open_answer(ok(case["body"]), hide=hide)
    assert answer.confirmed is case["confirmed"]
    assert msgspec.json.decode(answer.body) == case["body"]
    assert answer.noise == ""


@pytest.mark.parametrize(
    "case",
    json.loads(fixture("envelopes_failure.json")),
    ids=lambda case: case["shape"],
)
def test_every_error_shape_raises_what_it_means(case: dict[str, str]) -> None:
    error = failure(ok(case["body"]))
    assert kind_of(error).__name__ == case["raises"]
    assert case["says"] in str(error)
    if "code" in case:
        assert isinstance(error, Refused)
        assert error.code == case["code"]


@pytest.mark.parametrize(
    ("body", "noise"),
    [
        (BOM + GOOD, ""),
        (BOM + BOM + b"\r\n" + GOOD + b"\n", ""),
        (HTML_NOISE + b"\n" + GOOD, "<br />"),
        (HTML_NOISE + GOOD, "<br />"),
        (b"\nNotice: Undefined index: [0] {x} in /srv/x.php on line 3\n" + BOM + GOOD, "Notice"),
        (b"Array\n(\n    [0] => 1\n)\n" + GOOD, "Array"),
    ],
)
def test_a_mark_or_warnings_before_the_json_are_skipped(body: bytes, noise: str) -> None:
    answer = opened(body)
    assert answer.body.strip() == GOOD
    assert answer.confirmed
    assert noise in answer.noise
    assert bool(answer.noise) is bool(noise)


CUT = GOOD[:-1]
CUT_ORDERS = b'{"total":"1","page":1,"pages":1,"orders":{"5":\n{"id":"5","items":[{"id":"1"}]}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        BOM,
        b"null",
        b'"text"',
        b"12",
        CUT,
        CUT_ORDERS,
        HTML_NOISE + b"\n" + CUT_ORDERS,
        b"[1,\n" + GOOD,
        GOOD + b"<br />",
        b"<html><body>Mentenan\xc8\x9b\xc4\x83</body></html>",
        b'<html><script>{"error":"200"}</script></html>',
        b'<p>\n[{"id":1}] more',
        gzip.compress(GOOD, mtime=0),
    ],
)
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    assert type(failure(HttpResponse(200, {}, body))) is Unreadable


def test_the_start_of_noise_is_kept_without_the_key() -> None:
    error = failure(html(text=f"<html>{KEY} Mentenanță\x1b[2J " + "x" * 500))
    assert isinstance(error, Unreadable)
    assert KEY not in str(error)
    assert "<html>[key] Mentenanță [2J xxx" in str(error)
    assert str(error).count("x") < 200


def test_a_key_across_the_cut_of_the_excerpt_does_not_show_its_half() -> None:
    error = failure(html(text="y" * 190 + KEY))
    assert KEY[:5] not in str(error)


def test_the_key_is_hidden_in_the_shops_own_words() -> None:
    error = failure(ok({"error": "7", "message": [f"bad key {KEY}"]}))
    assert KEY not in str(error)
    assert KEY not in repr(error)


@pytest.mark.parametrize(
    ("response", "kind", "says"),
    [
        (html(428), Throttled, "HTTP 428"),
        (html(429), Throttled, "HTTP 429"),
        (HttpResponse(428, {}, b""), Throttled, "HTTP 428"),
        (html(404), NotApplied, "address or User-Agent wrong"),
        (html(403), NotApplied, "HTTP 403"),
        (html(301), NotApplied, "redirects"),
        (html(400), NotApplied, "HTTP 400"),
        (html(401), Unauthorized, "HTTP 401"),
        (HttpResponse(401, {}, b'{"error":"1"}'), Unauthorized, "HTTP 401"),
        (HttpResponse(403, {}, b'{"problem":"x"}'), Unauthorized, "HTTP 403"),
        (HttpResponse(404, {}, b'{"error":"404","message":["NO DATA"]}'), Refused, "NO DATA"),
        (HttpResponse(422, {}, b'{"errors":["not adjustable"]}'), Refused, "not adjustable"),
        (HttpResponse(400, {}, b'{"error":"500"}'), Refused, "400"),
        (html(413), Refused, "413"),
        (html(408), OutcomeUnknown, "HTTP 408"),
        (html(500), OutcomeUnknown, "HTTP 500"),
        (html(503), OutcomeUnknown, "Mentenanță"),
        (html(520), OutcomeUnknown, "HTTP 520"),
        (HttpResponse(500, {}, b'{"error":"600","message":["x"]}'), OutcomeUnknown, "HTTP 500"),
    ],
)
def test_http_failures(response: HttpResponse, kind: type[ShopError], says: str) -> None:
    error = failure(response)
    assert kind_of(error) is kind
    assert says in str(error)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_by_http_still_needs_json(status: int) -> None:
    assert isinstance(failure(HttpResponse(status, {}, b"")), Unreadable)
    assert opened(GOOD, status).confirmed


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "90"}, 90.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after": "9" * 400}, 999_999_999.0),
        ({"retry-after": "Tue, 24 Nov 2026 10:01:30 GMT"}, None),
        (
            {
                "retry-after": "Tue, 24 Nov 2026 10:01:30 GMT",
                "date": "Tue, 24 Nov 2026 10:00:00 GMT",
            },
            90.0,
        ),
        (
            {
                "retry-after": "Tue, 24 Nov 2026 10:00:00 GMT",
                "date": "Tue, 24 Nov 2026 10:01:30 GMT",
            },
            0.0,
        ),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds
    for status, body in ((429, b""), (200, b'{"error":"428","message":["RATE_LIMIT"]}')):
        error = failure(HttpResponse(status, headers, body))
        assert isinstance(error, Throttled)
        assert error.retry_after_s == seconds


def test_no_data_is_told_from_other_refusals() -> None:
    assert is_no_data(Refused("404", ("NO DATA",)))
    assert not is_no_data(Refused("404", ("MISSING_ITEMS",)))
    assert not is_no_data(Refused("600", ("NO DATA",)))


@pytest.mark.parametrize(
    "message",
    [b"stricat \xff\xc8", b"rupt \\ud83d aici", b"\\udc00 rupt", b"linie\nnou\x01\xc4\x83"],
)
def test_damaged_texts_do_not_lose_the_answer(message: bytes) -> None:
    error = failure(HttpResponse(200, {}, b'{"error":"600","message":["' + message + b'"]}'))
    assert isinstance(error, Refused)
    assert error.messages
    assert opened(b'{"total":1,"brands":[{"name":"' + message + b'"}]}').body


@given(st.text(max_size=40), st.binary(max_size=6))
@example("😀 ș", b"")
def test_repair_leaves_good_json_alone_and_makes_bad_text_decodable(
    text: str, damage: bytes
) -> None:
    printable = "".join(character for character in text if character >= " ")
    good = json.dumps({"t": printable}).encode()
    assert repaired(good) == good
    bad = b'{"t":"' + damage.replace(b'"', b"").replace(b"\\", b"") + b'"}'
    decoded = decode_damaged(msgspec.json.Decoder(dict[str, str]), repaired(bad))
    assert set(decoded) == {"t"}


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_a_shop_error(body: bytes) -> None:
    for status in (200, 404, 500):
        try:
            answer = opened(body, status)
        except ShopError:
            continue
        msgspec.json.decode(repaired(answer.body))


@given(st.integers(min_value=1, max_value=len(CUT_ORDERS) + 2))
def test_no_cut_of_a_page_passes_for_a_page(length: int) -> None:
    whole = CUT_ORDERS + b"}}"
    for noise in (b"", HTML_NOISE + b"\n"):
        if length >= len(whole):
            assert opened(noise + whole)
        else:
            assert isinstance(failure(HttpResponse(200, {}, noise + whole[:length])), Unreadable)
