import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.romanian_letters import comma_letters, fold


@pytest.mark.parametrize("text", ["Iaşi", "Iași", "Ias\u0327i", "Ias\u0326i"])
def test_the_comma_form_is_kept(text: str) -> None:
    assert comma_letters(text) == "Iași"


def test_all_four_letters() -> None:
    assert comma_letters("şţŞŢ ăâîĂÂÎ abc") == "șțȘȚ ăâîĂÂÎ abc"


@pytest.mark.parametrize("text", ["Iaşi", "Iași", "IASI", "Ias\u0327i", "iasi", "ＩＡȘＩ"])
def test_one_search_form(text: str) -> None:
    assert fold(text) == "iasi"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Târgu Mureș", "targu mures"),
        ("Tîrgu Mureş", "tirgu mures"),
        ("ŢARĂ", "tara"),
        ("Straße Łódź Đ Ørsted Æ", "strasse lodz d orsted ae"),
        ("a\u00a0b", "a b"),
        ("İ", "i"),
    ],
)
def test_search_forms(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_the_comma_form_is_composed_and_stays(text: str) -> None:
    kept = comma_letters(text)
    assert comma_letters(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not set(kept) & set("şţŞŢ")
    assert fold(kept) == fold(text)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(unicodedata.category(letter) == "Mn" for letter in folded)


@given(st.text(alphabet="aăâbcdefghiîjklmnoprsștțuvwxyzAĂÂSȘTȚ "))
def test_case_and_diacritics_never_matter_to_a_search(text: str) -> None:
    assert fold(text.upper()) == fold(text) == fold(text.translate(str.maketrans("șțȘȚ", "şţŞŢ")))
    assert fold(text).isascii()
