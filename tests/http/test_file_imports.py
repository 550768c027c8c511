"""Files of products, codes and prices come in: told by line, all or nothing."""

import csv
import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from magazie.actors.settings_book import Role
from magazie.files import workbooks
from tests.http.edges import Edge
from tests.http.file_desk import by_code, done, problems, send

CSV = {"Content-Type": "text/csv"}


async def test_products_come_in_with_prices_and_codes(edge: Edge) -> None:
    text = (
        "cod;denumire;ean;tva;greutate;cod suplimentar;preț principal;preț raft\r\n"
        "A1;Ștecher „negru”;5940000000011;21%;0,5;A1-b|A1-c;12,50;13\r\n"
        "A2;Priză;;9;;;;\r\n"
    )
    result = await done(edge, "products", text)

    assert (result["created"], result["bad"], result["is_applied"]) == (2, 0, True)
    first = (await by_code(edge))["A1"]
    assert first["name"] == "Ștecher „negru”"
    assert first["prices"] == {"principal": "12.50", "raft": "13.00"}
    assert (first["vat_rate"], first["weight"], first["ean"]) == ("21", "0.5", "5940000000011")
    assert [it["code"] for it in first["additional_codes"]] == ["A1-b", "A1-c"]


async def test_the_same_file_again_changes_nothing(edge: Edge) -> None:
    text = "code,name,price\nA1,One,12.50\nA2,Two,3\n"
    await done(edge, "products", text, "?warehouse=principal")
    before = await by_code(edge)
    again = await done(edge, "products", text, "?warehouse=principal")

    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert await by_code(edge) == before


async def test_an_empty_cell_changes_nothing_and_a_filled_one_does(edge: Edge) -> None:
    await edge.product("A1", brand="Veche", unit="set")
    result = await done(edge, "products", "cod;denumire;brand;um\nA1;;Nouă;\n")

    assert (result["created"], result["changed"]) == (0, 1)
    product = (await by_code(edge))["A1"]
    assert (product["name"], product["brand"], product["unit"]) == ("Produsul A1", "Nouă", "set")


async def test_what_is_noted_of_goods_is_told_in_either_language(edge: Edge) -> None:
    text = "cod;denumire;urmărire\nA1;Unu;Serie\nA2;Doi;lot\nA3;Trei;\nA4;Patru;fără\n"
    await done(edge, "products", text)

    products = await by_code(edge)
    tracking = [products[code]["tracking"] for code in ("A1", "A2", "A3", "A4")]
    assert tracking == ["serial", "lot", "none", "none"]
    bad = await done(edge, "products", "code,tracking\nA1,none\nA2,maybe\n")
    assert await problems(edge, bad) == [(3, "tracking")]
    assert (await by_code(edge))["A1"]["tracking"] == "serial"


async def test_one_bad_row_stops_the_whole_file(edge: Edge) -> None:
    text = "cod;denumire;preț principal\nA1;Unu;12,50\nA2;Doi;1.234\nA3;;5\n"
    result = await done(edge, "products", text)

    assert (result["is_applied"], result["bad"], result["created"]) == (False, 2, 1)
    assert await problems(edge, result) == [(3, "price principal"), (4, "name")]
    assert await by_code(edge) == {}


async def test_bad_rows_are_skipped_where_that_is_asked(edge: Edge) -> None:
    text = "cod;denumire;preț principal\nA1;Unu;12,50\nA2;Doi;1.234\n"
    result = await done(edge, "products", text, "?skip_bad=true")

    assert (result["is_applied"], result["bad"], result["created"]) == (True, 1, 1)
    assert set(await by_code(edge)) == {"A1"}


async def test_a_dry_run_only_tells(edge: Edge) -> None:
    result = await done(edge, "products", "cod;denumire\nA1;Unu\n", "?dry_run=true")

    assert (result["is_applied"], result["created"]) == (False, 1)
    assert await by_code(edge) == {}


