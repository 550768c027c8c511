import random

from hypothesis import given
from hypothesis import strategies as st

from magazie.model.walking import walking_key


def test_places_come_as_one_walks_past_them() -> None:
    places = ["A-1-1", "a-1-2", "A-1-10", "A-2-1", "A-10", "B-1", "raft 7", ""]
    mixed = random.Random(1).sample(places, len(places))
    assert sorted(mixed, key=walking_key) == places


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_places_can_be_compared(one: str, other: str) -> None:
    assert (walking_key(one) < walking_key(other)) in {True, False}
