"""English sentences of the program, known by their form, each with the like in Romanian."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

_PLACE: Final = re.compile(r"\\(\d)")


def _as_it_is(part: str) -> str:
    return part


class KnownSentences:
    """A list of (form, Romanian): what stands in a group of the form stands at its number."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        """The first form that a whole sentence has is taken."""
        self._known = [(re.compile(form, re.DOTALL), romanian) for form, romanian in words]

    def romanian(self, sentence: str, of_part: Callable[[str], str] = _as_it_is) -> str | None:
        """The sentence in Romanian; None where it is not known.

        Args:
            sentence: as the program gave it, in English.
            of_part: says what stands in a group of its form.
        """
        for form, romanian in self._known:
            found = form.fullmatch(sentence)
            if found:
                return _filled(romanian, [of_part(part) for part in found.groups()])
        return None


def _filled(romanian: str, parts: Sequence[str]) -> str:
    return _PLACE.sub(lambda place: parts[int(place[1]) - 1], romanian)
