import itertools

import pytest

from magazie.model.image_fetches import ImageProblem, next_try_ms

MINUTE_MS, DAY_MS = 60_000, 24 * 60 * 60_000
PASSING = {ImageProblem.SERVER_FAILED, ImageProblem.UNREACHABLE, ImageProblem.TIMED_OUT}


def waits(problem: ImageProblem, tries: int = 100) -> list[int]:
    found = (next_try_ms(problem, number, 0) for number in range(1, tries + 1))
    return [wait for wait in itertools.takewhile(lambda wait: wait is not None, found) if wait]


def test_a_refused_address_is_never_tried_again() -> None:
    assert waits(ImageProblem.ADDRESS_REFUSED) == []


@pytest.mark.parametrize("problem", sorted(PASSING))
def test_trouble_of_a_server_is_tried_without_end_at_most_a_day_apart(
    problem: ImageProblem,
) -> None:
    found = waits(problem)
    assert found[:4] == [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS]
    assert len(found) == 100
    assert set(found[11:]) == {DAY_MS}


@pytest.mark.parametrize("problem", sorted(set(ImageProblem) - PASSING - {"address_refused"}))
def test_what_looks_final_is_tried_eight_times(problem: ImageProblem) -> None:
    assert len(waits(problem)) == 7
