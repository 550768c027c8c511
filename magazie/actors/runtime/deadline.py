"""Wakes askers whose actor does not answer in time."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pykka

from magazie.actors.runtime.future import AsyncioFuture
from magazie.actors.runtime.turn import WAITING, Envelope

TIMER_SLACK = 0.001
"""Seconds a timer may fire early: event loops round their timers to the millisecond."""


class Deadlines:
    """The deadlines of all asks under way, under one timer.

    A timer for each ask would cost more than the ask. An ask adds itself to `pending` and leaves
    it when answered; the one timer stands at the earliest deadline it knows of, and when it
    fires it looks at what is still pending. As asks are mostly answered long before, it fires
    about once in the length of a deadline.

    Attributes:
        pending: the asks under way, by the future that waits for each.
        next_at: loop time at which the timer fires; infinite when none is set.
    """

    __slots__ = ("_loop", "_timer", "next_at", "pending")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self.pending: dict[AsyncioFuture[Any], Envelope] = {}
        self.next_at = math.inf

    def arm(self, deadline: float) -> None:
        """Set the timer to a deadline earlier than all it knows of."""
        if self._timer is not None:
            self._timer.cancel()
        self.next_at = deadline
        self._timer = self._loop.call_at(deadline, self._sweep)

    def close(self) -> None:
        """Take the timer down; what is still pending is woken by nobody after this."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.next_at = math.inf

    def _sweep(self) -> None:
        self._timer = None
        due = self._loop.time() + TIMER_SLACK
        for envelope in [each for each in self.pending.values() if each.deadline <= due]:
            if envelope.stage is WAITING:
                envelope.expire()
            else:
                self._give_up(envelope)
        self.next_at = math.inf
        earliest = min((each.deadline for each in self.pending.values()), default=math.inf)
        if earliest < math.inf:
            self.arm(earliest)

    def _give_up(self, envelope: Envelope) -> None:
        """Wake the asker of a message that was begun and runs on."""
        asker = envelope.reply_to
        if asker is None:
            return
        del self.pending[asker]
        if not asker.done():
            envelope.mailbox.kind.cells[type(envelope.message)].timeouts += 1
            asker.set_exception(pykka.Timeout(f"{envelope} was begun and has not ended"))
