"""Alerts in two languages, made of the same facts."""

import ast
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model import alert_texts
from magazie.model.alert_texts import ALERT_TEXT_KINDS, Facts, alert_text
from magazie.model.match_words import why, why_in_romanian
from magazie.model.matching import MatchAction, MatchReason, Verdict
from magazie.model.reason_words import reason_in_romanian
from tests.http.test_alert_titles import kinds_raised
from tests.source_tree import modules

TEMPLATES = alert_texts._RO_EN


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_kind_that_is_raised_has_a_text_and_no_other() -> None:
    assert kinds_raised() == ALERT_TEXT_KINDS


def test_both_languages_tell_the_same_facts() -> None:
    for key, (ro, en) in TEMPLATES.items():
        assert names_in(ro) == names_in(en), key
        assert en.isascii(), key
        assert not set("şţŞŢ") & set(ro), key


@pytest.mark.parametrize(
    ("kind", "facts", "ro", "en"),
    [
        ("shortage", {"missing": "1.5"}, "lipsesc 1.5", "1.5 missing"),
        (
            "unlinked_line",
            {"number": "1001", "lines": ["1: SKU-1 Cană", "3: ? Farfurie"]},
            "comanda 1001: linia 1: SKU-1 Cană; linia 3: ? Farfurie",
            "order 1001: line 1: SKU-1 Cană; line 3: ? Farfurie",
        ),
        (
            "item_parked",
            {"field": "price", "item": "A {1}", "shop": "magazin", "reason": "refused by the shop"},
            "prețul articolului A {1} nu ajunge în magazin: refuzat de magazin",
            "price of A {1} does not reach magazin: refused by the shop",
        ),
        (
            "item_parked",
            {"case": "overwritten", "field": "stock", "item": "7", "reason": "of the shop's own"},
            "stocul articolului 7 nu rămâne cum este transmis: of the shop's own",
            "stock of item 7 does not stay: of the shop's own",
        ),
        (
            "movement_line_refused",
            {
                "movement": "adjustment",
                "reference": "INV 1",
                "line": "2",
                "problem": "at most 3 can leave",
            },
            "corecție INV 1, linia 2: pot ieși cel mult 3",
            "adjustment INV 1, line 2: at most 3 can leave",
        ),
        (
            "picked_order_changed",
            {"number": "7", "put_back": ["2 x P1"], "fetch": ["1 x P3"]},
            "comanda 7 s-a schimbat după ce a fost culeasă: de pus înapoi 2 x P1; de adus 1 x P3",
            "order 7 was changed after it was picked: put back 2 x P1; fetch 1 x P3",
        ),
        (
            "status_unmapped",
            {"names": ["taken: Preluată", "picked: Culeasă"]},
            "magazinul nu are stările: taken: Preluată; picked: Culeasă",
            "the shop has no status named taken: Preluată; picked: Culeasă",
        ),
        (
            "import_conflict",
            {"problem": "The product has an item in this shop already: 5, 6."},
            "Produsul are deja un articol în acest magazin: 5, 6.",
            "The product has an item in this shop already: 5, 6.",
        ),
    ],
)
def test_an_alert_in_both_languages(kind: str, facts: Facts, ro: str, en: str) -> None:
    assert (alert_text(kind, facts, "ro"), alert_text(kind, facts)) == (ro, en)


def test_what_is_not_known_is_told_apart() -> None:
    for kind, facts in (("never", {}), ("shortage", {}), ("shortage", {"case": "odd"})):
        with pytest.raises(LookupError):
            alert_text(kind, facts)


WORDS = st.text("abcXYZ019-/ ", min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.sampled_from(list(MatchReason)), WORDS, WORDS, st.lists(WORDS, max_size=3), WORDS)
def test_a_reason_of_an_import_is_known_again(
    reason: MatchReason, sku: str, ean: str, items: list[str], detail: str
) -> None:
    verdict = Verdict(MatchAction.ASK, reason, items=tuple(items), detail=detail)
    english = why(verdict, sku, ean)

    assert why_in_romanian(english) == why(verdict, sku, ean, language="ro")
    assert reason_in_romanian(english) == why_in_romanian(english)


@given(st.text())
def test_other_words_stay_as_they_are_or_are_ours(text: str) -> None:
    assert why_in_romanian(f"¤{text}") == f"¤{text}"


def facts_raised() -> Iterator[tuple[str, list[set[str]]]]:
    """(kind, the keys of each mapping written in the function), for every alert raised."""
    for file in modules().values():
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            mappings = [
                {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
                for node in ast.walk(function)
                if isinstance(node, ast.Dict)
            ]
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "raise_alert":
                    kind = node.args[1]
                    if isinstance(kind, ast.Constant) and mappings:
                        yield str(kind.value), mappings


def test_alerts_are_raised_with_the_facts_of_their_words() -> None:
    raised = list(facts_raised())
    cases = {
        kind: [names_in(en) for key, (_, en) in TEMPLATES.items() if key.partition("/")[0] == kind]
        for kind in ALERT_TEXT_KINDS
    }

    assert len({kind for kind, _ in raised}) >= 15
    for kind, mappings in raised:
        assert any(keys - {"case"} in cases[kind] for keys in mappings), kind
