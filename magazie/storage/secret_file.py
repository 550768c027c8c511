"""The file of secrets that people gave as plain text: theirs alone to read, never a backup's."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

FILE_NAME: Final = "secrets.json"
"""In the data folder."""

_OWNER_ONLY: Final = 0o600


class SecretFileError(Exception):
    """The file of secrets is there and cannot be used."""


class SecretFile:
    """Named secrets in one file of mode 0600, replaced as a whole.

    What is kept is also held in memory, so finding one waits for nothing.
    """

    def __init__(self, path: Path, secrets: Mapping[str, str] | None = None) -> None:
        """For ``open``."""
        self._path = path
        self._secrets: dict[str, str] = dict(secrets or {})

    @classmethod
    def open(cls, folder: Path) -> "SecretFile":
        """Read the file of a data folder; it need not be there yet. Blocks.

        Raises:
            SecretFileError: It cannot be read.

        """
        path = folder / FILE_NAME
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return cls(path)
        except OSError as error:
            raise SecretFileError(f"{path} cannot be read: {error.strerror}") from error
        try:
            return cls(path, msgspec.json.decode(text, type=dict[str, str]))
        except msgspec.MsgspecError:
            # the decoder's own words may hold what it met
            raise SecretFileError(f"{path} is damaged: put it back from a copy") from None

    def find(self, name: str) -> str | None:
        """The secret of this name, or None."""
        return self._secrets.get(name)

    def keep(self, secrets: Mapping[str, str]) -> None:
        """Add secrets; on the disk when this returns. Blocks.

        Raises:
            OSError: They could not be written; all is as before.

        """
        if secrets:
            self._replace({**self._secrets, **secrets})

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget every secret not named. Blocks.

        Raises:
            OSError: The file could not be written; all is as before.

        """
        wanted = frozenset(names)
        if not self._secrets.keys() <= wanted:
            self._replace({name: it for name, it in self._secrets.items() if name in wanted})

    def _replace(self, secrets: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".new")
        with suppress(FileNotFoundError):
            fresh.unlink()
        try:
            # made with its mode, so that it is readable by others at no moment
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(secrets))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        _sync_folder(self._path.parent)
        self._secrets = secrets


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
