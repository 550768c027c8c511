"""One process serves a data folder."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from magazie.storage.errors import DataFolderInUseError

_NAME = "magazie.lock"


class ProcessLock:
    """Held while a process serves a data folder; the system lets it go when the process dies.

    The file stays behind: removing it would let two processes lock two files of one name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock and leave this process's id in its file.

        Raises:
            DataFolderInUseError: Another process, or another lock of this one, holds it.
        """
        descriptor = os.open(self._folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            holder = _read_pid(descriptor)
            os.close(descriptor)
            raise DataFolderInUseError(self._folder, holder) from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; nothing happens where nothing is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _read_pid(descriptor: int) -> int | None:
    """The holder's id; None in the instant before it is written."""
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
