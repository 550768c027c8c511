"""Files of products, codes and prices: sent, and what was wrong in them."""

import sqlite3
from typing import Final, Literal

import msgspec
from aiohttp import web

from magazie.actors.field_faults import FieldFault
from magazie.actors.settings_book import Role
from magazie.files.csv_lines import UTF8_MARK, csv_lines
from magazie.files.imports import FileOptions
from magazie.files.problems import FileProblem, FileRefusedError
from magazie.http.api.texts import Short
from magazie.http.endpoint import Answer, Call, NoBody, NoQuery, Outcome, endpoint
from magazie.http.fields import IdText, id_text
from magazie.http.paging import Listed, ShortPaging, sliced
from magazie.http.problems import ProblemError, ProblemKind, invalid, not_found
from magazie.http.spooled_bodies import spooled_body
from magazie.model.file_columns import FileKind
from magazie.storage.file_imports import FileImport, find

_TAG = "files"
FILE_LIMIT: Final = 32 * 1024 * 1024
"""Bytes a file may have."""

_TYPES: Final = frozenset(
    {
        "text/csv",
        "text/plain",
        "text/tab-separated-values",
        "application/csv",
        "application/octet-stream",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}
_PROBLEMS: Final = (ProblemKind.MALFORMED, ProblemKind.UNSUPPORTED_MEDIA)

Delimiter = Literal["comma", "semicolon", "tab"]
Encoding = Literal["utf-8", "utf-16", "cp1250", "iso8859-2", "iso8859-16"]

_decode_problems = msgspec.json.Decoder(list[FileProblem]).decode


class FileQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How to take the file; encoding and delimiter of a CSV are found where they are not given."""

    skip_bad: bool = False
    dry_run: bool = False
    warehouse: Short | None = None
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None


class FileStarted(msgspec.Struct, frozen=True):
    """The file is stored, and the job works on it; ``file`` is where its problems stand."""

    job: IdText
    file: IdText


@endpoint(
    "POST",
    "/api/v1/files/products",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Import products from a file",
    answers={202: FileStarted},
    problems=_PROBLEMS,
    body_limit=FILE_LIMIT,
    streams_body=True,
)
async def import_products(call: Call[NoBody, FileQuery]) -> Outcome:
    """New codes create products, known ones change what the file gives; empty cells change nothing.

    The body is a CSV or an XLSX file. Bad rows are told by line and column, and nothing of the
    file is applied unless ``skip_bad``.
    """
    return await _take(call, FileKind.PRODUCTS)


@endpoint(
    "POST",
    "/api/v1/files/codes",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Import further codes from a file",
    answers={202: FileStarted},
    problems=_PROBLEMS,
    body_limit=FILE_LIMIT,
    streams_body=True,
)
async def import_codes(call: Call[NoBody, FileQuery]) -> Outcome:
    """Each row adds one further code to the product that any of its codes finds.

    The body is a CSV or an XLSX file. Bad rows are told by line and column, and nothing of the
    file is applied unless ``skip_bad``.
    """
    return await _take(call, FileKind.CODES)


@endpoint(
    "POST",
    "/api/v1/files/prices",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Import selling prices from a file",
    answers={202: FileStarted},
    problems=_PROBLEMS,
    body_limit=FILE_LIMIT,
    streams_body=True,
)
async def import_prices(call: Call[NoBody, FileQuery]) -> Outcome:
    """RON with VAT, of the warehouses that columns or ``warehouse`` name.

    The body is a CSV or an XLSX file. Bad rows are told by line and column, and nothing of the
    file is applied unless ``skip_bad``.
    """
    return await _take(call, FileKind.PRICES)


@endpoint(
    "GET",
    "/api/v1/files/imports/{id}/problems",
    role=Role.OFFICE,
    tag=_TAG,
    summary="List what was wrong in a file",
    answers={200: Listed[FileProblem]},
    problems=(ProblemKind.NOT_FOUND,),
)
async def list_file_problems(call: Call[NoBody, ShortPaging]) -> Outcome:
    """By line; line 1 is mostly the header. An empty column means the whole line."""
    record = await _found(call, call.id("id", "file"))
    return Answer(sliced(call, _decode_problems(record.problems)))


@endpoint(
    "GET",
    "/api/v1/files/imports/{id}/problems.csv",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Read what was wrong in a file as CSV",
    answers={200: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def read_file_problems(call: Call[NoBody, NoQuery]) -> Outcome:
    """UTF-8 with its mark, parted by semicolons."""
    record = await _found(call, call.id("id", "file"))
    header = ("linie/line", "coloană/column", "motiv", "reason")

    def written() -> bytes:
        problems = _decode_problems(record.problems)
        rows = ((str(it.line), it.column, it.ro, it.en) for it in problems)
        return UTF8_MARK + csv_lines([header, *rows], ";")

    body = await call.parts.offload(written)
    return web.Response(body=body, headers=csv_headers(f"probleme-{call.path('id')}.csv"))


def csv_headers(name: str) -> dict[str, str]:
    """The headers of a CSV that a browser saves under this name."""
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }


async def _take(call: Call[NoBody, FileQuery], kind: FileKind) -> Outcome:
    request, query = call.request, call.query
    if "Content-Type" in request.headers and request.content_type not in _TYPES:
        raise ProblemError(ProblemKind.UNSUPPORTED_MEDIA, "the body must be a CSV or an XLSX file")
    if query.warehouse is not None and not call.parts.book.has_warehouse(query.warehouse):
        raise invalid("warehouse", "there is no such warehouse")
    options = FileOptions(
        skip_bad=query.skip_bad,
        dry_run=query.dry_run,
        warehouse=query.warehouse,
        encoding=query.encoding,
        delimiter=_DELIMITERS[query.delimiter] if query.delimiter is not None else None,
    )
    async with spooled_body(call, FILE_LIMIT) as file:
        try:
            taken = await call.parts.files.take(file, kind, options, call.who.name)
        except FileRefusedError as error:
            raise _refused(error.problem) from error
    return Answer(FileStarted(id_text(taken.job_id), id_text(taken.import_id)), status=202)


def _refused(problem: FileProblem) -> ProblemError:
    where = f"line {problem.line}" if problem.line else "file"
    field = f"{where}, {problem.column}" if problem.column else where
    faults = (FieldFault(field, problem.en), FieldFault(field, problem.ro))
    return ProblemError(ProblemKind.INVALID, f"{field}: {problem.en} / {problem.ro}", errors=faults)


async def _found(call: Call[NoBody, msgspec.Struct], import_id: int) -> FileImport:
    def query(connection: sqlite3.Connection) -> FileImport | None:
        return find(connection, import_id)

    record = await call.parts.storage.read(query)
    if record is None:
        raise not_found("file")
    return record


ENDPOINTS = (
    import_products,
    import_codes,
    import_prices,
    list_file_problems,
    read_file_problems,
)
