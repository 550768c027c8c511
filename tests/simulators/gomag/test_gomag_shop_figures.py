from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.simulators.gomag.figures import (
    UnreadableFigureError,
    fixed,
    number,
    scaled,
    shortest,
    with_vat,
    without_vat,
)
from magazie.simulators.gomag.romanian_time import http_date, is_day, local_text

INTS = st.integers(-(10**12), 10**12)


@given(INTS, st.integers(1, 5), st.integers(1, 5))
def test_fixed_rounds_as_decimal_does(value: int, scale: int, digits: int) -> None:
    exact = Decimal(value).scaleb(-scale)
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    expected = str(abs(rounded)) if rounded == 0 else str(rounded)
    assert fixed(value, scale, digits) == expected


@given(INTS, st.integers(1, 5))
def test_what_is_written_reads_back(value: int, scale: int) -> None:
    assert scaled(fixed(value, scale, scale), scale) == value
    assert scaled(shortest(value, scale), scale) == value


@given(st.integers(-(10**9), 10**9), st.integers(1, 4))
def test_json_numbers_read_back(value: int, scale: int) -> None:
    assert scaled(number(value, scale), scale) == value
    assert isinstance(number(value, scale), int) == (value % 10**scale == 0)


@pytest.mark.parametrize(
    "value", ["", "12,5", "mult", "NaN", "Infinity", float("inf"), True, None, [], "1e300"]
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(UnreadableFigureError):
        scaled(value, 4)


@pytest.mark.parametrize(
    ("value", "expected"), [("49.9", 499_000), (49.9, 499_000), (7, 70_000), (" 0.00005 ", 1)]
)
def test_numbers_and_texts(value: object, expected: object) -> None:
    assert scaled(value, 4) == expected


@given(st.integers(0, 10**10), st.sampled_from((0, 1100, 2100)))
def test_vat_goes_in_and_out(net_e4: int, vat_e2: int) -> None:
    assert without_vat(with_vat(net_e4, vat_e2), vat_e2) == net_e4


@pytest.mark.parametrize(
    ("moment_ms", "text"),
    [
        (1_792_888_200_000, "2026-10-25 03:30:00"),
        (1_792_891_800_000, "2026-10-25 03:30:00"),
        (1_774_745_999_999, "2026-03-29 02:59:59"),
        (1_774_746_000_000, "2026-03-29 04:00:00"),
        (1_767_225_600_000, "2026-01-01 02:00:00"),
    ],
)
def test_bucharest_time(moment_ms: int, text: str) -> None:
    assert local_text(moment_ms) == text


def test_http_date_and_days() -> None:
    assert http_date(1_772_438_400_000) == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert [is_day(d) for d in ("2024-00-00", "2026-3-1", "", "2026-03-01 10:00")] == [
        True,
        False,
        False,
        False,
    ]
