"""Barcode stickers for products."""

import enum
import sqlite3
from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from magazie.actors.field_faults import FieldFault
from magazie.actors.settings_book import Role
from magazie.files.sticker_sheets import Sticker, fits_on_a4, sticker_pdf
from magazie.http.endpoint import Call, NoQuery, Outcome, endpoint
from magazie.http.fields import RecordId
from magazie.http.problems import ProblemError, ProblemKind, invalid
from magazie.model.barcodes import Barcode, barcode_of
from magazie.model.romanian_letters import comma_letters
from magazie.model.zpl import zpl_sticker
from magazie.storage.products import Product, load

_MOST_PRODUCTS: Final = 500
_MOST_STICKERS: Final = 2000
_NARROWEST_MM, _WIDEST_MM = 20, 200
_MARGINS_MM: Final = 4


class StickerFormat(enum.StrEnum):
    """What the stickers are printed from."""

    PDF = "pdf"
    ZPL = "zpl"


class StickerPaper(enum.StrEnum):
    """Of a PDF: one sticker a page for a roll, or as many as fit on an A4 sheet."""

    ROLL = "roll"
    A4 = "a4"


class OwnCodeAs(enum.StrEnum):
    """Where the code made for goods without an EAN is kept."""

    EAN = "ean"
    ADDITIONAL = "additional"


class StickerIn(msgspec.Struct, forbid_unknown_fields=True):
    """A product, and how many stickers of it."""

    product: RecordId
    copies: Annotated[int, Meta(ge=1, le=_MOST_STICKERS)] = 1


class StickersIn(msgspec.Struct, forbid_unknown_fields=True):
    """What to print; ``size`` is width x height in mm."""

    products: Annotated[list[StickerIn], Meta(min_length=1, max_length=_MOST_PRODUCTS)]
    format: StickerFormat = StickerFormat.PDF
    size: Annotated[str, Meta(pattern="^[0-9]{2,3}x[0-9]{2,3}$", examples=["50x30"])] = "50x30"
    paper: StickerPaper = StickerPaper.ROLL
    own_code: OwnCodeAs = OwnCodeAs.EAN


@endpoint(
    "POST",
    "/api/v1/stickers",
    role=Role.OFFICE,
    tag="files",
    summary="Make barcode stickers",
    answers={200: None},
)
async def make_stickers(call: Call[StickersIn, NoQuery]) -> Outcome:
    """PDF or ZPL. Goods without an EAN get an own code (GS1 prefix 20) that stays theirs."""
    body = call.body
    width_mm, height_mm = _size(body)
    if sum(each.copies for each in body.products) > _MOST_STICKERS:
        raise invalid("products", f"at most {_MOST_STICKERS} stickers at once")
    products = await _products(call)
    stickers = []
    faults = []
    for index, wanted in enumerate(body.products):
        product = products.get(int(wanted.product))
        if product is None:
            faults.append(FieldFault(f"products[{index}].product", "there is no such product"))
        elif product.ean.strip() and (fault := _misfit(barcode_of(product.ean), width_mm)):
            faults.append(FieldFault(f"products[{index}].product", fault))
    if faults:
        raise ProblemError(
            ProblemKind.INVALID, "some stickers cannot be made", errors=tuple(faults)
        )
    codes: dict[int, str] = {}
    for wanted in body.products:
        product = products[int(wanted.product)]
        if product.id not in codes:
            codes[product.id] = await call.parts.own_codes.code_for(
                product, as_further=body.own_code is OwnCodeAs.ADDITIONAL
            )
        barcode = barcode_of(codes[product.id])
        if barcode is not None:
            stickers.append(Sticker(comma_letters(product.name), barcode, wanted.copies))
    if body.format is StickerFormat.ZPL:
        text = "".join(
            zpl_sticker(
                it.name, it.barcode, width_mm=width_mm, height_mm=height_mm, copies=it.copies
            )
            for it in stickers
        )
        return _file(text.encode(), "text/plain; charset=utf-8", "stickers.zpl")
    pdf = await call.parts.offload(
        lambda: sticker_pdf(
            stickers,
            width_mm=width_mm,
            height_mm=height_mm,
            on_a4=body.paper is StickerPaper.A4,
        )
    )
    return _file(pdf, "application/pdf", "stickers.pdf")


def _size(body: StickersIn) -> tuple[int, int]:
    width, _, height = body.size.partition("x")
    width_mm, height_mm = int(width), int(height)
    if not all(_NARROWEST_MM <= each <= _WIDEST_MM for each in (width_mm, height_mm)):
        raise invalid("size", f"width and height must be from {_NARROWEST_MM} to {_WIDEST_MM} mm")
    if body.paper is StickerPaper.A4 and not fits_on_a4(width_mm, height_mm):
        raise invalid("size", "no sticker of this size has room on an A4 sheet")
    own = _misfit(barcode_of("2000000000008"), width_mm)
    if own:
        raise invalid("size", "too narrow for a barcode")
    return width_mm, height_mm


def _misfit(barcode: Barcode | None, width_mm: int) -> str:
    """Why the code cannot stand on the sticker; empty when it can."""
    if barcode is None:
        return "its EAN has letters that no barcode has"
    if not barcode.fits(width_mm - _MARGINS_MM):
        return "its code is too long for a sticker of this width"
    return ""


async def _products(call: Call[StickersIn, NoQuery]) -> dict[int, Product]:
    wanted = {int(each.product) for each in call.body.products}

    def query(connection: sqlite3.Connection) -> dict[int, Product]:
        loaded = (load(connection, product_id) for product_id in sorted(wanted))
        return {product.id: product for product in loaded if product is not None}

    return await call.parts.storage.read(query)


def _file(content: bytes, content_type: str, name: str) -> web.Response:
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=content, headers=headers)


ENDPOINTS = (make_stickers,)
