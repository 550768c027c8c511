"""What waits to be sent to one terminal."""

import asyncio
from collections import deque
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

MOST_WAITING: Final = 1000
SEND_WITHIN_S: Final = 10.0
"""A message that takes longer to go finds nobody who reads."""


class Outbox:
    """Messages in their order. Of a session's states only the newest is worth sending."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Nothing waits."""
        self.ending: tuple[int, bytes] | None = None
        self._socket = socket
        self._waiting: deque[bytes] = deque()
        self._state: bytes | None = None
        self._pings = False
        self._sending_since: float | None = None
        self._wake = asyncio.Event()

    def put(self, message: bytes) -> None:
        """Send it after what waits."""
        if len(self._waiting) >= MOST_WAITING:
            self.end(WSCloseCode.TRY_AGAIN_LATER, b"too far behind")
        self._waiting.append(message)
        self._wake.set()

    def put_state(self, state: bytes) -> None:
        """Send it after what waits, in place of an older one."""
        self._state = state
        self._wake.set()

    def forget_state(self) -> None:
        """Something else is shown from now on: its state must not come after that."""
        self._state = None

    def end(self, code: int, why: bytes) -> None:
        """Send what waits, and nothing more."""
        self.ending = self.ending or (code, why)
        self._wake.set()

    def ping(self) -> None:
        """Ask whether anybody is there, after what waits."""
        self._pings = True
        self._wake.set()

    def sending_s(self, now_s: float) -> float:
        """For how long the message that is being sent has not gone; 0 while none is."""
        return now_s - self._sending_since if self._sending_since is not None else 0.0

    async def send_all(self) -> None:
        """Send what comes, until the connection is to end."""
        now = asyncio.get_running_loop().time
        while True:
            while self._waiting or self._state is not None:
                if self._waiting:
                    message = self._waiting.popleft()
                else:
                    message, self._state = self._state or b"", None
                self._sending_since = now()
                await self._socket.send_frame(message, WSMsgType.TEXT)
                self._sending_since = None
            if self.ending is not None:
                return
            if self._pings:
                self._pings = False
                self._sending_since = now()
                await self._socket.ping()
                self._sending_since = None
            self._wake.clear()
            await self._wake.wait()
