"""Rows of products, codes and prices, read cell by cell; each fault is told where it stands."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Final

import msgspec

from magazie.files.pauses import with_pauses
from magazie.files.problems import FileProblem, FileRefusedError
from magazie.files.tables import Cell, Line, rows_of
from magazie.model.codes import normalise_code
from magazie.model.control_characters import CONTROL
from magazie.model.decimals import MAX_QUANTITY_MILLI
from magazie.model.file_columns import Columns, FileKind, columns_of
from magazie.model.file_encoding import is_damaged
from magazie.model.foreign_numbers import (
    Dialect,
    DoubtfulNumberError,
    ForeignNumberError,
    read_price,
    read_quantity,
    read_rate,
)
from magazie.model.ids import BadIdError, decode_id
from magazie.model.romanian_letters import fold
from magazie.model.tracking import Tracking

MOST_ROWS: Final = 100_000
MOST_PROBLEMS: Final = 10_000
"""Problems kept of one file; the rest are counted."""

_TEXTS: Final = ("name", "ean", "description", "brand", "unit", "location")
_TRACKING: Final = {
    **{tracking.value: tracking for tracking in Tracking},
    "fara": Tracking.NONE,
    "serie": Tracking.SERIAL,
}
_SCIENTIFIC: Final = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_LONGEST_TOLD: Final = 60
_CODES_BETWEEN: Final = "|"
_FAITHFUL_DIGITS: Final = 15
_ONE_PIECE_MILLI: Final = 1000
_LARGEST_WHOLE: Final = 10**15


class FileCode(msgspec.Struct, frozen=True):
    """A further code, and how many thousandths of a piece it stands for."""

    code: str
    pieces_milli: int = _ONE_PIECE_MILLI


class FileRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one line says of one product; what it leaves empty is not there."""

    line: int
    code: str
    texts: dict[str, str] = {}
    vat_rate_e2: int | None = None
    weight_milli: int | None = None
    category_id: int | None = None
    tracking: Tracking | None = None
    codes: tuple[FileCode, ...] = ()
    prices: dict[str, int] = {}


class ReadFile(msgspec.Struct):
    """A file as it was read: rows as lines of JSON, and what is wrong with the others."""

    rows: bytes
    good: int
    bad: int
    problems: list[FileProblem]
    problem_count: int
    ignored: tuple[str, ...]


class CellFault(Exception):
    """A cell does not hold what its column takes."""

    def __init__(self, ro: str, en: str) -> None:
        super().__init__(en)
        self.ro, self.en = ro, en


