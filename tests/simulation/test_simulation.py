"""Months of a shop under every fault, in minutes, exactly repeatable."""

from pathlib import Path

import pytest

from tests.simulation.run_days import run_days


@pytest.mark.parametrize("seed", range(5))
def test_ten_days_under_every_fault(seed: int, tmp_path: Path) -> None:
    run_days(seed, tmp_path, days=10)


def test_a_seed_run_twice_gives_the_same_trace(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    assert run_days(77, first, days=2) == run_days(77, second, days=2)
