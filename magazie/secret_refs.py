"""References to secrets. The secret itself is read where it is used, and never shown."""

import os
import re
from pathlib import Path
from typing import Final, Protocol

_ENV: Final = "env:"
_FILE: Final = "file:"
_KEPT: Final = "kept:"
_ENV_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SecretFormError(ValueError):
    """What was given as a secret cannot be one; the message never repeats it."""


class SecretUnreadableError(LookupError):
    """What the reference names is not there or cannot be read."""


class SecretKeeper(Protocol):
    """Where secrets that came as plain text are kept, by name."""

    def find(self, name: str) -> str | None:
        """The secret of this name, or None."""


class SecretRef:
    """A secret, or where to find it.

    It is one of ``env:NAME`` (an environment variable), ``file:PATH`` (the file's text without
    the line end; a relative path starts at the working directory), ``kept:NAME`` (this
    program's own file of secrets) and, before it is kept, the plain secret.
    """

    __slots__ = ("_keeper", "_text")

    def __init__(self, text: str, keeper: SecretKeeper | None = None) -> None:
        self._text = text
        self._keeper = keeper

    @classmethod
    def typed(cls, text: str) -> "SecretRef":
        """Take what a person wrote in a file or on a page.

        Raises:
            SecretFormError: It is empty, or a reference that names nothing.

        """
        if not text.strip():
            raise SecretFormError("is empty")
        if text.startswith(_KEPT):
            raise SecretFormError("starts with kept:, which only this program writes")
        if text.startswith(_ENV) and not _ENV_NAME.fullmatch(text[len(_ENV) :]):
            raise SecretFormError("names no environment variable after env:")
        if text.startswith(_FILE) and not text[len(_FILE) :].strip():
            raise SecretFormError("names no file after file:")
        return cls(text)

    @classmethod
    def kept(cls, name: str, keeper: SecretKeeper) -> "SecretRef":
        """Refer to a secret that a keeper has under this name."""
        return cls(_KEPT + name, keeper)

    @property
    def is_literal(self) -> bool:
        """Whether this is the secret itself, which must not be stored as a setting."""
        return not self._text.startswith((_ENV, _FILE, _KEPT))

    @property
    def kept_name(self) -> str | None:
        """The name under which the keeper has it, if it does."""
        return self._text.removeprefix(_KEPT) if self._text.startswith(_KEPT) else None

    @property
    def reference(self) -> str:
        """The text to store.

        Raises:
            SecretFormError: This is a plain secret.

        """
        if self.is_literal:
            raise SecretFormError("is a plain secret and has no reference")
        return self._text

    def resolve(self) -> str:
        """Read the secret; not to be logged, nor kept for longer than it is used.

        Raises:
            SecretUnreadableError: It is not there, empty, or cannot be read.

        """
        if self.is_literal:
            return self._text
        if self._text.startswith(_ENV):
            secret = os.environ.get(self._text.removeprefix(_ENV))
        elif self._text.startswith(_FILE):
            secret = _read(Path(self._text.removeprefix(_FILE)))
        else:
            secret = self._keeper.find(self._text.removeprefix(_KEPT)) if self._keeper else None
        if not secret:
            raise SecretUnreadableError(f"{self._text} is not set or empty")
        return secret

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretRef) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"SecretRef({'…' if self.is_literal else self._text})"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SecretUnreadableError(f"file {path} cannot be read: {reason}") from error
