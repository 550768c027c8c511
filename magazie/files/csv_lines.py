"""Rows written as CSV for a spreadsheet: nothing in them runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from magazie.model.spreadsheet_text import escape_formula

UTF8_MARK: Final = b"\xef\xbb\xbf"
"""Stands at the beginning, so that spreadsheets take the letters for what they are."""


def csv_lines(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    """Write rows of texts as lines that end in CR LF (RFC 4180), in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([escape_formula(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
