"""What waits to be sent to one terminal."""

import asyncio
from collections import deque
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

MOST_WAITING: Final = 1000
SEND_WITHIN_S: Final = 10.0


class Outbox:
    """Messages in their order. Of a session's states only the newest is worth sending."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Nothing waits."""
        self.ending: tuple[int, bytes] | None = None
        self._socket = socket
        self._waiting: deque[bytes] = deque()
        self._state: bytes | None = None
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

    def end(self, code: int, why: bytes) -> None:
        """Send what waits, and nothing more."""
        self.ending = self.ending or (code, why)
        self._wake.set()

    async def send_all(self) -> None:
        """Send what comes, until the connection is to end."""
        while True:
            while self._waiting or self._state is not None:
                if self._waiting:
                    message = self._waiting.popleft()
                else:
                    message, self._state = self._state or b"", None
                try:
                    async with asyncio.timeout(SEND_WITHIN_S):
                        await self._socket.send_frame(message, WSMsgType.TEXT)
                except TimeoutError:
                    self.end(WSCloseCode.TRY_AGAIN_LATER, b"too slow")
                    return
            if self.ending is not None:
                return
            self._wake.clear()
            await self._wake.wait()
