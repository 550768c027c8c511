"""When and how the write-ahead log goes back into the database file."""

from pathlib import Path

import msgspec

from magazie.storage.connection import WriterConnection

_DUE_PAGES = 4000
_PAGE_BYTES = 4096
_BATCHES_PER_LOOK = 64
_SWOLLEN_PAGES = 16_000
_RESTART_PATIENCE_MS = 100
_FIRST_GUESS_PAGES_PER_CHANGE = 1.0


class Checkpoint(msgspec.Struct, frozen=True):
    """What a checkpoint found and did, in pages of the log."""

    in_log: int
    moved: int


class Checkpoints:
    """Decides when a checkpoint is due.

    SQLite tells how many pages its log holds only when it checkpoints, and the file's size
    does not tell either: a log that was moved back whole is overwritten from its beginning.
    So the pages are estimated from the rows changed, at the rate the last checkpoint found;
    a file that grows past its earlier size by that many pages makes one due as well.
    The size is looked at now and then only: a file system that stamps a write more finely
    once somebody has looked makes the next flush dearer (Linux 6.18, ext4: 160 to 205 us).

    The writer owns it; ``checkpoint`` runs where its connection does, the rest on the loop,
    never at once.
    """

    def __init__(self, database: Path) -> None:
        self._log = database.with_name(database.name + "-wal")
        self._changes = 0
        self._pages_left_over = 0
        self._pages_per_change = _FIRST_GUESS_PAGES_PER_CHANGE
        self._size_then = 0
        self._batches = 0
        self._is_swollen = False

    def after_batch(self, changes: int) -> bool:
        """Note a committed batch that changed so many rows; True when a checkpoint is due."""
        self._changes += changes
        self._batches += 1
        pages = self._changes * self._pages_per_change
        if self._batches % _BATCHES_PER_LOOK == 0:
            pages = max(pages, (self.log_bytes() - self._size_then) / _PAGE_BYTES)
        return pages >= _DUE_PAGES

    def log_bytes(self) -> int:
        """Size of the log's file now."""
        try:
            return self._log.stat().st_size
        except FileNotFoundError:  # somebody else's tool closed the database last
            return 0

    def checkpoint(self, connection: WriterConnection) -> Checkpoint:
        """Move into the database what no reader needs in the log any more.

        Waits for readers only where the log has become long: while queries overlap without a
        gap it is moved back, yet never begun anew.
        """
        return restart_log(connection) if self._is_swollen else move_pages(connection)

    def after_checkpoint(self, done: Checkpoint) -> None:
        """Learn from a checkpoint how many pages a changed row costs."""
        written = done.in_log - self._pages_left_over
        if self._changes and written > 0:
            self._pages_per_change = written / self._changes
        self._pages_left_over = 0 if done.moved == done.in_log else done.in_log
        self._is_swollen = done.in_log >= _SWOLLEN_PAGES
        self._changes = 0
        self._size_then = self.log_bytes()

    def after_failure(self) -> None:
        """Note that a checkpoint failed; the log holds what it held, and the next is due later."""
        self._changes = 0
        self._size_then = self.log_bytes()


def move_pages(connection: WriterConnection) -> Checkpoint:
    """Move what no reader needs in the log any more; never waits for one."""
    return _checkpoint(connection, "PASSIVE")


def restart_log(connection: WriterConnection) -> Checkpoint:
    """Move everything, and wait a little for the readers so that the log begins anew."""
    (usual,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {_RESTART_PATIENCE_MS}")
    try:
        return _checkpoint(connection, "RESTART")
    finally:
        connection.execute(f"PRAGMA busy_timeout = {usual}")


def empty_log(connection: WriterConnection) -> Checkpoint:
    """Move everything and cut the log to nothing; for when the readers are gone."""
    return _checkpoint(connection, "TRUNCATE")


def _checkpoint(connection: WriterConnection, mode: str) -> Checkpoint:
    row: tuple[int, int, int] = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    _busy, in_log, moved = row
    return Checkpoint(in_log, moved)
