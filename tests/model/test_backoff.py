import random

from hypothesis import given
from hypothesis import strategies as st

from magazie.model.backoff import delay_ms, park_delay_ms

MINUTE_MS = 60_000


def test_a_parked_row_waits_one_minute_doubled_up_to_six_hours() -> None:
    minutes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    waits = [park_delay_ms(attempt) for attempt in range(len(minutes))]
    assert waits == [MINUTE_MS * count for count in minutes]
    assert park_delay_ms(10**9) == 360 * MINUTE_MS


@given(
    st.integers(0, 10**6), st.integers(1, 60_000), st.integers(1, 3_600_000), st.integers(0, 2**32)
)
def test_a_network_retry_waits_within_its_span(
    attempt: int, base_ms: int, cap_ms: int, seed: int
) -> None:
    wait = delay_ms(attempt, base_ms=base_ms, cap_ms=cap_ms, random=random.Random(seed))
    assert 1 <= wait <= min(cap_ms, base_ms * 2 ** min(attempt, 30))
    again = delay_ms(attempt, base_ms=base_ms, cap_ms=cap_ms, random=random.Random(seed))
    assert again == wait


def test_the_whole_span_is_used() -> None:
    stream = random.Random(1)
    waits = [delay_ms(3, base_ms=100, cap_ms=10_000, random=stream) for _ in range(2000)]
    assert min(waits) < 40
    assert max(waits) > 760
    assert 370 < sum(waits) / len(waits) < 430
