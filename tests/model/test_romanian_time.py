from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magazie.model.romanian_time import (
    BUCHAREST,
    LocalStamp,
    TimeFormatError,
    format_rfc3339,
    local_date,
    local_day_bounds,
    parse_local,
    parse_rfc3339,
)

HOUR_MS = 3_600_000
MOMENTS = st.integers(parse_rfc3339("1997-01-01T00:00:00Z"), parse_rfc3339("2090-01-01T00:00:00Z"))


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def as_the_shop_writes(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, BUCHAREST).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-02-13 11:47:10", "2023-02-13T09:47:10"),
        ("2026-07-01 00:00:00", "2026-06-30T21:00:00"),
        ("2026-03-29 03:30:00", "2026-03-29T01:30:00"),  # skipped hour: means 04:30
        ("2026-03-29 02:59:59", "2026-03-29T00:59:59"),
        ("2026-03-29 04:00:00", "2026-03-29T01:00:00"),
    ],
)
def test_local_times_without_zone(text: str, expected: str) -> None:
    for observed in (0, utc("2026-03-29T01:00:00"), utc("2090-01-01T00:00:00")):
        assert parse_local(text, observed) == LocalStamp(utc(expected), text)


def test_an_hour_that_occurs_twice_is_the_one_nearest_the_observation() -> None:
    text = "2026-10-25 03:30:00"
    first, second = utc("2026-10-25T00:30:00"), utc("2026-10-25T01:30:00")
    assert parse_local(text, first + 5_000).ms == first
    assert parse_local(text, second + 5_000).ms == second
    assert parse_local(text, first - 30 * 24 * HOUR_MS).ms == first
    assert parse_local(text, second + 30 * 24 * HOUR_MS).ms == second
    assert parse_local(text, first + HOUR_MS // 2).ms == first
    assert parse_local(text, first + HOUR_MS // 2 + 1).ms == second


@given(MOMENTS, st.integers(0, 20 * 60_000))
def test_a_fresh_stamp_is_read_back_exactly(ms: int, age_ms: int) -> None:
    second = ms - ms % 1000
    assert parse_local(as_the_shop_writes(ms), second + age_ms).ms == second


@given(MOMENTS, MOMENTS)
def test_a_stamp_is_never_off_by_more_than_the_doubled_hour(ms: int, observed: int) -> None:
    second = ms - ms % 1000
    read = parse_local(as_the_shop_writes(ms), observed).ms
    assert read is not None
    assert abs(read - second) in {0, HOUR_MS}
    assert as_the_shop_writes(read) == as_the_shop_writes(ms)


@given(st.datetimes(datetime(1997, 1, 1), datetime(2090, 1, 1)), MOMENTS)  # noqa: DTZ001 - as a shop writes
def test_a_local_time_is_kept_or_moved_forward_by_an_hour(local: datetime, observed: int) -> None:
    local = local.replace(microsecond=0)
    read = parse_local(local.isoformat(sep=" "), observed).ms
    assert read is not None
    shown = datetime.fromtimestamp(read // 1000, BUCHAREST).replace(tzinfo=None)
    assert shown - local in {timedelta(0), timedelta(hours=1)}


@pytest.mark.parametrize(
    "text", ["", " ", None, "0000-00-00 00:00:00", "0000-00-00", "-0001-11-30 00:00:00"]
)
def test_no_time(text: str | None) -> None:
    assert parse_local(text, 0) == LocalStamp(None, text or "")


@pytest.mark.parametrize(
    "text",
    [
        "Mon Feb 13 2023 18:10:59 GMT+0200",
        "2026-02-30 10:00:00",
        "2026-01-01 24:00:00",
        "ieri",
        "2026-01-01",
        "2026-01-01T10:00:00",
        "2026-01-01 10:00:00Z",
        "2026-1-1 1:00:00",
        "2026-00-00 00:00:00",
        "0001-01-01 00:00:00",
        "1969-12-31 23:59:59",
        "２026-01-01 10:00:00",
    ],
)
def test_other_texts_are_no_local_time(text: str) -> None:
    with pytest.raises(TimeFormatError):
        parse_local(text, 0)


def test_written_times_carry_the_offset_of_bucharest() -> None:
    assert format_rfc3339(utc("2026-11-25T08:00:00")) == "2026-11-25T10:00:00+02:00"
    assert format_rfc3339(utc("2026-07-01T08:00:00")) == "2026-07-01T11:00:00+03:00"
    assert format_rfc3339(utc("2026-11-25T08:00:00") + 7) == "2026-11-25T10:00:00.007+02:00"


@example(parse_rfc3339("9999-12-31T21:59:59.999Z"))
@given(st.integers(0, parse_rfc3339("9999-12-31T21:59:59.999Z")))
def test_a_moment_survives_writing_and_reading(ms: int) -> None:
    assert parse_rfc3339(format_rfc3339(ms)) == ms


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T08:00:00Z",
        "2026-11-25T08:00:00+00:00",
        "2026-11-25t08:00:00z",
        "2026-11-25T10:00:00+02:00",
        "2026-11-24T20:30:00-11:30",
        "2026-11-25T08:00:00.0009999Z",
        "2026-11-25T08:00:00-00:00",
    ],
)
def test_forms_of_one_moment(text: str) -> None:
    assert parse_rfc3339(text) == utc("2026-11-25T08:00:00")


def test_fractions_are_cut_to_milliseconds() -> None:
    assert parse_rfc3339("1970-01-01T00:00:00.5Z") == 500
    assert parse_rfc3339("1970-01-01T00:00:00.123999999Z") == 123


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-25",
        "2026-11-25T08:00:00",
        "2026-11-25 08:00:00Z",
        "2026-11-25T08:00Z",
        "2026-02-30T08:00:00Z",
        "2026-11-25T24:00:00Z",
        "2026-11-25T08:00:60Z",
        "20261125T080000Z",
        "2026-11-25T08:00:00+0200",
        "2026-11-25T08:00:00+24:00",
        "2026-11-25T08:00:00.Z",
        "2026-11-25T08:00:00Z\n",
        "1970-01-01T00:00:00+00:01",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T22:00:00Z",  # Romania already writes the year 10000
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_other_texts_are_no_moment(text: str) -> None:
    with pytest.raises(TimeFormatError):
        parse_rfc3339(text)


@given(MOMENTS)
def test_a_moment_lies_within_its_day(ms: int) -> None:
    begin, end = local_day_bounds(local_date(ms))
    assert begin <= ms < end
    assert local_date(begin) == local_date(end - 1) == local_date(ms)
    assert local_date(end) == local_date(ms) + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)],
)
def test_days_of_the_switch(day: date, hours: int) -> None:
    begin, end = local_day_bounds(day)
    assert end - begin == hours * HOUR_MS


def test_the_romanian_day_begins_before_the_utc_day() -> None:
    assert local_date(utc("2026-11-24T22:00:00")) == date(2026, 11, 25)
    assert local_date(utc("2026-11-24T21:59:59")) == date(2026, 11, 24)
