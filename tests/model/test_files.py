from hypothesis import assume, given
from hypothesis import strategies as st

from magazie.model.file_columns import FileKind, columns_of
from magazie.model.file_encoding import DoubtfulEncodingError, EncodingSearch
from magazie.model.spreadsheet_text import escape_formula, unescape_formula

TEXTS = st.text(alphabet="'=+-@\t\rab", max_size=6)
ROMANIAN = st.text(alphabet="abc ăâîșțĂÂÎȘȚ;\n", max_size=30)


@given(TEXTS)
def test_an_escaped_text_comes_back(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


@given(TEXTS)
def test_an_escaped_text_never_runs(text: str) -> None:
    assert not escape_formula(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def found(raw: bytes, size: int) -> str:
    search = EncodingSearch()
    for start in range(0, len(raw), size):
        search.feed(raw[start : start + size])
    return search.found()


def is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(ROMANIAN, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "iso8859-16"]), st.integers(1, 9))
def test_romanian_text_is_read_as_it_was_written(text: str, encoding: str, size: int) -> None:
    raw = text.encode(encoding)
    # a few letters of a code page in a row may be one of UTF-8: no word of Romanian is
    assume(not encoding.startswith("iso") or raw.isascii() or not is_utf_8(raw))
    try:
        name = found(raw, size)
    except DoubtfulEncodingError:
        return  # saying nothing is right; saying the wrong thing is not
    assert raw.decode(name) == text


def test_letters_that_differ_between_code_pages_are_doubtful() -> None:
    for raw in (b"\xb9", b"\xa5", b"\xe8 \xe0", b"\x81", "ß „".encode("cp1250") + b"\xe8"):
        try:
            found(raw, 1)
        except DoubtfulEncodingError:
            continue
        raise AssertionError(raw)


def test_a_header_of_a_hundred_thousand_empty_columns_is_read_at_once() -> None:
    columns = columns_of(["cod", *[""] * 200_000], FileKind.PRODUCTS, frozenset())

    assert (columns.fields, columns.width) == ({"code": 0}, 1)


def test_columns_are_known_by_both_names() -> None:
    columns = columns_of(
        ["COD", "Denumire ", "Cod_de_bare", "TVA", "Preț raft", "alta", "", ""],
        FileKind.PRODUCTS,
        frozenset({"raft"}),
    )
    assert columns.fields == {"code": 0, "name": 1, "ean": 2, "vat_rate": 3}
    assert columns.prices == {"raft": 4}
    assert columns.ignored == ("alta",)
    assert columns.width == 6
