"""How late the event loop comes to what is due."""

from __future__ import annotations

import asyncio


class LoopLag:
    """Samples the lag of the running event loop in a task of its own.

    Attributes:
        last: the lag of the latest sample in seconds.
        worst: the greatest lag since `take_worst()` was last called.
        samples: how many were taken.

    Args:
        interval: seconds between two samples.
    """

    def __init__(self, interval: float = 0.25) -> None:
        self._interval = interval
        self._task: asyncio.Task[None] | None = None
        self.last = 0.0
        self.worst = 0.0
        self.samples = 0

    def start(self) -> None:
        """Begin to sample; a second start does nothing."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._sample(), name="LoopLag")

    async def stop(self) -> None:
        """End sampling and wait until the task is gone."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def take_worst(self) -> float:
        """Give the greatest lag since the last call and begin anew."""
        worst, self.worst = self.worst, 0.0
        return worst

    async def _sample(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._interval
            await asyncio.sleep(self._interval)
            self.last = max(0.0, loop.time() - due)
            self.worst = max(self.worst, self.last)
            self.samples += 1
