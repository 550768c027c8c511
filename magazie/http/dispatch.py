"""What happens to every request around its handler, in one step: on the hot path each counts."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import structlog
from aiohttp import web
from structlog.typing import FilteringBoundLogger

from magazie.actors.settings_book import Role
from magazie.http import problems
from magazie.http.authentication import Authenticator
from magazie.http.bodies import check_json, read_body
from magazie.http.conditions import etag, expected_version
from magazie.http.endpoint import Answer, Call, Endpoint, NoBody, NoQuery
from magazie.http.fields import read_field
from magazie.http.identity import NOBODY, Identity
from magazie.http.once import OnceOnly, mark_of
from magazie.http.parts import Parts
from magazie.http.problems import ProblemError, ProblemKind
from magazie.http.refusals import problem_of
from magazie.http.request_ids import HEADER as REQUEST_ID
from magazie.http.request_ids import take_request_id
from magazie.http.traffic import RouteTraffic
from magazie.http.validation import decode_body, decode_query
from magazie.storage.idempotency import IdempotencyMark, StoredAnswer

MOST_IN_FLIGHT: Final = 1000
"""Requests under way at once; more are told to come again."""

_JSON: Final = "application/json"
_SEE_OTHER: Final = 303
_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500
_NO_BODY: Final = NoBody()
_nothing: Final = msgspec.json.Decoder(NoBody, dec_hook=read_field)
_NO_QUERY: Final = NoQuery()

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Versioned(msgspec.Struct):
    version: int


_read_version: Final = msgspec.json.Decoder(_Versioned).decode


class Desk:
    """What all endpoints share."""

    def __init__(self, parts: Parts, authenticator: Authenticator) -> None:
        """One for an application."""
        self.parts = parts
        self.authenticator = authenticator
        self.once = OnceOnly(parts.storage, parts.clock)
        self.encode = msgspec.json.Encoder().encode
        # bound once: a logger that is looked up anew costs more than a line it does not write
        self.log: FilteringBoundLogger = structlog.get_logger("magazie.http.access").bind()


class Dispatch:
    """One endpoint's way from request to answer."""

    def __init__(self, endpoint: Endpoint, desk: Desk) -> None:
        """All that does not depend on the request is made here."""
        self._endpoint = endpoint
        self._desk = desk
        self._parts = desk.parts
        self._traffic = desk.parts.traffic
        self._clock_ns = desk.parts.runtime_metrics.clock_ns
        self._route: RouteTraffic = desk.parts.traffic.route(endpoint.method, endpoint.path)
        self._allowed = _roles_covering(endpoint.role)
        self._decoder: msgspec.json.Decoder[Any] | None = None
        if endpoint.has_json_body:
            self._decoder = msgspec.json.Decoder(endpoint.body, dec_hook=read_field)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; nothing it raises reaches the server."""
        began_ns = self._clock_ns()
        traffic, endpoint = self._traffic, self._endpoint
        request_id = take_request_id(request, self._parts.ids)
        traffic.in_flight += endpoint.is_watched
        try:
            response = await self._respond(request, request_id)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - each becomes an answer, and is logged there
            response = self._failed(request, problem_of(error), request_id)
        finally:
            traffic.in_flight -= endpoint.is_watched
        taken_ns = self._clock_ns() - began_ns
        self._route.count(response.status, taken_ns)
        log_access(self._desk.log, request, response.status, taken_ns)
        return response

    async def _respond(self, request: web.Request, request_id: str) -> web.StreamResponse:
        endpoint = self._endpoint
        if endpoint.is_watched and self._traffic.in_flight > MOST_IN_FLIGHT:
            self._traffic.shed += 1
            raise ProblemError(
                ProblemKind.OVERLOADED,
                "too many requests are under way; nothing was done",
                headers={"Retry-After": "1"},
            )
        who = self._admit(request) if self._allowed else NOBODY
        raw, body = b"", _NO_BODY
        if request.body_exists and not endpoint.streams_body:
            raw = await read_body(request, endpoint.body_limit)
        if self._decoder is not None:
            if raw:
                check_json(request)
            body = decode_body(self._decoder, raw or b"{}")
        elif raw and not endpoint.takes_bytes:
            check_json(request)
            decode_body(_nothing, raw)
        query = self._read_query(request)
        version = expected_version(request) if endpoint.takes_version else None
        mark = mark_of(request, who, raw) if endpoint.takes_key else None
        call = Call(self._parts, request, who, body, query, raw, version, mark)
        if mark is not None:
            return await self._once(call, mark, request_id)
        answer = await endpoint.handler(call)
        if isinstance(answer, Answer):
            return self._written(answer, request_id)
        if isinstance(answer, StoredAnswer):
            return _json_response(answer.status, answer.answer, {}, request_id)
        if not answer.prepared:
            answer.headers[REQUEST_ID] = request_id
        return answer

    def _failed(
        self, request: web.Request, error: ProblemError, request_id: str
    ) -> web.StreamResponse:
        is_lost = self._endpoint.is_page and error.kind is ProblemKind.NOT_AUTHENTICATED
        if is_lost and "text/html" in request.headers.get("Accept", ""):
            to_login = f"/login?{urlencode({'next': request.path_qs})}"
            return web.Response(
                status=_SEE_OTHER, headers={"Location": to_login, REQUEST_ID: request_id}
            )
        return problem_response(error, request_id, self._desk.encode)

    def _admit(self, request: web.Request) -> Identity:
        who = self._desk.authenticator.identify(request)
        if who.role not in self._allowed:
            raise ProblemError(
                ProblemKind.NOT_ALLOWED, f"this needs the role {self._endpoint.role} or above"
            )
        return who

    def _read_query(self, request: web.Request) -> msgspec.Struct:
        """Unknown query fields are refused like unknown fields of a body."""
        if not request.query_string and self._endpoint.query is NoQuery:
            return _NO_QUERY
        query: msgspec.Struct = decode_query(self._endpoint.query, request.query)
        return query

    async def _once(
        self, call: Call[Any, Any], mark: IdempotencyMark, request_id: str
    ) -> web.StreamResponse:
        """Answer a request that brings an Idempotency-Key."""
        made: list[Answer] = []

        async def work() -> tuple[StoredAnswer, bool]:
            answer = await self._endpoint.handler(call)
            if isinstance(answer, StoredAnswer):
                return answer, True
            if not isinstance(answer, Answer):
                raise TypeError(f"{self._endpoint.path} cannot be answered from what is kept")
            made.append(answer)
            return StoredAnswer(answer.status, self._encoded(answer)), answer.is_final

        kept, is_repetition = await self._desk.once.run(mark, work)
        headers = _headers(made[0].version, made[0].headers) if made else self._kept_headers(kept)
        if is_repetition:
            headers["Idempotency-Replayed"] = "true"
        return _json_response(kept.status, kept.answer, headers, request_id)

    def _kept_headers(self, kept: StoredAnswer) -> dict[str, str]:
        """The ETag of a kept answer: a record tells its version in itself, too."""
        shape = self._endpoint.answers.get(kept.status)
        if not getattr(shape, "has_etag", False):
            return {}
        return _headers(_read_version(kept.answer).version, None)

    def _written(self, answer: Answer, request_id: str) -> web.Response:
        headers = _headers(answer.version, answer.headers)
        return _json_response(answer.status, self._encoded(answer), headers, request_id)

    def _encoded(self, answer: Answer) -> bytes:
        return self._desk.encode(answer.content) if answer.content is not None else b""


class Stray:
    """Answers what no endpoint does: unknown addresses, and methods they do not take."""

    def __init__(self, app: web.Application, desk: Desk) -> None:
        """The application's addresses are looked at when one is missed."""
        self._app = app
        self._desk = desk
        self._route = desk.parts.traffic.route("*", "unknown")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """404, or 405 with what the address takes."""
        began_ns = self._desk.parts.runtime_metrics.clock_ns()
        request_id = take_request_id(request, self._desk.parts.ids)
        allowed = await self._allowed(request)
        if allowed:
            error = ProblemError(
                ProblemKind.METHOD_NOT_ALLOWED,
                f"this address takes {', '.join(allowed)}",
                headers={"Allow": ", ".join(allowed)},
            )
        else:
            error = ProblemError(ProblemKind.NOT_FOUND, "there is no such address")
        response = problem_response(error, request_id, self._desk.encode)
        taken_ns = self._desk.parts.runtime_metrics.clock_ns() - began_ns
        self._route.count(response.status, taken_ns)
        log_access(self._desk.log, request, response.status, taken_ns)
        return response

    async def _allowed(self, request: web.Request) -> list[str]:
        methods: set[str] = set()
        for resource in self._app.router.resources():
            _, known = await resource.resolve(request)
            methods |= known
        return sorted(methods - {"*"})


