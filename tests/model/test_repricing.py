from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.decimals import (
    E4,
    MAX_PERCENT_E2,
    MAX_PRICE_E4,
    DecimalFormatError,
    parse_percent_e2,
)
from magazie.model.repricing import repriced

prices = st.integers(0, MAX_PRICE_E4).map(E4)
percents = st.integers(-9_999, MAX_PERCENT_E2)
decimals = st.integers(0, 4)


@pytest.mark.parametrize(
    ("price_e4", "percent_e2", "places", "made_e4"),
    [
        (499_000, 1_000, 2, 548_900),
        (99_900, 1_000, 2, 109_900),  # 10.989
        (99_900, 1_000, 4, 109_890),
        (100, 5_000, 2, 200),  # 0.015 goes up
        (100, 4_999, 2, 100),
        (499_000, -1_250, 2, 436_600),  # 43.6625
        (100, -5_000, 2, 100),  # 0.005 goes up
        (100, -5_001, 2, 0),
        (149_900, 0, 0, 150_000),
    ],
)
def test_a_price_by_a_percentage(price_e4: int, percent_e2: int, places: int, made_e4: int) -> None:
    assert repriced(E4(price_e4), percent_e2, places) == made_e4


@given(prices, percents, decimals)
def test_it_is_the_exact_number_rounded_once(price_e4: E4, percent_e2: int, places: int) -> None:
    exact = Decimal(price_e4) / 10_000 * (10_000 + percent_e2) / 10_000
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)

    assert Decimal(repriced(price_e4, percent_e2, places)) / 10_000 == rounded


@given(prices, prices, percents, decimals)
def test_a_dearer_product_stays_no_cheaper(
    one_e4: E4, other_e4: E4, percent_e2: int, places: int
) -> None:
    low, high = sorted((one_e4, other_e4))
    assert repriced(low, percent_e2, places) <= repriced(high, percent_e2, places)


@given(prices)
def test_nothing_added_changes_nothing(price_e4: E4) -> None:
    assert repriced(price_e4, 0, 4) == price_e4


@pytest.mark.parametrize(
    ("text", "percent_e2"), [("10", 1_000), ("-12.5", -1_250), ("0.01", 1), ("1000", 100_000)]
)
def test_a_percentage_is_read(text: str, percent_e2: int) -> None:
    assert parse_percent_e2(text) == percent_e2


@pytest.mark.parametrize("text", ["", "+5", "5%", "1,5", "0.001", "1000.01", "--1", "1e2"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(DecimalFormatError):
        parse_percent_e2(text)
