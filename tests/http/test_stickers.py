import asyncio
import io
import re
from itertools import pairwise

import pypdf
import pytest

from magazie.model.codes import has_valid_check_digit
from tests.http.edges import Edge

EAN_L = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
PARITY = (
    *("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG"),
    *("LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"),
)


async def made(edge: Edge, products: list[object], **more: object) -> bytes:
    answer = await edge.ask("POST", "/api/v1/stickers", {"products": products, **more})
    assert answer.status == 200, await answer.text()
    return await answer.read()


def read_ean_13(modules: str) -> str:
    """What a scanner makes of 95 light and dark modules."""
    assert modules[:3] == "101"
    assert modules[45:50] == "01010"
    assert modules[-3:] == "101"
    digits, parity = "", ""
    for start in range(3, 45, 7):
        part = modules[start : start + 7]
        mirrored = "".join("10"[int(bit)] for bit in reversed(part))
        parity += "L" if part in EAN_L else "G"
        digits += str(EAN_L.index(part if part in EAN_L else mirrored))
    for start in range(50, 92, 7):
        part = "".join("10"[int(bit)] for bit in modules[start : start + 7])
        digits += str(EAN_L.index(part))
    return f"{PARITY.index(parity)}{digits}"


def bars_of(page: pypdf.PageObject) -> str:
    """The modules of the bars drawn on a page."""
    content = page.get_contents()
    assert content is not None
    number = r"(-?[\d.]+)"
    drawn = re.findall(
        rf"n {number} {number} {number} {number} re f\*?", content.get_data().decode("latin-1")
    )
    bars = sorted((float(x), float(w)) for x, _, w, _ in drawn)
    module = min(width for _, width in bars)
    text = ""
    for (left, width), (following, _) in pairwise([*bars, (bars[-1][0] + bars[-1][1], 0)]):
        text += "1" * round(width / module) + "0" * round((following - left - width) / module)
    return text


async def test_a_pdf_has_the_name_and_a_readable_code(edge: Edge) -> None:
    product = await edge.product("A1", name="Șurubelniță în țeavă", ean="5940000000011")
    pdf = pypdf.PdfReader(io.BytesIO(await made(edge, [{"product": product["id"], "copies": 2}])))

    assert len(pdf.pages) == 2
    text = pdf.pages[0].extract_text()
    assert "Șurubelniță" in text
    assert "țeavă" in text
    assert "5940000000011" in text
    assert read_ean_13(bars_of(pdf.pages[0])) == "5940000000011"


async def test_stickers_share_sheets(edge: Edge) -> None:
    product = await edge.product("A1", ean="5940000000011")
    wanted = [{"product": product["id"], "copies": 28}]
    pdf = pypdf.PdfReader(io.BytesIO(await made(edge, wanted, paper="a4")))

    assert len(pdf.pages) == 2  # three by nine on each


@pytest.mark.parametrize("kept_as", ["ean", "additional"])
async def test_goods_without_an_ean_get_a_lasting_own_code(edge: Edge, kept_as: str) -> None:
    product = await edge.product("A1")
    wanted: list[object] = [{"product": product["id"]}]
    first = await made(edge, wanted, format="zpl", own_code=kept_as)
    again = await made(edge, wanted, format="zpl", own_code=kept_as)
    now = await edge.get(f"/api/v1/products/{product['id']}")

    codes = [now["ean"], *(it["code"] for it in now["additional_codes"])]
    (own,) = [code for code in codes if code]
    assert own.startswith("20")
    assert len(own) == 13
    assert has_valid_check_digit(own)
    assert bool(now["ean"]) is (kept_as == "ean")
    assert first == again
    assert f"^FD{own[:-1]}^FS".encode() in first
    assert now["version"] == 2


@pytest.mark.parametrize("kept_as", ["ean", "additional"])
async def test_who_presses_print_twice_gets_one_own_code(edge: Edge, kept_as: str) -> None:
    product = await edge.product("A1")
    wanted: list[object] = [{"product": product["id"]}]
    printed = await asyncio.gather(
        *(made(edge, wanted, format="zpl", own_code=kept_as) for _ in range(4))
    )
    now = await edge.get(f"/api/v1/products/{product['id']}")

    assert len(set(printed)) == 1
    assert len([now["ean"], *now["additional_codes"]]) == (1 if kept_as == "ean" else 2)
    assert now["version"] == 2


async def test_an_ean_is_never_changed(edge: Edge) -> None:
    product = await edge.product("A1", ean="COD-X 1")
    text = (await made(edge, [{"product": product["id"]}], format="zpl")).decode()

    assert "^BCN" in text
    assert "^FDCOD-X 1^FS" in text
    assert (await edge.get(f"/api/v1/products/{product['id']}"))["version"] == 1


async def test_a_taken_own_code_is_passed_over(edge: Edge) -> None:
    first = await edge.product("A1")
    await made(edge, [{"product": first["id"]}], format="zpl")
    taken = (await edge.get(f"/api/v1/products/{first['id']}"))["ean"]
    answer = await edge.ask("PATCH", f"/api/v1/products/{first['id']}", {"ean": ""})
    assert answer.status == 200
    await edge.product("A2", ean=taken)
    await made(edge, [{"product": first["id"]}], format="zpl")

    now = (await edge.get(f"/api/v1/products/{first['id']}"))["ean"]
    assert int(now[:-1]) == int(taken[:-1]) + 1


@pytest.mark.parametrize(
    "more",
    [{"size": "20x20"}, {"size": "999x10"}, {"size": "200x200", "paper": "a4"}, {"format": "png"}],
)
async def test_what_cannot_be_printed_is_told(edge: Edge, more: dict[str, object]) -> None:
    product = await edge.product("A1")
    body = {"products": [{"product": product["id"]}], **more}
    assert (await edge.ask("POST", "/api/v1/stickers", body)).status == 422
    assert (await edge.get(f"/api/v1/products/{product['id']}"))["version"] == 1


async def test_one_that_cannot_be_made_makes_none(edge: Edge) -> None:
    fine, odd = await edge.product("A1"), await edge.product("A2", ean="șțș")
    body = {"products": [{"product": it} for it in (fine["id"], odd["id"], "0000000000009")]}
    answer = await edge.ask("POST", "/api/v1/stickers", body)

    assert answer.status == 422
    fields = [each["field"] for each in (await answer.json())["errors"]]
    assert fields == ["products[1].product", "products[2].product"]
    assert (await edge.get(f"/api/v1/products/{fine['id']}"))["version"] == 1
