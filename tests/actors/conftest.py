from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actors.house import House


@pytest.fixture
async def bare_house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with an empty database."""
    house = await House.open(tmp_path)
    yield house
    await house.close()


@pytest.fixture
async def house(bare_house: House) -> House:
    """A house with two warehouses and two shops."""
    await bare_house.seed()
    bare_house.news.clear()
    return bare_house
