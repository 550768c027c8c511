"""One process serves a data folder."""

import fcntl
import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from magazie.storage.errors import DataFolderInUseError

_NAME = "magazie.lock"


class ProcessLock:
    """Held while a process serves a data folder; the system lets it go when the process dies.

    The folder is locked as well as the file in it, which a person may take for a leftover: where
    it was removed, two processes could lock two files of one name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None
        self._folder_descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock and leave this process's id in its file.

        Raises:
            DataFolderInUseError: Another process, or another lock of this one, holds it.
        """
        with ExitStack() as opened:
            descriptor = _opened(opened, self._folder / _NAME, os.O_RDWR | os.O_CREAT)
            folder = _opened(opened, self._folder, os.O_RDONLY)
            try:
                for each in (descriptor, folder):
                    fcntl.flock(each, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataFolderInUseError(self._folder, _read_pid(descriptor)) from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            opened.pop_all()
        self._descriptor, self._folder_descriptor = descriptor, folder

    def release(self) -> None:
        """Let go; nothing happens where nothing is held."""
        for descriptor in (self._folder_descriptor, self._descriptor):
            if descriptor is not None:
                os.close(descriptor)
        self._descriptor = self._folder_descriptor = None

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


def _opened(opened: ExitStack, path: Path, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    opened.callback(os.close, descriptor)
    return descriptor


def _read_pid(descriptor: int) -> int | None:
    """The holder's id; None in the instant before it is written."""
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
