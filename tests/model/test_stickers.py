from hypothesis import given
from hypothesis import strategies as st

from magazie.model.barcodes import Barcode, Symbology, barcode_of, is_own_code, own_codes
from magazie.model.codes import has_valid_check_digit
from magazie.model.zpl import zpl_sticker, zpl_text


@given(st.integers(1, 2**63 - 1))
def test_own_codes_are_of_the_own_range_with_a_right_check_digit(product_id: int) -> None:
    codes = own_codes(product_id)
    first, second = next(codes), next(codes)

    assert first != second
    assert all(is_own_code(code) and has_valid_check_digit(code) for code in (first, second))
    assert next(own_codes(product_id)) == first


def test_what_stands_for_a_text() -> None:
    assert barcode_of("5940000000011") == Barcode(Symbology.EAN_13, "5940000000011")
    assert barcode_of("012345678905") == Barcode(Symbology.EAN_13, "0012345678905")
    assert barcode_of("96385074") == Barcode(Symbology.CODE_128, "96385074")
    assert barcode_of("5940000000012") == Barcode(Symbology.CODE_128, "5940000000012")
    assert barcode_of("șurub") is None


@given(st.text(max_size=40))
def test_no_text_is_taken_for_a_command(text: str) -> None:
    written = zpl_text(text)
    assert not set(written) & set("^~\\")
    assert not any(ord(letter) < 32 for letter in written)


def test_a_sticker_in_zpl() -> None:
    barcode = Barcode(Symbology.CODE_128, "A>1^_")
    text = zpl_sticker("Șurub 5^6_~", barcode, width_mm=50, height_mm=30, copies=3)

    assert text.startswith("^XA^CI28^PW400^LL240")
    assert text.endswith("^PQ3^XZ\n")
    assert "^FH_^FDȘurub 5_5E6_5F_7E^FS" in text
    assert "^FH_^FDA>01_5E_5F^FS" in text
