"""Parsing workbooks without keeping what was read of them.

openpyxl goes through the XML of a sheet and of its table of strings element by element, and
leaves an empty element of each behind until the end. Of 50,000 rows those are more than a hundred
thousand: each look for garbage goes through them all, and so does letting go of them, in one
go, while the event loop waits for the interpreter.
"""

from collections.abc import Iterator
from typing import IO, Any, Final
from xml.etree.ElementTree import Element

from openpyxl.reader import strings
from openpyxl.worksheet import _reader
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_DONE_WITH: Final = frozenset({f"{{{SHEET_MAIN_NS}}}row", f"{{{SHEET_MAIN_NS}}}si"})
"""What openpyxl needs no more once it was shown it whole."""


def lean_iterparse(source: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """As ``iterparse``; rows and shared strings are dropped as soon as they were handled."""
    above: list[Element] = []
    events: Any = iterparse(source, ("start", "end"))
    for event, element in events:
        if event == "start":
            above.append(element)
            continue
        above.pop()
        yield event, element
        if element.tag in _DONE_WITH and above:
            above[-1].remove(element)


def read_leanly() -> None:
    """Have openpyxl parse so from now on."""
    strings.iterparse = lean_iterparse  # type: ignore[attr-defined]  # a name it imports
    _reader.iterparse = lean_iterparse  # type: ignore[attr-defined]  # likewise
