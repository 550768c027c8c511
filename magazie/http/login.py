"""Logging in and out, for people."""

import asyncio
import math
from typing import Final
from urllib.parse import parse_qsl, quote

import msgspec
from aiohttp import web

from magazie.actors.settings_book import Role, User
from magazie.http.endpoint import Call, Endpoint, NoBody, Outcome, endpoint
from magazie.http.login_throttle import LoginThrottle
from magazie.http.origins import require_own_origin
from magazie.http.page_files import page
from magazie.http.page_texts import WORDS, Language, language_of
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.sessions import Sessions
from magazie.http.validation import decode_body

_TAG = "access"
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_BYTES: Final = 8 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_CHECKED_AT_ONCE: Final = 2
"""Passwords: each takes tens of milliseconds of a core."""
_MOST_WAITING: Final = 50
_SEE_OTHER, _WRONG, _TOO_MANY, _NO_CONTENT = 303, 401, 429, 204


class LoginIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who logs in."""

    name: str
    password: str

    def __repr__(self) -> str:
        return f"LoginIn({self.name!r}, …)"


class LoginQuery(msgspec.Struct):
    """Where to go afterwards, and the language of the page."""

    next: str = "/"
    lang: Language | None = None


class LoggedIn(msgspec.Struct, frozen=True):
    """Who is logged in now; the session is in the cookie."""

    name: str
    role: Role


_login_decoder = msgspec.json.Decoder(LoginIn)
_encode = msgspec.json.Encoder().encode


class Gate:
    """Lets people in by name and password, slowly where they are wrong."""

    def __init__(self, parts: Parts, throttle: LoginThrottle) -> None:
        """Nobody has tried yet."""
        self._parts = parts
        self._throttle = throttle
        self._checking = asyncio.Semaphore(_CHECKED_AT_ONCE)
        self._waiting = 0

    async def admit(self, login: LoginIn, address: str) -> User:
        """Who it is.

        Raises:
            ProblemError: wrong name or password, or too many attempts.

        """
        wait_s = self._throttle.wait_s(login.name, address)
        if wait_s > 0 or self._waiting >= _MOST_WAITING:
            seconds = str(max(1, math.ceil(wait_s)))
            raise ProblemError(
                ProblemKind.TOO_MANY_ATTEMPTS,
                f"try again in {seconds} s",
                headers={"Retry-After": seconds},
            )
        # counted before it is checked: many tries at once are no way around the wait
        self._throttle.failed(login.name, address)
        user = self._parts.book.user(login.name)
        known = user.password_hash if user is not None else None
        self._waiting += 1
        try:
            async with self._checking:
                is_right = await self._parts.offload(
                    lambda: self._parts.passwords.matches(known, login.password)
                )
        finally:
            self._waiting -= 1
        if user is None or not is_right:
            raise ProblemError(ProblemKind.WRONG_LOGIN, "the name or the password is wrong")
        self._throttle.succeeded(login.name, address)
        return user


def login_endpoints(parts: Parts, sessions: Sessions, gate: Gate) -> tuple[Endpoint, ...]:
    """The addresses for logging in and out."""

    @endpoint(
        "GET",
        "/login",
        role=None,
        tag=_TAG,
        summary="See the log-in page",
        answers={200: None},
    )
    async def show_login(call: Call[NoBody, LoginQuery]) -> Outcome:
        """A form that posts here."""
        return _login_page(call, 200)

    @endpoint(
        "POST",
        "/login",
        role=None,
        tag=_TAG,
        summary="Log in",
        answers={200: LoggedIn, 303: None},
        problems=(
            ProblemKind.WRONG_LOGIN,
            ProblemKind.TOO_MANY_ATTEMPTS,
            ProblemKind.FOREIGN_ORIGIN,
        ),
        body_limit=_MOST_BYTES,
        takes_bytes=True,
    )
    async def log_in(call: Call[NoBody, LoginQuery]) -> Outcome:
        """``name`` and ``password`` as JSON or as a form; sets the session's cookie.

        JSON is answered with JSON, a form with a redirection to ``next``.
        """
        require_own_origin(call.request, parts.public_url)
        is_form = call.request.content_type == _FORM
        try:
            login = _form(call.raw) if is_form else decode_body(_login_decoder, call.raw or b"{}")
            user = await gate.admit(login, address_of(call.request))
        except ProblemError as error:
            if not is_form:
                raise
            return _login_page(call, error.status, error)
        response: web.Response
        if is_form:
            response = web.Response(status=_SEE_OTHER, headers={"Location": _safe(call.query.next)})
        else:
            response = web.Response(
                body=_encode(LoggedIn(user.name, user.role)),
                headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
            )
        sessions.begin(call.request, response, user)
        return response

    @endpoint(
        "POST",
        "/logout",
        role=Role.PICKER,
        tag=_TAG,
        summary="Log out",
        answers={204: None, 303: None},
        takes_bytes=True,
    )
    async def log_out(call: Call[NoBody, LoginQuery]) -> Outcome:
        """Takes the session's cookie away."""
        response = web.Response(status=_NO_CONTENT)
        if call.request.content_type == _FORM:
            response = web.Response(status=_SEE_OTHER, headers={"Location": "/login"})
        sessions.end(response)
        return response

    return (show_login, log_in, log_out)


def _login_page(
    call: Call[NoBody, LoginQuery], status: int, error: ProblemError | None = None
) -> web.Response:
    language = language_of(call.request, call.parts.language)
    words, demo, problem = WORDS[language], call.parts.demo, ""
    if error is not None and error.kind is ProblemKind.TOO_MANY_ATTEMPTS:
        problem = words["wait"].format(seconds=error.headers["Retry-After"])
    elif error is not None:
        problem = words["wrong_login"]
    other = Language.EN if language is Language.RO else Language.RO
    values = {
        "problem": problem,
        "next_quoted": quote(_safe(call.query.next)),
        "other": other.value,
        "demo_name": demo.name if demo is not None else "",
        "demo_password": demo.password if demo is not None else "",
        "demo_class": "demo" if demo is not None else "hidden",
        "problem_class": "problem" if problem else "hidden",
    }
    return page("login.html", language, values, status=status)


def _form(body: bytes) -> LoginIn:
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=10, keep_blank_values=True))
        return LoginIn(fields["name"], fields["password"])
    except (ValueError, KeyError) as error:
        raise ProblemError(ProblemKind.WRONG_LOGIN, "name and password are missing") from error


def _safe(target: str) -> str:
    """Only a path of this service: whatever else stands in ``next`` leads to the first page."""
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_path and target.isprintable() else "/"


def address_of(request: web.Request) -> str:
    """Who tries, for the throttle: a proxy on this machine says for whom it asks."""
    address = request.remote or ""
    if address in _LOOPBACK:
        forwarded = request.headers.get("X-Forwarded-For", "")
        address = forwarded.rpartition(",")[2].strip() or address
    return address[:64]
