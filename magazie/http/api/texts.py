"""Texts in requests: how long they may be."""

from typing import Annotated, Final

from msgspec import Meta

SOMETHING: Final = r"\S"
"""A pattern: not only white space."""

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=SOMETHING)]
Name = Annotated[str, Meta(min_length=1, max_length=300, pattern=SOMETHING)]
Short = Annotated[str, Meta(max_length=100)]
Line = Annotated[str, Meta(max_length=300)]
Long = Annotated[str, Meta(max_length=4000)]
Words = Annotated[str, Meta(max_length=200, description="Words to look for")]
