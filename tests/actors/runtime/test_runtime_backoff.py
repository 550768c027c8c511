"""How long a failing actor is left alone."""

import random

from hypothesis import given
from hypothesis import strategies as st

from magazie.actors.runtime.backoff import BackOff, Trouble

POLICY = BackOff(base=0.1, ceiling=30.0, failures=5, window=60.0)
CHANCE = random.Random(1)


def test_the_first_retry_is_immediate_and_each_further_one_waits_about_twice_as_long() -> None:
    trouble = Trouble()
    delays = [trouble.record(1000.0 * n, POLICY, CHANCE, proven=False) for n in range(14)]
    assert delays[0] == 0.0
    for index, delay in enumerate(delays[1:]):
        longest = min(30.0, 0.1 * 2**index)
        assert longest / 2 <= delay <= longest


def test_success_starts_anew() -> None:
    trouble = Trouble()
    for time in range(3):
        trouble.record(100.0 * time, POLICY, CHANCE, proven=False)
    trouble.recover()
    assert trouble.record(1000.0, POLICY, CHANCE, proven=False) == 0.0
    assert trouble.record(2000.0, POLICY, CHANCE, proven=False) > 0.0
    assert trouble.record(3000.0, POLICY, CHANCE, proven=True) == 0.0


def test_five_failures_in_a_minute_quarantine_whatever_lies_between() -> None:
    trouble = Trouble()
    for time in range(4):
        assert trouble.record(float(time), POLICY, CHANCE, proven=True) == 0.0
        assert not trouble.quarantined
    assert trouble.record(59.0, POLICY, CHANCE, proven=True) > 0.0
    assert trouble.quarantined
    assert trouble.record(300.0, POLICY, CHANCE, proven=True) == 0.0
    assert not trouble.quarantined


@given(
    failures=st.lists(st.tuples(st.integers(0, 1000), st.booleans()), max_size=200),
    seed=st.integers(),
)
def test_no_history_waits_longer_than_the_ceiling_or_quarantines_without_waiting(
    failures: list[tuple[int, bool]], seed: int
) -> None:
    trouble, chance, now = Trouble(), random.Random(seed), 0.0
    for pause, proven in failures:
        now += pause
        delay = trouble.record(now, POLICY, chance, proven=proven)
        assert 0.0 <= delay <= POLICY.ceiling
        assert trouble.retry_at == now + delay
        assert not trouble.quarantined or delay > 0.0
        assert not trouble.is_over(now, POLICY)
        assert trouble.is_over(now + 60.0, POLICY)
