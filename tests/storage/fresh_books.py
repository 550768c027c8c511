"""New books for tests of other rooms: made once a process, since each migration takes its time."""

import functools
from pathlib import Path
from tempfile import TemporaryDirectory

from magazie.storage import AiosqliteExecutor, Storage
from magazie.storage.connection import WriterConnection, writer_uri
from magazie.storage.migrate import PACKAGE_MIGRATIONS, load_migrations, migrate


class Hasty(AiosqliteExecutor):
    """Waits for no disk: these books are gone with their test."""

    synchronous = "OFF"


def lay_fresh_books(path: Path) -> None:
    """Write the file that a first start makes."""
    path.write_bytes(_migrated())


async def open_fresh(path: Path) -> Storage:
    """Open new books."""
    lay_fresh_books(path)
    return await Storage.open(path, executor_factory=Hasty)


@functools.cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.db"
        connection = WriterConnection(writer_uri(path))
        try:
            connection.configure(path, Hasty.synchronous)
            migrate(connection, path, load_migrations(PACKAGE_MIGRATIONS))
        finally:
            connection.close()
        return path.read_bytes()
