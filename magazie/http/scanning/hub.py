"""Pushes the state of sessions and tallies to every terminal that shows them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from aiohttp import WSCloseCode

from magazie.actors.news import News, RecordNews
from magazie.actors.picking_answers import SessionShown, encoded
from magazie.actors.picking_messages import SessionNotFoundError, Show
from magazie.actors.picking_session import PickingSession
from magazie.actors.runtime import NOT_NOW
from magazie.actors.tally_answers import TallyShown
from magazie.actors.tally_messages import ShowTally, TallyNotFoundError
from magazie.actors.tally_session import TallySession
from magazie.http.parts import Parts
from magazie.http.scanning.outbox import Outbox
from magazie.http.scanning.terminal import Terminal, Watched
from magazie.model.ids import decode_id

logger = logging.getLogger(__name__)

GATHERED_S: Final = 0.2
"""A change waits this long for more of its session, then the state is pushed."""
BAD_TOKEN: Final = 4401


class ScanHub:
    """The terminals that are connected. It listens to the news only while there are any."""

    def __init__(self, parts: Parts) -> None:
        """Nobody is connected yet."""
        self._parts = parts
        self._terminals: dict[Terminal, Outbox] = {}
        self._watchers: dict[Watched, set[Terminal]] = {}
        self._changed: set[Watched] = set()
        self._pushing: asyncio.Task[None] | None = None
        self._unlisten: Callable[[], None] | None = None
        self._is_closed = False

    def add(self, terminal: Terminal, outbox: Outbox) -> None:
        """A terminal said who it is."""
        if not self._terminals:
            self._unlisten = self._parts.news.listen(self._hear)
        self._terminals[terminal] = outbox
        self._parts.traffic.scanning.terminals = len(self._terminals)
        if self._is_closed:
            outbox.end(WSCloseCode.GOING_AWAY, b"the service stops")

    def remove(self, terminal: Terminal) -> None:
        """Its connection has ended."""
        self.watch(terminal, None)
        self._terminals.pop(terminal, None)
        self._parts.traffic.scanning.terminals = len(self._terminals)
        if not self._terminals and self._unlisten is not None:
            self._unlisten()
            self._unlisten = None

    def watch(self, terminal: Terminal, watched: Watched | None) -> None:
        """The terminal shows this session or tally from now on, and no other."""
        for watchers in self._watchers.values():
            watchers.discard(terminal)
        self._watchers = {key: those for key, those in self._watchers.items() if those}
        if watched is not None:
            self._watchers.setdefault(watched, set()).add(terminal)

    def close(self) -> None:
        """Let every connection end: the service stops."""
        self._is_closed = True
        for outbox in self._terminals.values():
            outbox.end(WSCloseCode.GOING_AWAY, b"the service stops")

    def _hear(self, news: News) -> None:
        if not isinstance(news, RecordNews):
            return
        if news.kind in {"picking", "tally"}:
            changed: Watched = (news.kind, decode_id(news.id))
            if changed in self._watchers:
                self._changed.add(changed)
                if self._pushing is None:
                    self._pushing = asyncio.get_running_loop().create_task(
                        self._push(), name="push picking states"
                    )
        elif news.kind in {"token", "user"}:
            for terminal, outbox in self._terminals.items():
                if terminal.find() is None:
                    outbox.end(BAD_TOKEN, b"the token or session has ended")

    async def _push(self) -> None:
        try:
            while self._changed:
                await asyncio.sleep(GATHERED_S)
                changed, self._changed = self._changed, set()
                for watched in changed:
                    await self._push_one(watched)
        finally:
            self._pushing = None

    async def _push_one(self, watched: Watched) -> None:
        if not self._watchers.get(watched):
            return
        try:
            await self._show(watched)
        except (SessionNotFoundError, TallyNotFoundError):
            return
        except NOT_NOW as error:
            logger.warning("terminal_state_late of=%s reason=%r", watched, error)
            self._changed.add(watched)

    async def _show(self, watched: Watched) -> None:
        kind, record_id = watched
        directory = self._parts.directory
        if kind == "tally":
            tally: TallyShown = await directory.ask(TallySession, record_id, ShowTally())
            state = encoded(tally.shown)
            for terminal in tuple(self._watchers.get(watched, ())):
                terminal.show_tally(tally.shown, state)
            return
        answer: SessionShown = await directory.ask(PickingSession, record_id, Show())
        state = encoded(answer.shown)
        for terminal in tuple(self._watchers.get(watched, ())):
            terminal.show(answer.shown, state)
