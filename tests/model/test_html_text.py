import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.html_text import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<p>Descriere &#238;n entit&#259;&#539;i &amp; text.</p>\r\n",
            "Descriere în entităţi & text.".replace("ţ", "ț"),
        ),
        ("<p>unu</p><p>doi</p>", "unu\n\ndoi"),
        ("unu<br>doi<BR/>trei<br />patru", "unu\ndoi\ntrei\npatru"),
        ("<ul><li>a</li>\n<li>b</li></ul>", "a\n\nb"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<b>ca</b>na <i>roșie</i>", "cana roșie"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a &nbsp; b\u00a0c\t d", "a b c d"),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "'),
        ("x<script>alert('<p>')</script>y<style>p{}</style>z", "xyz"),
        ("x<!-- <p>ascuns</p> -->y", "xy"),
        ("x<!-- neterminat <p>y", "x"),
        ("<a title=\"1 > 0\" href='x'>da</a>", "da"),
        ("<p class=it's>da</p>", "da"),
        ("<!DOCTYPE html><?xml version='1.0'?><html>da</html>", "da"),
        ("lungime < 3 m și > 2", "lungime < 3 m și > 2"),
        ("a <", "a <"),
        ("5 <b", "5 <b"),
        ("", ""),
        (" \r\n ", ""),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("caf&eacute; &#xD800; &#0; &necunoscut;", "café \ufffd \ufffd &necunoscut;"),
    ],
)
def test_readable_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(st.text())
def test_escaped_text_comes_back(text: str) -> None:
    expected = plain_text(text.replace("<", "").replace("&", ""))
    assert plain_text(html.escape(text.replace("<", "").replace("&", ""))) == expected


@given(st.text(alphabet=st.characters(exclude_characters="<&")))
def test_plain_text_is_plain_already(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
    assert "".join(once.split()) == "".join(text.split())
    assert "\r" not in once
    assert "\n\n\n" not in once


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<b>", "<br/>", "<img src='a'>", "vorbe", " ", "\n"]))
)
def test_no_tag_is_left(parts: list[str]) -> None:
    text = plain_text("".join(parts))
    assert "<" not in text
    assert text.count("vorbe") == parts.count("vorbe")


@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", "<script ", "<script>", '<a "', "<p'\"", '<a x="', "<", "\"<a'"]
)
def test_unclosed_markup_costs_no_more_than_its_length(piece: str) -> None:
    # A quadratic reading of this much text takes minutes.
    begin = time.process_time()
    plain_text("<a " + piece * 100_000)
    assert time.process_time() - begin < 5
