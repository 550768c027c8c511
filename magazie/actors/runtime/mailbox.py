"""Where messages wait for an actor."""

from __future__ import annotations

import asyncio
import enum
from collections import deque
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final

import pykka
from pykka.messages import _ActorStop

from magazie.actors.runtime.drain import drain
from magazie.actors.runtime.errors import (
    ActorQuarantinedError,
    AskCycleError,
    DeadlineExceededError,
    MailboxFullError,
)
from magazie.actors.runtime.future import AsyncioFuture
from magazie.actors.runtime.turn import RUNNING, Envelope, current_trace, current_turn

if TYPE_CHECKING:
    from collections.abc import Hashable

    from magazie.actors.runtime.actor import AsyncioActor
    from magazie.actors.runtime.backoff import Trouble
    from magazie.actors.runtime.kind import Kind


class Door(enum.Enum):
    """Whether a mailbox takes messages."""

    OPEN = enum.auto()
    QUARANTINED = enum.auto()  # takes tells, and answers asks at once
    CLOSED = enum.auto()


OPEN: Final = Door.OPEN
QUARANTINED: Final = Door.QUARANTINED
CLOSED: Final = Door.CLOSED


class StopFlag:
    """What Pykka reads to see whether an actor has stopped; all actors share two of them."""

    __slots__ = ("_stopped",)

    def __init__(self, *, stopped: bool) -> None:
        self._stopped = stopped

    def is_set(self) -> bool:
        """Tell whether the actor has stopped."""
        return self._stopped


_STOPPED = StopFlag(stopped=True)
_RUNNING = StopFlag(stopped=False)


