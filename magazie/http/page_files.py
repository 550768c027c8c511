"""The files of the pages, held in memory, and how they are sent."""

import hashlib
import html
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import msgspec
from aiohttp import web

from magazie.http.page_texts import WORDS, Language

PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_PLACE: Final = re.compile(r"{{([a-z_]+)}}")


class StaticFile(msgspec.Struct, frozen=True):
    """A file that everybody may read."""

    content: bytes
    content_type: str
    tag: str


def _folder_texts() -> dict[str, str]:
    folder = files("magazie.http") / "pages"
    return {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.is_file()}


_TEXTS: Final = _folder_texts()
STATIC: Final[Mapping[str, StaticFile]] = {
    name: StaticFile(
        text.encode(),
        _TYPES[suffix],
        f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"',
    )
    for name, text in _TEXTS.items()
    if (suffix := name[name.rfind(".") :]) in _TYPES
}


def page(
    name: str,
    language: Language,
    values: Mapping[str, str],
    *,
    status: int = 200,
) -> web.Response:
    """A page: its file with the words of the language and the values put in, both escaped.

    ``words_json`` and ``page_json`` stand for all the words and all the values, for scripts.
    """
    words = WORDS[language]
    known = {**words, **values, "language": language.value}

    def filled(place: re.Match[str]) -> str:
        if place[1] == "words_json":
            return _json(words)
        if place[1] == "page_json":
            return _json({**values, "language": language.value})
        return html.escape(known[place[1]])

    body = _PLACE.sub(filled, _TEXTS[name]).encode()
    headers = {**PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8"}
    return web.Response(body=body, status=status, headers=headers)


def _json(value: Mapping[str, str]) -> str:
    """JSON that cannot end the element it stands in."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")
