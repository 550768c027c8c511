"""A shop that never lies needs no read-back: sending alone brings it to what is so."""

from pathlib import Path

import pytest

from magazie.sync import read_back
from tests.simulation.run_days import WITHOUT_HOURS, run_days


@pytest.mark.parametrize("seed", range(100, 105))
def test_ten_days_without_lies_need_no_read_back(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_back, "LOOK_EVERY_S", 1e9)
    run_days(seed, tmp_path, days=10, lies=False, hours=WITHOUT_HOURS)
