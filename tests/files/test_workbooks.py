"""A large workbook is read row by row: nothing of what was read is kept."""

import gc
import io
import itertools
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import openpyxl
import pytest
from openpyxl.cell.text import Text
from openpyxl.reader import strings
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from magazie.files.tables import rows_of

ROWS = 6000
MOST_ELEMENTS = 2000
TABLE = "sharedStrings.xml"
HEADER = ["cod", "denumire", "preț"]


def _plain() -> bytes:
    """As openpyxl writes it in one go: texts stand in their cells."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for number in range(ROWS):
        sheet.append([f"A{number}", f"Denumirea {number}", 1.5])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _shared() -> bytes:
    """As spreadsheet programs write it: texts stand in a table of their own."""
    texts = [*HEADER]
    rows = ["".join(f'<c t="s"><v>{at}</v></c>' for at in range(3))]
    for number in range(ROWS):
        rows.append("".join(f'<c t="s"><v>{len(texts) + at}</v></c>' for at in range(2)))
        rows[-1] += "<c><v>1.5</v></c>"
        texts += [f"A{number}", f"Denumirea {number}"]
    cells = "".join(f'<row r="{at}">{row}</row>' for at, row in enumerate(rows, start=1))
    sheet = f'<worksheet xmlns="{SHEET_MAIN_NS}"><sheetData>{cells}</sheetData></worksheet>'
    table = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_plain())) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = sheet.encode()
            elif name == "[Content_Types].xml":
                kind = f'<Override PartName="/xl/{TABLE}" ContentType="{SHARED_STRINGS}"/>'
                part = part.replace(b"</Types>", kind.encode() + b"</Types>")
            target.writestr(name, part)
        target.writestr(f"xl/{TABLE}", f'<sst xmlns="{SHEET_MAIN_NS}">{table}</sst>')
    return written.getvalue()


def _elements() -> int:
    """XML elements that are alive."""
    return sum(isinstance(each, Element) for each in gc.get_objects())


@pytest.mark.parametrize("made", [_plain, _shared])
def test_what_was_read_of_a_workbook_is_not_kept(
    made: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, before = io.BytesIO(made()), _elements()
    counts: list[int] = []
    texts = itertools.count()

    class Watched(Text):
        """A text of the table of strings, which is read before the first row."""

        @classmethod
        def from_tree(cls, node: Element) -> Any:
            if next(texts) % 500 == 0:
                counts.append(_elements())
            return super().from_tree(node)

    monkeypatch.setattr(strings, "Text", Watched)
    read = 0
    for line in rows_of(file):
        read += 1
        if line.number % 500 == 0:
            counts.append(_elements())
    assert read == ROWS + 1
    assert len(counts) >= ROWS // 500
    assert max(counts) - before < MOST_ELEMENTS, "those of what is parsed at a time, and no more"
