"""The runtime's counts as values, ready for JSON."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistogramSnapshot:
    """Durations: how many, their sum, and (upper bound in seconds, durations below it)."""

    count: int
    seconds: float
    buckets: list[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class MessageSnapshot:
    """The counts of one message type; see `MessageMetrics`."""

    handled: int
    turns: HistogramSnapshot
    wait: HistogramSnapshot
    long_turns: int
    rejections: int
    failures: int
    timeouts: int
    expired: int
    cancelled_askers: int
    rejected_full: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class ClassSnapshot:
    """The counts of one actor class; see `ClassMetrics`."""

    live: int
    activations: int
    activation: HistogramSnapshot
    failed_activations: int
    drops: int
    quarantines: int
    passivations: int
    evictions: int
    admitted_over_cap: int
    depth_max: int
    depth_counts: list[int]
    messages: dict[str, MessageSnapshot]


@dataclass(frozen=True, slots=True)
class RuntimeSnapshot:
    """The counts of one runtime by actor class."""

    actors: dict[str, ClassSnapshot]
