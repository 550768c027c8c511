"""What storage counts about itself, in the shape that a metrics page can read off."""

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

_UNITS_BOUNDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
_SECONDS_BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)


class Histogram(msgspec.Struct):
    """Counts of observations in buckets, as Prometheus understands them.

    ``counts`` is not cumulative and has one entry more than ``bounds``: what lies above.
    """

    bounds: tuple[float, ...]
    counts: list[int]
    total: float = 0.0

    @classmethod
    def over(cls, bounds: Sequence[float]) -> "Histogram":
        """An empty one; ``bounds`` are the inclusive upper ends of its buckets, rising."""
        return cls(tuple(bounds), [0] * (len(bounds) + 1))

    def observe(self, value: float) -> None:
        """Count one observation."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class StorageMetrics(msgspec.Struct):
    """Counters since the storage was opened, and its present load."""

    commits: int = 0
    units: int = 0
    """Units that are committed."""
    failures: int = 0
    """Units that failed by themselves."""
    lost: int = 0
    """Units that failed because their transaction was lost, at no fault of their own."""
    queue_depth: int = 0
    """Units that wait now, those of the running batch not counted."""
    in_flight: int = 0
    """Units of the running batch."""
    wal_bytes: int = 0
    """Size of the write-ahead log's file now."""
    checkpoints: int = 0
    checkpoint_failures: int = 0
    reads: int = 0
    """Queries begun."""
    reads_waiting: int = 0
    """Queries that wait now for a free reader."""
    units_per_commit: Histogram = msgspec.field(
        default_factory=lambda: Histogram.over(_UNITS_BOUNDS)
    )
    run_s: Histogram = msgspec.field(default_factory=lambda: Histogram.over(_SECONDS_BOUNDS))
    """Time that the units of a batch took, without COMMIT."""
    commit_s: Histogram = msgspec.field(default_factory=lambda: Histogram.over(_SECONDS_BOUNDS))
    """Time that COMMIT took, the wait for the disk included."""
