"""Telling a shop how far its orders are, one write at a time."""

import asyncio
import logging

from magazie.actors.gomag_outbox import GomagOutbox
from magazie.actors.outbox_messages import NextStatus, Outcome, StatusEnded, StatusWrite
from magazie.actors.runtime import NOT_NOW, Directory
from magazie.ports import (
    Clock,
    NotApplied,
    OutcomeUnknown,
    Refused,
    ShopError,
    ShopPort,
    Unauthorized,
)
from magazie.sync.order_reader import OrderReader

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
"""Milestones are looked for this often, and at once when an order changes."""
AFTER_FAILURE_S = 30.0


class StatusSender:
    """The one teller of a shop's order statuses."""

    def __init__(
        self,
        shop: str,
        *,
        port: ShopPort,
        reader: OrderReader,
        directory: Directory,
        clock: Clock,
    ) -> None:
        """``reader`` says which order read is the newest."""
        self._shop = shop
        self._port = port
        self._reader = reader
        self._directory = directory
        self._clock = clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """An order of the shop changed."""
        self._wake.set()

    async def run(self) -> None:
        """Tell what is due for as long as the shop is served, once its orders were read."""
        await self._reader.completed()
        while True:
            self._wake.clear()
            pause = LOOK_EVERY_S
            try:
                if not await self._tell_due():
                    pause = AFTER_FAILURE_S
            except NOT_NOW as error:
                logger.warning("status_round_postponed shop=%s reason=%s", self._shop, error)
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _tell_due(self) -> bool:
        """Tell milestones until none is due; False when the shop could not be told."""
        while True:
            write: StatusWrite | None = await self._directory.ask(
                GomagOutbox, self._shop, NextStatus(self._reader.newest_read_no)
            )
            if write is None:
                return True
            ended = await self._written(write)
            await self._directory.ask(GomagOutbox, self._shop, ended)
            if ended.outcome in {Outcome.NOT_APPLIED, Outcome.UNAUTHORIZED, Outcome.UNKNOWN}:
                return False

    async def _written(self, write: StatusWrite) -> StatusEnded:
        """Look first when an earlier write's outcome is unknown; else write."""
        looking = write.must_look
        try:
            if looking:
                seen = await self._port.order_by_number(
                    write.number, observed_ms=self._clock.now_ms()
                )
                if seen is not None and seen.status_id not in write.from_status_ids:
                    return self._ended(write, Outcome.ANSWERED, seen=seen.status_id)
                looking = False
            await self._port.set_order_status(write.external_id, write.status_id)
        except Unauthorized as error:
            return self._ended(write, Outcome.UNAUTHORIZED, error, was_written=not looking)
        except Refused as error:
            outcome = Outcome.UNKNOWN if looking else Outcome.REFUSED
            return self._ended(write, outcome, error, was_written=not looking)
        except NotApplied as error:
            return self._ended(write, Outcome.NOT_APPLIED, error, was_written=not looking)
        except OutcomeUnknown as error:
            return self._ended(write, Outcome.UNKNOWN, error, was_written=not looking)
        return self._ended(write, Outcome.ANSWERED)

    def _ended(
        self,
        write: StatusWrite,
        outcome: Outcome,
        error: ShopError | None = None,
        *,
        seen: str | None = None,
        was_written: bool = True,
    ) -> StatusEnded:
        return StatusEnded(
            order_id=write.order_id,
            subject=write.subject,
            outcome=outcome,
            read_no=self._reader.newest_read_no,
            seen_status_id=seen,
            was_written=was_written,
            reason=str(error) if error is not None else "",
        )
