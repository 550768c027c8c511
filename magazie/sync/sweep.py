"""The sweep: whatever is not at rest is woken, at the start and again and again."""

import asyncio
import logging

from magazie.actors.movement_actor import MovementActor
from magazie.actors.movement_messages import ResumeMovement
from magazie.actors.order_actor import OrderActor
from magazie.actors.order_messages import SettleOrder
from magazie.actors.picking_messages import TellOrders
from magazie.actors.picking_session import PickingSession
from magazie.actors.runtime import Directory
from magazie.actors.tally_messages import ResumePosting
from magazie.actors.tally_session import TallySession
from magazie.ports import Clock
from magazie.storage import idempotency, movements, orders, picking, tallies
from magazie.storage.storage import Storage

logger = logging.getLogger(__name__)

EVERY_S = 20.0
PASSIVATE_EVERY_S = 15.0
PURGE_EVERY_S = 3600.0
ORDERS_AT_ONCE = 500
MOVEMENTS_AT_ONCE = 100
SESSIONS_AT_ONCE = 100
TALLIES_AT_ONCE = 100


class Sweep:
    """Wakes what owes something, and lets idle actors go.

    Orders may owe claims or have no warehouse yet, movements postings, tallies their movement,
    and picking sessions owe their orders what is in hand.
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
            await self.wake()
            if loop.time() >= passivate_at:
                self._directory.passivate_idle()
                passivate_at = loop.time() + PASSIVATE_EVERY_S
            if loop.time() >= purge_at:
                now_ms = self._clock.now_ms()
                await self._storage.write(lambda c, at=now_ms: idempotency.purge(c, at))  # type: ignore[misc]  # bound now
                purge_at = loop.time() + PURGE_EVERY_S
            await asyncio.sleep(EVERY_S)

    async def wake(self) -> int:
        """Wake what is not at rest; answers how many were woken."""
        owing = await self._storage.read(lambda c: orders.owing_keys(c, ORDERS_AT_ONCE))
        for key in owing:
            self._directory.tell(OrderActor, key, SettleOrder())
        homeless = await self._storage.read(lambda c: orders.without_warehouse(c, ORDERS_AT_ONCE))
        for key in homeless:
            self._directory.tell(OrderActor, key, SettleOrder())
        posting = await self._storage.read(lambda c: movements.owing_keys(c, MOVEMENTS_AT_ONCE))
        for movement in posting:
            self._directory.tell(MovementActor, movement, ResumeMovement())
        telling = await self._storage.read(lambda c: picking.owing_sessions(c, SESSIONS_AT_ONCE))
        for session_id in telling:
            self._directory.tell(PickingSession, session_id, TellOrders())
        counted = await self._storage.read(lambda c: tallies.posting_tallies(c, TALLIES_AT_ONCE))
        for tally_id in counted:
            self._directory.tell(TallySession, tally_id, ResumePosting())
        woken = len(owing) + len(homeless)
        if woken or posting or telling or counted:
            logger.info(
                "sweep_woke orders=%d movements=%d picking=%d tallies=%d",
                woken,
                len(posting),
                len(telling),
                len(counted),
            )
        return woken + len(posting) + len(telling) + len(counted)
