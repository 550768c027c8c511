"""The way to an actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pykka

from magazie.actors.runtime.future import AsyncioFuture

if TYPE_CHECKING:
    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.mailbox import Mailbox, StopFlag

A = TypeVar("A", bound="AsyncioActor")


class AsyncioActorRef(pykka.ActorRef[Any], Generic[A]):
    """A reference that may be passed around; two to one actor are equal.

    A reference that a directory gave out is to the key: when the actor was let go, the next
    message brings it back. Any other is to the one actor and ends with it.

    Sending from another thread goes through the loop:
    `loop.call_soon_threadsafe(ref.tell, message)`.
    """

    __slots__ = ("actor_inbox",)

    actor_inbox: Mailbox  # type: ignore[assignment] # takes this runtime's envelopes only

    def __init__(self, mailbox: Mailbox) -> None:
        # Pykka's own constructor would copy five attributes that the mailbox has at hand.
        self.actor_inbox = mailbox

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncioActorRef) and other.actor_inbox is self.actor_inbox

    def __hash__(self) -> int:
        return hash(self.actor_inbox)

    @property
    def actor_class(self) -> type[A]:  # type: ignore[override] # read-only here
        """The class of the actor."""
        return self.actor_inbox.kind.actor_class  # type: ignore[return-value] # a kind's class is its actors'

    @property
    def actor_urn(self) -> str:  # type: ignore[override] # read-only here
        """What names the actor among all of this process."""
        return self.actor_inbox.urn

    @property
    def actor_stopped(self) -> StopFlag:  # type: ignore[override] # read-only here, and no thread waits for it
        """Whether the actor has stopped."""
        return self.actor_inbox.stop_flag

    @property
    def _actor_weakref(self) -> Callable[[], A | None]:  # type: ignore[override] # called, and nothing else
        """What Pykka's proxies call to find the actor."""
        return lambda: self.actor_inbox.actor  # type: ignore[return-value] # a mailbox holds an actor of its kind

    def ask(
        self,
        message: Any,
        *,
        block: bool = True,  # noqa: ARG002 - see below
        timeout: float | None = None,
    ) -> AsyncioFuture[Any]:
        """Send a message now and give an awaitable of the answer.

        Args:
            message: what the actor is to handle.
            block: Pykka's choice between an answer and a future; here both are awaited.
            timeout: seconds until the asker is woken without an answer.

        Returns:
            A future of the answer; see `Mailbox.ask` for the errors it may hold.
        """
        return self.actor_inbox.ask(message, timeout)

    def tell(self, message: Any) -> None:
        """Send a message now and hear no more of it.

        Raises:
            pykka.ActorDeadError: the actor has stopped.
        """
        self.actor_inbox.tell(message)

    def stop(  # type: ignore[override] # what Pykka gives when not blocking
        self,
        *,
        block: bool = True,  # noqa: ARG002 - see below
        timeout: float | None = None,
    ) -> AsyncioFuture[bool]:
        """Tell the actor to stop after what waits now.

        Args:
            block: Pykka's choice between an answer and a future; here both are awaited.
            timeout: seconds until awaiting raises `pykka.Timeout`; the actor stops all the same.

        Returns:
            A future of whether the actor was alive.
        """
        return self.actor_inbox.stop().get(timeout=timeout)
