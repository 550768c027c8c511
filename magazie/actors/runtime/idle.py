"""Finds the actors that have been idle longest without a timer for each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from magazie.actors.runtime.mailbox import CLOSED

if TYPE_CHECKING:
    from magazie.actors.runtime.mailbox import Mailbox

EXAMINED_AT_MOST: Final = 64
"""Mailboxes looked at to make room for one: finding none that may go must not cost a search."""


class IdleBuckets:
    """The mailboxes of one class in buckets by the time they were last touched.

    Work does not move a mailbox; it only notes the time on it. A mailbox found in a bucket that
    its time has outgrown is put where it belongs, so each is looked at about once in the time
    it may be idle.

    Args:
        span: seconds that share a bucket.
        may_go: tells whether a mailbox can be let go; one that cannot counts as touched now.
    """

    def __init__(self, span: float, may_go: Callable[[Mailbox], bool]) -> None:
        self._span = span
        self._may_go = may_go
        self._buckets: dict[int, list[Mailbox]] = {}
        self._eldest: list[Mailbox] = []
        self._sorted_at = -math.inf

    def add(self, mailbox: Mailbox) -> None:
        """Take in a mailbox by the time it was last touched."""
        self._buckets.setdefault(self._tick(mailbox.touched), []).append(mailbox)

    def take_idle(self, before: float, now: float, at_most: int) -> list[Mailbox]:
        """Take out mailboxes that may go and were last touched before a time.

        Args:
            before: loop time; those touched in the same bucket are left for a later call.
            now: loop time.
            at_most: how many to take.
        """
        for mailbox in self._eldest:
            self.add(mailbox)
        self._eldest = []
        taken: list[Mailbox] = []
        for tick in sorted(tick for tick in self._buckets if tick < self._tick(before)):
            bucket = self._buckets.pop(tick)
            while bucket and len(taken) < at_most:
                mailbox = bucket.pop()
                if self._is_due(mailbox, before, now):
                    taken.append(mailbox)
            if bucket:
                self._buckets.setdefault(tick, []).extend(bucket)
                break
        return taken

    def take_longest_idle(self, now: float) -> Mailbox | None:
        """Take out the mailbox that was touched longest ago, among those that may go."""
        for _ in range(EXAMINED_AT_MOST):
            if not self._eldest and not self._sort_oldest(now):
                return None
            mailbox = self._eldest.pop()
            if self._is_due(mailbox, self._sorted_at, now):
                return mailbox
        return None

    def _is_due(self, mailbox: Mailbox, before: float, now: float) -> bool:
        """Tell whether a mailbox taken from its bucket goes; put it back if it stays."""
        if mailbox.door is CLOSED:
            return False
        if mailbox.touched <= before:
            if self._may_go(mailbox):
                return True
            mailbox.touched = now
        self.add(mailbox)
        return False

    def _sort_oldest(self, now: float) -> bool:
        """Bring the oldest bucket into order, the longest idle last; `False` if there is none."""
        self._sorted_at = now
        while self._buckets:
            tick = min(self._buckets)
            for mailbox in self._buckets.pop(tick):
                if self._tick(mailbox.touched) > tick:
                    self.add(mailbox)
                else:
                    self._eldest.append(mailbox)
            if self._eldest:
                self._eldest.sort(key=lambda mailbox: mailbox.touched, reverse=True)
                return True
        return False

    def _tick(self, time: float) -> int:
        return int(time // self._span)
