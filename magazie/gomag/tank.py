"""One leaky bucket, seen from the side of what may still be sent."""

# Loop time is a float: a timer set for the moment a whole token is there may find a little
# less, and would be set again for the same moment without end.
_ROUNDING = 1e-6
_LARGEST_RESERVED_SHARE = 0.4


class Tank:
    """Tokens that come back at a steady rate up to a burst; one request takes one."""

    def __init__(self, *, rate_per_s: float, burst: float, reserve: float) -> None:
        """A full tank. ``reserve`` is what less urgent requests must leave."""
        self._rate = rate_per_s
        self._burst = burst
        self._reserve = reserve
        self._tokens = burst
        self._at = 0.0

    @property
    def reserve(self) -> float:
        """The reserve, never so large a part of a small burst that nothing passes."""
        return min(self._reserve, self._burst * _LARGEST_RESERVED_SHARE)

    def level(self, now: float) -> float:
        """Tokens there are now."""
        return min(self._burst, self._tokens + self._rate * (now - self._at))

    def ready_at(self, now: float, *, leave: float) -> float:
        """When one token can be taken with ``leave`` left; ``now`` if it can be already."""
        missing = 1.0 + leave - self.level(now)
        return now if missing <= _ROUNDING else now + missing / self._rate

    def take(self, now: float) -> None:
        """Take one token."""
        self._set(now, self.level(now) - 1.0)

    def give_back(self, now: float) -> None:
        """Put back a token nothing was sent for."""
        self._set(now, self.level(now) + 1.0)

    def lower(self, now: float, tokens: float) -> None:
        """Have at most ``tokens``."""
        self._set(now, max(0.0, min(self.level(now), tokens)))

    def resize(self, now: float, *, rate_per_s: float, burst: float) -> None:
        """Take over the shop's own figures."""
        self._set(now, min(burst, self.level(now)))
        self._rate, self._burst = rate_per_s, burst

    def _set(self, now: float, tokens: float) -> None:
        self._tokens, self._at = tokens, now
