"""How a shop did not do what was asked, and whether it may have happened."""

from collections.abc import Sequence


class ShopError(Exception):
    """A shop did not do what was asked. Subclasses say whether it may have happened."""


class NotApplied(ShopError):
    """Surely nothing changed at the shop: it can be sent again as before."""


class Throttled(NotApplied):
    """The shop's budget is spent."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        """``retry_after_s`` is the shop's own word, where it gave one."""
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Unreachable(NotApplied):
    """The connection was refused or never opened."""


class Unauthorized(NotApplied):
    """The key is wrong, or lacks this method; a person must act."""


class Refused(NotApplied):
    """The shop understood and said no to the whole request."""

    def __init__(self, code: str, messages: Sequence[str]) -> None:
        """``code`` is the shop's error code, ``messages`` its own words."""
        super().__init__(f"{code}: {', '.join(messages) or 'no reason given'}")
        self.code = code
        self.messages = tuple(messages)


class OutcomeUnknown(ShopError):
    """It may or may not have happened: timeout, reset, 5xx or noise after sending."""


class Unreadable(OutcomeUnknown):
    """Something answered, but not the shop's program: HTML, PHP noise, cut JSON."""
