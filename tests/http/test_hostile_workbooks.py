"""Workbooks that are broken, or that would unpack to an endless one, are refused in clear words."""

import io
import zipfile

import openpyxl
import pytest

from tests.http.edges import Edge
from tests.http.file_desk import by_code, send

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>cod</t></is></c></row>'
STRINGS = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def workbook(**parts: str) -> bytes:
    """A workbook with some of its parts replaced: ``sheet``, ``styles``, ``strings``."""
    plain, written = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["cod", "denumire"], *([f"A{n}", f"Produsul {n}"] for n in range(50))):
        book.active.append(row)
    book.save(plain)
    names = {
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{HEAD}{parts.get('sheet')}"
        "</sheetData></worksheet>",
        "xl/styles.xml": f"<styleSheet {MAIN}><cellXfs>{parts.get('styles')}</cellXfs>"
        "</styleSheet>",
    }
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if ("sheet" in parts and "sheet1" in name) or ("styles" in parts and "styles" in name):
                content = names[name]
            if "strings" in parts and name == "[Content_Types].xml":
                content = content.replace("</Types>", STRINGS)
            new.writestr(name, content)
        if "strings" in parts:
            new.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{parts['strings']}</sst>")
    return written.getvalue()


def with_bytes(raw: bytes, sign: bytes, offset: int, value: int) -> bytes:
    """The archive with one byte changed after the last ``sign`` in it."""
    changed = bytearray(raw)
    changed[raw.rindex(sign) + offset] = value
    return bytes(changed)


def with_a_broken_stream(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    begin = part.header_offset + 30 + len(part.filename)
    changed = bytearray(raw)
    changed[begin + 40 : begin + 80] = b"\xff" * 40
    return bytes(changed)


@pytest.mark.parametrize(
    "raw",
    [
        with_a_broken_stream(workbook()),
        with_bytes(workbook(), b"PK\x01\x02", 6, 99),  # needs a newer unpacker
        with_bytes(workbook(), b"PK\x01\x02", 8, 1),  # says that it is encrypted
        workbook(sheet='<row r="2000000"><c r="A2000000"><v>1</v></c></row>'),
    ],
    ids=["broken stream", "new zip", "encrypted", "row two million"],
)
async def test_a_broken_workbook_is_refused(edge: Edge, raw: bytes) -> None:
    problem = await send(edge, "products", raw, status=422)

    assert "damaged" in problem["detail"]
    assert await by_code(edge) == {}


@pytest.mark.parametrize(
    "raw",
    [
        workbook(styles="<xf/>" * 500_000),
        workbook(sheet=f'<row r="2">{"<c/>" * 200_000}</row>'),
        workbook(sheet="<row/>" * 1_100_000),
        workbook(sheet=f'<row r="2"><c t="inlineStr"><is><t>{"a" * 9_000_000}</t></is></c></row>'),
        workbook(sheet="</sheetData><mergeCells>" + "<mergeCell/>" * 300_000 + "</mergeCells>"
                 "<sheetData>"),
        workbook(strings="<si/>" * 2_100_000),
    ],
    ids=["styles", "wide row", "rows", "long cell", "beside rows", "strings"],
)  # fmt: skip
async def test_a_small_file_that_unpacks_to_an_endless_one_is_refused(
    edge: Edge, raw: bytes
) -> None:
    assert len(raw) < 100_000
    problem = await send(edge, "products", raw, status=422)

    assert "unpacks to too much" in problem["detail"]
    assert await by_code(edge) == {}