def read_rows(
    file: IO[bytes],
    kind: FileKind,
    *,
    warehouses: frozenset[str],
    warehouse: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> ReadFile:
    """Read a whole file. Blocks; memory holds its rows in short form.

    Args:
        file: The bytes.
        kind: What it is about.
        warehouses: Those there are, whose prices a column may hold.
        warehouse: Whose price the plain price column holds.
        encoding: Of a CSV, where a person says it.
        delimiter: Of a CSV, where a person says it.

    Raises:
        FileRefusedError: it cannot be read at all.

    """
    with closing(rows_of(file, encoding=encoding, delimiter=delimiter)) as lines:
        return _read(lines, kind, warehouses, warehouse)


def _read(
    lines: Iterator[Line], kind: FileKind, warehouses: frozenset[str], warehouse: str | None
) -> ReadFile:
    header = next(lines, None)
    if header is None:
        raise FileRefusedError("fișierul este gol", "the file is empty")
    columns = columns_of([_text(cell) for cell in header.cells], kind, warehouses)
    _check(columns, kind, warehouse, header.number)
    reading = _Reading(kind, columns, warehouse)
    encode = msgspec.json.Encoder().encode
    rows = bytearray()
    read = ReadFile(b"", 0, 0, [], 0, columns.ignored)
    for line in with_pauses(lines):
        if read.good + read.bad >= MOST_ROWS:
            raise FileRefusedError(
                f"fișierul are peste {MOST_ROWS} de rânduri; împărțiți-l",
                f"the file has more than {MOST_ROWS} rows; split it",
                line=line.number,
            )
        row, problems = reading.row(line)
        read.problem_count += len(problems)
        read.problems += problems[: MOST_PROBLEMS - len(read.problems)]
        if row is None:
            read.bad += 1
        else:
            read.good += 1
            rows += encode(row) + b"\n"
    if not read.good and not read.bad:
        raise FileRefusedError("fișierul nu are rânduri", "the file has no rows")
    read.rows = bytes(rows)
    return read


def _check(columns: Columns, kind: FileKind, warehouse: str | None, line: int) -> None:
    if columns.repeated:
        title = columns.repeated[0]
        raise FileRefusedError(
            f"coloana „{title}” apare de două ori",
            f"the column {title!r} stands there twice",
            line=line,
            column=title,
        )
    if "code" not in columns.fields:
        raise FileRefusedError(
            "lipsește coloana „cod”", "there is no column 'code'", line=line, column="code"
        )
    if kind is FileKind.CODES and "additional_code" not in columns.fields:
        raise FileRefusedError(
            "lipsește coloana „cod suplimentar”",
            "there is no column 'additional code'",
            line=line,
            column="additional_code",
        )
    if "price" in columns.fields and warehouse is None:
        raise FileRefusedError(
            "nu se știe ale cărui depozit sunt prețurile: dați `warehouse` sau coloana „preț COD”",
            "whose prices they are is not said: give `warehouse`, or a column 'price CODE'",
            line=line,
            column="price",
        )
    if kind is FileKind.PRICES and not columns.prices and "price" not in columns.fields:
        raise FileRefusedError(
            "lipsește coloana „preț”", "there is no column 'price'", line=line, column="price"
        )


class _Reading:
    """Reads the lines of one file; remembers codes, to find those given twice."""

    def __init__(self, kind: FileKind, columns: Columns, warehouse: str | None) -> None:
        self._kind = kind
        self._fields = columns.fields
        self._prices = dict(columns.prices)
        self._width = columns.width
        if "price" in columns.fields and warehouse is not None:
            self._prices.setdefault(warehouse, columns.fields["price"])
        self._seen: dict[str, int] = {}

    def row(self, line: Line) -> tuple[FileRow | None, list[FileProblem]]:
        """The line's row, or what is wrong with it."""
        problems: list[FileProblem] = []

        def noted(column: str, fault: CellFault) -> None:
            problems.append(FileProblem(line.number, column, fault.ro, fault.en))

        cells = line.cells
        if any(_text(cell).strip() for cell in cells[self._width :]):
            fault = CellFault(
                f"are mai multe celule decât cele {self._width} coloane",
                f"it has more cells than the {self._width} columns",
            )
            noted("", fault)
            return None, problems
        values: dict[str, object] = {}
        for field, place in self._fields.items():
            if field == "price":
                continue
            try:
                values[field] = _READERS[field](cells[place] if place < len(cells) else "")
            except CellFault as fault:
                noted(field, fault)
        prices: dict[str, int] = {}
        for warehouse, place in self._prices.items():
            try:
                price = _price(cells[place] if place < len(cells) else "")
            except CellFault as fault:
                noted(f"price {warehouse}", fault)
            else:
                if price is not None:
                    prices[warehouse] = price
        if not problems:
            for column, found in self._faults(values, line.number):
                noted(column, found)
        if problems:
            return None, problems
        return self._made(line.number, values, prices), problems

    def _faults(self, values: dict[str, object], number: int) -> Iterator[tuple[str, CellFault]]:
        code = str(values.get("code", ""))
        key = normalise_code(code)
        if key is None:
            yield "code", CellFault("lipsește codul", "there is no code")
            return
        column = "code"
        if self._kind is FileKind.CODES:
            column = "additional_code"
            codes = values[column]
            key = normalise_code(codes[0].code) if isinstance(codes, tuple) and codes else None
            if key is None:
                yield column, CellFault("lipsește codul suplimentar", "there is no further code")
                return
        first = self._seen.setdefault(key, number)
        if first != number:
            yield (
                column,
                CellFault(
                    f"același cod este și pe linia {first}", f"line {first} has the same code"
                ),
            )

    def _made(self, number: int, values: dict[str, object], prices: dict[str, int]) -> FileRow:
        texts = {field: values[field] for field in _TEXTS if values.get(field)}
        codes = values.get("additional_code") or ()
        pieces = values.get("pieces")
        if pieces is not None and isinstance(codes, tuple):
            codes = tuple(FileCode(each.code, int(str(pieces))) for each in codes)
        return msgspec.convert(
            {
                "line": number,
                "code": values["code"],
                "texts": texts,
                "vat_rate_e2": values.get("vat_rate"),
                "weight_milli": values.get("weight"),
                "category_id": values.get("category_id"),
                "tracking": values.get("tracking"),
                "codes": codes,
                "prices": prices,
            },
            FileRow,
        )


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        # as the spreadsheet shows it: fifteen digits, no exponent for whole numbers
        whole = cell.is_integer() and abs(cell) < _LARGEST_WHOLE
        return str(int(cell)) if whole else f"{cell:.{_FAITHFUL_DIGITS}g}"
    return str(cell)


def _plain(cell: Cell) -> str:
    text = _text(cell).strip()
    if is_damaged(text):
        raise CellFault(
            "literele au fost stricate înainte de import", "its letters were damaged before"
        )
    if CONTROL.search(text):
        raise CellFault("are semne de control", "control characters are not taken")
    if text.startswith("#DATE "):
        raise CellFault(
            "programul de calcul a făcut din el o dată", "the spreadsheet made a date of it"
        )
    return text


def _code(cell: Cell) -> str:
    text = _plain(cell)
    if _SCIENTIFIC.fullmatch(text):
        raise CellFault(
            "codul și-a pierdut cifrele în programul de calcul; formatați coloana ca text",
            "the spreadsheet dropped its digits; format the column as text",
        )
    return text


def _category(cell: Cell) -> int | None:
    text = _plain(cell)
    try:
        return decode_id(text) if text else None
    except BadIdError as error:
        raise CellFault("nu este id-ul unei categorii", "it is no id of a category") from error


def _tracking(cell: Cell) -> Tracking | None:
    text = _plain(cell)
    if not text:
        return None
    tracking = _TRACKING.get(fold(text))
    if tracking is None:
        raise CellFault(
            "trebuie să fie „fără”, „lot” sau „serie”", "must be 'none', 'lot' or 'serial'"
        )
    return tracking


def _codes(cell: Cell) -> tuple[FileCode, ...]:
    """Several in one cell stand between vertical bars."""
    texts = (each.strip() for each in _code(cell).split(_CODES_BETWEEN))
    return tuple(FileCode(each) for each in texts if each)


def _pieces(cell: Cell) -> int | None:
    pieces = _quantity(cell)
    if pieces is not None and not 0 < pieces <= MAX_QUANTITY_MILLI:
        raise CellFault("trebuie să fie mai mult de 0", "must be more than 0")
    return pieces


def _price(cell: Cell) -> int | None:
    return _number(cell, "price")


def _quantity(cell: Cell) -> int | None:
    return _number(cell, "quantity")


def _rate(cell: Cell) -> int | None:
    text = _plain(cell).removesuffix("%").strip() if isinstance(cell, str) else cell
    return _number(text, "rate")


def _number(cell: Cell, kind: str) -> int | None:
    value = _plain(cell) if isinstance(cell, str) else cell
    dialect = Dialect.HAND if isinstance(cell, str) else Dialect.WIRE
    try:
        if kind == "price":
            return read_price(value, dialect=dialect)
        if kind == "rate":
            return read_rate(value, dialect=dialect)
        return read_quantity(value, dialect=dialect)
    except DoubtfulNumberError as error:
        raise CellFault(f"are două înțelesuri: {_shortened(value)}", str(error)) from error
    except ForeignNumberError as error:
        fault = f"nu este un număr potrivit: {_shortened(value)}"
        raise CellFault(fault, str(error)) from error


def _shortened(value: Cell) -> str:
    """A cell as it is told of: what is wrong in it is kept, and a file has many."""
    text = str(value)
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"


_READERS: Final = {
    "code": _code,
    "name": _plain,
    "ean": _code,
    "description": _plain,
    "brand": _plain,
    "unit": _plain,
    "location": _plain,
    "tracking": _tracking,
    "vat_rate": _rate,
    "weight": _quantity,
    "category_id": _category,
    "additional_code": _codes,
    "pieces": _pieces,
}
