"""The cookie that stands for a person's log-in: signed, and good until the person's epoch ends."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import itsdangerous
import msgspec
from aiohttp import web

from magazie.actors.settings_book import SettingsBook, User
from magazie.http.identity import Identity, Via
from magazie.ports import Clock

KEY_FILE: Final = "session.key"
KEY_BYTES: Final = 32
_COOKIE: Final = "magazie_session"
_LASTS_S: Final = 14 * 24 * 3600
_LASTS_MS: Final = _LASTS_S * 1000


class SessionKeyError(Exception):
    """The file with the key is there and cannot be used."""


class _Session(msgspec.Struct, frozen=True, array_like=True):
    """What the cookie holds."""

    user: str
    epoch: int
    issued_ms: int


class Sessions:
    """Makes and reads the cookies."""

    def __init__(self, secret: bytes, *, book: SettingsBook, clock: Clock, is_https: bool) -> None:
        """``is_https`` marks the cookie Secure: it is then never sent in the clear.

        Where this service ends TLS itself the cookie is Secure whatever it is told.
        """
        self._signer = itsdangerous.Signer(secret, salt="session")
        self._book = book
        self._clock = clock
        self._is_https = is_https

    def begin(self, request: web.Request, response: web.StreamResponse, user: User) -> None:
        """Put a fresh session of the person into the answer."""
        session = _Session(user.name, user.epoch, self._clock.now_ms())
        payload = itsdangerous.base64_encode(msgspec.json.encode(session))
        response.set_cookie(
            _COOKIE,
            self._signer.sign(payload).decode(),
            max_age=_LASTS_S,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._is_https or request.secure,
        )

    def end(self, response: web.StreamResponse) -> None:
        """Take the session away with this answer."""
        response.del_cookie(_COOKIE, path="/", httponly=True, samesite="Lax", secure=self._is_https)

    def identify(self, request: web.Request) -> Identity | None:
        """Whose session came with the request; None when there is none that is good."""
        cookie = request.cookies.get(_COOKIE)
        if cookie is None:
            return None
        session = self._read(cookie)
        if session is None:
            return None
        age_ms = self._clock.now_ms() - session.issued_ms
        user = self._book.user(session.user)
        if user is None or user.epoch != session.epoch or age_ms > _LASTS_MS:
            return None
        return Identity(user.name, user.role, Via.SESSION)

    def _read(self, cookie: str) -> _Session | None:
        try:
            payload = itsdangerous.base64_decode(self._signer.unsign(cookie))
            return msgspec.json.decode(payload, type=_Session)
        except (itsdangerous.BadData, msgspec.MsgspecError, UnicodeError):
            return None


def read_session_key(folder: Path, random_bytes: Callable[[int], bytes]) -> bytes:
    """Read the key that signs cookies from the data folder, made where it is not there. Blocks.

    Raises:
        SessionKeyError: the file is there and holds no key.

    """
    path = folder / KEY_FILE
    fresh = random_bytes(KEY_BYTES)
    try:
        # made with its mode, so that it is readable by others at no moment
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise SessionKeyError(f"{path} is damaged: remove it, and people log in anew") from None
        return key
    with os.fdopen(handle, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    return fresh
