"""Stickers as PDF: one a page for a roll, or a grid on A4."""

import io
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import as_file, files
from typing import Final

import msgspec
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from magazie.model.barcodes import Barcode, Symbology

_FONT: Final = "SourceSansPro"
_MARGIN: Final = 2 * mm
_SHEET_MARGIN: Final = 8 * mm
_NAME_LINES: Final = 2
_NAME_SIZE: Final = 8
_CODE_SIZE: Final = 7
_KINDS: Final = {Symbology.EAN_13: "EAN13", Symbology.CODE_128: "Code128"}


class Sticker(msgspec.Struct, frozen=True):
    """A sticker and how many of it there are to be."""

    name: str
    barcode: Barcode
    copies: int


def fits_on_a4(width_mm: int, height_mm: int) -> bool:
    """Whether at least one sticker of this size has room on an A4 sheet."""
    columns, rows = _grid(width_mm, height_mm)
    return columns > 0 and rows > 0


def sticker_pdf(
    stickers: Iterable[Sticker], *, width_mm: int, height_mm: int, on_a4: bool
) -> bytes:
    """Draw stickers. Blocks."""
    _register_font()
    written = io.BytesIO()
    size = A4 if on_a4 else (width_mm * mm, height_mm * mm)
    # invariant: the same stickers are the same file
    canvas = Canvas(written, pagesize=size, invariant=1)
    canvas.setTitle("Magazie")
    places = _places_on_a4(width_mm, height_mm) if on_a4 else _one_a_page()
    page = 0
    for sticker in stickers:
        for _ in range(sticker.copies):
            on_page, left, bottom = next(places)
            if on_page != page:
                canvas.showPage()
                page = on_page
            _draw(canvas, sticker, left, bottom, width_mm * mm, height_mm * mm)
    canvas.save()
    return written.getvalue()


def _draw(
    canvas: Canvas, sticker: Sticker, left: float, bottom: float, width: float, height: float
) -> None:
    inner = width - 2 * _MARGIN
    lines = simpleSplit(sticker.name, _FONT, _NAME_SIZE, inner)[:_NAME_LINES]
    canvas.setFont(_FONT, _NAME_SIZE)
    top = bottom + height - _MARGIN - _NAME_SIZE
    for number, line in enumerate(lines):
        canvas.drawCentredString(left + width / 2, top - number * (_NAME_SIZE + 1), line)
    below = bottom + _MARGIN
    canvas.setFont(_FONT, _CODE_SIZE)
    canvas.drawCentredString(left + width / 2, below, sticker.barcode.text)
    bars_bottom = below + _CODE_SIZE + 1
    room = top - (_NAME_LINES - 1) * (_NAME_SIZE + 1) - 3 - bars_bottom
    drawing = createBarcodeDrawing(  # type: ignore[no-untyped-call]
        _KINDS[sticker.barcode.symbology],
        value=sticker.barcode.text,
        width=inner,
        height=max(room, 3 * mm),
        humanReadable=False,
        quiet=True,
    )
    renderPDF.draw(drawing, canvas, left + _MARGIN, bars_bottom)


def _one_a_page() -> Iterator[tuple[int, float, float]]:
    page = 0
    while True:
        yield page, 0.0, 0.0
        page += 1


def _places_on_a4(width_mm: int, height_mm: int) -> Iterator[tuple[int, float, float]]:
    columns, rows = _grid(width_mm, height_mm)
    page = 0
    while True:
        for row in range(rows):
            for column in range(columns):
                left = _SHEET_MARGIN + column * width_mm * mm
                yield page, left, A4[1] - _SHEET_MARGIN - (row + 1) * height_mm * mm
        page += 1


def _grid(width_mm: int, height_mm: int) -> tuple[int, int]:
    wide, high = A4[0] - 2 * _SHEET_MARGIN, A4[1] - 2 * _SHEET_MARGIN
    return int(wide // (width_mm * mm)), int(high // (height_mm * mm))


@cache
def _register_font() -> None:
    """A font with Romanian letters: those that every PDF reader has lack ș and ț."""
    with as_file(files("font_source_sans_pro") / "files" / "SourceSansPro-Regular.ttf") as path:
        pdfmetrics.registerFont(TTFont(_FONT, str(path)))