async def test_a_price_of_nothing_is_told_and_one_that_was_nothing_comes_back_in(
    edge: Edge,
) -> None:
    await edge.product("A1", prices={"raft": "0"})
    await edge.product("A2", prices={"raft": "5"})
    prices = await done(edge, "prices", "cod;preț raft\nA1;0\nA2;0,00\n")
    products = await done(edge, "products", "cod;denumire;preț raft\nA3;Trei;0\n")

    assert await problems(edge, prices) == [(3, "price raft")]
    assert await problems(edge, products) == [(2, "price raft")]
    assert (await by_code(edge))["A2"]["prices"] == {"raft": "5.00"}
    again = await done(edge, "prices", "cod;preț raft\nA1;0\n")
    assert (again["bad"], again["unchanged"]) == (0, 1)


async def test_what_is_wrong_is_told_without_the_whole_of_a_long_cell(edge: Edge) -> None:
    result = await done(edge, "products", f"cod;denumire;tva\nA1;Unu;{'9' * 100_000}\n")
    shown = await edge.get(f"/api/v1/files/imports/{result['id']}/problems", role=Role.OFFICE)

    (problem,) = shown["items"]
    assert len(problem["ro"]) < 200
    assert len(problem["en"]) < 200


async def test_duplicates_inside_a_file_are_told(edge: Edge) -> None:
    text = (
        "cod;denumire;ean;cod suplimentar\n"
        "A1;Unu;5940000000011;\na 1;Iar unu;;\nA2;Doi;05940000000011;\nA3;Trei;;X\nA4;Patru;;x\n"
    )
    result = await done(edge, "products", text)

    assert await problems(edge, result) == [(3, "code"), (4, "ean"), (6, "additional_code")]
    assert await by_code(edge) == {}


async def test_a_product_that_two_lines_mean_by_different_codes_is_told(edge: Edge) -> None:
    await edge.product("A1", ean="5940000000011", prices={"raft": "5"})
    await edge.product("012345678905")
    prices = await done(edge, "prices", "cod;preț raft\nA1;7\n5940000000011;8\n")
    products = await done(edge, "products", "cod;denumire\n012345678905;Unu\n0012345678905;Doi\n")
    codes = await done(edge, "codes", "cod;cod suplimentar\nA1;X\n5940000000011;Y\n")

    assert await problems(edge, prices) == [(3, "code")]
    assert await problems(edge, products) == [(3, "code")]
    assert (await by_code(edge))["A1"]["prices"] == {"raft": "5.00"}
    assert (codes["bad"], codes["changed"]) == (0, 2), "a product may have many further codes"


async def test_a_code_of_another_product_is_told(edge: Edge) -> None:
    await edge.product("A1", ean="5940000000011")
    text = "cod;denumire;ean\n5940000000011;Altul;\nB1;Nou;5940000000011\n"
    result = await done(edge, "products", text)

    assert await problems(edge, result) == [(2, "code"), (3, "ean")]


async def test_codes_and_prices_find_products_by_any_code(edge: Edge) -> None:
    await edge.product("A1", ean="5940000000011")
    codes = await done(
        edge, "codes", "cod;cod suplimentar;bucăți\n5940000000011;CUT-6;6\nA1;A1x;\n"
    )
    prices = await done(edge, "prices", "cod;preț\nCUT-6;12,5\n", "?warehouse=raft")

    assert (codes["changed"], prices["changed"]) == (2, 1)
    product = (await by_code(edge))["A1"]
    assert [(it["code"], it["kind"], it["pieces"]) for it in product["additional_codes"]] == [
        ("A1x", "additional", "1"),
        ("CUT-6", "packaging", "6"),
    ]
    assert product["prices"] == {"raft": "12.50"}


