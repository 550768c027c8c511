"""Opening an XLSX file, within bounds: a small file can unpack to an endless one.

The reader of workbooks keeps whole parts, and rows of a sheet, as trees of elements that take a
hundred times their bytes. So a part that is read whole must be small, and one that is read piece
by piece is looked through first.
"""

import zipfile
from typing import IO, Any, Final
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml.constants import SHEET_MAIN_NS

from magazie.files.lean_xml import read_leanly
from magazie.files.pauses import Pauses, PausingFile
from magazie.files.problems import FileRefusedError

read_leanly()

MOST_UNPACKED: Final = 256 * 1024 * 1024
"""Bytes an XLSX file may hold once unpacked, by its own directory, which unpacking obeys."""
MOST_ROWS_OF_SHEET: Final = 1_048_576
"""A sheet has no more; a row may call itself any number, and those before it would be made up."""
_MOST_WHOLE: Final = 2 * 1024 * 1024
_MOST_OF_ROW: Final = 100_000  # elements; a sheet has 16,384 columns
_MOST_BESIDE_ROWS: Final = 200_000
_MOST_OF_STRINGS: Final = 2_000_000
_LONGEST_ROW: Final = 8 * 1024 * 1024  # bytes
_PIECE: Final = 64 * 1024
_TEXTS, _SHEET, _ROWS, _ROW = (
    f"{SHEET_MAIN_NS} {name}" for name in ("sst", "worksheet", "sheetData", "row")
)


def first_sheet(file: IO[bytes]) -> Any:
    """The first sheet of a workbook, its rows still to be read.

    Raises:
        FileRefusedError: it would unpack to too much.
        Exception: it is damaged, or no workbook; the reader fails in every way there is.

    """
    reader = _Reader(file)
    reader.read()
    return reader.sheet


class _Reader(ExcelReader):
    """Reads what the cells of the first sheet need."""

    sheet: Any

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(PausingFile(file), read_only=True, data_only=True, keep_links=False)
        self.archive = _Parts(PausingFile(file))  # type: ignore[arg-type]

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        sheet, relation = next(
            each
            for each in self.parser.find_sheets()
            if each[1].target in self.valid_files and "chartsheet" not in each[1].Type
        )
        self.sheet = ReadOnlyWorksheet(self.wb, sheet.name, relation.target, self.shared_strings)


class _Parts(zipfile.ZipFile):
    """The parts of a workbook, each small or looked through."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._looked_through: set[str] = set()
        if sum(each.file_size for each in self.infolist()) > MOST_UNPACKED:
            raise _too_much()

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name).file_size > _MOST_WHOLE:
            raise _too_much()
        with super().open(name, pwd=pwd) as part:
            return part.read()

    def open(self, name: Any, mode: Any = "r", pwd: Any = None, **more: Any) -> IO[bytes]:
        if name not in self._looked_through:
            with super().open(name, pwd=pwd) as part:
                _Look().through(part)
            self._looked_through.add(name)
        return super().open(name, mode, pwd, **more)


class _Look:
    """Looks through one part: how much of it would be held at once."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._depth = 0
        self._is_rows = False
        self._most_beside = _MOST_BESIDE_ROWS
        self._rows = self._beside = self._of_row = self._marked = 0
        self._is_sheet = False

    def through(self, part: IO[bytes]) -> None:
        pause, read = Pauses(), 0
        while piece := part.read(_PIECE):
            self._parser.Parse(piece)
            read += len(piece)
            if read - self._marked > _LONGEST_ROW:
                raise _too_much()
            pause()
        self._parser.Parse(b"", True)  # noqa: FBT003

    def _begin(self, name: str, _attributes: object) -> None:
        self._depth += 1
        if self._depth <= 3:  # noqa: PLR2004
            self._marked = self._parser.CurrentByteIndex
            if self._depth == 1:
                self._most_beside = _MOST_OF_STRINGS if name == _TEXTS else _MOST_BESIDE_ROWS
                self._is_sheet = name == _SHEET
            elif self._depth == 2:  # noqa: PLR2004
                self._is_rows = self._is_sheet and name == _ROWS
            elif self._is_rows and name == _ROW:
                self._of_row = 0
                self._rows += 1
                if self._rows > MOST_ROWS_OF_SHEET:
                    raise _too_much()
                return
        if self._is_rows:
            self._of_row += 1
            if self._of_row > _MOST_OF_ROW:
                raise _too_much()
        else:
            self._beside += 1
            if self._beside > self._most_beside:
                raise _too_much()

    def _end(self, _name: str) -> None:
        self._depth -= 1


def _too_much() -> FileRefusedError:
    return FileRefusedError(
        "fișierul XLSX este prea mare după dezarhivare; salvați-l ca CSV",
        "the XLSX file unpacks to too much; save it as CSV",
    )
