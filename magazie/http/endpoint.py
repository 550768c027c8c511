"""Endpoints declared once: routes, checks and the OpenAPI document are made from these."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import msgspec
from aiohttp import web

from magazie.actors.settings_book import Role
from magazie.http.identity import Identity
from magazie.http.page_texts import Language, language_of
from magazie.http.parts import Parts
from magazie.http.problems import ProblemKind, not_found
from magazie.model.ids import BadIdError, decode_id
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer

JSON_LIMIT = 1024 * 1024
"""Bytes a JSON body may have, where an endpoint does not say otherwise."""

B_co = TypeVar("B_co", covariant=True)
Q_co = TypeVar("Q_co", covariant=True)


class NoBody(msgspec.Struct, forbid_unknown_fields=True):
    """The request has no body."""


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The address takes no query fields."""


class LanguageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """``lang`` is the language of what is said to people, else the browser's."""

    lang: Language | None = None


class Call(Generic[B_co, Q_co]):
    """One request, checked and read."""

    __slots__ = ("body", "expected_version", "mark", "parts", "query", "raw", "request", "who")

    def __init__(
        self,
        parts: Parts,
        request: web.Request,
        who: Identity,
        body: B_co,
        query: Q_co,
        raw: bytes,
        expected_version: int | None,
        mark: IdempotencyMark | None,
    ) -> None:
        """``raw`` is the body as it came; ``mark`` is set where an Idempotency-Key was given."""
        self.parts = parts
        self.request = request
        self.who = who
        self.body = body
        self.query = query
        self.raw = raw
        self.expected_version = expected_version
        self.mark = mark

    @property
    def language(self) -> Language:
        """The language that people are answered in: ``lang``, else the browser's, else ours."""
        return language_of(self.request, self.parts.language)

    def path(self, name: str) -> str:
        """A part of the address."""
        return self.request.match_info[name]

    def id(self, name: str, what: str) -> int:
        """A part of the address that is the id of a ``what``.

        Raises:
            ProblemError: it is no id, so there is no such record.

        """
        try:
            return decode_id(self.request.match_info[name])
        except BadIdError as error:
            raise not_found(what) from error


@dataclass(slots=True)
class Answer:
    """What an endpoint answers: a status and a struct to be written as JSON, None for no body.

    ``version`` becomes the ETag. An answer that is not final is not kept for an
    ``Idempotency-Key``: asking again goes on where it stopped.
    """

    content: object
    status: int = 200
    version: int | None = None
    headers: Mapping[str, str] | None = None
    is_final: bool = True


Outcome = Answer | StoredAnswer | web.StreamResponse
"""What a handler may answer: mostly an ``Answer``; a ``StoredAnswer`` was given before."""

Handler = Callable[[Call[Any, Any]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one address.

    Attributes:
        method: HTTP method.
        path: with ``{names}`` for its variable parts.
        role: who may; None is open to all.
        tag: the heading it stands under in the document.
        summary: one line for people.
        description: more, for people.
        body: the struct of a JSON body, ``NoBody`` where there is none.
        query: the struct of its query fields.
        answers: status → the struct answered, None where the answer has no JSON body.
        problems: what can go wrong beside the checks that all have.
        takes_key: it takes an ``Idempotency-Key``.
        takes_version: it takes ``If-Match``.
        body_limit: bytes.
        takes_bytes: its body is no JSON, or not always; its handler looks at ``Call.raw``.
        streams_body: its handler reads the body, bit by bit.
        is_watched: it counts as under way, so that too many at once are refused.
        is_page: a browser without a session is led to the log-in.
        handler: does it.

    """

    method: str
    path: str
    role: Role | None
    tag: str
    summary: str
    description: str
    body: type[Any]
    query: type[Any]
    answers: Mapping[int, type[Any] | None]
    problems: tuple[ProblemKind, ...]
    takes_key: bool
    takes_version: bool
    body_limit: int
    takes_bytes: bool
    streams_body: bool
    is_watched: bool
    is_page: bool
    handler: Handler

    @property
    def has_json_body(self) -> bool:
        """Whether a JSON body is read for it."""
        return self.body is not NoBody


def endpoint(  # noqa: PLR0913 - a declaration, read by its keywords
    method: str,
    path: str,
    *,
    role: Role | None,
    tag: str,
    summary: str,
    answers: Mapping[int, type[Any] | None],
    problems: tuple[ProblemKind, ...] = (),
    takes_key: bool = False,
    takes_version: bool = False,
    body_limit: int = JSON_LIMIT,
    takes_bytes: bool = False,
    streams_body: bool = False,
    is_watched: bool = True,
    is_page: bool = False,
) -> Callable[[Callable[[Call[B_co, Q_co]], Awaitable[Outcome]]], Endpoint]:
    """Declare the decorated handler as an endpoint.

    The structs of body and query are those of its parameter, ``Call[Body, Query]``; the
    description is its docstring.
    """

    def declare(
        handler: Callable[[Call[B_co, Q_co]], Awaitable[Outcome]],
    ) -> Endpoint:
        (name,) = inspect.signature(handler).parameters
        body, query = get_args(get_type_hints(handler)[name])
        return Endpoint(
            method=method,
            path=path,
            role=role,
            tag=tag,
            summary=summary,
            description=inspect.cleandoc(handler.__doc__ or ""),
            body=body,
            query=query,
            answers=answers,
            problems=problems,
            takes_key=takes_key,
            takes_version=takes_version,
            body_limit=body_limit,
            takes_bytes=takes_bytes,
            streams_body=streams_body,
            is_watched=is_watched,
            is_page=is_page,
            handler=handler,
        )

    return declare
