"""What is wrong with a shop's item: kept by code, told in two languages."""

import re
import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model import item_problems, old_item_problems
from magazie.model.foreign_numbers import NumberFault
from magazie.model.item_problems import (
    ItemProblem,
    ItemProblemCode,
    conflict_text,
    kept,
    left_to_a_person,
    read,
    what,
    words,
)
from magazie.model.match_words import why
from magazie.model.matching import MatchAction, MatchReason, Verdict

CODES = list(ItemProblemCode)
FIELDS = [*item_problems._FIELDS, "altceva"]
NAMES = ["field", "value", "one", "other", "currency", "sku", "ean", "items", "detail"]
VALUES = st.dictionaries(st.sampled_from(NAMES[1:]), st.text(max_size=20)).flatmap(
    lambda values: st.sampled_from(FIELDS).map(lambda field: {**values, "field": field})
)
PROBLEMS = st.builds(ItemProblem, st.sampled_from(CODES), VALUES)


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_code_has_words_in_one_place_and_both_languages_name_the_same() -> None:
    told, asked = item_problems._RO_EN, item_problems._ASKED

    assert set(told) | set(asked) == set(CODES)
    assert not set(told) & set(asked)
    for ro, en in (*told.values(), *asked.values(), *item_problems._FIELDS.values()):
        assert names_in(ro) == names_in(en) <= set(NAMES)
        assert en.isascii(), en
        assert not set("şţŞŢ") & set(ro), ro
    assert {it.value for it in NumberFault} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_language_has_its_own_sentence(code: ItemProblemCode) -> None:
    values = {**{name: f"<{name}>" for name in NAMES}, "field": "weight"}
    told = {language: words(ItemProblem(code, values), language) for language in ("ro", "en")}

    assert told["ro"] != told["en"]
    for text in told.values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert not re.search(r"[{}]", text)
    assert "The weight" not in told["ro"]


@given(PROBLEMS)
def test_every_place_is_filled_whatever_the_values(problem: ItemProblem) -> None:
    bare = ItemProblem(problem.code)
    for language in ("ro", "en"):
        assert words(problem, language)
        assert not re.search(r"\{\w*\}", words(bare, language))


@given(st.lists(PROBLEMS, max_size=3).map(tuple))
def test_what_is_kept_is_read_again(problems: tuple[ItemProblem, ...]) -> None:
    assert read(kept(problems)) == problems


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for problem in read(text):
        assert words(problem, "ro")


@given(
    st.sampled_from([it for it in MatchReason if it in set(CODES)]),
    st.text("ABC 1-", max_size=6),
    st.lists(st.text("123", min_size=1, max_size=3), max_size=3),
)
def test_what_an_import_leaves_is_told_as_it_says(
    reason: MatchReason, sku: str, items: list[str]
) -> None:
    verdict = Verdict(MatchAction.ASK, reason, items=tuple(items), detail="code: is given twice")
    problem = left_to_a_person(verdict, sku, "59")

    for language in ("ro", "en"):
        assert what(problem, language) == why(verdict, sku, "59", language=language)
        assert words(problem, language).startswith(what(problem, language))
    assert conflict_text(kept((problem,))) == why(verdict, sku, "59")
    assert conflict_text(why(verdict, sku, "59")) == why(verdict, sku, "59")


@pytest.mark.parametrize(
    ("text", "codes", "ro"),
    [
        ("no longer in the shop", ["gone"], "Nu mai este în magazin."),
        (
            "the shop does not keep this item's stock: none was opened",
            ["stock_not_kept"],
            "Magazinul nu îi ține stocul",
        ),
        (
            "the shop's price is in EUR without VAT: none was taken",
            ["foreign_currency"],
            "Prețul din magazin este în EUR",
        ),
        (
            "the shop's price is in RON without VAT: none was taken",
            ["price_without_vat"],
            "Prețul din magazin este fără TVA",
        ),
        (
            "weight: 'x' is not a number; base_price: '1.234' may be 1234 or 1.234",
            ["not_a_number", "doubtful_number"],
            "Greutatea: „x” nu este un număr.",
        ),
        ("stock: True is a truth value, not a number", ["not_a_number"], "Stocul: „True” nu"),
        ("attributes.value: a text is expected, not a list", ["not_a_text"], "Atributele: "),
        ("The SKU A is that of one product, the EAN – that of another.", ["codes_disagree"], "SKU"),
        ("doi candidați", [None], "doi candidați"),
        ('[{"code":"of_a_later_version"}]', [None], "["),
        ("It is linked already.", [None], "It is linked already."),
    ],
)
def test_what_an_earlier_version_wrote_is_known_again(
    text: str, codes: list[str | None], ro: str
) -> None:
    found = read(text)

    assert [it.code if isinstance(it, ItemProblem) else None for it in found] == codes
    assert words(found[0], "ro").startswith(ro)


def test_earlier_sentences_lead_to_codes_that_there_are() -> None:
    assert {code for _, code in old_item_problems._SENTENCES} <= set(CODES)


def test_a_products_problems_may_be_texts_of_an_earlier_version() -> None:
    old = '["weight: \'x\' is not a number","ceva"]'

    assert msgspec.json.decode(old, type=item_problems.ItemProblems) == read(old)
    assert words(read(old)[0], "en") == "weight: 'x' is not a number"
