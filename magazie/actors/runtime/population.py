"""The actors of one class that a directory keeps."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from magazie.actors.runtime.actor import AsyncioActor, mailbox_for_newborn
from magazie.actors.runtime.backoff import BackOff, Trouble
from magazie.actors.runtime.errors import ActorQuarantinedError, Rejection
from magazie.actors.runtime.idle import IdleBuckets
from magazie.actors.runtime.kind import Kind, Runtime
from magazie.actors.runtime.lifecycle import end
from magazie.actors.runtime.mailbox import CLOSED, OPEN, QUARANTINED, Mailbox
from magazie.actors.runtime.turn import Envelope

if TYPE_CHECKING:
    from magazie.actors.runtime.future import AsyncioFuture

logger = logging.getLogger(__name__)

BUCKETS_PER_IDLE_TIME: Final = 16
"""An actor is let go at most one such part later than it might be."""

BUCKET_WITHOUT_IDLE_TIME: Final = 10.0
"""Seconds a bucket spans where only the cap lets actors go."""

PASSIVATED_AT_ONCE: Final = 10_000
"""Actors let go in one call, which the event loop waits for; the rest follow in the next."""

STOPPED_AT_ONCE: Final = 256
"""Actors stopped together."""

CANCEL_GRACE: Final = 0.5
"""Seconds a cancelled drain gets to end."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which a class of actors is kept.

    Attributes:
        factory: makes the actor of a key.
        idle_after: seconds without work after which an actor may be let go; `None` keeps it.
        max_live: actors to hold at most; `None` sets no bound.
        backoff: how failing actors are left alone.
    """

    factory: Callable[[Any], AsyncioActor]
    idle_after: float | None
    max_live: int | None
    backoff: BackOff


class Population:
    """Holds the mailbox of each key in use, and so one activation of a key at most.

    A mailbox outlives its activations: when one fails, what waits stays where it is, in order,
    and newcomers line up behind it.

    Attributes:
        mailboxes: by key.
    """

    def __init__(
        self,
        actor_class: type[AsyncioActor],
        terms: Terms,
        runtime: Callable[[], Runtime],
        chance: random.Random,
    ) -> None:
        self.mailboxes: dict[Hashable, Mailbox] = {}
        self._actor_class = actor_class
        self._terms = terms
        self._runtime = runtime
        self._chance = chance
        self._kind: Kind | None = None
        self._closed = False
        self._says_goodbye = actor_class.on_stop is not AsyncioActor.on_stop
        self._retries: dict[Mailbox, asyncio.TimerHandle] = {}
        self._idle: IdleBuckets | None = None
        if terms.idle_after is not None:
            self._idle = IdleBuckets(terms.idle_after / BUCKETS_PER_IDLE_TIME, self._may_go)
        elif terms.max_live is not None:
            self._idle = IdleBuckets(BUCKET_WITHOUT_IDLE_TIME, self._may_go)

    def open(self, key: Hashable) -> Mailbox:
        """Give the mailbox of a key, made if there is none; the first message starts its actor."""
        mailbox = self.mailboxes.get(key)
        if mailbox is not None:
            return mailbox
        kind = self._kind
        if kind is None:
            # The loop is known only now: a directory may be built before the loop runs.
            kind = self._kind = Kind(self._actor_class, self._runtime(), self)
        mailbox = Mailbox()
        mailbox.kind = kind
        mailbox.key = key
        if self._closed:
            mailbox.door = CLOSED
            return mailbox
        if self._idle is not None:
            now = mailbox.touched = kind.loop_time()
            if self._terms.max_live is not None and len(self.mailboxes) >= self._terms.max_live:
                self._make_room(kind, self._idle, now)
            self._idle.add(mailbox)
        self.mailboxes[key] = mailbox
        return mailbox

    def passivate_idle(self) -> int:
        """Let go of actors that have been idle for as long as they may; give how many."""
        if self._kind is None or self._idle is None or self._terms.idle_after is None:
            return 0
        now = self._kind.loop_time()
        idle = self._idle.take_idle(now - self._terms.idle_after, now, PASSIVATED_AT_ONCE)
        for mailbox in idle:
            self._let_go(mailbox)
        self._kind.metrics.passivations += len(idle)
        return len(idle)

    async def stop(self, ends_at: float) -> list[str]:
        """Stop all actors and take in no more.

        Args:
            ends_at: loop time at which those still at work are cancelled.

        Returns:
            The names of those that had to be cancelled.
        """
        self._closed = True
        for timer in self._retries.values():
            timer.cancel()
        self._retries.clear()
        leftovers: list[str] = []
        while self.mailboxes:
            chunk = list(islice(self.mailboxes.values(), STOPPED_AT_ONCE))
            leftovers += await self._stop_chunk(chunk, ends_at)
        return leftovers

    async def _stop_chunk(self, chunk: list[Mailbox], ends_at: float) -> list[str]:
        loop = asyncio.get_running_loop()
        at_work: dict[asyncio.Task[None], Mailbox] = {}
        for mailbox in chunk:
            if mailbox.task is not None or (mailbox.started and self._says_goodbye):
                mailbox.stop()
            else:
                self._forget(mailbox)
                mailbox.reject_waiting()
            if mailbox.task is not None:
                at_work[mailbox.task] = mailbox
        if not at_work:
            return []
        await asyncio.wait(at_work, timeout=max(0.0, ends_at - loop.time()))
        late = [task for task in at_work if not task.done()]
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CANCEL_GRACE)
        for mailbox in at_work.values():
            # A Task cancelled before its first step runs nothing, not even its own clean-up.
            if mailbox.door is not CLOSED:
                self._forget(mailbox)
                mailbox.reject_waiting()
        return [str(at_work[task]) for task in late]

    # What the drain asks and tells its supervisor.

    def build(self, mailbox: Mailbox) -> AsyncioActor:
        """Make the actor of a key by its factory."""
        mailbox_for_newborn.set(mailbox)
        actor = self._terms.factory(mailbox.key)
        if actor.actor_inbox is not mailbox:
            raise TypeError(
                f"the factory for {mailbox} gave an actor made before or of another class"
            )
        if mailbox.trouble is not None:
            actor.reloading = True
        return actor

    def drops_on_failure(self, *, asked: bool) -> bool:  # noqa: ARG002 - both alike
        """Any failure ends the activation: what it holds may be half changed."""
        return True

    def leaving(self, mailbox: Mailbox) -> None:
        """Nothing to do: who sends now is served by the next activation."""

    def dropped(self, mailbox: Mailbox, error: Exception, *, starting: bool, proven: bool) -> None:
        """See that what waits is handled by the next activation, now or after a while."""
        kind = mailbox.kind
        if self._closed:
            self._forget(mailbox)
            mailbox.reject_waiting()
            return
        now = mailbox.touched = kind.loop_time()
        trouble = mailbox.trouble
        if trouble is None:
            trouble = mailbox.trouble = Trouble()
        delay = trouble.record(now, self._terms.backoff, self._chance, proven=proven)
        if trouble.quarantined:
            kind.metrics.quarantines += 1
            mailbox.door = QUARANTINED
            mailbox.refuse_asks(ActorQuarantinedError(str(mailbox), delay))
        elif starting and trouble.consecutive > 1:
            mailbox.refuse_asks(error)
        if delay > 0.0:
            mailbox.held = True
            self._retries[mailbox] = kind.loop.call_later(delay, self._retry, mailbox)

    def _retry(self, mailbox: Mailbox) -> None:
        del self._retries[mailbox]
        mailbox.held = False
        mailbox.door = OPEN
        if mailbox.items:
            mailbox.wake()

    def refused(self, mailbox: Mailbox, rejection: Rejection) -> None:
        """Give the refusal to those who ask, and forget the key."""
        mailbox.refuse_asks(rejection)
        self._forget(mailbox)
        mailbox.reject_waiting()

    def stopped(self, mailbox: Mailbox) -> None:
        """Forget the key, unless messages came while the actor was stopping."""
        if self._closed or not mailbox.items:
            self._forget(mailbox)
            mailbox.reject_waiting()
        elif self._idle is not None:
            self._idle.add(mailbox)

    def lost(self, mailbox: Mailbox) -> None:
        """Forget the key."""
        self._forget(mailbox)
        mailbox.reject_waiting()

    def ask_elsewhere(
        self, mailbox: Mailbox, message: object, timeout: float | None
    ) -> AsyncioFuture[Any] | None:
        """Ask the key's present mailbox."""
        return None if self._closed else self.open(mailbox.key).ask(message, timeout)

    def tell_elsewhere(self, mailbox: Mailbox, message: object) -> bool:
        """Tell the key's present mailbox; after the end of all it is a dead letter."""
        if self._closed:
            letter = Envelope(message, mailbox, mailbox.kind.clock_ns())
            mailbox.kind.dead_letters.record(letter, "directory stopped")
        else:
            self.open(mailbox.key).tell(message)
        return True

    # Letting go.

    def _make_room(self, kind: Kind, idle: IdleBuckets, now: float) -> None:
        longest_idle = idle.take_longest_idle(now)
        if longest_idle is None:
            kind.metrics.admitted_over_cap += 1
        else:
            self._let_go(longest_idle)
            kind.metrics.evictions += 1

    def _may_go(self, mailbox: Mailbox) -> bool:
        if mailbox.task is not None or mailbox.items or mailbox.held:
            return False
        if mailbox.actor is not None:
            return mailbox.actor.may_passivate()
        # Without an actor it only remembers failures.
        trouble = mailbox.trouble
        return trouble is None or trouble.is_over(mailbox.kind.loop_time(), self._terms.backoff)

    def _let_go(self, mailbox: Mailbox) -> None:
        if self._says_goodbye and mailbox.started:
            mailbox.stop()
        else:
            self._forget(mailbox)

    def _forget(self, mailbox: Mailbox) -> None:
        end(mailbox)
        mailbox.door = CLOSED
        if self.mailboxes.get(mailbox.key) is mailbox:
            del self.mailboxes[mailbox.key]
