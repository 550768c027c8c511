import asyncio
import shutil
from pathlib import Path

import pytest

from tests.storage.books.furnished import furnish


@pytest.fixture(scope="session")
def clean_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with one of everything, right and at rest. Not to be changed."""
    path = tmp_path_factory.mktemp("clean") / "books.db"
    asyncio.run(furnish(path))
    return path


@pytest.fixture
def books(clean_books: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    return Path(shutil.copy(clean_books, tmp_path / "books.db"))
