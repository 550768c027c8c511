import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.safe_html import safe_html


@pytest.mark.parametrize(
    ("markup", "cleaned"),
    [
        ("<p>Cană <b>mare</b></p>", "<p>Cană <b>mare</b></p>"),
        ("<ul><li>unu</li></ul>", "<ul><li>unu</li></ul>"),
        ("<script>alert(1)</script>Cană", "Cană"),
        ("<style>p{}</style><p>x</p>", "<p>x</p>"),
        ('<p onclick="x()" style="color:red" class="a">x</p>', "<p>x</p>"),
        ('<img src="x" onerror="alert(1)">x', "x"),
        ("<iframe src='https://x'></iframe>x", "x"),
        ("fără taguri & cu <", "fără taguri &amp; cu &lt;"),
        ("<!-- ascuns -->x", "x"),
        ("", ""),
    ],
)
def test_simple_formatting_stays_and_nothing_else(markup: str, cleaned: str) -> None:
    assert safe_html(markup) == cleaned


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "vbscript:x"]
)
def test_links_that_run_are_none(address: str) -> None:
    assert "script:" not in safe_html(f'<a href="{address}">x</a>').lower()
    assert "data:" not in safe_html(f'<a href="{address}">x</a>')


@given(st.text(max_size=60) | st.from_regex(r"(<[a-z]{1,6}( on\w+=.)?>?){1,5}"))
def test_cleaning_twice_changes_nothing(markup: str) -> None:
    once = safe_html(markup)
    assert safe_html(once) == once
    assert "<script" not in once.lower()
