import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.decimals import (
    E4,
    MAX_PRICE_E4,
    MAX_QUANTITY_MILLI,
    Milli,
    format_e4,
    format_milli,
)
from magazie.model.foreign_numbers import (
    Dialect,
    DoubtfulNumberError,
    FieldKind,
    ForeignNumberError,
    read_amount,
    read_decimal,
    read_price,
    read_quantity,
    read_rate,
)

HAND = Dialect.HAND


@pytest.mark.parametrize("value", ["3", "3.00", "3.000", "3.0000", 3, 3.0, Decimal(3), " 3 "])
def test_one_stock_in_many_types(value: object) -> None:
    assert read_quantity(value) == 3000


@pytest.mark.parametrize("value", [None, "", "  ", "\u00a0"])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_absent_is_not_zero(value: object, dialect: Dialect) -> None:
    assert read_quantity(value, dialect=dialect) is None
    assert read_price(value, dialect=dialect) is None
    assert read_amount(value, dialect=dialect) is None
    assert read_rate(value, dialect=dialect) is None
    assert read_quantity("0", dialect=dialect) == 0


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        math.nan,
        math.inf,
        -math.inf,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("inf"),
        "true",
        "NaN",
        "inf",
        "1e3",
        "0x10",
        "1_000",
        "-",
        "+3",
        "3-",
        ".5",
        "5.",
        ",5",
        "1..2",
        "1 000",
        "7 buc",
        "٣",
        "３",
        "²",
        [],
        {},
        [3],
        b"3",
        Decimal("1e-50"),
        Decimal("1e999999"),
        "1.234.567",
        "1.2.3",
        "1,2,3",
        "12,34.5",
        "1,234.56,7",
        "0,123.45",
        10**400,
    ],
)
@pytest.mark.parametrize("kind", list(FieldKind))
def test_what_is_no_number_is_refused(value: object, kind: FieldKind) -> None:
    with pytest.raises(ForeignNumberError):
        read_decimal(value, 4, field_kind=kind)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize(
    ("text", "price_e4"),
    [
        ("12,50", 125_000),
        ("12,5", 125_000),
        ("12.5", 125_000),
        ("1.234,56", 12_345_600),
        ("1,234.56", 12_345_600),
        ("1,234,567", 12_345_670_000),
        ("1,234,567.89", 12_345_678_900),
        ("1.234.567,89", 12_345_678_900),
        ("25.3407", 253_407),
        ("25,3407", 253_407),
        ("0.125", 1_250),
        ("0,125", 1_250),
        ("1234.567", 12_345_670),
        ("1234,567", 12_345_670),
        ("1000.0000", 10_000_000),
    ],
)
def test_the_comma_rules(text: str, price_e4: int, dialect: Dialect) -> None:
    assert read_price(text, dialect=dialect) == price_e4


def test_three_digits_after_one_dot() -> None:
    assert read_price("1.234") == 12_340
    assert read_quantity("1.900") == 1_900
    assert read_quantity("1.900", dialect=HAND) == 1_900
    for read in (read_price, read_amount, read_rate):
        with pytest.raises(DoubtfulNumberError):
            read("1.234", dialect=HAND)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_three_digits_after_one_comma_are_always_doubtful(dialect: Dialect) -> None:
    for read in (read_price, read_amount, read_quantity, read_rate):
        with pytest.raises(DoubtfulNumberError, match=r"1234 or 1\.234"):
            read("1,234", dialect=dialect)


def test_only_people_group_by_dots_alone() -> None:
    assert read_amount("1.234.567", dialect=HAND) == 123_456_700
    with pytest.raises(ForeignNumberError):
        read_amount("1.234.567")


