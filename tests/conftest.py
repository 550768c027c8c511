import os

import pytest
from hypothesis import settings

from tests.steady_parsing import parse_steadily

# A loaded machine is slow, not wrong: no test of a rule fails by the clock. CI draws the same
# examples at every run, so that what is red there is red again at a desk with CI=true.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "house")

parse_steadily()

LONGEST_FIRST = ("tests/simulation/", "tests/e2e/", "tests/web/", "tests/cli/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that no worker is left alone with it at the end."""

    def turn(item: pytest.Item) -> int:
        turns = [at for at, folder in enumerate(LONGEST_FIRST) if item.nodeid.startswith(folder)]
        return turns[0] if turns else len(LONGEST_FIRST)

    items.sort(key=turn)
