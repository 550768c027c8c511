"""What can go wrong in storage, by what it means to the one who asked."""

from pathlib import Path


class StorageError(Exception):
    """Storage could not do what was asked."""


class StorageClosedError(StorageError):
    """Storage is closed or closing, and runs nothing more.

    After an I/O error it is given up; it is then unknown whether a unit that was in line is
    stored.
    """


class UnitMisuseError(StorageError):
    """A unit or query broke its rules: it is plain, synchronous, and ends no transaction."""


class TransactionLostError(StorageError):
    """The transaction that held the unit was rolled back: nothing of the unit is stored.

    The unit itself need not be at fault, so whoever decided on it loads its state afresh.
    ``__cause__`` holds what ended the transaction.
    """


class DiskFullError(TransactionLostError):
    """There was no room to store the unit; nothing of it is stored."""

    def __init__(self) -> None:
        super().__init__(
            "The disk with the database is full, so nothing more can be stored. "
            "Free space on that disk (old backups, logs) or enlarge it; "
            "writing works again as soon as there is room, without a restart."
        )


class DatabaseUnusableError(StorageError):
    """The file cannot serve as the database: unreadable, another program's, or no WAL there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used as the database: {reason}.")
        self.path = path


class MigrationError(StorageError):
    """A migration is badly named, out of sequence, fails, or leaves a faulty schema."""


class MigrationAlteredError(MigrationError):
    """A migration that a database already went through has another text now."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"Migration {label} was changed after this database had applied it. "
            "Restore its text and put the change into a new migration."
        )


class DatabaseTooNewError(StorageError):
    """The database was written by a newer program; nothing in it was touched."""

    def __init__(self, database_version: int, known_version: int) -> None:
        super().__init__(
            f"The database is at version {database_version}, this program knows versions up to "
            f"{known_version}. Start the newer program, or restore a backup of that version. "
            "Nothing was changed."
        )
        self.database_version = database_version
        self.known_version = known_version


class DataFolderInUseError(StorageError):
    """Another process serves this data folder."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"The data folder {folder} is in use by {who}. One process serves it.")
        self.folder = folder
        self.pid = pid


class BackupTargetError(StorageError):
    """A backup cannot be written to this path."""

    def __init__(self, target: Path, reason: str) -> None:
        super().__init__(f"The backup cannot be written to {target}: {reason}.")
        self.target = target
