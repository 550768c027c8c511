import ast
import re
from collections.abc import Iterator

import msgspec
import pytest

from magazie.http.alert_titles import ALERT_WORDS, AlertKindText, alert_words
from magazie.http.page_texts import Language
from tests.source_tree import modules
from tests.test_operations_doc import described

WORD_OF_A_KIND = re.compile(r"[a-z]+(_[a-z]+)+")
CEDILLAS = re.compile("[şţŞŢ]")


def kinds_raised() -> set[str]:
    return {
        kind
        for file in modules().values()
        for kind in kinds_in(ast.parse(file.read_text(encoding="utf-8")))
    }


def kinds_in(tree: ast.Module) -> Iterator[str]:
    """The kinds of every ``raise_alert(connection, kind, …)``.

    Where the kind is a variable, it is one of the words with an underscore in that function.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "raise_alert"):
                continue
            kind = node.args[1]
            if isinstance(kind, ast.Constant):
                yield str(kind.value)
            else:
                yield from words_in(function)


def words_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = WORD_OF_A_KIND.fullmatch(node.value)
            if word is not None:
                yield word[0]


def test_kinds_are_found_whether_written_in_the_call_or_beside_it() -> None:
    source = """
def tell(connection, text, now_ms):
    for kind, what in (("no_stock", "stock"), ("no_price", "prices")):
        raise_alert(connection, kind, what, text, now_ms)

async def note(self):
    def unit(connection):
        raise_alert(connection, "shortage", "order:1", "8 missing", 0)
        clear_alert(connection, "never_raised", "order:1", 0)
"""

    assert set(kinds_in(ast.parse(source))) == {"no_stock", "no_price", "shortage"}


def test_every_kind_raised_has_its_words_and_no_other() -> None:
    raised = kinds_raised()

    assert {"shortage", "no_stock_source", "held_sends"} <= raised
    for language in Language:
        assert set(ALERT_WORDS[language]) == raised


def test_people_and_the_handbook_are_told_of_the_same_kinds() -> None:
    assert set(ALERT_WORDS[Language.RO]) == described()


@pytest.mark.parametrize("language", list(Language))
def test_words_are_whole_and_differ_by_kind(language: Language) -> None:
    words = ALERT_WORDS[language]

    for kind, each in words.items():
        assert 0 < len(each.title) <= 40, kind
        assert not each.title.endswith("."), kind
        assert each.advice.endswith("."), kind
        assert len(each.advice) <= 240, kind
        for text in (each.title, each.advice):
            assert text == " ".join(text.split()), kind
            assert not CEDILLAS.search(text), kind
    assert len({each.title for each in words.values()}) == len(words)


def test_each_language_has_its_own_words() -> None:
    for kind, romanian in ALERT_WORDS[Language.RO].items():
        english = ALERT_WORDS[Language.EN][kind]
        assert romanian.title != english.title
        assert romanian.advice != english.advice
        assert (english.title + english.advice).isascii()
    assert any(not each.advice.isascii() for each in ALERT_WORDS[Language.RO].values())


def test_a_kind_of_an_earlier_version_shows_its_name() -> None:
    words = alert_words("gone_since", Language.RO)

    assert (words.title, words.advice) == ("gone_since", "")
    assert alert_words("shortage", Language.RO).title == "Lipsă de stoc la o comandă"
    assert alert_words("shortage", Language.EN).title == "An order lacks goods"


def test_a_schema_lists_the_kinds() -> None:
    class Shown(msgspec.Struct):
        kind: AlertKindText

    schema = msgspec.json.schema(Shown)["$defs"]["Shown"]["properties"]["kind"]

    assert schema["enum"] == sorted(described())
    assert schema["type"] == "string"
