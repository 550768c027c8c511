"""A storage on each executor, so that one suite holds for both."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from magazie.storage import AiosqliteExecutor, Executor, LoopExecutor, Storage

MIGRATIONS = Path(__file__).with_name("migrations")

OpenStorage = Callable[..., Awaitable[Storage]]


@pytest.fixture
def migrations() -> Path:
    return MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "books ?#%.db"  # a name that a URI has to quote


@pytest.fixture(params=["threads", "loop"])
def executor_factory(request: pytest.FixtureRequest) -> Callable[[], Executor]:
    if request.param == "threads":
        return AiosqliteExecutor
    return lambda: LoopExecutor(random.Random(1), longest_wait_s=0.0005)


@pytest.fixture
async def open_storage(
    path: Path, executor_factory: Callable[[], Executor]
) -> AsyncIterator[OpenStorage]:
    opened: list[Storage] = []

    async def open_one(**options: object) -> Storage:
        settings = {"migrations": MIGRATIONS, "executor_factory": executor_factory} | options
        opened.append(await Storage.open(path, **settings))  # type: ignore[arg-type] # passed on
        return opened[-1]

    yield open_one
    for storage in opened:
        await storage.close()


@pytest.fixture
async def storage(open_storage: OpenStorage) -> Storage:
    return await open_storage()
