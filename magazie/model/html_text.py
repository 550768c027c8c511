"""Plain text out of the HTML that shops keep in names and descriptions."""

import html
import re
from typing import Final

# Every alternative stops at a bound or swallows the rest: time stays linear in the text's length,
# whatever is left unclosed.
_MARKUP: Final = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <(script|style)\b[^>]*(?:>.*?(?:</\1\s*>|\Z)|\Z)
    | <[/!?]?([a-z][a-z0-9]*)(?:[^<>"']++|"[^"]{0,500}"|'[^']{0,500}'){0,60}+>
    | <[/!?]?([a-z][a-z0-9]*)[^<>]*>
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_LINE_OF_ITS_OWN: Final = re.compile(
    "address|article|blockquote|br|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|li|main|nav"
    "|ol|p|pre|section|table|tbody|tfoot|thead|tr|ul"
)
_CELLS: Final = frozenset({"td", "th"})
_LINE_ENDS: Final = re.compile(r"\r\n?")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def plain_text(markup: str) -> str:
    """Return the readable text: no tags, entities resolved once, lines ended by LF.

    Paragraphs and list items stand on lines of their own, runs of blanks become one space, at
    most one empty line is kept in a row, and the ends are trimmed.
    """
    text = _LINE_ENDS.sub("\n", markup)
    if "<" in text:
        text = _MARKUP.sub(_instead_of_markup, text)
    if "&" in text:
        text = _LINE_ENDS.sub("\n", html.unescape(text))
    lines = (line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _instead_of_markup(found: re.Match[str]) -> str:
    tag = (found[2] or found[3] or "").lower()
    if _LINE_OF_ITS_OWN.fullmatch(tag):
        return "\n"
    return " " if tag in _CELLS else ""
