"""How long a failing actor is left alone."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackOff:
    """When an actor that failed is started again.

    Attributes:
        base: seconds before the second try in a row; the first is made at once, and each
            further one waits twice as long.
        ceiling: seconds it waits at most.
        failures: so many failures within `window`, or in a row, quarantine the actor.
        window: seconds.
    """

    base: float = 0.1
    ceiling: float = 30.0
    failures: int = 5
    window: float = 60.0


class Trouble:
    """The recent failures of one actor.

    Attributes:
        consecutive: failures in a row, nothing handled between them.
        retry_at: loop time before which the actor is not started again.
        quarantined: asks are answered at once until then.
    """

    __slots__ = ("_recent", "consecutive", "quarantined", "retry_at")

    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        self.consecutive = 0
        self.retry_at = 0.0
        self.quarantined = False

    def record(self, now: float, policy: BackOff, chance: random.Random, *, proven: bool) -> float:
        """Take note of a failure and give the seconds until the next start.

        Args:
            now: loop time.
            policy: what holds.
            chance: spreads the starts of actors that failed together.
            proven: the activation handled something before it failed.
        """
        self.consecutive = 1 if proven else self.consecutive + 1
        recent = self._recent
        recent.append(now)
        while recent[0] <= now - policy.window:
            recent.popleft()
        count = self.consecutive
        if len(recent) >= policy.failures:
            count = max(count, len(recent))
        self.quarantined = count >= policy.failures
        delay = 0.0
        if count > 1:
            # 2.0 ** 64 is out of every ceiling's reach, and an exponent without end overflows.
            delay = min(policy.ceiling, policy.base * 2.0 ** min(count - 2, 64))
            delay *= chance.uniform(0.5, 1.0)
        self.retry_at = now + delay
        return delay

    def recover(self) -> None:
        """Take note that the actor handled what waited without failing."""
        self.consecutive = 0

    def is_over(self, now: float, policy: BackOff) -> bool:
        """Tell whether the latest failure is too long ago to matter."""
        return not self._recent or self._recent[-1] <= now - policy.window
