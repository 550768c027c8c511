"""The OpenAPI 3.1 document, made from the endpoints themselves."""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from magazie.http import problems
from magazie.http.conditions import etag
from magazie.http.endpoint import Endpoint, NoQuery
from magazie.http.fields import describe_field
from magazie.http.once import HEADER as IDEMPOTENCY_KEY
from magazie.http.problems import Problem, ProblemError, ProblemKind
from magazie.http.request_ids import HEADER as REQUEST_ID

Json = dict[str, Any]

_TEMPLATE: Final = "#/components/schemas/{name}"
_NAMES: Final = re.compile(r"{([^{}]+)}")

_ALWAYS: Final = (ProblemKind.OVERLOADED, ProblemKind.INTERNAL)
_ABOUT: Final = """
The storeroom behind a web shop: stock, orders, what shops are told.

Money and quantities are strings holding plain decimals; times are RFC 3339 with offset; ids are
opaque strings. Lists take `limit`, `cursor` and `sort`. Unknown fields are refused by name.
Errors are `application/problem+json`; their `type` is `urn:magazie:problem:` and one of the
words of `ProblemKind`.
"""


def describe(endpoints: Sequence[Endpoint], *, version: str, public_url: str) -> Json:
    """The document."""
    kinds = _kinds(endpoints)
    schemas, components = msgspec.json.schema_components(
        kinds, schema_hook=describe_field, ref_template=_TEMPLATE
    )
    known = dict(zip(kinds, schemas, strict=True))
    paths: Json = {}
    for each in endpoints:
        operation = _operation(each, known, components)
        paths.setdefault(each.path, {})[each.method.lower()] = operation
    document: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Magazie", "version": version or "0", "description": _ABOUT.strip()},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "magazie_session"},
            },
        },
    }
    if public_url:
        document["servers"] = [{"url": public_url}]
    return document


def _kinds(endpoints: Iterable[Endpoint]) -> list[type[Any]]:
    """Every struct that crosses the edge, once."""
    kinds: dict[type[Any], None] = {Problem: None, ProblemKind: None}
    for each in endpoints:
        if each.has_json_body:
            kinds[each.body] = None
        kinds[each.query] = None
        kinds |= dict.fromkeys(kind for kind in each.answers.values() if kind is not None)
    return list(kinds)


def _operation(each: Endpoint, known: dict[type[Any], Json], components: Json) -> Json:
    parameters = [*_path_parameters(each), *_query_parameters(each, known, components)]
    operation: Json = {
        "operationId": _operation_id(each),
        "tags": [each.tag],
        "summary": each.summary,
        "description": _description(each),
        "parameters": [*parameters, *_header_parameters(each)],
        "responses": _responses(each, known),
        "security": [{"token": []}, {"session": []}] if each.role is not None else [],
    }
    if each.has_json_body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": known[each.body]}},
        }
    return operation


def _operation_id(each: Endpoint) -> str:
    return each.handler.__name__


def _description(each: Endpoint) -> str:
    who = "Open to all." if each.role is None else f"Needs the role `{each.role}` or above."
    return f"{each.description}\n\n{who}" if each.description else who


def _path_parameters(each: Endpoint) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _NAMES.findall(each.path)
    ]


def _query_parameters(each: Endpoint, known: dict[type[Any], Json], components: Json) -> list[Json]:
    if each.query is NoQuery:
        return []
    name = known[each.query]["$ref"].rsplit("/", 1)[1]
    schema = components[name]
    required = schema.get("required", [])
    return [
        {"name": field, "in": "query", "required": field in required, "schema": _not_null(one)}
        for field, one in schema.get("properties", {}).items()
    ]


def _not_null(schema: Json) -> Json:
    """A query field is there or not; it is never null."""
    kept = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    if len(kept) == 1:
        return {**rest, **kept[0]}
    if kept:
        return {**rest, "anyOf": kept}
    return schema


def _header_parameters(each: Endpoint) -> list[Json]:
    headers: list[Json] = []
    if each.takes_key:
        headers.append(
            _header(
                IDEMPOTENCY_KEY,
                "1 to 128 visible characters: the same request under the same key gets its first "
                "answer again for 30 days",
                {"type": "string", "minLength": 1, "maxLength": 128},
            )
        )
    if each.takes_version:
        headers.append(
            _header(
                "If-Match", f"The version it must be at, such as {etag(12)}", {"type": "string"}
            )
        )
    return headers


def _header(name: str, text: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def _responses(each: Endpoint, known: dict[type[Any], Json]) -> Json:
    responses: Json = {}
    for status, kind in each.answers.items():
        response: Json = {
            "description": HTTPStatus(status).phrase,
            "headers": {REQUEST_ID: {"schema": {"type": "string"}}},
        }
        if kind is not None:
            response["content"] = {"application/json": {"schema": known[kind]}}
        responses[str(status)] = response
    by_status: dict[int, list[ProblemKind]] = {}
    for problem in dict.fromkeys(_problems(each)):
        status = ProblemError(problem, "").status
        by_status.setdefault(status, []).append(problem)
    for status, kinds in sorted(by_status.items()):
        if str(status) not in responses:
            responses[str(status)] = {
                "description": f"{HTTPStatus(status).phrase}: {', '.join(kinds)}",
                "content": {problems.CONTENT_TYPE: {"schema": known[Problem]}},
            }
    return responses


def _problems(each: Endpoint) -> Iterable[ProblemKind]:
    if each.role is not None:
        yield from (ProblemKind.NOT_AUTHENTICATED, ProblemKind.NOT_ALLOWED)
    if each.method != "GET":
        yield ProblemKind.TOO_LARGE
        if each.role is not None:
            yield ProblemKind.FOREIGN_ORIGIN
    if each.has_json_body:
        yield from (
            ProblemKind.MALFORMED,
            ProblemKind.UNSUPPORTED_MEDIA,
        )
    yield ProblemKind.INVALID
    if each.takes_key:
        yield from (ProblemKind.STILL_RUNNING, ProblemKind.KEY_REUSED)
    if each.takes_version:
        yield ProblemKind.VERSION_DIFFERS
    yield from each.problems
    yield from _ALWAYS
