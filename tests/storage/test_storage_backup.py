import asyncio
import sqlite3
import stat
from pathlib import Path

import pytest

from magazie.storage import BackupTargetError, Storage, back_up
from tests.storage.conftest import OpenStorage
from tests.storage.note_units import add_note, all_bodies, bodies_in


async def test_a_backup_taken_while_writing_is_one_committed_state(
    storage: Storage, tmp_path: Path
) -> None:
    acknowledged = 0
    stop = False

    async def write(writer: int) -> None:
        nonlocal acknowledged
        number = 0
        while not stop:
            await storage.write(add_note(f"{writer}/{number}" + "x" * 500))
            acknowledged += 1
            number += 1

    writers = [asyncio.create_task(write(writer)) for writer in range(8)]
    for number in range(4):
        await asyncio.sleep(0.03)
        before = acknowledged
        await storage.backup(tmp_path / f"copy{number}.db")
        after = acknowledged
        copy = sqlite3.connect(tmp_path / f"copy{number}.db")
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (rows,) = copy.execute("SELECT count(*) FROM notes").fetchone()
        (counted,) = copy.execute("SELECT value FROM counts").fetchone()
        copy.close()
        assert rows == counted
        assert before <= rows <= after + len(writers)
        assert rows > 0
    stop = True
    await asyncio.gather(*writers)


async def test_a_backup_is_one_file_of_its_owner_with_the_same_rowids(
    storage: Storage, tmp_path: Path
) -> None:
    for body in "abc":
        await storage.write(add_note(body))
    await storage.write(lambda connection: connection.execute("DELETE FROM notes WHERE id=2") and 0)
    folder = tmp_path / "copies"
    folder.mkdir()
    target = folder / "copy.db"
    await storage.backup(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = sqlite3.connect(target)
    assert copy.execute("SELECT id FROM notes ORDER BY id").fetchall() == [(1,), (3,)]
    assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    copy.close()
    assert [file.name for file in folder.iterdir()] == ["copy.db"]


async def test_a_backup_replaces_the_earlier_one(storage: Storage, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    await storage.write(add_note("a"))
    await storage.backup(target)
    await storage.write(add_note("b"))
    (tmp_path / "copy.db.partial").write_bytes(b"left by a crash")
    await storage.backup(target)
    assert bodies_in(target) == ["a", "b"]


async def test_a_backup_opens_as_the_database(
    storage: Storage, open_storage: OpenStorage, tmp_path: Path, path: Path
) -> None:
    await storage.write(add_note("a"))
    await storage.backup(tmp_path / "copy.db")
    await storage.write(add_note("b"))
    await storage.close()
    (tmp_path / "copy.db").replace(path)
    restored = await open_storage()
    assert await restored.read(all_bodies) == ["a"]


async def test_a_backup_never_lands_on_the_database_itself(
    storage: Storage, path: Path, tmp_path: Path
) -> None:
    await storage.write(add_note("a"))
    link = tmp_path / "link.db"
    link.hardlink_to(path)
    for target in (path, link):
        with pytest.raises(BackupTargetError, match="itself"):
            await storage.backup(target)
    assert await storage.read(all_bodies) == ["a"]


async def test_a_target_that_cannot_be_is_named(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(BackupTargetError, match="folder does not exist"):
        await storage.backup(tmp_path / "nowhere" / "copy.db")
    (tmp_path / "copy.db-wal").write_bytes(b"someone has it open")
    with pytest.raises(BackupTargetError, match=r"copy\.db-wal"):
        await storage.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_a_copy_can_be_taken_beside_the_serving_process_and_after_it(
    storage: Storage, tmp_path: Path, path: Path
) -> None:
    await storage.write(add_note("a"))
    await asyncio.to_thread(back_up, path, tmp_path / "beside.db")
    await storage.close()
    await asyncio.to_thread(back_up, path, tmp_path / "after.db")
    assert bodies_in(tmp_path / "beside.db") == bodies_in(tmp_path / "after.db") == ["a"]
