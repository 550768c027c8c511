"""Pykka's actors on the event loop of asyncio; it knows nothing of the shop."""

from magazie.actors.runtime.actor import AsyncioActor
from magazie.actors.runtime.backoff import BackOff
from magazie.actors.runtime.directory import Directory
from magazie.actors.runtime.errors import (
    NOT_NOW,
    ActorQuarantinedError,
    AskCycleError,
    DeadlineExceededError,
    MailboxFullError,
    Rejection,
    TurnCancelledError,
    UnregisteredActorError,
)
from magazie.actors.runtime.future import AsyncioFuture
from magazie.actors.runtime.lag import LoopLag
from magazie.actors.runtime.metrics import ClassMetrics, Histogram, MessageMetrics, RuntimeMetrics
from magazie.actors.runtime.ref import AsyncioActorRef
from magazie.actors.runtime.registry import AsyncioRegistry
from magazie.actors.runtime.snapshot import (
    ClassSnapshot,
    HistogramSnapshot,
    MessageSnapshot,
    RuntimeSnapshot,
)
from magazie.actors.runtime.turn import current_trace

__all__ = [
    "NOT_NOW",
    "ActorQuarantinedError",
    "AskCycleError",
    "AsyncioActor",
    "AsyncioActorRef",
    "AsyncioFuture",
    "AsyncioRegistry",
    "BackOff",
    "ClassMetrics",
    "ClassSnapshot",
    "DeadlineExceededError",
    "Directory",
    "Histogram",
    "HistogramSnapshot",
    "LoopLag",
    "MailboxFullError",
    "MessageMetrics",
    "MessageSnapshot",
    "Rejection",
    "RuntimeMetrics",
    "RuntimeSnapshot",
    "TurnCancelledError",
    "UnregisteredActorError",
    "current_trace",
]
