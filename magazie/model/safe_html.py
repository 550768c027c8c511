"""A shop's description without anything that runs, loads or dresses up: simple formatting stays."""

from typing import Final

import nh3

_TAGS: Final = frozenset(
    {"a", "b", "blockquote", "br", "caption", "code", "dd", "dl", "dt", "em", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "strong", "sub", "sup"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
)
_SPAN: Final = {"colspan", "rowspan"}

_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "iframe", "object", "embed", "noscript", "template"},
    attributes={"a": {"href", "title"}, "td": _SPAN, "th": _SPAN},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def safe_html(markup: str) -> str:
    """Return the markup with paragraphs, lists, tables, links and emphasis, and nothing else.

    Pictures are kept with the product, not in its description. Cleaning twice changes nothing.
    """
    return _CLEANER.clean(markup).strip()
