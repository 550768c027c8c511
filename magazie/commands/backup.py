"""``magazie backup`` and ``magazie restore``: the books in one file."""

import argparse
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from magazie.commands.configured import (
    add_config_option,
    data_folder,
    existing_database,
    settings_of,
)
from magazie.commands.failure import CommandError
from magazie.commands.output import note, say
from magazie.service import DATABASE
from magazie.storage.backup import back_up
from magazie.storage.connection import ReaderConnection, reader_uri
from magazie.storage.errors import DatabaseUnusableError
from magazie.storage.lock import ProcessLock
from magazie.storage.migrate import PACKAGE_MIGRATIONS, check_applied, load_migrations
from magazie.storage.outbox_marks import disbelieve_all

_SIDECARS = ("-wal", "-shm")


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer both commands."""
    backup = commands.add_parser(
        "backup",
        help="copy the database to a file, also while it is served",
        description="Write everything that is committed now to one file, also while the service "
        "runs. Secrets and keys of the data folder are not in it.",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="replaced if it is there")
    add_config_option(backup)
    backup.set_defaults(run=run_backup)

    restore = commands.add_parser(
        "restore",
        help="put a backup in place of the database, while it is not served",
        description="Put a backup in place of the database, which stays beside it under a name "
        "that ends in .before-restore. The service must be stopped.",
    )
    restore.add_argument("file", type=Path, metavar="FILE")
    add_config_option(restore)
    restore.set_defaults(run=run_restore)


def run_backup(arguments: argparse.Namespace) -> int:
    """Copy the database.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: there is no database, or copying failed.
        StorageError: the file cannot be written there.

    """
    target: Path = arguments.file
    source = existing_database(settings_of(arguments))
    try:
        back_up(source, target)
    except sqlite3.Error as error:
        raise CommandError(f"{source} could not be copied to {target}: {error}.") from error
    say(f"{target}: {target.stat().st_size} bytes")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Put a backup in place.

    Raises:
        SettingsError: a setting cannot be used.
        CommandError: there is no such file.
        StorageError: the service runs, or the file cannot serve as its database.

    """
    source: Path = arguments.file
    folder = data_folder(settings_of(arguments))
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessLock(folder):
        aside = put_back(source, folder)
    if aside is not None:
        note(f"what was there is kept in {aside}")
    say(f"restored {folder / DATABASE} from {source}")
    return 0


def put_back(source: Path, folder: Path) -> Path | None:
    """Put a backup in place of the database of a folder that this process has locked.

    What shops acknowledged since the backup is not known to it, so nothing that they are said to
    have is believed: they are told everything once more.

    Returns:
        Where the database that was there is kept; None where there was none.

    Raises:
        CommandError: there is no such file.
        StorageError: the file cannot serve as the database.

    """
    database = folder / DATABASE
    _check(source, database)
    fresh = database.with_name(f"{DATABASE}.restoring")
    back_up(source, fresh)
    with closing(sqlite3.connect(fresh)) as connection, connection:
        disbelieve_all(connection)
    aside = _set_aside(database) if database.exists() else None
    for suffix in _SIDECARS:
        # SQLite would replay the log of the earlier file into the new one
        database.with_name(DATABASE + suffix).unlink(missing_ok=True)
    fresh.replace(database)
    _flush(folder)
    return aside


def _check(source: Path, database: Path) -> None:
    """See that the file is a whole database that this program can serve."""
    if not source.is_file():
        raise CommandError(f"There is no file {source}.")
    if database.exists() and source.samefile(database):
        raise CommandError(f"{source} is the database itself; name a backup of it.")
    try:
        with closing(ReaderConnection(reader_uri(source))) as connection:
            version = check_applied(connection, source, load_migrations(PACKAGE_MIGRATIONS))
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise DatabaseUnusableError(source, str(error)) from error
    if not version:
        raise DatabaseUnusableError(source, "it is empty")
    if verdict != "ok":
        raise DatabaseUnusableError(source, f"it is damaged ({verdict})")


def _set_aside(database: Path) -> Path:
    """Keep the database under another name, never in place of one kept before."""
    aside = database.with_name(f"{DATABASE}.before-restore")
    number = 1
    while aside.exists():
        number += 1
        aside = database.with_name(f"{DATABASE}.before-restore-{number}")
    try:
        back_up(database, aside)
        # who is killed before the new file has its name leaves the earlier one behind, whole
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        # it cannot be read, which may be why a backup is wanted: keep its files as they are
        for suffix in ("", *_SIDECARS):
            part = database.with_name(DATABASE + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
    return aside


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
