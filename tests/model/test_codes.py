import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from magazie.model.codes import (
    check_digit,
    has_valid_check_digit,
    in_store_ean,
    keys_of,
    match_keys,
    normalise_code,
    normalise_gtin,
)

PLACEHOLDERS = ["", " ", "0", "-", "--", "0000000000000", "00000000", "n/a", "N/A", "N / A", "."]
PLACEHOLDERS += ["null", "None", "NaN", "\u00a0", "\u200b", "０", "0-0", "fără cod", "_", "#"]


@pytest.mark.parametrize(
    "text",
    [
        "CAN-330",
        "CAN-330 ",
        "can-330",
        "CAN\xa0-330",
        "ＣＡＮ-330",
        "\tCAN-330\r\n",
        "CAN -330",
        "\ufeffCAN-330",
        "CAN\u200b-330",
        "CAN\xad-330",
    ],
)
def test_spelling_does_not_tell_codes_apart(text: str) -> None:
    assert normalise_code(text) == "can-330"


@pytest.mark.parametrize("text", [None, *PLACEHOLDERS])
def test_a_placeholder_is_no_code_and_no_key(text: str | None) -> None:
    assert normalise_code(text) is None
    assert normalise_gtin(text) is None
    assert keys_of(text) == ()
    assert match_keys(text, text, PLACEHOLDERS) == frozenset()


@pytest.mark.parametrize("text", ["10", "O", "A", "0A", "-1", "nab", "CAN-330", "Ș", "007"])
def test_short_codes_are_still_codes(text: str) -> None:
    assert normalise_code(text) is not None


def test_marks_inside_a_code_tell_codes_apart() -> None:
    forms = {normalise_code(text) for text in ("A-1", "A1", "A.1", "A/1", "A_1", "A-01")}
    assert len(forms) == 6


@given(st.text(max_size=20))
def test_normalising_again_changes_nothing(text: str) -> None:
    code = normalise_code(text)
    assume(code is not None)
    assert normalise_code(code) == code


@given(st.text(alphabet="abcxyzABCXYZ0189-./", min_size=1, max_size=12), st.data())
def test_blanks_and_case_never_matter(text: str, data: st.DataObject) -> None:
    blank = st.sampled_from(["", " ", "\t", "\u00a0", "\u200b", "\u3000", "\r\n"])
    noisy = "".join(data.draw(blank) + letter for letter in text) + data.draw(blank)
    assert normalise_code(noisy.swapcase()) == normalise_code(text)


@pytest.mark.parametrize(
    "value",
    [
        "012345678905",
        "12345678905",
        "0012345678905",
        "00012345678905",
        12345678905,
        " 0012345678905\n",
        "００12345678905",
    ],
)
def test_a_leading_zero_more_or_less_is_the_same_gtin(value: str | int) -> None:
    assert normalise_gtin(value) == "00012345678905"


@pytest.mark.parametrize(
    ("value", "gtin"),
    [
        ("20000011", "00000020000011"),
        ("2000000001012", "02000000001012"),
        (2000000001012, "02000000001012"),
        ("8059175959134", "08059175959134"),
        ("2000000001013", None),  # wrong check digit
        ("12345678904", None),  # 11 digits whose check digit does not fit
        ("843297", None),
        ("1000199", None),
        ("https://exemplu.ro/poza.jpg", None),
        ("5.94E+12", None),
        ("000000000000000012345678905", None),
        (0, None),
        (-12345678905, None),
        (10**20, None),
        (True, None),
    ],
)
def test_what_is_a_gtin(value: str | int, gtin: str | None) -> None:
    assert normalise_gtin(value) == gtin


def test_an_absurd_number_is_no_gtin() -> None:
    assert normalise_gtin(10**5000) is None


@given(st.sampled_from([7, 11, 12, 13]), st.data())
def test_one_check_digit_fits_and_catches_every_single_slip(
    length: int, data: st.DataObject
) -> None:
    digits = st.text(alphabet="0123456789", min_size=length, max_size=length)
    payload = data.draw(digits)
    right = payload + check_digit(payload)
    assert has_valid_check_digit(right)
    assert has_valid_check_digit("0" + right)
    place = data.draw(st.integers(0, length))
    slip = str((int(right[place]) + data.draw(st.integers(1, 9))) % 10)
    assert not has_valid_check_digit(right[:place] + slip + right[place + 1 :])


@pytest.mark.parametrize("text", ["", "0", "12a", "１２", "²0", " 12"])
def test_what_has_no_check_digit(text: str) -> None:
    assert not has_valid_check_digit(text)


def test_own_labels() -> None:
    assert [in_store_ean(number) for number in (101, 102, 103)] == [
        "2000000001012",
        "2000000001029",
        "2000000001036",
    ]
    assert has_valid_check_digit(in_store_ean(10**10 - 1))
    for number in (-1, 10**10):
        with pytest.raises(ValueError, match="ten digits"):
            in_store_ean(number)


@given(st.integers(0, 10**10 - 1))
def test_own_labels_are_right_gtins_of_their_own(number: int) -> None:
    ean = in_store_ean(number)
    assert normalise_gtin(ean) == "0" + ean
    assert int(ean[2:-1]) == number


def test_sku_and_ean_are_each_looked_up_among_all_codes_of_the_other() -> None:
    ours = match_keys("CAN-330", "2000000001012", ["OLD-7", "5940000000011"])
    for theirs in (
        match_keys("can-330 ", ""),
        match_keys("2000000001012", None),
        match_keys("altceva", "02000000001012"),
        match_keys("old-7", "0"),
        match_keys("x", "OLD-7"),
        match_keys("05940000000011", None),
    ):
        assert ours & theirs
    assert not ours & match_keys("CAN-33", "2000000001029", ["OLD-70", "0", ""])


def test_a_code_is_not_met_through_the_padding_of_a_number() -> None:
    wrong_check_digit = "2000000001013"
    assert not match_keys(wrong_check_digit, None) & match_keys("0" + wrong_check_digit, None)
    assert match_keys(wrong_check_digit, None) & match_keys(None, wrong_check_digit)


@given(st.text(max_size=16), st.text(max_size=16), st.lists(st.text(max_size=16), max_size=3))
def test_keys_are_tagged_and_those_of_the_parts(code: str, ean: str, more: list[str]) -> None:
    keys = match_keys(code, ean, more)
    assert keys == {key for text in (code, ean, *more) for key in keys_of(text)}
    assert all(key[:2] in {"c:", "g:"} and len(key) > 2 for key in keys)
