"""The pages for people: log-in, status, and the files they are made of."""

import msgspec

from magazie.actors.settings_book import Role
from magazie.http.endpoint import Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.page_files import STATIC, TERMINAL, TERMINAL_HEADERS, keeping, page, sent
from magazie.http.page_texts import Language, language_of
from magazie.http.problems import ProblemError, ProblemKind, not_found

_TAG = "pages"
_TERMINAL = "/terminal"
_SERVICE_WORKER = "terminal-sw.js"


class PageQuery(msgspec.Struct):
    """The language of a page, where the browser's is not wanted."""

    lang: Language | None = None


@endpoint(
    "GET",
    "/",
    role=Role.PICKER,
    tag=_TAG,
    summary="See the storeroom's status",
    answers={200: None, 303: None},
    is_page=True,
)
async def show_status(call: Call[NoBody, PageQuery]) -> Outcome:
    """A page for people; without a session it leads to the log-in."""
    parts, language = call.parts, language_of(call.request, call.parts.language)
    other = Language.EN if language is Language.RO else Language.RO
    values = {
        "person": call.who.name,
        "role": call.who.role.value,
        "company": parts.book.view.company.name or "Magazie",
        "version": parts.version,
        "other": other.value,
    }
    return page("status.html", language, values)


@endpoint(
    "GET",
    "/static/{name}",
    role=None,
    tag=_TAG,
    summary="Read a file of the pages",
    answers={200: None, 304: None},
    problems=(ProblemKind.NOT_FOUND,),
    is_watched=False,
)
async def read_static(call: Call[NoBody, NoQuery]) -> Outcome:
    """Style, script or picture."""
    name = call.path("name")
    file = STATIC.get(name)
    if file is None:
        raise not_found("file")
    headers = {"Cache-Control": keeping(name), "X-Content-Type-Options": "nosniff"}
    if name == _SERVICE_WORKER:
        headers["Service-Worker-Allowed"] = _TERMINAL
    return sent(file, call.request.headers.get("If-None-Match"), headers)


@endpoint(
    "GET",
    _TERMINAL,
    role=None,
    tag=_TAG,
    summary="Open the scanning terminal",
    answers={200: None, 304: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def show_terminal(call: Call[NoBody, NoQuery]) -> Outcome:
    """The page of the people who pick. It is open to all, and whoever uses it signs in on it."""
    if TERMINAL is None:
        raise ProblemError(
            ProblemKind.NOT_FOUND, "the terminal's page is not built here: run 'make web'"
        )
    return sent(TERMINAL, call.request.headers.get("If-None-Match"), TERMINAL_HEADERS)


ENDPOINTS = (show_status, read_static, show_terminal)
