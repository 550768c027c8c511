import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magazie.simulators.gomag import FaultKind, SimResponse
from magazie.simulators.gomag.leaky_bucket import BucketSize, LeakyBucket
from tests.simulators.gomag.gomag_caller import Caller


def told(response: SimResponse) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in response.headers
        if name.lower().startswith("api-ratelimit")
    }


@pytest.fixture
def hasty(caller: Caller) -> Caller:
    caller.pause_ms = 0
    return caller


def test_headers_tell_rate_burst_and_what_remains(hasty: Caller) -> None:
    first = told(hasty.read("category/read"))
    assert first["api-ratelimit-read"] == "1"
    assert first["api-ratelimit-read-burst"] == "40"
    assert first["api-ratelimit-read-remaining"] == "39"
    assert told(hasty.read("category/read"))["api-ratelimit-read-remaining"] == "38"
    write = told(hasty.write("order/status", {}))
    assert write["api-ratelimit-write-burst"] == "10"
    assert write["api-ratelimit-write-remaining"] == "9"


def test_the_forty_first_read_is_answered_428_without_headers(hasty: Caller) -> None:
    assert [hasty.read("category/read").status for _ in range(41)] == [200] * 40 + [428]
    refused = hasty.read("category/read")
    assert told(refused) == {}
    assert refused.header("Retry-After") is None
    assert json.loads(refused.body) == {"error": "428", "message": ["RATE_LIMIT"]}
    assert hasty.write("order/status", {}).status == 200  # the other bucket


def test_a_second_lets_one_call_through(hasty: Caller) -> None:
    for _ in range(10):
        hasty.write("order/status", {})
    assert hasty.write("order/status", {}).status == 428
    hasty.clock.pass_ms(999)
    assert hasty.write("order/status", {}).status == 428
    hasty.clock.pass_ms(1)
    assert hasty.write("order/status", {}).status == 200
    assert hasty.write("order/status", {}).status == 428


def test_rates_by_switch(hasty: Caller) -> None:
    hasty.shop.switches = replace(hasty.shop.switches, read_rate=3, write_rate=2)
    for _ in range(40):
        hasty.read("category/read")
    for _ in range(10):
        hasty.write("order/status", {})
    hasty.clock.pass_ms(1_000)
    assert [hasty.read("category/read").status for _ in range(4)] == [200, 200, 200, 428]
    assert [hasty.write("order/status", {}).status for _ in range(3)] == [200, 200, 428]


def test_refused_calls_count_by_switch(hasty: Caller) -> None:
    hasty.shop.switches = replace(hasty.shop.switches, refused_calls_count=True)
    for _ in range(10):
        hasty.write("order/status", {})
    hasty.clock.pass_ms(900)
    assert hasty.write("order/status", {}).status == 428
    hasty.clock.pass_ms(900)
    assert hasty.write("order/status", {}).status == 428


@pytest.mark.parametrize(
    ("body", "expected"), [("json", b'{"error":"429"'), ("empty", b""), ("html", b"<!DOCTYPE")]
)
def test_forms_of_refusal_by_switch(hasty: Caller, body: str, expected: bytes) -> None:
    hasty.shop.switches = replace(
        hasty.shop.switches,
        throttle_status=429,
        throttle_body=body,
        throttle_retry_after_s=90,
        write_burst=1,
    )
    hasty.write("order/status", {})
    refused = hasty.write("order/status", {})
    assert refused.status == 429
    assert refused.header("retry-after") == "90"
    assert refused.body.startswith(expected)
    assert bool(refused.body) == bool(expected)


@pytest.mark.parametrize(
    ("style", "name"),
    [
        ("documented", "Api-RateLimit-Read-Remaining"),
        ("recorded", "Api-Ratelimit-Read-Remaining"),
        ("lower", "api-ratelimit-read-remaining"),
    ],
)
def test_spelling_of_headers_by_switch(caller: Caller, style: str, name: str) -> None:
    caller.shop.switches = replace(caller.shop.switches, header_style=style)
    assert name in dict(caller.read("category/read").headers)


def test_all_spellings_occur_when_mixed(caller: Caller) -> None:
    names = {name for _ in range(40) for name, _ in caller.read("category/read").headers}
    assert {"Api-RateLimit-Read", "Api-Ratelimit-Read", "api-ratelimit-read"} <= names


def test_another_program_shares_the_budget(hasty: Caller) -> None:
    hasty.shop.share_budget(reads_per_minute=60, writes_per_minute=30)
    for _ in range(40):
        hasty.read("category/read")
    for _ in range(10):
        hasty.write("order/status", {})
    hasty.clock.pass_ms(10_000)
    assert hasty.read("category/read").status == 428  # it takes all that drains
    assert told(hasty.write("order/status", {}))["api-ratelimit-write-remaining"] == "4"


def test_another_program_spends_at_once(hasty: Caller) -> None:
    hasty.shop.inject(FaultKind.OTHER_PROGRAM, path="category")
    assert told(hasty.read("category/read"))["api-ratelimit-read-remaining"] == "34"


def test_callers_without_a_key_spend_nothing(hasty: Caller) -> None:
    good = hasty.headers
    hasty.headers = ()
    for _ in range(60):
        hasty.read("category/read")
    hasty.headers = good
    assert told(hasty.read("category/read"))["api-ratelimit-read-remaining"] == "39"


@given(st.lists(st.integers(0, 3_000), max_size=60), st.integers(1, 12), st.integers(1, 3))
def test_a_bucket_never_lets_more_through_than_it_holds_and_drains(
    gaps: list[int], burst: int, rate: int
) -> None:
    bucket, size, now_ms = LeakyBucket(), BucketSize(burst, rate), 0
    passed: list[int] = []
    for gap in gaps:
        now_ms += gap
        before = bucket.remaining(now_ms, size)
        if bucket.take(now_ms, size):
            passed.append(now_ms)
            assert bucket.remaining(now_ms, size) == before - 1
        else:
            assert before == 0
        for start in passed:
            window = [moment for moment in passed if moment >= start]
            assert len(window) * 1_000 <= burst * 1_000 + (now_ms - start) * rate
