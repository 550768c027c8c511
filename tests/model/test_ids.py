import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.ids import BadIdError, IdSource, decode_id, encode_id, order_id

IDS = st.integers(1, 2**63 - 1)
NOW_MS = 1_795_000_000_000


@given(st.lists(st.integers(0, 2**42), min_size=1, max_size=60), st.integers())
def test_ids_grow_whatever_the_clock_does(clock: list[int], seed: int) -> None:
    readings = iter(clock)
    source = IdSource(lambda: next(readings), random.Random(seed))
    ids = [source.next_id() for _ in clock]
    assert all(earlier < later for earlier, later in itertools.pairwise(ids))
    assert all(0 < number < 2**63 for number in ids)


@given(st.integers(1, 2**42), st.integers())
def test_ids_of_a_later_millisecond_are_larger_across_processes(now: int, seed: int) -> None:
    here = IdSource(lambda: now, random.Random(seed)).next_id()
    there = IdSource(lambda: now + 1, random.Random(seed + 1)).next_id()
    assert here < there


def test_two_processes_at_one_moment_differ() -> None:
    starts = {IdSource(lambda: NOW_MS, random.Random(seed)).next_id() for seed in range(50)}
    assert len(starts) == 50


def test_the_same_seed_and_clock_give_the_same_ids() -> None:
    one, two = (IdSource(lambda: NOW_MS, random.Random(7)) for _ in range(2))
    assert [one.next_id() for _ in range(5)] == [two.next_id() for _ in range(5)]


@given(IDS)
def test_an_id_survives_writing_and_reading(number: int) -> None:
    text = encode_id(number)
    assert decode_id(text) == number
    assert len(text) == 13
    assert set(text) <= set("0123456789abcdefghjkmnpqrstvwxyz")


@given(IDS, IDS)
def test_written_ids_sort_as_ids_do(one: int, other: int) -> None:
    assert (encode_id(one) < encode_id(other)) == (one < other)


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_what_is_no_id_cannot_be_written(number: int) -> None:
    with pytest.raises(BadIdError):
        encode_id(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0" * 13,
        "8" + "0" * 12,
        "z" * 13,
        "0" * 12,
        "0" * 14,
        "000000000000i",
        "000000000000L",
        "00000000000_1",
        " 000000000001",
        "000000000001\n",
        "00000000000a1".upper(),
        "٠" * 13,
    ],
)
def test_other_texts_are_no_id(text: str) -> None:
    with pytest.raises(BadIdError):
        decode_id(text)


@given(st.text(max_size=15))
def test_one_id_has_one_text(text: str) -> None:
    try:
        number = decode_id(text)
    except BadIdError:
        return
    assert encode_id(number) == text


def test_order_ids_do_not_change_between_versions() -> None:
    # Stored orders are found by these numbers: another value would orphan them.
    assert encode_id(order_id("magazin", "2799")) == "2h6k38wnds692"
    assert encode_id(order_id("magazin", "2974")) == "5gsx0aefjzdj8"


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_different_orders_have_different_ids(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (order_id(*one) == order_id(*other)) == (one == other)
    assert 0 < order_id(*one) < 2**63


def test_the_border_between_origin_and_number_counts() -> None:
    keys = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("1:a", "b"), ("", "1:ab")]
    assert len({order_id(*key) for key in keys}) == len(keys)
