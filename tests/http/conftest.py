from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from magazie.storage import Storage
from tests.http.edges import Edge, edge_over


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    storage = await Storage.open(tmp_path / "magazie.db")
    try:
        async with edge_over(storage, tmp_path) as built:
            yield built
    finally:
        await storage.close()