async def test_a_price_for_nobody_and_a_further_code_of_two_are_told(edge: Edge) -> None:
    await edge.product("A1")
    await edge.product("A2")
    prices = await done(edge, "prices", "cod;preț\nNIMENI;1\n", "?warehouse=raft")
    codes = await done(edge, "codes", "cod;cod suplimentar\nA1;X\nA2;X\nA1;A2\n")

    assert await problems(edge, prices) == [(2, "code")]
    assert await problems(edge, codes) == [(3, "additional_code"), (4, "additional_code")]


async def test_a_thousand_columns_are_read_and_a_longer_row_is_told(edge: Edge) -> None:
    header = "cod;denumire;" + ";".join(f"c{n}" for n in range(998))
    row = "A1;Unu;" + ";".join("x" for _ in range(998))
    result = await done(edge, "products", f"{header}\n{row}\n")
    assert (result["created"], len(result["ignored_columns"])) == (1, 998)

    longer = await done(edge, "products", f"{header}\nB1;Doi;{';'.join('x' * 1998)}\n")
    assert await problems(edge, longer) == [(2, "")]


async def test_a_formula_is_text(edge: Edge) -> None:
    await done(edge, "products", 'cod;denumire\nA1;"=HYPERLINK(""x"")"\nA2;\'=1+1\n')

    products = await by_code(edge)
    assert products["A1"]["name"] == '=HYPERLINK("x")'
    assert products["A2"]["name"] == "=1+1"  # as an export writes it


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso8859-2", "iso8859-16"]
)
async def test_romanian_letters_arrive_in_every_encoding(edge: Edge, encoding: str) -> None:
    name = "Țintă șubler mâță ĂÂÎ"
    written = (
        name.translate(str.maketrans("șțȘȚ", "şţŞŢ"))
        if encoding in {"cp1250", "iso8859-2"}
        else name
    )
    await done(edge, "products", f"cod;denumire\nA1;{written}\n".encode(encoding))

    assert (await by_code(edge))["A1"]["name"] == name


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"cod;denumire\n", "no rows"),
        (b"alfa;beta\n1;2\n", "no column 'code'"),
        (b"cod;denumire;nume\nA;B;C\n", "twice"),
        (b"cod;denumire\nA1;\xb9\n", "encoding"),
        ("cod;denumire\nA1;Ștecher\n".encode("cp1251", errors="replace") + b"\xe8\xe9", "encoding"),
        (b'cod;denumire\nA1;"fara sfarsit\n', "quote"),
        (b"PK\x03\x04 nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old .xls"),
        (b"\x00\x01\x02", "encoding"),
        (b"cod;pret\nA1;5\n", "warehouse"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused(edge: Edge, raw: bytes, says: str) -> None:
    problem = await send(edge, "products", raw, status=422)

    assert says in problem["detail"]
    assert len(problem["errors"]) == 2  # in both languages
    assert await by_code(edge) == {}


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be"])
async def test_utf_16_without_its_mark_is_refused_where_it_is_asked_for(
    edge: Edge, encoding: str
) -> None:
    raw = "cod;denumire\nA1;Unu\n".encode(encoding)
    problem = await send(edge, "products", raw, "?encoding=utf-16", status=422)

    assert "not written in utf-16" in problem["detail"]
    assert await by_code(edge) == {}


async def test_letters_damaged_before_are_told(edge: Edge) -> None:
    result = await done(
        edge, "products", "cod;denumire\nA1;\u0218techer\nA2;MÄƒturÄƒ\nA3;M\ufffdtur\n"
    )

    assert await problems(edge, result) == [(3, "name"), (4, "name")]


@pytest.mark.parametrize("sign", ["\x01", "\x1d", "\x7f"])
async def test_control_characters_are_told_as_every_request_has_them(edge: Edge, sign: str) -> None:
    text = f'cod;denumire;descriere\nA{sign}1;Unu;\nA2;Do{sign}i;\nA3;Trei;"a\tb\nc"\n'
    result = await done(edge, "products", text, "?skip_bad=true")

    assert await problems(edge, result) == [(2, "code"), (3, "name")]
    assert set(await by_code(edge)) == {"A3"}


async def test_a_code_that_lost_its_digits_is_told(edge: Edge) -> None:
    result = await done(edge, "products", "cod;denumire;ean\nA1;Unu;5,94E+12\n")

    assert await problems(edge, result) == [(2, "ean")]


async def test_a_file_beyond_the_limit_is_not_read(edge: Edge) -> None:
    async def large() -> Any:
        for _ in range(100):
            yield b"x" * (1 << 20)

    headers = {**CSV, "Authorization": f"Bearer {edge.tokens[Role.ADMIN]}"}
    answer = await edge.client.post("/api/v1/files/products", data=large(), headers=headers)
    assert answer.status == 413


async def test_json_is_no_file(edge: Edge) -> None:
    answer = await edge.ask("POST", "/api/v1/files/products", {"code": "A1"})
    assert answer.status == 415


async def test_problems_come_as_csv(edge: Edge) -> None:
    result = await done(edge, "products", "cod;denumire\nA1;\n")
    answer = await edge.ask("GET", f"/api/v1/files/imports/{result['id']}/problems.csv")
    rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig")), delimiter=";"))

    assert rows[1] == [
        "2",
        "name",
        "un produs nou trebuie să aibă denumire",
        "a new product needs a name",
    ]


async def test_an_unknown_warehouse_category_or_column_is_told(edge: Edge) -> None:
    await send(edge, "prices", "cod;pret\nA1;5\n", "?warehouse=nicaieri", status=422)
    result = await done(
        edge, "products", "cod;denumire;id categorie\nA1;Unu;0000000000009\nA2;Doi;x\n"
    )
    assert sorted(await problems(edge, result)) == [(2, "category_id"), (3, "category_id")]


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


async def test_an_xlsx_comes_in_as_its_numbers_are(edge: Edge) -> None:
    raw = workbook(
        [
            ["Cod", "Denumire", "EAN", "Greutate", "Preț principal"],
            ["A1", "Ștecher", 5940000000011, 1.234, 12.345],
            [1001, "Priză", None, None, 0.1 + 0.2],
        ]
    )
    await done(edge, "products", raw)

    products = await by_code(edge)
    assert products["A1"]["ean"] == "5940000000011"
    assert (products["A1"]["weight"], products["A1"]["prices"]) == (
        "1.234",
        {"principal": "12.345"},
    )
    assert products["1001"]["prices"] == {"principal": "0.30"}


async def test_a_code_that_became_a_date_is_told(edge: Edge) -> None:
    raw = workbook([["cod", "denumire"], [dt.datetime(2026, 3, 12), "Unu"]])  # noqa: DTZ001

    assert await problems(edge, await done(edge, "products", raw)) == [(2, "code")]


def repacked(raw: bytes, name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            new.writestr(each, content if each == name else old.read(each))
    return written.getvalue()


async def test_an_xlsx_that_unpacks_to_too_much_is_refused(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 1_000_000)
    sheet = "xl/worksheets/sheet1.xml"
    raw = repacked(workbook([["cod"], ["A1"]]), sheet, b" " * 1_000_001)

    problem = await send(edge, "products", raw, status=422)
    assert "unpacks to too much" in problem["detail"]


async def test_entities_in_an_xlsx_are_not_followed(edge: Edge) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    raw = repacked(workbook([["cod"], ["A1"]]), "xl/worksheets/sheet1.xml", bomb)

    problem = await send(edge, "products", raw, status=422)
    assert "damaged" in problem["detail"]


async def test_a_cell_far_away_is_told_where_it_is(edge: Edge) -> None:
    book = openpyxl.Workbook()
    for place, value in (("A1", "cod"), ("B1", "denumire"), ("A2", "A1"), ("B2", "Unu")):
        book.active[place] = value
    book.active["XFD1048576"] = "x"
    written = io.BytesIO()
    book.save(written)

    result = await done(edge, "products", written.getvalue())
    assert await problems(edge, result) == [(1_048_576, "")]
