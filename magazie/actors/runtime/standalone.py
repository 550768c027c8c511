"""Actors that are started one by one and live by Pykka's own rules."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from magazie.actors.runtime.kind import Kind, Runtime
from magazie.actors.runtime.mailbox import CLOSED, Mailbox
from magazie.actors.runtime.metrics import RuntimeMetrics
from magazie.actors.runtime.ref import AsyncioActorRef
from magazie.actors.runtime.registry import AsyncioRegistry

if TYPE_CHECKING:
    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.errors import Rejection
    from magazie.actors.runtime.future import AsyncioFuture

DEFAULT_TIMEOUT = 5.0
"""Seconds an ask may take when its asker does not say."""


class Standalone:
    """Pykka's rules: nothing is ever started again.

    An ask that fails leaves the actor as it is; a tell that fails ends it. What waits for an
    actor that has ended is answered `pykka.ActorDeadError`.
    """

    def build(self, mailbox: Mailbox) -> AsyncioActor:
        """Refuse: an actor that stands alone came with its mailbox."""
        raise mailbox.dead()

    def drops_on_failure(self, *, asked: bool) -> bool:
        """Only a tell has nobody else to hear of its failure."""
        return not asked

    def leaving(self, mailbox: Mailbox) -> None:
        """Let nobody find the actor or send to it any more."""
        mailbox.door = CLOSED
        AsyncioRegistry.unregister(AsyncioActorRef(mailbox))

    def dropped(
        self,
        mailbox: Mailbox,
        error: Exception,  # noqa: ARG002 - all ends are the same here
        *,
        starting: bool,  # noqa: ARG002 - as above
        proven: bool,  # noqa: ARG002 - as above
    ) -> None:
        """Answer what waits."""
        mailbox.reject_waiting()

    def refused(self, mailbox: Mailbox, rejection: Rejection) -> None:
        """Give the refusal to those who ask."""
        mailbox.refuse_asks(rejection)
        mailbox.reject_waiting()

    def stopped(self, mailbox: Mailbox) -> None:
        """Answer what waits."""
        mailbox.reject_waiting()

    def lost(self, mailbox: Mailbox) -> None:
        """Answer what waits."""
        mailbox.reject_waiting()

    def ask_elsewhere(
        self, mailbox: Mailbox, message: object, timeout: float | None
    ) -> AsyncioFuture[Any] | None:
        """Nobody takes the place of an actor that stands alone."""

    def tell_elsewhere(self, mailbox: Mailbox, message: object) -> bool:  # noqa: ARG002 - as above
        """Nobody takes the place of an actor that stands alone."""
        return False


class _Kinds(threading.local):
    """The kinds of this thread's event loop."""

    runtime: Runtime | None = None
    kinds: dict[type, Kind]


_here = _Kinds()
_supervisor = Standalone()


def standalone_kind(actor_class: type[AsyncioActor]) -> Kind:
    """Give what the actors of a class share that were started on the running event loop.

    Raises:
        RuntimeError: no event loop is running in this thread.
    """
    loop = asyncio.get_running_loop()
    runtime = _here.runtime
    if runtime is None or runtime.loop is not loop:
        runtime = _here.runtime = Runtime(loop, RuntimeMetrics(), DEFAULT_TIMEOUT)
        _here.kinds = {}
    kind = _here.kinds.get(actor_class)
    if kind is None:
        kind = _here.kinds[actor_class] = Kind(actor_class, runtime, _supervisor)
    return kind
