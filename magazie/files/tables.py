"""The rows of a CSV or an XLSX file, one at a time; the kind is told by the content."""

import csv
import datetime as dt
import io
from collections.abc import Generator
from typing import IO, Final, NamedTuple

from magazie.files.problems import FileRefusedError
from magazie.files.workbooks import MOST_ROWS_OF_SHEET, first_sheet
from magazie.model.file_encoding import DoubtfulEncodingError, EncodingSearch
from magazie.model.romanian_letters import comma_letters
from magazie.model.spreadsheet_text import unescape_formula

_PIECE: Final = 1024 * 1024
_LONGEST_CELL: Final = 250_000  # above the longest description
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS: Final = (";", ",", "\t")
_LEGACY: Final = frozenset({"cp1250", "iso8859-2", "iso8859-16"})
csv.field_size_limit(_LONGEST_CELL)

Cell = str | int | float
"""A number only where a spreadsheet says it is one."""


class Line(NamedTuple):
    """A row as it stands: its line in the file, from 1, and its cells."""

    number: int
    cells: list[Cell]


def rows_of(
    file: IO[bytes], *, encoding: str | None = None, delimiter: str | None = None
) -> Generator[Line, None, None]:
    """Read a file from its beginning, skipping empty rows.

    Args:
        file: The bytes, seekable.
        encoding: Of a CSV; None finds it.
        delimiter: Of a CSV; None takes the one that parts the first line best.

    Raises:
        FileRefusedError: it cannot be read as a whole.

    """
    file.seek(0)
    start = file.read(4)
    if not start:
        raise FileRefusedError("fișierul este gol", "the file is empty")
    if start == _OLD_EXCEL:
        raise FileRefusedError(
            "este un fișier .xls vechi; salvați-l ca .xlsx sau CSV",
            "it is an old .xls file; save it as .xlsx or CSV",
        )
    if start == _ZIP:
        return _xlsx_rows(file)
    return _csv_rows(file, encoding, delimiter)


def _csv_rows(
    file: IO[bytes], encoding: str | None, delimiter: str | None
) -> Generator[Line, None, None]:
    found = encoding if encoding and encoding != "utf-8" else _encoding_of(file)
    if encoding == "utf-8":
        found = "utf-8-sig"
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=found, newline="")
    try:
        sample = text.readline(_PIECE)
        if not sample.strip():
            raise FileRefusedError("prima linie este goală", "the first line is empty", line=1)
        text.seek(0)
        chosen = delimiter or max(_DELIMITERS, key=sample.count)
        yield from _parsed(text, chosen, is_legacy=found in _LEGACY)
    except UnicodeError as error:  # UTF-16 without its mark is none of its subclasses
        raise FileRefusedError(
            f"fișierul nu este scris în {found}", f"the file is not written in {found}"
        ) from error
    finally:
        text.detach()


def _parsed(
    text: io.TextIOWrapper, delimiter: str, *, is_legacy: bool
) -> Generator[Line, None, None]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if is_legacy:
                    cells = [comma_letters(cell) for cell in cells]  # noqa: PLW2901
                yield Line(number, [unescape_formula(cell) for cell in cells])
            number = reader.line_num + 1
    except csv.Error as error:
        raise FileRefusedError(
            "ghilimelele nu se închid sau o celulă este prea lungă",
            f"a quote does not end, or a cell is too long ({error})",
            line=number,
        ) from error


def _encoding_of(file: IO[bytes]) -> str:
    search = EncodingSearch()
    file.seek(0)
    while piece := file.read(_PIECE):
        search.feed(piece)
    try:
        return search.found()
    except DoubtfulEncodingError as error:
        raise FileRefusedError(
            "codarea literelor nu este sigură; salvați-l ca UTF-8 sau dați `encoding`",
            f"its encoding is not certain: {error}; save it as UTF-8 or give `encoding`",
        ) from error


def _xlsx_rows(file: IO[bytes]) -> Generator[Line, None, None]:
    try:
        sheet = first_sheet(file)
        # what the sheet says of its own size may be wrong or huge
        sheet.reset_dimensions()
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MOST_ROWS_OF_SHEET:
                raise LookupError(f"a row calls itself {number}")  # noqa: TRY301
            cells = [_cell(value) for value in values]
            if any(not isinstance(cell, str) or cell.strip() for cell in cells):
                yield Line(number, cells)
    except FileRefusedError:
        raise
    except Exception as error:  # the reader meets damage as whatever it stumbles over
        raise FileRefusedError(
            "fișierul XLSX este stricat", "the XLSX file is damaged or not one"
        ) from error


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return f"#DATE {value}"
    return str(value)
