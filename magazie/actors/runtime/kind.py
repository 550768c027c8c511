"""What all actors of one class share in one runtime, so that an idle actor need not hold it."""

from __future__ import annotations

import asyncio
import enum
import functools
from collections.abc import Coroutine
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final, Protocol

from pykka.messages import ProxyCall, ProxyGetAttr, ProxySetAttr, _ActorStop

from magazie.actors.runtime.dead_letters import DeadLetters
from magazie.actors.runtime.deadline import Deadlines
from magazie.actors.runtime.metrics import RuntimeMetrics

if TYPE_CHECKING:
    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.errors import Rejection
    from magazie.actors.runtime.future import AsyncioFuture
    from magazie.actors.runtime.mailbox import Mailbox


class Route(enum.Enum):
    """The ways of handling a message other than `on_receive`."""

    STOP = enum.auto()
    PROXY = enum.auto()
    FOLD = enum.auto()


_PYKKA_ROUTES: Final[dict[type, Route]] = {
    _ActorStop: Route.STOP,
    ProxyCall: Route.PROXY,
    ProxyGetAttr: Route.PROXY,
    ProxySetAttr: Route.PROXY,
}


class Supervisor(Protocol):
    """Decides what becomes of an actor and of what waits for it."""

    def build(self, mailbox: Mailbox) -> AsyncioActor:
        """Make the actor of a mailbox that has none."""

    def drops_on_failure(self, *, asked: bool) -> bool:
        """Tell whether an unexpected exception in a handler ends the activation."""

    def leaving(self, mailbox: Mailbox) -> None:
        """Take note that an actor is ending, before its last hook runs."""

    def dropped(self, mailbox: Mailbox, error: Exception, *, starting: bool, proven: bool) -> None:
        """Take note that an activation ended by `error`.

        Args:
            mailbox: its mailbox, with what it left.
            error: what ended it.
            starting: it had not handled anything yet because it could not be loaded.
            proven: it had handled something without failing.
        """

    def refused(self, mailbox: Mailbox, rejection: Rejection) -> None:
        """Take note that an actor would not start because the domain refuses it."""

    def stopped(self, mailbox: Mailbox) -> None:
        """Take note that an actor ended as it was told to."""

    def lost(self, mailbox: Mailbox) -> None:
        """Take note that an actor's Task was cancelled or torn down in the middle."""

    def ask_elsewhere(
        self, mailbox: Mailbox, message: object, timeout: float | None
    ) -> AsyncioFuture[Any] | None:
        """Ask whoever took the place of a closed mailbox; `None` if there is nobody."""

    def tell_elsewhere(self, mailbox: Mailbox, message: object) -> bool:
        """Tell whoever took the place of a closed mailbox; `False` if there is nobody."""


class Spawn(Protocol):
    """Makes a Task of a coroutine."""

    def __call__(
        self, coro: Coroutine[Any, Any, None], *, name: str, context: Context
    ) -> asyncio.Task[None]:
        """Make it; the Task takes its first step when the event loop goes round."""


class Runtime:
    """What all actors of one event loop share.

    Attributes:
        loop: the event loop.
        spawn: makes a Task on it.
        deadlines: the asks under way.
        dead_letters: where unhandled tells are counted.
        metrics: what is counted.
        default_timeout: seconds an ask may take when its asker does not say.
    """

    __slots__ = ("dead_letters", "deadlines", "default_timeout", "loop", "metrics", "spawn")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, metrics: RuntimeMetrics, default_timeout: float
    ) -> None:
        self.loop = loop
        # Loop.create_task is a Python function around the same, where there is no factory.
        plain = loop.get_task_factory() is None
        self.spawn: Spawn = (
            functools.partial(asyncio.Task, loop=loop) if plain else loop.create_task
        )
        self.deadlines = Deadlines(loop)
        self.dead_letters = DeadLetters()
        self.metrics = metrics
        self.default_timeout = default_timeout


class Kind:
    """A class of actors in one runtime; the drain reads all it needs from here.

    Attributes:
        actor_class: the class.
        name: its name, for people.
        limit: messages that may wait for one actor.
        routes: message types that do not go to `on_receive`.
        supervisor: who decides about failed and stopped actors.
        metrics, cells: what is counted, of the class and by message type.
        loop, loop_time, spawn, clock_ns, deadlines, pending, dead_letters, default_timeout: the
            runtime's, at hand.
    """

    __slots__ = (
        "actor_class",
        "cells",
        "clock_ns",
        "dead_letters",
        "deadlines",
        "default_timeout",
        "limit",
        "loop",
        "loop_time",
        "metrics",
        "name",
        "pending",
        "routes",
        "spawn",
        "supervisor",
    )

    def __init__(
        self, actor_class: type[AsyncioActor], runtime: Runtime, supervisor: Supervisor
    ) -> None:
        self.actor_class = actor_class
        self.name = actor_class.__name__
        self.limit = actor_class.mailbox_limit
        self.routes = _PYKKA_ROUTES | dict.fromkeys(actor_class.folds, Route.FOLD)
        self.supervisor = supervisor
        self.metrics = runtime.metrics.of(actor_class)
        self.cells = self.metrics.messages
        self.loop = runtime.loop
        self.spawn = runtime.spawn
        self.loop_time = runtime.loop.time
        self.clock_ns = runtime.metrics.clock_ns
        self.deadlines = runtime.deadlines
        self.pending = runtime.deadlines.pending
        self.dead_letters = runtime.dead_letters
        self.default_timeout = runtime.default_timeout
