"""On failure every test of this folder says its seed and where the logs are."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.served import Served

Serve = Callable[..., Served]
Notes = dict[str, object]


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Makes services; what still runs at the end of the test is ended."""
    made: list[Served] = []
    async with AsyncExitStack() as ended:

        def one(settings: str, **options: object) -> Served:
            folder = tmp_path / f"service{len(made)}"
            folder.mkdir()
            made.append(Served(folder, settings, **options))  # type: ignore[arg-type]  # passed on
            ended.push_async_callback(made[-1].close)
            return made[-1]

        yield one


@pytest.fixture
def notes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Notes]:
    """What a failing test prints: put the seed in, and whatever else helps."""
    kept: Notes = {"logs": tmp_path}
    yield kept
    print(f"\n{request.node.name}: {kept}")  # noqa: T201 - shown by pytest with a failure
