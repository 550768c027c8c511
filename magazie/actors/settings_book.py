"""The settings in memory, for everybody to look up without waiting."""

import hashlib

from magazie.storage.settings_rows import Role, SettingsView, ShopSettings, Token, User

__all__ = ["Role", "SettingsBook", "SettingsView", "ShopSettings", "Token", "User", "hash_token"]


def hash_token(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


class SettingsBook:
    """The settings as last committed. Only the SettingsActor turns its pages."""

    def __init__(self, view: SettingsView | None = None) -> None:
        """Empty until the SettingsActor has loaded."""
        self.view = view or SettingsView()
        self._admitted: dict[bytes, Token] = {}

    def turn_to(self, view: SettingsView) -> None:
        """Show these from now on."""
        self.view = view

    def shop(self, name: str) -> ShopSettings | None:
        """The shop of this name."""
        return self.view.shops.get(name)

    def has_warehouse(self, code: str) -> bool:
        """Whether there is a warehouse with this code."""
        return code in self.view.warehouses

    def user(self, name: str) -> User | None:
        """The person of this name."""
        return self.view.users.get(name)

    def token(self, presented: str) -> Token | None:
        """Whose token this is."""
        return self.token_under(hash_token(presented))

    def token_under(self, digest: bytes) -> Token | None:
        """The token with this hash."""
        return self.view.tokens.get(digest) or self._admitted.get(digest)

    def admit(self, token: Token) -> None:
        """Accept a token that is stored nowhere, until ``dismiss`` or the process's end."""
        self._admitted[token.token_hash] = token

    def dismiss(self, token: Token) -> None:
        """Accept it no longer."""
        self._admitted.pop(token.token_hash, None)
