"""The pages for people: log-in, status, and the files they are made of."""

import msgspec
from aiohttp import web

from magazie.actors.settings_book import Role
from magazie.http.endpoint import Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.page_files import STATIC, page
from magazie.http.page_texts import Language, language_of
from magazie.http.problems import ProblemKind, not_found

_TAG = "pages"
_NOT_MODIFIED = 304


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
    file = STATIC.get(call.path("name"))
    if file is None:
        raise not_found("file")
    headers = {
        "ETag": file.tag,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if call.request.headers.get("If-None-Match") == file.tag:
        return web.Response(status=_NOT_MODIFIED, headers=headers)
    return web.Response(body=file.content, headers={**headers, "Content-Type": file.content_type})


ENDPOINTS = (show_status, read_static)
