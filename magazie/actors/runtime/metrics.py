"""What the runtime counts: by actor class and message type, never by key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import accumulate

from magazie.actors.runtime.snapshot import (
    ClassSnapshot,
    HistogramSnapshot,
    MessageSnapshot,
    RuntimeSnapshot,
)

LONG_TURN_NS = 50_000_000
"""A turn longer than this is counted as long: 50 ms."""

_BUCKETS = 48
_UNIT_BITS = 10
_NS = 1_000_000_000


class Histogram:
    """Durations in buckets that double, from 1.024 microseconds up.

    Attributes:
        counts: how many durations fell into each bucket; bucket `n` holds those below
            `2**n * 1024` ns and not below half of that.
        total_ns: their sum in nanoseconds.
    """

    __slots__ = ("counts", "total_ns")

    def __init__(self) -> None:
        self.counts = [0] * _BUCKETS
        self.total_ns = 0

    def record(self, duration_ns: int) -> None:
        """Count one duration; the drain has these two lines inlined."""
        self.counts[(duration_ns >> _UNIT_BITS).bit_length()] += 1
        self.total_ns += duration_ns

    def cumulative(self) -> list[tuple[float, int]]:
        """Give (upper bound in seconds, durations below it), up to the last bucket in use."""
        used = max((i for i, count in enumerate(self.counts) if count), default=-1) + 1
        bounds = ((1 << i + _UNIT_BITS) / _NS for i in range(used))
        return list(zip(bounds, accumulate(self.counts), strict=False))

    def snapshot(self) -> HistogramSnapshot:
        """Give the present counts as a value."""
        return HistogramSnapshot(
            count=sum(self.counts), seconds=self.total_ns / _NS, buckets=self.cumulative()
        )


class MessageMetrics:
    """What happened to the messages of one type sent to one actor class.

    Attributes:
        handled: messages whose handler ended, well or not.
        turns: durations of handling; a batch that was folded is one turn.
        wait: durations between sending and handling.
        long_turns: turns over `LONG_TURN_NS`.
        rejections: messages the domain refused.
        failures: messages whose handler raised anything else.
        timeouts: askers that were woken by their deadline.
        expired: messages that were not begun because their deadline had passed.
        cancelled_askers: asks nobody waited for any more when the answer came.
        rejected_full: messages a full mailbox turned away.
        dead_letters: tells nobody handled.
    """

    __slots__ = (
        "cancelled_askers",
        "dead_letters",
        "expired",
        "failures",
        "handled",
        "long_turns",
        "message_type",
        "rejected_full",
        "rejections",
        "timeouts",
        "turns",
        "wait",
    )

    def __init__(self, message_type: type) -> None:
        self.message_type = message_type
        self.handled = 0
        self.turns = Histogram()
        self.wait = Histogram()
        self.long_turns = 0
        self.rejections = 0
        self.failures = 0
        self.timeouts = 0
        self.expired = 0
        self.cancelled_askers = 0
        self.rejected_full = 0
        self.dead_letters = 0

    def snapshot(self) -> MessageSnapshot:
        """Give the present counts as a value."""
        return MessageSnapshot(
            handled=self.handled,
            turns=self.turns.snapshot(),
            wait=self.wait.snapshot(),
            long_turns=self.long_turns,
            rejections=self.rejections,
            failures=self.failures,
            timeouts=self.timeouts,
            expired=self.expired,
            cancelled_askers=self.cancelled_askers,
            rejected_full=self.rejected_full,
            dead_letters=self.dead_letters,
        )


class Cells(dict[type, MessageMetrics]):
    """The metrics of each message type, made when the type is first seen."""

    def __missing__(self, message_type: type) -> MessageMetrics:
        cell = self[message_type] = MessageMetrics(message_type)
        return cell


class ClassMetrics:
    """What happened to the actors of one class.

    Attributes:
        messages: by message type.
        live: actors in memory now.
        activations: actors that were loaded.
        activation: durations of constructing and loading one.
        failed_activations: actors that could not be loaded.
        drops: activations dropped because a handler failed.
        quarantines: how often an actor was left alone after repeated failures.
        passivations: actors let go because they were idle.
        evictions: actors let go to make room for another.
        admitted_over_cap: actors let in above the cap because none of the longest idle could go.
        depth_max: most messages that ever waited for one actor.
        depth_counts: mailboxes seen with 0, 1, 2-3, 4-7, … messages waiting behind the first,
            sampled when an actor begins to work.
    """

    __slots__ = (
        "activation",
        "activations",
        "actor_class",
        "admitted_over_cap",
        "depth_counts",
        "depth_max",
        "drops",
        "evictions",
        "failed_activations",
        "live",
        "messages",
        "passivations",
        "quarantines",
    )

    def __init__(self, actor_class: type) -> None:
        self.actor_class = actor_class
        self.messages = Cells()
        self.live = 0
        self.activations = 0
        self.activation = Histogram()
        self.failed_activations = 0
        self.drops = 0
        self.quarantines = 0
        self.passivations = 0
        self.evictions = 0
        self.admitted_over_cap = 0
        self.depth_max = 0
        self.depth_counts = [0] * _BUCKETS

    def snapshot(self) -> ClassSnapshot:
        """Give the present counts as a value."""
        used = max((i for i, count in enumerate(self.depth_counts) if count), default=-1) + 1
        return ClassSnapshot(
            live=self.live,
            activations=self.activations,
            activation=self.activation.snapshot(),
            failed_activations=self.failed_activations,
            drops=self.drops,
            quarantines=self.quarantines,
            passivations=self.passivations,
            evictions=self.evictions,
            admitted_over_cap=self.admitted_over_cap,
            depth_max=self.depth_max,
            depth_counts=self.depth_counts[:used],
            messages={kind.__name__: cell.snapshot() for kind, cell in self.messages.items()},
        )


class RuntimeMetrics:
    """The counts of one runtime; iterate it for a collector, or take a `snapshot()`.

    Args:
        clock_ns: a monotonic clock in nanoseconds for durations. A simulation passes its
            loop's time.
    """

    def __init__(self, *, clock_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self.clock_ns = clock_ns
        self._classes: dict[type, ClassMetrics] = {}

    def of(self, actor_class: type) -> ClassMetrics:
        """Give the metrics of a class, made when it is first asked for."""
        found = self._classes.get(actor_class)
        if found is None:
            found = self._classes[actor_class] = ClassMetrics(actor_class)
        return found

    def __iter__(self) -> Iterator[ClassMetrics]:
        return iter(self._classes.values())

    def snapshot(self) -> RuntimeSnapshot:
        """Give the present counts as a value."""
        return RuntimeSnapshot(
            actors={kind.__name__: found.snapshot() for kind, found in self._classes.items()}
        )
