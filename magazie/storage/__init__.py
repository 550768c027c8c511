"""One SQLite file: a writer that commits in groups, readers, migrations, backup, lock."""

from magazie.storage.backup import back_up
from magazie.storage.batch import Unit
from magazie.storage.errors import (
    BackupTargetError,
    DatabaseTooNewError,
    DatabaseUnusableError,
    DataFolderInUseError,
    DiskFullError,
    MigrationAlteredError,
    MigrationError,
    StorageClosedError,
    StorageError,
    TransactionLostError,
    UnitMisuseError,
)
from magazie.storage.executors import AiosqliteExecutor, Executor, LoopExecutor
from magazie.storage.lock import ProcessLock
from magazie.storage.metrics import Histogram, StorageMetrics
from magazie.storage.migrate import Migration, load_migrations
from magazie.storage.storage import Storage, end_process

__all__ = [
    "AiosqliteExecutor",
    "BackupTargetError",
    "DataFolderInUseError",
    "DatabaseTooNewError",
    "DatabaseUnusableError",
    "DiskFullError",
    "Executor",
    "Histogram",
    "LoopExecutor",
    "Migration",
    "MigrationAlteredError",
    "MigrationError",
    "ProcessLock",
    "Storage",
    "StorageClosedError",
    "StorageError",
    "StorageMetrics",
    "TransactionLostError",
    "Unit",
    "UnitMisuseError",
    "back_up",
    "end_process",
    "load_migrations",
]
