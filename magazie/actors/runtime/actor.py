"""An actor of the event loop."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pykka

from magazie.actors.runtime.future import AsyncioFuture
from magazie.actors.runtime.mailbox import Mailbox, StopFlag
from magazie.actors.runtime.ref import AsyncioActorRef
from magazie.actors.runtime.registry import AsyncioRegistry
from magazie.actors.runtime.standalone import standalone_kind

logger = logging.getLogger(__name__)

_numbers = itertools.count(1)

mailbox_for_newborn: ContextVar[Mailbox | None] = ContextVar("mailbox_for_newborn", default=None)
"""The mailbox that the next actor to be constructed finds its messages in."""


if TYPE_CHECKING:

    class _PykkaActor:
        """Pykka's actor without its hooks, which it types as plain functions.

        A type checker would hold every hook of every subclass against those.
        """

        def stop(self) -> None: ...

else:
    _PykkaActor = pykka.Actor


class AsyncioActor(_PykkaActor):
    """A Pykka actor that handles its messages on the event loop, one at a time.

    While it is idle it has no Task and no queue. All hooks may be plain functions as in Pykka,
    or coroutines as here; while one awaits, the actor handles nothing else.

    What a handler raises: a `Rejection` answers the asker, and that is all. Any other exception
    answers the asker too, and ends the activation if a `Directory` started it; what waits goes,
    in order, to the next activation. Without a directory Pykka's rules hold.

    Attributes:
        mailbox_limit: messages that may wait; an ask beyond it fails, a tell is a dead letter.
        folds: message types of which adjacent waiting messages are handed over together.
        reloading: set before `on_start` when the last activation of this key failed, so that
            work it began may still be under way.
    """

    mailbox_limit: ClassVar[int] = 1000
    folds: ClassVar[frozenset[type]] = frozenset()
    reloading: bool = False

    actor_inbox: Mailbox

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        # Pykka's own constructor draws a UUID and makes a threading.Event: together half of
        # what an activation costs, and the greater part of what an idle actor holds.
        mailbox = mailbox_for_newborn.get()
        if mailbox is None or not isinstance(self, mailbox.kind.actor_class):
            mailbox = self._create_actor_inbox()
            mailbox.key = next(_numbers)
        else:
            mailbox_for_newborn.set(None)
        self.actor_inbox = mailbox

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> AsyncioActorRef[Self]:
        """Start an actor that stands alone, under Pykka's rules.

        Args:
            args: for the constructor.
            kwargs: for the constructor.

        Raises:
            RuntimeError: no event loop is running in this thread.
        """
        actor = cls(*args, **kwargs)
        mailbox = actor.actor_inbox
        mailbox.kind = standalone_kind(cls)
        mailbox.actor = actor
        ref = actor.actor_ref
        AsyncioRegistry.register(ref)
        actor._start_actor_loop()
        return ref

    @property
    def actor_urn(self) -> str:
        """What names the actor among all of this process."""
        return self.actor_inbox.urn

    @property
    def actor_ref(self) -> AsyncioActorRef[Self]:
        """A reference to the actor."""
        return AsyncioActorRef(self.actor_inbox)

    @property
    def actor_stopped(self) -> StopFlag:
        """Whether the actor has stopped."""
        return self.actor_inbox.stop_flag

    @staticmethod
    def _create_actor_inbox() -> Mailbox:
        return Mailbox()

    @staticmethod
    def _create_future() -> AsyncioFuture[Any]:
        return AsyncioFuture()

    def _start_actor_loop(self) -> None:
        self.actor_inbox.wake()

    def may_passivate(self) -> bool:
        """Tell whether the actor may be let go while nothing waits for it.

        An actor that owes something it keeps only in memory answers `False`.
        """
        return True

    async def on_start(self) -> None:
        """Load what the actor needs; runs before its first message.

        If it raises under a directory, it is tried again at once; if that fails too, the asks
        that wait get the error, and the next try is made after a while.

        Raises:
            Rejection: there is nothing to load and never was: the asks that wait are refused
                with it, and nobody tries again by themselves.
        """

    async def on_stop(self) -> None:
        """Clean up after an orderly stop; a crash does not run it, so nothing may depend on it.

        A class that overrides it is not simply let go when idle, but stopped.
        """

    async def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Clean up after an unexpected exception ended the activation."""

    async def on_receive(self, message: Any) -> Any:
        """Handle a message.

        Args:
            message: what was sent.

        Returns:
            The answer to the asker.

        Raises:
            Rejection: a domain refusal for the asker; the actor lives on.
        """
        logger.warning("unexpected_message message=%s actor=%s", type(message).__name__, self)

    async def on_fold(self, messages: Sequence[Any]) -> Sequence[Any]:
        """Handle one or more adjacent messages of one type in `folds` as one unit.

        Whatever it raises must have changed nothing: the messages are then handed over again
        one by one. An answer that is an exception is raised to its asker.

        Args:
            messages: in the order they were sent.

        Returns:
            One answer for each message.
        """
        return [await self.on_receive(message) for message in messages]
