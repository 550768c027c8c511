"""The sweep: whatever is not at rest is woken, at the start and again and again."""

import asyncio
import logging
import sqlite3
from functools import partial
from typing import NamedTuple

from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import ResumeMovement
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import LinkParkedLines, SettleOrder
from magazie.actors.picking_messages import TellOrders
from magazie.actors.picking_session import PickingSession
from magazie.actors.runtime import Directory
from magazie.actors.tally_messages import ResumePosting
from magazie.actors.tally_session import TallySession
from magazie.ports import Clock
from magazie.storage import idempotency, movements, orders, picking, tallies
from magazie.storage.movements import MovementKey
from magazie.storage.orders import OrderKey
from magazie.storage.storage import Storage

logger = logging.getLogger(__name__)

EVERY_S = 20.0
PASSIVATE_EVERY_S = 15.0
PURGE_EVERY_S = 3600.0
ORDERS_AT_ONCE = 500
MOVEMENTS_AT_ONCE = 100
SESSIONS_AT_ONCE = 100
TALLIES_AT_ONCE = 100
FORGOTTEN_AT_ONCE = 1000


class _NotAtRest(NamedTuple):
    owing: list[OrderKey]
    homeless: list[OrderKey]
    linkable: list[OrderKey]
    posting: list[MovementKey]
    telling: list[int]
    counted: list[int]


class Sweep:
    """Wakes what owes something, and lets idle actors go.

    Orders may owe claims, have no warehouse yet or lines whose item was linked since, movements
    postings, tallies their movement, and picking sessions owe their orders what is in hand.
    """

    def __init__(self, *, storage: Storage, directory: Directory, clock: Clock) -> None:
        """Nothing is woken until ``run`` or ``wake``."""
        self._storage = storage
        self._directory = directory
        self._clock = clock

    async def run(self) -> None:
        """Sweep for as long as the service runs."""
        loop = asyncio.get_running_loop()
        passivate_at = loop.time() + PASSIVATE_EVERY_S
        purge_at = loop.time()
        while True:
            try:
                await self.wake()
                if loop.time() >= purge_at:
                    await self._purge()
                    purge_at = loop.time() + PURGE_EVERY_S
            except Exception:  # whatever it is: who is owed something is woken the next time
                logger.exception("sweep_failed")
            if loop.time() >= passivate_at:
                self._directory.passivate_idle()
                passivate_at = loop.time() + PASSIVATE_EVERY_S
            await asyncio.sleep(EVERY_S)

    async def _purge(self) -> None:
        """Forget kept answers that are too old, a unit for some of them at a time."""
        purge = partial(idempotency.purge, now_ms=self._clock.now_ms(), limit=FORGOTTEN_AT_ONCE)
        forgotten = FORGOTTEN_AT_ONCE
        while forgotten == FORGOTTEN_AT_ONCE:
            forgotten = await self._storage.write(purge)

    async def wake(self) -> int:
        """Wake what is not at rest; answers how many were woken."""
        found = await self._storage.read(_not_at_rest)
        for key in (*found.owing, *found.homeless):
            self._directory.tell(OrderActor, key, SettleOrder())
        for key in found.linkable:
            self._directory.tell(OrderActor, key, LinkParkedLines())
        for movement in found.posting:
            self._directory.tell(MovementActor, movement, ResumeMovement())
        for session_id in found.telling:
            self._directory.tell(PickingSession, session_id, TellOrders())
        for tally_id in found.counted:
            self._directory.tell(TallySession, tally_id, ResumePosting())
        orders_woken = len(found.owing) + len(found.homeless) + len(found.linkable)
        others = len(found.posting) + len(found.telling) + len(found.counted)
        if orders_woken or others:
            logger.info(
                "sweep_woke orders=%d movements=%d picking=%d tallies=%d",
                orders_woken,
                len(found.posting),
                len(found.telling),
                len(found.counted),
            )
        return orders_woken + others


def _not_at_rest(connection: sqlite3.Connection) -> _NotAtRest:
    """In one read: it is made again and again, and seldom finds anything."""
    return _NotAtRest(
        owing=orders.owing_keys(connection, ORDERS_AT_ONCE),
        homeless=orders.without_warehouse(connection, ORDERS_AT_ONCE),
        linkable=orders.linkable_keys(connection, ORDERS_AT_ONCE),
        posting=movements.owing_keys(connection, MOVEMENTS_AT_ONCE),
        telling=picking.owing_sessions(connection, SESSIONS_AT_ONCE),
        counted=tallies.posting_tallies(connection, TALLIES_AT_ONCE),
    )
