from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magazie.model.decimals import (
    E4,
    MAX_AMOUNT_BANI,
    MAX_PRICE_E4,
    MAX_QUANTITY_MILLI,
    MAX_RATE_E2,
    Bani,
    DecimalFormatError,
    Milli,
    RateE2,
    divide_half_up,
    format_bani,
    format_e4,
    format_milli,
    format_rate,
    line_amount_bani,
    parse_bani,
    parse_e4,
    parse_milli,
    parse_rate_e2,
)

PARSERS: list[tuple[Callable[[str], int], int, int]] = [
    (parse_milli, 3, MAX_QUANTITY_MILLI),
    (parse_e4, 4, MAX_PRICE_E4),
    (parse_bani, 2, MAX_AMOUNT_BANI),
    (parse_rate_e2, 2, MAX_RATE_E2),
]


@given(st.integers(-MAX_QUANTITY_MILLI, MAX_QUANTITY_MILLI))
def test_a_quantity_survives_writing_and_reading(value: int) -> None:
    text = format_milli(Milli(value))
    assert parse_milli(text, signed=True) == value
    assert Decimal(text) == Decimal(value).scaleb(-3)
    assert "." not in text or not text.endswith(("0", "."))


@given(st.integers(-MAX_PRICE_E4, MAX_PRICE_E4))
def test_a_price_survives_writing_and_reading(value: int) -> None:
    text = format_e4(E4(value))
    assert parse_e4(text, signed=True) == value
    assert Decimal(text) == Decimal(value).scaleb(-4)
    decimals = len(text.partition(".")[2])
    assert decimals == 2 or (decimals in {3, 4} and not text.endswith("0"))


@given(st.integers(-MAX_AMOUNT_BANI, MAX_AMOUNT_BANI))
def test_an_amount_survives_writing_and_reading(value: int) -> None:
    text = format_bani(Bani(value))
    assert parse_bani(text, signed=True) == value
    assert Decimal(text) == Decimal(value).scaleb(-2)
    assert text[-3] == "."


@given(st.integers(0, MAX_RATE_E2))
def test_a_rate_survives_writing_and_reading(value: int) -> None:
    text = format_rate(RateE2(value))
    assert parse_rate_e2(text) == value
    assert "." not in text or not text.endswith(("0", "."))


def test_written_forms() -> None:
    assert [format_milli(Milli(value)) for value in (0, 2000, 1900, 5, -1500, -3000)] == [
        "0",
        "2",
        "1.9",
        "0.005",
        "-1.5",
        "-3",
    ]
    assert [format_e4(E4(value)) for value in (0, 499_000, 253_407, 12_340, 1, -499_000)] == [
        "0.00",
        "49.90",
        "25.3407",
        "1.234",
        "0.0001",
        "-49.90",
    ]
    assert [format_bani(Bani(value)) for value in (0, 5, 4990, -5)] == [
        "0.00",
        "0.05",
        "49.90",
        "-0.05",
    ]
    assert [format_rate(RateE2(value)) for value in (0, 2100, 950, 1925)] == [
        "0",
        "21",
        "9.5",
        "19.25",
    ]


@pytest.mark.parametrize("parse", [parser for parser, _, _ in PARSERS])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        ".",
        "1.",
        ".5",
        "1,5",
        " 1",
        "1 ",
        "1e3",
        "+1",
        "1_0",
        "0x1",
        "NaN",
        "inf",
        "1.2.3",
        "١",
        "１",
        "²",
        "1\n",
        "1\xa0",
        "--1",
        "1-",
    ],
)
def test_anything_but_a_plain_decimal_is_refused(parse: Callable[[str], int], text: str) -> None:
    with pytest.raises(DecimalFormatError):
        parse(text)


@given(st.text(max_size=12))
@example("-1")
def test_what_is_read_is_what_the_text_says(text: str) -> None:
    for parse, decimals, limit in PARSERS:
        try:
            value = parse(text)
        except DecimalFormatError:
            continue
        assert Decimal(text) == Decimal(value).scaleb(-decimals)
        assert 0 <= value <= limit


@pytest.mark.parametrize(("parse", "decimals", "limit"), PARSERS)
def test_bounds_and_decimals_are_those_of_the_field(
    parse: Callable[[str], int], decimals: int, limit: int
) -> None:
    whole = limit // 10**decimals
    assert parse(str(whole)) == limit
    assert parse("0." + "1" * decimals) == int("1" * decimals)
    with pytest.raises(DecimalFormatError, match="too large"):
        parse(f"{whole}.{'0' * (decimals - 1)}1")
    with pytest.raises(DecimalFormatError, match=f"at most {decimals}"):
        parse("1." + "0" * (decimals + 1))


def test_a_sign_is_read_only_where_it_has_a_meaning() -> None:
    assert parse_milli("-2.5", signed=True) == -2500
    assert parse_milli("-0", signed=True) == 0
    with pytest.raises(DecimalFormatError, match="must not be negative"):
        parse_milli("-2.5")
    for signed in (True, False):
        with pytest.raises(DecimalFormatError, match="plain decimal"):
            parse_milli("2,5", signed=signed)
    with pytest.raises(DecimalFormatError, match="too large"):
        parse_milli("-1000000.001", signed=True)


def test_the_message_does_not_echo_a_flood() -> None:
    for letter in "x91":
        with pytest.raises(DecimalFormatError) as refusal:
            parse_milli(letter * 10_000)
        assert len(str(refusal.value)) < 200


@given(
    st.integers(-MAX_PRICE_E4, MAX_PRICE_E4), st.integers(-MAX_QUANTITY_MILLI, MAX_QUANTITY_MILLI)
)
@example(price=41_350, quantity=3_000)
@example(price=50, quantity=1_000)
@example(price=-50, quantity=1_000)
def test_a_line_is_rounded_once_and_halves_go_up(price: int, quantity: int) -> None:
    exact = Decimal(price) * Decimal(quantity) / Decimal(100_000)
    expected = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert line_amount_bani(E4(price), Milli(quantity)) == expected
    assert line_amount_bani(E4(price), Milli(-quantity)) == -expected


def test_a_line_amount_of_the_field() -> None:
    assert line_amount_bani(E4(41_350), Milli(3_000)) == 1241  # 12.405, not three times 4.14
    assert line_amount_bani(E4(499_000), Milli(1_900)) == 9481


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**9))
def test_division_rounds_to_the_nearest(numerator: int, denominator: int) -> None:
    quotient = divide_half_up(numerator, denominator)
    distance = 2 * abs(quotient * denominator - numerator)
    assert distance <= denominator
    if distance == denominator:
        assert abs(quotient * denominator) > abs(numerator)
