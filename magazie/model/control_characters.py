"""Signs that no document or label can print: none of our texts holds them."""

import re
from typing import Final

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""All but tabs and line ends."""


def without_control(text: str) -> str:
    """The text of somebody else, as it may stand here."""
    return CONTROL.sub("", text)
