"""Which terminals are paired, and how pickers sign in at them."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any, Final

import msgspec

from magazie import setting_rules as rules
from magazie.actors.field_faults import FieldFault, FieldsRefusedError
from magazie.actors.passwords import SALT_BYTES, PasswordHasher
from magazie.actors.runtime import AsyncioActor, Rejection
from magazie.actors.settings_actor import Offload
from magazie.actors.settings_book import Role, SettingsBook, User
from magazie.actors.settings_messages import SettingNotFoundError
from magazie.ports import Clock
from magazie.storage import terminals as rows
from magazie.storage.storage import Storage
from magazie.storage.terminals import Badge, Terminal

DESK_KEY: Final = "terminals"
PAIRING_LASTS_MS: Final = 10 * 60 * 1000
_CODE_BYTES: Final = 15
_TOKEN_BYTES: Final = 32
BADGE_PREFIX: Final = "MB"
"""A badge's code begins so: it is no product's, and says what was scanned."""
SHORTEST_PIN, LONGEST_PIN = 4, 8


class SignInRefusedError(Rejection):
    """No such pairing code, terminal, badge or PIN; which of them is told to nobody."""


class OfferPairing(msgspec.Struct, frozen=True):
    """Make a code by which one terminal pairs itself. Answered by ``PairingOffered``."""

    name: str
    person: str


class PairingOffered(msgspec.Struct, frozen=True):
    """The code, good once and until then. This is the only time that it is shown."""

    name: str
    code: str
    until_ms: int


class Pair(msgspec.Struct, frozen=True):
    """A terminal uses a pairing code. Answered by ``Paired``."""

    code: str


class Paired(msgspec.Struct, frozen=True):
    """The terminal's own token. This is the only time that it is shown."""

    name: str
    token: str


class RemoveTerminal(msgspec.Struct, frozen=True):
    """Forget a terminal: nobody signs in at it any more. Answered by nothing."""

    name: str


class ListTerminals(msgspec.Struct, frozen=True):
    """Answered by a list of ``Terminal`` and one of ``Badge``."""


class GiveBadge(msgspec.Struct, frozen=True):
    """Give a picker a badge in place of an earlier one. Answered by its code, shown once."""

    user: str


class SetPin(msgspec.Struct, frozen=True):
    """Set a picker's PIN; None takes it away. Answered by nothing."""

    user: str
    pin: str | None

    def __repr__(self) -> str:
        return f"SetPin({self.user!r}, …)"


class TakeBadge(msgspec.Struct, frozen=True):
    """Take a picker's badge away. Answered by nothing."""

    user: str


class NameTerminal(msgspec.Struct, frozen=True):
    """Answered by the name of the terminal whose token this is, or None."""

    terminal_token: str

    def __repr__(self) -> str:
        return "NameTerminal(…)"


class SignIn(msgspec.Struct, frozen=True):
    """Somebody signs in at a terminal, by badge or by name and PIN. Answered by ``SigningIn``.

    The PIN itself is checked by whoever asks: that takes long.
    """

    terminal_token: str
    badge: str | None = None
    name: str | None = None


class SigningIn(msgspec.Struct, frozen=True):
    """Who it may be; with ``pin_hash`` only who knows that PIN is."""

    terminal: str
    user: User
    pin_hash: str | None


