"""A consistent copy of the database, taken while it is served."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from magazie.storage.connection import ReaderConnection, reader_uri
from magazie.storage.errors import BackupTargetError

_SIDECARS = ("-wal", "-shm", "-journal")


def back_up(source: Path, target: Path) -> None:
    """Copy a database, also beside the process that serves it. See ``copy_into``."""
    with closing(ReaderConnection(reader_uri(source))) as connection:
        copy_into(connection, target)


def copy_into(source: sqlite3.Connection, target: Path) -> None:
    """Copy what is committed now into one file that needs no other beside it.

    The copy takes the target's name only once it is whole and on the disk, and then replaces
    what had that name. Rowids stay as they are. Only the owner may read it.

    Raises:
        BackupTargetError: The target is the database itself, lies in no folder, or is opened
            as a database by some program.
    """
    _check(source, target)
    partial = target.with_name(target.name + ".partial")
    _remove(partial)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        _flush(partial)
        partial.replace(target)
        _flush(target.parent)
    except BaseException:
        _remove(partial)
        raise


def _check(source: sqlite3.Connection, target: Path) -> None:
    if not target.parent.is_dir():
        raise BackupTargetError(target, "its folder does not exist")
    (_, _, served) = source.execute("PRAGMA database_list").fetchone()
    if target.exists() and target.samefile(served):
        raise BackupTargetError(target, "it is the database itself")
    for suffix in _SIDECARS:
        # SQLite would replay the log of the earlier file into the new one.
        if target.with_name(target.name + suffix).exists():
            raise BackupTargetError(
                target, f"{target.name}{suffix} beside it says that a program has it open"
            )


def _remove(partial: Path) -> None:
    for suffix in ("", *_SIDECARS):
        partial.with_name(partial.name + suffix).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
