"""Who sends a request: a token's client, or a person with a session."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from magazie.actors.settings_book import SettingsBook, Token, hash_token
from magazie.http.identity import Identity, Via
from magazie.http.origins import SAFE_METHODS, require_own_origin
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.sessions import Sessions

_SCHEME: Final = "bearer "
_LONGEST_TOKEN: Final = 512


class Authenticator:
    """Finds out who asks, from what is in memory."""

    def __init__(self, book: SettingsBook, sessions: Sessions, public_url: str) -> None:
        """``public_url`` is where our own pages come from."""
        self._book = book
        self._sessions = sessions
        self._public_url = public_url

    def identify(self, request: web.Request) -> Identity:
        """Who asks.

        Raises:
            ProblemError: nobody known, or a person's browser on behalf of another site.

        """
        stated = request.headers.get("Authorization")
        if stated is not None:
            return self._by_header(stated)
        person = self._sessions.identify(request)
        if person is None:
            raise _not_authenticated("a token or a session is needed")
        if request.method not in SAFE_METHODS:
            require_own_origin(request, self._public_url)
        return person

    def person(self, request: web.Request) -> Identity | None:
        """Whose session comes with the request, if one does that is still good."""
        return self._sessions.identify(request)

    def by_token(self, presented: str) -> Identity | None:
        """Whose token this is. It is looked up by its hash, so time tells nothing of it."""
        if len(presented) > _LONGEST_TOKEN:
            return None
        return _identity(self._book.token(presented))

    def holder_of(self, presented: str) -> Callable[[], Identity | None]:
        """How to ask again and again whose token this is, without hashing it each time."""
        try:
            digest = hash_token(presented)
        except UnicodeEncodeError:  # bytes that are no text are no token
            return lambda: None
        return lambda: _identity(self._book.token_under(digest))

    def _by_header(self, stated: str) -> Identity:
        if stated[: len(_SCHEME)].lower() != _SCHEME:
            raise _not_authenticated("Authorization must be: Bearer TOKEN")
        try:
            found = self.by_token(stated[len(_SCHEME) :].strip())
        except UnicodeEncodeError:  # bytes that are no text are no token
            found = None
        if found is None:
            raise _not_authenticated("the token is not known here")
        return found


def _identity(token: Token | None) -> Identity | None:
    return Identity(token.name, token.role, Via.TOKEN) if token is not None else None


def _not_authenticated(detail: str) -> ProblemError:
    return ProblemError(
        ProblemKind.NOT_AUTHENTICATED, detail, headers={"WWW-Authenticate": "Bearer"}
    )
