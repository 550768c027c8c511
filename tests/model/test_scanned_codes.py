import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.codes import keys_of, match_keys
from magazie.model.scanned_codes import clean_scan, scan_keys

P1 = match_keys("CAN-330", "2000000001012")


@pytest.mark.parametrize(
    "text",
    [
        "2000000001012",
        "\r2000000001012\n",
        "2000000001012\t",
        "2000000001012\\n",
        "\\r2000000001012\\r\\n",
        "*CAN-330*",
        "*CAN-330*\r\n",
        "]E02000000001012",
        "\x022000000001012\x03",
        "\x1d2000000001012",
        "]C1CAN-330\\n",
        "can-330 ",
        "]A0*CAN-330*",
    ],
)
def test_what_a_reader_adds_does_not_matter(text: str) -> None:
    assert scan_keys(text) & P1


@pytest.mark.parametrize("text", ["", "\r\n", "XXXX", "2000000001029", "\\n", "*", "**", "]E0"])
def test_another_scan_is_not_this_product(text: str) -> None:
    assert not scan_keys(text) & P1


def test_marks_that_belong_to_a_code_stay() -> None:
    assert clean_scan("A*B*C") == "A*B*C"
    assert clean_scan("*A") == "*A"
    assert clean_scan("C:\\new") == "C:\\new"
    assert clean_scan("[E0]") == "[E0]"
    assert "c:*x*" in scan_keys("*X*")
    assert "c:x" in scan_keys("*X*")


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,12}[A-Za-z0-9]", fullmatch=True))
def test_a_bare_code_is_left_alone(code: str) -> None:
    assert clean_scan(code) == code
    assert scan_keys(code) == set(keys_of(code))


@given(st.text(max_size=30))
def test_any_reading_is_survived(text: str) -> None:
    assert set(keys_of(text)) <= scan_keys(text)
    assert len(clean_scan(text)) <= len(text)
