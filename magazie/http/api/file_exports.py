"""Products, further codes, prices and a shop's listing, as files for spreadsheets."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Literal

import msgspec
from aiohttp import web

from magazie.actors.settings_book import Role
from magazie.files.csv_lines import UTF8_MARK, csv_lines
from magazie.files.product_tables import (
    TableCode,
    TableProduct,
    XlsxTable,
    header_of,
    lines_of,
)
from magazie.http.api.file_imports import Delimiter, csv_headers
from magazie.http.api.shop_paths import shop_of
from magazie.http.api.texts import Line, Short, Words
from magazie.http.endpoint import Call, NoBody, Outcome, endpoint
from magazie.http.fields import Moment, RecordId, moment_text, price_text, quantity_text
from magazie.http.item_problem_words import in_language, item_problem_words
from magazie.http.page_texts import Language
from magazie.http.problems import ProblemKind, not_found
from magazie.model.decimals import E4, Milli
from magazie.model.file_columns import FileKind
from magazie.model.ids import encode_id
from magazie.model.item_problems import read
from magazie.storage.products import Product
from magazie.storage.reads.keyset import Page, PageRequest
from magazie.storage.reads.listing import ListingFilter, ListingRow, ListingState, find_listing
from magazie.storage.reads.products import ProductFilter, find_products

_TAG = "files"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE: Final = 200
_PIECE: Final = 256 * 1024
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}
_LISTING_HEADER: Final = (
    *("external_id", "sku", "ean", "name", "state", "product", "stock", "price", "problem"),
    "read_at",
)

Rows = list[list[str]]


class TableQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the file is written; decimals with a comma are what Romanian spreadsheets expect."""

    delimiter: Delimiter = "semicolon"
    decimals: Literal["dot", "comma"] = "dot"


class ProductTableQuery(TableQuery, kw_only=True):
    """Which products, as their list filters them, and how the file is written."""

    code: Short | None = None
    q: Words | None = None
    category: RecordId | None = None
    brand: Line | None = None
    shop: Short | None = None
    has_problems: bool | None = None
    changed_from: Moment | None = None


class ListingTableQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which items, as their list filters them, what parts the cells, the language of problems."""

    state: ListingState | None = None
    sku: Short | None = None
    q: Words | None = None
    delimiter: Delimiter = "semicolon"
    lang: Language | None = None


@endpoint(
    "GET",
    "/api/v1/files/products.{format}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Export products",
    answers={200: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def export_products(call: Call[NoBody, ProductTableQuery]) -> Outcome:
    """``csv`` or ``xlsx``, with the columns that the import reads."""
    return await _export(call, FileKind.PRODUCTS)


@endpoint(
    "GET",
    "/api/v1/files/codes.{format}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Export further codes",
    answers={200: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def export_codes(call: Call[NoBody, ProductTableQuery]) -> Outcome:
    """``csv`` or ``xlsx``, a line for each code."""
    return await _export(call, FileKind.CODES)


@endpoint(
    "GET",
    "/api/v1/files/prices.{format}",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Export selling prices",
    answers={200: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def export_prices(call: Call[NoBody, ProductTableQuery]) -> Outcome:
    """``csv`` or ``xlsx``, RON with VAT, a column for each warehouse."""
    return await _export(call, FileKind.PRICES)


@endpoint(
    "GET",
    "/api/v1/shops/{shop}/listing.csv",
    role=Role.OFFICE,
    tag=_TAG,
    summary="Export a shop's items",
    answers={200: None},
    problems=(ProblemKind.NOT_FOUND,),
)
async def export_listing(call: Call[NoBody, ListingTableQuery]) -> Outcome:
    """By SKU, as the shop last said."""
    shop, query = shop_of(call).name, call.query
    wanted = ListingFilter(query.state, query.sku, query.q)

    async def fetch(request: PageRequest) -> Page[ListingRow]:
        return await call.parts.storage.read(lambda c: find_listing(c, shop, wanted, request))

    async def pages() -> AsyncIterator[Rows]:
        yield [list(_LISTING_HEADER)]
        async for rows in _paged(fetch, "sku"):
            yield [_listing_line(row, call.language) for row in rows]

    return await _send_csv(call, pages(), f"{shop}.csv", _DELIMITERS[query.delimiter])


async def _export(call: Call[NoBody, ProductTableQuery], kind: FileKind) -> Outcome:
    query = call.query
    wanted = ProductFilter(
        code=query.code,
        text=query.q,
        category_id=int(query.category) if query.category is not None else None,
        brand=query.brand,
        shop=query.shop,
        has_problems=query.has_problems,
        changed_from_ms=int(query.changed_from) if query.changed_from is not None else None,
    )

    async def fetch(request: PageRequest) -> Page[Product]:
        return await call.parts.storage.read(lambda c: find_products(c, wanted, request))

    warehouses = sorted(call.parts.book.view.warehouses)
    comma = "," if query.decimals == "comma" else "."

    async def pages() -> AsyncIterator[Rows]:
        yield [header_of(kind, warehouses)]
        async for products in _paged(fetch, "code"):
            yield [
                line
                for product in products
                for line in lines_of(_in_table(product), kind, warehouses, comma)
            ]

    match call.path("format"):
        case "csv":
            delimiter = _DELIMITERS[query.delimiter]
            return await _send_csv(call, pages(), f"{kind}.csv", delimiter)
        case "xlsx":
            return await _send_xlsx(call, pages(), f"{kind}.xlsx")
    raise not_found("format; there are csv and xlsx")


async def _paged(
    fetch: Callable[[PageRequest], Awaitable[Page[Any]]], sort: str
) -> AsyncIterator[Sequence[Any]]:
    request = PageRequest(((sort, False),), _PAGE)
    while True:
        page = await fetch(request)
        yield page.rows
        if page.after is None:
            return
        request = msgspec.structs.replace(request, after=page.after)


async def _send_csv(
    call: Call[NoBody, Any], pages: AsyncIterator[Rows], name: str, delimiter: str
) -> web.StreamResponse:
    response = web.StreamResponse(headers=csv_headers(name))
    if call.request.method == "HEAD":
        return response
    await response.prepare(call.request)
    await response.write(UTF8_MARK)
    async for rows in pages:
        await response.write(csv_lines(rows, delimiter))
    await response.write_eof()
    return response


async def _send_xlsx(
    call: Call[NoBody, Any], pages: AsyncIterator[Rows], name: str
) -> web.StreamResponse:
    headers = {**csv_headers(name), "Content-Type": _XLSX}
    response = web.StreamResponse(headers=headers)
    if call.request.method == "HEAD":
        return response
    offload, table = call.parts.offload, XlsxTable()
    async for rows in pages:
        await offload(partial(table.extend, rows))
    with tempfile.TemporaryFile() as file:
        await offload(lambda: table.save(file))
        file.seek(0)
        await response.prepare(call.request)
        while piece := await offload(lambda: file.read(_PIECE)):
            await response.write(piece)
    await response.write_eof()
    return response


def _in_table(product: Product) -> TableProduct:
    category = product.category_id
    return TableProduct(
        code=product.code,
        name=product.name,
        ean=product.ean,
        description=product.description,
        brand=product.brand,
        unit=product.unit,
        vat_rate_e2=product.vat_rate_e2,
        weight_milli=product.weight_milli,
        location=product.location,
        tracking=product.tracking,
        category=encode_id(category) if category is not None else "",
        codes=tuple(TableCode(it.code, it.pieces_milli) for it in product.codes),
        prices=dict(product.prices),
    )


def _listing_line(row: ListingRow, language: Language) -> list[str]:
    stock, price, product_id = row.stock_milli, row.base_price_e4, row.product_id
    return [
        row.external_id,
        row.sku,
        row.ean,
        row.name,
        row.state,
        encode_id(product_id) if product_id is not None else "",
        quantity_text(Milli(stock)) if stock is not None else "",
        price_text(E4(price)) if price is not None else "",
        " ".join(in_language(item_problem_words(read(row.problem)), language)),
        moment_text(row.read_ms),
    ]


ENDPOINTS = (export_products, export_codes, export_prices, export_listing)
