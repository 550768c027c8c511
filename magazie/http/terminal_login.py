"""Signing in at a terminal by badge or PIN, and pairing the terminal before."""

import asyncio
import math
from contextlib import suppress
from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from magazie.actors.settings_book import Role, User
from magazie.actors.terminal_desk import (
    DESK_KEY,
    NameTerminal,
    Pair,
    Paired,
    SignIn,
    SigningIn,
    SignInRefusedError,
    TerminalDesk,
)
from magazie.http.endpoint import Answer, Call, Endpoint, NoQuery, Outcome, endpoint
from magazie.http.login import LoggedIn, address_of
from magazie.http.login_throttle import LoginThrottle
from magazie.http.origins import require_own_origin
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.sessions import Sessions

_TAG = "access"
_CHECKED_AT_ONCE: Final = 2
_MOST_BYTES: Final = 4096
_encode = msgspec.json.Encoder().encode

Secret = Annotated[str, Meta(min_length=1, max_length=200)]


class PairIn(msgspec.Struct, forbid_unknown_fields=True):
    """The code out of the office's QR code."""

    code: Secret

    def __repr__(self) -> str:
        return "PairIn(…)"


class PairedShown(msgspec.Struct, frozen=True):
    """What the terminal is called, and the token that it signs people in with."""

    terminal: str
    token: str


class TerminalLoginIn(msgspec.Struct, forbid_unknown_fields=True):
    """The terminal's token, and either a badge's code or a name and a PIN."""

    terminal: Secret
    badge: Secret | None = None
    name: Secret | None = None
    pin: Secret | None = None

    def __repr__(self) -> str:
        return f"TerminalLoginIn({self.name!r}, …)"


class TerminalGate:
    """Lets pickers in, slowly where a badge, a PIN or a pairing code is wrong."""

    def __init__(self, parts: Parts, throttle: LoginThrottle) -> None:
        """Nobody has tried yet."""
        self._parts = parts
        self._throttle = throttle
        self._checking = asyncio.Semaphore(_CHECKED_AT_ONCE)

    async def pair(self, code: str, address: str) -> Paired:
        """Use a pairing code.

        Raises:
            ProblemError: it is not good, or too many were tried.

        """
        # by address: whoever tries codes at random holds up no terminal that has a good one
        subject = f"pairing {address}"
        self._slow_down(subject, address)
        try:
            paired: Paired = await self._parts.directory.ask(TerminalDesk, DESK_KEY, Pair(code))
        except SignInRefusedError as error:
            raise ProblemError(ProblemKind.WRONG_LOGIN, str(error)) from error
        self._throttle.succeeded(subject, address)
        return paired

    async def admit(self, login: TerminalLoginIn, address: str) -> User:
        """Who it is.

        Raises:
            ProblemError: badge or PIN are wrong, or too many were tried.

        """
        subject = await self._subject(login, address)
        self._slow_down(subject, address)
        signing: SigningIn | None = None
        with suppress(SignInRefusedError):
            signing = await self._parts.directory.ask(
                TerminalDesk, DESK_KEY, SignIn(login.terminal, login.badge, login.name)
            )
        is_right = signing is not None and signing.pin_hash is None
        if login.badge is None:
            pin_hash = signing.pin_hash if signing is not None else None
            async with self._checking:  # takes as long for nobody
                is_right = await self._parts.offload(
                    lambda: self._parts.passwords.matches(pin_hash, login.pin or "")
                )
        if signing is None or not is_right:
            raise ProblemError(ProblemKind.WRONG_LOGIN, "the badge, the name or the PIN is wrong")
        self._throttle.succeeded(subject, address)
        return signing.user

    async def _subject(self, login: TerminalLoginIn, address: str) -> str:
        """Whose wrong tries are counted together.

        PINs are short, so they are counted by person, whatever the terminal. Badges cannot be
        guessed: a terminal where goods are scanned for badges holds up itself alone. Who shows
        no terminal's token is let in by nothing, and keeps nobody out.
        """
        terminal: str | None = await self._parts.directory.ask(
            TerminalDesk, DESK_KEY, NameTerminal(login.terminal)
        )
        if terminal is None:
            return f"stranger {address}"
        return f"badge {terminal}" if login.badge is not None else f"pin {login.name}"

    def _slow_down(self, subject: str, address: str) -> None:
        wait_s = self._throttle.wait_s(subject, address)
        if wait_s > 0:
            seconds = str(max(1, math.ceil(wait_s)))
            raise ProblemError(
                ProblemKind.TOO_MANY_ATTEMPTS,
                f"try again in {seconds} s",
                headers={"Retry-After": seconds},
            )
        # counted before it is checked: many tries at once are no way around the wait
        self._throttle.failed(subject, address)


def terminal_login_endpoints(
    parts: Parts, sessions: Sessions, gate: TerminalGate
) -> tuple[Endpoint, ...]:
    """The addresses for terminals before anybody is logged in."""

    @endpoint(
        "POST",
        "/login/pair",
        role=None,
        tag=_TAG,
        summary="Pair a terminal",
        answers={200: PairedShown},
        problems=(
            ProblemKind.WRONG_LOGIN,
            ProblemKind.TOO_MANY_ATTEMPTS,
            ProblemKind.FOREIGN_ORIGIN,
        ),
        body_limit=_MOST_BYTES,
    )
    async def pair_terminal(call: Call[PairIn, NoQuery]) -> Outcome:
        """The code is good once. The token lets nobody do anything but sign in."""
        require_own_origin(call.request, parts.public_url)
        paired = await gate.pair(call.body.code, address_of(call.request))
        return Answer(PairedShown(paired.name, paired.token))

    @endpoint(
        "POST",
        "/login/terminal",
        role=None,
        tag=_TAG,
        summary="Sign in at a terminal",
        answers={200: LoggedIn},
        problems=(
            ProblemKind.WRONG_LOGIN,
            ProblemKind.TOO_MANY_ATTEMPTS,
            ProblemKind.FOREIGN_ORIGIN,
        ),
        body_limit=_MOST_BYTES,
    )
    async def sign_in(call: Call[TerminalLoginIn, NoQuery]) -> Outcome:
        """By badge, or by name and PIN, for people of the role picker; sets the cookie."""
        require_own_origin(call.request, parts.public_url)
        body = call.body
        if (body.badge is None) == (body.name is None or body.pin is None):
            raise ProblemError(ProblemKind.WRONG_LOGIN, "either a badge, or a name and a PIN")
        user = await gate.admit(body, address_of(call.request))
        response = web.Response(
            body=_encode(LoggedIn(user.name, Role(user.role))),
            headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
        )
        sessions.begin(call.request, response, user)
        return response

    return (pair_terminal, sign_in)
