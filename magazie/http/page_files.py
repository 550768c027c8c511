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

TERMINAL_HEADERS: Final[Mapping[str, str]] = {
    **PAGE_HEADERS,
    # the browser keeps it, and asks each time whether it is still the same
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        # reading codes with the camera may need WebAssembly; this allows nothing else
        f"{PAGE_HEADERS['Content-Security-Policy']}; script-src 'self' 'wasm-unsafe-eval'"
    ),
    "Permissions-Policy": "camera=(self)",
}

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
_HASHED: Final = re.compile(r"-[\w-]{8}\.(?:css|js|wasm)$")
_PLACE: Final = re.compile(r"{{([a-z_]+)}}")
_NOT_MODIFIED: Final = 304


class StaticFile(msgspec.Struct, frozen=True):
    """A file that everybody may read."""

    content: bytes
    content_type: str
    tag: str

    @classmethod
    def of(cls, content: bytes, content_type: str) -> "StaticFile":
        """A file whose tag changes with its content."""
        return cls(content, content_type, f'"{hashlib.sha256(content).hexdigest()[:16]}"')


def _folder(name: str) -> dict[str, bytes]:
    folder = files("magazie.http") / name
    if not folder.is_dir():
        return {}
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


_PAGES: Final = _folder("pages")
_BUILT: Final = _folder("static")  # made of web/ by ``make web``; a wheel brings it
_TEXTS: Final = {
    name: content.decode() for name, content in _PAGES.items() if name.endswith(".html")
}
STATIC: Final[Mapping[str, StaticFile]] = {
    name: StaticFile.of(content, _TYPES[suffix])
    for name, content in {**_BUILT, **_PAGES}.items()
    if (suffix := name[name.rfind(".") :]) in _TYPES
}
TERMINAL: Final = (
    StaticFile.of(_BUILT["terminal.html"], "text/html; charset=utf-8")
    if "terminal.html" in _BUILT
    else None
)


def sent(file: StaticFile, asked_tag: str | None, headers: Mapping[str, str]) -> web.Response:
    """A file, or word that what the browser keeps is still the same."""
    headers = {**headers, "ETag": file.tag}
    if asked_tag == file.tag:
        return web.Response(status=_NOT_MODIFIED, headers=headers)
    return web.Response(body=file.content, headers={**headers, "Content-Type": file.content_type})


def keeping(name: str) -> str:
    """How long browsers keep a file: for good where its name changes with its content."""
    return "public, max-age=31536000, immutable" if _HASHED.search(name) else "no-cache"


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
