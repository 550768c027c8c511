"""Who asks."""

import enum

import msgspec

from magazie.actors.settings_book import Role


class Via(enum.StrEnum):
    """How somebody proved who they are."""

    TOKEN = "token"  # noqa: S105 - a word, not a secret
    SESSION = "session"
    NOTHING = "nothing"


class Identity(msgspec.Struct, frozen=True):
    """A client with a token, or a person with a session."""

    name: str
    role: Role
    via: Via

    @property
    def scope(self) -> str:
        """Whose idempotency keys these are: a token and a person may share a name."""
        return f"{self.via}:{self.name}"


NOBODY = Identity("", Role.PICKER, Via.NOTHING)
"""Whoever asks what is open to all; no role is looked at there."""