@given(st.integers(0, MAX_PRICE_E4), st.sampled_from([".", ","]), st.integers(0, 4))
def test_no_price_is_ever_a_thousand_times_off(price_e4: int, mark: str, decimals: int) -> None:
    value = Decimal(price_e4 // 10 ** (4 - decimals)).scaleb(-decimals)
    text = f"{value:.{decimals}f}".replace(".", mark)
    for dialect in Dialect:
        try:
            assert read_price(text, dialect=dialect) == value * 10_000
        except DoubtfulNumberError:
            assert decimals == 3
            assert 1 <= value < 1000
            assert mark == "," or dialect is HAND


@given(st.integers(-MAX_QUANTITY_MILLI, MAX_QUANTITY_MILLI))
def test_the_wire_reads_what_we_write(quantity: int) -> None:
    assert read_quantity(format_milli(Milli(quantity)), signed=True) == quantity
    assert read_quantity(f"{Decimal(quantity).scaleb(-3):.3f}", signed=True) == quantity


@given(st.integers(0, MAX_PRICE_E4))
def test_a_float_reads_as_the_decimal_it_stands_for(price_e4: int) -> None:
    assert read_price(price_e4 / 10_000) == price_e4
    assert read_price(format_e4(E4(price_e4))) == price_e4


def test_the_message_does_not_echo_a_flood() -> None:
    for flood in (10**5000, "1" * 5000, Decimal(10) ** 5000, "x" * 5000):
        with pytest.raises(ForeignNumberError) as refusal:
            read_price(flood)
        assert len(str(refusal.value)) < 200


def test_binary_noise_of_a_float_is_no_surplus_of_decimals() -> None:
    assert read_quantity(0.1 + 0.2) == 300
    assert read_quantity(2.9999999999999996) == 3000
    assert read_price(19.989999999999998) == 199_900
    assert read_amount(2.675) == 268


@given(st.decimals(0, 1_000_000, allow_nan=False, places=9))
def test_surplus_decimals_round_half_up_in_money(value: Decimal) -> None:
    expected = int(value.scaleb(4).quantize(Decimal(1), ROUND_HALF_UP))
    assert read_price(value) == expected
    assert read_price(f"{value:f}") == expected


def test_surplus_decimals_of_a_quantity_are_refused() -> None:
    assert read_quantity("1.90000") == 1_900
    assert read_rate("19.0000") == 1_900
    with pytest.raises(ForeignNumberError, match="more than 3 decimals"):
        read_quantity("1.9001")
    with pytest.raises(ForeignNumberError, match="more than 2 decimals"):
        read_rate("19.005")


def test_signs() -> None:
    assert read_quantity("-3.000", signed=True) == -3000
    assert read_quantity(-3, signed=True) == -3000
    assert read_amount("-0.00") == 0
    for value in ("-3", -3, -3.0):
        with pytest.raises(ForeignNumberError, match="must not be negative"):
            read_quantity(value)


@pytest.mark.parametrize(
    ("kind", "largest"),
    [
        (FieldKind.QUANTITY, 1_000_000),
        (FieldKind.PRICE, 10_000_000),
        (FieldKind.AMOUNT, 1_000_000_000),
        (FieldKind.RATE, 100),
    ],
)
def test_bounds(kind: FieldKind, largest: int) -> None:
    assert read_decimal(largest, 2, field_kind=kind) == largest * 100
    assert read_decimal(float(largest), 2, field_kind=kind) == largest * 100
    for value in (largest + 1, float(largest + 1), f"{largest}.01", 10**30):
        with pytest.raises(ForeignNumberError):
            read_decimal(value, 2, field_kind=kind)


@given(st.text(alphabet="0123456789.,- ", max_size=14), st.sampled_from(list(Dialect)))
def test_a_text_is_read_or_refused_and_never_crashes(text: str, dialect: Dialect) -> None:
    for kind in FieldKind:
        try:
            value = read_decimal(text, 4, field_kind=kind, dialect=dialect, signed=True)
        except ForeignNumberError:
            continue
        if value is None:
            assert not text.strip()
        else:
            digits = "".join(filter(str.isdigit, text)).lstrip("0")
            kept = str(abs(value)).rstrip("0")
            assert digits.startswith(kept[:-1])  # the last digit may have been rounded
