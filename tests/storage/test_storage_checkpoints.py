import asyncio
import sqlite3
from pathlib import Path

import pytest

from magazie.storage import Storage, checkpoint
from magazie.storage.checkpoint import Checkpoint, Checkpoints
from tests.storage.note_units import add_note, all_bodies


def log_pages(storage: Storage) -> float:
    return storage.metrics.wal_bytes / 4120


async def write_many(storage: Storage, count: int, size: int = 1000) -> None:
    for start in range(0, count, 100):
        await asyncio.gather(
            *(storage.write(add_note(f"{start + n} " + "x" * size)) for n in range(100))
        )


async def test_the_log_stays_short_while_writing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_DUE_PAGES", 300)
    await write_many(storage, 6000)
    assert storage.metrics.checkpoints >= 5
    assert log_pages(storage) < 1000
    assert len(await storage.read(all_bodies)) == 6000


async def test_the_log_stays_bounded_while_reads_overlap_without_a_gap(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_DUE_PAGES", 200)
    monkeypatch.setattr(checkpoint, "_SWOLLEN_PAGES", 600)
    stop = False

    async def read() -> None:
        while not stop:
            await storage.read(all_bodies)

    readers = [asyncio.create_task(read()) for _ in range(4)]
    await write_many(storage, 4000)
    stop = True
    await asyncio.gather(*readers)
    assert log_pages(storage) < 2500


async def test_a_reader_that_stays_does_not_stop_the_writer(
    storage: Storage, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_DUE_PAGES", 100)
    await storage.write(add_note("a"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    assert other.execute("SELECT count(*) FROM notes").fetchone() == (1,)
    await write_many(storage, 2000)
    assert other.execute("SELECT count(*) FROM notes").fetchone() == (1,)
    other.close()
    assert storage.metrics.checkpoint_failures == 0
    assert len(await storage.read(all_bodies)) == 2001


async def test_a_checkpoint_that_finds_no_room_is_no_disaster(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def fail(connection: sqlite3.Connection) -> Checkpoint:
        raise full

    monkeypatch.setattr(checkpoint, "_DUE_PAGES", 1)
    monkeypatch.setattr(checkpoint, "move_pages", fail)
    await storage.write(add_note("a"))
    await storage.write(add_note("b"))
    assert storage.metrics.checkpoint_failures >= 1
    assert storage.metrics.checkpoints == 0
    assert await storage.read(all_bodies) == ["a", "b"]


def test_the_pages_that_a_change_costs_are_learned(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "a.db")
    assert not checkpoints.after_batch(3999)
    assert checkpoints.after_batch(1)
    checkpoints.after_checkpoint(Checkpoint(in_log=400, moved=400))  # a tenth of a page each
    assert not checkpoints.after_batch(39_999)
    assert checkpoints.after_batch(1)


def test_pages_that_readers_kept_in_the_log_are_counted_once(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "a.db")
    checkpoints.after_batch(4000)
    checkpoints.after_checkpoint(Checkpoint(in_log=4000, moved=10))
    checkpoints.after_batch(4000)
    checkpoints.after_checkpoint(Checkpoint(in_log=6000, moved=6000))  # 2000 for 4000 changes
    assert not checkpoints.after_batch(7999)
    assert checkpoints.after_batch(1)


def test_a_log_that_grows_by_much_makes_a_checkpoint_due_whatever_was_learned(
    tmp_path: Path,
) -> None:
    checkpoints = Checkpoints(tmp_path / "a.db")
    with (tmp_path / "a.db-wal").open("wb") as log:
        log.truncate(4000 * 4096)
    due = [checkpoints.after_batch(1) for _ in range(64)]
    assert due == [False] * 63 + [True]
    checkpoints.after_checkpoint(Checkpoint(in_log=4000, moved=4000))
    assert checkpoints.log_bytes() == 4000 * 4096
