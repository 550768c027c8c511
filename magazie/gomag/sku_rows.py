"""Which of the SKUs that were sent an answer's row is about.

Answers repeat SKUs as the shop keeps them: some come back without the blanks at their ends.
"""

from collections.abc import Sequence


class SentSkus:
    """The SKUs of one request: a row names one exactly, else without the blanks at its ends."""

    def __init__(self, skus: Sequence[str]) -> None:
        self._exact = frozenset(skus)
        self._trimmed: dict[str, str | None] = {}
        for sent in skus:
            self._trimmed[sent.strip()] = None if sent.strip() in self._trimmed else sent

    def meant_by(self, named: str) -> str | None:
        """The SKU as it was sent, or None where the row means no one, or any of two."""
        return named if named in self._exact else self._trimmed.get(named.strip())
