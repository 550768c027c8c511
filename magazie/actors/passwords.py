"""Passwords as argon2 hashes. Both directions take tens of milliseconds: run them off the loop."""

from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

SALT_BYTES: Final = 16


class PasswordHasher:
    """Makes and checks hashes, by default with the cost that RFC 9106 gives for small machines."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        """Tests pass a cheaper one."""
        self._hasher = hasher or argon2.PasswordHasher()
        self._nobodys: str | None = None

    def hash(self, password: str, salt: bytes) -> str:
        """The hash to store, for a salt of ``SALT_BYTES`` random bytes. Blocks."""
        return self._hasher.hash(password, salt=salt)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the one hashed. Blocks.

        None stands for a person who does not exist: the answer is no, and takes as long.
        """
        if password_hash is None:
            if self._nobodys is None:
                self._nobodys = self._hasher.hash("", salt=bytes(SALT_BYTES))
            self.matches(self._nobodys, password)
            return False
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