def problem_response(
    error: ProblemError, request_id: str, encode: Callable[[object], bytes]
) -> web.Response:
    """A problem as an answer."""
    response = web.Response(
        body=encode(error.problem()),
        status=error.status,
        headers={
            **error.headers,
            "Content-Type": problems.CONTENT_TYPE,
            "Cache-Control": "no-store",
            REQUEST_ID: request_id,
        },
    )
    if error.kind is ProblemKind.TOO_LARGE:
        response.force_close()  # what was not read would be taken for the next request
    return response


def log_access(log: FilteringBoundLogger, request: web.Request, status: int, taken_ns: int) -> None:
    """Note a request: its path without the query, which may hold a secret."""
    if status < _BAD_REQUEST:
        if log.is_enabled_for(logging.DEBUG):
            log.debug("request", method=request.method, path=request.path, status=status)
        return
    write = log.warning if status >= _SERVER_ERROR else log.info
    write(
        "request",
        method=request.method,
        path=request.path,
        status=status,
        milliseconds=taken_ns // 1_000_000,
        remote=request.remote,
    )


def _json_response(
    status: int, body: bytes, headers: dict[str, str], request_id: str
) -> web.Response:
    if body:
        headers["Content-Type"] = _JSON
    headers["Cache-Control"] = "no-store"
    headers[REQUEST_ID] = request_id
    return web.Response(body=body, status=status, headers=headers)


def _headers(version: int | None, more: Mapping[str, str] | None) -> dict[str, str]:
    headers = dict(more) if more is not None else {}
    if version is not None:
        headers["ETag"] = etag(version)
    return headers


def _roles_covering(needed: Role | None) -> frozenset[Role]:
    """Who may; empty where it is open to all."""
    if needed is None:
        return frozenset()
    return frozenset(role for role in Role if role.covers(needed))
