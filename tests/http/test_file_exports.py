import asyncio
import csv
import io
from typing import Any

import openpyxl
import pytest

from magazie.actors.settings_book import Role
from tests.http.edges import Edge


async def exported(edge: Edge, path: str) -> bytes:
    answer = await edge.ask("GET", path, role=Role.OFFICE)
    assert answer.status == 200, await answer.text()
    return await answer.read()


def cells(raw: bytes, delimiter: str = ";") -> list[list[str]]:
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=delimiter))


async def imported(edge: Edge, kind: str, raw: bytes) -> Any:
    answer = await edge.ask(
        "POST", f"/api/v1/files/{kind}", raw=raw, headers={"Content-Type": "text/csv"}
    )
    assert answer.status == 202, await answer.text()
    started = await answer.json()
    async with asyncio.timeout(10):
        while True:
            job = await edge.get(f"/api/v1/jobs/{started['job']}", role=Role.OFFICE)
            if job["state"] == "done":
                return job["result"]
            await asyncio.sleep(0.005)


async def stocked(edge: Edge) -> None:
    category = await edge.post("/api/v1/categories", {"name": "Scule"})
    await edge.product(
        "A1",
        name="=2+2 „Șurub”; mare",
        ean="5940000000011",
        weight="1.234",
        tracking="serial",
        category_id=category["id"],
        prices={"principal": "12.345", "raft": "1234.5"},
        additional_codes=[{"code": "A1x"}, {"code": "CUT", "kind": "packaging", "pieces": "6"}],
    )
    await edge.product("A3", description="ă" * 150_000)
    await edge.product("A2", description="două\nlinii", brand="-x", vat_rate="9.5")


@pytest.mark.parametrize("query", ["csv", "csv?decimals=comma&delimiter=tab", "xlsx"])
@pytest.mark.parametrize("kind", ["products", "codes", "prices"])
async def test_what_goes_out_comes_back_unchanged(edge: Edge, kind: str, query: str) -> None:
    await stocked(edge)
    before = await edge.get("/api/v1/products")
    result = await imported(edge, kind, await exported(edge, f"/api/v1/files/{kind}.{query}"))

    assert (result["bad"], result["created"], result["changed"]) == (0, 0, 0), result
    assert result["ignored_columns"] == []
    assert result["unchanged"] > 0
    assert await edge.get("/api/v1/products") == before


async def test_nothing_in_a_csv_runs(edge: Edge) -> None:
    await stocked(edge)
    rows = cells(await exported(edge, "/api/v1/files/products.csv"))

    assert rows[1][1] == "'=2+2 „Șurub”; mare"
    assert rows[2][4] == "'-x"


async def test_nothing_in_an_xlsx_runs(edge: Edge) -> None:
    await stocked(edge)
    raw = await exported(edge, "/api/v1/files/products.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active

    assert sheet is not None
    assert sheet["B2"].value == "=2+2 „Șurub”; mare"
    assert sheet["B2"].data_type == "s"
    assert sheet["C2"].value == "5940000000011"


async def test_filters_and_many_pages(edge: Edge) -> None:
    for number in range(230):
        await edge.product(f"P{number:03}", brand="a" if number % 2 else "b")
    rows = cells(await exported(edge, "/api/v1/files/products.csv"))
    only = cells(await exported(edge, "/api/v1/files/products.csv?brand=a"))

    assert [row[0] for row in rows[1:]] == [f"P{number:03}" for number in range(230)]
    assert len(only) == 1 + 115


async def test_a_listing_goes_out(edge: Edge) -> None:
    rows = cells(await exported(edge, "/api/v1/shops/magazin/listing.csv?delimiter=comma"), ",")
    assert rows[0][:4] == ["external_id", "sku", "ean", "name"]
    assert (await edge.ask("GET", "/api/v1/shops/altul/listing.csv")).status == 404
    assert (await edge.ask("GET", "/api/v1/files/products.pdf")).status == 404
    assert (await edge.ask("HEAD", "/api/v1/files/products.csv")).status == 200
