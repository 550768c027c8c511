"""Who is killed while a backup is put back leaves one whole database behind."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from magazie.commands.backup import put_back
from magazie.service import DATABASE
from magazie.storage import AiosqliteExecutor, Storage, back_up
from tests.storage.fresh_books import lay_fresh_books


class KilledError(Exception):
    """Nothing is done after it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As a killed service leaves it: what was committed last is in the log alone."""
    served, left = tmp_path / "served", tmp_path / "left"
    served.mkdir()
    left.mkdir()
    lay_fresh_books(served / DATABASE)

    async def serve() -> None:
        storage = await Storage.open(served / DATABASE, executor_factory=AiosqliteExecutor)
        back_up(served / DATABASE, tmp_path / "backup.db")
        await storage.write(
            lambda c: c.execute("INSERT INTO warehouses (code, name) VALUES ('a', 'A')").rowcount
        )
        for name in (DATABASE, f"{DATABASE}-wal"):
            shutil.copy(served / name, left / name)
        await storage.close()

    asyncio.run(serve())
    assert (left / f"{DATABASE}-wal").stat().st_size > 0
    return left


def warehouses(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return [code for (code,) in connection.execute("SELECT code FROM warehouses")]


def test_killed_before_the_new_file_has_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if target == folder / DATABASE:
            raise KilledError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KilledError):
        put_back(folder.parent / "backup.db", folder)
    assert warehouses(folder) == ["a"]


def test_not_killed(folder: Path) -> None:
    aside = put_back(folder.parent / "backup.db", folder)
    assert aside is not None
    assert warehouses(folder) == []
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT code FROM warehouses").fetchall() == [("a",)]
