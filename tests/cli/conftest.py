from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.processes import CONFIG, Running

Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts commands that serve; what still runs at the end is ended."""
    started: list[Running] = []

    def one(*arguments: str) -> Running:
        started.append(Running(tmp_path, *arguments))
        return started[-1]

    yield one
    for running in started:
        running.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a settings file, where commands run."""
    (tmp_path / "magazie.toml").write_text(CONFIG)
    return tmp_path
