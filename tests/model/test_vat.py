import itertools
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.decimals import Bani, RateE2
from magazie.model.vat import split_by_largest_remainder, vat_from_gross_bani

STANDARD, REDUCED = RateE2(2100), RateE2(1100)


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [
        (2997, 2100, 520),  # three times 9.99: net 24.77, not 24.78 as by lines
        (14990, 2100, 2602),
        (12100, 2100, 2100),
        (11100, 1100, 1100),
        (10900, 900, 900),
        (11900, 1900, 1900),
        (10000, 0, 0),
        (0, 2100, 0),
        (3, 2100, 1),
        (2, 2100, 0),
        (1, 10_000, 1),  # half a ban goes up
    ],
)
def test_vat_held_in_a_gross_amount(gross: int, rate: int, vat: int) -> None:
    assert vat_from_gross_bani(Bani(gross), RateE2(rate)) == vat


@given(st.integers(-(10**11), 10**11), st.integers(0, 10_000))
def test_vat_is_rounded_half_up_and_a_storno_mirrors_it(gross: int, rate: int) -> None:
    vat = vat_from_gross_bani(Bani(gross), RateE2(rate))
    exact = Decimal(gross) * rate / (10_000 + rate)
    assert vat == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert vat_from_gross_bani(Bani(-gross), RateE2(rate)) == -vat


@given(st.integers(1, 10**7), st.sampled_from([STANDARD, REDUCED, RateE2(1900), RateE2(900)]))
def test_vat_stays_within_a_ban_of_net_times_rate(gross: int, rate: RateE2) -> None:
    vat = vat_from_gross_bani(Bani(gross), rate)
    assert abs((gross - vat) * rate - vat * 10_000) <= 10_000


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (2000, [10_000, 5_000], [1333, 667]),
        (1000, [1, 1, 1], [334, 333, 333]),
        (-1000, [1, 1, 1], [-334, -333, -333]),
        (2477, [999, 999, 999], [826, 826, 825]),
        (1, [1, 2], [0, 1]),
        (5, [0, 3, 0], [0, 5, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_splits(total: int, weights: list[int], parts: list[int]) -> None:
    assert split_by_largest_remainder(total, weights) == parts


WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


@given(st.integers(-(10**12), 10**12), WEIGHTS)
def test_parts_add_up_and_are_within_one_of_the_exact_share(total: int, weights: list[int]) -> None:
    parts = split_by_largest_remainder(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
    assert split_by_largest_remainder(-total, weights) == [-part for part in parts]


@given(WEIGHTS, st.data())
def test_a_discount_never_exceeds_its_line(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = split_by_largest_remainder(total, weights)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@given(st.integers(0, 10**9), WEIGHTS)
def test_a_larger_weight_never_gets_less(total: int, weights: list[int]) -> None:
    parts = split_by_largest_remainder(total, weights)
    ordered = sorted(zip(weights, parts, strict=True))
    for (lighter, smaller), (heavier, larger) in itertools.pairwise(ordered):
        assert lighter == heavier or smaller <= larger


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0, 0]), (1, [1, -1]), (0, [-1])])
def test_a_split_over_nothing_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        split_by_largest_remainder(total, weights)