class Mailbox:
    """The messages that wait for one actor, and the actor.

    Idle it holds no queue and no Task. The first message makes both; the Task, the drain,
    hands the actor one message after the other and ends when none is left. The mailbox is what
    holds the actor in memory: whoever holds a reference holds the mailbox.

    Attributes:
        kind: what all actors of the class share.
        key: what tells it from others of its class.
        actor: the actor; `None` while there is none.
        started: `on_start` is over and the actor handles messages.
        items: what waits, first to be handled first; `None` when nothing does.
        task: the drain; `None` while it does not run.
        held: messages wait and nobody is to handle them yet.
        door: whether messages are taken.
        touched: loop time at which it last began to work.
        trouble: its recent failures, if there were any.
    """

    __slots__ = (
        "actor",
        "door",
        "held",
        "items",
        "key",
        "kind",
        "started",
        "task",
        "touched",
        "trouble",
    )

    kind: Kind
    key: Hashable

    def __init__(self) -> None:
        self.actor: AsyncioActor | None = None
        self.started = False
        self.items: deque[Envelope] | None = None
        self.task: asyncio.Task[None] | None = None
        self.held = False
        self.door = OPEN
        self.touched = 0.0
        self.trouble: Trouble | None = None

    def __str__(self) -> str:
        return f"{self.kind.name}({self.key})"

    @property
    def urn(self) -> str:
        """What names the actor among all of this process."""
        return f"urn:actor:{self.kind.name}:{self.key}"

    @property
    def stop_flag(self) -> StopFlag:
        """What Pykka reads to see whether the actor has stopped."""
        return _STOPPED if self.door is CLOSED else _RUNNING

    def ask(self, message: object, timeout: float | None = None) -> AsyncioFuture[Any]:
        """Send a message now and give a future of its answer.

        Args:
            message: what the actor is to handle.
            timeout: seconds it may take; the runtime's default if `None`. An ask made while
                handling a message ends no later than that message.

        Returns:
            A future that also carries what went wrong: `MailboxFullError`, `AskCycleError`,
            `DeadlineExceededError`, `ActorQuarantinedError`, `pykka.Timeout` or
            `pykka.ActorDeadError`, besides what the handler raises.
        """
        if self.door is CLOSED:
            elsewhere = self.kind.supervisor.ask_elsewhere(self, message, timeout)
            if elsewhere is not None:
                return elsewhere
        kind = self.kind
        future: AsyncioFuture[Any] = AsyncioFuture(loop=kind.loop)
        now = kind.loop_time()
        deadline = now + (kind.default_timeout if timeout is None else timeout)
        turn = current_turn.get()
        if turn is None or turn.stage is not RUNNING:
            parents: tuple[Envelope, ...] = ()
        else:
            parents = (turn,)
            if turn.deadline < deadline:  # noqa: PLR1730 - min() costs three times as much
                deadline = turn.deadline
            # what waits_for() tells of a turn that runs, the most common case without the call
            if turn.mailbox is self or (turn.parents and turn.waits_for(self)):
                future.set_exception(AskCycleError(f"{self} waits for the one that asks it"))
                return future
        if self.door is not OPEN or deadline <= now:
            future.set_exception(self._refusal(message, now))
            return future
        envelope = Envelope(
            message, self, kind.clock_ns(), deadline, future, parents, current_trace.get()
        )
        if self.items is None and self.task is None and not self.held:
            # What admit() does when the actor is idle, the most common case, without the call.
            items = self.items = deque()
            items.append(envelope)
            self.task = kind.spawn(drain(self), name=kind.name, context=Context())
        elif not self.admit(envelope):
            kind.cells[type(message)].rejected_full += 1
            future.set_exception(MailboxFullError(f"{self} has {kind.limit} waiting messages"))
            return future
        kind.pending[future] = envelope
        if deadline < kind.deadlines.next_at:
            kind.deadlines.arm(deadline)
        return future

    def _refusal(self, message: object, now: float) -> Exception:
        """Say why an ask is not even taken in."""
        if self.door is CLOSED:
            return pykka.ActorDeadError(f"{self} not found")
        if self.door is QUARANTINED and self.trouble is not None:
            return ActorQuarantinedError(str(self), self.trouble.retry_at - now)
        self.kind.cells[type(message)].expired += 1
        return DeadlineExceededError(f"no time left to ask {self}")

    def tell(self, message: object) -> None:
        """Send a message now and hear no more of it.

        A full mailbox makes it a dead letter: the sender must not fail because the receiver is
        slow.

        Raises:
            pykka.ActorDeadError: the actor has stopped and nobody took its place.
        """
        if self.door is CLOSED:
            if not self.kind.supervisor.tell_elsewhere(self, message):
                raise pykka.ActorDeadError(f"{self} not found")
            return
        kind = self.kind
        envelope = Envelope(message, self, kind.clock_ns(), trace=current_trace.get())
        if not self.admit(envelope):
            kind.cells[type(message)].rejected_full += 1
            kind.dead_letters.record(envelope, "mailbox full")

    def stop(self) -> AsyncioFuture[bool]:
        """Tell the actor to stop after what waits now; gives whether it was alive."""
        kind = self.kind
        future: AsyncioFuture[bool] = AsyncioFuture(loop=kind.loop)
        turn = current_turn.get()
        if self.door is CLOSED:
            future.set_result(False)
        elif turn is not None and turn.waits_for(self):
            future.set_exception(AskCycleError(f"{self} cannot wait for its own end"))
        else:
            self.admit(Envelope(_ActorStop(), self, kind.clock_ns(), reply_to=future))
        return future

    def admit(self, envelope: Envelope) -> bool:
        """Take a message in and see that it is handled; `False` if there is no room.

        The message that stops the actor always finds room.
        """
        items = self.items
        if items is None:
            items = self.items = deque()
            items.append(envelope)
        else:
            depth = len(items)
            kind = self.kind
            if depth >= kind.limit and type(envelope.message) is not _ActorStop:
                return False
            items.append(envelope)
            if depth >= kind.metrics.depth_max:
                kind.metrics.depth_max = depth + 1
        if self.task is None and not self.held:
            self.wake()
        return True

    def wake(self) -> None:
        """Start the drain, which the caller knows not to run.

        Its context is empty: it would otherwise keep the first sender's for all that follow.
        """
        self.task = self.kind.spawn(drain(self), name=self.kind.name, context=Context())

    def ensure_started(self) -> None:
        """Start the actor although nothing waits for it, unless it was started before."""
        if not self.started and self.task is None and not self.held and self.door is OPEN:
            self.wake()

    def reject_waiting(self) -> None:
        """Answer everything that waits that the actor is dead."""
        items, self.items = self.items, None
        while items:
            envelope = items.popleft()
            if type(envelope.message) is _ActorStop:
                envelope.answer(value=True)
            elif envelope.reply_to is not None:
                envelope.refuse(self.dead())
            else:
                self.kind.dead_letters.record(envelope, "actor stopped")

    def refuse_asks(self, error: Exception) -> None:
        """Answer the asks that wait with an error; tells and stops wait on."""
        items, self.items = self.items, None
        for envelope in items or ():
            if envelope.reply_to is None or type(envelope.message) is _ActorStop:
                if self.items is None:
                    self.items = deque()
                self.items.append(envelope)
            else:
                envelope.refuse(error)

    def dead(self) -> pykka.ActorDeadError:
        """Make the error for a message that came too late."""
        return pykka.ActorDeadError(f"{self} stopped before handling the message")

    # The rest of what Pykka asks of an inbox; this runtime itself uses none of it.

    def put(self, envelope: Envelope) -> None:
        """Take a message in.

        Raises:
            MailboxFullError: there is no room.
        """
        if not self.admit(envelope):
            raise MailboxFullError(f"{self} has {self.kind.limit} waiting messages")

    def get(self) -> Envelope:
        """Take the first waiting message out.

        Raises:
            LookupError: nothing waits.
        """
        if not self.items:
            raise LookupError(f"nothing waits for {self}")
        return self.items.popleft()

    def empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self.items
