from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Action = Callable[[int], None]


class Agenda:
    """What will happen in the shop later, run in order of time when time is looked at.

    An action gets the moment it was due, not the moment it ran, so a shop that is asked rarely and
    one that is asked often end in the same state.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Action]] = []
        self._order = count()

    def at(self, due_ms: int, action: Action) -> None:
        """Have an action run once the given moment has come."""
        heappush(self._entries, (due_ms, next(self._order), action))

    def next_due_ms(self) -> int | None:
        """Return the moment of the earliest action, or None."""
        return self._entries[0][0] if self._entries else None

    def run_until(self, now_ms: int) -> None:
        """Run everything due by now, including what those actions add."""
        while self._entries and self._entries[0][0] <= now_ms:
            due_ms, _, action = heappop(self._entries)
            action(due_ms)
