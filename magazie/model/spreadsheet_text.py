"""Texts in a CSV that a spreadsheet opens: nothing in them may run as a formula.

Spreadsheets run a cell that begins with one of the signs below, so such a text is written with
an apostrophe before it, and read back without (OWASP, CSV injection).
"""

import re
from typing import Final

_RUNS: Final = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED: Final = re.compile(r"'+[=+\-@\t\r]")


def escape_formula(text: str) -> str:
    """The text as it may stand in a CSV."""
    return f"'{text}" if _RUNS.match(text) else text


def unescape_formula(text: str) -> str:
    """The text that ``escape_formula`` was given."""
    return text[1:] if _ESCAPED.match(text) else text