class TerminalDesk(AsyncioActor):
    """Owns paired terminals, badges and PINs; of all secrets it keeps hashes alone."""

    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        book: SettingsBook,
        offload: Offload,
        token_bytes: Callable[[int], bytes],
        passwords: PasswordHasher,
    ) -> None:
        """``token_bytes`` gives that many unpredictable bytes."""
        super().__init__()
        self._storage = storage
        self._clock = clock
        self._book = book
        self._offload = offload
        self._token_bytes = token_bytes
        self._passwords = passwords

    async def on_receive(self, message: Any) -> Any:
        """Answer one command."""
        match message:
            case OfferPairing():
                return await self._offer(message)
            case Pair():
                return await self._pair(message.code)
            case RemoveTerminal():
                return await self._remove(message.name)
            case ListTerminals():
                return await self._storage.read(lambda c: (rows.terminals(c), rows.badges(c)))
            case GiveBadge() | TakeBadge():
                return await self._change_badge(message)
            case SetPin():
                return await self._set_pin(message)
            case NameTerminal():
                token_hash = _hash(message.terminal_token)
                return await self._storage.read(lambda c: rows.terminal_of(c, token_hash))
            case SignIn():
                return await self._sign_in(message)
        raise TypeError(f"TerminalDesk does not know {type(message).__name__}")

    async def _offer(self, message: OfferPairing) -> PairingOffered:
        try:
            name = rules.name(message.name)
        except rules.BadSettingError as error:
            raise FieldsRefusedError(FieldFault("name", str(error))) from error
        code, now_ms = self._code(), self._clock.now_ms()
        until_ms = now_ms + PAIRING_LASTS_MS
        await self._storage.write(
            lambda c: rows.offer(c, name, _hash(code), until_ms, message.person, now_ms)
        )
        return PairingOffered(name, code, until_ms)

    async def _pair(self, code: str) -> Paired:
        token = base64.urlsafe_b64encode(self._token_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
        now_ms = self._clock.now_ms()
        name = await self._storage.write(lambda c: rows.pair(c, _hash(code), _hash(token), now_ms))
        if name is None:
            raise SignInRefusedError("the pairing code is not good any more")
        return Paired(name, token)

    async def _remove(self, name: str) -> None:
        if not await self._storage.write(lambda c: rows.remove(c, name)):
            raise SettingNotFoundError(f"there is no terminal {name!r}")

    async def _change_badge(self, message: GiveBadge | TakeBadge) -> str | None:
        user = self._picker(message.user)
        code = f"{BADGE_PREFIX}{self._code()}" if isinstance(message, GiveBadge) else None
        digest = _hash(code) if code is not None else None
        await self._storage.write(lambda c: rows.set_badge(c, user.name, user.created_ms, digest))
        return code

    async def _set_pin(self, message: SetPin) -> None:
        user, pin_hash = self._picker(message.user), None
        if (pin := message.pin) is not None:
            if not (pin.isascii() and pin.isdecimal() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
                detail = f"must be {SHORTEST_PIN} to {LONGEST_PIN} digits"
                raise FieldsRefusedError(FieldFault("pin", detail))
            salt = self._token_bytes(SALT_BYTES)
            pin_hash = await self._offload(lambda: self._passwords.hash(pin, salt))
        await self._storage.write(lambda c: rows.set_pin(c, user.name, user.created_ms, pin_hash))

    async def _sign_in(self, message: SignIn) -> SigningIn:
        def query(connection: Any) -> tuple[str | None, Badge | None]:
            terminal = rows.terminal_of(connection, _hash(message.terminal_token))
            if message.badge is not None:
                return terminal, rows.badge_with(connection, _hash(message.badge))
            return terminal, rows.badge_of(connection, message.name or "")

        terminal, badge = await self._storage.read(query)
        user = self._book.user(badge.user) if badge is not None else None
        if (
            terminal is None
            or badge is None
            or user is None
            or user.created_ms != badge.user_created_ms
            or user.role is not Role.PICKER
            or (message.badge is None and badge.pin_hash is None)
        ):
            raise SignInRefusedError("the badge, the name or the PIN is wrong")
        return SigningIn(terminal, user, None if message.badge is not None else badge.pin_hash)

    def _picker(self, name: str) -> User:
        user = self._book.user(name)
        if user is None:
            raise SettingNotFoundError(f"there is no user {name!r}")
        if user.role is not Role.PICKER:
            detail = "badge and PIN are for pickers: who may more logs in with a password"
            raise FieldsRefusedError(FieldFault("name", detail))
        return user

    def _code(self) -> str:
        return base64.b32encode(self._token_bytes(_CODE_BYTES)).decode()


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()


__all__ = [
    "DESK_KEY",
    "Badge",
    "GiveBadge",
    "ListTerminals",
    "NameTerminal",
    "OfferPairing",
    "Pair",
    "Paired",
    "PairingOffered",
    "RemoveTerminal",
    "SetPin",
    "SignIn",
    "SignInRefusedError",
    "SigningIn",
    "TakeBadge",
    "Terminal",
    "TerminalDesk",
]
