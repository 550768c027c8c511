"""Notes that orders' claims are set, gathered for a moment and written together."""

import asyncio
import logging
from functools import partial

from magazie.actors.news import NewsDesk, OrderNews
from magazie.storage import orders as rows
from magazie.storage.storage import Storage

logger = logging.getLogger(__name__)

GATHERED_S = 0.02
WRITTEN_WITHIN_S = 1.0


class ClaimNotes:
    """The OrderActors' pen for one fact: the claims of this revision are set.

    The fact stays true, so a note that is lost costs nothing but a repeated step: an order
    without it is woken and finds its claims in place.
    """

    def __init__(self, storage: Storage, news: NewsDesk) -> None:
        """``news`` hears of each order once its note is in the books."""
        self._storage = storage
        self._news = news
        self._notes: dict[int, tuple[int, OrderNews]] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, claims: int, order: OrderNews) -> None:
        """The order's claims of this revision are all set."""
        self._notes[order.order_id] = (claims, order)
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write(), name="notes")

    async def written(self) -> None:
        """Wait until what is noted by now is in the books, a second at most."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=WRITTEN_WITHIN_S)

    async def stop(self) -> None:
        """Write what is gathered."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        try:
            while self._notes:
                await asyncio.sleep(GATHERED_S)
                noted, self._notes = self._notes, {}
                marks = [(order_id, claims) for order_id, (claims, _) in noted.items()]
                await self._storage.write(partial(rows.mark_claims, marks=marks))
                for _, order in noted.values():
                    self._news.tell(order)
        except Exception:  # whatever it is: the sweep finds the orders that still owe the note
            logger.exception("claim_notes_lost")
        finally:
            self._writing = None
