"""Products written as the tables that imports read: products, further codes, prices."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final

import msgspec
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.worksheet import Worksheet

from magazie.model.decimals import (
    E4,
    Milli,
    RateE2,
    format_e4,
    format_milli,
    format_rate,
)
from magazie.model.file_columns import FileKind

_LONGEST_CELL: Final = 32_767  # what a spreadsheet takes in one cell
_ONE_PIECE_MILLI: Final = 1000
_THREE: Final = 3
_FIELDS: Final = (
    *("code", "name", "ean", "description", "brand", "unit", "vat", "weight", "location"),
    *("tracking", "category id", "additional code"),
)
_BETWEEN: Final = "|"


class TableCode(msgspec.Struct, frozen=True):
    """A further code."""

    code: str
    pieces_milli: int


class TableProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What a table tells of one product; ``prices`` is by warehouse."""

    code: str
    name: str
    ean: str
    description: str
    brand: str
    unit: str
    vat_rate_e2: int | None
    weight_milli: int | None
    location: str
    tracking: str
    category: str
    codes: tuple[TableCode, ...]
    prices: dict[str, int]


def header_of(kind: FileKind, warehouses: Sequence[str]) -> list[str]:
    """The first line of the table."""
    prices = [f"price {warehouse}" for warehouse in warehouses]
    if kind is FileKind.CODES:
        return ["code", "additional code", "pieces"]
    return ["code", *prices] if kind is FileKind.PRICES else [*_FIELDS, *prices]


def lines_of(
    product: TableProduct, kind: FileKind, warehouses: Sequence[str], comma: str = "."
) -> Iterator[list[str]]:
    """The product's lines; ``comma`` is what stands before decimals.

    Three decimals are written as four: `1.234` could be read as a thousand.
    """

    def decimal(text: str) -> str:
        whole, _, fraction = text.partition(".")
        if not fraction:
            return whole
        return f"{whole}{comma}{fraction}{'0' if len(fraction) == _THREE else ''}"

    def price(warehouse: str) -> str:
        price_e4 = product.prices.get(warehouse)
        return decimal(format_e4(E4(price_e4))) if price_e4 is not None else ""

    if kind is FileKind.CODES:
        for each in product.codes:
            yield [product.code, each.code, decimal(format_milli(Milli(each.pieces_milli)))]
        return
    prices = [price(warehouse) for warehouse in warehouses]
    if kind is FileKind.PRICES:
        yield [product.code, *prices]
        return
    rate, weight = product.vat_rate_e2, product.weight_milli
    singles = [it.code for it in product.codes if it.pieces_milli == _ONE_PIECE_MILLI]
    yield [
        product.code,
        product.name,
        product.ean,
        product.description,
        product.brand,
        product.unit,
        decimal(format_rate(RateE2(rate))) if rate is not None else "",
        decimal(format_milli(Milli(weight))) if weight is not None else "",
        product.location,
        product.tracking,
        product.category,
        _BETWEEN.join(singles),
        *prices,
    ]


class XlsxTable:
    """An XLSX file written row by row; every cell is text, so that none runs or loses digits."""

    def __init__(self) -> None:
        """Empty."""
        self._book = Workbook(write_only=True)
        self._sheet: Worksheet = self._book.create_sheet("Magazie")

    def extend(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows; signs that a spreadsheet cannot hold are left out."""
        for row in rows:
            self._sheet.append([self._cell(text) for text in row])

    def _cell(self, text: str) -> Cell:
        cell: Cell = WriteOnlyCell(self._sheet, "")
        # a text cut short would come back as if somebody had shortened it; nothing does not
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) if len(text) <= _LONGEST_CELL else ""
        cell.data_type = "s"  # else a text that begins with = is taken for a formula
        return cell

    def save(self, file: IO[bytes]) -> None:
        """Write the file."""
        self._book.save(file)
