"""What travels to an actor, and what is being handled right now."""

from __future__ import annotations

import enum
import math
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from magazie.actors.runtime.errors import DeadlineExceededError

if TYPE_CHECKING:
    from magazie.actors.runtime.future import AsyncioFuture
    from magazie.actors.runtime.mailbox import Mailbox

current_trace: ContextVar[str | None] = ContextVar("current_trace", default=None)
"""The request id that asks and tells carry along, set anew for each message handled."""

current_turn: ContextVar[Envelope | None] = ContextVar("current_turn", default=None)
"""The message being handled by the actor that runs in this context."""


class Stage(enum.Enum):
    """How far a message has come."""

    WAITING = enum.auto()
    RUNNING = enum.auto()
    RETURNED = enum.auto()  # begun in a batch that failed, and waiting to be begun alone
    DONE = enum.auto()


# Looking a member up costs as much as the rest of a comparison, and this is done for each message.
WAITING: Final = Stage.WAITING
RUNNING: Final = Stage.RUNNING
RETURNED: Final = Stage.RETURNED
DONE: Final = Stage.DONE


class Envelope:
    """A message with what the runtime needs to know about it.

    Attributes:
        message: what the actor is to handle, never copied.
        mailbox: whose it is.
        sent_ns: when it was sent, by the clock of the metrics.
        deadline: after this loop time it is not begun any more; infinite for a tell.
        reply_to: where the answer goes; `None` for a tell.
        parents: the turns that wait for the answer.
        trace: the request id it belongs to.
        stage: how far it has come.
    """

    __slots__ = (
        "deadline",
        "mailbox",
        "message",
        "parents",
        "reply_to",
        "sent_ns",
        "stage",
        "trace",
    )

    def __init__(
        self,
        message: object,
        mailbox: Mailbox,
        sent_ns: int,
        deadline: float = math.inf,
        reply_to: AsyncioFuture[Any] | None = None,
        parents: tuple[Envelope, ...] = (),
        trace: str | None = None,
    ) -> None:
        self.message = message
        self.mailbox = mailbox
        self.sent_ns = sent_ns
        self.deadline = deadline
        self.reply_to = reply_to
        self.parents = parents
        self.trace = trace
        self.stage = WAITING

    def waits_for(self, mailbox: Mailbox) -> bool:
        """Tell whether this turn keeps an actor busy, directly or through its askers."""
        if self.stage is DONE:
            return False
        if self.stage is RUNNING and self.mailbox is mailbox:
            return True
        for parent in self.parents:  # noqa: SIM110 - any() costs more than the loop
            if parent.waits_for(mailbox):
                return True
        return False

    def answer(self, value: object) -> None:
        """Answer the asker, if there is one that still wants to know."""
        asker = self._finish()
        if asker is not None:
            asker.set(value)

    def refuse(self, error: BaseException) -> None:
        """Answer the asker with an error, if there is one that still wants to know."""
        asker = self._finish()
        if asker is not None:
            asker.set_exception(error)

    def _finish(self) -> AsyncioFuture[Any] | None:
        self.stage = DONE
        asker = self.reply_to
        if asker is not None:
            kind = self.mailbox.kind
            kind.pending.pop(asker, None)
            if asker.cancelled():
                kind.cells[type(self.message)].cancelled_askers += 1
        return asker

    def expire(self) -> None:
        """Answer that the message was not begun in time; it will not be begun any more."""
        if self.stage is DONE:
            return
        cell = self.mailbox.kind.cells[type(self.message)]
        cell.expired += 1
        if self.reply_to is not None and not self.reply_to.done():
            cell.timeouts += 1
        self.deadline = -math.inf
        self.refuse(DeadlineExceededError(f"{self} waited past its deadline"))

    def __str__(self) -> str:
        return f"{type(self.message).__name__} to {self.mailbox}"
