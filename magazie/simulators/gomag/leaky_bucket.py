from msgspec import Struct

# One call weighs 60,000 so that "per second" and "per minute" both drain in whole units a
# millisecond.
_CALL = 60_000


class BucketSize(Struct, frozen=True):
    """How much a bucket holds (calls) and how fast it drains (calls per second)."""

    burst: int
    rate: int


class LeakyBucket:
    """A budget of calls shared by every program that uses one shop.

    Gomag API note: reads and writes have a bucket each, 40 and 10 calls deep, draining one call a
    second. Arithmetic is in whole numbers, so equal calls at equal times give equal answers.
    """

    def __init__(self) -> None:
        self._level = 0
        self._seen_ms = 0
        self.others_per_minute = 0
        """Calls a minute that other programs make all the time."""

    def take(self, now_ms: int, size: BucketSize) -> bool:
        """Pour one call in; False, and nothing poured, when it would overflow."""
        self._drain(now_ms, size)
        if self._level + _CALL > size.burst * _CALL:
            return False
        self._level += _CALL
        return True

    def spend(self, now_ms: int, size: BucketSize, calls: int) -> None:
        """Pour in what another program spent, up to the rim."""
        self._drain(now_ms, size)
        self._level = min(size.burst * _CALL, self._level + calls * _CALL)

    def remaining(self, now_ms: int, size: BucketSize) -> int:
        """Return how many whole calls still fit."""
        self._drain(now_ms, size)
        return max(0, size.burst * _CALL - self._level) // _CALL

    def _drain(self, now_ms: int, size: BucketSize) -> None:
        elapsed_ms = max(0, now_ms - self._seen_ms)
        self._seen_ms = max(self._seen_ms, now_ms)
        change = elapsed_ms * (self.others_per_minute - size.rate * 60)
        self._level = min(size.burst * _CALL, max(0, self._level + change))
