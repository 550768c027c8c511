"""Leaving the interpreter to others while much is read beside an event loop.

Reading a workbook keeps the interpreter to itself for up to a tenth of a second on end, and the
event loop's thread, which gives it up at each look for news, gets it back too late.
"""

import time
from collections.abc import Iterator
from typing import IO, Final, TypeVar

T = TypeVar("T")

_BUSY_S: Final = 0.004
_PAUSE_S: Final = 0.000_5


class Pauses:
    """Pauses for a moment where it was asked long enough after the last time."""

    def __init__(self) -> None:
        """Nothing was done yet."""
        self._began = time.perf_counter()

    def __call__(self) -> None:
        """Pause if it is time to."""
        if time.perf_counter() - self._began > _BUSY_S:
            time.sleep(_PAUSE_S)
            self._began = time.perf_counter()


def with_pauses(items: Iterator[T]) -> Iterator[T]:
    """The same items, with pauses between them."""
    pause = Pauses()
    for item in items:
        yield item
        pause()


class PausingFile:
    """A file of bytes that pauses between reads; what a reader of archives asks of one."""

    def __init__(self, file: IO[bytes]) -> None:
        """``file`` is seekable, and stays open."""
        self._file = file
        self._pause = Pauses()

    def read(self, size: int = -1) -> bytes:
        """Read as the file does."""
        self._pause()
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move as the file does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return self._file.tell()

    def seekable(self) -> bool:
        """It is."""
        return True
