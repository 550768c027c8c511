"""Tells that nobody handles."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magazie.actors.runtime.turn import Envelope

logger = logging.getLogger(__name__)

LOGGED_AT_MOST = 10
"""Dead letters logged in one period; the rest is only counted."""

PERIOD = 60.0
"""Length of that period in seconds."""


class DeadLetters:
    """Counts dead letters by actor class and message type, and logs some of them."""

    def __init__(self) -> None:
        self._period_ends = 0.0
        self._logged = 0
        self._unlogged = 0

    def record(self, envelope: Envelope, reason: str) -> None:
        """Count a tell that is not going to be handled, and say so now and then."""
        kind = envelope.mailbox.kind
        kind.cells[type(envelope.message)].dead_letters += 1
        now = kind.loop.time()
        if now >= self._period_ends:
            self._period_ends = now + PERIOD
            self._logged = 0
        if self._logged >= LOGGED_AT_MOST:
            self._unlogged += 1
            return
        self._logged += 1
        unlogged, self._unlogged = self._unlogged, 0
        logger.warning(
            "dead_letter message=%s actor=%s reason=%s unlogged_before=%d",
            type(envelope.message).__name__,
            envelope.mailbox,
            reason,
            unlogged,
        )
