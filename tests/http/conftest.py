from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.http.edges import Edge, edge_over
from tests.storage.fresh_books import open_fresh


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    storage = await open_fresh(tmp_path / "magazie.db")
    try:
        async with edge_over(storage, tmp_path) as built:
            yield built
    finally:
        await storage.close()
