"""The API document as a page, without anything from elsewhere."""

import html
import json
import re
from collections.abc import Iterator
from typing import Final

from aiohttp import web

from magazie.http.openapi import Json
from magazie.http.page_files import PAGE_HEADERS

_CODE: Final = re.compile(r"`{1,2}([^`]+)`{1,2}")
_METHODS: Final = ("get", "post", "put", "patch", "delete")


def docs_page(document: Json) -> web.Response:
    """The page; it changes only with the program."""
    headers = {**PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8"}
    return web.Response(body="".join(_page(document)).encode(), headers=headers)


def _page(document: Json) -> Iterator[str]:
    info = document["info"]
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(info['title'])} API</title>"
    yield '<link rel="icon" href="/static/icon.svg">'
    yield '<link rel="stylesheet" href="/static/pages.css"></head><body class="docs">'
    yield f"<header><h1><a href='/'>{_text(info['title'])}</a> API</h1>"
    yield f"<p class='muted'>{_text(info['version'])} · "
    yield "<a href='/openapi.json'>openapi.json</a></p></header><main>"
    for paragraph in info["description"].split("\n\n"):
        yield f"<p>{_text(paragraph)}</p>"
    by_tag: dict[str, list[tuple[str, str, Json]]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                by_tag.setdefault(operation["tags"][0], []).append((method, path, operation))
    for tag, operations in by_tag.items():
        yield f"<section><h2>{_text(tag)}</h2>"
        for method, path, operation in operations:
            yield from _operation(method, path, operation)
        yield "</section>"
    yield "<section><h2>schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"<details id='schema-{_text(name)}'><summary><code>{_text(name)}</code></summary>"
        yield f"<pre>{_pretty(schema)}</pre></details>"
    yield "</section></main></body></html>"


def _operation(method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"<details><summary><b class='method {method}'>{method.upper()}</b> "
    yield f"<code>{_text(path)}</code> <span>{_text(operation['summary'])}</span></summary>"
    for paragraph in operation["description"].split("\n\n"):
        yield f"<p>{_text(paragraph)}</p>"
    if operation["parameters"]:
        yield "<table><tr><th>name</th><th>in</th><th></th><th>schema</th></tr>"
        for one in operation["parameters"]:
            needed = "required" if one["required"] else ""
            yield f"<tr><td><code>{_text(one['name'])}</code></td><td>{one['in']}</td>"
            yield f"<td>{needed}</td><td>{_schema(one['schema'])}</td></tr>"
        yield "</table>"
    if "requestBody" in operation:
        (content,) = operation["requestBody"]["content"].values()
        yield f"<p>Body: {_schema(content['schema'])}</p>"
    yield "<table><tr><th>status</th><th></th><th>answer</th></tr>"
    for status, response in operation["responses"].items():
        shown = "".join(_schema(one["schema"]) for one in response.get("content", {}).values())
        yield f"<tr><td>{status}</td><td>{_text(response['description'])}</td><td>{shown}</td></tr>"
    yield "</table></details>"


def _schema(schema: Json) -> str:
    if "$ref" in schema:
        name = _text(schema["$ref"].rsplit("/", 1)[1])
        return f"<a href='#schema-{name}'>{name}</a>"
    return f"<code>{_text(json.dumps(schema, ensure_ascii=False))}</code>"


def _pretty(schema: Json) -> str:
    return _text(json.dumps(schema, indent=2, ensure_ascii=False))


def _text(text: str) -> str:
    """Text, with what stands between back-ticks set as code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text))
