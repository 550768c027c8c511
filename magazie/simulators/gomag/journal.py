from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from magazie.simulators.gomag.exchange import FateKind, Pairs


class JournalEntry(Struct, kw_only=True):
    """One request as the shop received it."""

    number: int
    at_ms: int
    method: str
    path: str
    query: Pairs
    payload: object
    """The decoded form, or None."""
    status: int = 0
    fate: FateKind = FateKind.ANSWER
    faults: list[str] = []
    applied: bool = False
    """A write was carried out (items refused on their own aside)."""
    applied_at_ms: int | None = None
    refused: list[str] = []
    """SKUs of items that were refused or not found."""
    increments: int = 0
    """Items that asked for an increment of stock in place of a number."""


class Journal:
    """Every request the shop received, oldest first; a limit forgets the oldest."""

    def __init__(self, limit: int | None = None) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=limit)
        self._last = 0

    def open(self, entry: JournalEntry) -> JournalEntry:
        """Enter a request; its fields are filled in as it is worked on."""
        self._last += 1
        entry.number = self._last
        self._entries.append(entry)
        return entry

    @property
    def entries(self) -> list[JournalEntry]:
        """All entries still kept."""
        return list(self._entries)

    def of(self, path: str, *, from_ms: int = 0, to_ms: int | None = None) -> list[JournalEntry]:
        """Return requests whose address holds ``path``, received in [from_ms, to_ms)."""
        return [e for e in _within(self._entries, from_ms, to_ms) if path in e.path]

    def increments(self) -> int:
        """Return how many items ever asked for an increment."""
        return sum(e.increments for e in self._entries)


def _within(
    entries: Iterable[JournalEntry], from_ms: int, to_ms: int | None
) -> Iterable[JournalEntry]:
    return (e for e in entries if e.at_ms >= from_ms and (to_ms is None or e.at_ms < to_ms))
